/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_STAT_H
#define QUERY_STAT_H

#include "query/feed.h"

/* Flows counted by keys: the largest groups of a measure, or all of them. */

enum {
	STAT_KEYS_MAX = 8,
	STAT_GROUPS = 4 << 20,       /* groups that are told apart unless another limit is given */
	STAT_TEXT_BYTES = 256 << 20, /* of all texts that are keys */
};

enum stat_measure {
#define MEASURE(id, name, about) STAT_##id,
#include "query/stat_measures.def"
#undef MEASURE
	STAT_MEASURE_COUNT,
};

enum stat_form {
	STAT_ALL, STAT_ADDR, STAT_END_ADDR, STAT_PORT, STAT_END_PORT, STAT_NUMBER, STAT_VLAN, STAT_TUNNEL, STAT_SENSOR, STAT_SIGNAL, STAT_FAMILY,
	STAT_SIDE, STAT_VALUE, STAT_NAMED /* a signal of the catalogue: its value */, STAT_BIN,
};

struct stat_key {
	const char *name, *help;
	uint8_t form;
	uint16_t number;             /* as stat_keys.def says; STAT_NAMED: the signal's id */
	uint8_t prefix4, prefix6;    /* of addresses */
	uint64_t bin_ns;
	uint8_t word, axis;          /* where it stands in a group's key; which of the things that a flow has several of it is taken from */
};

struct stat_spec {
	struct stat_key keys[STAT_KEYS_MAX];
	size_t count;
	enum stat_measure measure;   /* groups are sorted by it, largest first */
	bool by_key;                 /* no measure was given: groups are sorted by their keys */
	char name[256];              /* as it was asked for */
};

/* "KEY[/PREFIX[/PREFIX6]][,KEY...][/MEASURE]". A bin of time in front of the keys unless bin_ns is 0. False with *error. */
bool stat_spec_parse(const char *text, uint64_t bin_ns, struct stat_spec *spec, struct filter_error *error);

/* "5m", "1h30m", "300", ISO 8601's "PT5M". */
bool stat_bin_parse(const char *text, uint64_t *ns);

/* The n-th word, from 0, of keys, then of measures; false behind the last. */
bool stat_key_word(size_t n, struct filter_word *word);
bool stat_measure_word(size_t n, struct filter_word *word);

enum { STATS_MAX = 8, STAT_JSON_BYTES = 64 };

/* A kind of rows: the keys of statistics, then what is measured. */
struct stat_kind {
	struct query_kind kind;
	struct query_field fields[QUERY_CELLS_MAX];
	char json[QUERY_CELLS_MAX][STAT_JSON_BYTES];
	uint8_t key_at[STATS_MAX][STAT_KEYS_MAX]; /* places in the row */
	uint8_t stat_at, measure_at[STAT_MEASURE_COUNT], share_at, first_at, last_at; /* QUERY_CELLS_MAX: it has none */
};

/* Of statistics together; with_name: rows say of which of them they are. False: they have too many keys. */
bool stat_kind_of(struct stat_kind *kind, const struct stat_spec *specs, size_t count, bool with_name);

struct stats;

/* `specs` are borrowed. `groups_most` bounds the groups of each. NULL without memory. */
struct stats *stats_new(const struct stat_spec *specs, size_t count, size_t groups_most);
void stats_free(struct stats *s);

/* Counts all flows of a bundle that its feed selects; ends as feed_next does. The feed is one of flows alone. */
enum ind_err stats_add(struct stats *s, struct feed *feed) IND_MUST_USE;

/* Of one statistic. */
struct stat_totals {
	uint64_t flows, packets, bytes; /* all flows that were selected */
	uint64_t without;            /* flows that have nothing of what is counted by */
	uint64_t groups;
	uint64_t untold;             /* flows with a key beyond the limit; they are in no group */
	uint64_t untold_measure;     /* no group beyond the limit has more of the measure */
	uint64_t uncombined;         /* flows with so many values that not every combination was counted */
	bool distinct_cut;           /* distinct values reached the limit: they are at least as many as is said */
	bool short_of_memory;        /* the limit was that of memory */
};
void stats_totals(const struct stats *s, size_t n, struct stat_totals *totals);

/* Sorts the groups of a statistic; the first `most` of them, *count, can be asked for then. IND_NOMEM. */
enum ind_err stats_sort(struct stats *s, size_t n, uint64_t most, size_t *count) IND_MUST_USE;
/* The measure of the place-th group. */
uint64_t stats_measured(const struct stats *s, size_t n, size_t place);
/* Its row. `of` is the place of the statistic among those that the kind was made of. */
void stats_row(const struct stats *s, size_t n, size_t place, const struct stat_kind *kind, size_t of, struct query_row *row);

#endif
