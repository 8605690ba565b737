/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ORIGIN_INSIDE_H
#define ORIGIN_INSIDE_H

#include "base/hash.h"
#include "indicia/derive.h"
#include "origin/origin.h"

#include <string.h>

/* What the files of this room share. Most addresses have one flow and one entry of 88 bytes; the second flow of an address adds a
 * `struct more`, and what grows beyond that takes blocks of 256 bytes. Nothing here depends on the order in which flows arrive, as long
 * as the shelves have room; an address that finds one full says that the sensor's limit was reached. */

#define HOUR_NS UINT64_C(3600000000000)

/* What is known of an address besides its signals, as a set. */
enum fact {
	FACT_UNVALIDATED_ONE_WAY = 1, /* the source address could not be validated, as only its direction was captured */
	FACT_ONE_WAY = 2,             /* a TCP connection of which only this direction was captured */
	FACT_MIDSTREAM = 4,           /* it sent TCP payload, and its SYN is not in the capture */
	FACT_CRYPT_CLIENT = 8,        /* client of TLS or QUIC: what it asked for is hidden */
	FACT_CRYPT_SERVER = 16,
	FACT_CERT_HIDDEN = 32, /* server of TLS 1.3, DTLS 1.3 or QUIC (RFC 8446 section 4.4.2) */
	FACT_SSH = 64,         /* hidden from the end of the key exchange on (RFC 4253 section 7.3) */
	FACT_ESP = 128,
	FACT_RDP_TLS = 256,
	FACT_DOT = 512,         /* DNS over TLS or QUIC: RFC 7858, RFC 9250 */
	FACT_TIMESTAMPS = 1024, /* TCP timestamps offered: a clock to measure, given time */
	FACT_LIMIT = 2048,      /* a shelf was full */
	FACT_IP4 = 4096,        /* its packets are numbered: RFC 791 section 3.1 */
};

/* Counts stop at their limit rather than wrap. */
enum { FAMILY_FIRST = IND_FAMILY_P, FAMILIES_COUNTED = IND_FAMILY_I - IND_FAMILY_P + 1 };
struct entry {
	uint8_t addr[IND_ADDR_BYTES];
	uint64_t first_ns, last_ns;
	uint64_t signals[IND_SIGNAL_SET_WORDS];
	uint32_t flows, validated;
	uint32_t more;                           /* number of a struct more, from 1 */
	uint32_t series;                         /* number of the newest series of this address, from 1 */
	uint32_t rtt_us;                         /* smallest, IND_ABSENT_U32 if there is none */
	uint32_t stack;                          /* stack_pair of the first flow, 0 if it showed none */
	uint16_t observations[FAMILIES_COUNTED]; /* of the families that signals of flows speak for */
	uint16_t facts;
	uint8_t ip_version;
	uint8_t hops; /* of the first flow */
};
_Static_assert(sizeof(struct entry) == 88, "a million addresses are a matter of these bytes");

enum { HOPS_SLOTS = 8, RTT_INLINE = 8, STACKS_INLINE = 6, BLOCK_BYTES = 256, RTT_CLASSES = 128, STACKS_MAX = 62, STARTS_MAX = 62, HOURS_BITS = 2048 };

/* Of an address with more than one flow. */
struct more {
	uint32_t hops[HOPS_SLOTS]; /* count << 8 | hops */
	uint32_t rtt[RTT_INLINE];  /* the first samples, until there are more */
	uint32_t stack[STACKS_INLINE];
	uint64_t rtt_first_ns, rtt_last_ns;
	uint32_t rtt_samples;
	uint32_t rtt_block, stack_block; /* numbers of blocks, from 1 */
	uint8_t hops_used;               /* HOPS_SLOTS + 1: too many values to say which is common */
	uint8_t stack_used;
	uint8_t hops_min, hops_max;
};

struct stack_list {
	uint32_t used;
	uint16_t folded_hour; /* hours up to this one are counted in `most` and gone */
	uint8_t most;
	bool folded;
	uint32_t pair[STACKS_MAX];
};

struct start_list {
	uint32_t flows;
	uint32_t used;
	uint32_t tick[STARTS_MAX]; /* the earliest, ascending */
};

union block {
	uint16_t rtt[RTT_CLASSES];
	struct stack_list stacks;
	struct start_list starts;
	uint64_t hours[HOURS_BITS / 64];
};
_Static_assert(sizeof(union block) == BLOCK_BYTES, "blocks are of one size");

/* Flows of one address to one end and port. */
struct series {
	uint64_t key;
	uint32_t first;  /* tick of the only start; 0 if there is none */
	uint32_t starts; /* block, if there are more */
	uint32_t hours;  /* block, if flows began in hours that the starts do not show */
	uint32_t next;   /* of the same address */
};

/* Reserved address space of which the first `count` items are in use; numbers of items are from 1. */
struct shelf {
	void *items;
	uint32_t count, limit;
	uint32_t item_bytes;
};

struct index {
	uint32_t *slots; /* number of an item; twice as many as there is room for */
	uint32_t room, mask;
};

/* A watched signal; all zero if this version has no such signal. */
struct watched {
	uint16_t id;
	uint16_t facts;              /* those that keep it silent */
	bool disabled;
};

/* What one flow said of one of its ends. */
struct said {
	uint32_t rtt_us, hops; /* IND_ABSENT_U32 */
	uint16_t stack;        /* stack_element, 0 if none */
	uint16_t facts;
	uint16_t observations[FAMILIES_COUNTED];
	uint64_t signals[IND_SIGNAL_SET_WORDS];
	struct ind_mtus mtus;
};

/* A flow on its way in. Each step fetches what the next one will touch and leaves it alone until another flow has come: first the slots
 * of its ends, then their entries, then what these name. */
struct late {
	uint64_t hash[2];
	struct entry *end[2];        /* NULL: it sent nothing */
	struct said said[2];
	struct ind_flow flow;
};
enum { LATE_STEPS = 3, LATE_FLOWS = LATE_STEPS + 1 };

struct origin_set {
	struct shelf entries, mores, blocks, series;
	struct index entry_index, series_index;
	struct hash_key key;
	uint64_t overflow;
	uint64_t enabled[IND_SIGNAL_SET_WORDS];
	unsigned answerable; /* set of IND_CLAIM_*: what reference data in use can say */
	uint8_t family_of[IND_SIGNAL_ID_END];
	bool family_limited[IND_FAMILY_COUNT];   /* a signal that is recorded by default was turned off */
	struct watched watched[IND_WATCHED_PLACES];
	uint16_t quic_version_id;                /* 0: this version has no such signal */
	struct late late[LATE_FLOWS];            /* by number of the flow, from 0, and how many have passed each step: */
	uint64_t came, fetched, found, counted;
	uint64_t cells[IND_CELLS_MAX];           /* of the address that is being told */
};

/* shelf.c */
enum ind_err shelf_new(struct shelf *p, uint32_t limit, uint32_t item_bytes) IND_MUST_USE;
uint32_t shelf_take(struct shelf *p); /* 0 if it is full; items are zero */
void shelf_free(struct shelf *p);
enum ind_err index_new(struct index *x, uint32_t room) IND_MUST_USE;
void index_free(struct index *x);

static inline bool is_enabled(const struct origin_set *s, unsigned id) { return ind_signal_set_has(s->enabled, id); }

static inline struct entry *entry_at(const struct origin_set *s, uint32_t number)
{
	return (struct entry *)s->entries.items + (number - 1);
}
static inline struct more *more_at(const struct origin_set *s, uint32_t number) { return (struct more *)s->mores.items + (number - 1); }
static inline union block *block_at(const struct origin_set *s, uint32_t number) { return (union block *)s->blocks.items + (number - 1); }
static inline struct series *series_at(const struct origin_set *s, uint32_t number)
{
	return (struct series *)s->series.items + (number - 1);
}

/* facts.c: what a flow and its signals tell of the address that sent them. */
void facts_of_flow(struct entry *e, const struct ind_flow *flow, unsigned dir);
void facts_of_signal(const struct origin_set *s, const struct ind_flow *flow, const struct ind_signal *signal, struct said *said);

/* stack.c: one element for each distinct TCP stack and system (S19). */
uint16_t stack_facts(const struct ind_signal *signal);
void stack_read(const struct ind_signal *signal, struct said *said);
void stack_add(struct origin_set *s, struct entry *e, struct more *m, uint32_t pair);
unsigned stack_most(const struct origin_set *s, const struct entry *e);
static inline uint32_t stack_pair(uint64_t time_ns, uint16_t element) { return (uint32_t)(time_ns / HOUR_NS & UINT16_MAX) << 16 | element; }

/* measure.c: hops and round-trip times (S07, S13). */
void measure_add(struct origin_set *s, struct entry *e, const struct ind_flow *flow, const struct said *said);
void measure_tell(const struct origin_set *s, const struct entry *e, struct ind_origin *o);

/* series.c: starts of flows, periods and hours (S28, S30). */
enum ind_err series_new(struct origin_set *s) IND_MUST_USE;
void series_note(struct origin_set *s, struct entry *src, const struct entry *dst, const struct ind_flow *flow);
void series_prefetch(const struct origin_set *s, const struct entry *src, const struct entry *dst, const struct ind_flow *flow);

/* The cells that are left after what is automated, and the greatest of the periodic series. `judged`: a series had enough starts. */
struct chronology {
	bool any_start, judged;
};
struct chronology series_tell(struct origin_set *s, const struct entry *e, struct ind_origin *o);

/* silence.c: why families and watched signals are silent. */
void silence_learn(struct origin_set *s);
void silence_tell(const struct origin_set *s, const struct entry *e, const struct chronology *c, struct ind_origin *o);

#endif
