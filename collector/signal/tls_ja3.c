/* SPDX-License-Identifier: Apache-2.0 */
/* JA3: version,ciphers,extensions,groups,point formats. JA3S: version,cipher,extensions. Decimal numbers in the order of the wire, joined
 * by dashes, GREASE values (RFC 8701) left out. */
#include "signal/tls_print.h"

#include "signal/tls_flight.h"

/* A message is at most TLS_FLIGHT_MAX_BYTES, and two of its bytes become at most "65535-"; point formats are at most 255 times "255-". */
enum { TEXT_MAX_BYTES = TLS_FLIGHT_MAX_BYTES * 3 + 255 * 4 + 64 };

static char *put_number(char *at, unsigned number)
{
	char digits[5];
	size_t count = 0;
	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (count)
		*at++ = digits[--count];
	return at;
}

static char *put_item(char *at, const char *start, unsigned number)
{
	if (at != start)
		*at++ = '-';
	return put_number(at, number);
}

static char *put_words(char *at, struct cursor list)
{
	const char *start = at;
	while (cursor_left(&list) >= 2) {
		uint16_t value = cursor_be16(&list);
		if (!tls_is_grease(value))
			at = put_item(at, start, value);
	}
	return at;
}

static char *put_extensions(char *at, struct cursor list)
{
	const char *start = at;
	while (cursor_left(&list)) {
		uint16_t type = cursor_be16(&list);
		cursor_sub16(&list);
		if (!tls_is_grease(type))
			at = put_item(at, start, type);
	}
	return at;
}

static char *put_bytes(char *at, struct cursor list)
{
	const char *start = at;
	while (cursor_left(&list))
		at = put_item(at, start, cursor_u8(&list));
	return at;
}

static char *put_head(char *at, const struct tls_hello *hello)
{
	at = put_number(at, hello->legacy_version);
	*at++ = ',';
	at = put_words(at, hello->ciphers);
	*at++ = ',';
	return put_extensions(at, hello->extensions);
}

void tls_ja3(const struct tls_hello *hello, uint8_t md5[static HASH_MD5_BYTES])
{
	char text[TEXT_MAX_BYTES];
	char *at = put_head(text, hello);
	*at++ = ',';
	at = put_words(at, hello->groups);
	*at++ = ',';
	at = put_bytes(at, hello->point_formats);
	hash_md5(text, (size_t)(at - text), md5);
}

void tls_ja3s(const struct tls_hello *hello, uint8_t md5[static HASH_MD5_BYTES])
{
	char text[TEXT_MAX_BYTES];
	hash_md5(text, (size_t)(put_head(text, hello) - text), md5);
}
