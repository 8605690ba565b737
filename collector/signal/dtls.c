/* SPDX-License-Identifier: Apache-2.0 */
/* The clear part of a DTLS handshake (RFC 6347 section 4.2): ClientHello, again after a HelloVerifyRequest, from one side, ServerHello, the
 * leaf certificate and the session ticket from the other. Messages come in fragments, and fragments in any order. */
#include "signal/dtls.h"

#include "flow/gather.h"
#include "signal/tls_hello.h"
#include "signal/tls_ticket.h"
#include "signal/x509.h"

enum { HELLO_VERIFY_REQUEST = 3, HELLO_MIN_BYTES = 34, LOOKS_MAX = 64, COVERS_MAX = 8, LENGTH_BYTES = 3 };

/* What is gathered: a hello with the header that it has over TCP; of a server behind its place a NewSessionTicket, and behind that the
 * beginning of a Certificate message. */
enum { CLIENT_HELLO_MAX_BYTES = 8192, SERVER_HELLO_MAX_BYTES = 4096 };
enum { TICKET_AT = SERVER_HELLO_MAX_BYTES, CERTIFICATE_AT = 8192, TICKET_MAX_BYTES = CERTIFICATE_AT - TICKET_AT };
enum { CERTIFICATE_MAX_BYTES = GATHER_BYTES - CERTIFICATE_AT };

/* What is kept of a conversation. */
struct dtls {
	uint32_t sequence[2]; /* of the hello that is being gathered, by way, counted from 1; 0: none yet */
	uint8_t client_way;
	uint8_t has_roles, has_server_hello, has_certificate;
	uint8_t has_ticket, ticket_comes;
	uint8_t looks;
};
_Static_assert(sizeof(struct dtls) <= SIGNAL_KEPT_BYTES, "a conversation fits what is kept");

/* One datagram's worth of work. */
struct reading {
	struct signal_ctx *ctx;
	struct dtls *d;
	struct gather *gather;
	const uint8_t *start, *end; /* of the datagram; of what was read of it */
	struct tls_hello hello;
	struct tls_span cover[COVERS_MAX]; /* what could resume the session (tls_hello.h): offsets in the datagram */
	size_t covers;
	bool in_place;     /* a hello stands whole in the datagram */
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

/* Beyond the list the last one grows: it may hide more than needed, never less. */
static void cover(struct reading *r, const uint8_t *from, const uint8_t *to)
{
	struct tls_span span = { (uint32_t)(from - r->start), (uint32_t)(to - r->start) };
	if (r->covers < COVERS_MAX)
		r->cover[r->covers++] = span;
	else
		r->cover[COVERS_MAX - 1].to = span.to;
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
	else
		r->d->ticket_comes = r->hello.ticket_comes && signal_wanted(r->ctx, IND_SIG_TLS_TICKET);
}

static void hello_see(struct reading *r, uint8_t type, struct cursor message)
{
	if (type == TLS_CLIENT_HELLO)
		client_hello_see(r, message);
	else
		server_hello_see(r, message);
}

/* A hello in one piece is read where it is: what stands before its body is passed over, be it a header or the end of one. */
static void hello_in_place_see(struct reading *r, const struct dtls_fragment *f)
{
	const uint8_t *at = f->bytes.p - TLS_MESSAGE_HEADER_BYTES;
	r->in_place = true;
	hello_see(r, f->type, cursor_of(at, TLS_MESSAGE_HEADER_BYTES + f->length));
	for (size_t i = 0; i < r->hello.secrets; i++)
		cover(r, at + r->hello.secret[i].from, at + r->hello.secret[i].to);
}

static void hello_fragment_see(struct reading *r, const struct dtls_fragment *f)
{
	bool client = f->type == TLS_CLIENT_HELLO, only = !r->in_place && !r->torn;
	role_set(r, client);
	r->torn = true;
	if (client != is_client(r) || (client ? r->d->has_server_hello : r->d->has_server_hello && r->d->has_certificate))
		return;
	size_t room = (client ? CLIENT_HELLO_MAX_BYTES : SERVER_HELLO_MAX_BYTES) - TLS_MESSAGE_HEADER_BYTES;
	if (f->length < HELLO_MIN_BYTES || f->length > room) {
		malformed(r);
		return;
	}
	if (cursor_left(&f->bytes) == f->length) {
		hello_in_place_see(r, f);
		r->torn = !only || r->over;
		return;
	}
	static const uint8_t header[TLS_MESSAGE_HEADER_BYTES] = { 0 };
	bool is_new, ignored;
	uint32_t *sequence = &r->d->sequence[r->ctx->way];
	if (*sequence && *sequence != f->sequence + 1u)
		gather_drop(r->gather);
	*sequence = f->sequence + 1u;
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

static void ticket_see(struct reading *r, struct cursor message)
{
	r->d->has_ticket = 1;
	tls_ticket_put(r->ctx, message);
}

/* It may come before the hello that announces it, and again. Whether it is told or not, what it holds is shown to nobody. */
static void ticket_fragment_see(struct reading *r, const struct dtls_fragment *f)
{
	size_t count = cursor_left(&f->bytes), head = f->offset < TLS_TICKET_AT ? TLS_TICKET_AT - f->offset : 0;
	bool is_new;
	if (head < count)
		cover(r, f->bytes.p + head, f->bytes.end);
	if (!r->d->has_roles || is_client(r) || r->d->has_ticket || !signal_wanted(r->ctx, IND_SIG_TLS_TICKET))
		return;
	if (count == f->length) {
		ticket_see(r, f->bytes);
		return;
	}
	if (f->length > TICKET_MAX_BYTES)
		return;
	gather_put(r->gather, TICKET_AT + f->offset, f->bytes.p, count, &is_new);
	struct cursor there = gather_view(r->gather, TICKET_AT);
	if (is_new && cursor_left(&there) >= f->length)
		ticket_see(r, cursor_of(there.p, f->length));
}

static void handshake_see(struct reading *r, struct cursor content)
{
	struct dtls_fragment f;
	while (cursor_left(&content) && !r->over) {
		const uint8_t *at = content.p;
		if (!dtls_fragment_read(&content, &f)) {
			malformed(r);
			cover(r, at, content.end);
			return;
		}
		if (f.type == TLS_CLIENT_HELLO || f.type == TLS_SERVER_HELLO)
			hello_fragment_see(r, &f);
		else if (f.type == HELLO_VERIFY_REQUEST)
			role_set(r, false);
		else if (f.type == TLS_CERTIFICATE)
			certificate_fragment_see(r, &f);
		else if (f.type == TLS_NEW_SESSION_TICKET)
			ticket_fragment_see(r, &f);
	}
}

/* The datagram as far as it is clear, without what is covered. */
static void masked_show(const struct reading *r, enum ind_side side, size_t count)
{
	uint8_t copy[IND_EXHIBIT_MAX_BYTES];
	if (count > sizeof copy)
		count = sizeof copy;
	memcpy(copy, r->start, count);
	for (size_t i = 0; i < r->covers; i++) {
		size_t from = r->cover[i].from, to = r->cover[i].to < count ? r->cover[i].to : count;
		if (from < to)
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
	} else if (r->whole && r->covers) {
		masked_show(r, side, count);
	} else if (r->whole) {
		signal_put_exhibit(r->ctx, IND_EXHIBIT_DATAGRAM, side, r->start, count, false);
	} else if (r->fresh && !r->covers) {
		signal_put_exhibit_part(r->ctx, IND_EXHIBIT_DATAGRAM, side, r->start, count);
	}
}

/* What encryption is switched on by: the clear part is over, for both sides (RFC 5246 section 7.3). A server issues its ticket after the
 * client's ChangeCipherSpec and before its own (RFC 5077 section 3.1), which may overtake it: a ticket that is announced is waited for. */
static bool all_said(const struct reading *r, const struct dtls_record *record)
{
	const struct dtls *d = r->d;
	if (r->over || !d->has_server_hello || (d->ticket_comes && !d->has_ticket))
		return r->over;
	return record->type == DTLS_CHANGE_CIPHER_SPEC || d->has_certificate;
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
