/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SORT_H
#define QUERY_SORT_H

#include "query/row.h"

/* Rows in order of some of their fields, in bounded memory: what does not fit goes in sorted runs to a store, and is merged from there. Rows that
 * are equal stay in the order in which they came; what is absent comes last. */

enum { SORT_KEYS_MAX = 8, SORT_MEMORY_BYTES = 64 << 20 };

struct sort_key { uint8_t field; bool descending; };

struct sort_options {
	struct sort_key keys[SORT_KEYS_MAX];
	size_t key_count;
	uint64_t most;               /* rows that will be asked for */
	size_t memory_bytes;
	/* Where runs go. Both return IND_OK or what happened. */
	enum ind_err (*append)(void *ctx, const void *bytes, size_t count);
	enum ind_err (*read_at)(void *ctx, uint64_t offset, void *bytes, size_t count);
	void *ctx;
};

/* "start", "-sbytes,saddr": fields of a kind, a dash before those whose largest come first. False: *bad, *bad_bytes are no field, or there are
 * too many if *bad is NULL. */
bool sort_keys_parse(const char *text, const struct query_kind *kind, struct sort_options *options, const char **bad, size_t *bad_bytes);

struct sort;

/* NULL without memory. */
struct sort *sort_new(const struct query_kind *kind, const struct sort_options *options);
void sort_free(struct sort *s);

enum ind_err sort_add(struct sort *s, const struct query_row *row) IND_MUST_USE;

/* After the last one. */
enum ind_err sort_end(struct sort *s) IND_MUST_USE;

/* The next row in order; its cells are borrowed until the next call. IND_END behind the last. */
enum ind_err sort_next(struct sort *s, struct query_row *row) IND_MUST_USE;

#endif
