/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_FRAGMENT_H
#define FLOW_FRAGMENT_H

#include "base/hash.h"
#include "flow/pool.h"
#include "indicia/err.h"
#include "packet/packet.h"

/* Datagrams in fragments (RFC 791 section 3.2, RFC 8200 section 4.5), put together in a fixed number of places within a fixed time by the
 * packets' clock. Of overlapping bytes the first that arrived counts; bytes that say something else are remembered as a contradiction. */

enum {
	FRAGMENT_PLACES = 1024,
	FRAGMENT_TIMEOUT_S = 30,
	FRAGMENT_HEADER_BYTES = 512, /* a datagram with longer headers before its fragments is not put together */
	FRAGMENT_DATA_BYTES = 65536,
	FRAGMENT_BLOCKS = FRAGMENT_DATA_BYTES / 8,
};

/* One datagram, or what has come of it. */
struct assembly {
	struct frame frame;          /* it, as a frame that begins with its IP header; see assembly_frame() */
	struct packet like;          /* its first fragment, or the one that arrived first; no pointer in it is valid */
	uint64_t parent;             /* serial of the flow around it; kept for the caller */
	uint64_t first_ns, last_ns, last_number;
	uint64_t ip_bytes, data_bytes; /* of all fragments */
	uint32_t hash;
	uint32_t next;               /* in its bucket */
	uint32_t older, newer;
	uint32_t fragments;
	uint32_t total_bytes;        /* of the data, 0: the last fragment is missing */
	uint32_t end_bytes;          /* of the data that was announced */
	uint32_t captured_bytes;     /* from there on bytes were cut off by the capture */
	uint32_t blocks;             /* that are there, of 8 bytes */
	bool has_first;
	bool contradicts;            /* fragments overlap with other bytes, or break their rules */
	uint64_t there[FRAGMENT_BLOCKS / 64];
	uint8_t header[FRAGMENT_HEADER_BYTES];
	uint8_t bytes[FRAGMENT_HEADER_BYTES + FRAGMENT_DATA_BYTES]; /* the header right before the data */
};

struct fragments {
	struct pool places;
	struct hash_key hash_key;
	uint32_t buckets[FRAGMENT_PLACES];
	uint32_t oldest, newest;
};

enum ind_err fragments_init(struct fragments *f) IND_MUST_USE;
void fragments_release(struct fragments *f);

static inline bool fragment_fits(const struct packet *fragment) { return fragment->fragment_header_bytes <= FRAGMENT_HEADER_BYTES; }

/* Takes a fragment in that fits. Returns the datagram if it is whole now, else NULL; *is_new says that it is the first one of a datagram.
 * There must be a place: see fragments_full(). */
struct assembly *fragment_add(struct fragments *f, const struct packet *fragment, uint64_t parent, bool *is_new);

static inline bool fragments_full(const struct fragments *f) { return f->places.in_use == f->places.capacity; }

/* The oldest datagram that is not whole, NULL if there is none; and whether its time is over. */
struct assembly *fragments_oldest(const struct fragments *f);
bool assembly_is_due(const struct assembly *a, uint64_t now_ns);

/* Takes a datagram out, so that no fragment finds it any more; afterwards it is to be given back. */
void assembly_take(struct fragments *f, struct assembly *a);
void assembly_give(struct fragments *f, struct assembly *a);

bool assembly_is_whole(const struct assembly *a);

/* Makes a->frame: the datagram with the header of its first fragment, as far as it is there without a gap; without that fragment the header
 * of another one alone, still marked as a fragment. */
void assembly_frame(struct assembly *a);

#endif
