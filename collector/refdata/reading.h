/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_READING_H
#define REFDATA_READING_H

#include "refdata/lines.h"
#include "refdata/list.h"
#include "refdata/network.h"

/* What the readers of list formats share. */

enum column { COLUMN_NONE, COLUMN_ADDRESS, COLUMN_AS, COLUMN_TYPE, COLUMN_SOURCE, COLUMN_DATE, COLUMN_GRADE, COLUMN_TLP, COLUMN_LABEL, COLUMN_COUNT };
enum { FIELDS_MAX = 64 };

struct reading {
	struct list *list;
	enum ind_err err;            /* of memory; the first one */
	uint64_t number;             /* of the line */
	uint8_t columns[FIELDS_MAX]; /* enum column, of a CSV */
	size_t column_count;         /* 0: it is no CSV */
	bool begun;                  /* a line that is no comment was seen */
	bool names;                  /* a name of a host was among the indicators */
	bool is_cut;                 /* the file contradicts itself on how long it is */
	struct piece pfx2as_last;    /* the origins of the line before, and their piece */
	uint32_t pfx2as_piece;
	char room[LINE_MAX_BYTES];   /* of fields in quotes */
};

/* A line's reader: NULL if it was an entry or needed no reading, else what is wrong with it. Entries are counted by reading_add_*. */
typedef const char *line_reader(struct reading *r, struct piece line);

/* docs/reference-data.md names the formats. */
const char *rir_line(struct reading *r, struct piece line);
const char *pfx2as_line(struct reading *r, struct piece line);
const char *named_line(struct reading *r, struct piece line);

void reading_add_network(struct reading *r, const struct network *n, uint32_t value);
void reading_add_as(struct reading *r, uint32_t first, uint32_t last, uint32_t value);

/* Number of a piece; 0 for an empty one, or after an error. */
uint32_t reading_piece(struct reading *r, const void *bytes, size_t count);

/* The number of a value, which is a piece of the pool of values; 0 after an error. */
uint32_t reading_value(struct reading *r, const void *bytes, size_t count, uint64_t hash);

/* Number of a text, cut to what a claim can hold; 0 for an empty one and for one that is no UTF-8. */
uint32_t reading_text(struct reading *r, struct piece text);

#endif
