/* SPDX-License-Identifier: Apache-2.0 */
/* What data sets say of addresses, gathered once a bundle for the terms that ask. */
#include "query/code.h"
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_MAX = 1 << 22 };

struct entry {
	struct code_addr addr;
	uint32_t says, yes;          /* bit n: claim term n is answered; is answered yes */
	uint8_t ip_version;
};

struct filter_claims {
	struct entry *entries;
	size_t count, room;
};

enum query_kind_id query_filter_kind(const struct query_filter *f) { return f->kind; }

bool query_filter_asks_claims(const struct query_filter *f) { return f->claim_count != 0; }

bool query_filter_asks_signal(const struct query_filter *f, unsigned id)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->steps[i].op == CODE_SIGNAL && f->steps[i].subject == id)
			return true;
	return false;
}

static enum truth text_passes(const struct query_filter *f, const struct code_claim *c, const char *at, size_t bytes)
{
	return bytes ? truth_of(code_text_passes(f, c->test, c->set, at, bytes)) : TRUTH_UNKNOWN;
}

static enum truth ind_text_passes(const struct query_filter *f, const struct code_claim *c, struct ind_text text)
{
	return text_passes(f, c, text.at, text.bytes);
}

static enum truth asn_passes(const struct query_filter *f, const struct code_claim *c, const struct ind_claim *claim)
{
	bool yes = code_has_number(&f->sets[c->set], claim->asn);
	for (size_t i = 0; i < claim->more_asn_count && i < IND_CLAIM_MORE_ASNS; i++)
		yes |= code_has_number(&f->sets[c->set], claim->more_asn[i]);
	return claim->asn ? truth_of(yes) : TRUTH_UNKNOWN;
}

static enum truth flags_pass(const struct query_filter *f, const struct code_claim *c, const struct ind_claim *claim)
{
	static const struct { unsigned bit; const char *name; } names[] = {
		{ IND_CLAIM_ANYCAST, "anycast" }, { IND_CLAIM_SATELLITE, "satellite" }, { IND_CLAIM_ANONYMISER, "anonymiser" }, { IND_CLAIM_HOSTING, "hosting" },
		{ IND_CLAIM_AS_SET, "as_set" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (claim->flags & names[i].bit && code_text_passes(f, c->test, c->set, names[i].name, strlen(names[i].name)))
			return TRUTH_YES;
	return TRUTH_NO;
}

/* "geo.mmdb" is also called "geo". */
static bool is_of(struct code_string data_set, const char *name)
{
	size_t bytes = strlen(name), tail = strlen(".mmdb");
	if (!data_set.bytes || (data_set.bytes == bytes && memcmp(data_set.at, name, bytes) == 0))
		return true;
	return data_set.bytes + tail == bytes && memcmp(data_set.at, name, data_set.bytes) == 0 && memcmp(name + data_set.bytes, ".mmdb", tail) == 0;
}

enum truth code_claim_passes(const struct query_filter *f, const struct code_claim *c, const struct ind_claim *claim, const char *name)
{
	const char *kind = ind_claim_kind_name(claim->kind), *tlp = ind_tlp_name(claim->tlp);
	if (!is_of(c->data_set, name))
		return TRUTH_UNKNOWN;
	switch ((enum claim_field)c->field) {
	case CLAIM_IS_THERE: return TRUTH_YES;
	case CLAIM_IS_COUNTRY: return text_passes(f, c, claim->country, claim->country[0] ? 2 : 0);
	case CLAIM_IS_REGISTERED: return text_passes(f, c, claim->registered_country, claim->registered_country[0] ? 2 : 0);
	case CLAIM_IS_ASN: return asn_passes(f, c, claim);
	case CLAIM_IS_KIND: return text_passes(f, c, kind, strlen(kind));
	case CLAIM_IS_REGION: return ind_text_passes(f, c, claim->region);
	case CLAIM_IS_CITY: return ind_text_passes(f, c, claim->city);
	case CLAIM_IS_HOLDER: return ind_text_passes(f, c, claim->holder);
	case CLAIM_IS_STATUS: return ind_text_passes(f, c, claim->status);
	case CLAIM_IS_SOURCE: return ind_text_passes(f, c, claim->source);
	case CLAIM_IS_LABEL: return ind_text_passes(f, c, claim->label);
	case CLAIM_IS_TLP: return text_passes(f, c, tlp, strlen(tlp));
	case CLAIM_IS_FLAG: return flags_pass(f, c, claim);
	}
	return TRUTH_UNKNOWN;
}

static int by_addr(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->ip_version != y->ip_version)
		return x->ip_version < y->ip_version ? -1 : 1;
	if (x->addr.high != y->addr.high)
		return x->addr.high < y->addr.high ? -1 : 1;
	return x->addr.low < y->addr.low ? -1 : x->addr.low > y->addr.low;
}

/* Sorts, and makes one of those of an address. */
static void settle(struct filter_claims *c)
{
	size_t kept = 0;
	if (c->count)
		qsort(c->entries, c->count, sizeof(*c->entries), by_addr);
	for (size_t i = 0; i < c->count; i++) {
		if (kept && by_addr(&c->entries[kept - 1], &c->entries[i]) == 0) {
			c->entries[kept - 1].says |= c->entries[i].says;
			c->entries[kept - 1].yes |= c->entries[i].yes;
		} else {
			c->entries[kept++] = c->entries[i];
		}
	}
	c->count = kept;
}

static enum ind_err add(struct filter_claims *c, const struct entry *entry)
{
	if (c->count == c->room) {
		settle(c);
		size_t room = c->count * 2 < c->room ? c->room : c->room ? c->room * 2 : 1024;
		if (room > ENTRIES_MAX)
			return IND_LIMIT;
		struct entry *entries = realloc(c->entries, room * sizeof(*entries));
		if (!entries)
			return IND_NOMEM;
		c->entries = entries;
		c->room = room;
	}
	c->entries[c->count++] = *entry;
	return IND_OK;
}

static enum ind_err take(const struct query_filter *f, struct filter_claims *c, const struct ind_claim *claim, const struct rows_context *rows)
{
	struct entry entry = { .addr = code_addr_of(claim->addr), .ip_version = claim->ip_version };
	const char *name = claim->data_set < rows->data_set_count ? rows->data_sets[claim->data_set].name : "";
	for (unsigned i = 0; i < f->claim_count; i++) {
		enum truth truth = code_claim_passes(f, &f->claims[i], claim, name);
		entry.says |= (uint32_t)(truth != TRUTH_UNKNOWN) << i;
		entry.yes |= (uint32_t)(truth == TRUTH_YES) << i;
	}
	return entry.says ? add(c, &entry) : IND_OK;
}

enum ind_err filter_claims_load(const struct query_filter *f, const struct ind_source *source, struct filter_claims **out)
{
	struct rows_context rows = { .sensor = "" };
	const struct ind_record *record;
	struct ind_reader *reader = NULL;
	struct filter_claims *c = calloc(1, sizeof(*c));
	enum ind_err err = c ? ind_reader_new(source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_CLAIM), &reader) : IND_NOMEM;
	while (err == IND_OK && ind_reader_next(reader, &record) == IND_OK) {
		if (record->kind == IND_REC_HEADER)
			rows_context_of(&rows, &record->header);
		else
			err = take(f, c, &record->claim, &rows);
	}
	ind_reader_free(reader);
	if (err != IND_OK) {
		filter_claims_free(c);
		return err;
	}
	settle(c);
	*out = c;
	return IND_OK;
}

void filter_claims_free(struct filter_claims *c)
{
	if (c)
		free(c->entries);
	free(c);
}

enum truth filter_claims_say(const struct filter_claims *c, unsigned term, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	struct entry key = { .addr = code_addr_of(addr), .ip_version = (uint8_t)ip_version };
	const struct entry *e = c && c->count ? bsearch(&key, c->entries, c->count, sizeof(key), by_addr) : NULL;
	if (!e || !(e->says >> term & 1))
		return TRUTH_UNKNOWN;
	return truth_of(e->yes >> term & 1);
}
