/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4648 section 4. Strict when reading (section 3.5): padding bits must be zero, or one signature had many texts. */
#include "bundle/base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_put(const uint8_t *bytes, size_t count, char *text)
{
	for (size_t i = 0; i < count; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;
		group |= i + 1 < count ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < count ? bytes[i + 2] : 0;
		*text++ = alphabet[group >> 18];
		*text++ = alphabet[group >> 12 & 63];
		*text++ = i + 1 < count ? alphabet[group >> 6 & 63] : '=';
		*text++ = i + 2 < count ? alphabet[group & 63] : '=';
	}
	return text;
}

static unsigned letter_value(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (unsigned)(at - alphabet) : 0;
}

/* Reads leniently what has the right length, then compares with the strict encoding. */
bool base64_get(const char *text, size_t text_bytes, uint8_t *bytes, size_t count)
{
	if (text_bytes != base64_text_bytes(count))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *group = text + i / 3 * 4;
		uint32_t value = letter_value(group[0]) << 18 | letter_value(group[1]) << 12 | letter_value(group[2]) << 6 | letter_value(group[3]);
		bytes[i] = (uint8_t)(value >> (16 - 8 * (i % 3)));
	}
	for (size_t i = 0; i < count; i += 3) {
		char group[4];
		base64_put(bytes + i, count - i < 3 ? count - i : 3, group);
		if (memcmp(group, text + i / 3 * 4, sizeof group) != 0)
			return false;
	}
	return true;
}
