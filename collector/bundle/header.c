/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 2.1. */
#include "bundle/header.h"

#include "base/text.h"
#include "bundle/epoch.h"
#include "bundle/message.h"
#include "bundle/note.h"
#include <string.h>

#define TEXT(name) { offsetof(struct ind_header, name), offsetof(Indicia__V1__Header, name) }

/* Where each text of a HEADER stands in the record and in the message. */
static const struct text_place {
	size_t record, message;
} text_places[] = {
	TEXT(origin), TEXT(sensor), TEXT(interface), TEXT(source_file), TEXT(link_type), TEXT(capture_filter), TEXT(authority), TEXT(case_id),
	TEXT(clock_source), TEXT(build_id), TEXT(signals), TEXT(exhibits), TEXT(privacy), TEXT(beacon), TEXT(beacon_source), TEXT(config_sha256),
};
enum { TEXTS = sizeof text_places / sizeof text_places[0], DATA_SET_TEXTS = 5, ESCAPED_MAX = 4 };

static bool utf8_without_nul(const struct ind_text *t)
{
	const uint8_t *p = (const uint8_t *)t->at, *end = p + t->bytes;
	while (p < end) {
		size_t bytes = *p ? text_utf8_char(p, end) : 0;
		if (bytes == 0)
			return false;
		p += bytes;
	}
	return true;
}

/* A copy with a NUL, or NULL if memory is short. */
static char *text_copy(const struct ind_text *t)
{
	size_t size = (size_t)t->bytes * ESCAPED_MAX + 1;
	char *copy = malloc(size);
	if (!copy)
		return NULL;
	if (t->bytes && !utf8_without_nul(t)) {
		text_from_wire((const uint8_t *)t->at, t->bytes, copy, size);
		return copy;
	}
	if (t->bytes)
		memcpy(copy, t->at, t->bytes);
	copy[t->bytes] = '\0';
	return copy;
}

static ProtobufCBinaryData bytes_of(const void *bytes, size_t count)
{
	return (ProtobufCBinaryData){ count, (uint8_t *)(uintptr_t)bytes };
}

static ProtobufCBinaryData bytes_unless_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return bytes_of(bytes, count);
	return (ProtobufCBinaryData){ 0 };
}

/* A message under construction with all that it points to. */
struct draft {
	Indicia__V1__Header message;
	Indicia__V1__Position position;
	Indicia__V1__DataSet data_set[IND_DATA_SETS_MAX];
	Indicia__V1__DataSet *data_sets[IND_DATA_SETS_MAX];
	ProtobufCBinaryData frontier[IND_FRONTIER_MAX];
	struct tree_hash previous_root;
	uint8_t identity[MESSAGE_POINT_BYTES];
	char *text[TEXTS + IND_DATA_SETS_MAX * DATA_SET_TEXTS];
	size_t texts;
};

static char *draft_text(struct draft *d, const struct ind_text *t)
{
	return d->text[d->texts++] = text_copy(t);
}

static void draft_place(struct draft *d, const struct ind_header *h)
{
	d->message.n_data_sets = h->data_set_count;
	d->message.data_sets = d->data_sets;
	for (size_t i = 0; i < h->data_set_count; i++) {
		const struct ind_data_set *from = &h->data_sets[i];
		Indicia__V1__DataSet *to = d->data_sets[i] = &d->data_set[i];
		indicia__v1__data_set__init(to);
		to->name = draft_text(d, &from->name);
		to->type = draft_text(d, &from->type);
		to->licence = draft_text(d, &from->licence);
		to->title = draft_text(d, &from->title);
		to->source = draft_text(d, &from->source);
		to->build_epoch_s = from->build_epoch_s;
		to->sha256 = bytes_unless_zero(from->sha256, IND_SHA256_BYTES);
	}
	if (!h->has_position)
		return;
	indicia__v1__position__init(&d->position);
	d->position.latitude_1e4 = h->latitude_1e4;
	d->position.longitude_1e4 = h->longitude_1e4;
	d->position.error_km = h->position_error_km;
	d->message.position = &d->position;
}

static void draft_stream(struct draft *d, const struct ind_stream *s)
{
	for (size_t i = 0; i < s->frontier_count; i++)
		d->frontier[i] = bytes_of(s->frontier[i], IND_SHA256_BYTES);
	d->message.first_leaf = s->leaves;
	d->message.n_frontier = s->frontier_count;
	d->message.frontier = d->frontier;
	d->message.stream_id = bytes_of(s->id, IND_STREAM_ID_BYTES);
	if (s->leaves == 0)
		return;
	tree_root(s, &d->previous_root);
	d->message.previous_root = bytes_of(d->previous_root.bytes, IND_SHA256_BYTES);
}

static void draft_header(struct draft *d, const struct ind_header *h)
{
	Indicia__V1__Header *m = &d->message;
	for (size_t i = 0; i < TEXTS; i++) {
		char *copy = draft_text(d, (const struct ind_text *)(const void *)((const uint8_t *)h + text_places[i].record));
		memcpy((uint8_t *)m + text_places[i].message, &copy, sizeof copy);
	}
	m->epoch = h->epoch;
	m->epoch_key = bytes_of(h->epoch_key.bytes, IND_KEY_BYTES);
	m->identity_key = message_key(&h->identity, d->identity);
	m->boot_key = bytes_unless_zero(h->boot_key.bytes, IND_KEY_BYTES);
	m->epoch_start_ns = h->created_ns;
	m->created_ns = h->created_ns;
	m->source_sha256 = bytes_unless_zero(h->source_sha256, IND_SHA256_BYTES);
	m->boot_id = bytes_unless_zero(h->boot_id, sizeof h->boot_id);
	m->link_type_number = h->link_type_number;
	m->snaplen = h->snaplen;
	m->taps = h->taps;
	m->retain_until_s = h->retain_until_s;
	m->deterministic = h->deterministic;
}

enum ind_err header_pack(const struct ind_header *h, const struct ind_stream *s, const uint8_t certificate[static IND_SIGNATURE_BYTES],
	size_t before, struct buffer *out, size_t *bytes)
{
	struct draft *d = calloc(1, sizeof *d);
	if (!d)
		return IND_NOMEM;
	indicia__v1__header__init(&d->message);
	draft_header(d, h);
	draft_place(d, h);
	draft_stream(d, s);
	d->message.certificate = bytes_of(certificate, IND_SIGNATURE_BYTES);
	enum ind_err err = IND_OK;
	for (size_t i = 0; i < d->texts; i++)
		err = d->text[i] ? err : IND_NOMEM;
	if (err == IND_OK)
		err = message_pack(&d->message.base, before, out, bytes);
	for (size_t i = 0; i < d->texts; i++)
		free(d->text[i]);
	free(d);
	return err == IND_OK && *bytes > SMALL_MAX_BYTES ? IND_LIMIT : err;
}

static bool text_get(const char *text, struct ind_text *out)
{
	size_t bytes = strlen(text);
	*out = (struct ind_text){ text, (uint16_t)bytes };
	return bytes <= UINT16_MAX;
}

static bool texts_get(const Indicia__V1__Header *m, struct ind_header *h)
{
	for (size_t i = 0; i < TEXTS; i++) {
		char *text;
		memcpy(&text, (const uint8_t *)m + text_places[i].message, sizeof text);
		if (!text_get(text, (struct ind_text *)(void *)((uint8_t *)h + text_places[i].record)))
			return false;
	}
	return true;
}

static bool data_sets_get(const Indicia__V1__Header *m, struct ind_header *h)
{
	if (m->n_data_sets > IND_DATA_SETS_MAX)
		return false;
	h->data_set_count = m->n_data_sets;
	for (size_t i = 0; i < m->n_data_sets; i++) {
		const Indicia__V1__DataSet *from = m->data_sets[i];
		struct ind_data_set *to = &h->data_sets[i];
		if (!text_get(from->name, &to->name) || !text_get(from->type, &to->type) || !text_get(from->licence, &to->licence) ||
			!text_get(from->title, &to->title) || !text_get(from->source, &to->source) || !message_may_have(&from->sha256, IND_SHA256_BYTES))
			return false;
		to->build_epoch_s = from->build_epoch_s;
		if (from->sha256.len)
			memcpy(to->sha256, from->sha256.data, IND_SHA256_BYTES);
	}
	return true;
}

static bool lengths_ok(const Indicia__V1__Header *m)
{
	return message_has(&m->epoch_key, IND_KEY_BYTES) && message_has(&m->certificate, IND_SIGNATURE_BYTES) && message_has(&m->stream_id, IND_STREAM_ID_BYTES) &&
		message_may_have(&m->previous_root, IND_SHA256_BYTES) && message_may_have(&m->source_sha256, IND_SHA256_BYTES) &&
		message_may_have(&m->boot_key, IND_KEY_BYTES) && message_may_have(&m->boot_id, 16);
}

static void values_get(const Indicia__V1__Header *m, struct ind_header *h)
{
	h->created_ns = m->created_ns;
	h->retain_until_s = m->retain_until_s;
	h->link_type_number = m->link_type_number;
	h->snaplen = m->snaplen;
	h->taps = m->taps;
	h->deterministic = m->deterministic;
	h->first_leaf = m->first_leaf;
	h->epoch = m->epoch;
	memcpy(h->stream_id, m->stream_id.data, IND_STREAM_ID_BYTES);
	memcpy(h->epoch_key.bytes, m->epoch_key.data, IND_KEY_BYTES);
	if (m->source_sha256.len)
		memcpy(h->source_sha256, m->source_sha256.data, IND_SHA256_BYTES);
	if (m->boot_key.len)
		memcpy(h->boot_key.bytes, m->boot_key.data, IND_KEY_BYTES);
	if (m->boot_id.len)
		memcpy(h->boot_id, m->boot_id.data, sizeof h->boot_id);
	if (!m->position)
		return;
	h->has_position = true;
	h->latitude_1e4 = m->position->latitude_1e4;
	h->longitude_1e4 = m->position->longitude_1e4;
	h->position_error_km = m->position->error_km;
}

static bool stream_get(const Indicia__V1__Header *m, struct ind_stream *s)
{
	struct tree_hash root;
	if (m->n_frontier > IND_FRONTIER_MAX || (m->previous_root.len == 0) != (m->first_leaf == 0))
		return false;
	*s = (struct ind_stream){ .leaves = m->first_leaf, .epoch = m->epoch, .frontier_count = m->n_frontier };
	memcpy(s->id, m->stream_id.data, IND_STREAM_ID_BYTES);
	memcpy(s->key.bytes, m->epoch_key.data, IND_KEY_BYTES);
	if (m->boot_key.len)
		memcpy(s->boot_key.bytes, m->boot_key.data, IND_KEY_BYTES);
	for (size_t i = 0; i < m->n_frontier; i++) {
		if (!message_has(&m->frontier[i], IND_SHA256_BYTES))
			return false;
		memcpy(s->frontier[i], m->frontier[i].data, IND_SHA256_BYTES);
	}
	if (!tree_shape_ok(s))
		return false;
	tree_root(s, &root);
	return m->first_leaf == 0 || memcmp(root.bytes, m->previous_root.data, IND_SHA256_BYTES) == 0;
}

static bool taps_ok(const Indicia__V1__Header *m) { return m->taps == 0 || (m->taps > 1 && m->taps <= IND_TAPS_MAX); }

static const char *image_fill(struct header_image *image, const uint8_t *stream_id)
{
	const Indicia__V1__Header *m = image->message;
	if (!lengths_ok(m) || !taps_ok(m) || !message_key_get(&m->identity_key, &image->header.identity))
		return "header_form";
	if (memcmp(m->stream_id.data, stream_id, IND_STREAM_ID_BYTES) != 0)
		return "stream_id";
	if (!texts_get(m, &image->header) || !data_sets_get(m, &image->header) || !note_origin_ok(m->origin, stream_id))
		return "header_form";
	values_get(m, &image->header);
	if (m->boot_key.len && !epoch_key_is_set(&image->header.boot_key))
		return "header_form";
	image->epoch_start_ns = m->epoch_start_ns;
	memcpy(image->certificate, m->certificate.data, IND_SIGNATURE_BYTES);
	return stream_get(m, &image->stream) ? NULL : "frontier";
}

enum ind_err header_unpack(const uint8_t *payload, size_t bytes, const uint8_t stream_id[static IND_STREAM_ID_BYTES], struct header_image *image,
	const char **reason)
{
	ProtobufCMessage *message;
	*image = (struct header_image){ 0 };
	*reason = "header_form";
	enum ind_err err = message_unpack(&indicia__v1__header__descriptor, payload, bytes, &message);
	if (err != IND_OK)
		return err;
	image->message = (Indicia__V1__Header *)(void *)message;
	*reason = image_fill(image, stream_id);
	return *reason ? IND_MALFORMED : IND_OK;
}

void header_image_free(struct header_image *image)
{
	message_free(image->message);
	image->message = NULL;
}
