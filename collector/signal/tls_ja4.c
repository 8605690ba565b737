/* SPDX-License-Identifier: Apache-2.0 */
/* JA4, the fingerprint of TLS clients, as published by FoxIO under the BSD 3-clause licence: a part that people can read, then hashes of
 * the sorted ciphers and of the sorted extensions with the signature algorithms. GREASE values (RFC 8701) do not count. */
#include "signal/tls_print.h"

#include "signal/tls_flight.h"

enum { NUMBERS_MAX = TLS_FLIGHT_MAX_BYTES / 2, COUNT_MAX = 99, HASH_TEXT_BYTES = 12, HEX4_BYTES = 5 };

/* 16-bit numbers of one hello. */
struct numbers {
	size_t count;
	uint16_t value[NUMBERS_MAX];
};

static void numbers_read(struct numbers *n, struct cursor list)
{
	n->count = 0;
	while (cursor_left(&list) >= 2) {
		uint16_t value = cursor_be16(&list);
		if (!tls_is_grease(value))
			n->value[n->count++] = value;
	}
}

/* All but server name and ALPN, which the readable part speaks of; returns how many there are with these two. */
static size_t extensions_read(struct numbers *n, struct cursor list)
{
	size_t all = 0;
	n->count = 0;
	while (cursor_left(&list)) {
		uint16_t type = cursor_be16(&list);
		cursor_sub16(&list);
		if (tls_is_grease(type))
			continue;
		all++;
		if (type != TLS_EXT_SERVER_NAME && type != TLS_EXT_ALPN)
			n->value[n->count++] = type;
	}
	return all;
}

/* Shell's sort: as good as insertion for the two dozen numbers of an honest hello, and not quadratic for the thousands of a hostile one. */
static void numbers_sort(struct numbers *n)
{
	static const size_t gaps[] = { 3548, 1577, 701, 301, 132, 57, 23, 10, 4, 1 };
	for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
		for (size_t i = gaps[g]; i < n->count; i++) {
			uint16_t value = n->value[i];
			size_t hole = i;
			for (; hole >= gaps[g] && n->value[hole - gaps[g]] > value; hole -= gaps[g])
				n->value[hole] = n->value[hole - gaps[g]];
			n->value[hole] = value;
		}
	}
}

static char *put_numbers(char *at, const struct numbers *n)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n->count; i++) {
		if (i)
			*at++ = ',';
		for (int shift = 12; shift >= 0; shift -= 4)
			*at++ = digits[n->value[i] >> shift & 15];
	}
	return at;
}

/* The first 12 hex digits of SHA-256; all zero for nothing. */
static void put_hash(char out[static HASH_TEXT_BYTES], const char *text, size_t bytes)
{
	uint8_t digest[HASH_SHA256_BYTES] = { 0 };
	char hex[HASH_TEXT_BYTES + 1];
	if (bytes)
		hash_sha256(text, bytes, digest);
	hash_hex(digest, HASH_TEXT_BYTES / 2, hex);
	memcpy(out, hex, HASH_TEXT_BYTES);
}

static const char *version_code(uint16_t version)
{
	switch (version) {
	case 0x0304: return "13";
	case 0x0303: return "12";
	case 0x0302: return "11";
	case 0x0301: return "10";
	case 0x0300: return "s3";
	case 0x0002: return "s2";
	case 0xfeff: return "d1";
	case 0xfefd: return "d2";
	case 0xfefc: return "d3";
	default: return "00";
	}
}

static bool is_alphanumeric(uint8_t c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* First and last character of the first protocol offered; if one of them is no letter or digit, first and last digit of its hex form. */
static void put_alpn(char out[static 2], struct cursor alpn)
{
	char hex[3];
	struct cursor name = cursor_sub8(&alpn);
	if (!cursor_left(&name)) {
		memcpy(out, "00", 2);
		return;
	}
	uint8_t first = name.p[0], last = name.end[-1];
	if (is_alphanumeric(first) && is_alphanumeric(last)) {
		out[0] = (char)first;
		out[1] = (char)last;
		return;
	}
	hash_hex(&first, 1, hex);
	out[0] = hex[0];
	hash_hex(&last, 1, hex);
	out[1] = hex[1];
}

static void put_count(char out[static 2], size_t count)
{
	if (count > COUNT_MAX)
		count = COUNT_MAX;
	out[0] = (char)('0' + count / 10);
	out[1] = (char)('0' + count % 10);
}

void tls_ja4(const struct tls_hello *hello, char transport, char text[static TLS_JA4_BYTES])
{
	struct numbers n;
	char list[NUMBERS_MAX * HEX4_BYTES + HEX4_BYTES];

	memset(text, '_', TLS_JA4_BYTES);
	text[0] = transport;
	memcpy(text + 1, version_code(hello->version), 2);
	text[3] = hello->has_server_name ? 'd' : 'i';
	put_alpn(text + 8, hello->alpn);

	numbers_read(&n, hello->ciphers);
	put_count(text + 4, n.count);
	numbers_sort(&n);
	put_hash(text + 11, list, (size_t)(put_numbers(list, &n) - list));

	put_count(text + 6, extensions_read(&n, hello->extensions));
	numbers_sort(&n);
	char *at = put_numbers(list, &n);
	numbers_read(&n, hello->signature_algorithms);
	if (n.count)
		*at++ = '_';
	at = put_numbers(at, &n);
	put_hash(text + 24, list, (size_t)(at - list));
}
