/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/choice.h"
#include "base/hash.h"
#include "base/near.h"
#include "cli/args.h"
#include "cli/tell.h"
#include <stdlib.h>
#include <string.h>

/* A word opens groups in each kind of record that has them. A host is nothing without its network. */
static const struct group_word { const char *name; uint32_t flow, exhibit, claim, origin; } words[] = {
	{ "core", 0, 0, 0, 0 },
	{ "all", UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX },
	{ "src-prefix", IND_OPEN_SRC_PREFIX, 0, 0, 0 },
	{ "src-host", IND_OPEN_SRC_PREFIX | IND_OPEN_SRC_HOST, 0, 0, 0 },
	{ "dst-prefix", IND_OPEN_DST_PREFIX, 0, 0, 0 },
	{ "dst-host", IND_OPEN_DST_PREFIX | IND_OPEN_DST_HOST, 0, 0, 0 },
	{ "path", IND_OPEN_PATH, 0, 0, 0 },
	{ "names", IND_OPEN_NAMES, 0, 0, 0 },
	{ "bytes", 0, IND_OPEN_BYTES, 0, 0 },
	{ "prefix", 0, 0, IND_OPEN_CLAIM_PREFIX, IND_OPEN_ORIGIN_PREFIX },
	{ "host", 0, 0, IND_OPEN_CLAIM_PREFIX | IND_OPEN_CLAIM_HOST, IND_OPEN_ORIGIN_PREFIX | IND_OPEN_ORIGIN_HOST },
	{ "content", 0, 0, IND_OPEN_CONTENT, 0 },
	{ "label", 0, 0, IND_OPEN_LABEL, 0 },
	{ "summary", 0, 0, 0, IND_OPEN_SUMMARY },
	{ "behaviour", 0, 0, 0, IND_OPEN_BEHAVIOUR },
};
enum { WORDS = sizeof(words) / sizeof(words[0]), SHOWN_STREAM_BYTES = 4, STREAM_DIGITS = 2 * SHOWN_STREAM_BYTES };

/* Digits up to `end`; moves behind it. */
static bool number_get(const char **at, const char *end, uint64_t max, uint64_t *number)
{
	const char *from = *at;
	*number = 0;
	for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
		uint64_t digit = (uint64_t)(**at - '0');
		if (*number > (max - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return *at > from && (*at - from == 1 || *from != '0');
}

/* "3f9a6c01:12:345", and ":2" for a signal. */
static bool id_get(const char *at, size_t bytes, struct wanted *w)
{
	const char *end = at + bytes;
	uint64_t row, part;
	if (bytes < STREAM_DIGITS + 1 || strspn(at, "0123456789abcdef") != STREAM_DIGITS || at[STREAM_DIGITS] != ':')
		return false;
	memcpy(w->prefix, at, STREAM_DIGITS);
	w->prefix[STREAM_DIGITS] = '\0';
	at += STREAM_DIGITS + 1;
	if (!number_get(&at, end, UINT64_MAX, &w->leaf) || at == end || *at++ != ':' || !number_get(&at, end, UINT32_MAX, &row))
		return false;
	w->row = (uint32_t)row;
	return at == end || (*at++ == ':' && number_get(&at, end, UINT32_MAX, &part) && at == end);
}

static int record_add(struct choice *c, const char *id, size_t bytes)
{
	struct wanted w = { .text = id };
	if (!id_get(id, bytes, &w)) {
		tell_error("--record %.*s: not the id of a record; 'indicia flows' and 'indicia show --records' print them, as 3f9a6c01:12:345", (int)bytes, id);
		return CLI_USAGE;
	}
	if (c->count == c->room) {
		size_t room = c->room ? 2 * c->room : 16;
		struct wanted *more = realloc(c->records, room * sizeof(*more));
		if (!more)
			return tell_error("out of memory"), CLI_FAILED;
		c->records = more;
		c->room = room;
	}
	c->records[c->count++] = w;
	return CLI_DONE;
}

int choice_records(struct choice *c, const char *ids)
{
	int status = CLI_DONE;
	for (const char *at = ids; status == CLI_DONE; at++) {
		size_t bytes = strcspn(at, ",");
		status = record_add(c, at, bytes);
		at += bytes;
		if (!*at)
			break;
	}
	return status;
}

static int unknown_word(const char *at, size_t bytes)
{
	struct near near;
	char word[32] = "";
	memcpy(word, at, bytes < sizeof(word) ? bytes : sizeof(word) - 1);
	near_start(&near, word);
	for (size_t i = 0; i < WORDS; i++)
		near_offer(&near, words[i].name);
	const char *best = near_best(&near);
	tell_error("--show %s: no group of fields%s%s%s", word, best ? "; did you mean " : "; 'indicia help disclose' lists them", best ? best : "", best ? "?" : "");
	return CLI_USAGE;
}

int choice_show(struct choice *c, const char *list)
{
	for (const char *at = list;; at++) {
		size_t bytes = strcspn(at, ","), i = 0;
		while (i < WORDS && (strlen(words[i].name) != bytes || memcmp(words[i].name, at, bytes) != 0))
			i++;
		if (i == WORDS)
			return unknown_word(at, bytes);
		c->opened[IND_REC_FLOW] |= words[i].flow;
		c->opened[IND_REC_EXHIBIT] |= words[i].exhibit;
		c->opened[IND_REC_CLAIM] |= words[i].claim;
		c->opened[IND_REC_ORIGIN] |= words[i].origin;
		at += bytes;
		if (!*at)
			return CLI_DONE;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	if (x->leaf != y->leaf)
		return x->leaf < y->leaf ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

void choice_ready(struct choice *c)
{
	if (c->count)
		qsort(c->records, c->count, sizeof(*c->records), by_place);
}

void choice_free(struct choice *c)
{
	free(c->records);
	query_filter_free(c->filter);
	filter_claims_free(c->claims);
}

/* All that name this record: an id may be given twice. */
static bool is_named(struct choice *c, const struct ind_record_id *id)
{
	struct wanted key = { .leaf = id->leaf, .row = id->row };
	struct wanted *w = c->count ? bsearch(&key, c->records, c->count, sizeof(key), by_place) : NULL;
	char stream[STREAM_DIGITS + 1];
	bool named = false;
	if (!w)
		return false;
	hash_hex(id->stream_id, SHOWN_STREAM_BYTES, stream);
	while (w > c->records && by_place(w - 1, &key) == 0)
		w--;
	for (; w < c->records + c->count && by_place(w, &key) == 0; w++)
		if (strcmp(w->prefix, stream) == 0)
			named = w->found = true;
	return named;
}

enum ind_err choice_of_bundle(struct choice *c, const struct ind_source *source)
{
	struct ind_reader *reader;
	const struct ind_record *record;
	if (!c->filter)
		return IND_OK;
	enum ind_err err = ind_reader_new(source, IND_WANT(IND_REC_HEADER), &reader);
	if (err != IND_OK)
		return err;
	err = ind_reader_next(reader, &record);
	if (err == IND_OK)
		rows_context_of(&c->context, &record->header);
	ind_reader_free(reader);
	return err == IND_OK && query_filter_asks_claims(c->filter) ? filter_claims_load(c->filter, source, &c->claims) : err;
}

static bool selected(struct choice *c, const struct ind_record *record)
{
	const struct filter_context context = { .rows = &c->context, .claims = c->claims };
	return c->filter && record->kind == IND_REC_FLOW && query_filter_matches(c->filter, record, &context) == TRUTH_YES;
}

bool choice_takes(void *ctx, const struct ind_record *record, uint32_t *opened)
{
	struct choice *c = ctx;
	bool named = is_named(c, &record->id);
	*opened = c->opened[record->kind];
	return named || c->kinds & IND_WANT(record->kind) || selected(c, record);
}

int choice_found_all(const struct choice *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->records[i].found)
			continue;
		tell_error("--record %.*s: no such record is in what the bundle's last seal covers", (int)strcspn(c->records[i].text, ","), c->records[i].text);
		return CLI_MISSING;
	}
	return CLI_DONE;
}
