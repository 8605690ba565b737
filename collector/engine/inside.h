/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGINE_INSIDE_H
#define ENGINE_INSIDE_H

#include "base/aead.h"
#include "engine/engine.h"
#include "flow/fragment.h"
#include "flow/head.h"
#include "flow/store.h"
#include "signal/signal.h"
#include "signal/tls_memo.h"
#include "signal/x509.h"

/* What is said of a flow only when it ends; now seven of each end (emit.c). There is room for some more. */
enum { ENDING_SIGNALS_MAX = 16 };

/* What the files of this room share. */
struct engine {
	struct engine_options options;
	struct flow_table table;
	struct fragments fragments;
	struct engine_counters counters;
	struct signal_sink sink;
	struct tls_memo tls_memo;
	struct x509_memo x509_memo;
	struct aead *aead;           /* for parsers of conversations that are encrypted with keys anyone can derive */
	struct pool early;           /* early.c's, by index of the flow; not there if it is not wanted */
	struct flow *current;        /* the flow whose bytes a parser is reading */
	unsigned current_way;        /* which way they go; orientation may change while they are read */
	bool current_roles;          /* the parser's sides are protocol roles that may orient the flow */
	bool current_new;            /* a signal was kept since the last exhibit: the next one shows something new */
	bool giving_up;              /* what is looked at is a datagram with fragments missing */
	bool parse;                  /* any signal is wanted at all */
	bool clocks;                 /* tcp.clock_skew_ppm is */
	/* Scratch for the end of a flow: its signals and their values, those of the path behind the stored ones. */
	struct ind_signal *signals;
	char *text;
	size_t signal_count;
	char *text_free;             /* NULL: no flow is ending */
};

/* One layer of a frame on its way to its flow. */
struct arrival {
	struct packet packet;
	struct flow_key key;
	uint64_t hash;
	unsigned way;
	bool inside;                 /* of the layer before it */
};

/* Decodes the layer inside another; false if there is none with a flow. What goes wrong is added to *outcome. */
bool arrival_inner(struct engine *e, struct arrival *outer, struct arrival *inner, enum decode *outcome);

/* Brings a layer to its flow, whose serial is returned if it carries another layer. */
uint64_t arrival_see(struct engine *e, const struct arrival *a, uint64_t parent);

/* fragments.c: fragments until their datagram is whole, or its time is over. */
void fragment_see(struct engine *e, const struct arrival *a, uint64_t parent);
void fragments_pass(struct engine *e);
void fragments_flush(struct engine *e);

/* emit.c: the sink that parsers write to, and the end of flows. */
void emit_init(struct engine *e);
struct signal_ctx emit_ctx(struct engine *e, struct flow *f, unsigned way, const struct packet *p);
void emit_flow(void *engine, struct flow *f, enum ind_flow_end reason);

/* stream.c: the bytes of TCP flows to the parsers that want them. */
void stream_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p);

static inline bool engine_wants(const struct engine *e, enum ind_signal_id id) { return ind_signal_set_has(e->options.signals, id); }

/* early.c: of some packets of each direction, mostly of the first ones, of a FIN, and when the flow ends. */
enum { EARLY_FIRST = 16, EARLY_SPAN = 20 };

/* Is the n-th packet of a direction looked at? EARLY_SPAN are, from EARLY_FIRST on; later ones where the distance is a power of two. */
static inline bool early_is_due(uint32_t n) { return ((n - EARLY_FIRST) & (n - EARLY_FIRST - 1)) < EARLY_SPAN; }
enum ind_err early_init(struct engine *e) IND_MUST_USE;
void early_see(struct engine *e, const struct flow *f, unsigned way, const struct packet *p);
void early_fin(struct engine *e, const struct flow *f, unsigned way, const struct packet *p);
void early_end(struct engine *e, const struct flow *f, unsigned way, struct signal_ctx *ctx, enum ind_side side);

/* turn.c: what the times of a TCP flow's first words say. Of each segment with payload, before its bytes are read. */
void turn_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p);

/* From now on the other end's answer to what this way says measures a round trip. */
void turn_begin(struct flow_head *h, unsigned way, uint64_t time_ns);

/* Lets parsers make the best of what is unread when a flow ends. */
void stream_end(struct engine *e, struct flow *f);

/* udp.c: the payloads of UDP, to the parsers that want them. */
void datagram_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p);

#endif
