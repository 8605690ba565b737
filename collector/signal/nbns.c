/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/nbns.h"

#include "base/hash.h"

/* RFC 1001 section 14.1 (first-level encoding), RFC 1002 sections 4.2 (name service) and 4.4 (datagram service). */

enum { PORT_NAME = 137, PORT_DATAGRAM = 138, NAME_BYTES = 16, ENCODED_BYTES = 32, LABEL_POINTER = 0xc0, CLASS_IN = 1, NAMES_MAX = 32 };
enum { FLAG_RESPONSE = 0x8000, FLAG_RECURSION = 0x0080, RCODE = 0x000f };
enum opcode { OP_QUERY = 0, OP_REGISTRATION = 5, OP_REFRESH = 8, OP_REFRESH_OTHER = 9, OP_MULTIHOMED = 15 };
enum type { TYPE_NB = 0x20, TYPE_NBSTAT = 0x21 };
enum { DATAGRAM_UNIQUE = 0x10, DATAGRAM_BROADCAST = 0x12, DATAGRAM_HEAD_BYTES = 14 };

/* The sixteenth byte says what the name is for: shown in hexadecimal behind it. Padding is left out. */
static void name_put(struct signal_ctx *ctx, enum ind_side side, const uint8_t name[static NAME_BYTES])
{
	char text[NAME_BYTES + 4];
	size_t used = NAME_BYTES - 1;
	while (used && (name[used - 1] == ' ' || name[used - 1] == 0))
		used--;
	if (used == 0)
		return;
	memcpy(text, name, used);
	char suffix[3];
	hash_hex(&name[NAME_BYTES - 1], 1, suffix);
	text[used++] = '<';
	text[used++] = suffix[0];
	text[used++] = suffix[1];
	text[used++] = '>';
	signal_put_wire(ctx, IND_SIG_NBNS_NAME, side, text, used);
}

/* One label of 32 letters A to P, two for each byte; then the scope, as labels or a pointer. */
static bool name_read(struct cursor *c, uint8_t name[static NAME_BYTES])
{
	if (cursor_u8(c) != ENCODED_BYTES)
		return false;
	for (int i = 0; i < NAME_BYTES; i++) {
		unsigned high = cursor_u8(c) - (unsigned)'A', low = cursor_u8(c) - (unsigned)'A';
		if (high > 15 || low > 15)
			return false;
		name[i] = (uint8_t)(high << 4 | low);
	}
	for (uint8_t length = cursor_u8(c); length; length = cursor_u8(c)) {
		bool pointer = length >= LABEL_POINTER;
		cursor_skip(c, pointer ? 1 : length);
		if (pointer)
			break;
	}
	return cursor_ok(c);
}

struct header {
	uint16_t flags, questions, answers;
};

static struct header header_read(struct cursor *c)
{
	struct header header;
	cursor_skip(c, 2);
	header.flags = cursor_be16(c);
	header.questions = cursor_be16(c);
	header.answers = cursor_be16(c);
	cursor_skip(c, 4);
	return header;
}

/* RFC 1002 section 4.2.18: the names of the node itself; the statistics behind them are left out of the exhibit. */
static bool status_see(struct signal_ctx *ctx, struct cursor *c)
{
	unsigned count = cursor_u8(c);
	bool seen = false;
	for (unsigned i = 0; i < count && i < NAMES_MAX; i++) {
		const uint8_t *name = cursor_take(c, NAME_BYTES);
		cursor_skip(c, 2);
		if (!cursor_ok(c))
			break;
		name_put(ctx, IND_SERVER, name);
		seen = true;
	}
	return seen;
}

/* An answer without "recursion available" is given by a holder of the name (RFC 1002 section 4.2.1.1), not by a name server. */
static bool response_see(struct signal_ctx *ctx, struct cursor *c, const struct header *header)
{
	uint8_t name[NAME_BYTES];
	if (header->flags & RCODE || header->answers == 0 || header->questions || !name_read(c, name))
		return false;
	unsigned type = cursor_be16(c), class = cursor_be16(c);
	cursor_skip(c, 6);
	if (!cursor_ok(c) || class != CLASS_IN)
		return false;
	if (type == TYPE_NBSTAT)
		return status_see(ctx, c);
	if (type != TYPE_NB || header->flags & FLAG_RECURSION)
		return false;
	name_put(ctx, IND_SERVER, name);
	return true;
}

static enum parse name_service_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	const uint8_t *start = bytes->p;
	struct header header = header_read(bytes);
	unsigned opcode = header.flags >> 11 & 15;
	uint8_t name[NAME_BYTES];
	if (!cursor_ok(bytes))
		return PARSE_NOT;
	if (header.flags & FLAG_RESPONSE) {
		if (opcode != OP_QUERY || !response_see(ctx, bytes, &header))
			return PARSE_NOT;
		signal_put_exhibit(ctx, IND_EXHIBIT_DATAGRAM, IND_SERVER, start, (size_t)(bytes->p - start), false);
		return PARSE_DONE;
	}
	bool claims = opcode == OP_REGISTRATION || opcode == OP_REFRESH || opcode == OP_REFRESH_OTHER || opcode == OP_MULTIHOMED;
	if (header.questions != 1 || !name_read(bytes, name))
		return PARSE_NOT;
	if (!claims)
		return PARSE_DONE;
	name_put(ctx, IND_CLIENT, name);
	signal_put_exhibit(ctx, IND_EXHIBIT_DATAGRAM, IND_CLIENT, start, (size_t)(bytes->p - start), false);
	return PARSE_DONE;
}

/* The source name; the content is left alone. */
static enum parse datagram_service_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	const uint8_t *start = bytes->p;
	uint8_t name[NAME_BYTES];
	unsigned type = cursor_u8(bytes);
	if (type < DATAGRAM_UNIQUE || type > DATAGRAM_BROADCAST)
		return PARSE_NOT;
	cursor_skip(bytes, DATAGRAM_HEAD_BYTES - 1);
	if (!name_read(bytes, name))
		return PARSE_NOT;
	name_put(ctx, IND_CLIENT, name);
	signal_put_exhibit(ctx, IND_EXHIBIT_DATAGRAM, IND_CLIENT, start, (size_t)(bytes->p - start), false);
	return PARSE_DONE;
}

static enum parse udp_see(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2])
{
	if (port[0] == PORT_NAME || port[1] == PORT_NAME)
		return name_service_see(ctx, bytes);
	if (port[0] == PORT_DATAGRAM || port[1] == PORT_DATAGRAM)
		return datagram_service_see(ctx, bytes);
	return PARSE_NOT;
}

const struct signal_datagram_parser nbns_parser = { "nbns", udp_see };
