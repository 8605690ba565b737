/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dhcp.h"

#include "base/text.h"

/* RFC 2131 section 2 and 3 (message, magic cookie), RFC 2132 sections 2, 3.14, 9.8 and 9.13 (options). */

enum { BOOTREQUEST = 1, BOOTREPLY = 2, FIXED_BYTES = 236, KEPT_HEAD_BYTES = 4, COOKIE_BYTES = 4, KEPT_MAX_BYTES = 1500 };
enum option { OPTION_PAD = 0, OPTION_HOSTNAME = 12, OPTION_TYPE = 53, OPTION_PARAMETERS = 55, OPTION_VENDOR = 60, OPTION_END = 255 };

static const uint32_t magic_cookie = 0x63825363;

/* RFC 2132 section 2: text should not end with NUL, but may. */
static void text_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, struct cursor data)
{
	while (cursor_left(&data) && data.end[-1] == 0)
		data.end--;
	signal_put_wire(ctx, id, side, data.p, cursor_left(&data));
}

static void parameters_put(struct signal_ctx *ctx, enum ind_side side, struct cursor data)
{
	char list[4 * 255 + 1];
	size_t used = 0;
	while (cursor_left(&data)) {
		if (used)
			list[used++] = ',';
		used += text_u64(cursor_u8(&data), list + used, sizeof(list) - used);
	}
	signal_put_text(ctx, IND_SIG_DHCP_PARAMS, side, list, used);
}

static bool is_kept(unsigned option)
{
	return option == OPTION_HOSTNAME || option == OPTION_TYPE || option == OPTION_PARAMETERS || option == OPTION_VENDOR;
}

/* Addresses, host names of servers and other options are overwritten: no signal is read from them. */
static void message_keep(struct signal_ctx *ctx, struct cursor message, enum ind_side side)
{
	uint8_t copy[KEPT_MAX_BYTES];
	if (!ctx->sink->wants_exhibits)
		return;
	size_t count = cursor_left(&message) < sizeof(copy) ? cursor_left(&message) : sizeof(copy);
	memcpy(copy, message.p, count);
	memset(copy + KEPT_HEAD_BYTES, 'x', FIXED_BYTES - KEPT_HEAD_BYTES);
	struct cursor c = cursor_of(copy, count);
	cursor_skip(&c, FIXED_BYTES + COOKIE_BYTES);
	while (cursor_left(&c)) {
		unsigned option = cursor_u8(&c);
		if (option == OPTION_PAD)
			continue;
		uint8_t length = option == OPTION_END ? 0 : cursor_u8(&c);
		size_t here = length < cursor_left(&c) ? length : cursor_left(&c);
		if (option == OPTION_END)
			here = cursor_left(&c);
		if (!is_kept(option))
			memset(copy + (c.p - copy), 'x', here);
		cursor_skip(&c, here);
	}
	signal_put_exhibit(ctx, IND_EXHIBIT_DATAGRAM, side, copy, count, true);
}

/* How many signals were read; a bad length ends the list. */
static unsigned options_see(struct signal_ctx *ctx, struct cursor *c, enum ind_side side)
{
	unsigned found = 0;
	while (cursor_left(c)) {
		unsigned option = cursor_u8(c);
		if (option == OPTION_PAD)
			continue;
		if (option == OPTION_END)
			break;
		struct cursor data = cursor_sub8(c);
		if (!cursor_ok(&data))
			break;
		found += is_kept(option) && option != OPTION_TYPE;
		if (option == OPTION_HOSTNAME)
			text_put(ctx, IND_SIG_DHCP_HOSTNAME, side, data);
		else if (option == OPTION_VENDOR)
			text_put(ctx, IND_SIG_DHCP_VENDOR, side, data);
		else if (option == OPTION_PARAMETERS)
			parameters_put(ctx, side, data);
	}
	return found;
}

static enum parse udp_see(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2])
{
	(void)port;
	struct cursor message = *bytes;
	unsigned op = cursor_u8(bytes);
	if (op != BOOTREQUEST && op != BOOTREPLY)
		return PARSE_NOT;
	cursor_skip(bytes, FIXED_BYTES - 1);
	if (cursor_be32(bytes) != magic_cookie)
		return PARSE_NOT;
	enum ind_side side = op == BOOTREQUEST ? IND_CLIENT : IND_SERVER;
	if (options_see(ctx, bytes, side))
		message_keep(ctx, message, side);
	/* A capture that holds only the front of the message is no fault of the sender's, and is not told apart here. */
	return PARSE_DONE;
}

const struct signal_datagram_parser dhcp_parser = { "dhcp", udp_see };
