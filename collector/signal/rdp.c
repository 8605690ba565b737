/* SPDX-License-Identifier: Apache-2.0 */
/* MS-RDPBCGR section 2.2.1.1 (connection request: cookie), 2.2.1.2 (confirm: which protocol goes on), 2.2.1.3 (MCS Connect Initial with the
 * client's data), in TPKT (RFC 1006 section 6) and X.224 (class 0). */
#include "signal/rdp.h"

#include "signal/der.h"
#include "signal/utf16.h"

enum { TPKT_VERSION = 3, TPKT_BYTES = 4, REQUEST = 0xe0, CONFIRM = 0xd0, DATA = 0xf0, X224_BYTES = 7, DATA_HEAD_BYTES = 7, LAST = 0x80 };
enum { CONNECT = 0x7f, CONNECT_INITIAL = 0x65, CONNECT_RESPONSE = 0x66, OCTETS = 0x04, BOOLEAN = 0x01 };
enum {
	NEGOTIATION_RESPONSE = 2,
	NEGOTIATION_BYTES = 8,
	BLOCK_HEAD_BYTES = 4,
	BLOCK_CORE = 0xc001,
	CORE_BEFORE_BYTES = 12,
	NAME_BYTES = 32
};
enum { PDU_MAX_BYTES = 4096, KEY_MAX_AT = 64 };

/* state[0] */
enum { AT_START, AT_CONNECT };

/* The first packet of either end, or the first one that carries data where those were not captured. */
static enum probe rdp_probe(struct cursor bytes)
{
	size_t left = cursor_left(&bytes);
	const uint8_t *at = bytes.p;
	if (left == 0)
		return PROBE_MORE;
	if (at[0] != TPKT_VERSION || (left > 1 && at[1] != 0))
		return PROBE_NO;
	if (left < TPKT_BYTES + 2)
		return PROBE_MORE;
	unsigned length = (unsigned)at[2] << 8 | at[3];
	if (at[5] == REQUEST || at[5] == CONFIRM)
		return at[4] + 5U == length && at[4] + 1U >= X224_BYTES ? PROBE_YES : PROBE_NO;
	if (at[4] != 2 || at[5] != DATA)
		return PROBE_NO;
	if (left < TPKT_BYTES + 5)
		return PROBE_MORE;
	return at[7] == CONNECT && (at[8] == CONNECT_INITIAL || at[8] == CONNECT_RESPONSE) && length > TPKT_BYTES + 5 ? PROBE_YES
														      : PROBE_NO;
}

/* The packet at the head of `c`, without TPKT. False with ctx->need set, or at the end of what there is. */
static bool packet_take(struct signal_ctx *ctx, const struct cursor *bytes, struct cursor *c, struct cursor *packet)
{
	size_t before = (size_t)(c->p - bytes->p);
	struct cursor peek = *c;
	cursor_skip(&peek, 2);
	size_t length = cursor_be16(&peek);
	bool there = cursor_ok(&peek) && cursor_left(c) >= length;
	if (!there) {
		ctx->need = (uint32_t)(before + (cursor_ok(&peek) ? length : TPKT_BYTES));
		return false;
	}
	*packet = cursor_sub(c, length < DATA_HEAD_BYTES ? SIZE_MAX : length);
	cursor_skip(packet, TPKT_BYTES);
	return true;
}

/* MS-RDPBCGR section 2.2.1.1: the cookie stands where a routing token may stand instead. */
static bool cookie_put(struct signal_ctx *ctx, struct cursor c)
{
	static const char want[] = "Cookie: mstshash=";
	size_t bytes = sizeof(want) - 1, count = 0;
	cursor_skip(&c, X224_BYTES);
	if (cursor_left(&c) < bytes || memcmp(c.p, want, bytes) != 0)
		return false;
	cursor_skip(&c, bytes);
	while (count < cursor_left(&c) && c.p[count] != '\r' && c.p[count] != '\n')
		count++;
	signal_put_wire(ctx, IND_SIG_RDP_COOKIE, IND_CLIENT, c.p, count);
	return true;
}

/* MS-RDPBCGR section 2.2.1.2.1: without a response, or with protocol 0, RDP encrypts by itself, and says nothing more that is read. */
static bool hands_over(struct cursor c)
{
	cursor_skip(&c, X224_BYTES);
	if (cursor_left(&c) < NEGOTIATION_BYTES || cursor_u8(&c) != NEGOTIATION_RESPONSE)
		return false;
	cursor_skip(&c, 3);
	return cursor_le32(&c) != 0;
}

/* Ends with NUL, or with the field. */
static void client_name_put(struct signal_ctx *ctx, const uint8_t *name)
{
	size_t bytes = 0;
	while (bytes < NAME_BYTES && (name[bytes] || name[bytes + 1]))
		bytes += 2;
	utf16_put(ctx, IND_SIG_RDP_CLIENT_NAME, IND_CLIENT, name, bytes);
}

/* MS-RDPBCGR section 2.2.1.3.2. */
static bool core_put(struct signal_ctx *ctx, struct cursor c)
{
	cursor_skip(&c, CORE_BEFORE_BYTES);
	uint32_t layout = cursor_le32(&c), build = cursor_le32(&c);
	const uint8_t *name = cursor_take(&c, NAME_BYTES);
	if (!name)
		return false;
	client_name_put(ctx, name);
	signal_put_number(ctx, IND_SIG_RDP_KEYBOARD, IND_CLIENT, layout);
	signal_put_number(ctx, IND_SIG_RDP_CLIENT_BUILD, IND_CLIENT, build);
	return true;
}

/* X.691 section 10.9: up to 127, or two bytes. */
static void per_length_skip(struct cursor *c)
{
	if (cursor_u8(c) & 0x80)
		cursor_skip(c, 1);
}

/* T.124 section 8.7: what stands before the client's data ends with Microsoft's key. */
static bool user_data_enter(struct cursor *c)
{
	static const uint8_t key[] = { 'D', 'u', 'c', 'a' };
	for (int i = 0; i < KEY_MAX_AT && cursor_left(c) > sizeof(key); i++, cursor_skip(c, 1)) {
		if (memcmp(c->p, key, sizeof(key)) != 0)
			continue;
		cursor_skip(c, sizeof(key));
		per_length_skip(c);
		return cursor_ok(c);
	}
	return false;
}

/* T.125 section 11.1: Connect-Initial, whose last field is the data of the conference. */
static bool connect_put(struct signal_ctx *ctx, struct cursor c)
{
	static const uint8_t before[] = { OCTETS, OCTETS, BOOLEAN, DER_SEQUENCE, DER_SEQUENCE, DER_SEQUENCE };
	struct der field;
	cursor_skip(&c, 1);
	if (!der_enter(&c, CONNECT_INITIAL))
		return false;
	for (size_t i = 0; i < sizeof(before); i++)
		if (!der_expect(&c, before[i], &field))
			return false;
	if (!der_enter(&c, OCTETS) || !user_data_enter(&c))
		return false;
	while (cursor_left(&c)) {
		unsigned type = cursor_le16(&c), bytes = cursor_le16(&c);
		if (bytes < BLOCK_HEAD_BYTES)
			return false;
		struct cursor block = cursor_sub(&c, bytes - BLOCK_HEAD_BYTES);
		if (!cursor_ok(&block))
			return false;
		if (type == BLOCK_CORE)
			return core_put(ctx, block);
	}
	return false;
}

/* One message of MCS, which may come in several packets. */
static enum parse connect_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	uint8_t pdu[PDU_MAX_BYTES];
	size_t used = 0;
	bool last = false;
	struct cursor c = *bytes, packet;
	while (!last) {
		if (cursor_left(&c) && *c.p != TPKT_VERSION)
			return used ? PARSE_DONE : PARSE_NEXT;
		if (!packet_take(ctx, bytes, &c, &packet))
			return PARSE_MORE;
		cursor_skip(&packet, 1);
		unsigned code = cursor_u8(&packet);
		last = cursor_u8(&packet) & LAST;
		if (!cursor_ok(&packet) || code != DATA || cursor_left(&packet) > sizeof(pdu) - used)
			return PARSE_DONE;
		if (cursor_left(&packet))
			memcpy(pdu + used, packet.p, cursor_left(&packet));
		used += cursor_left(&packet);
	}
	if (used < 2 || pdu[0] != CONNECT || pdu[1] != CONNECT_INITIAL)
		return PARSE_DONE;
	if (connect_put(ctx, cursor_of(pdu, used)))
		signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_CLIENT, bytes->p, (size_t)(c.p - bytes->p), false);
	else
		signal_malformed(ctx);
	*bytes = c;
	return PARSE_DONE;
}

static enum parse rdp_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor c = *bytes, packet;
	ctx->need = 0;
	if (ctx->state[0] == AT_CONNECT || (cursor_left(bytes) > TPKT_BYTES + 1 && bytes->p[TPKT_BYTES + 1] == DATA))
		return connect_see(ctx, bytes);
	if (!packet_take(ctx, bytes, &c, &packet))
		return PARSE_MORE;
	if (!cursor_ok(&packet))
		return PARSE_NOT;
	bool is_request = packet.p[1] == REQUEST;
	if (is_request && cookie_put(ctx, packet))
		signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_CLIENT, bytes->p, (size_t)(c.p - bytes->p), false);
	*bytes = c;
	ctx->state[0] = AT_CONNECT;
	if (!is_request)
		return hands_over(packet) ? PARSE_NEXT : PARSE_DONE;
	return cursor_left(bytes) ? connect_see(ctx, bytes) : PARSE_MORE;
}

const struct signal_stream_parser rdp_parser = { "rdp", rdp_probe, -1, rdp_see };
