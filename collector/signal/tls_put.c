/* SPDX-License-Identifier: Apache-2.0 */
/* What hellos say, as signals. RFC 7301 section 3.1: protocol names of ALPN are bytes; they are joined by commas in the order offered. */
#include "signal/tls_hello.h"

#include "base/hash.h"
#include "base/text.h"
#include "signal/tls_flight.h"
#include "signal/tls_memo.h"

enum { DRAFT_MAJOR = 0x7f, PSK_MAX = 4, PSK_AGE_BYTES = 4 };

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

void tls_secret_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, struct cursor secret)
{
	uint8_t sha256[HASH_SHA256_BYTES], masked = 1;
	size_t count = cursor_left(&secret);
	if (!count || !signal_wanted(ctx, id))
		return;
	for (size_t i = 0; i < count; i++)
		masked &= secret.p[i] == 'x';
	if (masked)
		return;
	hash_sha256(secret.p, count, sha256);
	signal_put_hex(ctx, id, side, sha256, sizeof sha256);
}

/* RFC 8446 section 4.1.2: since TLS 1.3 the session id of a hello is filler. DTLS 1.3 has none of its own, only that of an older session
 * (RFC 9147 section 5.3). */
static bool has_session_id(const struct tls_hello *hello)
{
	return hello->version <= TLS_1_2 || hello->version >> 8 == TLS_DTLS_MAJOR;
}

static void session_put(struct signal_ctx *ctx, enum ind_side side, const struct tls_hello *hello)
{
	struct cursor list = hello->psk_identities;
	if (has_session_id(hello))
		tls_secret_put(ctx, IND_SIG_TLS_SESSION_ID, side, hello->session_id);
	tls_secret_put(ctx, IND_SIG_TLS_TICKET, side, hello->ticket);
	for (unsigned i = 0; i < PSK_MAX && cursor_left(&list); i++) {
		struct cursor identity = cursor_sub16(&list);
		cursor_skip(&list, PSK_AGE_BYTES);
		if (cursor_ok(&list))
			tls_secret_put(ctx, IND_SIG_TLS_PSK, side, identity);
	}
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
	session_put(ctx, IND_CLIENT, hello);
}

void tls_server_hello_put(struct signal_ctx *ctx, const struct tls_hello *hello)
{
	uint8_t md5[HASH_MD5_BYTES];
	tls_ja3s(hello, md5);
	signal_put_hex(ctx, IND_SIG_TLS_JA3S, IND_SERVER, md5, sizeof md5);
	alpn_put(ctx, IND_SERVER, hello->alpn);
	version_put(ctx, IND_SERVER, hello->version);
	session_put(ctx, IND_SERVER, hello);
}
