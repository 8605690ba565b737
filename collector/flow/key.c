/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "flow/flow.h"

#include <endian.h>
#include <string.h>

/* ICMP types that answer each other (the pairs of Community ID v1): a reply joins the flow of its request. */
static uint8_t icmp4_pair(uint8_t type)
{
	switch (type) {
	case 0: return 8;            /* echo */
	case 9: return 10;           /* router discovery, RFC 1256 */
	case 14: return 13;          /* timestamp */
	case 16: return 15;          /* information */
	case 18: return 17;          /* address mask */
	}
	return type;
}

static uint8_t icmp6_pair(uint8_t type)
{
	switch (type) {
	case 129: return 128;        /* echo */
	case 131: return 130;        /* multicast listener */
	case 134: return 133;        /* router discovery */
	case 136: return 135;        /* neighbour discovery */
	case 140: return 139;        /* node information */
	case 145: return 144;        /* home agent address discovery */
	}
	return type;
}

static void icmp_ports(const struct packet *p, uint16_t port[2])
{
	uint8_t type = (uint8_t)p->port[0];
	uint8_t pair = p->proto == IPPROTO_ICMP4 ? icmp4_pair(type) : icmp6_pair(type);
	bool paired = pair != type || icmp4_pair(0) == pair || p->icmp_has_id;
	port[0] = pair;
	port[1] = p->icmp_has_id ? p->icmp_id : paired ? 0 : p->port[1];
}

/* As memcmp of two addresses, in two steps of words. */
static int address_order(const uint8_t a[static IND_ADDR_BYTES], const uint8_t b[static IND_ADDR_BYTES])
{
	for (size_t at = 0; at < IND_ADDR_BYTES; at += 8) {
		uint64_t x, y;
		memcpy(&x, a + at, sizeof x);
		memcpy(&y, b + at, sizeof y);
		if (x != y)
			return be64toh(x) > be64toh(y) ? 1 : -1;
	}
	return 0;
}

unsigned flow_key_of(const struct packet *p, struct flow_key *key)
{
	bool icmp = p->proto == IPPROTO_ICMP4 || p->proto == IPPROTO_ICMP6;
	int order = address_order(p->addr[0], p->addr[1]);
	unsigned way = order > 0 || (order == 0 && !icmp && p->port[0] > p->port[1]);
	memcpy(key->addr[way], p->addr[0], IND_ADDR_BYTES);
	memcpy(key->addr[!way], p->addr[1], IND_ADDR_BYTES);
	if (!p->has_ports) {
		key->port[0] = key->port[1] = 0;
	} else if (icmp) {
		icmp_ports(p, key->port);
	} else {
		key->port[way] = p->port[0];
		key->port[!way] = p->port[1];
	}
	key->proto = p->proto;
	key->ip_version = p->ip_version;
	key->context = p->context;
	return way;
}
