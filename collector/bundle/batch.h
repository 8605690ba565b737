/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_BATCH_H
#define BUNDLE_BATCH_H

#include "bundle/format.h"
#include "indicia/bundle.h"
#include <string.h>

/* The rows of one DATA frame, column by column, as plain values: differences, units and encodings are column.c's concern. What each
 * column is stands in one table per kind (row_*.c), after docs/bundle-format.md section 4. */

enum { BATCH_COLUMNS_MAX = 45 };

enum column_form { FORM_NUMBERS, FORM_SIGNED, FORM_DELTA, FORM_BYTES };

/* How many values a column has, or bytes if it is FORM_BYTES. */
enum column_count {
	COUNT_ROWS,                  /* `of` per row */
	COUNT_SUM,                   /* the sum of column `of` */
	COUNT_ADDRESSES,             /* 4 or 16 per row */
	COUNT_NEW,                   /* one per 1 in columns `of` to `last` */
	COUNT_CUT,                   /* a SHA-256 per value of column `of` with bit 4 */
};

struct column_spec {
	uint8_t form, count, of, last;
	bool is_time;                /* counts in time units */
	uint64_t min, max;           /* range of FORM_NUMBERS and FORM_SIGNED, modulo 2^64 */
};

/* A kind of rows. Column k of the table has the id k + 1. */
struct row_spec {
	enum row_kind kind;
	uint8_t columns;
	uint8_t version_column;      /* with the ip_version, if there is COUNT_ADDRESSES */
	uint8_t first_time;          /* column with absolute times, or UINT8_MAX */
	struct column_spec column[BATCH_COLUMNS_MAX];
};

extern const struct row_spec row_flow_spec, row_exhibit_spec, row_claim_spec, row_origin_spec;
const struct row_spec *row_spec_of(unsigned kind);

struct column {
	uint64_t *numbers;
	uint8_t *bytes;              /* of FORM_BYTES; when read, borrowed from the decoder */
	size_t count, capacity;
};

struct batch {
	const struct row_spec *spec;
	size_t rows;
	struct column column[BATCH_COLUMNS_MAX];
	uint8_t salt_key[SALT_BYTES];
	bool failed;                 /* memory was short: sticky, looked at once per row */
	bool borrows;                /* bytes of columns belong to somebody else */
};

void batch_clear(struct batch *b);
void batch_free(struct batch *b);

bool column_grow(struct batch *b, struct column *c, size_t more, size_t item_bytes);

static inline void batch_put(struct batch *b, unsigned column, uint64_t value)
{
	struct column *c = &b->column[column];
	if (c->count == c->capacity && !column_grow(b, c, 1, sizeof value))
		return;
	c->numbers[c->count++] = value;
}

static inline void batch_put_bytes(struct batch *b, unsigned column, const void *bytes, size_t count)
{
	struct column *c = &b->column[column];
	if (count == 0 || (c->count + count > c->capacity && !column_grow(b, c, count, 1)))
		return;
	memcpy(c->bytes + c->count, bytes, count);
	c->count += count;
}

static inline size_t address_bytes(uint64_t ip_version) { return ip_version == 4 ? 4 : IND_ADDR_BYTES; }

/* The address at byte *at of a column of addresses, zero-filled; moves *at. */
void batch_address(const struct batch *b, unsigned column, uint64_t ip_version, size_t *at, uint8_t addr[static IND_ADDR_BYTES]);

#endif
