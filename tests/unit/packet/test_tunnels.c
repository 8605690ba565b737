/* SPDX-License-Identifier: Apache-2.0 */
/* Headers around an inner IP layer, byte by byte. */
#include "packet/packet.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdlib.h>

enum { INNER_SRC = 0x0a090909, OUTER_SRC = 0xc0000201, INNER_BYTES = 20 + 8 + 3 };

#define TEXT(bytes) (bytes), sizeof(bytes) - 1
#define MACS "\2\0\0\0\0\3\2\0\0\0\0\4"
#define MAX_KINDS 3

struct around {
	const char *name;
	unsigned link;
	const char *before;          /* the inner datagram */
	size_t bytes;
	unsigned outer_proto;        /* 0: `before` begins the frame; else it is what an outer IPv4 header of this protocol carries */
	uint8_t kinds[MAX_KINDS];
};

static const struct around rows[] = {
	{ "ethernet", PACKET_LINK_ETHERNET, TEXT(MACS "\x08\0"), 0, { 0 } },
	{ "llc and snap", PACKET_LINK_ETHERNET, TEXT(MACS "\0\x2f\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "llc, ip", PACKET_LINK_ETHERNET, TEXT(MACS "\0\x2f\x06\x06\3"), 0, { 0 } },
	{ "sll, 802.2", PACKET_LINK_SLL, TEXT("\0\0\0\1\0\6\1\2\3\4\5\6\0\0\0\4\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "rfc 1483", PACKET_LINK_ATM_RFC1483, TEXT("\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "rfc 1483, bridged", PACKET_LINK_ATM_RFC1483, TEXT("\xaa\xaa\3\0\x80\xc2\0\7\0\0" MACS "\x08\0"), 0, { 0 } },
	{ "arcnet", PACKET_LINK_ARCNET, TEXT("\1\2\xd4\0\0\1"), 0, { 0 } },
	{ "arcnet, exception", PACKET_LINK_ARCNET, TEXT("\1\2\xd4\xff\xff\xff\xd4\0\0\1"), 0, { 0 } },
	{ "arcnet, rfc 1051", PACKET_LINK_ARCNET, TEXT("\1\2\xf0"), 0, { 0 } },
	{ "arcnet of linux", PACKET_LINK_ARCNET_LINUX, TEXT("\1\2\0\0\xd4\0\0\1"), 0, { 0 } },
	{ "arcnet of linux, rfc 1051", PACKET_LINK_ARCNET_LINUX, TEXT("\1\2\0\0\xf0"), 0, { 0 } },
	{ "ppp", PACKET_LINK_PPP, TEXT("\xff\3\0\x21"), 0, { 0 } },
	{ "ppp, compressed", PACKET_LINK_PPP, TEXT("\x21"), 0, { 0 } },
	{ "ppp, with direction", PACKET_LINK_PPP_WITH_DIR, TEXT("\1\xff\3\0\x21"), 0, { 0 } },
	{ "serial, ppp", PACKET_LINK_PPP_SERIAL, TEXT("\xff\3\0\x21"), 0, { 0 } },
	{ "serial, cisco", PACKET_LINK_PPP_SERIAL, TEXT("\x0f\0\x08\0"), 0, { 0 } },
	{ "hdlc", PACKET_LINK_CHDLC, TEXT("\x8f\0\x08\0"), 0, { 0 } },
	{ "hdlc, with direction", PACKET_LINK_CHDLC_WITH_DIR, TEXT("\0\x8f\0\x08\0"), 0, { 0 } },
	{ "frame relay", PACKET_LINK_FRAME_RELAY, TEXT("\x18\x41\3\xcc"), 0, { 0 } },
	{ "frame relay, snap", PACKET_LINK_FRAME_RELAY, TEXT("\x18\x41\3\0\x80\0\0\0\x08\0"), 0, { 0 } },
	{ "frame relay, bridged", PACKET_LINK_FRAME_RELAY, TEXT("\x18\x41\3\0\x80\0\x80\xc2\0\7" MACS "\x08\0"), 0, { 0 } },
	{ "frame relay, cisco, long address", PACKET_LINK_FRAME_RELAY_WITH_DIR, TEXT("\0\x18\x40\x40\x41\x08\0"), 0, { 0 } },
	{ "pppoe link", PACKET_LINK_PPP_ETHER, TEXT("\x11\0\0\5\0\x21\0\x21"), 0, { IND_TUNNEL_PPPOE } },
	{ "pppoe", PACKET_LINK_ETHERNET, TEXT(MACS "\x88\x64\x11\0\0\5\0\x21\0\x21"), 0, { IND_TUNNEL_PPPOE } },
	{ "mpls link", PACKET_LINK_MPLS, TEXT("\0\1\1\x40"), 0, { IND_TUNNEL_MPLS } },
	{ "mpls, two labels", PACKET_LINK_ETHERNET, TEXT(MACS "\x88\x47\0\1\0\x40\0\2\1\x40"), 0, { IND_TUNNEL_MPLS } },
	{ "mpls, ethernet", PACKET_LINK_ETHERNET, TEXT(MACS "\x88\x48\0\1\1\x40" MACS "\x08\0"), 0, { IND_TUNNEL_MPLS } },
	{ "mpls, control word", PACKET_LINK_ETHERNET, TEXT(MACS "\x88\x47\0\1\1\x40\0\0\0\x2a" MACS "\x08\0"), 0, { IND_TUNNEL_MPLS } },
	{ "pbb in pbb", PACKET_LINK_ETHERNET, TEXT(MACS "\x88\xe7\0\0\0\7" MACS "\x88\xe7\0\0\0\x08" MACS "\x08\0"), 0, { IND_TUNNEL_PBB } },
	{ "pppoe in pbb", PACKET_LINK_ETHERNET, TEXT(MACS "\x88\xe7\0\0\0\7" MACS "\x88\x64\x11\0\0\5\0\x21\0\x21"), 0,
		{ IND_TUNNEL_PBB, IND_TUNNEL_PPPOE } },
	{ "wifi", PACKET_LINK_WIFI, TEXT("\x08\1\0\0" MACS "\2\0\0\0\0\5\0\0\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "wifi, four addresses, qos", PACKET_LINK_WIFI, TEXT("\x88\3\0\0" MACS "\2\0\0\0\0\5\0\0\2\0\0\0\0\6\0\0\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "radiotap", PACKET_LINK_WIFI_RADIOTAP,
		TEXT("\0\0\x11\0\3\0\0\0\1\2\3\4\5\6\7\x08\0\x08\1\0\0" MACS "\2\0\0\0\0\5\0\0\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "radiotap, padded", PACKET_LINK_WIFI_RADIOTAP,
		TEXT("\0\0\x09\0\2\0\0\0\x20\x88\1\0\0" MACS "\2\0\0\0\0\5\0\0\0\0\0\0\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "avs", PACKET_LINK_WIFI_AVS, TEXT("\x80\x21\x10\2\0\0\0\x0c\0\0\0\0\x08\1\0\0" MACS "\2\0\0\0\0\5\0\0\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "prism", PACKET_LINK_WIFI_PRISM, TEXT("\0\0\0\x44\x0c\0\0\0\0\0\0\0\x08\1\0\0" MACS "\2\0\0\0\0\5\0\0\xaa\xaa\3\0\0\0\x08\0"), 0, { 0 } },
	{ "ppi", PACKET_LINK_PPI, TEXT("\0\0\x0c\0\1\0\0\0\0\0\0\0" MACS "\x08\0"), 0, { 0 } },
	{ "nflog", PACKET_LINK_NFLOG, TEXT("\2\0\0\1\5\0\x0a\0p\0\0\0\x23\0\x09\0"), 0, { 0 } },
	{ "ipip", PACKET_LINK_RAW, TEXT(""), 4, { IND_TUNNEL_IPIP } },
	{ "gre", PACKET_LINK_RAW, TEXT("\0\0\x08\0"), 47, { IND_TUNNEL_GRE } },
	{ "gre, all options", PACKET_LINK_RAW, TEXT("\xf0\0\x08\0cccckkkkssss\0\2\0\4rrrr\0\0\0\0"), 47, { IND_TUNNEL_GRE } },
	{ "gre, bridging", PACKET_LINK_RAW, TEXT("\x20\0\x65\x58\0\0\7\0" MACS "\x08\0"), 47, { IND_TUNNEL_GRE } },
	{ "gre, ppp", PACKET_LINK_RAW, TEXT("\x30\x81\x88\x0b\0\x25\0\1ssssaaaa\xff\3\0\x21"), 47, { IND_TUNNEL_GRE } },
	{ "gre, mpls", PACKET_LINK_RAW, TEXT("\0\0\x88\x47\0\1\1\x40"), 47, { IND_TUNNEL_GRE, IND_TUNNEL_MPLS } },
	{ "erspan I", PACKET_LINK_RAW, TEXT("\0\0\x88\xbe" MACS "\x08\0"), 47, { IND_TUNNEL_ERSPAN } },
	{ "erspan II", PACKET_LINK_RAW, TEXT("\x10\0\x88\xbessss\x10\0\0\1\0\0\0\2" MACS "\x08\0"), 47, { IND_TUNNEL_ERSPAN } },
	{ "erspan III", PACKET_LINK_RAW, TEXT("\x10\0\x22\xebssss\x20\0\0\1tttt\0\0\0\1subheadr" MACS "\x08\0"), 47, { IND_TUNNEL_ERSPAN } },
	{ "mpls in ip", PACKET_LINK_RAW, TEXT("\0\1\1\x40"), 137, { IND_TUNNEL_MPLS } },
	{ "ah tunnel", PACKET_LINK_RAW, TEXT("\4\4\0\0ppppssssiiiiiiiiiiii"), 51, { IND_TUNNEL_AH } },
	{ "vxlan, reserved bits", PACKET_LINK_RAW, TEXT("\x12\xb5\x12\xb5\0\x3d\0\0\xff\xff\xff\xff\0\0\7\xff" MACS "\x08\0"), 17, { IND_TUNNEL_VXLAN } },
	{ "geneve, option", PACKET_LINK_RAW, TEXT("\x80\0\x17\xc1\0\x41\0\0\1\0\x65\x58\0\0\7\0oooo" MACS "\x08\0"), 17, { IND_TUNNEL_GENEVE } },
	{ "geneve, ip", PACKET_LINK_RAW, TEXT("\x80\0\x17\xc1\0\x2f\0\0\0\0\x08\0\0\0\7\0"), 17, { IND_TUNNEL_GENEVE } },
	{ "gtp-u", PACKET_LINK_RAW, TEXT("\x08\x68\x08\x68\0\x2f\0\0\x30\xff\0\x1ftttt"), 17, { IND_TUNNEL_GTPU } },
	{ "gtp-u, extension", PACKET_LINK_RAW, TEXT("\x08\x68\x08\x68\0\x37\0\0\x34\xff\0\x27tttt\0\0\0\x85\1\x10\1\0"), 17, { IND_TUNNEL_GTPU } },
	{ "vxlan, pppoe", PACKET_LINK_RAW, TEXT("\0\1\x12\xb5\0\x45\0\0\x08\0\0\0\0\0\7\0" MACS "\x88\x64\x11\0\0\5\0\x21\0\x21"), 17,
		{ IND_TUNNEL_VXLAN, IND_TUNNEL_PPPOE } },
};

static void frame_make(const struct around *r, struct craft *c)
{
	c->count = 0;
	if (r->outer_proto)
		craft_ip4(c, OUTER_SRC, 2, r->outer_proto, 31, (unsigned)r->bytes + INNER_BYTES);
	craft_put(c, r->before, r->bytes);
	craft_ip4(c, INNER_SRC, 0x0a080808, 17, 64, 8 + 3);
	craft_udp(c, 1234, 53, 3);
	craft_put(c, "abc", 3);
}

static struct frame frame_of(const struct craft *c, unsigned link)
{
	struct frame f = craft_frame(c, 1);
	f.link = link;
	return f;
}

static void inner_is(const struct packet *p, const struct around *r)
{
	unsigned kinds = 0;
	while (kinds < MAX_KINDS && r->kinds[kinds])
		kinds++;
	ck_assert_msg(p->ip != NULL, "%s: no IP", r->name);
	ck_assert_msg(p->addr[0][0] == 10 && p->ttl == 64 && p->port[1] == 53 && p->payload_captured == 3, "%s", r->name);
	ck_assert_msg(p->tunnel_count == kinds && memcmp(p->tunnel, r->kinds, kinds) == 0, "%s: %u encapsulations", r->name, p->tunnel_count);
	ck_assert_ptr_null(p->inner);
}

static void inner_found(const struct around *r)
{
	struct craft c;
	struct packet p, inner;
	frame_make(r, &c);
	struct frame f = frame_of(&c, r->link);
	ck_assert(packet_link_known(r->link));
	ck_assert_msg(packet_decode(&f, &p) == DECODE_OK, "%s", r->name);
	if (!r->outer_proto) {
		inner_is(&p, r);
		return;
	}
	ck_assert_uint_eq(p.ttl, 31);
	ck_assert_uint_eq(p.ip_bytes, c.count);
	ck_assert_uint_eq(p.tunnel_count, 0);
	ck_assert_msg(p.inner != NULL, "%s", r->name);
	ck_assert_int_eq(packet_decode_inner(&p, &inner), DECODE_OK);
	ck_assert_uint_eq(p.carries, r->kinds[0]);
	ck_assert_uint_eq(inner.ip_bytes, INNER_BYTES);
	inner_is(&inner, r);
}

static void cuts_stay_inside(const struct around *r)
{
	struct craft c;
	frame_make(r, &c);
	for (size_t n = 0; n < c.count; n++) {
		uint8_t *exact = malloc(n ? n : 1);
		memcpy(exact, c.bytes, n);
		struct frame f = { .bytes = exact, .captured = (uint32_t)n, .wire = (uint32_t)c.count, .link = r->link };
		struct packet p, inner;
		enum decode outcome = packet_decode(&f, &p);
		if (outcome == DECODE_OK && p.inner)
			(void)packet_decode_inner(&p, &inner);
		ck_assert_msg(n >= c.count - 11 || outcome != DECODE_OK || r->outer_proto, "%s cut to %zu", r->name, n);
		free(exact);
	}
}

/* Whatever a byte is turned into, nothing is read outside. */
static void changes_stay_inside(const struct around *r)
{
	struct craft c;
	frame_make(r, &c);
	for (size_t at = 0; at < c.count; at++) {
		uint8_t was = c.bytes[at];
		for (unsigned v = 0; v < 256; v += 5) {
			struct frame f = frame_of(&c, r->link);
			struct packet p, inner;
			c.bytes[at] = (uint8_t)v;
			(void)packet_decode(&f, &p);
			if (p.inner)
				(void)packet_decode_inner(&p, &inner);
		}
		c.bytes[at] = was;
	}
}

START_TEST(every_row)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		inner_found(&rows[i]);
		cuts_stay_inside(&rows[i]);
		changes_stay_inside(&rows[i]);
	}
}
END_TEST

START_TEST(ip6_in_ip4_is_6to4_by_its_prefix)
{
	for (unsigned to4 = 0; to4 < 2; to4++) {
		struct craft c = { .count = 0 };
		struct packet p, inner;
		craft_ip4(&c, 1, 2, 41, 64, 40 + 8);
		craft_ip6(&c, 1, 2, 17, 8);
		if (to4)
			c.bytes[20 + 8] = 0x20, c.bytes[20 + 9] = 0x02;
		craft_udp(&c, 1, 2, 0);
		struct frame f = frame_of(&c, PACKET_LINK_RAW);
		ck_assert_int_eq(packet_decode(&f, &p), DECODE_OK);
		ck_assert_int_eq(packet_decode_inner(&p, &inner), DECODE_OK);
		ck_assert_uint_eq(p.carries, to4 ? IND_TUNNEL_6TO4 : IND_TUNNEL_6IN4);
		ck_assert_uint_eq(inner.ip_version, 6);
	}
}
END_TEST

/* Authentication and origin before the datagram; the port alone is not enough. */
START_TEST(teredo_is_known_by_its_content)
{
	struct craft c = { .count = 0 };
	struct packet p, inner;
	craft_ip4(&c, 1, 2, 17, 64, 8 + 13 + 8 + 40);
	craft_udp(&c, 3544, 40000, 13 + 8 + 40);
	craft_put(&c, "\0\1\0\0nnnnnnnn\0\0\0ppaaaa", 13 + 8);
	craft_ip6(&c, 1, 2, 59, 0);
	struct frame f = frame_of(&c, PACKET_LINK_RAW);
	ck_assert_int_eq(packet_decode(&f, &p), DECODE_OK);
	ck_assert_ptr_nonnull(p.inner);
	ck_assert_int_eq(packet_decode_inner(&p, &inner), DECODE_OK);
	ck_assert_uint_eq(p.carries, IND_TUNNEL_TEREDO);
	c.bytes[20 + 8 + 13 + 8] = 0x50;
	ck_assert_int_eq(packet_decode(&f, &p), DECODE_OK);
	ck_assert_ptr_null(p.inner);
}
END_TEST

/* Transport mode: one layer, whose flow is that of the transport. */
START_TEST(ah_before_a_transport_is_no_other_layer)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_ip6(&c, 1, 2, 51, 24 + 8 + 8);
	craft_put(&c, "\x3c\4\0\0ppppssssiiiiiiiiiiii", 24);
	craft_put(&c, "\x11\0\1\4\0\0\0\0", 8);
	craft_udp(&c, 12345, 54321, 0);
	struct frame f = frame_of(&c, PACKET_LINK_RAW);
	ck_assert_int_eq(packet_decode(&f, &p), DECODE_OK);
	ck_assert_ptr_null(p.inner);
	ck_assert_uint_eq(p.proto, 17);
	ck_assert_uint_eq(p.port[1], 54321);
	ck_assert_uint_eq(p.tunnel_count, 1);
	ck_assert_uint_eq(p.tunnel[0], IND_TUNNEL_AH);
}
END_TEST

START_TEST(nesting_ends)
{
	enum { LEVELS = 40 };
	struct craft c = { .count = 0 };
	struct packet p[LEVELS];
	for (unsigned i = 0; i < LEVELS; i++)
		craft_ip4(&c, 1, 2, 4, 64, 20 * (LEVELS - i - 1));
	struct frame f = frame_of(&c, PACKET_LINK_RAW);
	unsigned depth = 0;
	ck_assert_int_eq(packet_decode(&f, &p[0]), DECODE_OK);
	while (p[depth].inner && packet_decode_inner(&p[depth], &p[depth + 1]) == DECODE_OK && p[depth + 1].ip)
		depth++;
	ck_assert_uint_eq(depth, IND_TUNNEL_MAX);
}
END_TEST

START_TEST(vlans_are_those_of_the_layer)
{
	struct craft c = { .count = 0 };
	struct packet p, inner;
	craft_ethernet(&c, 0x8100);
	craft_be16(&c, 5), craft_be16(&c, 0x0800);
	craft_ip4(&c, 1, 2, 47, 64, 4 + 14 + 4 + 20);
	craft_put(&c, "\0\0\x65\x58", 4);
	craft_ethernet(&c, 0x8100);
	craft_be16(&c, 9), craft_be16(&c, 0x0800);
	craft_ip4(&c, 3, 4, 99, 64, 0);
	struct frame f = frame_of(&c, PACKET_LINK_ETHERNET);
	ck_assert_int_eq(packet_decode(&f, &p), DECODE_OK);
	ck_assert_int_eq(packet_decode_inner(&p, &inner), DECODE_OK);
	ck_assert(p.vlan_count == 1 && p.vlan[0] == 5);
	ck_assert(inner.vlan_count == 1 && inner.vlan[0] == 9);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("tunnels");
	tcase_add_test(t, every_row);
	tcase_add_test(t, ip6_in_ip4_is_6to4_by_its_prefix);
	tcase_add_test(t, teredo_is_known_by_its_content);
	tcase_add_test(t, ah_before_a_transport_is_no_other_layer);
	tcase_add_test(t, nesting_ends);
	tcase_add_test(t, vlans_are_those_of_the_layer);
	return suite_run("packet.tunnels", t);
}
