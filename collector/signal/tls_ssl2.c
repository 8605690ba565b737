/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 5246 appendix E.2: the SSLv2-compatible ClientHello. */
#include "signal/tls_ssl2.h"

#include "signal/tls_exhibit.h"

enum { LONG_HEADER = 0x80, HEAD_BYTES = 11, AFTER_LENGTH_BYTES = 9, CIPHER_BYTES = 3, SESSION_ID_BYTES = 16 };
enum { CHALLENGE_MIN = 16, CHALLENGE_MAX = 32 };

struct hello {
	uint16_t version;
	size_t session_id_at, session_id_bytes;
	size_t bytes;                /* of all of it, header included */
};

static bool head_read(struct cursor c, struct hello *out)
{
	size_t length = cursor_be16(&c) & 0x7fff;
	uint8_t type = cursor_u8(&c);
	out->version = cursor_be16(&c);
	size_t ciphers = cursor_be16(&c), challenge;
	out->session_id_bytes = cursor_be16(&c);
	challenge = cursor_be16(&c);
	out->session_id_at = HEAD_BYTES + ciphers;
	out->bytes = length + 2;
	bool known_version = out->version == TLS_SSL2 || (out->version >= 0x0300 && out->version <= TLS_1_2);
	return cursor_ok(&c) && type == TLS_CLIENT_HELLO && known_version && ciphers > 0 && ciphers % CIPHER_BYTES == 0 &&
	       (out->session_id_bytes == 0 || out->session_id_bytes == SESSION_ID_BYTES) && challenge >= CHALLENGE_MIN &&
	       challenge <= CHALLENGE_MAX && length == AFTER_LENGTH_BYTES + ciphers + out->session_id_bytes + challenge;
}

enum probe tls_ssl2_probe(struct cursor bytes)
{
	size_t left = cursor_left(&bytes);
	struct hello hello;
	if (left > 0 && !(bytes.p[0] & LONG_HEADER))
		return PROBE_NO;
	if (left > 2 && bytes.p[2] != TLS_CLIENT_HELLO)
		return PROBE_NO;
	if (left < HEAD_BYTES)
		return PROBE_MORE;
	return head_read(bytes, &hello) ? PROBE_YES : PROBE_NO;
}

static void exhibit_put(struct signal_ctx *ctx, const uint8_t *start, const struct hello *hello)
{
	uint8_t copy[IND_EXHIBIT_MAX_BYTES];
	if (!ctx->sink->wants_exhibits || hello->bytes > sizeof copy)
		return;
	memcpy(copy, start, hello->bytes);
	memset(copy + hello->session_id_at, 'x', hello->session_id_bytes);
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_CLIENT, copy, hello->bytes, hello->session_id_bytes > 0);
}

enum parse tls_ssl2_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct hello hello;
	if (cursor_left(bytes) < HEAD_BYTES) {
		ctx->need = HEAD_BYTES;
		return PARSE_MORE;
	}
	if (!head_read(*bytes, &hello))
		return PARSE_NOT;
	if (cursor_left(bytes) < hello.bytes) {
		ctx->need = (uint32_t)hello.bytes;
		return PARSE_MORE;
	}
	char text[TLS_VERSION_TEXT_BYTES];
	signal_put_text(ctx, IND_SIG_TLS_VERSION, IND_CLIENT, text, tls_version_text(hello.version, text));
	exhibit_put(ctx, bytes->p, &hello);
	cursor_skip(bytes, hello.bytes);
	return PARSE_DONE;
}
