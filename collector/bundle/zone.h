/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_ZONE_H
#define BUNDLE_ZONE_H

#include "bundle/batch.h"
#include "indicia.pb-c.h"

/* The zone map of a batch (docs/bundle-format.md section 4.3). */

enum { FILTER_MAX_BYTES = (1 << 18) / 8, FILTER_MIN_BYTES = 64 / 8 };

struct filter {
	size_t bytes;
	uint8_t bits[FILTER_MAX_BYTES];
};

struct zone {
	Indicia__V1__Zone message;   /* points into the rest */
	struct filter dst_ports, addresses;
	uint8_t protocols[256 / 8];
	uint8_t signals[IND_SIGNAL_SET_WORDS * 8];
};

/* From the values of the columns. */
void zone_of(const struct batch *b, struct zone *z);

bool zone_equal(const Indicia__V1__Zone *a, const Indicia__V1__Zone *b);

/* Can a frame with this zone map hold the address, the destination port? Never wrong when it says no. */
bool zone_may_hold_address(const Indicia__V1__Zone *z, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES]);
bool zone_may_hold_dst_port(const Indicia__V1__Zone *z, uint16_t port);

#endif
