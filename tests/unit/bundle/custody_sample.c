/* SPDX-License-Identifier: Apache-2.0 */
#include "custody_sample.h"
#include "base/hash.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Also for programs that are no suite of Check's. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

static struct ind_text text(const char *s) { return (struct ind_text){ s, (uint16_t)strlen(s) }; }

void hands_make(struct hands *h)
{
	uint8_t seed[IND_KEY_BYTES] = { 21 };
	*h = (struct hands){ .head.tree_size = 7 };
	must(ind_key_from_seed(seed, &h->a) == IND_OK);
	seed[0] = 22;
	must(ind_key_from_seed(seed, &h->b) == IND_OK);
	ind_key_public(h->a, &h->a_pub);
	ind_key_public(h->b, &h->b_pub);
	memset(h->head.stream_id, 1, sizeof h->head.stream_id);
	memset(h->head.root, 2, sizeof h->head.root);
	memset(h->head.sha256, 3, sizeof h->head.sha256);
}

void hands_free(struct hands *h)
{
	ind_key_free(h->a);
	ind_key_free(h->b);
}

void iec_event(const struct hands *h, enum ind_custody_type type, struct ind_custody_event *e)
{
	static uint64_t moment;
	*e = (struct ind_custody_event){
		.type = type,
		.bundle = h->head,
		.actor = text("A. Analyst"),
		.place = text("Lab 2"),
		.purpose = text("case 17"),
		.legal_basis = text("Art. 5"),
		.note = text("looked at it"),
		.tool = text("test 1"),
		.claimed_ns = 1000000000 + moment++,
		.clock_error_ns = 5000,
		.tlp = IND_TLP_GREEN,
		.has_tool_sha256 = true,
	};
}

void iec_bytes(struct iec *f, const void *bytes, size_t count)
{
	struct ind_sink sink = memory_sink(&f->m);
	must(sink.write(sink.ctx, bytes, count) == IND_OK);
}

void iec_start(struct iec *f)
{
	uint8_t preamble[IND_CUSTODY_PREAMBLE_BYTES];
	*f = (struct iec){ 0 };
	ind_custody_preamble(preamble);
	iec_bytes(f, preamble, sizeof preamble);
	f->at[0] = f->m.bytes;
}

struct ind_custody_id iec_add(struct iec *f, const struct ind_custody_event *e, const struct ind_key *by)
{
	uint8_t *record;
	size_t bytes;
	must(ind_custody_pack(e, by, &record, &bytes) == IND_OK);
	f->at[f->count] = f->m.bytes;
	hash_sha256(record, bytes, f->id[f->count].bytes);
	iec_bytes(f, record, bytes);
	free(record);
	f->at[++f->count] = f->m.bytes;
	return f->id[f->count - 1];
}

void iec_free(struct iec *f) { memory_free(&f->m); }

static void follow(struct ind_custody_event *e, struct ind_custody_id id) { e->parents[e->parent_count++] = id; }

void story_make(struct story *s)
{
	struct ind_custody_event e;
	hands_make(&s->hands);
	iec_start(&s->a);
	iec_start(&s->b);
	iec_event(&s->hands, IND_CUSTODY_CREATED, &e);
	struct ind_custody_id last = iec_add(&s->a, &e, s->hands.a);
	iec_event(&s->hands, IND_CUSTODY_SEALED, &e);
	follow(&e, last);
	last = iec_add(&s->a, &e, s->hands.a);
	iec_event(&s->hands, IND_CUSTODY_RELEASED, &e);
	follow(&e, last);
	e.has_other_key = true;
	e.other_key = s->hands.b_pub;
	struct ind_custody_id released = iec_add(&s->a, &e, s->hands.a);
	iec_event(&s->hands, IND_CUSTODY_RECEIVED, &e);
	follow(&e, released);
	e.has_other_key = true;
	e.other_key = s->hands.a_pub;
	last = iec_add(&s->b, &e, s->hands.b);
	iec_event(&s->hands, IND_CUSTODY_OPENED, &e);
	follow(&e, last);
	last = iec_add(&s->b, &e, s->hands.b);
	iec_event(&s->hands, IND_CUSTODY_VERIFIED, &e);
	follow(&e, released);
	follow(&e, last);
	iec_add(&s->a, &e, s->hands.a);
}

void story_free(struct story *s)
{
	iec_free(&s->a);
	iec_free(&s->b);
	hands_free(&s->hands);
}

static void read_one(struct ind_custody_log *log, const char *name, enum ind_custody_role role, const uint8_t *id, const struct memory *m)
{
	if (!m)
		return;
	struct ind_source source = memory_source(m);
	must(ind_custody_log_read(log, name, role, id, &source) == IND_OK);
}

struct ind_custody_log *story_log(const struct story *s, const struct memory *a, const struct memory *b, const struct memory *copy)
{
	struct ind_custody_log *log;
	uint8_t id[4];
	const struct ind_key_public trusted[] = { s->hands.a_pub, s->hands.b_pub };
	struct ind_custody_known known = { .bundle = &s->hands.head, .owner = &s->hands.a_pub, .trusted = trusted, .trusted_count = 2 };
	ind_key_id(&s->hands.b_pub, "indicia", id);
	must(ind_custody_log_new(&log) == IND_OK);
	read_one(log, "a", IND_CUSTODY_OWNER, NULL, a);
	read_one(log, "b", IND_CUSTODY_PARTY, id, b);
	read_one(log, "copy", IND_CUSTODY_COPY, NULL, copy);
	must(ind_custody_log_check(log, &known) == IND_OK);
	return log;
}

static void put_le32(uint8_t *p, unsigned long v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

void iec_repair(struct memory *m)
{
	if (m->bytes < IND_CUSTODY_PREAMBLE_BYTES)
		return;
	put_le32(m->at + 12, crc32(0, m->at, 12));
	for (size_t at = IND_CUSTODY_PREAMBLE_BYTES; m->bytes - at >= 4;) {
		const uint8_t *p = m->at + at;
		size_t event = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24, whole = event + 72;
		if (event > IND_CUSTODY_EVENT_MAX || whole > m->bytes - at)
			return;
		put_le32(m->at + at + whole - 4, crc32(0, p, (uInt)(whole - 4)));
		at += whole;
	}
}
