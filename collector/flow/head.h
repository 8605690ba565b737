/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_HEAD_H
#define FLOW_HEAD_H

#include "flow/flow.h"

/* The reassembled bytes of a TCP flow that parsers have not read yet, by way. Bytes that arrive in order are looked at where they
 * stand in the packet; a buffer is taken from the shared pool only while something is missing or a parser wants more.
 * Of overlapping bytes the first that arrived counts. */

enum { HEAD_BYTES = 16384, HEAD_RANGES = 16, HEAD_NO_PARSER = 0 };

struct flow_head {
	uint64_t state[2][2];        /* two words for the parser of each way */
	uint64_t shared;             /* one word for both */
	uint32_t skip[2];            /* bytes to pass over behind those that are there */
	uint32_t next[2];            /* sequence number of the first unread byte */
	uint32_t buffer[2];          /* index of struct head_buffer, 0: none */
	uint32_t searched[2];        /* bytes passed while no parser was found */
	uint16_t need[2];            /* unread bytes that the parser wants before it is asked again */
	uint8_t parser[2];           /* row of the parser table plus one; HEAD_NO_PARSER: still searching */
	uint8_t known;               /* bit way: next[way] is set */
};

struct head_range { uint16_t from, to; };

/* Bytes from next[way] on; ranges are sorted and apart, the first one begins at 0 if anything is contiguous. */
struct head_buffer {
	struct head_range ranges[HEAD_RANGES];
	uint16_t range_count;
	uint8_t bytes[HEAD_BYTES];   /* last, so that a little used buffer touches one page */
};

/* What can be read now. */
struct head_view {
	const uint8_t *bytes;
	uint32_t count;
	bool in_buffer;
	bool full;                   /* the buffer cannot hold more: make the best of it */
};

/* The head of a TCP flow, made when its first payload arrives; NULL if there is no room (counted) . */
struct flow_head *head_of(struct flow_table *t, struct flow_tcp *tcp);

/* Where the next segment of this way is expected, from its ISN or, without one, from the segment itself. */
void head_expect(struct flow_head *h, const struct flow_tcp *tcp, unsigned way, uint32_t seq);

/* Offers a segment's bytes; fills *view with what is contiguous and unread afterwards (count 0 if nothing is). */
void head_offer(struct flow_table *t, struct flow_head *h, unsigned way, uint32_t seq, const uint8_t *bytes, uint32_t count, struct head_view *view);

/* What stands contiguous in the buffer. */
void head_view_of(const struct flow_table *t, const struct flow_head *h, unsigned way, struct head_view *view);

/* Says that `count` bytes of the view are read, and keeps the rest for later. */
void head_read(struct flow_table *t, struct flow_head *h, unsigned way, const struct head_view *view, uint32_t count);

/* Passes over the next `count` bytes unseen, those that wait in the buffer among them. */
void head_pass(struct flow_table *t, struct flow_head *h, unsigned way, uint32_t count);

/* Gives up a hole: reading goes on behind it. False if there is nothing behind it. */
bool head_jump(struct flow_table *t, struct flow_head *h, unsigned way);

/* True if bytes wait behind a hole that the other end has acknowledged: they will not come any more. */
bool head_hole_lost(const struct flow_table *t, const struct flow_head *h, unsigned way, uint32_t ack);

/* Forgets one way, or all. */
void head_drop(struct flow_table *t, struct flow_head *h, unsigned way);
void head_free(struct flow_table *t, struct flow_tcp *tcp);

#endif
