/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ntp.h"

#include "base/text.h"

/* RFC 5905 sections 6 (timestamps, eras) and 7.3 (packet header). */

enum { PORT = 123, TRANSMIT_AT = 40, BYTES_MIN = 48, VERSION_MIN = 1, VERSION_MAX = 4, STRATUM_MAX = 16, KISS = 0, TEXT_BYTES = 32 };
enum mode { MODE_ACTIVE = 1, MODE_PASSIVE = 2, MODE_CLIENT = 3, MODE_SERVER = 4, MODE_BROADCAST = 5 };

static const uint64_t second_ns = 1000000000, unix_epoch_s = 2208988800;

/* A client need not tell its time, and the advice is to send random bits (draft-ietf-ntp-data-minimization, section 3). So a client's
 * timestamp is taken for a clock only within what a clock set to local time instead of UTC can be off: UTC-12 to UTC+14, and 12 hours
 * more for a wrong half of the day. Of random ones 4 in 100,000 pass. */
static const uint64_t client_window_ns = 26 * 3600 * second_ns;

/* Nanoseconds since 1970 in the era that is nearest to the capture's time; 0 if before 1970. */
static uint64_t time_of(uint32_t seconds, uint32_t fraction, uint64_t near_ns)
{
	uint64_t near_s = near_ns / second_ns + unix_epoch_s;
	uint64_t s = (near_s & ~(uint64_t)UINT32_MAX) | seconds;
	if (s > near_s && s - near_s > UINT64_C(1) << 31 && s > UINT32_MAX)
		s -= UINT64_C(1) << 32;
	else if (near_s > s && near_s - s > UINT64_C(1) << 31)
		s += UINT64_C(1) << 32;
	return s > unix_epoch_s ? (s - unix_epoch_s) * second_ns + ((uint64_t)fraction * second_ns >> 32) : 0;
}

static bool is_near(uint64_t a, uint64_t b) { return (a > b ? a - b : b - a) <= client_window_ns; }

static enum parse udp_see(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2])
{
	if ((port[0] != PORT && port[1] != PORT) || cursor_left(bytes) < BYTES_MIN)
		return PARSE_NOT;
	const uint8_t *message = bytes->p;
	unsigned first = cursor_u8(bytes), version = first >> 3 & 7, mode = first & 7, stratum = cursor_u8(bytes);
	if (version < VERSION_MIN || version > VERSION_MAX || mode < MODE_ACTIVE || mode > MODE_BROADCAST || stratum > STRATUM_MAX)
		return PARSE_NOT;
	cursor_skip(bytes, TRANSMIT_AT - 2);
	uint32_t seconds = cursor_be32(bytes), fraction = cursor_be32(bytes);
	/* RFC 5905 section 7.4: nothing else in a kiss-o'-death packet is to be believed. */
	bool is_kiss = stratum == KISS && (mode == MODE_SERVER || mode == MODE_BROADCAST);
	uint64_t time_ns = seconds ? time_of(seconds, fraction, ctx->time_ns) : 0;
	if (time_ns == 0 || is_kiss || (mode == MODE_CLIENT && !is_near(time_ns, ctx->time_ns)))
		return PARSE_DONE;
	enum ind_side side = mode == MODE_CLIENT || mode == MODE_ACTIVE ? IND_CLIENT : IND_SERVER;
	char text[TEXT_BYTES];
	signal_put_text(ctx, IND_SIG_NTP_TIMESTAMP, side, text, text_time(time_ns, text, sizeof(text)));
	signal_put_exhibit(ctx, IND_EXHIBIT_DATAGRAM, side, message, BYTES_MIN, false);
	return PARSE_DONE;
}

const struct signal_datagram_parser ntp_parser = { "ntp", udp_see };
