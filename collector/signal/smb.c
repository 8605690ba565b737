/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 1002 section 4.3: NetBIOS session packets; MS-SMB2 section 2.1: the same head without NetBIOS. MS-SMB2 2.2.1 (header), 2.2.5
 * and 2.2.6 (session setup). MS-CIFS 2.2.3.1 (header), 2.2.4.53 (session setup without extended security), MS-SMB 2.2.4.6 (with it). */
#include "signal/smb.h"

#include "signal/framed.h"
#include "signal/smb_setup.h"

enum { SESSION_MESSAGE = 0, SESSION_REQUEST = 0x81, POSITIVE_RESPONSE = 0x82, KEEP_ALIVE = 0x85, NETBIOS_NAME_BYTES = 0x20 };
enum { FRAME_BYTES = 4, SIGN_BYTES = 4, SMB1 = 0xff, SMB2 = 0xfe, ENCRYPTED = 0xfd, COMPRESSED = 0xfc };

/* The first messages of a connection are short: the high byte of their length is 0. */
static enum probe message_probe(struct cursor bytes)
{
	static const uint8_t name[] = "SMB";
	size_t left = cursor_left(&bytes);
	const uint8_t *at = bytes.p;
	if ((left > 1 && at[1] != 0) || (left > FRAME_BYTES && at[FRAME_BYTES] < COMPRESSED))
		return PROBE_NO;
	for (size_t i = 0; i < SIGN_BYTES - 1; i++) {
		if (left <= FRAME_BYTES + 1 + i)
			return PROBE_MORE;
		if (at[FRAME_BYTES + 1 + i] != name[i])
			return PROBE_NO;
	}
	return PROBE_YES;
}

/* RFC 1002 sections 4.3.2 and 4.3.3: two encoded names, or nothing. */
static enum probe netbios_probe(struct cursor bytes)
{
	static const uint8_t request[] = { SESSION_REQUEST, 0, 0, 0x44, NETBIOS_NAME_BYTES }, response[FRAME_BYTES] = { POSITIVE_RESPONSE };
	size_t left = cursor_left(&bytes);
	bool asks = bytes.p[0] == SESSION_REQUEST;
	size_t want = asks ? sizeof(request) : sizeof(response);
	if (memcmp(bytes.p, asks ? request : response, left < want ? left : want) != 0)
		return PROBE_NO;
	if (left < want)
		return PROBE_MORE;
	if (asks)
		return PROBE_YES;
	cursor_skip(&bytes, FRAME_BYTES);
	if (cursor_left(&bytes) == 0)
		return PROBE_MORE;
	return *bytes.p == SESSION_MESSAGE ? message_probe(bytes) : PROBE_NO;
}

static enum probe smb_probe(struct cursor bytes)
{
	if (cursor_left(&bytes) == 0)
		return PROBE_MORE;
	switch (*bytes.p) {
	case SESSION_MESSAGE:
		return message_probe(bytes);
	case SESSION_REQUEST:
	case POSITIVE_RESPONSE:
		return netbios_probe(bytes);
	default:
		return PROBE_NO;
	}
}

/* How much of a message has to be seen to tell whether it sets up a session; 0 if what follows cannot be read. */
static size_t head_bytes(uint8_t sign)
{
	return sign == SMB1 ? SMB1_HEAD_BYTES : sign == SMB2 ? SMB2_HEAD_BYTES : sign == COMPRESSED ? SIGN_BYTES : 0;
}

static bool is_setup(struct cursor message, uint8_t sign)
{
	return sign == SMB1 ? smb1_is_setup(message) : sign == SMB2 && smb2_may_be_setup(message);
}

/* One message, `whole` bytes with its frame. */
static enum parse message_see(struct signal_ctx *ctx, struct cursor *bytes, size_t whole)
{
	struct cursor message;
	if (!framed_wait(ctx, bytes, whole < FRAME_BYTES + SIGN_BYTES ? whole : FRAME_BYTES + SIGN_BYTES))
		return PARSE_MORE;
	uint8_t sign = whole > FRAME_BYTES && cursor_left(bytes) > FRAME_BYTES ? bytes->p[FRAME_BYTES] : COMPRESSED;
	size_t head = FRAME_BYTES + head_bytes(sign);
	if (head == FRAME_BYTES)
		return PARSE_DONE; /* encrypted from here on, or out of step */
	if (!framed_wait(ctx, bytes, whole < head ? whole : head))
		return PARSE_MORE;
	struct cursor peek = *bytes;
	cursor_skip(&peek, FRAME_BYTES);
	bool wanted = is_setup(peek, sign);
	if (!framed_take(ctx, bytes, whole, wanted ? FRAMED_MAX_BYTES : head, &message))
		return PARSE_MORE;
	struct smb_message m = { .stream = message.p, .bytes = message, .cut = cursor_left(&message) < whole };
	cursor_skip(&m.bytes, FRAME_BYTES);
	return framed_idle(ctx, wanted && (sign == SMB1 ? smb1_setup_see(ctx, &m) : smb2_setup_see(ctx, &m)));
}

static enum parse smb_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	enum parse verdict = PARSE_MORE;
	ctx->need = 0;
	ctx->skip = 0;
	while (verdict == PARSE_MORE && cursor_left(bytes) && ctx->skip == 0 && ctx->need == 0) {
		struct cursor peek = *bytes, passed;
		uint8_t type = cursor_u8(&peek);
		size_t whole = FRAME_BYTES + (size_t)cursor_be24(&peek);
		if (!cursor_ok(&peek)) {
			framed_wait(ctx, bytes, FRAME_BYTES);
			return PARSE_MORE;
		}
		if (type == SESSION_MESSAGE)
			verdict = message_see(ctx, bytes, whole);
		else if (type >= SESSION_REQUEST && type <= KEEP_ALIVE)
			verdict = framed_take(ctx, bytes, whole, FRAME_BYTES, &passed) ? framed_idle(ctx, false) : PARSE_MORE;
		else
			verdict = PARSE_DONE;
	}
	return verdict;
}

const struct signal_stream_parser smb_parser = { "smb", smb_probe, -1, smb_see };
