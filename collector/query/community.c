/* SPDX-License-Identifier: Apache-2.0 */
/* Community ID flow hashing, version 1: SHA-1 over seed, ordered addresses, protocol, zero, ordered ports. */
#include "query/community.h"
#include "base/hash.h"
#include "bundle/base64.h"
#include <string.h>

enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58, PROTO_SCTP = 132 };

struct pair { uint8_t ask, answer; };

/* RFC 792, RFC 950, RFC 1256. */
static const struct pair icmp_pairs[] = { { 8, 0 }, { 13, 14 }, { 15, 16 }, { 10, 9 }, { 17, 18 } };

/* RFC 4443, RFC 2710, RFC 4861, RFC 4620, RFC 6275. */
static const struct pair icmp6_pairs[] = { { 128, 129 }, { 130, 131 }, { 133, 134 }, { 135, 136 }, { 139, 140 }, { 144, 145 } };

/* A type that has a counterpart takes it as the other port; any other takes its code, and has only one direction. */
static bool icmp_ports(const struct pair *pairs, size_t count, uint16_t port[2])
{
	for (size_t i = 0; i < count; i++) {
		if (port[0] == pairs[i].ask || port[0] == pairs[i].answer) {
			port[1] = port[0] == pairs[i].ask ? pairs[i].answer : pairs[i].ask;
			return true;
		}
	}
	return false;
}

static bool is_ordered(const struct ind_flow *flow, const uint16_t port[2])
{
	int order = memcmp(flow->addr[IND_SRC], flow->addr[IND_DST], IND_ADDR_BYTES);
	return order < 0 || (order == 0 && port[0] <= port[1]);
}

const char *community_id(const struct ind_flow *flow, char text[static COMMUNITY_TEXT])
{
	uint16_t port[2] = { flow->port[0], flow->port[1] };
	bool two_way = true, has_ports = true;
	if (flow->no_ports)
		return NULL;
	switch (flow->proto) {
	case PROTO_ICMP: two_way = icmp_ports(icmp_pairs, sizeof(icmp_pairs) / sizeof(icmp_pairs[0]), port); break;
	case PROTO_ICMP6: two_way = icmp_ports(icmp6_pairs, sizeof(icmp6_pairs) / sizeof(icmp6_pairs[0]), port); break;
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_SCTP: break;
	default: has_ports = false; port[0] = port[1] = 0;
	}
	unsigned first = !two_way || is_ordered(flow, port) ? IND_SRC : IND_DST;
	uint8_t input[2 + 2 * IND_ADDR_BYTES + 6] = { 0 }, digest[HASH_SHA1_BYTES];
	size_t addr_bytes = flow->ip_version == 4 ? 4 : IND_ADDR_BYTES, used = 2;
	for (unsigned i = 0; i < 2; i++, used += addr_bytes)
		memcpy(input + used, flow->addr[first ^ i], addr_bytes);
	input[used] = flow->proto;
	used += 2;
	for (unsigned i = 0; has_ports && i < 2; i++) {
		input[used++] = (uint8_t)(port[first ^ i] >> 8);
		input[used++] = (uint8_t)port[first ^ i];
	}
	hash_sha1(input, used, digest);
	memcpy(text, "1:", 2);
	*base64_put(digest, sizeof(digest), text + 2) = '\0';
	return text;
}
