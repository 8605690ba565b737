/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_CLOCK_H
#define FLOW_CLOCK_H

#include "flow/flow.h"

/* What the ends of a TCP flow say of their clocks (RFC 7323 section 3), beside the clock of the capture. Kept for flows that have lived
 * for a while, and only if the table was told to. A direction whose room is full loses one of every two samples, the one that was
 * delayed more, and is looked at half as often from then on. */

enum { CLOCK_SAMPLES = 1024 };

struct clock_sample {
	uint32_t time_us; /* since first_ns; rising strictly */
	uint32_t value;   /* TSval, wraps */
};

struct flow_clock {
	struct {
		uint64_t first_ns, next_ns; /* nothing is taken before next_ns */
		uint32_t count;
		uint32_t halvings;
	} way[2];
	struct clock_sample samples[2][CLOCK_SAMPLES];
};

/* The sender's own clock in a segment of the flow; false if it has none, or none to believe. */
bool flow_clock_read(const struct flow_table *t, const struct flow *flow, unsigned way, const struct packet *packet, uint32_t *value);

/* To be called for each TCP packet of the flow after flow_tcp_see, if the table keeps clocks. */
void flow_clock_see(struct flow_table *t, const struct flow *f, unsigned way, const struct packet *packet);

/* What was kept of a flow, NULL if nothing was. */
const struct flow_clock *flow_clock(const struct flow_table *t, const struct flow *f);

#endif
