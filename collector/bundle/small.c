/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 2.1. */
#include "bundle/small.h"

#include "base/hash.h"
#include "bundle/format.h"
#include "bundle/message.h"
#include "indicia.pb-c.h"
#include <string.h>

/* Ranges that docs/bundle-format.md and other verifiers state as numbers: a new value is a change of the format. */
_Static_assert(IND_LOSS_MAX == 17 && IND_TUNNEL_COUNT == 14 && IND_MISSING_COUNT == 8, "the format lists these");

enum ind_err clock_pack(const struct ind_clock *c, size_t before, struct buffer *out, size_t *bytes)
{
	Indicia__V1__Clock m = INDICIA__V1__CLOCK__INIT;
	Indicia__V1__Clock__Error max = INDICIA__V1__CLOCK__ERROR__INIT, est = INDICIA__V1__CLOCK__ERROR__INIT;
	if (c->sync > IND_SYNC_GNSS)
		return IND_USAGE;
	m.boottime_ns = c->boottime_ns;
	m.realtime_ns = c->realtime_ns;
	m.step_ns = c->step_ns;
	m.sync = c->sync;
	max.ns = c->max_error_ns;
	est.ns = c->est_error_ns;
	m.max_error = c->max_error_ns == IND_ABSENT_U64 ? NULL : &max;
	m.est_error = c->est_error_ns == IND_ABSENT_U64 ? NULL : &est;
	return message_pack(&m.base, before, out, bytes);
}

enum ind_err clock_unpack(const uint8_t *payload, size_t bytes, struct ind_clock *c)
{
	ProtobufCMessage *message;
	enum ind_err err = message_unpack(&indicia__v1__clock__descriptor, payload, bytes, &message);
	if (err != IND_OK)
		return err;
	const Indicia__V1__Clock *m = (const Indicia__V1__Clock *)(void *)message;
	err = m->sync <= IND_SYNC_GNSS ? IND_OK : IND_MALFORMED;
	*c = (struct ind_clock){
		.boottime_ns = m->boottime_ns,
		.realtime_ns = m->realtime_ns,
		.max_error_ns = m->max_error ? m->max_error->ns : IND_ABSENT_U64,
		.est_error_ns = m->est_error ? m->est_error->ns : IND_ABSENT_U64,
		.step_ns = m->step_ns,
		.sync = (uint8_t)m->sync,
	};
	message_free(message);
	return err;
}

enum ind_err loss_pack(const struct ind_loss *l, size_t before, struct buffer *out, size_t *bytes)
{
	Indicia__V1__Loss m = INDICIA__V1__LOSS__INIT;
	Indicia__V1__Loss__Cause cause[IND_LOSS_MAX], *causes[IND_LOSS_MAX];
	if (l->count[0])
		return IND_USAGE;
	m.from_ns = l->from_ns;
	m.to_ns = l->to_ns;
	m.causes = causes;
	for (uint32_t i = 1; i < IND_LOSS_MAX; i++) {
		if (l->count[i] == 0)
			continue;
		indicia__v1__loss__cause__init(&cause[i]);
		cause[i].cause = i;
		cause[i].count = l->count[i];
		causes[m.n_causes++] = &cause[i];
	}
	return message_pack(&m.base, before, out, bytes);
}

static bool causes_get(const Indicia__V1__Loss *m, struct ind_loss *l)
{
	uint32_t before = 0;
	for (size_t i = 0; i < m->n_causes; i++) {
		const Indicia__V1__Loss__Cause *c = m->causes[i];
		if (c->cause <= before || c->cause >= IND_LOSS_MAX || c->count == 0)
			return false;
		l->count[c->cause] = c->count;
		before = c->cause;
	}
	return true;
}

enum ind_err loss_unpack(const uint8_t *payload, size_t bytes, struct ind_loss *l)
{
	ProtobufCMessage *message;
	enum ind_err err = message_unpack(&indicia__v1__loss__descriptor, payload, bytes, &message);
	if (err != IND_OK)
		return err;
	const Indicia__V1__Loss *m = (const Indicia__V1__Loss *)(void *)message;
	*l = (struct ind_loss){ .from_ns = m->from_ns, .to_ns = m->to_ns };
	err = causes_get(m, l) ? IND_OK : IND_MALFORMED;
	message_free(message);
	return err;
}

/* Ascending, each once, with a name of printable ASCII. */
static bool link_type_follows(const struct ind_link_type *t, const struct ind_link_type *before)
{
	size_t bytes = strnlen(t->name, sizeof t->name);
	if (bytes == 0 || bytes == sizeof t->name || (before && t->number <= before->number))
		return false;
	for (size_t i = 0; i < bytes; i++)
		if (t->name[i] < ' ' || t->name[i] > '~')
			return false;
	return true;
}

static bool link_types_ok(const struct ind_seal_info *info)
{
	if (info->link_type_count == 1 || info->link_type_count > IND_LINK_TYPES_MAX)
		return false;
	for (size_t i = 0; i < info->link_type_count; i++)
		if (!link_type_follows(&info->link_types[i], i ? &info->link_types[i - 1] : NULL))
			return false;
	return true;
}

static bool link_types_get(const Indicia__V1__SealInfo *m, struct ind_seal_info *info)
{
	if (m->n_link_types > IND_LINK_TYPES_MAX)
		return false;
	info->link_type_count = m->n_link_types;
	for (size_t i = 0; i < m->n_link_types; i++) {
		struct ind_link_type *to = &info->link_types[i];
		size_t bytes = strlen(m->link_types[i]->name);
		if (bytes >= sizeof to->name)
			return false;
		to->number = m->link_types[i]->number;
		memcpy(to->name, m->link_types[i]->name, bytes + 1);
	}
	return link_types_ok(info);
}

static uint64_t rows(const struct ind_writer_totals *t) { return t->flows + t->exhibits + t->claims + t->origins; }

enum ind_err seal_pack(const struct seal *s, size_t before, struct buffer *out, size_t *bytes)
{
	Indicia__V1__SealInfo m = INDICIA__V1__SEAL_INFO__INIT;
	Indicia__V1__LinkType type[IND_LINK_TYPES_MAX], *types[IND_LINK_TYPES_MAX];
	uint8_t digest[IND_SHA256_BYTES];
	memcpy(digest, s->info.source_sha256, sizeof digest);
	if (s->info.reason > IND_SEAL_RECOVERY || !link_types_ok(&s->info))
		return IND_USAGE;
	for (size_t i = 0; i < s->info.link_type_count; i++) {
		indicia__v1__link_type__init(&type[i]);
		type[i].number = s->info.link_types[i].number;
		type[i].name = (char *)(uintptr_t)s->info.link_types[i].name;
		types[i] = &type[i];
	}
	m.link_types = types;
	m.n_link_types = s->info.link_type_count;
	m.epoch = s->epoch;
	m.first_leaf = s->first_leaf;
	m.realtime_ns = s->info.realtime_ns;
	m.final = s->info.final;
	m.records = rows(&s->totals);
	m.boottime_ns = s->info.boottime_ns;
	m.reason = s->info.reason;
	m.frames_seen = s->info.frames_seen;
	if (s->info.has_source_sha256)
		m.source_sha256 = (ProtobufCBinaryData){ sizeof digest, digest };
	m.flows = s->totals.flows;
	m.signals = s->totals.signals;
	m.exhibits = s->totals.exhibits;
	m.claims = s->totals.claims;
	m.origins = s->totals.origins;
	return message_pack(&m.base, before, out, bytes);
}

static void seal_get(const Indicia__V1__SealInfo *m, struct seal *s)
{
	*s = (struct seal){
		.info = {
			.realtime_ns = m->realtime_ns,
			.boottime_ns = m->boottime_ns,
			.reason = (enum ind_seal_reason)m->reason,
			.final = m->final,
			.frames_seen = m->frames_seen,
			.has_source_sha256 = m->source_sha256.len == IND_SHA256_BYTES,
		},
		.epoch = m->epoch,
		.first_leaf = m->first_leaf,
		.totals = {
			.flows = m->flows,
			.signals = m->signals,
			.exhibits = m->exhibits,
			.claims = m->claims,
			.origins = m->origins,
		},
	};
	if (s->info.has_source_sha256)
		memcpy(s->info.source_sha256, m->source_sha256.data, IND_SHA256_BYTES);
}

enum ind_err seal_unpack(const uint8_t *payload, size_t bytes, struct seal *s)
{
	ProtobufCMessage *message;
	enum ind_err err = message_unpack(&indicia__v1__seal_info__descriptor, payload, bytes, &message);
	if (err != IND_OK)
		return err;
	const Indicia__V1__SealInfo *m = (const Indicia__V1__SealInfo *)(void *)message;
	seal_get(m, s);
	bool ok = link_types_get(m, &s->info) && m->reason <= IND_SEAL_RECOVERY && message_may_have(&m->source_sha256, IND_SHA256_BYTES) && m->records == rows(&s->totals);
	message_free(message);
	return ok ? IND_OK : IND_MALFORMED;
}

enum ind_err epoch_pack(const struct epoch_frame *f, size_t before, struct buffer *out, size_t *bytes)
{
	Indicia__V1__Epoch m = INDICIA__V1__EPOCH__INIT;
	struct epoch_frame copy = *f; /* the message points to bytes that may be written */
	m.epoch = f->epoch.number;
	m.start_ns = f->epoch.start_ns;
	m.key = (ProtobufCBinaryData){ IND_KEY_BYTES, copy.epoch.key.bytes };
	m.signature = (ProtobufCBinaryData){ IND_SIGNATURE_BYTES, copy.signature };
	if (epoch_key_is_set(&f->epoch.boot_key))
		m.boot_key = (ProtobufCBinaryData){ IND_KEY_BYTES, copy.epoch.boot_key.bytes };
	m.restart = f->restart;
	return message_pack(&m.base, before, out, bytes);
}

enum ind_err epoch_unpack(const uint8_t *payload, size_t bytes, struct epoch_frame *f)
{
	ProtobufCMessage *message;
	enum ind_err err = message_unpack(&indicia__v1__epoch__descriptor, payload, bytes, &message);
	if (err != IND_OK)
		return err;
	const Indicia__V1__Epoch *m = (const Indicia__V1__Epoch *)(void *)message;
	bool ok = message_has(&m->key, IND_KEY_BYTES) && message_has(&m->signature, IND_SIGNATURE_BYTES) && message_may_have(&m->boot_key, IND_KEY_BYTES);
	if (ok) {
		*f = (struct epoch_frame){ .epoch = { .number = m->epoch, .start_ns = m->start_ns }, .restart = m->restart };
		memcpy(f->epoch.key.bytes, m->key.data, IND_KEY_BYTES);
		memcpy(f->signature, m->signature.data, IND_SIGNATURE_BYTES);
		if (m->boot_key.len)
			memcpy(f->epoch.boot_key.bytes, m->boot_key.data, IND_KEY_BYTES);
		ok = m->boot_key.len == 0 || epoch_key_is_set(&f->epoch.boot_key);
	}
	message_free(message);
	return ok ? IND_OK : IND_MALFORMED;
}

enum ind_err recovery_pack(const struct ind_recovery *r, const uint8_t *torn, size_t before, struct buffer *out, size_t *bytes)
{
	Indicia__V1__Recovery m = INDICIA__V1__RECOVERY__INIT;
	Indicia__V1__Recovery__Head head[IND_ABANDONED_MAX], *heads[IND_ABANDONED_MAX];
	if (r->abandoned_count > IND_ABANDONED_MAX)
		return IND_USAGE;
	for (size_t i = 0; i < r->abandoned_count; i++) {
		indicia__v1__recovery__head__init(&head[i]);
		head[i].size = r->abandoned[i].size;
		head[i].root = (ProtobufCBinaryData){ IND_SHA256_BYTES, (uint8_t *)(uintptr_t)r->abandoned[i].root };
		heads[i] = &head[i];
	}
	m.abandoned = heads;
	m.n_abandoned = r->abandoned_count;
	m.last_sealed_leaf = r->last_sealed_leaf;
	m.recovered_to_leaf = r->recovered_to_leaf;
	m.torn_bytes = r->torn_bytes;
	m.torn_sha256 = (ProtobufCBinaryData){ IND_SHA256_BYTES, (uint8_t *)(uintptr_t)r->torn_sha256 };
	if (r->torn_bytes <= TORN_TAIL_MAX_BYTES)
		m.torn_tail = (ProtobufCBinaryData){ (size_t)r->torn_bytes, (uint8_t *)(uintptr_t)torn };
	return message_pack(&m.base, before, out, bytes);
}

/* The torn bytes are there and have the digest, or are too many to be there. */
static bool torn_ok(const Indicia__V1__Recovery *m)
{
	uint8_t digest[IND_SHA256_BYTES];
	if (!message_has(&m->torn_sha256, IND_SHA256_BYTES))
		return false;
	if (m->torn_bytes > TORN_TAIL_MAX_BYTES)
		return m->torn_tail.len == 0;
	hash_sha256(m->torn_tail.data, m->torn_tail.len, digest);
	return m->torn_tail.len == m->torn_bytes && memcmp(digest, m->torn_sha256.data, sizeof digest) == 0;
}

static bool abandoned_get(const Indicia__V1__Recovery *m, struct ind_recovery *r)
{
	if (m->n_abandoned > IND_ABANDONED_MAX)
		return false;
	r->abandoned_count = m->n_abandoned;
	for (size_t i = 0; i < m->n_abandoned; i++) {
		const Indicia__V1__Recovery__Head *head = m->abandoned[i];
		if (!message_has(&head->root, IND_SHA256_BYTES) || head->size <= m->last_sealed_leaf)
			return false;
		r->abandoned[i].size = head->size;
		memcpy(r->abandoned[i].root, head->root.data, IND_SHA256_BYTES);
	}
	return true;
}

enum ind_err recovery_unpack(const uint8_t *payload, size_t bytes, struct ind_recovery *r)
{
	ProtobufCMessage *message;
	enum ind_err err = message_unpack(&indicia__v1__recovery__descriptor, payload, bytes, &message);
	if (err != IND_OK)
		return err;
	const Indicia__V1__Recovery *m = (const Indicia__V1__Recovery *)(void *)message;
	*r = (struct ind_recovery){ .last_sealed_leaf = m->last_sealed_leaf, .recovered_to_leaf = m->recovered_to_leaf, .torn_bytes = m->torn_bytes };
	err = torn_ok(m) && abandoned_get(m, r) ? IND_OK : IND_MALFORMED;
	if (err == IND_OK)
		memcpy(r->torn_sha256, m->torn_sha256.data, IND_SHA256_BYTES);
	message_free(message);
	return err;
}

bool recovery_place_ok(struct ind_recovery *r, uint64_t seq, uint64_t first_leaf, uint64_t sealed_leaf)
{
	r->again = r->recovered_to_leaf >= seq;
	if (!r->again)
		return r->recovered_to_leaf + 1 == seq && r->last_sealed_leaf == sealed_leaf;
	return seq == first_leaf + 1 && r->torn_bytes == 0 && r->last_sealed_leaf == (first_leaf ? first_leaf - 1 : 0);
}
