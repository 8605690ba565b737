/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8446 sections 4.1.2 to 4.2.1, RFC 5246 section 7.4.1: ClientHello and ServerHello. RFC 6066 section 3: server_name. */
#include "signal/tls_hello.h"

#include "signal/tls_flight.h"

enum { RANDOM_BYTES = 32, HOST_NAME = 0, DRAFT_MAJOR = 0x7f, DRAFT_WITH_OLD_SERVER_HELLO_MAX = 0x7f15 };

/* Secrets beyond the list are covered by letting the last one grow: it may hide more than needed, never less. */
static void secret_add(struct tls_hello *hello, const uint8_t *message, const struct cursor *secret)
{
	struct tls_span span = { (uint32_t)(secret->p - message), (uint32_t)(secret->end - message) };
	if (span.from == span.to)
		return;
	if (hello->secrets < TLS_SECRETS_MAX)
		hello->secret[hello->secrets++] = span;
	else
		hello->secret[TLS_SECRETS_MAX - 1].to = span.to;
}

static struct cursor host_name_read(struct cursor ext)
{
	struct cursor list = cursor_sub16(&ext);
	while (cursor_left(&list)) {
		uint8_t type = cursor_u8(&list);
		struct cursor name = cursor_sub16(&list);
		if (cursor_ok(&list) && type == HOST_NAME)
			return name;
	}
	return cursor_of(NULL, 0);
}

/* Versions of DTLS count downward (RFC 6347 section 4.1). */
static bool is_higher(uint16_t version, uint16_t than)
{
	return version >> 8 == TLS_DTLS_MAJOR && than >> 8 == TLS_DTLS_MAJOR ? version < than : version > than;
}

/* RFC 8446 section 4.2.1: a list from a client, one version from a server. */
static void versions_read(struct cursor ext, bool client, struct tls_hello *hello)
{
	struct cursor list = client ? cursor_sub8(&ext) : ext;
	uint16_t highest = 0;
	while (cursor_left(&list) >= 2) {
		uint16_t version = cursor_be16(&list);
		if (!tls_is_grease(version) && is_higher(version, highest))
			highest = version;
	}
	if (highest)
		hello->version = highest;
}

static bool keep(struct cursor *kept, struct cursor list)
{
	if (!kept->p)
		*kept = list;
	return cursor_ok(&list);
}

/* False if a list that a fingerprint is made of does not fit its extension. */
static bool extension_read(struct tls_hello *hello, bool client, const uint8_t *message, uint16_t type, struct cursor ext)
{
	if (type == TLS_EXT_ALPN)
		return keep(&hello->alpn, cursor_sub16(&ext));
	if (type == TLS_EXT_SUPPORTED_VERSIONS)
		versions_read(ext, client, hello);
	hello->ticket_comes |= !client && type == TLS_EXT_SESSION_TICKET;
	if (!client)
		return true;
	switch (type) {
	case TLS_EXT_SERVER_NAME:
		hello->has_server_name = true;
		keep(&hello->host_name, host_name_read(ext));
		return true;
	case TLS_EXT_EARLY_DATA:
		hello->early_data = true;
		return true;
	case TLS_EXT_GROUPS:
		return keep(&hello->groups, cursor_sub16(&ext));
	case TLS_EXT_POINT_FORMATS:
		return keep(&hello->point_formats, cursor_sub8(&ext));
	case TLS_EXT_SIGNATURE_ALGORITHMS:
		return keep(&hello->signature_algorithms, cursor_sub16(&ext));
	case TLS_EXT_SESSION_TICKET:
		keep(&hello->ticket, ext);
		secret_add(hello, message, &ext);
		return true;
	case TLS_EXT_PRE_SHARED_KEY:
		secret_add(hello, message, &ext);
		keep(&hello->psk_identities, cursor_sub16(&ext));
		return true;
	default:
		return true;
	}
}

static bool extensions_read(struct tls_hello *hello, bool client, const uint8_t *message, struct cursor *c)
{
	if (!cursor_left(c))
		return true;
	hello->extensions = cursor_sub16(c);
	struct cursor list = hello->extensions;
	bool good = cursor_ok(&list);
	while (good && cursor_left(&list)) {
		uint16_t type = cursor_be16(&list);
		struct cursor ext = cursor_sub16(&list);
		good = cursor_ok(&list) && extension_read(hello, client, message, type, ext);
	}
	return good;
}

bool tls_client_hello_read(struct cursor message, struct tls_hello *hello)
{
	const uint8_t *start = message.p;
	*hello = (struct tls_hello){ 0 };
	if (cursor_left(&message) > TLS_FLIGHT_MAX_BYTES)
		return false;
	cursor_skip(&message, TLS_MESSAGE_HEADER_BYTES);
	hello->legacy_version = hello->version = cursor_be16(&message);
	cursor_skip(&message, RANDOM_BYTES);
	struct cursor session_id = cursor_sub8(&message);
	if (hello->legacy_version >> 8 == TLS_DTLS_MAJOR)
		cursor_sub8(&message); /* the cookie, RFC 6347 section 4.2.1 */
	hello->ciphers = cursor_sub16(&message);
	struct cursor compression = cursor_sub8(&message);
	if (!cursor_ok(&session_id) || !cursor_ok(&hello->ciphers) || !cursor_ok(&compression) || cursor_left(&hello->ciphers) == 0 ||
	    cursor_left(&hello->ciphers) % 2)
		return false;
	secret_add(hello, start, &session_id);
	hello->session_id = session_id;
	return extensions_read(hello, true, start, &message);
}

static bool is_retry(const uint8_t *random)
{
	static const uint8_t retry[RANDOM_BYTES] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
		0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
	};
	return random && memcmp(random, retry, sizeof retry) == 0;
}

bool tls_server_hello_read(struct cursor message, struct tls_hello *hello)
{
	const uint8_t *start = message.p;
	*hello = (struct tls_hello){ 0 };
	if (cursor_left(&message) > TLS_FLIGHT_MAX_BYTES)
		return false;
	cursor_skip(&message, TLS_MESSAGE_HEADER_BYTES);
	hello->legacy_version = hello->version = cursor_be16(&message);
	hello->retry = is_retry(cursor_take(&message, RANDOM_BYTES));
	/* Drafts of TLS 1.3 before 22 had neither session id nor compression here. */
	bool old_draft = hello->version >> 8 == DRAFT_MAJOR && hello->version <= DRAFT_WITH_OLD_SERVER_HELLO_MAX;
	struct cursor session_id = old_draft ? cursor_of(message.p, 0) : cursor_sub8(&message);
	hello->ciphers = cursor_sub(&message, 2);
	cursor_skip(&message, old_draft ? 0 : 1);
	if (!cursor_ok(&message) || !cursor_ok(&session_id) || !cursor_ok(&hello->ciphers))
		return false;
	secret_add(hello, start, &session_id);
	hello->session_id = session_id;
	return extensions_read(hello, false, start, &message);
}
