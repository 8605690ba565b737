/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_FLEET_H
#define REMOTE_FLEET_H

#include "cli/trust.h"
#include "fleet/stream.h"
#include "query/filter.h"

/* Questions to an archive of many sensors. */

struct asking {
	struct archive *archive;
	const char *sensor;          /* NULL: all */
	bool ndjson;
	struct trust trust;
	bool has_window;
	bool whole_streams;          /* bundles that end before the window are kept, for what comes after them: only what is said is of the window */
	struct filter_window window;
	struct query_filter *filter; /* with the window; NULL: everything */
	const char *folder;          /* fetch: where to */
	struct holdings held;        /* of all sensors, names alone; or of one, with ends, in the order of its streams */
	size_t rows;                 /* written so far */
	struct fleet_tally {
		size_t bundles, gaps, good, by_keys, bad, unsealed, fetched;
		uint64_t bytes;
	} tally;                     /* over all sensors */
};

/* The verb, behind its name; a status of enum cli_exit. */
int fleet_command(int argc, char **argv);

/* Each a status of enum cli_exit, with its message said. Of all sensors: */
int fleet_list(struct asking *f);
/* Of one after the other, for their bundles' ends take memory; and what is said at the end, with the status of all. */
int fleet_gaps(struct asking *f);
int fleet_gaps_end(struct asking *f);
int fleet_clock(struct asking *f);
int fleet_verify(struct asking *f);
int fleet_verify_end(struct asking *f);
int fleet_fetch(struct asking *f);
int fleet_fetch_end(struct asking *f);

/* Both ends of every bundle at hand that may touch the window, or that a stream has before it, in the order of their streams. */
int fleet_read_ends(struct asking *f);

/* Says what went wrong with the archive. */
int fleet_failed(const struct asking *f, enum ind_err err);

/* ---- rows ---- */

enum { FLEET_CELLS_MAX = 12, FLEET_TEXT_MAX = 160 };

struct fleet_row {
	size_t count;
	struct { const char *name; bool is_number; int width; char text[FLEET_TEXT_MAX]; } cell[FLEET_CELLS_MAX];
};

void fleet_text(struct fleet_row *row, const char *name, int width, const char *text);
void fleet_number(struct fleet_row *row, const char *name, int width, uint64_t number);
void fleet_time(struct fleet_row *row, const char *name, uint64_t ns);

/* Writes the row and empties it; a table has its headings before the first one. */
void fleet_row(struct asking *f, struct fleet_row *row, const char *type);

#endif
