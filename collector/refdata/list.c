/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/list.h"

#include "base/hash.h"
#include "indicia/catalogue.h"
#include "refdata/claim.h"
#include "refdata/date.h"
#include "refdata/reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what readers call ---- */

static void reading_fail(struct reading *r, enum ind_err err)
{
	if (!r->err)
		r->err = err;
}

static void range_add(struct reading *r, unsigned which, const uint32_t *first, const uint32_t *last, uint32_t value)
{
	reading_fail(r, ranges_add(&r->list->ranges[which], first, last, value));
	r->list->lines++;
}

void reading_add_network(struct reading *r, const struct network *n, uint32_t value)
{
	range_add(r, n->ip_version == 4 ? LIST_IP4 : LIST_IP6, n->first, n->last, value);
}

void reading_add_as(struct reading *r, uint32_t first, uint32_t last, uint32_t value) { range_add(r, LIST_AS, &first, &last, value); }

uint32_t reading_piece(struct reading *r, const void *bytes, size_t count)
{
	uint32_t number = 0;
	if (count)
		reading_fail(r, pool_put(&r->list->pool, bytes, count, &number));
	return r->err ? 0 : number;
}

uint32_t reading_value(struct reading *r, const void *bytes, size_t count, uint64_t hash)
{
	uint32_t number = 0;
	reading_fail(r, pool_put_hashed(&r->list->values, bytes, count, hash, &number));
	return r->err ? 0 : number;
}

uint32_t reading_text(struct reading *r, struct piece text)
{
	struct ind_text kept = text.bytes ? claim_text(text.at, text.bytes) : (struct ind_text){ NULL, 0 };
	return reading_piece(r, kept.at, kept.bytes);
}

/* ---- reading ---- */

static line_reader *reader_of(unsigned kind)
{
	switch (kind) {
	case IND_CLAIM_RIR: return rir_line;
	case IND_CLAIM_PFX2AS: return pfx2as_line;
	case IND_CLAIM_TOR: return tor_line;
	case IND_CLAIM_RPKI: return rpki_line;
	default: return named_line;
	}
}

static void lines_read(struct reading *r, const char *bytes, size_t count)
{
	struct list *l = r->list;
	struct lines lines = lines_of(bytes, count);
	line_reader *read = reader_of(l->kind);
	struct piece line;
	while (!r->err && lines_next(&lines, &line)) {
		r->number = lines.number;
		if (line.bytes == 0 || line.at[0] == '#' || line.at[0] == ';')
			continue;
		const char *why = line.bytes > LINE_MAX_BYTES ? "the line is too long" : read(r, line);
		r->begun = true;
		if (why && l->wrong++ == 0)
			l->first = (struct complaint){ lines.number, why };
	}
}

static enum ind_err list_close(struct reading *r)
{
	tor_end(r);
	for (unsigned i = 0; i < LIST_RANGES_COUNT && !r->err; i++)
		reading_fail(r, ranges_close(&r->list->ranges[i], tor_join(r)));
	if (!r->err)
		tor_place(r);
	return r->err;
}

/* One line in `note` if some of the file was not read. More wrong lines than right ones: it is something else. */
static enum ind_err outcome(const struct reading *r, const char *name, char note[static LIST_NOTE_BYTES])
{
	const struct list *l = r->list;
	const char *kind = ind_claim_kind_name(l->kind);
	if (l->wrong > l->lines + l->unused) {
		snprintf(note, LIST_NOTE_BYTES, "list %.80s: it is no list of kind %s: %" PRIu64 " of its lines are not what they should be, first %.40s:%" PRIu64 ": %s",
			name, kind, l->wrong, name, l->first.line, l->first.why);
		return IND_MALFORMED;
	}
	if (l->wrong)
		snprintf(note, LIST_NOTE_BYTES, "list %.80s: %" PRIu64 " of %" PRIu64 " lines are left out, first %.40s:%" PRIu64 ": %s", name, l->wrong,
			l->wrong + l->lines + l->unused, name, l->first.line, l->first.why);
	else if (l->expected && l->expected != l->lines)
		snprintf(note, LIST_NOTE_BYTES, "list %.80s: it says that it has %" PRIu64 " entries, and has %" PRIu64 ": it may be cut", name, l->expected, l->lines);
	else if (r->is_cut)
		snprintf(note, LIST_NOTE_BYTES, "list %.80s: its end is not there (no directory-footer): it may be cut", name);
	else if (!l->lines)
		snprintf(note, LIST_NOTE_BYTES, "list %.80s: it names nothing that is looked for", name);
	return IND_OK;
}

static struct ind_text kept_text(struct reading *r, struct ind_text text)
{
	uint32_t number = reading_piece(r, text.at, text.bytes);
	return (struct ind_text){ NULL, number ? text.bytes : 0 };
}

/* The pool moves while it grows: texts get their places last. */
static void text_place(const struct list *l, struct ind_text *text, struct ind_text of)
{
	size_t bytes;
	if (text->bytes)
		text->at = pool_get(&l->pool, pool_find(&l->pool, of.at, of.bytes), &bytes);
}

static void about_read(struct reading *r, const char *name, const struct meta *meta)
{
	struct ind_data_set *about = &r->list->about;
	about->name = kept_text(r, claim_text(name, strlen(name)));
	about->title = kept_text(r, meta->name);
	about->source = kept_text(r, meta->source);
	about->licence = kept_text(r, meta->licence);
	about->build_epoch_s = meta->date_s;
	memcpy(r->list->grade, meta->grade, sizeof r->list->grade);
}

static void about_place(struct list *l, const char *name, const struct meta *meta)
{
	const char *kind = ind_claim_kind_name(l->kind);
	text_place(l, &l->about.name, claim_text(name, strlen(name)));
	text_place(l, &l->about.title, meta->name);
	text_place(l, &l->about.source, meta->source);
	text_place(l, &l->about.licence, meta->licence);
	l->about.type = (struct ind_text){ kind, (uint16_t)strlen(kind) };
}

/* A list that says itself of when it is must agree with its .meta, which may say the day alone. Names both if it does not. */
static enum ind_err date_settle(struct reading *r, const char *name, char error[static LIST_NOTE_BYTES])
{
	uint64_t *meta_s = &r->list->about.build_epoch_s, said_s = r->said_s;
	char of[DATE_TEXT_BYTES], meta_of[DATE_TEXT_BYTES];
	if (!said_s && !*meta_s) {
		snprintf(error, LIST_NOTE_BYTES, "list %.100s: it does not say of when it is: write 'date = 2026-11-20' into its .meta", name);
		return IND_MALFORMED;
	}
	if (!said_s)
		return IND_OK;
	if (*meta_s && *meta_s != said_s && *meta_s != said_s - said_s % DATE_DAY_S) {
		date_text(said_s, of);
		date_text(*meta_s, meta_of);
		snprintf(error, LIST_NOTE_BYTES, "list %.80s: %.40s:%" PRIu64 " says that it is of %s, its .meta that it is of %s", name, name, r->said_line, of, meta_of);
		return IND_MALFORMED;
	}
	*meta_s = said_s;
	return IND_OK;
}

static enum ind_err fail(struct list *l, enum ind_err err, const char *name, const char *why, char error[static LIST_NOTE_BYTES])
{
	if (why)
		snprintf(error, LIST_NOTE_BYTES, "list %.100s: %s", name, why);
	list_free(l);
	return err;
}

/* Whether what was read is what it is said to be; else one line of why not. */
static enum ind_err list_judge(struct reading *r, const char *name, char error[static LIST_NOTE_BYTES])
{
	if (outcome(r, name, r->list->note)) {
		memcpy(error, r->list->note, LIST_NOTE_BYTES);
		return IND_MALFORMED;
	}
	return date_settle(r, name, error);
}

enum ind_err list_read(struct list *l, const char *name, const struct meta *meta, const char *bytes, size_t count, char error[static LIST_NOTE_BYTES])
{
	struct reading *r = calloc(1, sizeof *r);
	*l = (struct list){ .kind = meta->kind };
	for (unsigned i = 0; i < LIST_RANGES_COUNT; i++)
		ranges_start(&l->ranges[i], i == LIST_IP6 ? RANGES_KEY_WORDS : 1);
	if (!r || pool_start(&l->pool) || pool_start(&l->values)) {
		free(r);
		return fail(l, IND_NOMEM, name, "out of memory", error);
	}
	r->list = l;
	about_read(r, name, meta);
	lines_read(r, bytes, count);
	enum ind_err err = r->err ? r->err : list_close(r);
	if (err) {
		free(r);
		return fail(l, err, name, err == IND_LIMIT ? "it has too many entries, or ranges nested too deep" : ind_strerror(err), error);
	}
	err = list_judge(r, name, error);
	free(r);
	if (err)
		return fail(l, err, name, NULL, error);
	about_place(l, name, meta);
	hash_sha256(bytes, count, l->about.sha256);
	return IND_OK;
}

void list_free(struct list *l)
{
	for (unsigned i = 0; i < LIST_RANGES_COUNT; i++)
		ranges_free(&l->ranges[i]);
	pool_free(&l->pool);
	pool_free(&l->values);
}
