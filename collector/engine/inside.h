/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGINE_INSIDE_H
#define ENGINE_INSIDE_H

#include "engine/engine.h"
#include "flow/head.h"
#include "flow/store.h"
#include "signal/signal.h"

enum { PATH_SIGNALS_MAX = 8 };

/* What the files of this room share. */
struct engine {
	struct engine_options options;
	struct flow_table table;
	struct engine_counters counters;
	struct signal_sink sink;
	struct flow *current;        /* the flow whose bytes a parser is reading */
	unsigned current_way;        /* which way they go; orientation may change while they are read */
	bool current_roles;          /* the parser's sides are protocol roles that may orient the flow */
	bool current_new;            /* a signal was kept since the last exhibit: the next one shows something new */
	bool parse;                  /* any signal is wanted at all */
	/* Scratch for the end of a flow: its signals and their values, those of the path behind the stored ones. */
	struct ind_signal *signals;
	char *text;
	size_t signal_count;
	char *text_free;             /* NULL: no flow is ending */
};

/* emit.c: the sink that parsers write to, and the end of flows. */
void emit_init(struct engine *e);
struct signal_ctx emit_ctx(struct engine *e, struct flow *f, unsigned way, const struct packet *p);
void emit_flow(void *engine, struct flow *f, enum ind_flow_end reason);

/* stream.c: the bytes of TCP flows and of datagrams, to the parsers that want them. */
void stream_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p);
void datagram_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p);

/* turn.c: what the times of a TCP flow's first words say. Of each segment with payload, before its bytes are read. */
void turn_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p);

/* From now on the other end's answer to what this way says measures a round trip. */
void turn_begin(struct flow_head *h, unsigned way, uint64_t time_ns);

/* Lets parsers make the best of what is unread when a flow ends. */
void stream_end(struct engine *e, struct flow *f);

#endif
