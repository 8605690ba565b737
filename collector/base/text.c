/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "base/text_width.h"
#include <string.h>

/* UTF-8: RFC 3629. JSON strings: RFC 8259 section 7. IPv6 text: RFC 5952. Time: RFC 3339. */

static const char hex_digits[] = "0123456789abcdef";

/* What is being written: whole units only, and nothing more after the first that did not fit. */
struct out {
	char *at;
	size_t used, room;
	bool full;
};

static struct out out_of(char *at, size_t size)
{
	return (struct out){ at, 0, size ? size - 1 : 0, size == 0 };
}

static inline void out_put(struct out *o, const void *bytes, size_t count)
{
	if (o->full || count > o->room - o->used) {
		o->full = true;
		return;
	}
	memcpy(o->at + o->used, bytes, count);
	o->used += count;
}

static size_t out_end(struct out *o, size_t size)
{
	if (size)
		o->at[o->used] = '\0';
	return o->used;
}

static void put_hex_byte(struct out *o, uint8_t byte)
{
	char text[4] = { '\\', 'x', hex_digits[byte >> 4], hex_digits[byte & 15] };
	out_put(o, text, sizeof(text));
}

static void put_u16_escape(struct out *o, unsigned unit)
{
	char text[6] = { '\\', 'u', hex_digits[unit >> 12 & 15], hex_digits[unit >> 8 & 15], hex_digits[unit >> 4 & 15], hex_digits[unit & 15] };
	out_put(o, text, sizeof(text));
}

static bool is_hex(unsigned c) { return (c - '0' < 10) || ((c | 32) - 'a' < 6); }

static bool is_continuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

/* RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t text_utf8_char(const uint8_t *p, const uint8_t *end)
{
	if (p >= end)
		return 0;
	size_t left = (size_t)(end - p);
	uint8_t lead = p[0];
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4 || left < 2 || !is_continuation(p[1]))
		return 0;
	if (lead < 0xe0)
		return 2;
	if ((lead == 0xe0 && p[1] < 0xa0) || (lead == 0xed && p[1] > 0x9f) || (lead == 0xf0 && p[1] < 0x90) || (lead == 0xf4 && p[1] > 0x8f))
		return 0;
	if (left < 3 || !is_continuation(p[2]))
		return 0;
	if (lead < 0xf0)
		return 3;
	return left >= 4 && is_continuation(p[3]) ? 4 : 0;
}

static uint32_t utf8_code(const uint8_t *p, size_t length)
{
	switch (length) {
	case 1: return p[0];
	case 2: return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	case 3: return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	default: return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
	}
}

/* How many bytes from p on are ASCII without a backslash: nearly all that comes off a wire. */
static size_t plain_run(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *start = p;
	const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
	while (end - p >= 8) {
		uint64_t word;
		memcpy(&word, p, sizeof(word));
		uint64_t slash = word ^ ones * '\\';
		if ((word | ((slash - ones) & ~slash)) & high)
			break;
		p += 8;
	}
	while (p < end && *p < 0x80 && *p != '\\')
		p++;
	return (size_t)(p - start);
}

size_t text_from_wire_some(const uint8_t **at, const uint8_t *end, char *out, size_t size)
{
	struct out o = out_of(out, size);
	const uint8_t *p = *at;
	while (p < end) {
		size_t run = plain_run(p, end);
		if (run) {
			size_t fits = run < o.room - o.used ? run : o.room - o.used;
			out_put(&o, p, fits);
			p += fits;
			if (fits < run)
				break;
			continue;
		}
		size_t length = text_utf8_char(p, end);
		bool reads_as_escape = *p == '\\' && end - p >= 4 && p[1] == 'x' && is_hex(p[2]) && is_hex(p[3]);
		if (length && !reads_as_escape)
			out_put(&o, p, length);
		else
			put_hex_byte(&o, *p);
		if (o.full)
			break;
		p += length && !reads_as_escape ? length : 1;
	}
	*at = p;
	return out_end(&o, size);
}

size_t text_from_wire(const uint8_t *bytes, size_t count, char *out, size_t size)
{
	return text_from_wire_some(&bytes, count ? bytes + count : bytes, out, size);
}

static void put_code(struct out *o, uint32_t code)
{
	uint8_t text[4];
	if (code < 0x80) {
		text[0] = (uint8_t)code;
		out_put(o, text, 1);
	} else if (code < 0x800) {
		text[0] = (uint8_t)(0xc0 | code >> 6);
		text[1] = (uint8_t)(0x80 | (code & 0x3f));
		out_put(o, text, 2);
	} else if (code < 0x10000) {
		text[0] = (uint8_t)(0xe0 | code >> 12);
		text[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
		text[2] = (uint8_t)(0x80 | (code & 0x3f));
		out_put(o, text, 3);
	} else {
		text[0] = (uint8_t)(0xf0 | code >> 18);
		text[1] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
		text[2] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
		text[3] = (uint8_t)(0x80 | (code & 0x3f));
		out_put(o, text, 4);
	}
}

static unsigned utf16_unit(const uint8_t *p) { return (unsigned)p[1] << 8 | p[0]; }

size_t text_from_utf16le(const uint8_t *bytes, size_t count, char *out, size_t size)
{
	struct out o = out_of(out, size);
	size_t at = 0;
	while (count - at >= 2 && !o.full) {
		unsigned unit = utf16_unit(bytes + at);
		at += 2;
		if (unit < 0xd800 || unit > 0xdfff) {
			put_code(&o, unit);
			continue;
		}
		unsigned low = unit < 0xdc00 && count - at >= 2 ? utf16_unit(bytes + at) : 0;
		if (low < 0xdc00 || low > 0xdfff) {
			put_u16_escape(&o, unit);
			continue;
		}
		put_code(&o, 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00)));
		at += 2;
	}
	if (count - at == 1)
		put_hex_byte(&o, bytes[at]);
	return out_end(&o, size);
}

static bool in_ranges(const struct text_range *ranges, size_t count, uint32_t code)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (code > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && code >= ranges[low].first;
}

/* Controls, and what reorders, joins or hides text without taking a column of its own. */
static bool is_unsafe(uint32_t code)
{
	static const struct text_range hidden[] = {
		{ 0x00ad, 0x00ad }, { 0x061c, 0x061c }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff9, 0xfffb },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe007f },
	};
	if (code < 0xa0)
		return code < 0x20 || code >= 0x7f;
	return in_ranges(hidden, sizeof(hidden) / sizeof(hidden[0]), code);
}

static void put_code_name(struct out *o, uint32_t code)
{
	char text[16] = "\xe2\x9f\xa8U+";
	size_t used = 5;
	for (int shift = code > 0xfffff ? 20 : code > 0xffff ? 16 : 12; shift >= 0; shift -= 4)
		text[used++] = "0123456789ABCDEF"[code >> shift & 15];
	memcpy(text + used, "\xe2\x9f\xa9", 3);
	out_put(o, text, used + 3);
}

size_t text_to_display(const char *text, size_t bytes, char *out, size_t size)
{
	struct out o = out_of(out, size);
	const uint8_t *p = (const uint8_t *)text, *end = bytes ? p + bytes : p;
	while (p < end && !o.full) {
		size_t length = text_utf8_char(p, end);
		uint32_t code = length ? utf8_code(p, length) : 0;
		if (!length)
			put_hex_byte(&o, *p);
		else if (is_unsafe(code))
			put_code_name(&o, code);
		else
			out_put(&o, p, length);
		p += length ? length : 1;
	}
	return out_end(&o, size);
}

static void put_json_escape(struct out *o, uint32_t code)
{
	static const char short_form[] = "btn?fr";
	if (code >= 8 && code <= 13 && code != 11) {
		char text[2] = { '\\', short_form[code - 8] };
		out_put(o, text, 2);
	} else if (code == '"' || code == '\\') {
		char text[2] = { '\\', (char)code };
		out_put(o, text, 2);
	} else if (code < 0x10000) {
		put_u16_escape(o, code);
	} else {
		put_u16_escape(o, 0xd800 + ((code - 0x10000) >> 10));
		put_u16_escape(o, 0xdc00 + ((code - 0x10000) & 0x3ff));
	}
}

size_t text_to_json(const char *text, size_t bytes, char *out, size_t size)
{
	struct out o = out_of(out, size);
	const uint8_t *p = (const uint8_t *)text, *end = bytes ? p + bytes : p;
	while (p < end && !o.full) {
		size_t length = text_utf8_char(p, end);
		uint32_t code = length ? utf8_code(p, length) : 0xfffd;
		if (length && code != '"' && code != '\\' && !is_unsafe(code))
			out_put(&o, p, length);
		else
			put_json_escape(&o, code);
		p += length ? length : 1;
	}
	return out_end(&o, size);
}

size_t text_columns(const char *text, size_t bytes)
{
	const uint8_t *p = (const uint8_t *)text, *end = bytes ? p + bytes : p;
	size_t columns = 0;
	while (p < end) {
		size_t length = text_utf8_char(p, end);
		uint32_t code = length ? utf8_code(p, length) : 0;
		if (code >= 0x300 && in_ranges(text_width_none, sizeof(text_width_none) / sizeof(text_width_none[0]), code))
			columns += 0;
		else if (code >= 0x1100 && in_ranges(text_width_two, sizeof(text_width_two) / sizeof(text_width_two[0]), code))
			columns += 2;
		else
			columns += 1;
		p += length ? length : 1;
	}
	return columns;
}

static void put_u64(struct out *o, uint64_t value)
{
	char text[20];
	size_t at = sizeof(text);
	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	out_put(o, text + at, sizeof(text) - at);
}

size_t text_u64(uint64_t value, char *out, size_t size)
{
	struct out o = out_of(out, size);
	put_u64(&o, value);
	return out_end(&o, size);
}

size_t text_i64(int64_t value, char *out, size_t size)
{
	struct out o = out_of(out, size);
	if (value < 0)
		out_put(&o, "-", 1);
	put_u64(&o, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
	return out_end(&o, size);
}

static void put_ip4(struct out *o, const uint8_t *addr)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			out_put(o, ".", 1);
		put_u64(o, addr[i]);
	}
}

static void put_group(struct out *o, unsigned group)
{
	char text[4];
	size_t used = 0;
	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned digit = group >> shift & 15;
		if (digit || used || shift == 0)
			text[used++] = hex_digits[digit];
	}
	out_put(o, text, used);
}

/* RFC 5952 section 4.2: the first of the longest runs of at least two zero groups. */
static int longest_zero_run(const unsigned group[8], int *length)
{
	int best = -1;
	*length = 1;
	for (int i = 0; i < 8; i++) {
		int run = 0;
		while (i + run < 8 && group[i + run] == 0)
			run++;
		if (run > *length) {
			best = i;
			*length = run;
		}
		i += run;
	}
	return best;
}

static void put_ip6(struct out *o, const uint8_t *addr)
{
	unsigned group[8];
	int run, zero, groups = 8;
	for (int i = 0; i < 8; i++)
		group[i] = (unsigned)addr[2 * i] << 8 | addr[2 * i + 1];
	zero = longest_zero_run(group, &run);
	/* Section 5: an IPv4-mapped address in mixed notation. */
	if (zero == 0 && run == 5 && group[5] == 0xffff)
		groups = 6;
	for (int i = 0; i < groups; i++) {
		if (i == zero) {
			out_put(o, "::", 2);
			i += run - 1;
			continue;
		}
		if (i && i != zero + run)
			out_put(o, ":", 1);
		put_group(o, group[i]);
	}
	if (groups == 6) {
		out_put(o, ":", 1);
		put_ip4(o, addr + 12);
	}
}

size_t text_addr(unsigned ip_version, const uint8_t *addr, char *out, size_t size)
{
	struct out o = out_of(out, size);
	if (ip_version == 4)
		put_ip4(&o, addr);
	else if (ip_version == 6)
		put_ip6(&o, addr);
	return out_end(&o, size);
}

static void two_digits(char *at, unsigned value)
{
	at[0] = (char)('0' + value / 10);
	at[1] = (char)('0' + value % 10);
}

/* Years are counted from 1 March, so that the leap day is the last one and months have a closed form. */
static void put_date(char text[static 10], uint64_t days_since_1970)
{
	uint64_t days = days_since_1970 + 719468; /* since 0000-03-01 */
	uint64_t era = days / 146097;
	unsigned day_of_era = (unsigned)(days % 146097);
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned month = (5 * day_of_year + 2) / 153;
	unsigned year = (unsigned)era * 400 + year_of_era + (month >= 10);
	two_digits(text, year / 100);
	two_digits(text + 2, year % 100);
	text[4] = text[7] = '-';
	two_digits(text + 5, month < 10 ? month + 3 : month - 9);
	two_digits(text + 8, day_of_year - (153 * month + 2) / 5 + 1);
}

size_t text_time(uint64_t ns, char *out, size_t size)
{
	struct out o = out_of(out, size);
	uint64_t us = ns / 1000, seconds = us / 1000000;
	unsigned of_day = (unsigned)(seconds % 86400), fraction = (unsigned)(us % 1000000);
	char text[27];
	put_date(text, seconds / 86400);
	text[10] = 'T';
	two_digits(text + 11, of_day / 3600);
	text[13] = text[16] = ':';
	two_digits(text + 14, of_day / 60 % 60);
	two_digits(text + 17, of_day % 60);
	text[19] = '.';
	two_digits(text + 20, fraction / 10000);
	two_digits(text + 22, fraction / 100 % 100);
	two_digits(text + 24, fraction % 100);
	text[26] = 'Z';
	out_put(&o, text, sizeof(text));
	return out_end(&o, size);
}
