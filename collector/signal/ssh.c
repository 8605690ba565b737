/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4253: identification string (section 4.2), binary packets (6), KEXINIT (7.1), the reply that carries the host key (8; RFC 4419, 4432,
 * 4462, 5656 use other numbers for it). HASSH is the MD5 of some of KEXINIT's lists, as its authors published it in 2018. */
#include "signal/ssh.h"

#include "base/hash.h"

/* state[0]: how far this direction is. Banner and KEXINIT make one exhibit, so the banner stays unread until both are there. */
enum { AT_BANNER = 0, AT_KEXINIT = 1, AT_EXCHANGE = 2 };

enum { BANNER_MAX_BYTES = 512, PACKET_HEAD_BYTES = 6, PACKET_MIN = 2, PACKET_MAX = 35000, MESSAGE_MAX_BYTES = 16384, COOKIE_BYTES = 16 };
enum { ALGORITHM_MIN_BYTES = 4, ALGORITHM_MAX_BYTES = 64 };
enum { MSG_IGNORE = 2, MSG_UNIMPLEMENTED = 3, MSG_DEBUG = 4, MSG_KEXINIT = 20, MSG_NEWKEYS = 21, MSG_KEX_FIRST = 30, MSG_KEX_LAST = 34 };

/* Name-lists of a KEXINIT, in order. */
enum { KEX, HOST_KEY, CIPHER, MAC = CIPHER + 2, COMPRESSION = MAC + 2, LANGUAGE = COMPRESSION + 2, LISTS = LANGUAGE + 2 };

/* A binary packet in the clear: no MAC follows it. */
struct packet {
	uint32_t bytes;              /* of all of it, length field included */
	uint8_t message;
	struct cursor payload;       /* after the message number, as far as it is there; padding included */
};

static enum parse more(struct signal_ctx *ctx, const struct cursor *bytes, size_t missing)
{
	ctx->need = (uint32_t)(cursor_left(bytes) + missing);
	return PARSE_MORE;
}

static enum probe ssh_probe(struct cursor bytes)
{
	static const char *const versions[] = { "SSH-2.0-", "SSH-1.99-", "SSH-1.5-", "SSH-1.3-" };
	size_t left = cursor_left(&bytes);
	if (left == 0)
		return PROBE_MORE;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		size_t length = strlen(versions[i]);
		if (memcmp(bytes.p, versions[i], left < length ? left : length) == 0)
			return left < length ? PROBE_MORE : PROBE_YES;
	}
	return PROBE_NO;
}

static enum ind_side side_of(const struct signal_ctx *ctx) { return ctx->from == IND_SRC ? IND_CLIENT : IND_SERVER; }

/* Sets *line_end behind the line feed. */
static enum parse banner_find(struct signal_ctx *ctx, const struct cursor *bytes, const uint8_t **line_end)
{
	size_t left = cursor_left(bytes), look = left < BANNER_MAX_BYTES ? left : BANNER_MAX_BYTES;
	const uint8_t *feed = look ? memchr(bytes->p, '\n', look) : NULL;
	if (!feed && left < BANNER_MAX_BYTES)
		return more(ctx, bytes, 1);
	if (!feed) {
		signal_malformed(ctx);
		return PARSE_NOT;
	}
	*line_end = feed + 1;
	return PARSE_DONE;
}

static void banner_put(struct signal_ctx *ctx, const uint8_t *line, const uint8_t *line_end)
{
	size_t count = (size_t)(line_end - line) - 1;
	if (count && line[count - 1] == '\r')
		count--;
	signal_put_wire(ctx, IND_SIG_SSH_BANNER, side_of(ctx), line, count);
}

/* PARSE_DONE if the head of a packet is there, PARSE_NOT if these bytes are none: SSH 1, or encrypted. */
static enum parse packet_read(struct signal_ctx *ctx, const struct cursor *bytes, size_t before, struct packet *out)
{
	struct cursor c = cursor_of(bytes->p + before, cursor_left(bytes) - before);
	size_t left = cursor_left(&c);
	uint32_t length = cursor_be32(&c);
	uint8_t padding = cursor_u8(&c);
	out->message = cursor_u8(&c);
	if (left < PACKET_HEAD_BYTES)
		return more(ctx, bytes, PACKET_HEAD_BYTES - left);
	if (length < PACKET_MIN || length > PACKET_MAX || padding > length - PACKET_MIN)
		return PARSE_NOT;
	out->bytes = length + 4;
	out->payload = c;
	size_t rest = length - PACKET_MIN;
	if (rest < cursor_left(&c))
		out->payload.end = c.p + rest;
	return PARSE_DONE;
}

/* RFC 4253 section 7.1. */
static bool lists_read(struct cursor payload, struct cursor list[static LISTS])
{
	cursor_skip(&payload, COOKIE_BYTES);
	for (int i = 0; i < LISTS; i++) {
		list[i] = cursor_sub(&payload, cursor_be32(&payload));
		if (!cursor_ok(&list[i]))
			return false;
	}
	return true;
}

static void hassh_put(struct signal_ctx *ctx, const struct cursor list[static LISTS])
{
	bool client = side_of(ctx) == IND_CLIENT;
	const int picked[] = { KEX, CIPHER + !client, MAC + !client, COMPRESSION + !client };
	char text[MESSAGE_MAX_BYTES];
	size_t bytes = 0;
	for (size_t i = 0; i < sizeof picked / sizeof *picked; i++) {
		const struct cursor *l = &list[picked[i]];
		if (i)
			text[bytes++] = ';';
		if (cursor_left(l))
			memcpy(text + bytes, l->p, cursor_left(l));
		bytes += cursor_left(l);
	}
	uint8_t md5[HASH_MD5_BYTES];
	hash_md5(text, bytes, md5);
	signal_put_hex(ctx, client ? IND_SIG_SSH_HASSH : IND_SIG_SSH_HASSH_SERVER, side_of(ctx), md5, sizeof md5);
}

/* Reads the packet that starts `before` bytes into the unread ones; it must be a whole KEXINIT. */
static enum parse kexinit_read(struct signal_ctx *ctx, const struct cursor *bytes, size_t before, struct packet *packet)
{
	struct cursor list[LISTS];
	enum parse got = packet_read(ctx, bytes, before, packet);
	if (got != PARSE_DONE)
		return got;
	if (packet->message != MSG_KEXINIT || packet->bytes > MESSAGE_MAX_BYTES)
		return PARSE_NOT;
	if (cursor_left(bytes) < before + packet->bytes)
		return more(ctx, bytes, before + packet->bytes - cursor_left(bytes));
	if (!lists_read(packet->payload, list)) {
		signal_malformed(ctx);
		return PARSE_NOT;
	}
	hassh_put(ctx, list);
	return PARSE_DONE;
}

/* The unread bytes are a banner, and a KEXINIT follows it. */
static enum parse opening_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct packet packet;
	const uint8_t *line_end = NULL;
	enum parse got = banner_find(ctx, bytes, &line_end);
	if (got != PARSE_DONE)
		return got;
	if (ctx->state[0] == AT_BANNER)
		banner_put(ctx, bytes->p, line_end);
	ctx->state[0] = AT_KEXINIT;
	size_t seen = (size_t)(line_end - bytes->p);
	got = kexinit_read(ctx, bytes, seen, &packet);
	if (got == PARSE_MORE && !ctx->at_end)
		return got;
	if (got == PARSE_DONE)
		seen += packet.bytes;
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, side_of(ctx), bytes->p, seen, false);
	cursor_skip(bytes, seen);
	ctx->state[0] = AT_EXCHANGE;
	return got == PARSE_DONE ? PARSE_MORE : PARSE_DONE;
}

/* A host key blob starts with the name of its algorithm (RFC 4253 section 6.6); a group (RFC 4419) or a GSS token in its place does not. */
static bool is_host_key(struct cursor blob)
{
	struct cursor name = cursor_sub(&blob, cursor_be32(&blob));
	bool good = cursor_left(&name) >= ALGORITHM_MIN_BYTES && cursor_left(&name) <= ALGORITHM_MAX_BYTES;
	while (cursor_left(&name)) {
		uint8_t c = cursor_u8(&name);
		good &= c > ' ' && c < 0x7f;
	}
	return good;
}

/* PARSE_DONE with the host key put, PARSE_NOT if this packet of the key exchange has none. */
static enum parse host_key_read(struct signal_ctx *ctx, const struct cursor *bytes, const struct packet *packet)
{
	struct cursor c = packet->payload;
	size_t rest = packet->bytes - PACKET_HEAD_BYTES, there = cursor_left(&c);
	uint32_t count = cursor_be32(&c);
	if (rest < 4)
		return PARSE_NOT;
	if (there < 4)
		return more(ctx, bytes, 4 - there);
	if (count > rest - 4)
		return PARSE_NOT;
	if (there < 4 + (size_t)count)
		return more(ctx, bytes, 4 + (size_t)count - there);
	struct cursor blob = cursor_sub(&c, count);
	if (!is_host_key(blob))
		return PARSE_NOT;
	uint8_t digest[HASH_SHA256_BYTES];
	hash_sha256(blob.p, count, digest);
	signal_put_hex(ctx, IND_SIG_SSH_HOSTKEY, IND_SERVER, digest, sizeof digest);
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_SERVER, bytes->p, (size_t)(c.p - bytes->p), false);
	return PARSE_DONE;
}

/* What may come between KEXINIT and the host key. */
static bool is_passed_over(uint8_t message)
{
	return message == MSG_IGNORE || message == MSG_UNIMPLEMENTED || message == MSG_DEBUG ||
	       (message >= MSG_KEX_FIRST && message <= MSG_KEX_LAST);
}

/* PARSE_DONE with the message that a client sends once it has checked the server's signature (RFC 4253 sections 7.3 and 8). */
static enum parse new_keys_read(struct signal_ctx *ctx, struct cursor *bytes, const struct packet *packet)
{
	if (cursor_left(bytes) < packet->bytes)
		return more(ctx, bytes, packet->bytes - cursor_left(bytes));
	signal_put_number(ctx, IND_SIG_SSH_NEWKEYS, IND_CLIENT, MSG_NEWKEYS);
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_CLIENT, bytes->p, packet->bytes, false);
	return PARSE_DONE;
}

/* Of the server the host key is looked for, of the client that it went on. */
static enum parse exchange_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	bool client = side_of(ctx) == IND_CLIENT;
	for (;;) {
		struct packet packet;
		enum parse got = packet_read(ctx, bytes, 0, &packet);
		if (got == PARSE_MORE)
			return got;
		if (got == PARSE_DONE && client && packet.message == MSG_NEWKEYS)
			return new_keys_read(ctx, bytes, &packet);
		if (got == PARSE_NOT || !is_passed_over(packet.message))
			return PARSE_DONE;
		if (packet.message >= MSG_KEX_FIRST && !client) {
			got = host_key_read(ctx, bytes, &packet);
			if (got != PARSE_NOT)
				return got;
		}
		if (cursor_left(bytes) < packet.bytes)
			return more(ctx, bytes, packet.bytes - cursor_left(bytes));
		cursor_skip(bytes, packet.bytes);
	}
}

static enum parse ssh_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	ctx->need = 0;
	if (ctx->state[0] != AT_EXCHANGE) {
		enum parse got = opening_see(ctx, bytes);
		if (got != PARSE_MORE || ctx->state[0] != AT_EXCHANGE)
			return got;
	}
	return exchange_see(ctx, bytes);
}

const struct signal_stream_parser ssh_parser = { "ssh", ssh_probe, 'S', ssh_see };
