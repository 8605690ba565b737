/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGINE_REDERIVE_H
#define ENGINE_REDERIVE_H

#include "indicia/err.h"
#include "indicia/record.h"

/* The door of this room for whoever has records and no packets: what was kept of a flow goes through the parsers that read packets, and the
 * signals that they give today come out. No file, no clock: the time is the exhibit's. */

struct rederive;

/* What a signal can be made from again. */
enum rederive_source {
	REDERIVE_EXHIBIT,            /* the bytes that were kept */
	REDERIVE_RECORD,             /* the record of the flow, with its other signals */
	REDERIVE_SERIES,             /* nothing: times or numbers of many packets, which nobody keeps */
	REDERIVE_SECRET,             /* nothing: a digest of bytes that are overwritten in what is kept */
	REDERIVE_SOURCE_COUNT,
};
enum rederive_source rederive_source_of(unsigned signal);

/* One flow: its record, the signals recorded with it, its exhibits in recorded order. All are borrowed during the call. */
struct rederive_flow {
	const struct ind_flow *flow;
	const struct ind_signal *signals;
	size_t signal_count;
	const struct ind_exhibit *const *exhibits;
	size_t exhibit_count;
	const uint64_t *wanted;      /* bit n: signal n was to be recorded; NULL: all */
};

/* Receives each signal, as often as it is read; what it points to is valid during the call. `exhibit` counts from 0; SIZE_MAX: it follows
 * from the record of the flow. */
struct rederive_output {
	void (*signal)(void *ctx, const struct ind_signal *signal, size_t exhibit);
	void *ctx;
};

/* The caller frees *rederive. IND_NOMEM, IND_CRYPTO. */
enum ind_err rederive_new(struct rederive **rederive) IND_MUST_USE;
void rederive_free(struct rederive *rederive);

void rederive_flow(struct rederive *r, const struct rederive_flow *in, const struct rederive_output *out);

#endif
