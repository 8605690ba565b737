/* SPDX-License-Identifier: Apache-2.0 */
/* What hellos say, as signals. RFC 7301 section 3.1: protocol names of ALPN are bytes; they are joined by commas in the order offered. */
#include "signal/tls_hello.h"

#include "base/hash.h"
#include "base/text.h"
#include "signal/tls_flight.h"
#include "signal/tls_memo.h"

enum { DRAFT_MAJOR = 0x7f };

static size_t version_hex(uint16_t version, char text[static TLS_VERSION_TEXT_BYTES])
{
	const uint8_t bytes[2] = { (uint8_t)(version >> 8), (uint8_t)version };
	memcpy(text, "0x", 2);
	hash_hex(bytes, sizeof bytes, text + 2);
	return 6;
}

size_t tls_version_text(uint16_t version, char text[static TLS_VERSION_TEXT_BYTES])
{
	static const char draft[] = "1.3-draft";
	if (version == TLS_SSL2 || version == 0x0300) {
		memcpy(text, version == TLS_SSL2 ? "ssl2" : "ssl3", 4);
		return 4;
	}
	if (version >= 0x0301 && version <= 0x0304) {
		memcpy(text, "1.", 2);
		text[2] = (char)('0' + (version & 0xff) - 1);
		return 3;
	}
	if (version == 0xfeff || version == 0xfefd || version == TLS_DTLS_1_3) {
		memcpy(text, "dtls1.", 6);
		text[6] = (char)(version == 0xfeff ? '0' : version == 0xfefd ? '2' : '3');
		return 7;
	}
	if (version >> 8 != DRAFT_MAJOR)
		return version_hex(version, text);
	memcpy(text, draft, sizeof draft - 1);
	return sizeof draft - 1 + text_u64(version & 0xff, text + sizeof draft - 1, TLS_VERSION_TEXT_BYTES - (sizeof draft - 1));
}

static void version_put(struct signal_ctx *ctx, enum ind_side side, uint16_t version)
{
	char text[TLS_VERSION_TEXT_BYTES];
	signal_put_text(ctx, IND_SIG_TLS_VERSION, side, text, tls_version_text(version, text));
}

static void alpn_put(struct signal_ctx *ctx, enum ind_side side, struct cursor list)
{
	char text[TLS_FLIGHT_MAX_BYTES];
	size_t bytes = 0;
	while (cursor_left(&list)) {
		struct cursor name = cursor_sub8(&list);
		if (!cursor_left(&name))
			continue;
		if (bytes)
			text[bytes++] = ',';
		memcpy(text + bytes, name.p, cursor_left(&name));
		bytes += cursor_left(&name);
	}
	signal_put_wire(ctx, IND_SIG_TLS_ALPN, side, text, bytes);
}

void tls_client_hello_put(struct signal_ctx *ctx, const struct tls_hello *hello, char transport)
{
	struct tls_client_print print;
	tls_client_print(ctx->sink->tls_memo, hello, transport, &print);
	signal_put_hex(ctx, IND_SIG_TLS_JA3, IND_CLIENT, print.ja3, sizeof print.ja3);
	signal_put_text(ctx, IND_SIG_TLS_JA4, IND_CLIENT, print.ja4, sizeof print.ja4);
	signal_put_wire(ctx, IND_SIG_TLS_SNI, IND_CLIENT, hello->host_name.p, cursor_left(&hello->host_name));
	alpn_put(ctx, IND_CLIENT, hello->alpn);
	version_put(ctx, IND_CLIENT, hello->version);
}

void tls_server_hello_put(struct signal_ctx *ctx, const struct tls_hello *hello)
{
	uint8_t md5[HASH_MD5_BYTES];
	tls_ja3s(hello, md5);
	signal_put_hex(ctx, IND_SIG_TLS_JA3S, IND_SERVER, md5, sizeof md5);
	alpn_put(ctx, IND_SERVER, hello->alpn);
	version_put(ctx, IND_SERVER, hello->version);
}
