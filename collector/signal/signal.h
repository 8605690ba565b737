/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_SIGNAL_H
#define SIGNAL_SIGNAL_H

#include "base/cursor.h"
#include "indicia/catalogue.h"
#include "indicia/record.h"

/* What a parser of one protocol knows of the world: the bytes at hand and where to put what it saw. A parser never allocates, never
 * prints, knows no clock but the packet's, and knows no other parser. */

struct tls_memo;
struct x509_memo;

/* Receives signals and exhibits; the engine in production, a list in tests. Repeated values are the receiver's concern. */
struct signal_sink {
	void (*signal)(void *ctx, const struct ind_signal *signal);
	void (*exhibit)(void *ctx, const struct ind_exhibit *exhibit);
	void (*malformed)(void *ctx);
	void *ctx;
	bool wants_exhibits;
	const uint64_t *wanted;      /* bit n: signal n is recorded; NULL: all. For values that cost something to make */
	void (*exhibit_cut)(void *ctx); /* the next exhibit is longer than is kept; may be NULL */
	struct tls_memo *tls_memo;   /* fingerprints computed before; may be NULL */
	struct x509_memo *x509_memo; /* certificates read before; may be NULL */
	void (*exhibit_part)(void *ctx); /* the next exhibit is part of what a signal will be read from; may be NULL */
};

struct aead;
struct gather;

struct signal_ctx {
	const struct signal_sink *sink;
	uint64_t time_ns;            /* of the packet that made the bytes complete */
	uint64_t packet;
	uint8_t from;                /* enum ind_dir: who sent these bytes */
	uint64_t *state;             /* two words of this direction, zero when the parser takes over */
	uint64_t *shared;            /* one word that both directions of the flow see, zero at first */
	uint32_t need;               /* out, with PARSE_MORE: do not call again before this many unread bytes are there; 0: any */
	uint64_t skip;               /* out: after what was consumed, pass over this many bytes unseen (bodies) */
	bool at_end;                 /* no more bytes will come in this direction: make the best of what is there */
	bool turn;                   /* out: the other end can only answer this once it has it: the answer measures a round trip */
	/* For conversations in datagrams only. */
	void *kept;                  /* SIGNAL_KEPT_BYTES of the flow, zero when the conversation begins */
	struct gather *gather;       /* two: what was gathered of each way's bytes */
	struct aead *aead;           /* for protocols whose first keys stand in the open */
	uint8_t way;                 /* which end sent this: 0 or 1, the same for the whole flow, unlike `from` */
	uint8_t validated;           /* in and out: enum ind_validated, of the end that the parser takes for the client */
	uint8_t client_way;          /* out: which end that is */
	uint64_t begun_ns;           /* when the first of these bytes passed: before time_ns if they came in fragments */
	uint32_t *rtt_us;            /* two, by way: the smallest round trip to that end so far; IND_ABSENT_U32 at first */
};

enum { SIGNAL_KEPT_BYTES = 256 };

/* What became of the unread bytes of one direction. Whatever the parser advanced its cursor over is done with. */
enum parse {
	PARSE_MORE,                  /* wants more bytes */
	PARSE_DONE,                  /* wants nothing more of this direction */
	PARSE_NEXT,                  /* this protocol is over; what follows may be another one (CONNECT, SOCKS, STARTTLS) */
	PARSE_NOT,                   /* these bytes are not of this protocol */
};

/* What a look at the first unread bytes says. */
enum probe { PROBE_NO, PROBE_MORE, PROBE_YES };

/* One protocol over TCP. */
struct signal_stream_parser {
	const char *name;
	/* Do the bytes start this protocol? PROBE_MORE while they are a prefix of something that could. */
	enum probe (*probe)(struct cursor bytes);
	/* A byte with which the protocol may start in the middle of an unknown stream (after STARTTLS, a proxy greeting, X.224), or -1
	 * if it is only looked for at the beginning and after PARSE_NEXT. The signature checked by probe must then be strong. */
	int resync_byte;
	/* Reads the unread bytes of one direction, contiguous and in order. */
	enum parse (*see)(struct signal_ctx *ctx, struct cursor *bytes);
};

/* One protocol over UDP: a whole datagram. PARSE_DONE if it was one of this protocol, PARSE_NOT if not. `port` are those of the
 * packet, sender's first: only DNS looks at them. */
struct signal_datagram_parser {
	const char *name;
	enum parse (*see)(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2]);
};

/* A conversation over UDP: a protocol that one datagram does not tell, because its messages are cut in pieces or the other direction is
 * needed to read them. `begins` says whether a datagram may be its first; it is asked for every one of a flow that no conversation was
 * found in, and must reject foreign bytes within a few comparisons. `see` gets that one and all later ones. PARSE_MORE: go on; PARSE_DONE:
 * nothing more is wanted of the flow; PARSE_NOT: not this protocol, if it was the first one the conversation never was. */
struct signal_conversation_parser {
	const char *name;
	bool (*begins)(struct cursor bytes);
	enum parse (*see)(struct signal_ctx *ctx, struct cursor *bytes);
};

/* A flow that has ended, with the signals that it gave while it lived, as seen from one of its ends, ctx->from. */
struct signal_end {
	const struct ind_flow *flow;
	const struct ind_signal *signals;
	size_t count;
	enum ind_side side;          /* of that end: client if it is the flow's source */
};

/* Emits what the flow as a whole says of that end. */
typedef void signal_end_reader(struct signal_ctx *ctx, const struct signal_end *end);

/* All readers of whole flows, NULL at the end. */
extern signal_end_reader *const signal_end_readers[];

/* All parsers, NULL at the end, in the order in which they are asked. */
extern const struct signal_stream_parser *const signal_stream_parsers[];
extern const struct signal_conversation_parser *const signal_conversation_parsers[];
extern const struct signal_datagram_parser *const signal_datagram_parsers[];

static inline bool signal_wanted(const struct signal_ctx *ctx, enum ind_signal_id id)
{
	return !ctx->sink->wanted || ind_signal_set_has(ctx->sink->wanted, id);
}

/* A text value off the wire: converted to UTF-8, cut to IND_VALUE_MAX_BYTES at a character with the SHA-256 of the whole. Empty is absent. */
void signal_put_wire(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const void *bytes, size_t count);

/* A value that is UTF-8 already, made by the parser. */
void signal_put_text(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const char *text, size_t bytes);
void signal_put_number(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, int64_t number);
void signal_put_hex(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const uint8_t *bytes, size_t count);

/* Keeps the bytes a signal was read from, secrets already overwritten. Does nothing when exhibits are off. Cut to IND_EXHIBIT_MAX_BYTES. */
void signal_put_exhibit(struct signal_ctx *ctx, enum ind_exhibit_kind kind, enum ind_side side, const void *bytes, size_t count, bool masked);

/* The same for a part of a message that no signal was read from yet. */
void signal_put_exhibit_part(struct signal_ctx *ctx, enum ind_exhibit_kind kind, enum ind_side side, const void *bytes, size_t count);

/* Counts a message that contradicts its specification. */
void signal_malformed(struct signal_ctx *ctx);

#endif
