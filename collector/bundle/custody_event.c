/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md sections 1, 2 and 8. */
#include "bundle/custody_event.h"

#include "bundle/bytes.h"
#include "bundle/message.h"
#include <string.h>
#include <zlib.h>

static const char domain[] = "IEB1-CUSTODY"; /* its NUL is part of what is signed */

const char *ind_custody_type_name(unsigned type)
{
	static const char *const names[IND_CUSTODY_TYPE_END] = {
#define TYPE_NAME(name, number, text) [number] = text,
		IND_CUSTODY_TYPE_LIST(TYPE_NAME)
#undef TYPE_NAME
	};
	return type < IND_CUSTODY_TYPE_END && names[type] ? names[type] : "?";
}

unsigned ind_custody_type_of(const char *name)
{
	for (unsigned i = 1; i < IND_CUSTODY_TYPE_END; i++)
		if (strcmp(ind_custody_type_name(i), name) == 0)
			return i;
	return 0;
}

/* ---- rules that hold for what is written and for what is read ---- */

static bool parents_ascend(const struct ind_custody_event *e)
{
	for (size_t i = 1; i < e->parent_count; i++)
		if (memcmp(&e->parents[i - 1], &e->parents[i], sizeof e->parents[i]) >= 0)
			return false;
	return true;
}

static bool texts_fit(const struct ind_custody_event *e)
{
	const struct ind_text *const texts[] = { &e->actor, &e->place, &e->purpose, &e->legal_basis, &e->note, &e->tool };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i]->bytes > IND_CUSTODY_TEXT_MAX)
			return false;
	return e->actor.bytes && e->purpose.bytes;
}

static bool event_ok(const struct ind_custody_event *e)
{
	bool two_sided = e->type == IND_CUSTODY_RELEASED || e->type == IND_CUSTODY_RECEIVED || e->type == IND_CUSTODY_KEY_REVOKED;
	return e->type > 0 && e->type < IND_CUSTODY_TYPE_END && e->tlp < IND_TLP_COUNT && e->claimed_ns && texts_fit(e) &&
		parents_ascend(e) && e->has_other_key == two_sided && e->has_stamp == (e->type == IND_CUSTODY_TIMESTAMPED) &&
		(e->has_object_sha256 || (e->type != IND_CUSTODY_REVIEWED && e->type != IND_CUSTODY_CORRECTED));
}

/* ---- reading ---- */

static struct ind_text text_get(const char *text) { return (struct ind_text){ text, (uint16_t)strlen(text) }; }

static bool texts_get(const Indicia__V1__CustodyEvent *m, struct ind_custody_event *e)
{
	const struct {
		const char *from;
		struct ind_text *to;
	} texts[] = {
		{ m->actor, &e->actor },
		{ m->place, &e->place },
		{ m->purpose, &e->purpose },
		{ m->legal_basis, &e->legal_basis },
		{ m->note, &e->note },
		{ m->tool, &e->tool },
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (strlen(texts[i].from) > IND_CUSTODY_TEXT_MAX)
			return false;
		*texts[i].to = text_get(texts[i].from);
	}
	return true;
}

/* Absent, or exactly as many bytes. */
static bool digest_get(const ProtobufCBinaryData *data, bool *has, uint8_t to[static 32])
{
	*has = data->len != 0;
	if (*has && data->len == 32)
		memcpy(to, data->data, 32);
	return message_may_have(data, 32);
}

static bool digests_get(const Indicia__V1__CustodyEvent *m, struct ind_custody_event *e)
{
	bool fixed = message_has(&m->stream_id, IND_STREAM_ID_BYTES) && message_has(&m->root, IND_SHA256_BYTES) &&
		message_has(&m->bundle_sha256, IND_SHA256_BYTES) && message_key_get(&m->actor_key, &e->actor_key);
	if (!fixed)
		return false;
	memcpy(e->bundle.stream_id, m->stream_id.data, IND_STREAM_ID_BYTES);
	memcpy(e->bundle.root, m->root.data, IND_SHA256_BYTES);
	memcpy(e->bundle.sha256, m->bundle_sha256.data, IND_SHA256_BYTES);
	e->has_other_key = m->other_key.len != 0;
	return (!e->has_other_key || message_key_get(&m->other_key, &e->other_key)) &&
		digest_get(&m->tool_sha256, &e->has_tool_sha256, e->tool_sha256) &&
		digest_get(&m->object_sha256, &e->has_object_sha256, e->object_sha256) &&
		digest_get(&m->torn_sha256, &e->has_torn_sha256, e->torn_sha256);
}

static bool parents_get(const Indicia__V1__CustodyEvent *m, struct ind_custody_event *e)
{
	if (m->n_parents > IND_CUSTODY_PARENTS_MAX)
		return false;
	e->parent_count = m->n_parents;
	for (size_t i = 0; i < m->n_parents; i++) {
		if (!message_has(&m->parents[i], IND_SHA256_BYTES))
			return false;
		memcpy(e->parents[i].bytes, m->parents[i].data, IND_SHA256_BYTES);
	}
	return true;
}

static bool parts_get(size_t count, const ProtobufCBinaryData *from, size_t *to_count, struct ind_bytes *to)
{
	if (count > IND_STAMP_PARTS_MAX)
		return false;
	*to_count = count;
	for (size_t i = 0; i < count; i++)
		to[i] = (struct ind_bytes){ from[i].data, from[i].len };
	return true;
}

static bool stamp_get(const Indicia__V1__CustodyEvent *m, struct ind_custody_event *e)
{
	const Indicia__V1__TimeStamp *s = m->stamp;
	e->has_stamp = s != NULL;
	if (!s)
		return true;
	e->stamp.token = (struct ind_bytes){ s->token.data, s->token.len };
	return s->token.len && parts_get(s->n_certificates, s->certificates, &e->stamp.certificate_count, e->stamp.certificates) &&
		parts_get(s->n_crls, s->crls, &e->stamp.crl_count, e->stamp.crls);
}

enum ind_err custody_unpack(const uint8_t *bytes, size_t count, struct ind_custody_event *e, Indicia__V1__CustodyEvent **out)
{
	ProtobufCMessage *message;
	enum ind_err err = message_unpack(&indicia__v1__custody_event__descriptor, bytes, count, &message);
	if (err != IND_OK)
		return err;
	Indicia__V1__CustodyEvent *m = (Indicia__V1__CustodyEvent *)(void *)message;
	*e = (struct ind_custody_event){
		.type = m->type < IND_CUSTODY_TYPE_END ? (enum ind_custody_type)m->type : IND_CUSTODY_TYPE_END,
		.claimed_ns = m->claimed_ns,
		.clock_error_ns = m->clock_error ? m->clock_error->ns : IND_ABSENT_U64,
		.tlp = (uint8_t)(m->tlp < IND_TLP_COUNT ? m->tlp : IND_TLP_COUNT),
		.bundle.tree_size = m->tree_size,
	};
	if (!texts_get(m, e) || !digests_get(m, e) || !parents_get(m, e) || !stamp_get(m, e) || !event_ok(e)) {
		message_free(message);
		return IND_MALFORMED;
	}
	*out = m;
	return IND_OK;
}

enum ind_err custody_signature_check(const struct ind_key_public *by, const uint8_t *event, size_t count, const uint8_t *signature)
{
	uint8_t *image = malloc(sizeof domain + count);
	if (!image)
		return IND_NOMEM;
	put_bytes(put_bytes(image, domain, sizeof domain), event, count);
	enum ind_err err = ind_key_check(by, image, sizeof domain + count, signature);
	free(image);
	return err;
}

/* ---- writing ---- */

void ind_custody_preamble(uint8_t preamble[static IND_CUSTODY_PREAMBLE_BYTES])
{
	uint8_t *p = put_bytes(preamble, "\x89IEC\r\n\x1a\n\1\0\0\0", 12);
	put_le32(p, crc32(0, preamble, 12));
}

void ind_custody_mend(uint64_t torn_offset, uint8_t mend[static IND_CUSTODY_MEND_BYTES])
{
	uint8_t *p = put_le64(put_bytes(mend, "\x89IECMEND", 8), torn_offset);
	put_le32(p, crc32(0, mend, 16));
}

static ProtobufCBinaryData data_of(const uint8_t *bytes, size_t count)
{
	ProtobufCBinaryData data = { .len = count };
	memcpy(&data.data, &bytes, sizeof bytes); /* the library's type is not const; packing only reads */
	return data;
}

/* Texts with their NULs, the arrays of the message: what it points to while it is packed. */
struct packing {
	char texts[6][IND_CUSTODY_TEXT_MAX + 1];
	ProtobufCBinaryData parents[IND_CUSTODY_PARENTS_MAX], certificates[IND_STAMP_PARTS_MAX], crls[IND_STAMP_PARTS_MAX];
	Indicia__V1__CustodyEvent__ClockError clock_error;
	Indicia__V1__TimeStamp stamp;
	uint8_t actor_point[MESSAGE_POINT_BYTES], other_point[MESSAGE_POINT_BYTES];
	struct buffer buffer;
};

static void texts_put(const struct ind_custody_event *e, struct packing *p, Indicia__V1__CustodyEvent *m)
{
	const struct {
		const struct ind_text *from;
		char **to;
	} texts[] = {
		{ &e->actor, &m->actor },
		{ &e->place, &m->place },
		{ &e->purpose, &m->purpose },
		{ &e->legal_basis, &m->legal_basis },
		{ &e->note, &m->note },
		{ &e->tool, &m->tool },
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		put_bytes((uint8_t *)p->texts[i], texts[i].from->at, texts[i].from->bytes);
		p->texts[i][texts[i].from->bytes] = '\0';
		*texts[i].to = p->texts[i];
	}
}

static ProtobufCBinaryData digest_put(bool has, const uint8_t *bytes) { return data_of(bytes, has ? 32 : 0); }

static void stamp_put(const struct ind_stamp *s, struct packing *p, Indicia__V1__CustodyEvent *m)
{
	p->stamp = (Indicia__V1__TimeStamp)INDICIA__V1__TIME_STAMP__INIT;
	p->stamp.token = data_of(s->token.at, s->token.count);
	p->stamp.n_certificates = s->certificate_count;
	p->stamp.certificates = p->certificates;
	for (size_t i = 0; i < s->certificate_count; i++)
		p->certificates[i] = data_of(s->certificates[i].at, s->certificates[i].count);
	p->stamp.n_crls = s->crl_count;
	p->stamp.crls = p->crls;
	for (size_t i = 0; i < s->crl_count; i++)
		p->crls[i] = data_of(s->crls[i].at, s->crls[i].count);
	m->stamp = &p->stamp;
}

static void message_fill(const struct ind_custody_event *e, struct packing *p, Indicia__V1__CustodyEvent *m)
{
	m->type = e->type;
	m->n_parents = e->parent_count;
	m->parents = p->parents;
	for (size_t i = 0; i < e->parent_count; i++)
		p->parents[i] = data_of(e->parents[i].bytes, IND_SHA256_BYTES);
	m->stream_id = data_of(e->bundle.stream_id, IND_STREAM_ID_BYTES);
	m->tree_size = e->bundle.tree_size;
	m->root = data_of(e->bundle.root, IND_SHA256_BYTES);
	m->bundle_sha256 = data_of(e->bundle.sha256, IND_SHA256_BYTES);
	m->actor_key = message_key(&e->actor_key, p->actor_point);
	m->claimed_ns = e->claimed_ns;
	if (e->clock_error_ns != IND_ABSENT_U64) {
		p->clock_error = (Indicia__V1__CustodyEvent__ClockError)INDICIA__V1__CUSTODY_EVENT__CLOCK_ERROR__INIT;
		p->clock_error.ns = e->clock_error_ns;
		m->clock_error = &p->clock_error;
	}
	m->tlp = e->tlp;
	if (e->has_other_key)
		m->other_key = message_key(&e->other_key, p->other_point);
	m->tool_sha256 = digest_put(e->has_tool_sha256, e->tool_sha256);
	m->object_sha256 = digest_put(e->has_object_sha256, e->object_sha256);
	m->torn_sha256 = digest_put(e->has_torn_sha256, e->torn_sha256);
	texts_put(e, p, m);
	if (e->has_stamp)
		stamp_put(&e->stamp, p, m);
}

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, sizeof(struct ind_custody_id)); }

/* Behind the domain, so that what is signed lies in one piece: domain || event, then the signature and the CRC. */
static enum ind_err record_make(struct packing *p, size_t count, const struct ind_key *by, uint8_t **record, size_t *bytes)
{
	uint8_t signature[IND_SIGNATURE_BYTES];
	put_bytes(p->buffer.at, domain, sizeof domain);
	enum ind_err err = ind_key_sign(by, p->buffer.at, sizeof domain + count, signature);
	if (err != IND_OK)
		return err;
	*bytes = 4 + count + IND_SIGNATURE_BYTES + 4;
	*record = malloc(*bytes);
	if (!*record)
		return IND_NOMEM;
	uint8_t *at = put_bytes(put_bytes(put_le32(*record, count), p->buffer.at + sizeof domain, count), signature, sizeof signature);
	put_le32(at, crc32(0, *record, (uInt)(*bytes - 4)));
	return IND_OK;
}

static enum ind_err pack(const struct ind_custody_event *e, const struct ind_key *by, struct packing *p, uint8_t **record, size_t *bytes)
{
	Indicia__V1__CustodyEvent m, *read;
	struct ind_custody_event again;
	size_t count;
	indicia__v1__custody_event__init(&m);
	message_fill(e, p, &m);
	enum ind_err err = message_pack(&m.base, sizeof domain, &p->buffer, &count);
	if (err != IND_OK)
		return err;
	if (count > IND_CUSTODY_EVENT_MAX)
		return IND_LIMIT;
	/* Whoever reads it holds it to all rules; so does its writer. */
	err = custody_unpack(p->buffer.at + sizeof domain, count, &again, &read);
	if (err != IND_OK)
		return err == IND_MALFORMED ? IND_USAGE : err;
	message_free(read);
	return record_make(p, count, by, record, bytes);
}

enum ind_err ind_custody_pack(const struct ind_custody_event *event, const struct ind_key *by, uint8_t **record, size_t *bytes)
{
	if (event->parent_count > IND_CUSTODY_PARENTS_MAX || event->stamp.certificate_count > IND_STAMP_PARTS_MAX ||
		event->stamp.crl_count > IND_STAMP_PARTS_MAX || !texts_fit(event))
		return IND_USAGE;
	struct packing *p = calloc(1, sizeof *p);
	struct ind_custody_event *e = malloc(sizeof *e);
	enum ind_err err = IND_NOMEM;
	if (p && e) {
		*e = *event;
		ind_key_public(by, &e->actor_key);
		qsort(e->parents, e->parent_count, sizeof e->parents[0], by_bytes);
		err = pack(e, by, p, record, bytes);
	}
	if (p)
		buffer_free(&p->buffer);
	free(p);
	free(e);
	return err;
}
