/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and networks: RFC 4291 section 2.2, RFC 4632; pcap-filter's short forms of IPv4 networks. */
#include "base/text.h"
#include "query/parse.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { ADDR_TEXT_BYTES = 64 };

struct network { uint8_t addr[IND_ADDR_BYTES]; unsigned ip_version, bits; bool has_bits; };

static unsigned whole_bits(unsigned ip_version) { return ip_version == 4 ? 32 : 128; }

/* "192.0.2": a dot less, eight bits less. */
static bool short_ip4(const char *text, struct network *n)
{
	unsigned parts = 0, value = 0;
	bool digit = false;
	for (const char *at = text;; at++) {
		if (*at >= '0' && *at <= '9') {
			value = value * 10 + (unsigned)(*at - '0');
			digit = true;
			if (value > UINT8_MAX)
				return false;
		} else if ((*at == '.' || !*at) && digit && parts < 4) {
			n->addr[parts++] = (uint8_t)value;
			value = 0;
			digit = false;
			if (!*at)
				break;
		} else {
			return false;
		}
	}
	n->ip_version = 4;
	n->bits = parts * 8;
	n->has_bits = parts < 4;
	return true;
}

static bool prefix_bits(const char *text, struct network *n)
{
	unsigned bits = 0, digits = 0;
	for (; text[digits] >= '0' && text[digits] <= '9' && digits < 3; digits++)
		bits = bits * 10 + (unsigned)(text[digits] - '0');
	if (digits == 0 || text[digits] || bits > whole_bits(n->ip_version))
		return false;
	n->bits = bits;
	n->has_bits = true;
	return true;
}

static bool network_of(struct code_string word, bool short_form, struct network *n)
{
	char text[ADDR_TEXT_BYTES];
	*n = (struct network){ .ip_version = 4, .bits = 32 };
	if (word.bytes >= sizeof(text))
		return false;
	memcpy(text, word.at, word.bytes);
	text[word.bytes] = '\0';
	char *slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	if (strlen(text) + (slash ? strlen(slash) + 1 : 0) != word.bytes)
		return false;
	if (inet_pton(AF_INET6, text, n->addr) == 1) {
		n->ip_version = 6;
		n->bits = 128;
	} else if (inet_pton(AF_INET, text, n->addr) != 1 && !(short_form && short_ip4(text, n))) {
		return false;
	}
	return !slash || prefix_bits(slash, n);
}

/* The last bytes, as many as the prefix leaves free, to zero or one; true if any was changed to zero. */
static bool fill(struct network *n, uint8_t with, uint8_t out[static IND_ADDR_BYTES])
{
	bool changed = false;
	memcpy(out, n->addr, IND_ADDR_BYTES);
	for (unsigned bit = n->bits; bit < whole_bits(n->ip_version); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);
		changed |= !with && (out[bit / 8] & mask);
		out[bit / 8] = (uint8_t)(with ? out[bit / 8] | mask : out[bit / 8] & ~mask);
	}
	return changed;
}

static bool add(struct parser *p, struct code_set *set, struct network *n)
{
	uint8_t first[IND_ADDR_BYTES], last[IND_ADDR_BYTES];
	char text[ADDR_TEXT_BYTES];
	if (fill(n, 0, first)) {
		text_addr(n->ip_version, first, text, sizeof(text));
		parse_fail(p, p->token.at, "this network has address bits behind its prefix; did you mean %s/%u?", text, n->bits);
		return false;
	}
	fill(n, 1, last);
	return code_add_addrs(p, set, n->ip_version, (struct code_addrs){ code_addr_of(first), code_addr_of(last) });
}

static bool item_addr(struct parser *p, struct code_set *set, struct code_string word)
{
	struct network n;
	if (network_of(word, false, &n))
		return add(p, set, &n);
	parse_fail(p, p->token.at, "'%.*s' is not an address; names are not looked up", (int)(word.bytes < 40 ? word.bytes : 40), word.at);
	return false;
}

static bool item_net(struct parser *p, struct code_set *set, struct code_string word)
{
	struct network n;
	if (network_of(word, true, &n))
		return add(p, set, &n);
	parse_fail(p, p->token.at, "'%.*s' is not a network; write it as 192.0.2.0/24 or 2001:db8::/32", (int)(word.bytes < 40 ? word.bytes : 40), word.at);
	return false;
}

/* `mask 255.255.255.0`, or the mask alone. */
static bool mask(struct parser *p, struct network *n)
{
	uint8_t bytes[IND_ADDR_BYTES] = { 0 };
	char text[ADDR_TEXT_BYTES] = "";
	bool word = parse_is(p, "mask");
	struct token t = word ? p->ahead : p->token;
	if (n->ip_version != 4 || n->has_bits || t.kind != TOKEN_WORD || t.bytes >= sizeof(text))
		return !word;
	memcpy(text, p->text + t.at, t.bytes);
	if (inet_pton(AF_INET, text, bytes) != 1)
		return !word;
	unsigned bits = 0;
	while (bits < 32 && bytes[bits / 8] & 0x80 >> bits % 8)
		bits++;
	n->bits = bits;
	for (; bits < 32; bits++)
		if (bytes[bits / 8] & 0x80 >> bits % 8)
			return false;
	n->has_bits = true;
	if (word)
		parse_advance(p);
	parse_advance(p);
	return true;
}

bool parse_is_address(const struct parser *p)
{
	struct network n;
	return p->token.kind == TOKEN_WORD && network_of((struct code_string){ p->text + p->token.at, p->token.bytes }, false, &n);
}

/* One address or network; with `net` also the short forms and a mask. */
static bool one(struct parser *p, bool net, struct code_set *set)
{
	struct network n;
	struct code_string word = { p->text + p->token.at, p->token.bytes };
	if (p->token.kind != TOKEN_WORD) {
		parse_fail(p, p->token.at, "%s stands where an address belongs", parse_shown(p, &p->token));
		return false;
	}
	if (!net || !network_of(word, true, &n)) {
		bool ok = (net ? item_net : item_addr)(p, set, word);
		parse_advance(p);
		return ok;
	}
	struct token at = p->token;
	parse_advance(p);
	if (!mask(p, &n))
		parse_fail(p, p->token.at, "'mask' is for IPv4 addresses, and has its ones first");
	if (parse_ok(p)) {
		struct token here = p->token;
		p->token = at;
		add(p, set, &n);
		p->token = here;
	}
	return parse_ok(p);
}

bool parse_addresses(struct parser *p, bool net, struct compared *out)
{
	*out = (struct compared){ .step = { .op = CODE_ADDR, .test = TEST_SET } };
	struct code_set *set = parse_set(p, &out->step.set);
	if (!set)
		return false;
	if (parse_is(p, "in")) {
		parse_advance(p);
		return parse_list(p, net ? item_net : item_addr, set);
	}
	if (p->token.kind == TOKEN_EQUAL || p->token.kind == TOKEN_UNEQUAL) {
		out->not = p->token.kind == TOKEN_UNEQUAL;
		parse_advance(p);
	}
	return parse_ok(p) && one(p, net, set);
}
