/* SPDX-License-Identifier: Apache-2.0 */
/* The clear part of a TLS handshake: ClientHello (again after a HelloRetryRequest) from one side, ServerHello and up to TLS 1.2 the leaf
 * certificate from the other. RFC 8446 sections 4.1 and 5.1, RFC 5246 section 7.4. */
#include "signal/tls.h"

#include "signal/tls_exhibit.h"
#include "signal/tls_flight.h"
#include "signal/tls_ssl2.h"
#include "signal/tls_ticket.h"
#include "signal/x509.h"

/* state[0]. A server's hello stays unread until the certificate is there, because one exhibit holds both. */
enum { HELLO_SEEN = 1, SERVER_HELLO_PUT = 2, TICKET_SOUGHT = 4 };

/* *shared: the server took the client's hello, no other will come. A high bit, because the word may have served another protocol before. */
static const uint64_t server_chose = (uint64_t)1 << 63;

/* *shared: the client speaks on before the server has answered. */
static const uint64_t client_early = (uint64_t)1 << 62;

enum { HELLO_MIN_BYTES = 38, PROBE_HANDSHAKE_BYTES = 6, SSL2_HEADER = 0x80, LEAF_HEAD_BYTES = 10, DRAFT_MAJOR = 0x7f };

/* Does the head of a handshake message look like a hello, as far as it is there? */
static bool hello_starts(const uint8_t *at, size_t have)
{
	struct cursor c = cursor_of(at, have < PROBE_HANDSHAKE_BYTES ? have : PROBE_HANDSHAKE_BYTES);
	uint8_t type = cursor_u8(&c);
	if (have > 0 && type != TLS_CLIENT_HELLO && type != TLS_SERVER_HELLO)
		return false;
	if (have > 1 && at[1] != 0)
		return false;
	uint32_t length = cursor_be24(&c);
	if (cursor_ok(&c) && (length < HELLO_MIN_BYTES || length > TLS_FLIGHT_MAX_BYTES))
		return false;
	uint8_t major = cursor_u8(&c), minor = cursor_u8(&c);
	return !cursor_ok(&c) || (major == 3 && minor <= 4) || (major == DRAFT_MAJOR && type == TLS_SERVER_HELLO);
}

static enum probe tls_probe(struct cursor bytes)
{
	size_t left = cursor_left(&bytes);
	if (left == 0)
		return PROBE_MORE;
	if (bytes.p[0] & SSL2_HEADER)
		return tls_ssl2_probe(bytes);
	if (bytes.p[0] != TLS_HANDSHAKE || (left > 1 && bytes.p[1] != 3) || (left > 2 && bytes.p[2] > 4))
		return PROBE_NO;
	struct tls_flight f;
	tls_flight_start(&f, bytes, true);
	enum tls_flight_read got = tls_flight_fill(&f, PROBE_HANDSHAKE_BYTES);
	if (!hello_starts(f.at, f.have))
		return PROBE_NO;
	return got == TLS_FLIGHT_OK ? PROBE_YES : got == TLS_FLIGHT_MORE ? PROBE_MORE : PROBE_NO;
}

/* What it means for the parser that no more handshake bytes can be had now. */
static enum parse ended(struct signal_ctx *ctx, const struct cursor *bytes, const struct tls_flight *f, enum tls_flight_read got)
{
	if (got == TLS_FLIGHT_MORE) {
		ctx->need = (uint32_t)cursor_left(bytes) + f->missing;
		return PARSE_MORE;
	}
	if (ctx->state[0] & HELLO_SEEN)
		return PARSE_DONE;
	if (got == TLS_FLIGHT_BAD)
		signal_malformed(ctx);
	return PARSE_NOT;
}

/* After a hello anything may come, also ciphertext that happens to start like one: that is not malformed. */
static enum parse unreadable(struct signal_ctx *ctx)
{
	if (ctx->state[0] & HELLO_SEEN)
		return PARSE_DONE;
	signal_malformed(ctx);
	return PARSE_NOT;
}

static uint32_t be24(const uint8_t *at) { return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2]; }

static enum parse client_hello(struct signal_ctx *ctx, struct cursor *bytes, struct tls_flight *f, size_t count)
{
	struct tls_hello hello;
	if (!tls_client_hello_read(cursor_of(f->at, count), &hello))
		return unreadable(ctx);
	tls_client_hello_put(ctx, &hello, 't');
	tls_exhibit_put(ctx, IND_CLIENT, bytes->p, tls_flight_end(f, count), &hello);
	ctx->state[0] |= HELLO_SEEN;
	*ctx->shared |= hello.early_data ? client_early : 0;
	*bytes = f->stream;
	return f->have > count || f->record_left > 0 || (*ctx->shared & server_chose) ? PARSE_DONE : PARSE_MORE;
}

/* RFC 5246 section 7.4.2: the first certificate of the list, if a Certificate comes next and holds one. */
static enum tls_flight_read leaf_find(struct signal_ctx *ctx, struct tls_flight *f, size_t *count)
{
	enum tls_flight_read got = tls_flight_fill(f, TLS_MESSAGE_HEADER_BYTES);
	if (got != TLS_FLIGHT_OK)
		return got;
	if (f->at[0] != TLS_CERTIFICATE || be24(f->at + 1) < LEAF_HEAD_BYTES - TLS_MESSAGE_HEADER_BYTES)
		return TLS_FLIGHT_END;
	got = tls_flight_fill(f, LEAF_HEAD_BYTES);
	if (got != TLS_FLIGHT_OK)
		return got;
	size_t message = be24(f->at + 1), list = be24(f->at + 4);
	*count = be24(f->at + 7);
	if (list + 3 > message || *count + 3 > list || *count == 0) {
		signal_malformed(ctx);
		return TLS_FLIGHT_END;
	}
	return tls_flight_fill(f, LEAF_HEAD_BYTES + *count);
}

static enum parse leaf(struct signal_ctx *ctx, struct cursor *bytes, struct tls_flight *f, const struct tls_hello *hello,
	const uint8_t *hello_end)
{
	size_t count = 0;
	enum tls_flight_read got = leaf_find(ctx, f, &count);
	if (got == TLS_FLIGHT_MORE && !ctx->at_end)
		return ended(ctx, bytes, f, got);
	if (got == TLS_FLIGHT_BAD)
		signal_malformed(ctx);
	if (got == TLS_FLIGHT_OK)
		x509_put(ctx, IND_SERVER, cursor_of(f->at + LEAF_HEAD_BYTES, count));
	tls_exhibit_put(ctx, IND_SERVER, bytes->p, got == TLS_FLIGHT_OK ? tls_flight_end(f, LEAF_HEAD_BYTES + count) : hello_end, hello);
	if (got == TLS_FLIGHT_BAD || !hello->ticket_comes || !signal_wanted(ctx, IND_SIG_TLS_TICKET))
		return PARSE_DONE;
	ctx->state[0] |= TICKET_SOUGHT;
	return tls_ticket_see(ctx, bytes, f, &ctx->state[1]);
}

static enum parse server_hello(struct signal_ctx *ctx, struct cursor *bytes, struct tls_flight *f, size_t count)
{
	struct tls_hello hello;
	if (!tls_server_hello_read(cursor_of(f->at, count), &hello))
		return unreadable(ctx);
	if (!(ctx->state[0] & SERVER_HELLO_PUT))
		tls_server_hello_put(ctx, &hello);
	ctx->state[0] |= HELLO_SEEN | SERVER_HELLO_PUT;
	const uint8_t *end = tls_flight_end(f, count);
	if (hello.retry) {
		tls_exhibit_put(ctx, IND_SERVER, bytes->p, end, &hello);
		ctx->state[0] &= ~(uint64_t)SERVER_HELLO_PUT;
		*bytes = f->stream;
		return f->have > count || f->record_left > 0 ? PARSE_DONE : PARSE_MORE;
	}
	*ctx->shared |= server_chose;
	/* The client's Finished covers the server's random and key share (RFC 8446 section 4.4.4, RFC 5246 section 7.4.9). */
	ctx->turn = !(*ctx->shared & client_early);
	if (hello.version > TLS_1_2) {
		tls_exhibit_put(ctx, IND_SERVER, bytes->p, end, &hello);
		return PARSE_DONE;
	}
	tls_flight_pass(f, count);
	f->stop_at_cipher_spec = true;
	return leaf(ctx, bytes, f, &hello, end);
}

/* One hello, with what belongs to it. */
static enum parse message_see(struct signal_ctx *ctx, struct cursor *bytes, struct tls_flight *f)
{
	tls_flight_start(f, *bytes, false);
	enum tls_flight_read got = tls_flight_fill(f, PROBE_HANDSHAKE_BYTES);
	if (got != TLS_FLIGHT_OK)
		return ended(ctx, bytes, f, got);
	if (!hello_starts(f->at, f->have))
		return ctx->state[0] & HELLO_SEEN ? PARSE_DONE : PARSE_NOT;
	size_t count = TLS_MESSAGE_HEADER_BYTES + be24(f->at + 1);
	got = tls_flight_fill(f, count);
	if (got != TLS_FLIGHT_OK)
		return ended(ctx, bytes, f, got);
	return f->at[0] == TLS_CLIENT_HELLO ? client_hello(ctx, bytes, f, count) : server_hello(ctx, bytes, f, count);
}

static enum parse tls_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct tls_flight f;
	ctx->need = 0;
	if (ctx->state[0] & TICKET_SOUGHT)
		return tls_ticket_see(ctx, bytes, &f, &ctx->state[1]);
	if (!(ctx->state[0] & HELLO_SEEN) && cursor_left(bytes) && (bytes->p[0] & SSL2_HEADER))
		return tls_ssl2_see(ctx, bytes);
	for (;;) {
		if ((ctx->state[0] & HELLO_SEEN) && !(ctx->state[0] & SERVER_HELLO_PUT) && (*ctx->shared & server_chose))
			return PARSE_DONE;
		enum parse outcome = message_see(ctx, bytes, &f);
		if (outcome != PARSE_MORE || ctx->need)
			return outcome;
	}
}

const struct signal_stream_parser tls_parser = { "tls", tls_probe, TLS_HANDSHAKE, tls_see };
