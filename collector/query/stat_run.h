/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_STAT_RUN_H
#define QUERY_STAT_RUN_H

#include "query/columns.h"
#include "query/group.h"
#include "query/stat.h"

/* What stat.c, stat_columns.c, stat_records.c and stat_rows.c have between them. */

enum { STAT_TAG_BITS = 4, STAT_TAG_ABSENT = 0, STAT_TAG_HERE = 1 /* addresses: 4 or 6 */, DISTINCT_WORDS = 4 };

struct stat_run {
	const struct stat_spec *spec;
	size_t key_words;
	unsigned ends;               /* 2: a flow counts at both */
	bool by_records;             /* not all keys are in columns */
	struct groups *groups, *distinct; /* distinct: NULL if none are counted */
	struct stat_totals totals;
	uint64_t untold_flow;        /* the last that was counted as such */
	uint64_t measure_sum;        /* over all flows selected */
	struct group **sorted;
	size_t sorted_count;
};

/* What one flow adds. */
struct stat_flow {
	uint64_t number;             /* of the flow, from 1 */
	uint64_t packets[2], bytes[2], signals, first_ns, last_ns;
	uint64_t distinct[3];        /* tag and words of what is counted once each; tag 0: nothing */
};

struct stats {
	size_t count;
	struct stat_run runs[STATS_MAX];
	struct words *words;
	uint64_t flows;              /* so far */
	uint64_t *keys;              /* of the batch at hand */
	bool by_records;             /* some are */
	bool by_signals;             /* some measure signals */
	uint64_t values[2][COLUMNS_ROWS_MAX]; /* of one column at a time, or two */
	uint8_t has[2][COLUMNS_ROWS_MAX];
};

/* Counts a flow in a group, NULL if it is in none for want of room. `signals` are those of this key. */
void stat_count(struct stat_run *run, struct group *group, const struct stat_flow *flow, uint64_t signals);

uint64_t stat_measure_of(const struct stat_run *run, const struct group *g);

static inline bool stat_is_addr(const struct stat_key *k) { return k->form == STAT_ADDR || k->form == STAT_END_ADDR; }

static inline void stat_put(uint64_t *key, size_t place, const struct stat_key *k, unsigned tag, uint64_t value)
{
	key[0] |= (uint64_t)tag << place * STAT_TAG_BITS;
	key[k->word] = value;
}

/* The network of an address, as two words. */
void stat_put_addr(uint64_t *key, size_t place, const struct stat_key *k, unsigned ip_version, const uint8_t *addr);

/* The measures that count distinct things: which end, address or port. */
bool stat_is_distinct(enum stat_measure measure);
void stat_distinct_addr(struct stat_flow *flow, unsigned ip_version, const uint8_t *addr);

/* ---- stat_columns.c ---- */
enum ind_err stat_add_columns(struct stats *s, const struct feed_batch *batch, const struct rows_context *context) IND_MUST_USE;

/* ---- stat_records.c ---- */
void stat_add_record(struct stats *s, const struct ind_record *record, const struct rows_context *context);

#endif
