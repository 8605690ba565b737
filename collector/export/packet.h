/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_PACKET_H
#define EXPORT_PACKET_H

#include "export/index.h"

/* Exhibits as IP packets: packets as they were recorded, from the IP header on; pieces of streams and datagrams behind headers that are made of
 * the record of their flow. */

enum { PACKET_HEADERS_BYTES = 60, PACKET_MAX_BYTES = IND_EXHIBIT_MAX_BYTES + PACKET_HEADERS_BYTES };

struct packet {
	bool made;                   /* headers were made */
	size_t bytes, original_bytes; /* that are here; that it had on the wire, as far as its header says */
	uint8_t at[PACKET_MAX_BYTES];
};

/* False if no packet can be made: a stream of what is not TCP, a datagram of what is not UDP, more bytes than an exhibit has. Remembers in the flow which
 * bytes of the stream come next. */
bool packet_of_exhibit(struct packet *p, const struct ind_exhibit *exhibit, struct index_flow *flow);

#endif
