/* SPDX-License-Identifier: Apache-2.0 */
/* The clear part of a DTLS handshake (RFC 6347 section 4.2): ClientHello, again after a HelloVerifyRequest, from one side, ServerHello and
 * the leaf certificate from the other. Messages come in fragments, and fragments in any order. */
#include "signal/dtls.h"

#include "flow/gather.h"
#include "signal/tls_hello.h"
#include "signal/x509.h"

enum { HELLO_VERIFY_REQUEST = 3, HELLO_MIN_BYTES = 34, LOOKS_MAX = 32 };

/* What is gathered: a hello with the header that it has over TCP, and behind its place the beginning of a Certificate message. */
enum { HELLO_MAX_BYTES = 8192, CERTIFICATE_AT = HELLO_MAX_BYTES, CERTIFICATE_MAX_BYTES = GATHER_BYTES - CERTIFICATE_AT, LENGTH_BYTES = 3 };

/* What is kept of a conversation. */
struct dtls {
	uint16_t sequence[2]; /* of the hello that is being gathered, by way */
	uint8_t client_way;
	uint8_t has_roles, has_server_hello, has_certificate;
	uint8_t looks;
};
_Static_assert(sizeof(struct dtls) <= SIGNAL_KEPT_BYTES, "a conversation fits what is kept");

/* One datagram's worth of work. */
struct reading {
	struct signal_ctx *ctx;
	struct dtls *d;
	struct gather *gather;
	const uint8_t *start, *end; /* of the datagram; of what was read of it */
	const uint8_t *hello_at;    /* a hello that stands whole in the datagram, NULL: none */
	struct tls_hello hello;
	bool whole, fresh; /* the datagram completed something; it brought a part of something */
	bool torn;         /* it holds a part of a hello, whose secrets are not known */
	bool over;
};

static bool dtls_begins(struct cursor bytes)
{
	struct dtls_record record;
	struct dtls_fragment f;
	if (cursor_left(&bytes) == 0 || bytes.p[0] != DTLS_HANDSHAKE || !dtls_record_read(&bytes, &record))
		return false;
	if (!dtls_fragment_read(&record.content, &f))
		return false;
	return f.type == HELLO_VERIFY_REQUEST ||
		((f.type == TLS_CLIENT_HELLO || f.type == TLS_SERVER_HELLO) && f.length >= HELLO_MIN_BYTES);
}

static void malformed(struct reading *r)
{
	signal_malformed(r->ctx);
	r->over = true;
}

static bool is_client(const struct reading *r) { return r->d->has_roles && r->ctx->way == r->d->client_way; }

static void role_set(struct reading *r, bool client)
{
	if (r->d->has_roles)
		return;
	r->d->has_roles = 1;
	r->d->client_way = client ? r->ctx->way : !r->ctx->way;
}

static void client_hello_see(struct reading *r, struct cursor message)
{
	if (!tls_client_hello_read(message, &r->hello)) {
		malformed(r);
		return;
	}
	tls_client_hello_put(r->ctx, &r->hello, 'd');
	r->whole = true;
}

static void server_hello_see(struct reading *r, struct cursor message)
{
	if (!tls_server_hello_read(message, &r->hello)) {
		malformed(r);
		return;
	}
	tls_server_hello_put(r->ctx, &r->hello);
	r->whole = true;
	if (r->hello.retry)
		return;
	r->d->has_server_hello = 1;
	if (r->hello.version == TLS_DTLS_1_3)
		r->d->has_certificate = 1; /* it will not be seen */
}

static void hello_see(struct reading *r, uint8_t type, struct cursor message)
{
	if (type == TLS_CLIENT_HELLO)
		client_hello_see(r, message);
	else
		server_hello_see(r, message);
}

/* A hello in one piece is read where it is: what stands before its body is passed over, be it a header or the end of one. */
static void hello_fragment_see(struct reading *r, const struct dtls_fragment *f)
{
	bool client = f->type == TLS_CLIENT_HELLO, only = !r->hello_at && !r->torn;
	role_set(r, client);
	r->torn = true;
	if (client != is_client(r) || (client ? r->d->has_server_hello : r->d->has_server_hello && r->d->has_certificate))
		return;
	if (f->length < HELLO_MIN_BYTES || f->length > HELLO_MAX_BYTES - TLS_MESSAGE_HEADER_BYTES) {
		malformed(r);
		return;
	}
	if (cursor_left(&f->bytes) == f->length) {
		r->hello_at = f->bytes.p - TLS_MESSAGE_HEADER_BYTES;
		hello_see(r, f->type, cursor_of(r->hello_at, TLS_MESSAGE_HEADER_BYTES + f->length));
		r->torn = !only || r->over;
		return;
	}
	static const uint8_t header[TLS_MESSAGE_HEADER_BYTES] = { 0 };
	bool is_new, ignored;
	if (r->d->sequence[r->ctx->way] != f->sequence)
		gather_drop(r->gather);
	r->d->sequence[r->ctx->way] = f->sequence;
	gather_put(r->gather, 0, header, sizeof header, &ignored);
	gather_put(r->gather, TLS_MESSAGE_HEADER_BYTES + f->offset, f->bytes.p, cursor_left(&f->bytes), &is_new);
	struct cursor there = gather_view(r->gather, 0);
	if (is_new && cursor_left(&there) >= TLS_MESSAGE_HEADER_BYTES + f->length)
		hello_see(r, f->type, cursor_of(there.p, TLS_MESSAGE_HEADER_BYTES + f->length));
}

/* RFC 5246 section 7.4.2: a list of certificates, the server's own first. `body` is as much of the message as there is. */
static bool leaf_see(struct reading *r, struct cursor body, uint32_t length)
{
	uint32_t list = cursor_be24(&body), count = cursor_be24(&body);
	if (!cursor_ok(&body))
		return false;
	if (list + LENGTH_BYTES > length || count + LENGTH_BYTES > list || count == 0 || count > CERTIFICATE_MAX_BYTES - 2 * LENGTH_BYTES) {
		malformed(r);
		return false;
	}
	struct cursor certificate = cursor_sub(&body, count);
	if (!cursor_ok(&certificate))
		return false;
	x509_put(r->ctx, IND_SERVER, certificate);
	r->d->has_certificate = 1;
	r->whole = true;
	return true;
}

static void certificate_fragment_see(struct reading *r, const struct dtls_fragment *f)
{
	if (!r->d->has_roles || is_client(r) || r->d->has_certificate || f->length < 2 * LENGTH_BYTES)
		return;
	if (f->offset == 0 && leaf_see(r, f->bytes, f->length))
		return;
	if (r->over || f->offset >= CERTIFICATE_MAX_BYTES)
		return;
	size_t room = CERTIFICATE_MAX_BYTES - f->offset, count = cursor_left(&f->bytes) < room ? cursor_left(&f->bytes) : room;
	bool is_new;
	gather_put(r->gather, CERTIFICATE_AT + f->offset, f->bytes.p, count, &is_new);
	r->fresh |= is_new;
	if (is_new)
		leaf_see(r, gather_view(r->gather, CERTIFICATE_AT), f->length);
}

static void handshake_see(struct reading *r, struct cursor content)
{
	struct dtls_fragment f;
	while (cursor_left(&content) && !r->over) {
		if (!dtls_fragment_read(&content, &f)) {
			malformed(r);
			return;
		}
		if (f.type == TLS_CLIENT_HELLO || f.type == TLS_SERVER_HELLO)
			hello_fragment_see(r, &f);
		else if (f.type == HELLO_VERIFY_REQUEST)
			role_set(r, false);
		else if (f.type == TLS_CERTIFICATE)
			certificate_fragment_see(r, &f);
	}
}

/* The datagram as far as it is clear, without what could resume the session (tls_hello.h). */
static void masked_show(const struct reading *r, enum ind_side side, size_t count)
{
	uint8_t copy[IND_EXHIBIT_MAX_BYTES];
	if (count > sizeof copy)
		count = sizeof copy;
	memcpy(copy, r->start, count);
	for (size_t i = 0; i < r->hello.secrets; i++) {
		size_t from = (size_t)(r->hello_at - r->start) + r->hello.secret[i].from,
		       to = from + r->hello.secret[i].to - r->hello.secret[i].from;
		if (to <= count)
			memset(copy + from, 'x', to - from);
	}
	signal_put_exhibit(r->ctx, IND_EXHIBIT_DATAGRAM, side, copy, count, true);
}

static void datagram_show(const struct reading *r)
{
	enum ind_side side = is_client(r) ? IND_CLIENT : IND_SERVER;
	size_t count = (size_t)(r->end - r->start);
	if (!r->ctx->sink->wants_exhibits)
		return;
	if (r->torn) {
		if (r->whole && r->ctx->sink->exhibit_cut)
			r->ctx->sink->exhibit_cut(r->ctx->sink->ctx);
	} else if (r->hello_at && r->hello.secrets) {
		masked_show(r, side, count);
	} else if (r->whole) {
		signal_put_exhibit(r->ctx, IND_EXHIBIT_DATAGRAM, side, r->start, count, false);
	} else if (r->fresh) {
		signal_put_exhibit_part(r->ctx, IND_EXHIBIT_DATAGRAM, side, r->start, count);
	}
}

/* What encryption is switched on by: the clear part is over, for both sides (RFC 5246 section 7.3). */
static bool all_said(const struct reading *r, const struct dtls_record *record)
{
	return r->over || (record->type == DTLS_CHANGE_CIPHER_SPEC && r->d->has_server_hello) ||
		(r->d->has_server_hello && r->d->has_certificate);
}

static enum parse dtls_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct reading r = { .ctx = ctx, .d = ctx->kept, .gather = &ctx->gather[ctx->way], .start = bytes->p, .end = bytes->p };
	struct dtls_record record;
	bool over = false;
	while (!over && cursor_left(bytes) && dtls_record_read(bytes, &record)) {
		if (record.type == DTLS_HANDSHAKE)
			handshake_see(&r, record.content);
		r.end = bytes->p;
		over = all_said(&r, &record);
	}
	if (r.end == r.start)
		return PARSE_NOT;
	datagram_show(&r);
	if (over || ++r.d->looks >= LOOKS_MAX) {
		gather_drop(&ctx->gather[0]);
		gather_drop(&ctx->gather[1]);
		return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct signal_conversation_parser dtls_parser = { "dtls", dtls_begins, dtls_see };
