/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/network.h"

#include <arpa/inet.h>
#include <string.h>

bool network_number(const char *at, size_t bytes, uint32_t max, uint32_t *number)
{
	enum { DIGITS_MAX = 10 };
	uint64_t value = 0;
	if (bytes == 0 || bytes > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < bytes; i++) {
		if (at[i] < '0' || at[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(at[i] - '0');
	}
	*number = (uint32_t)value;
	return value <= max;
}

/* Four decimal numbers without leading zeros: 010 is 8 to some and 10 to others. */
static bool address4(const char *at, size_t bytes, uint32_t *address)
{
	const char *end = at + bytes;
	*address = 0;
	for (unsigned part = 0; part < 4; part++) {
		unsigned value = 0, digits = 0;
		for (; at < end && *at >= '0' && *at <= '9' && digits < 4; at++, digits++)
			value = value * 10 + (unsigned)(*at - '0');
		if (digits == 0 || value > 255 || (digits > 1 && at[-(int)digits] == '0'))
			return false;
		*address = *address << 8 | value;
		if (part < 3 && (at == end || *at++ != '.'))
			return false;
	}
	return at == end;
}

void network_key(unsigned ip_version, const uint8_t *addr, uint32_t key[static 4])
{
	for (unsigned i = 0; i < (ip_version == 4 ? 1 : 4); i++, addr += 4)
		key[i] = (uint32_t)addr[0] << 24 | (uint32_t)addr[1] << 16 | (uint32_t)addr[2] << 8 | addr[3];
}

static bool address6(const char *at, size_t bytes, uint32_t address[static 4])
{
	char text[INET6_ADDRSTRLEN];
	uint8_t parsed[16];
	if (bytes >= sizeof text || memchr(at, '\0', bytes))
		return false;
	memcpy(text, at, bytes);
	text[bytes] = '\0';
	if (inet_pton(AF_INET6, text, parsed) != 1)
		return false;
	network_key(6, parsed, address);
	return true;
}

bool network_address(const char *at, size_t bytes, struct network *n)
{
	*n = (struct network){ .ip_version = bytes && memchr(at, ':', bytes) ? 6 : 4 };
	if (n->ip_version == 4 ? !address4(at, bytes, n->first) : !address6(at, bytes, n->first))
		return false;
	memcpy(n->last, n->first, sizeof n->last);
	return true;
}

bool network_widen(struct network *n, unsigned bits)
{
	unsigned words = n->ip_version == 4 ? 1 : 4;
	if (bits == 0 || bits > 32 * words)
		return false;
	for (unsigned i = 0; i < words; i++, bits = bits > 32 ? bits - 32 : 0) {
		uint32_t below = bits >= 32 ? 0 : bits == 0 ? UINT32_MAX : UINT32_MAX >> bits;
		n->first[i] &= ~below;
		n->last[i] |= below;
	}
	return true;
}

static bool in_order(const struct network *n)
{
	for (unsigned i = 0; i < (n->ip_version == 4 ? 1 : 4); i++)
		if (n->first[i] != n->last[i])
			return n->first[i] < n->last[i];
	return true;
}

/* 0.0.0.0 to 255.255.255.255 as a range is as much a mistake as 0.0.0.0/0. */
static bool is_all(const struct network *n) { return n->first[0] == 0 && n->last[0] == UINT32_MAX; }

static bool range_parse(const char *at, const char *dash, const char *end, struct network *n)
{
	struct network last;
	const char *stop = dash, *from = dash + 1;
	while (stop > at && stop[-1] == ' ')
		stop--;
	while (from < end && *from == ' ')
		from++;
	if (!network_address(at, (size_t)(stop - at), n) || !network_address(from, (size_t)(end - from), &last) || last.ip_version != n->ip_version)
		return false;
	memcpy(n->last, last.first, sizeof n->last);
	return in_order(n) && !is_all(n);
}

bool network_parse(const char *at, size_t bytes, struct network *n)
{
	const char *end = at + bytes, *slash = bytes ? memchr(at, '/', bytes) : NULL, *dash = bytes ? memchr(at, '-', bytes) : NULL;
	uint32_t bits;
	if (slash)
		return network_number(slash + 1, (size_t)(end - slash - 1), 128, &bits) && network_address(at, (size_t)(slash - at), n) && network_widen(n, bits);
	return dash ? range_parse(at, dash, end, n) : bytes && network_address(at, bytes, n);
}
