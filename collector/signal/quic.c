/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a QUIC connection (RFC 9000 section 7, RFC 9001 section 4): both hellos out of Initial packets, then only headers, until
 * the client has shown that it receives what is sent to its address (RFC 9000 section 8.1). */
#include "signal/quic.h"

#include "flow/gather.h"
#include "signal/quic_time.h"
#include "signal/tls_hello.h"

/* The server may send three times what it got before the client's address is validated, and 0-RTT is bounded by the first congestion
 * window: what did not happen within so many datagrams will not. */
enum { LOOKS_MAX = 64, DATAGRAM_MIN_BYTES = 1200 };

/* RFC 9000 section 7.2: a client makes up at least 8 bytes for its first packet. */
enum { FIRST_ID_MIN_BYTES = 8, LONG_HEADER = 0x80, FIXED_BIT = 0x40 };

struct id {
	uint8_t count, bytes[QUIC_ID_MAX_BYTES];
};

enum quic_seen {
	SEEN_OFFER = 1,      /* a long header of a version that is not known */
	SEEN_CLIENT = 2,     /* a client's Initial packet was opened */
	SEEN_ANY_ANSWER = 4, /* something came from the other end */
	SEEN_ANSWER = 8,     /* it held something that only its receiver knows */
	SEEN_ECHO = 16,      /* and the client's packets show that it was received, */
	SEEN_PROOF = 32,     /* in the way that RFC 9000 section 8.1 asks for */
	SEEN_REFUSAL = 64,   /* the server does not speak the version offered */
	SEEN_RETRY = 128,
};

/* The id that keys are made from stands in an exhibit. */
enum { KEY_SHOWN = 1 << 2 };

/* What is kept of a connection. */
struct quic {
	uint64_t expected[2]; /* next packet number, by side */
	struct quic_times times;
	uint32_t base[2];     /* where in the stream of CRYPTO frames the awaited hello begins */
	uint32_t version;     /* that keys were derived for */
	uint32_t offered;     /* one that could not be read */
	struct id first, client, server;
	struct quic_keys keys[2];
	uint8_t token[HASH_SHA256_BYTES]; /* digest of the one that a Retry brought */
	uint8_t has_keys;                 /* bit side; KEY_SHOWN */
	uint8_t has_hello;                /* bit side: no other hello is awaited */
	uint8_t client_way;
	uint8_t seen;
	uint8_t looks;
};
_Static_assert(sizeof(struct quic) <= SIGNAL_KEPT_BYTES, "a connection fits what is kept");

static void id_set(struct id *id, struct cursor from)
{
	id->count = (uint8_t)(cursor_left(&from) < sizeof id->bytes ? cursor_left(&from) : sizeof id->bytes);
	if (id->count)
		memcpy(id->bytes, from.p, id->count);
}

static bool id_is(const struct id *id, struct cursor as)
{
	return cursor_left(&as) == id->count && (id->count == 0 || memcmp(id->bytes, as.p, id->count) == 0);
}

static struct cursor id_bytes(const struct id *id) { return cursor_of(id->bytes, id->count); }

static bool quic_begins(struct cursor bytes)
{
	struct cursor c = bytes;
	if ((cursor_u8(&c) & (LONG_HEADER | FIXED_BIT)) != (LONG_HEADER | FIXED_BIT))
		return false;
	uint32_t version = cursor_be32(&c);
	uint8_t id_bytes_count = cursor_u8(&c);
	if (!cursor_ok(&c) || version == 0 || id_bytes_count < FIRST_ID_MIN_BYTES || id_bytes_count > QUIC_ID_MAX_BYTES)
		return false;
	const struct quic_version *known = quic_version_of(version);
	if (known)
		return (bytes.p[0] >> 4 & 3) == known->type_of_initial;
	cursor_skip(&c, id_bytes_count);
	return cursor_u8(&c) <= QUIC_ID_MAX_BYTES && cursor_left(&bytes) >= DATAGRAM_MIN_BYTES;
}

/* Everything that the hello's packet is to the parser at hand. */
struct reading {
	struct signal_ctx *ctx;
	struct quic *q;
	const struct quic_packet *packet;
	enum ind_side side;
	bool fresh; /* the packet brought bytes of a hello that were not there */
	bool whole; /* and made it whole */
	bool crypto, acks;       /* frames that it held */
	uint64_t acknowledged;   /* oldest packet number; 0 without ACK: any */
};

static struct gather *gather_of(const struct reading *r) { return &r->ctx->gather[r->ctx->way]; }

static void hello_over(struct reading *r, uint32_t bytes)
{
	r->q->base[r->side] += bytes;
	gather_drop(gather_of(r));
}

static bool client_hello_see(struct reading *r, struct cursor message)
{
	struct tls_hello hello;
	if (!tls_client_hello_read(message, &hello))
		return false;
	tls_client_hello_put(r->ctx, &hello, 'q');
	return true;
}

static bool server_hello_see(struct reading *r, struct cursor message)
{
	struct tls_hello hello;
	if (!tls_server_hello_read(message, &hello))
		return false;
	tls_server_hello_put(r->ctx, &hello);
	/* After a HelloRetryRequest both hellos come again (RFC 8446 section 4.1.4). */
	if (!hello.retry)
		r->q->has_hello = 1 << IND_CLIENT | 1 << IND_SERVER;
	return true;
}

/* Reads the hello if all of it stands in `bytes`. False if what stands there is none and will not become one. */
static bool hello_see(struct reading *r, struct cursor bytes)
{
	struct cursor c = bytes;
	uint8_t type = cursor_u8(&c);
	uint32_t length = cursor_be24(&c);
	if (!cursor_ok(&c))
		return true;
	if (type != (r->side == IND_CLIENT ? TLS_CLIENT_HELLO : TLS_SERVER_HELLO) || length > GATHER_BYTES - TLS_MESSAGE_HEADER_BYTES)
		return false;
	if (cursor_left(&c) < length)
		return true;
	struct cursor message = cursor_of(bytes.p, TLS_MESSAGE_HEADER_BYTES + length);
	r->whole = r->side == IND_CLIENT ? client_hello_see(r, message) : server_hello_see(r, message);
	if (r->whole)
		hello_over(r, TLS_MESSAGE_HEADER_BYTES + length);
	return r->whole;
}

static bool hello_is_whole(struct cursor bytes)
{
	cursor_skip(&bytes, 1);
	uint32_t length = cursor_be24(&bytes);
	return cursor_ok(&bytes) && cursor_left(&bytes) >= length;
}

/* RFC 9000 section 19.6. Most hellos stand in one frame and are read where they are. */
static bool crypto_see(struct reading *r, uint64_t offset, struct cursor data)
{
	uint32_t base = r->q->base[r->side];
	if (offset < base) {
		size_t old = base - (size_t)offset;
		if (old >= cursor_left(&data))
			return true;
		cursor_skip(&data, old);
		offset = base;
	}
	offset -= base;
	if (offset == 0 && gather_is_empty(gather_of(r)) && hello_is_whole(data)) {
		r->fresh = true;
		return hello_see(r, data);
	}
	bool is_new = false;
	if (offset < GATHER_BYTES)
		gather_put(gather_of(r), (uint32_t)offset, data.p, cursor_left(&data), &is_new);
	r->fresh |= is_new;
	return true;
}

/* Part of a hello or the whole of it: the packet is shown as it was captured, because anyone can open it. The client's first packet with an id
 * that keys are made from is shown whatever it holds: nobody could open the server's answer without it, after a Retry for one. */
static void packet_show(struct reading *r)
{
	const uint8_t *start = r->packet->start;
	size_t count = (size_t)(r->packet->rest.end - start);
	bool is_key = r->side == IND_CLIENT && !(r->q->has_keys & KEY_SHOWN);
	if (is_key || (r->fresh && !r->whole))
		signal_put_exhibit_part(r->ctx, IND_EXHIBIT_DATAGRAM, r->side, start, count);
	else if (r->whole)
		signal_put_exhibit(r->ctx, IND_EXHIBIT_DATAGRAM, r->side, start, count, false);
	r->q->has_keys |= is_key ? KEY_SHOWN : 0;
}

static void ack_see(struct reading *r, uint64_t oldest)
{
	if (!r->acks || oldest < r->acknowledged)
		r->acknowledged = oldest;
	r->acks = true;
}

static void frames_see(struct reading *r, struct cursor frames)
{
	uint64_t at;
	struct cursor data;
	enum quic_frame frame;
	bool good = true;
	while (good && (frame = quic_frame_next(&frames, &at, &data)) < QUIC_FRAME_END) {
		if (frame == QUIC_FRAME_ACK) {
			ack_see(r, at);
			continue;
		}
		r->crypto = true;
		good = crypto_see(r, at, data);
	}
	good = good && frame == QUIC_FRAME_END;
	if (good && r->fresh && !r->whole)
		good = hello_see(r, gather_view(gather_of(r), 0));
	packet_show(r);
	if (!good) {
		signal_malformed(r->ctx);
		r->q->has_hello |= (uint8_t)(1 << r->side);
		gather_drop(gather_of(r));
	}
}

static bool packet_open(struct quic *q, struct aead *aead, const struct quic_packet *p, enum ind_side side, struct quic_plain *plain)
{
	if (q->version != p->version)
		q->has_keys = 0;
	if (!(q->has_keys >> side & 1))
		quic_keys_derive(&q->keys[side], p->known, id_bytes(&q->first), side);
	q->version = p->version;
	q->has_keys |= (uint8_t)(1 << side);
	return quic_packet_open(aead, &q->keys[side], p, &q->expected[side], plain);
}

/* Is this the first time that the server sees the id that the keys are made from? After a Retry it is the server's own, packet numbers go
 * on, and a token comes back (RFC 9000 section 17.2.5). Some clients begin with packet 1, and may have a token of an earlier connection. */
static bool id_is_new(const struct quic *q, const struct quic_packet *p, uint64_t number)
{
	bool retried = cursor_left(&p->token) && number > (q->seen & SEEN_CLIENT ? 0 : 1);
	return cursor_left(&p->to) >= FIRST_ID_MIN_BYTES && !retried && !id_is(&q->first, p->to) && !id_is(&q->server, p->to);
}

/* Another connection of the same two ends, or the same after a Retry that the capture does not have. */
static bool begin(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p, struct quic_plain *plain)
{
	struct quic fresh = {
		.client_way = ctx->way, .looks = q->looks, .seen = q->seen & (SEEN_PROOF | SEEN_OFFER | SEEN_REFUSAL), .offered = q->offered
	};
	id_set(&fresh.first, p->to);
	if (!packet_open(&fresh, ctx->aead, p, IND_CLIENT, plain))
		return false;
	if (!id_is_new(q, p, plain->number))
		quic_time_spoil(&fresh.times, IND_SERVER);
	gather_drop(&ctx->gather[0]);
	gather_drop(&ctx->gather[1]);
	*q = fresh;
	return true;
}

static bool client_initial_open(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p, struct quic_plain *plain)
{
	if (q->seen & SEEN_CLIENT && packet_open(q, ctx->aead, p, IND_CLIENT, plain))
		return true;
	return !(q->seen & SEEN_CLIENT && id_is(&q->first, p->to)) && begin(ctx, q, p, plain);
}

static void version_put(struct signal_ctx *ctx, uint32_t version)
{
	const uint8_t bytes[4] = { (uint8_t)(version >> 24), (uint8_t)(version >> 16), (uint8_t)(version >> 8), (uint8_t)version };
	char text[2 + 2 * sizeof bytes + 1] = "0x";
	hash_hex(bytes, sizeof bytes, text + 2);
	signal_put_text(ctx, IND_SIG_QUIC_VERSION, IND_CLIENT, text, sizeof text - 1);
}

static bool token_is(const struct quic *q, struct cursor token)
{
	uint8_t digest[HASH_SHA256_BYTES];
	if (!(q->seen & SEEN_RETRY) || cursor_left(&token) == 0)
		return false;
	hash_sha256(token.p, cursor_left(&token), digest);
	return memcmp(digest, q->token, sizeof digest) == 0;
}

static void client_initial_see(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p)
{
	struct quic_plain plain;
	if (token_is(q, p->token))
		q->seen |= SEEN_PROOF;
	if (q->has_hello >> IND_CLIENT & 1)
		quic_time_spoil(&q->times, IND_SERVER); /* it may be a repetition */
	if (q->has_hello >> IND_CLIENT & 1 || !client_initial_open(ctx, q, p, &plain))
		return;
	struct reading r = { .ctx = ctx, .q = q, .packet = p, .side = IND_CLIENT };
	q->seen |= SEEN_CLIENT;
	id_set(&q->client, p->from);
	version_put(ctx, p->version);
	frames_see(&r, cursor_of(plain.bytes, plain.count));
	quic_time_client_initial(&q->times, ctx, plain.number, r.fresh);
}

static void echo_see(struct signal_ctx *ctx, struct quic *q)
{
	q->seen |= SEEN_ECHO;
	quic_time_answer(&q->times, ctx, IND_CLIENT);
}

static void client_packet_see(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p)
{
	bool echo = q->seen & SEEN_ANSWER && id_is(&q->server, p->to);
	if (echo)
		echo_see(ctx, q);
	if (echo && p->type == QUIC_HANDSHAKE)
		q->seen |= SEEN_PROOF;
	if (p->type == QUIC_INITIAL)
		client_initial_see(ctx, q, p);
}

/* The client has not used the server's id yet. It is asked from the server's very first packet on; another id, or the same bytes again, and
 * what it answers is not known. */
static void server_id_see(const struct reading *r, uint64_t number)
{
	struct quic *q = r->q;
	const struct quic_packet *p = r->packet;
	bool begins = q->times.wait[IND_CLIENT] == QUIC_WAIT_NOT_YET && number == 0 &&
		quic_time_id_is_own(p->from, id_bytes(&q->first), id_bytes(&q->client));
	bool goes_on = q->times.wait[IND_CLIENT] == QUIC_WAIT && id_is(&q->server, p->from) && (r->fresh || !r->crypto);
	if (begins)
		quic_time_ask(&q->times, r->ctx, IND_CLIENT);
	else if (!goes_on)
		quic_time_spoil(&q->times, IND_CLIENT);
}

/* Its keys are made from the client's first id. If it acknowledges a packet before those seen, it may answer that one. */
static void server_initial_time(const struct reading *r, uint64_t number)
{
	struct quic_times *t = &r->q->times;
	if (r->acknowledged < t->oldest)
		quic_time_spoil(t, IND_SERVER);
	quic_time_answer(t, r->ctx, IND_SERVER);
	server_id_see(r, number);
}

static void server_initial_see(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p)
{
	struct quic_plain plain;
	struct reading r = { .ctx = ctx, .q = q, .packet = p, .side = IND_SERVER };
	if (q->has_hello >> IND_SERVER & 1)
		quic_time_spoil(&q->times, IND_CLIENT); /* it may be a repetition */
	if (q->has_hello >> IND_SERVER & 1 || !packet_open(q, ctx->aead, p, IND_SERVER, &plain))
		return;
	frames_see(&r, cursor_of(plain.bytes, plain.count));
	server_initial_time(&r, plain.number);
	id_set(&q->server, p->from);
	q->seen |= SEEN_ANSWER;
}

/* Its tag is made from the client's first id. It has no number and acknowledges nothing: only a client's packet 0 was surely the first.
 * The id in it is of this one Retry. */
static void retry_time(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p)
{
	if (q->times.oldest != 0)
		quic_time_spoil(&q->times, IND_SERVER);
	quic_time_answer(&q->times, ctx, IND_SERVER);
	if (quic_time_id_is_own(p->from, id_bytes(&q->first), id_bytes(&q->client)))
		quic_time_ask(&q->times, ctx, IND_CLIENT);
	else
		quic_time_spoil(&q->times, IND_CLIENT);
}

/* RFC 9000 section 17.2.5: the client goes on with the server's id and token, and with keys made from that id. */
static void retry_see(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p)
{
	if (q->seen & SEEN_RETRY || q->has_hello >> IND_SERVER & 1 || !quic_retry_fits(ctx->aead, p, id_bytes(&q->first)))
		return;
	retry_time(ctx, q, p);
	q->seen |= SEEN_RETRY | SEEN_ANSWER;
	hash_sha256(p->token.p, cursor_left(&p->token), q->token);
	id_set(&q->first, p->from);
	id_set(&q->server, p->from);
	q->has_keys = 0;
}

static void server_packet_see(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p)
{
	if (!id_is(&q->client, p->to))
		return;
	q->seen |= SEEN_ANY_ANSWER;
	if (p->type == QUIC_INITIAL)
		server_initial_see(ctx, q, p);
	else if (p->type == QUIC_RETRY)
		retry_see(ctx, q, p);
	else if (p->type == QUIC_NEGOTIATION && id_is(&q->first, p->from))
		q->seen |= SEEN_REFUSAL;
	if (!(q->seen & SEEN_ANSWER)) /* it may have told its id already */
		quic_time_spoil(&q->times, IND_CLIENT);
}

/* What the client offered first and was refused is said when it speaks again: the packet at hand must be its own. */
static void offer_put(struct signal_ctx *ctx, struct quic *q)
{
	if (q->offered && q->seen & SEEN_REFUSAL) {
		version_put(ctx, q->offered);
		q->offered = 0;
	}
}

/* Nothing is known yet: the packet is a client's, or of no use. */
static bool stranger_see(struct signal_ctx *ctx, struct quic *q, const struct quic_packet *p)
{
	if (p->type == QUIC_FOREIGN && !q->seen && p->version != 0) {
		q->seen = SEEN_OFFER;
		q->offered = p->version;
		q->client_way = ctx->way;
		id_set(&q->first, p->to);
		id_set(&q->client, p->from);
		return true;
	}
	if (q->seen & SEEN_OFFER && ctx->way != q->client_way) {
		server_packet_see(ctx, q, p);
		return q->seen & SEEN_REFUSAL;
	}
	if (p->type == QUIC_INITIAL)
		client_initial_see(ctx, q, p);
	return q->seen & SEEN_CLIENT;
}

/* A short header (RFC 9000 section 17.3.1) ends the datagram; the id behind its first byte may be the server's. */
static void short_header_see(struct signal_ctx *ctx, struct quic *q, struct cursor rest)
{
	cursor_skip(&rest, 1);
	struct cursor to = cursor_sub(&rest, q->server.count);
	if (ctx->way == q->client_way && q->seen & SEEN_ANSWER && cursor_ok(&to) && id_is(&q->server, to))
		echo_see(ctx, q);
}

static uint8_t validated(const struct quic *q, bool stops)
{
	if (q->seen & SEEN_PROOF)
		return IND_VALID_QUIC;
	if (q->seen & SEEN_ANSWER)
		return q->seen & SEEN_ECHO || stops ? IND_VALID_UNTESTABLE : IND_VALID_NO;
	return q->seen & SEEN_ANY_ANSWER ? IND_VALID_UNTESTABLE : IND_VALID_ONE_WAY;
}

static enum parse outcome(struct signal_ctx *ctx, const struct quic *q)
{
	bool hellos = q->has_hello == (1 << IND_CLIENT | 1 << IND_SERVER);
	bool decided = q->seen & SEEN_PROOF || (q->seen & SEEN_ANY_ANSWER && !(q->seen & SEEN_ANSWER));
	bool stops = q->looks >= LOOKS_MAX;
	ctx->client_way = q->client_way;
	ctx->validated = validated(q, stops);
	return (hellos && decided) || stops ? PARSE_DONE : PARSE_MORE;
}

static enum parse quic_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct quic *q = ctx->kept;
	struct quic_packet p;
	bool ours = q->seen & SEEN_CLIENT;
	q->looks++;
	while (cursor_left(bytes) && bytes->p[0] & LONG_HEADER && quic_packet_read(bytes, &p)) {
		if (!(q->seen & SEEN_CLIENT))
			ours |= stranger_see(ctx, q, &p);
		else if (ctx->way == q->client_way)
			client_packet_see(ctx, q, &p);
		else
			server_packet_see(ctx, q, &p);
		if (ctx->way == q->client_way)
			offer_put(ctx, q);
	}
	if (cursor_left(bytes) && !(bytes->p[0] & LONG_HEADER))
		short_header_see(ctx, q, *bytes);
	if (!(q->seen & SEEN_CLIENT))
		return ours ? PARSE_MORE : PARSE_NOT;
	return outcome(ctx, q);
}

const struct signal_conversation_parser quic_parser = { "quic", quic_begins, quic_see };
