/* SPDX-License-Identifier: Apache-2.0 */
/* Membership, and patterns. */
#include "base/cursor.h"
#include "query/code.h"
#include <string.h>

struct code_addr code_addr_of(const uint8_t addr[static IND_ADDR_BYTES])
{
	struct cursor c = cursor_of(addr, IND_ADDR_BYTES);
	uint64_t high = cursor_be64(&c);
	return (struct code_addr){ high, cursor_be64(&c) };
}

bool code_has_number(const struct code_set *set, uint64_t number)
{
	size_t from = 0, to = set->number_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (number < set->numbers[middle].low)
			to = middle;
		else if (number > set->numbers[middle].high)
			from = middle + 1;
		else
			return true;
	}
	return false;
}

static bool before(struct code_addr a, struct code_addr b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

bool code_has_addr(const struct code_set *set, unsigned ip_version, struct code_addr addr)
{
	const struct code_addrs *ranges = ip_version == 4 ? set->v4 : set->v6;
	size_t from = 0, to = ip_version == 4 ? set->v4_count : set->v6_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (before(addr, ranges[middle].first))
			to = middle;
		else if (before(ranges[middle].last, addr))
			from = middle + 1;
		else
			return true;
	}
	return false;
}

static int compare_bytes(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
	int order = memcmp(a, b, a_bytes < b_bytes ? a_bytes : b_bytes);
	return order ? order : (a_bytes > b_bytes) - (a_bytes < b_bytes);
}

bool code_has_text(const struct code_set *set, const char *at, size_t bytes)
{
	size_t from = 0, to = set->text_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = compare_bytes(at, bytes, set->texts[middle].at, set->texts[middle].bytes);
		if (order == 0)
			return true;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return false;
}

static char folded(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

/* Only the last star is ever tried again: at most pattern times value steps. */
static bool like_whole(struct code_string p, const char *at, size_t bytes)
{
	size_t i = 0, k = 0, star = SIZE_MAX, from = 0;
	while (i < bytes) {
		if (k < p.bytes && p.at[k] == '*') {
			star = k++;
			from = i;
		} else if (k < p.bytes && (p.at[k] == '?' || folded(p.at[k]) == folded(at[i]))) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			i = ++from;
			k = star + 1;
		} else {
			return false;
		}
	}
	while (k < p.bytes && p.at[k] == '*')
		k++;
	return k == p.bytes;
}

static bool like_part(struct code_string p, const char *at, size_t bytes)
{
	for (size_t from = 0; from + p.bytes <= bytes; from++) {
		size_t k = 0;
		while (k < p.bytes && folded(p.at[k]) == folded(at[from + k]))
			k++;
		if (k == p.bytes)
			return true;
	}
	return false;
}

bool code_like(struct code_string p, const char *at, size_t bytes)
{
	bool whole = memchr(p.at, '*', p.bytes) || memchr(p.at, '?', p.bytes);
	return whole ? like_whole(p, at, bytes) : like_part(p, at, bytes);
}

bool code_text_passes(const struct query_filter *f, unsigned test, uint32_t set, const char *at, size_t bytes)
{
	const struct code_set *s = &f->sets[set];
	return test == TEST_LIKE ? code_like(s->texts[0], at, bytes) : code_has_text(s, at, bytes);
}
