/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_READING_H
#define REFDATA_READING_H

#include "refdata/lines.h"
#include "refdata/list.h"
#include "refdata/network.h"

/* What the readers of list formats share. */

enum column { COLUMN_NONE, COLUMN_ADDRESS, COLUMN_AS, COLUMN_TYPE, COLUMN_SOURCE, COLUMN_DATE, COLUMN_GRADE, COLUMN_TLP, COLUMN_LABEL, COLUMN_COUNT };
enum { FIELDS_MAX = 64 };

/* What is read of a list of Tor's. */
enum tor_format { TOR_UNSEEN, TOR_NAMED, TOR_EXITS, TOR_CONSENSUS, TOR_ENDED, TOR_REFUSED };
enum tor_relay { TOR_NO_RELAY, TOR_SKIPPED, TOR_RELAY };
struct tor_reading {
	uint8_t format, relay;       /* enum tor_format; enum tor_relay: whether the lines belong to a relay, and whether it could be read */
	bool has_flags;
	uint8_t address_field;       /* of an r line: flavours differ */
	uint32_t roles;
	size_t from[LIST_AS];        /* first ranges of the relay */
};

struct reading {
	struct list *list;
	enum ind_err err;            /* of memory; the first one */
	uint64_t number;             /* of the line */
	uint8_t columns[FIELDS_MAX]; /* of a CSV: enum column, or the reader's own */
	size_t column_count;         /* 0: it is no CSV */
	bool begun;                  /* a line that is no comment was seen */
	bool names;                  /* a name of a host was among the indicators */
	bool is_cut;                 /* what its format ends with is not there */
	uint64_t said_s, said_line;  /* of when the file says that it is, and where; 0 if it does not say, or the .meta is asked first */
	struct tor_reading tor;
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
const char *tor_line(struct reading *r, struct piece line);
const char *rpki_line(struct reading *r, struct piece line);

/* A list of Tor's at its end, before its ranges are closed; how equal ones are joined, or NULL; and after they are closed. */
void tor_end(struct reading *r);
ranges_join *tor_join(const struct reading *r);
void tor_place(struct reading *r);

void reading_add_network(struct reading *r, const struct network *n, uint32_t value);
void reading_add_as(struct reading *r, uint32_t first, uint32_t last, uint32_t value);

/* Number of a piece; 0 for an empty one, or after an error. */
uint32_t reading_piece(struct reading *r, const void *bytes, size_t count);

/* The number of a value, which is a piece of the pool of values; 0 after an error. */
uint32_t reading_value(struct reading *r, const void *bytes, size_t count, uint64_t hash);

/* Number of a text, cut to what a claim can hold; 0 for an empty one and for one that is no UTF-8. */
uint32_t reading_text(struct reading *r, struct piece text);

#endif
