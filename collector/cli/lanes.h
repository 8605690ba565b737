/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LANES_H
#define CLI_LANES_H

#include "cli/input.h"
#include "export/export.h"

/* Records of several bundles by the clocks that recorded them. Flows, exhibits and the others of a bundle are a lane each: within a lane the
 * order is the recorded one, the lanes go on together. A record that was written later than one with a later time waits for it: time never
 * goes back. A flow's time is its last packet's. */

struct lanes;

struct lane_record {
	const struct ind_record *record;
	const struct rows_context *context;
	struct supply *supply;
	uint64_t time_ns;            /* 0: none has been said so far */
	bool has_time;
};

/* Bundles are opened when their time comes. `e` NULL: all kinds of records. CLI_DONE, or the status of what could not be read, with its
 * message said. */
int lanes_open(struct lanes **lanes, const struct inputs *inputs, const struct export *e, struct query_filter *filter);

/* The next record; false at the end. HEADERs are handed out when a bundle is opened. */
bool lanes_next(struct lanes *l, struct lane_record *next);

/* Status of all that was read so far: CLI_DONE, CLI_DAMAGED, CLI_FAILED. */
int lanes_status(const struct lanes *l);
void lanes_close(struct lanes *l);

#endif
