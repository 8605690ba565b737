/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/hash.h"
#include "flow/pool.h"
#include "indicia/record.h"
#include "packet/packet.h"

/* Two-way flows. The two ends of a key are put in order, so both directions meet in one flow; `way` 0 is the lower end, and
 * everything kept per direction is kept by way. Which way is src is decided when the flow ends. */

struct flow_key {
	uint8_t addr[2][IND_ADDR_BYTES];
	uint16_t port[2];            /* ICMP: type pair and identifier, or type and code */
	uint8_t proto;
	uint8_t ip_version;
	uint16_t context;            /* the encapsulations around this layer; 0: none */
};

/* The key of a packet and the way that it goes. */
unsigned flow_key_of(const struct packet *packet, struct flow_key *key);

enum flow_state {
	FLOW_SRC_HIGH = 1,           /* way 1 is src */
	FLOW_CLOSING = 2,            /* FIN both ways or RST: lingers a little, then ends */
	FLOW_RST = 4,
	FLOW_FIN_LOW = 8, FLOW_FIN_HIGH = 16,
	FLOW_ORIENT_SHIFT = 5,       /* two bits: enum ind_orient */
	FLOW_QUIET = 128,            /* no parser wants to see anything more of this flow */
};

/* A key as it stands in a flow: what tells the ends apart in eight bytes, then as in struct flow_key. */
struct flow_stored_key {
	union {
		uint8_t ip4[2][4];
		struct {
			uint32_t ip6;        /* index of struct flow_ip6 */
			uint32_t tag;        /* of the hash: other addresses are hardly ever looked at */
		};
	};
	uint16_t port[2];
	uint8_t proto;
	uint8_t ip_version;
	uint16_t context;
};
struct flow_ip6 { uint8_t addr[2][IND_ADDR_BYTES]; };

/* A number of 48 bits, in halves of two numbers each: 2^32 packets of the largest size fit nearly. */
struct flow_count {
	uint32_t low[2];
	uint16_t high[2];
};
#define FLOW_COUNT_MAX ((UINT64_C(1) << 48) - 1)
static inline uint64_t flow_count_get(const struct flow_count *c, unsigned way) { return (uint64_t)c->high[way] << 32 | c->low[way]; }

/* The hot part: what every packet touches, one cache line. */
struct flow {
	struct flow_stored_key key;
	uint64_t start_ns, last_ns;
	uint32_t packets[2];
	struct flow_count bytes;
	union {
		uint32_t tcp;        /* index of struct flow_tcp, 0: none; TCP only */
		struct {             /* UDP only */
			uint32_t udp : 24;          /* index of struct flow_udp, 0: none */
			uint32_t udp_validated : 3; /* enum ind_validated */
			uint32_t udp_rtt : 1;       /* the conversation is over: `udp` is index of what is left of it, struct flow_rtt */
		};
		uint16_t icmp[2];    /* type and code of the first packet; ICMP only */
	};
	uint8_t tcp_flags[2], ttl_min[2], ttl_max[2];
	uint8_t state;               /* enum flow_state */
	uint8_t looked;              /* datagrams that parsers have looked at in vain */
};
_Static_assert(sizeof(struct flow) == 64, "what a packet touches of a flow is one cache line");

/* What payloads, signals, the beginning and the end of a flow touch; it stands beside the flow, at the same index. */
struct flow_cold {
	struct flow_count payload;
	uint32_t wheel_next, wheel_prev;
	uint32_t signals;            /* first part of the signal store, 0: none */
	uint32_t serial_low;         /* the high half is known from the count of flows */
	uint16_t vlans;              /* index into the table of VLAN stacks, 0: none */
	uint8_t carries;             /* enum ind_tunnel */
	uint8_t marks;               /* enum flow_mark */
};
_Static_assert(sizeof(struct flow_cold) == 32, "two of them share a cache line");

enum flow_mark { FLOW_HAS_MORE = 1, FLOW_HAS_PORTS = 2 };

/* What only flows inside others and flows with fragments need; it stands beside the flow, at the same index. */
struct flow_more {
	uint64_t parent;             /* serial of the flow around this one, 0: none */
	uint32_t fragments[2];
	uint32_t around;             /* context with MPLS, 0: none */
};

/* What only TCP needs. */
struct flow_tcp {
	uint64_t syn_ns, synack_ns;  /* 0: not seen */
	uint32_t isn[2];             /* by way */
	uint32_t next[2];            /* sequence number after the highest byte seen */
	uint32_t client_rtt_us, server_rtt_us;
	uint32_t retransmits[2];
	uint32_t head;               /* index of struct flow_head, 0: none */
	uint16_t seen;               /* enum tcp_seen */
	uint16_t head_done;          /* bit way: no parser wants this direction any more */
	uint32_t far[2];             /* with TCP_SEEN_FAR_*: sequence number after a segment that was outside the window */
};
_Static_assert(sizeof(struct flow_tcp) == 64, "the TCP part of a flow is one cache line");

enum { FLOW_HEAD_DONE = 3 };

/* What only a conversation in datagrams needs, and only while its parser wants more. */
enum { FLOW_KEPT_BYTES = 256, FLOW_INDEX_MASK = 0xffffff };
struct flow_rtt {
	uint32_t us[2];              /* by way: the round trip to that end, IND_ABSENT_U32: not measured */
};
struct flow_udp {
	_Alignas(8) uint8_t kept[FLOW_KEPT_BYTES]; /* the parser's own */
	struct flow_rtt rtt;
	uint32_t buffer[2];          /* index of struct gather_buffer by way, 0: none */
	uint32_t parser;             /* row of the parser table */
};

enum tcp_seen {
	TCP_SEEN_SYN_LOW = 1, TCP_SEEN_SYN_HIGH = 2,     /* isn[way] is known */
	TCP_SEEN_NEXT_LOW = 4, TCP_SEEN_NEXT_HIGH = 8,   /* next[way] is known */
	TCP_SEEN_SYNACK = 16, TCP_SEEN_ACK = 32,         /* the server's ISN was acknowledged by the client */
	TCP_SEEN_REPEATED = 64,                          /* a SYN or SYN-ACK was sent again before that ACK */
	TCP_SEEN_CLIENT_HIGH = 128,                      /* the SYN came from way 1 */
	TCP_SEEN_SYN = 256,                              /* a SYN without ACK was seen */
	TCP_SEEN_TAKEN = 512,                            /* the client's ISN was acknowledged by the SYN-ACK */
	TCP_SEEN_FAR_LOW = 1024, TCP_SEEN_FAR_HIGH = 2048, /* far[way] is known */
};

enum {
	TCP_WINDOW = 65536,          /* how far ahead of what was seen a single segment is believed: the largest window without scaling */
	TCP_OLD_MAX = 1 << 30,       /* nothing is retransmitted from further behind: the largest window of all (RFC 7323 section 2.3) */
};

struct flow_limits {
	uint32_t flows;              /* at most 16,000,000 */
	uint32_t head_buffers;
	uint32_t idle_s, tcp_idle_s, active_s, linger_s;
	uint32_t clocks;             /* TCP flows whose timestamps are kept at once, 0: of none */
	uint32_t clock_after_s;      /* how long a flow lives before they are */
};

enum { FLOW_MAX = 16000000, FLOW_WHEEL_SLOTS = 512, FLOW_VLAN_STACKS = 4096 };

struct flow_vlans { uint16_t tag[IND_VLAN_MAX]; uint8_t count; };

/* The encapsulations that stand around inner layers, by the number that flow_key.context holds. */
struct flow_contexts {
	struct pool items;
	uint16_t *buckets;
	uint32_t hand;               /* where the search for an unused one goes on */
	uint32_t round;              /* what was asked for in this round is not given away */
};

/* The table: open addressing over 64-bit slots (40 bits of a keyed hash, 24 of index), a wheel of seconds for time-outs. */
struct flow_table {
	uint64_t *slots, *slots_spare; /* two reservations of slot_bytes each: the table grows from one into the other */
	uint64_t slot_mask;
	size_t slot_bytes;
	struct hash_key hash_key;
	struct pool flows, colds, ip6s, tcps, heads, buffers, small_buffers, firsts, chunks, udps, rtts, gathers, more;
	uint32_t *tcp_clocks;        /* by index of struct flow_tcp: index of struct flow_clock, 0: none; NULL if none are kept */
	struct pool clocks;
	struct flow_contexts contexts;
	struct flow_limits limits;
	struct flow_vlans *vlans;
	uint32_t vlan_count;
	uint8_t *live;               /* a bit by index, used when all flows end */
	uint64_t now_ns;             /* time of the newest packet, or of the clock */
	uint64_t second_begins_ns;   /* of the second that now_ns is in */
	uint64_t second;             /* the wheel's own count of seconds, never backward */
	uint64_t serial;             /* of the flow that was started last */
	uint64_t evicted, signals_lost, heads_lost, gaps;
	/* Called once for each flow that ends, before its memory is given back. */
	void (*ended)(void *ctx, struct flow *flow, enum ind_flow_end reason);
	void *ended_ctx;
};

enum ind_err flow_table_init(struct flow_table *t, const struct flow_limits *limits) IND_MUST_USE;
void flow_table_release(struct flow_table *t);

uint64_t flow_hash(const struct flow_table *t, const struct flow_key *key);
void flow_key_get(const struct flow_table *t, const struct flow *f, struct flow_key *key);

/* Tells the processor what a look-up will touch: first the slot, then the flow it names, then the parts that stand apart, then what
 * parsers of a head need. `turns`: the packet has payload or signals, or begins or ends something; `speaks`: it has payload or signals. */
static inline void flow_prefetch_slot(const struct flow_table *t, uint64_t hash) { __builtin_prefetch(&t->slots[hash >> 24 & t->slot_mask]); }
void flow_prefetch(const struct flow_table *t, uint64_t hash);
void flow_prefetch_parts(const struct flow_table *t, uint64_t hash, bool turns);
void flow_prefetch_head(const struct flow_table *t, uint64_t hash, bool speaks);

/* Finds or starts the flow of a packet and counts the packet in it. Never fails: when the table is full the flow that is due first
 * gives way (and is handed to `ended`). *way is in and out: the way of the packet. *is_new says whether it was started. */
struct flow *flow_of(struct flow_table *t, const struct flow_key *key, uint64_t hash, unsigned way, const struct packet *packet, bool *is_new);

/* What the packet just counted in the flow says of the layers around, and that it came in fragments; `parent` is the serial of the flow
 * around it, 0 if not known. The first that is said of parent and encapsulations stays. */
void flow_layers_see(struct flow_table *t, struct flow *f, unsigned way, const struct packet *packet, uint64_t parent);
void flow_layers_free(struct flow_table *t, struct flow *f);

/* Sets inner->context and ->around: numbers for the encapsulations around a layer. A number stands for their kinds, the identifiers that both
 * directions share, and the two ends of `outer`, the layer around them (NULL: none), with its own context; `context` leaves MPLS out, which
 * may be there in one direction only. Numbers that no flow uses are taken again in a later round. */
void flow_context_set(struct flow_table *t, const struct flow_key *outer, struct packet *inner);
void flow_context_hold(struct flow_table *t, uint16_t context);
void flow_context_drop(struct flow_table *t, uint16_t context);
static inline void flow_context_round(struct flow_table *t) { t->contexts.round++; }

/* What a record says of the layers around the flow: VLANs, encapsulations, parent, fragments, whether ports were seen. */
void flow_layers_record(const struct flow_table *t, const struct flow *f, unsigned src, struct ind_flow *record);

enum ind_err flow_contexts_init(struct flow_contexts *c) IND_MUST_USE;
void flow_contexts_release(struct flow_contexts *c);

/* Lets time pass: flows whose time-out has come end. */
void flow_table_advance(struct flow_table *t, uint64_t now_ns);

/* Ends all flows, in the order of their places. */
void flow_table_flush(struct flow_table *t, enum ind_flow_end reason);

uint64_t flow_serial(const struct flow_table *t, const struct flow *flow);

static inline uint32_t flow_index(const struct flow_table *t, const struct flow *f)
{
	return (uint32_t)((size_t)((const uint8_t *)f - t->flows.base) / sizeof *f);
}

static inline struct flow_cold *flow_cold(const struct flow_table *t, const struct flow *f) { return pool_at(&t->colds, flow_index(t, f)); }

static inline unsigned flow_src_way(const struct flow *f) { return f->state & FLOW_SRC_HIGH; }
static inline unsigned flow_orient(const struct flow *f) { return f->state >> FLOW_ORIENT_SHIFT & 3; }
static inline unsigned flow_dir(const struct flow *f, unsigned way) { return way ^ flow_src_way(f); }

static inline struct flow_tcp *flow_tcp(const struct flow_table *t, const struct flow *f)
{
	return f->key.proto == IPPROTO_TCP4 && f->tcp ? pool_at(&t->tcps, f->tcp) : NULL;
}

static inline struct flow_udp *flow_udp(const struct flow_table *t, const struct flow *f)
{
	return f->key.proto == IPPROTO_UDP4 && f->udp && !f->udp_rtt ? pool_at(&t->udps, f->udp) : NULL;
}

/* Starts to keep something of a UDP flow, zero at first; lets it go, with what was gathered; lets go of all but the round trips. */
struct flow_udp *flow_udp_start(struct flow_table *t, struct flow *f);
void flow_udp_end(struct flow_table *t, struct flow *f);
void flow_udp_over(struct flow_table *t, struct flow *f);

/* The round trips of a UDP flow, NULL: none are known. */
const struct flow_rtt *flow_udp_rtt(const struct flow_table *t, const struct flow *f);

enum ind_err flow_udps_init(struct flow_table *t) IND_MUST_USE;
void flow_udps_release(struct flow_table *t);

/* Whether the source address of a flow that is not TCP was shown to be its own: enum ind_validated. */
uint8_t flow_udp_validated(const struct flow *f);

/* Sets which way is src and how that was decided. */
void flow_orient_set(struct flow *f, unsigned src_way, enum ind_orient orient);

/* A role was seen in the head: it overrides orientation by first packet. */
void flow_role_seen(struct flow *f, unsigned client_way);

/* TCP: handshake, round-trip times, validation, retransmissions, closing. To be called for each TCP packet of the flow after flow_of. */
void flow_tcp_see(struct flow_table *t, struct flow *f, unsigned way, const struct packet *packet);

/* clock.c: what is kept of the timestamps of TCP flows. */
enum ind_err flow_clocks_init(struct flow_table *t) IND_MUST_USE;
void flow_clocks_release(struct flow_table *t);
void flow_clock_end(struct flow_table *t, const struct flow *f);

/* Is the number about what is expected next of this way? */
bool flow_tcp_near(const struct flow_tcp *tcp, unsigned way, uint32_t number);

/* True if the packet is a SYN that begins another connection on the same ports. */
bool flow_tcp_reused(const struct flow_table *t, const struct flow *f, unsigned way, const struct packet *packet);

/* Brings the end of a closing flow forward. */
void flow_linger(struct flow_table *t, struct flow *f);

/* Ends a flow now. */
void flow_end(struct flow_table *t, struct flow *f, enum ind_flow_end reason);

/* The record of a flow as it stands. */
void flow_record(const struct flow_table *t, const struct flow *f, enum ind_flow_end reason, struct ind_flow *record);

#endif
