/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_HEAD_H
#define FLOW_HEAD_H

#include "flow/flow.h"

/* The reassembled bytes of a TCP flow that parsers have not read yet, by way. Bytes that arrive in order are looked at where they
 * stand in the packet; a buffer is taken from the shared pool only while something is missing or a parser wants more.
 * Of overlapping bytes the first that arrived counts.
 *
 * A segment that is out of reach of what is read is set aside, in a lane of its own (way + HEAD_ASIDE): a stranger may have sent it, or
 * the capture may have missed what was between. It takes the place of what is read only when the other end shows that it has it; what
 * was read until then is set aside in its turn. */

enum { HEAD_BYTES = 16384, HEAD_SMALL_BYTES = 446, HEAD_RANGES = 16, HEAD_NO_PARSER = 0, HEAD_ASIDE = 2, HEAD_LANES = 4, HEAD_UNSHOWN = 1 << HEAD_LANES };

/* Whether an answer is waited for that measures a round trip, and of which way's words. */
enum head_turn { HEAD_TURN_NONE, HEAD_TURN_LOW, HEAD_TURN_HIGH, HEAD_TURN_OVER };

struct flow_head {
	uint64_t state[2][2];        /* two words for the parser of each way */
	uint64_t shared;             /* one word for both */
	uint64_t turn_ns;            /* of the last packet of the end that waits for an answer */
	uint32_t skip[2];            /* bytes to pass over behind those that are there */
	uint32_t next[HEAD_LANES];   /* sequence number of the first unread byte */
	uint32_t buffer[HEAD_LANES]; /* 0: none; head.c knows of which pool */
	uint32_t aside_end[2];       /* sequence number after the segment that was set aside last */
	uint32_t searched[2];        /* bytes passed while no parser was found */
	uint16_t need[2];            /* unread bytes that the parser wants before it is asked again */
	uint8_t parser[2];           /* row of the parser table plus one; HEAD_NO_PARSER: still searching */
	uint8_t turn;                /* enum head_turn */
	uint8_t known;               /* bit lane: next[lane] is set; HEAD_UNSHOWN << way: signals of what is unread are in no exhibit yet */
};

struct head_range { uint16_t from, to; };

/* Bytes from next[way] on; ranges are sorted and apart, the first one begins at 0 if anything is contiguous. Most of what waits is a few
 * bytes long: it stands in a small buffer, so that many idle connections cannot use the large ones up. */
struct head_buffer {
	struct head_range ranges[HEAD_RANGES];
	uint16_t range_count;
	uint8_t bytes[];             /* HEAD_BYTES or HEAD_SMALL_BYTES; last, so that a little used buffer touches one page */
};

enum { HEAD_BUFFER_BYTES = sizeof(struct head_buffer) + HEAD_BYTES, HEAD_SMALL_BUFFER_BYTES = sizeof(struct head_buffer) + HEAD_SMALL_BYTES };
enum { HEAD_SMALL_PER_LARGE = 16 };

/* What can be read now. */
struct head_view {
	const uint8_t *bytes;
	uint32_t count;
	bool in_buffer;
	bool full;                   /* the buffer cannot hold more: make the best of it */
};

/* The head of a TCP flow, made when its first payload arrives; NULL if there is no room (counted) . */
struct flow_head *head_of(struct flow_table *t, struct flow_tcp *tcp);

/* Where the next segment of this way is expected: from its ISN if the other end took that or the segment is near it, else from the segment.
 */
void head_expect(struct flow_head *h, const struct flow_tcp *tcp, unsigned way, uint32_t seq);

/* Is a segment within what the buffer can hold, or a repetition? */
bool head_reaches(const struct flow_head *h, unsigned way, uint32_t seq);

/* Sets a segment aside. True if it goes on from one that was set aside before. */
bool head_set_aside(struct flow_table *t, struct flow_head *h, unsigned way, uint32_t seq, const uint8_t *bytes, uint32_t count);

static inline bool head_has_aside(const struct flow_head *h, unsigned way) { return h->known >> (way + HEAD_ASIDE) & 1; }

/* True if the acknowledgement is of what was set aside, and of nothing that was read. */
bool head_aside_taken(const struct flow_head *h, unsigned way, uint32_t ack);

/* What was set aside and what was read change places. */
void head_swap(struct flow_table *t, struct flow_head *h, unsigned way);

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

/* Forgets the unread bytes of one way; with what was set aside; all. */
void head_drop(struct flow_table *t, struct flow_head *h, unsigned way);
void head_done(struct flow_table *t, struct flow_head *h, unsigned way);
void head_free(struct flow_table *t, struct flow_tcp *tcp);

#endif
