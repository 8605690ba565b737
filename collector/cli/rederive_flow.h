/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REDERIVE_FLOW_H
#define CLI_REDERIVE_FLOW_H

#include "cli/held.h"
#include "engine/rederive.h"

/* The signals recorded with one flow against those that its exhibits give today. */

/* Why a recorded signal has nothing to be compared with. The names are JSON keys. */
#define REDERIVE_REASONS(X) \
	X(SERIES, "series", "measured over the times or numbers of many packets, which no exhibit holds") \
	X(SECRET, "secret", "a digest of bytes that are overwritten in exhibits") \
	X(NOT_KEPT, "not_kept", "no exhibit of the packet that completed the value was kept") \
	X(CUT, "cut", "the exhibit was cut to 16384 bytes") \
	X(EXHIBITS_NONE, "exhibits_none", "the bundle was recorded with --exhibits none") \
	X(PRIVACY, "privacy", "the bundle was recorded with --privacy reduced, which keeps no payload") \
	X(UNKNOWN, "unknown_signal", "a signal that this version does not know") \
	X(NO_FLOW, "exhibit_without_flow", "exhibits whose flow is not in these bundles")

enum rederive_reason {
#define REDERIVE_REASON(id, name, text) REDERIVE_BY_##id,
	REDERIVE_REASONS(REDERIVE_REASON)
#undef REDERIVE_REASON
	REDERIVE_REASON_COUNT,
};

struct rederive_counts { uint64_t compared, differing, reason[REDERIVE_REASON_COUNT]; };

/* One that is not the same: what was recorded, what is derived; NULL where there is none. */
struct rederive_difference {
	const struct held_item *flow, *exhibit; /* exhibit is NULL where there is none */
	size_t place;                /* of the recorded signal, from 0 */
	const struct ind_signal *recorded, *derived;
	bool other_end;              /* the value is the same, and the other end of the flow sent it */
};

struct rederive_flow_options {
	struct rederive *door;
	uint64_t wanted[IND_SIGNAL_SET_WORDS];
	bool exhibits_none, privacy_reduced;
	void (*differs)(void *ctx, const struct rederive_difference *difference);
	void *ctx;
	struct rederive_counts counts;
};

/* items[0] is the flow, the others are its exhibits in recorded order. IND_NOMEM. */
enum ind_err rederive_flow_compare(struct rederive_flow_options *o, struct held_item *const *items, size_t count) IND_MUST_USE;

#endif
