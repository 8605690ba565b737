/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_ROW_H
#define BUNDLE_ROW_H

#include "bundle/batch.h"
#include "bundle/dictionary.h"

/* Records to rows and back (docs/bundle-format.md sections 4.1 and 4.2). Column constants are ids less one. */

enum flow_column {
	FLOW_START, FLOW_DURATION, FLOW_SERIAL, FLOW_PARENT, FLOW_VERSION, FLOW_PROTO, FLOW_SRC, FLOW_DST, FLOW_SPORT, FLOW_DPORT, FLOW_PACKETS,
	FLOW_BYTES = FLOW_PACKETS + 2, FLOW_OVERHEAD = FLOW_BYTES + 2, FLOW_FRAGMENTS = FLOW_OVERHEAD + 2, FLOW_RETRANSMITS = FLOW_FRAGMENTS + 2,
	FLOW_CLIENT_RTT = FLOW_RETRANSMITS + 2, FLOW_SERVER_RTT, FLOW_FLAGS, FLOW_TTL_MIN = FLOW_FLAGS + 2, FLOW_TTL_SPAN = FLOW_TTL_MIN + 2,
	FLOW_ORIENT = FLOW_TTL_SPAN + 2, FLOW_VALIDATED, FLOW_END, FLOW_CARRIES, FLOW_VLANS, FLOW_VLAN, FLOW_TUNNELS, FLOW_TUNNEL, FLOW_SIGNALS,
	SIGNAL_ID, SIGNAL_BITS, SIGNAL_TIME, SIGNAL_PACKET, SIGNAL_VALUE, VALUE_BYTES, VALUES, CUT_SHA256, FLOW_COLUMNS,
};
_Static_assert((int)FLOW_COLUMNS == (int)BATCH_COLUMNS_MAX, "the table of flows is the longest");

/* Added to FLOW_ORIENT: no header with ports was seen. */
enum { FLOW_NO_PORTS = 4 };

static inline uint8_t flow_orient_byte(const struct ind_flow *f) { return (uint8_t)(f->orient | (f->no_ports ? FLOW_NO_PORTS : 0)); }

enum { SIGNAL_BIT_SIDE = 1, SIGNAL_BIT_FROM = 2, SIGNAL_BIT_CUT = 4, SIGNAL_BIT_NAMES = 8 };

enum exhibit_column {
	EXHIBIT_TIME, EXHIBIT_FLOW, EXHIBIT_PACKET, EXHIBIT_FROM, EXHIBIT_SIDE, EXHIBIT_KIND, EXHIBIT_MASKED, EXHIBIT_LENGTH, EXHIBIT_BYTES,
	EXHIBIT_COLUMNS,
};

enum claim_column {
	CLAIM_VERSION, CLAIM_ADDR, CLAIM_PREFIX, CLAIM_DATA_SET, CLAIM_FLAGS, CLAIM_ASN, CLAIM_RADIUS, CLAIM_LATITUDE, CLAIM_LONGITUDE,
	CLAIM_COUNTRY_CODE, CLAIM_REGISTERED, CLAIM_KIND, CLAIM_ASNS, CLAIM_MORE_ASN, CLAIM_DAY, CLAIM_GRADE, CLAIM_TLP, CLAIM_SIGNAL, CLAIM_REGION,
	CLAIM_CITY, CLAIM_TIMEZONE, CLAIM_HOLDER, CLAIM_STATUS, CLAIM_SOURCE, CLAIM_INDICATOR, CLAIM_LABEL, TEXT_BYTES, TEXTS, CLAIM_COLUMNS,
};

enum origin_column {
	ORIGIN_VERSION, ORIGIN_ADDR, ORIGIN_FIRST, ORIGIN_SPAN, ORIGIN_FLOWS, ORIGIN_VALIDATED, ORIGIN_CLAIMS, ORIGIN_MISSING, ORIGIN_OBSERVATIONS,
	ORIGIN_SIGNALS = ORIGIN_OBSERVATIONS + IND_FAMILY_COUNT, ORIGIN_SILENT, ORIGIN_COTENANTS, ORIGIN_HOPS, ORIGIN_RTT_SAMPLES, ORIGIN_RTT_MIN,
	ORIGIN_RTT_P50, ORIGIN_RTT_SPAN, ORIGIN_BEACONS, BEACON_PORT, BEACON_PROTO, BEACON_PERIOD, BEACON_MAD, BEACON_INTERVALS, BEACON_FLOWS,
	ORIGIN_CELLS, CELLS, ORIGIN_COLUMNS,
};

/* IND_USAGE for a record that the format cannot hold. */
enum ind_err flow_check(const struct ind_flow *flow, const struct ind_signal *signals, size_t count) IND_MUST_USE;
enum ind_err exhibit_check(const struct ind_exhibit *exhibit) IND_MUST_USE;
enum ind_err claim_check(const struct ind_claim *claim, size_t data_sets) IND_MUST_USE;
enum ind_err origin_check(const struct ind_origin *origin) IND_MUST_USE;

/* Appends a checked record. If memory is short, the batch is marked as failed. */
void flow_put(struct batch *b, struct dictionary *d, const struct ind_flow *flow, const struct ind_signal *signals, size_t count);
void exhibit_put(struct batch *b, const struct ind_exhibit *exhibit);
void claim_put(struct batch *b, struct dictionary *d, const struct ind_claim *claim);
void origin_put(struct batch *b, const struct ind_origin *origin);

/* Where reading stands in the lists of a batch; rows are read in order. Starts as zero. */
struct row_cursor {
	size_t row;
	size_t addr_at[2];
	size_t vlan_at, tunnel_at, signal_at, cut_at, bytes_at, cell_at, asn_at;
};

/* The next row; texts and bytes borrow the batch. False if columns contradict each other. `signals` has room for as many as the row has. */
bool flow_get(const struct batch *b, struct row_cursor *at, struct ind_flow *flow, struct ind_signal *signals);
bool exhibit_get(const struct batch *b, struct row_cursor *at, struct ind_exhibit *exhibit);
bool claim_get(const struct batch *b, struct row_cursor *at, struct ind_claim *claim);
bool origin_get(const struct batch *b, struct row_cursor *at, struct ind_origin *origin);

#endif
