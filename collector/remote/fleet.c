/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include "remote/fleet.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_TEXT = 9 };
static const uint64_t day_ns = UINT64_C(86400) * 1000000000;

/* ---- rows ---- */

static char *cell(struct fleet_row *row, const char *name, int width, bool is_number)
{
	size_t at = row->count < FLEET_CELLS_MAX ? row->count++ : FLEET_CELLS_MAX - 1;
	row->cell[at].name = name;
	row->cell[at].width = width;
	row->cell[at].is_number = is_number;
	return row->cell[at].text;
}

void fleet_text(struct fleet_row *row, const char *name, int width, const char *text) { snprintf(cell(row, name, width, false), FLEET_TEXT_MAX, "%s", text); }

void fleet_number(struct fleet_row *row, const char *name, int width, uint64_t number)
{
	snprintf(cell(row, name, width, true), FLEET_TEXT_MAX, "%llu", (unsigned long long)number);
}

void fleet_time(struct fleet_row *row, const char *name, uint64_t ns) { text_time(ns, cell(row, name, 27, false), FLEET_TEXT_MAX); }

static void row_ndjson(const struct fleet_row *row, const char *type)
{
	char escaped[FLEET_TEXT_MAX * 6];
	printf("{\"type\":\"%s\"", type);
	for (size_t i = 0; i < row->count; i++) {
		if (!*row->cell[i].text)
			continue;
		text_to_json(row->cell[i].text, strlen(row->cell[i].text), escaped, sizeof(escaped));
		printf(row->cell[i].is_number ? ",\"%s\":%s" : ",\"%s\":\"%s\"", row->cell[i].name, escaped);
	}
	puts("}");
}

static void row_table(const struct fleet_row *row, bool headings)
{
	char shown[FLEET_TEXT_MAX * 4];
	for (size_t i = 0; i < row->count; i++) {
		const char *text = headings ? row->cell[i].name : *row->cell[i].text ? row->cell[i].text : "-";
		text_to_display(text, strlen(text), shown, sizeof(shown));
		printf("%s%*s", i ? "  " : "", i + 1 == row->count && !row->cell[i].is_number ? 0 : row->cell[i].is_number ? row->cell[i].width : -row->cell[i].width, shown);
	}
	putchar('\n');
}

void fleet_row(struct asking *f, struct fleet_row *row, const char *type)
{
	bool first = f->rows++ == 0;
	if (f->ndjson) {
		row_ndjson(row, type);
	} else {
		if (first)
			row_table(row, true);
		row_table(row, false);
	}
	row->count = 0;
}

static void put_bundle(struct fleet_row *row, const struct held *h)
{
	char hex[2 * IND_SHA256_BYTES + 1];
	hash_hex(h->name.sha256, sizeof(h->name.sha256), hex);
	fleet_text(row, "bundle", 64, hex);
}

static void put_stream(struct fleet_row *row, const struct held *h)
{
	char hex[2 * IND_STREAM_ID_BYTES + 1];
	hash_hex(h->ends->begins.id, IND_STREAM_ID_BYTES, hex);
	hex[ID_TEXT - 1] = '\0';
	fleet_text(row, "stream", ID_TEXT - 1, hex);
}

/* ---- what is asked ---- */

int fleet_failed(const struct asking *f, enum ind_err err)
{
	tell_error("%s", *archive_why(f->archive) ? archive_why(f->archive) : ind_strerror(err));
	if (archive_again(f->archive))
		return CLI_AGAIN;
	return err == IND_KEY || err == IND_MISSING ? CLI_MISSING : CLI_FAILED;
}

/* By name alone: a bundle is in the folder of the day of its first record. Its last one is known by its seal. */
static bool begins_in_time(const struct asking *f, const struct held *h) { return !f->has_window || (uint64_t)name_day(&h->name) * day_ns < f->window.to_ns; }

static bool ends_in_time(const struct asking *f, const struct held *h)
{
	return !f->has_window || !h->ends || !h->ends->sealed || h->ends->seal.info.realtime_ns >= f->window.from_ns;
}

int fleet_read_ends(struct asking *f)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->held.count; i++) {
		struct held *h = &f->held.at[i];
		if (!begins_in_time(f, h))
			continue;
		tell_progress("fleet: %s, bundle %zu of %zu", h->name.sensor, i + 1, f->held.count);
		enum ind_err err = holdings_ends(f->archive, h);
		if (err != IND_OK) {
			tell_progress_end();
			return fleet_failed(f, err);
		}
		struct held one = *h;
		h->ends = NULL;
		if (f->whole_streams || ends_in_time(f, &one))
			f->held.at[kept++] = one;
		else
			free(one.ends);
	}
	tell_progress_end();
	f->held.count = kept;
	holdings_by_stream(&f->held);
	return CLI_DONE;
}

/* ---- list ---- */

int fleet_list(struct asking *f)
{
	struct fleet_row row = { 0 };
	for (size_t i = 0, to; i < f->held.count; i = to) {
		const struct held *h = &f->held.at[i];
		uint64_t bytes = 0;
		char from_day[32], to_day[32];
		for (to = i; to < f->held.count && strcmp(f->held.at[to].name.sensor, h->name.sensor) == 0; to++)
			bytes += f->held.at[to].bytes;
		const struct name *last = &f->held.at[to - 1].name;
		snprintf(from_day, sizeof(from_day), "%04u-%02u-%02u", h->name.year, h->name.month, h->name.day);
		snprintf(to_day, sizeof(to_day), "%04u-%02u-%02u", last->year, last->month, last->day);
		fleet_text(&row, "sensor", 20, h->name.sensor);
		fleet_number(&row, "bundles", 9, to - i);
		fleet_number(&row, "bytes", 15, bytes);
		fleet_text(&row, "first_day", 10, from_day);
		fleet_text(&row, "last_day", 10, to_day);
		fleet_row(f, &row, "sensor");
	}
	tell_note("%zu bundles, %llu custody files, %llu other objects below b/", f->held.count, (unsigned long long)f->held.sidecars, (unsigned long long)f->held.other);
	return CLI_DONE;
}

/* ---- gaps ---- */

/* How far a stream is here: sealed up to `reached`, by `last`. */
struct reach { const struct held *last; uint64_t reached; };

static void gap_put(struct asking *f, const struct reach *r, const struct held *b)
{
	const struct held *a = r->last;
	struct fleet_row row = { 0 };
	fleet_text(&row, "sensor", 20, b->name.sensor);
	put_stream(&row, b);
	fleet_number(&row, "from_leaf", 10, r->reached);
	fleet_number(&row, "to_leaf", 10, b->ends->begins.leaves - 1);
	if (a)
		fleet_time(&row, "from", a->ends->seal.info.realtime_ns);
	else
		fleet_text(&row, "from", 27, "");
	fleet_time(&row, "to", b->ends->created_ns);
	fleet_row(f, &row, "gap");
}

/* Leaves of a stream that are in no sealed bundle here: what has no seal may be the first piece of a bundle, and fills nothing. What came before the first bundle that is here may be older
 * than the archive: it is a gap like any other. */
int fleet_gaps(struct asking *f)
{
	struct reach r = { NULL, 0 };
	for (size_t i = 0; i < f->held.count; i++) {
		const struct held *h = &f->held.at[i];
		if (!h->ends)
			continue;
		if (i && !holdings_same_stream(h - 1, h))
			r = (struct reach){ NULL, 0 };
		bool in_time = ends_in_time(f, h);
		f->tally.bundles += in_time;
		if (h->ends->begins.leaves > r.reached) {
			if (in_time)
				gap_put(f, &r, h);
			f->tally.gaps += in_time;
			r.reached = h->ends->begins.leaves;
		}
		if (h->ends->sealed && h->ends->size >= r.reached)
			r = (struct reach){ h, h->ends->size + 1 };
	}
	return CLI_DONE;
}

int fleet_gaps_end(struct asking *f)
{
	tell_note("%zu gaps in the streams of %zu bundles", f->tally.gaps, f->tally.bundles);
	return f->tally.gaps ? CLI_NEGATIVE : CLI_DONE;
}

/* ---- clock ---- */

int fleet_clock(struct asking *f)
{
	struct fleet_row row = { 0 };
	for (size_t i = 0; i < f->held.count; i++) {
		const struct held *h = &f->held.at[i];
		if (!h->ends || !h->ends->sealed)
			continue;
		const struct ind_clock *c = &h->ends->clock;
		fleet_text(&row, "sensor", 20, h->name.sensor);
		fleet_time(&row, "sealed", h->ends->seal.info.realtime_ns);
		fleet_text(&row, "sync", 8, h->ends->has_clock ? ind_clock_sync_name(c->sync) : "");
		if (h->ends->has_clock && c->max_error_ns != IND_ABSENT_U64)
			fleet_number(&row, "max_error_us", 12, c->max_error_ns / 1000);
		else
			fleet_text(&row, "max_error_us", 12, "");
		put_bundle(&row, h);
		fleet_row(f, &row, "clock");
	}
	return CLI_DONE;
}

/* ---- verify ---- */

static bool trusted(const struct asking *f, const struct ind_key_public *key)
{
	for (size_t i = 0; i < f->trust.count; i++)
		if (memcmp(&f->trust.keys[i], key, sizeof(*key)) == 0)
			return true;
	return false;
}

/* The key at the end: as its own frames say, else as one says that goes on from it, whose identity vouches for the key. */
static const char *seal_check(const struct asking *f, size_t at)
{
	const struct held *h = &f->held.at[at], *end = f->held.at + f->held.count;
	if (h->ends->has_key)
		return ends_signed_by(h->ends, &h->ends->key.key) == IND_OK ? NULL : "its final seal is not signed by the key in force";
	for (const struct held *next = h + 1; next < end && holdings_same_stream(h, next) && next->ends->begins.leaves <= h->ends->size + 1; next++)
		if (next->ends->begins.leaves == h->ends->size + 1 && next->ends->begins.epoch == h->ends->seal.epoch && trusted(f, &next->ends->identity) &&
			ends_signed_by(h->ends, &next->ends->begins.key) == IND_OK)
			return NULL;
	return "sealed by a key of a later epoch, which only the whole bundle shows: fetch it and verify";
}

static void verdict_put(struct asking *f, const struct held *h, const char *verdict, const char *why)
{
	struct fleet_row row = { 0 };
	fleet_text(&row, "verdict", 9, verdict);
	fleet_text(&row, "sensor", 20, h->name.sensor);
	put_bundle(&row, h);
	fleet_text(&row, "reason", 0, why);
	fleet_row(f, &row, "fleet_verify");
}

/* `stands`: the next bundle of the stream is held against it. Whoever may write into the folder can put there what names this stream, and must not put its bundles in the wrong. */
struct judged { const char *verdict, *why; size_t *count; bool gap, stands; };

static struct judged judge_link(const struct held *h, const struct held *before, struct fleet_tally *t)
{
	enum ends_link link = before ? ends_follow(before->ends, h->ends) : ENDS_GAP;
	switch (link) {
	case ENDS_BROKEN: return (struct judged){ "ROLLBACK", "does not continue the bundle before it", &t->bad, false, true };
	case ENDS_OVERLAP: return (struct judged){ "ROLLBACK", "says again what an earlier bundle of the stream says", &t->bad, false, true };
	case ENDS_LINKED: return (struct judged){ "SEALED", "continues the bundle before it, by keys and tree", &t->good, false, true };
	case ENDS_LINKED_BY_KEYS:
		return (struct judged){ "SEALED", "continues the bundle before it by keys; its tree is compared when both are fetched and verified", &t->by_keys, false, true };
	default: break;
	}
	bool gap = before || h->ends->begins.leaves > 0;
	return (struct judged){ "SEALED", gap ? "leaves before it are missing here" : "begins its stream", &t->good, gap, true };
}

static struct judged judge(struct asking *f, size_t at, const struct held *before)
{
	const struct held *h = &f->held.at[at];
	struct fleet_tally *t = &f->tally;
	if (!h->ends || !h->ends->sealed)
		return (struct judged){ h->ends ? "UNSEALED" : "ALTERED", h->wrong, &t->unsealed, false, false };
	if (!trusted(f, &h->ends->identity))
		return (struct judged){ "UNTRUSTED", "its identity key is not trusted here; see 'indicia keys'", &t->bad, false, false };
	const char *why = seal_check(f, at);
	if (why && h->ends->has_key)
		return (struct judged){ "ALTERED", why, &t->bad, false, false };
	struct judged linked = judge_link(h, before, t);
	if (why && linked.count != &t->bad)
		linked = (struct judged){ "UNKNOWN", why, &t->by_keys, false, false };
	linked.stands = !why;
	return linked;
}

/* Seals and continuity: not whether each record is what was sealed, which needs all bytes. */
int fleet_verify(struct asking *f)
{
	const struct held *before = NULL;
	for (size_t i = 0; i < f->held.count; i++) {
		const struct held *h = &f->held.at[i];
		if (before && !holdings_same_stream(before, h))
			before = NULL;
		struct judged j = judge(f, i, before);
		if (ends_in_time(f, h)) {
			verdict_put(f, h, j.verdict, j.why);
			++*j.count;
			f->tally.bundles++;
			f->tally.gaps += j.gap;
		}
		before = j.stands ? h : before;
	}
	return CLI_DONE;
}

int fleet_verify_end(struct asking *f)
{
	const struct fleet_tally *t = &f->tally;
	tell_note("%zu bundles: %zu seals right and in order by keys and tree, %zu by keys alone, %zu wrong or not trusted, %zu not sealed; %zu gaps. Records are checked by 'indicia verify' on what "
		  "'indicia fleet fetch' brings", t->bundles, t->good, t->by_keys, t->bad, t->unsealed, t->gaps);
	return t->bad || t->unsealed ? CLI_NEGATIVE : CLI_DONE;
}
