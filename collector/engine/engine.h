/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "indicia/err.h"
#include "indicia/record.h"
#include "packet/packet.h"

/* The one path of a frame, whatever the source: decode, flow, signals, and out again as records. */

struct engine;

/* Where records go. What the pointers name is valid during the call only. */
struct engine_output {
	void (*flow)(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t signal_count);
	void (*exhibit)(void *ctx, const struct ind_exhibit *exhibit);
	void *ctx;
};

struct engine_options {
	uint32_t flows;              /* size of the flow table */
	uint64_t signals[IND_SIGNAL_SET_WORDS]; /* bit n: record signal n */
	uint32_t skew_min_s;         /* how long a connection's clock is watched before its skew is told; 0: as the method says */
	bool exhibits;               /* of headers, and with payload_exhibits of what is said above them */
	bool payload_exhibits;
	struct engine_output output;
};

enum { ENGINE_FLOWS_DEFAULT = 1048576, ENGINE_BATCH = 32 };

/* All memory is reserved here. IND_USAGE if the options are out of bounds. */
enum ind_err engine_new(const struct engine_options *options, struct engine **engine) IND_MUST_USE;

/* At most ENGINE_BATCH frames, in the order of the capture; their bytes are not kept. */
void engine_frames(struct engine *e, const struct frame *frames, size_t count);

/* Lets time pass without frames (live captures). */
void engine_tick(struct engine *e, uint64_t now_ns);

/* Ends all flows: the capture is over. */
void engine_flush(struct engine *e);

struct engine_counters {
	uint64_t frames, bytes;      /* bytes as captured */
	uint64_t frames_short, frames_malformed, frames_unknown;
	uint64_t flows, flows_open, evicted;
	uint64_t signals_lost, heads_lost, gaps, malformed, exhibits_cut;
	uint64_t fragmented;         /* datagrams that lack fragments or whose fragments contradict each other */
	uint64_t first_ns, last_ns;  /* times of the earliest and latest frame; 0 if there was none */
	uint64_t recent_ns;          /* time of the frame that came last */
};
void engine_counters(const struct engine *e, struct engine_counters *counters);

void engine_free(struct engine *e);

#endif
