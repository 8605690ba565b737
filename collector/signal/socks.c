/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/socks.h"

/* SOCKS 5: RFC 1928 sections 3, 4 and 6, RFC 1929. SOCKS 4 and 4a: the protocol memoranda of Y.-D. Lee (NEC).
 * Single messages are too weak a sign, so a direction is only taken for SOCKS when all it has to say before the relayed bytes is there. */

enum {
	VERSION_4 = 4, VERSION_5 = 5, AUTH_VERSION = 1, METHOD_NONE = 0, METHOD_PASSWORD = 2, METHODS_MAX = 16,
	TYPE_IP4 = 1, TYPE_NAME = 3, TYPE_IP6 = 4, COMMAND_MAX = 3, REPLY_MAX = 8, V4_COMMAND_MAX = 2, V4_GRANTED = 0x5a, V4_TEXT_MAX = 255,
};

static enum probe yes_or_more(const struct cursor *c) { return cursor_ok(c) ? PROBE_YES : PROBE_MORE; }

/* Address and port at the end of a request or reply. */
static enum probe address_read(struct cursor *c)
{
	unsigned type = cursor_u8(c);
	if (!cursor_ok(c))
		return PROBE_MORE;
	if (type == TYPE_NAME) {
		size_t length = cursor_u8(c);
		if (cursor_ok(c) && length == 0)
			return PROBE_NO;
		cursor_skip(c, length);
	} else if (type == TYPE_IP4 || type == TYPE_IP6) {
		cursor_skip(c, type == TYPE_IP4 ? 4 : 16);
	} else {
		return PROBE_NO;
	}
	cursor_skip(c, 2);
	return yes_or_more(c);
}

/* Version, command or reply, reserved octet, address. */
static enum probe request_read(struct cursor *c, unsigned code_min, unsigned code_max)
{
	uint8_t head[3];
	for (int i = 0; i < 3; i++) {
		head[i] = cursor_u8(c);
		if (!cursor_ok(c))
			return PROBE_MORE;
		bool fits = i == 0 ? head[0] == VERSION_5 : i == 1 ? head[1] >= code_min && head[1] <= code_max : head[2] == 0;
		if (!fits)
			return PROBE_NO;
	}
	return address_read(c);
}

static enum probe methods_read(struct cursor *c, size_t count)
{
	bool known = false;
	if (count == 0 || count > METHODS_MAX)
		return PROBE_NO;
	for (size_t i = 0; i < count; i++) {
		uint8_t method = cursor_u8(c);
		if (!cursor_ok(c))
			return PROBE_MORE;
		known |= method == METHOD_NONE || method == METHOD_PASSWORD;
	}
	return known ? PROBE_YES : PROBE_NO;
}

static enum probe client5_read(struct cursor *c, unsigned method_count)
{
	enum probe methods = methods_read(c, method_count);
	if (methods != PROBE_YES)
		return methods;
	if (cursor_left(c) && *c->p == AUTH_VERSION) {
		cursor_skip(c, 1);
		cursor_skip(c, cursor_u8(c));
		cursor_skip(c, cursor_u8(c));
		if (!cursor_ok(c))
			return PROBE_MORE;
	}
	return request_read(c, 1, COMMAND_MAX);
}

static enum probe server5_read(struct cursor *c, unsigned method)
{
	if (method == METHOD_PASSWORD) {
		unsigned version = cursor_u8(c), status = cursor_u8(c);
		if (!cursor_ok(c))
			return PROBE_MORE;
		if (version != AUTH_VERSION || status != 0)
			return PROBE_NO;
	}
	return request_read(c, 0, REPLY_MAX);
}

/* One method that is 0 or 2 looks like a server's choice, and a server's choice like a count of methods: what follows tells. */
static enum probe read5(struct cursor *c)
{
	unsigned second = cursor_u8(c);
	if (!cursor_ok(c))
		return PROBE_MORE;
	struct cursor client = *c, server = *c;
	enum probe as_client = client5_read(&client, second);
	enum probe as_server = second == METHOD_NONE || second == METHOD_PASSWORD ? server5_read(&server, second) : PROBE_NO;
	*c = as_client == PROBE_YES ? client : server;
	if (as_client == PROBE_YES || as_server == PROBE_YES)
		return PROBE_YES;
	return as_client == PROBE_MORE || as_server == PROBE_MORE ? PROBE_MORE : PROBE_NO;
}

/* Printable text and its NUL. */
static enum probe text_read(struct cursor *c)
{
	for (int i = 0; i <= V4_TEXT_MAX; i++) {
		uint8_t byte = cursor_u8(c);
		if (!cursor_ok(c))
			return PROBE_MORE;
		if (byte == 0)
			return PROBE_YES;
		if (byte < 0x20 || byte == 0x7f)
			return PROBE_NO;
	}
	return PROBE_NO;
}

static enum probe client4_read(struct cursor *c)
{
	unsigned command = cursor_u8(c);
	if (cursor_ok(c) && (command == 0 || command > V4_COMMAND_MAX))
		return PROBE_NO;
	unsigned port = cursor_be16(c);
	uint32_t addr = cursor_be32(c);
	if (!cursor_ok(c))
		return PROBE_MORE;
	bool named = addr != 0 && addr <= 0xff;
	if (port == 0 || (!named && (addr >> 24 == 0 || (addr & 0xff) == 0)))
		return PROBE_NO;
	enum probe user = text_read(c);
	return user == PROBE_YES && named ? text_read(c) : user;
}

/* A granted request. Over TCP a DNS message of 90 bytes begins so as well: known by its flags and its one question. */
static enum probe server4_read(struct cursor *c)
{
	unsigned reply = cursor_u8(c);
	if (cursor_ok(c) && reply != V4_GRANTED)
		return PROBE_NO;
	cursor_skip(c, 2);
	uint32_t addr = cursor_be32(c);
	if (!cursor_ok(c))
		return PROBE_MORE;
	return addr != 1 && (addr & 0x7800ffff) == 1 ? PROBE_NO : PROBE_YES;
}

static enum probe handshake_read(struct cursor *c)
{
	if (cursor_left(c) == 0)
		return PROBE_MORE;
	switch (cursor_u8(c)) {
	case VERSION_5: return read5(c);
	case VERSION_4: return client4_read(c);
	case 0: return server4_read(c);
	default: return PROBE_NO;
	}
}

static enum probe socks_probe(struct cursor bytes)
{
	return handshake_read(&bytes);
}

static enum parse socks_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor behind = *bytes;
	enum probe probe = handshake_read(&behind);
	ctx->need = 0;
	ctx->skip = 0;
	if (probe == PROBE_YES)
		*bytes = behind;
	return probe == PROBE_YES ? PARSE_NEXT : probe == PROBE_MORE ? PARSE_MORE : PARSE_NOT;
}

const struct signal_stream_parser socks_parser = { "socks", socks_probe, -1, socks_see };
