/* SPDX-License-Identifier: Apache-2.0 */
/* C706 (DCE 1.1: Remote Procedure Call) chapter 12.6: header of a PDU. MS-RPCE section 2.2.2.11: the security trailer, behind which the
 * token is; 2.2.2.5: rpc_auth_3. */
#include "signal/rpc.h"

#include "signal/framed.h"
#include "signal/ntlm.h"

enum { VERSION = 5, MINOR_MAX = 1, BIND = 11, BIND_ACK = 12, ALTER = 14, ALTER_RESPONSE = 15, AUTH3 = 16, TYPE_MAX = 19 };
enum { HEAD_BYTES = 16, LITTLE_ENDIAN_BIT = 0x10 };

struct head {
	unsigned type;
	size_t whole, token_bytes;
};

static bool head_read(struct cursor bytes, struct head *out)
{
	struct cursor c = bytes;
	cursor_skip(&c, 2);
	out->type = cursor_u8(&c);
	cursor_skip(&c, 1);
	bool little = cursor_u8(&c) & LITTLE_ENDIAN_BIT;
	cursor_skip(&c, 3);
	out->whole = little ? cursor_le16(&c) : cursor_be16(&c);
	out->token_bytes = little ? cursor_le16(&c) : cursor_be16(&c);
	return cursor_ok(&c) && out->whole >= HEAD_BYTES;
}

/* The four bytes of the data representation: integers and characters, floating point, nothing, nothing. */
static bool byte_fits(size_t at, uint8_t byte)
{
	switch (at) {
	case 0:
		return byte == VERSION;
	case 1:
		return byte <= MINOR_MAX;
	case 2:
		return byte <= TYPE_MAX;
	case 4:
		return (byte & ~LITTLE_ENDIAN_BIT) == 0;
	case 5:
		return byte <= 3;
	case 6:
	case 7:
		return byte == 0;
	default:
		return true;
	}
}

static bool carries_token(unsigned type)
{
	return type == BIND || type == BIND_ACK || type == ALTER || type == ALTER_RESPONSE || type == AUTH3;
}

/* A connection begins with a bind; others of the kind are taken where its beginning was not captured. */
static enum probe rpc_probe(struct cursor bytes)
{
	size_t left = cursor_left(&bytes);
	struct head head;
	for (size_t i = 0; i < left && i < HEAD_BYTES; i++)
		if (!byte_fits(i, bytes.p[i]) || (i == 2 && !carries_token(bytes.p[i])))
			return PROBE_NO;
	if (left < HEAD_BYTES)
		return PROBE_MORE;
	return head_read(bytes, &head) ? PROBE_YES : PROBE_NO;
}

static bool token_see(struct signal_ctx *ctx, struct cursor pdu, const struct head *head)
{
	struct cursor c = pdu;
	enum ind_side side = head->type == BIND_ACK || head->type == ALTER_RESPONSE ? IND_SERVER : IND_CLIENT;
	if (head->token_bytes == 0 || head->token_bytes > head->whole - HEAD_BYTES)
		return false;
	cursor_skip(&c, head->whole - head->token_bytes);
	bool cut = cursor_left(&pdu) < head->whole;
	if (!cursor_ok(&c) || !ntlm_token_put(ctx, c, cut))
		return false;
	ntlm_exhibit_put(ctx, IND_EXHIBIT_STREAM, side, pdu.p, c);
	return true;
}

static enum parse rpc_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	enum parse verdict = PARSE_MORE;
	ctx->need = 0;
	ctx->skip = 0;
	while (verdict == PARSE_MORE && cursor_left(bytes) && ctx->skip == 0) {
		struct head head;
		struct cursor pdu;
		for (size_t i = 0; i < cursor_left(bytes) && i < HEAD_BYTES; i++)
			if (!byte_fits(i, bytes->p[i]))
				return PARSE_NEXT;
		if (!framed_wait(ctx, bytes, HEAD_BYTES) || cursor_left(bytes) < HEAD_BYTES)
			return PARSE_MORE;
		if (!head_read(*bytes, &head)) {
			signal_malformed(ctx);
			return PARSE_DONE;
		}
		bool wanted = carries_token(head.type) && head.token_bytes;
		if (!framed_take(ctx, bytes, head.whole, wanted ? FRAMED_MAX_BYTES : HEAD_BYTES, &pdu))
			return PARSE_MORE;
		verdict = framed_idle(ctx, wanted && token_see(ctx, pdu, &head));
	}
	return verdict;
}

const struct signal_stream_parser rpc_parser = { "rpc", rpc_probe, -1, rpc_see };
