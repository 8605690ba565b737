/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_ROW_H
#define QUERY_ROW_H

#include "indicia/bundle.h"
#include "query/field.h"

/* A row: one cell for each field of its kind. Cells borrow from the record, from static text, or from the row's own scratch. */

enum query_form {
	CELL_ABSENT, CELL_TEXT, CELL_U64, CELL_I64, CELL_1E4 /* 1/10,000 */, CELL_DECIMAL /* text of a JSON number */, CELL_TIME, CELL_ADDR,
	CELL_HEX, CELL_TRUE, CELL_LIST, CELL_HOURS, CELL_MAP, CELL_MAP_LISTS /* neighbours of one key form its list */, CELL_ROWS,
	CELL_RANGES /* items in pairs: from, and behind the last */,
};

/* One entry of a list or map. */
struct query_item {
	const char *key;             /* NULL in a list */
	const char *text;            /* NULL: the number */
	uint64_t number;
};

struct query_row;

struct query_cell {
	enum query_form form;
	uint8_t ip_version;
	size_t count;                /* bytes of the text or of what is shown in hexadecimal; items, rows */
	union {
		const char *text;
		const uint8_t *bytes;
		uint64_t number;
		int64_t sign;
		const uint8_t *addr;
		const struct query_item *items;
		const uint64_t *hours;
		const struct query_row *rows;
	};
};

enum { QUERY_SCRATCH_BYTES = 1024, QUERY_ITEMS_MAX = 256 };

struct query_row {
	const struct query_kind *kind;
	struct query_cell cell[QUERY_CELLS_MAX];
	size_t scratch_used, items_used;
	char scratch[QUERY_SCRATCH_BYTES];
	struct query_item items[QUERY_ITEMS_MAX];
};

/* All cells absent. */
void row_start(struct query_row *row, enum query_kind_id kind);
/* Of a kind that is in no table; borrowed. */
void row_start_kind(struct query_row *row, const struct query_kind *kind);

/* Each sets one cell; texts are borrowed. Empty texts and NULL leave the cell absent. */
void row_text(struct query_row *row, unsigned at, const char *text);
void row_bytes(struct query_row *row, unsigned at, const char *text, size_t bytes);
void row_ind_text(struct query_row *row, unsigned at, struct ind_text text);
void row_u64(struct query_row *row, unsigned at, uint64_t number);
void row_i64(struct query_row *row, unsigned at, int64_t number);
void row_1e4(struct query_row *row, unsigned at, int64_t number);
void row_time(struct query_row *row, unsigned at, uint64_t ns);
void row_addr(struct query_row *row, unsigned at, unsigned ip_version, const uint8_t *addr);
void row_hours(struct query_row *row, unsigned at, const uint64_t *hours, size_t count);
void row_true(struct query_row *row, unsigned at);
void row_rows(struct query_row *row, unsigned at, const struct query_row *rows, size_t count);

/* Borrowed bytes, shown in hexadecimal. */
void row_hex(struct query_row *row, unsigned at, const uint8_t *bytes, size_t count);

/* `bytes` bytes of the row's own scratch, or NULL. */
char *row_room(struct query_row *row, size_t bytes);

/* These write into the row's scratch. */
void row_tcp_flags(struct query_row *row, unsigned at, uint8_t flags);
void row_record(struct query_row *row, unsigned at, const struct ind_record_id *id);

/* A list that is known to be empty. */
void row_no_items(struct query_row *row, unsigned at);

/* Lists and maps: items are added, then the cell takes all that were added since. An empty one stays absent. */
void row_item(struct query_row *row, const char *key, const char *text);
void row_item_u64(struct query_row *row, const char *key, uint64_t number);
void row_items(struct query_row *row, unsigned at, enum query_form form, size_t from);

#endif
