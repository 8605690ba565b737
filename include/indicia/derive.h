/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_DERIVE_H
#define INDICIA_DERIVE_H

#include "indicia/catalogue.h"

/* Signals that follow from the record of a flow alone. A bundle holds what was seen (TTLs, handshake times, the MSS in a SYN), and
 * whoever reads it derives these, by the same rule each time: docs/bundle-format.md section 4.1.1. */

enum { IND_MTUS_MAX = 4, IND_DERIVED_MAX = 2 * (2 + IND_MTUS_MAX), IND_DERIVED_TEXT_BYTES = 12 };

struct ind_derived {
	struct ind_signal signal[IND_DERIVED_MAX]; /* values borrow from `text`: not to be copied without it */
	size_t count;
	char text[IND_DERIVED_MAX][IND_DERIVED_TEXT_BYTES];
};

/* Derives the signals of a flow, given those that were recorded with it, as far as they are in `set`. path.hops and path.rtt_min_us have
 * the time at which the flow ended and no packet (0), tcp.mtu_class has those of the SYN. The
 * source comes before the destination. */
IND_API void ind_flow_derive(const struct ind_flow *flow, const struct ind_signal *recorded, size_t count,
	const uint64_t set[static IND_SIGNAL_SET_WORDS], struct ind_derived *derived);

/* The single readings; IND_ABSENT_U32 if the record does not say.
 * Hops from the TTL that was left (RFC 791 section 3.2): systems start at one of few values, and the nearest one above is taken. */
IND_API uint32_t ind_flow_hops(const struct ind_flow *flow, enum ind_dir dir);

/* Microseconds of the handshake, from the tap to that end and back (RFC 9293 section 3.5): neither end can shorten it. */
IND_API uint32_t ind_flow_rtt_us(const struct ind_flow *flow, enum ind_dir dir);

/* The different MTUs that the SYNs of one end tell, in bytes, in their order, and no more than these few. */
struct ind_mtus { uint32_t bytes[IND_MTUS_MAX]; unsigned count; };

/* Adds what a `tcp.syn` or `tcp.synack` tells: its MSS with the fixed headers that it leaves out (RFC 6691 section 2). False if it tells nothing
 * new. */
IND_API bool ind_mtus_add(struct ind_mtus *mtus, const struct ind_signal *syn);

#endif
