/* SPDX-License-Identifier: Apache-2.0 */
#include "packet/packet.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdlib.h>

static enum decode decode(const struct craft *c, unsigned link, struct packet *p)
{
	static struct frame f;
	f = craft_frame(c, 1);
	f.link = link;
	return packet_decode(&f, p);
}

static void tcp_frame(struct craft *c)
{
	c->count = 0;
	craft_segment(c, 0x0a000001, 40000, 0x0a000002, 443, 1000, 2000, TCP_PSH | TCP_ACK, "hello", 5);
}

START_TEST(ethernet_ip4_tcp)
{
	struct craft c;
	struct packet p;
	tcp_frame(&c);
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_OK);
	ck_assert_uint_eq(p.ip_version, 4);
	ck_assert_uint_eq(p.proto, 6);
	ck_assert_uint_eq(p.ttl, 57);
	ck_assert_uint_eq(p.port[0], 40000);
	ck_assert_uint_eq(p.port[1], 443);
	ck_assert_uint_eq(p.seq, 1000);
	ck_assert_uint_eq(p.ack, 2000);
	ck_assert_uint_eq(p.tcp_flags, TCP_PSH | TCP_ACK);
	ck_assert_uint_eq(p.ip_bytes, 45);
	ck_assert_uint_eq(p.payload_bytes, 5);
	ck_assert_mem_eq(p.payload, "hello", 5);
	ck_assert(p.dont_fragment);
	ck_assert(!p.is_fragment);
}
END_TEST

START_TEST(ethernet_padding_is_no_payload)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_segment(&c, 1, 1, 2, 2, 0, 0, TCP_SYN, NULL, 0);
	craft_put(&c, "\0\0\0\0\0\0", 6);
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_OK);
	ck_assert_uint_eq(p.payload_bytes, 0);
	ck_assert_uint_eq(p.payload_captured, 0);
}
END_TEST

START_TEST(vlan_qinq_and_cisco_metadata)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_ethernet(&c, 0x88a8);
	craft_be16(&c, 0x6000 | 100), craft_be16(&c, 0x8100);
	craft_be16(&c, 7), craft_be16(&c, 0x8909);
	craft_u8(&c, 1), craft_u8(&c, 1), craft_be32(&c, 0x00010064), craft_be16(&c, 0x0800);
	craft_ip4(&c, 1, 2, 17, 64, 8);
	craft_udp(&c, 5353, 53, 0);
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_OK);
	ck_assert_uint_eq(p.vlan_count, 2);
	ck_assert_uint_eq(p.vlan[0], 100);
	ck_assert_uint_eq(p.vlan[1], 7);
	ck_assert_uint_eq(p.port[1], 53);
}
END_TEST

/* link type, bytes before the IP header */
static const struct { unsigned link; const char *before; size_t bytes; } links[] = {
	{ PACKET_LINK_RAW, "", 0 },
	{ PACKET_LINK_RAW_BSD, "", 0 },
	{ PACKET_LINK_IPV4, "", 0 },
	{ PACKET_LINK_NULL, "\2\0\0\0", 4 },
	{ PACKET_LINK_NULL, "\0\0\0\2", 4 },
	{ PACKET_LINK_LOOP, "\0\0\0\2", 4 },
	{ PACKET_LINK_SLL, "\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\0", 16 },
	{ PACKET_LINK_SLL2, "\x08\0\0\0\0\0\0\1\0\1\0\6\1\2\3\4\5\6\0\0", 20 },
};

START_TEST(other_links)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_put(&c, links[_i].before, links[_i].bytes);
	craft_ip4(&c, 1, 2, 17, 64, 8 + 3);
	craft_udp(&c, 1, 53, 3);
	craft_put(&c, "abc", 3);
	ck_assert_int_eq(decode(&c, links[_i].link, &p), DECODE_OK);
	ck_assert_uint_eq(p.payload_bytes, 3);
	ck_assert_uint_eq(p.payload_captured, 3);
}
END_TEST

START_TEST(ip6_extension_headers)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_ip6(&c, 1, 2, 0, 8 + 16 + 20);
	craft_u8(&c, 60), craft_u8(&c, 0), craft_put(&c, "\1\4\0\0\0\0", 6);
	craft_u8(&c, 6), craft_u8(&c, 1), craft_put(&c, "\1\014\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	craft_tcp(&c, 1, 2, 3, 4, TCP_SYN);
	ck_assert_int_eq(decode(&c, PACKET_LINK_IPV6, &p), DECODE_OK);
	ck_assert_uint_eq(p.proto, 6);
	ck_assert_uint_eq(p.tcp_flags, TCP_SYN);
	ck_assert_uint_eq(p.ip_bytes, 84);
	ck_assert_uint_eq(p.payload_bytes, 0);
}
END_TEST

START_TEST(fragments_are_not_decoded_above_ip)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_ip4(&c, 1, 2, 17, 64, 16);
	craft_udp(&c, 1, 53, 100);
	craft_put(&c, "12345678", 8);
	c.bytes[6] = 0x20;
	ck_assert_int_eq(decode(&c, PACKET_LINK_RAW, &p), DECODE_OK);
	ck_assert(p.is_fragment && p.more_fragments && !p.has_ports);
	ck_assert_uint_eq(p.fragment_offset, 0);
	ck_assert_uint_eq(p.fragment_header_bytes, 20);
	ck_assert_uint_eq(p.payload_captured, 16);
	c.bytes[6] = 0x00, c.bytes[7] = 0x10;
	ck_assert_int_eq(decode(&c, PACKET_LINK_RAW, &p), DECODE_OK);
	ck_assert(p.is_fragment && !p.more_fragments && !p.has_ports);
	ck_assert_uint_eq(p.fragment_offset, 128);
	ck_assert_uint_eq(p.ip_bytes, 36);
}
END_TEST

START_TEST(total_length_zero_means_the_wire)
{
	struct craft c;
	struct packet p;
	tcp_frame(&c);
	c.bytes[16] = c.bytes[17] = 0;
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_OK);
	ck_assert_uint_eq(p.ip_bytes, 45);
	ck_assert_uint_eq(p.payload_bytes, 5);
}
END_TEST

START_TEST(lies_are_malformed)
{
	struct craft c;
	struct packet p;
	tcp_frame(&c);
	c.bytes[14] = 0x44;
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_MALFORMED);
	ck_assert_ptr_null(p.ip);
	tcp_frame(&c);
	c.bytes[17] = 10;
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_MALFORMED);
	tcp_frame(&c);
	c.bytes[46] = 0x40;
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_MALFORMED);
	ck_assert_ptr_nonnull(p.ip);
	tcp_frame(&c);
	c.bytes[46] = 0xf0;
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_MALFORMED);
}
END_TEST

START_TEST(unknown_is_neither_short_nor_malformed)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_ethernet(&c, 0x0806);
	ck_assert_int_eq(decode(&c, PACKET_LINK_ETHERNET, &p), DECODE_UNKNOWN);
	ck_assert_int_eq(decode(&c, 147, &p), DECODE_UNKNOWN);
	ck_assert(!packet_link_known(147));
	ck_assert(packet_link_known(PACKET_LINK_SLL2));
}
END_TEST

START_TEST(every_cut_is_short_and_inside)
{
	struct craft c;
	struct packet p;
	tcp_frame(&c);
	for (size_t n = 0; n < 54; n++) {
		uint8_t *exact = malloc(n ? n : 1);
		memcpy(exact, c.bytes, n);
		struct frame f = { .bytes = exact, .captured = (uint32_t)n, .wire = (uint32_t)c.count, .link = PACKET_LINK_ETHERNET };
		ck_assert_int_eq(packet_decode(&f, &p), DECODE_SHORT);
		ck_assert_int_eq(p.ip != NULL, n >= 34);
		ck_assert_int_eq(p.has_ports, n >= 38);
		free(exact);
	}
}
END_TEST

START_TEST(icmp_types_and_identifiers)
{
	struct craft c = { .count = 0 };
	struct packet p;
	craft_ip4(&c, 1, 2, 1, 64, 8);
	craft_u8(&c, 8), craft_u8(&c, 0), craft_be16(&c, 0), craft_be16(&c, 77), craft_be16(&c, 1);
	ck_assert_int_eq(decode(&c, PACKET_LINK_RAW, &p), DECODE_OK);
	ck_assert_uint_eq(p.port[0], 8);
	ck_assert(p.icmp_has_id);
	ck_assert_uint_eq(p.icmp_id, 77);
	c.bytes[20] = 3;
	ck_assert_int_eq(decode(&c, PACKET_LINK_RAW, &p), DECODE_OK);
	ck_assert(!p.icmp_has_id);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("decode");
	tcase_add_test(t, ethernet_ip4_tcp);
	tcase_add_test(t, ethernet_padding_is_no_payload);
	tcase_add_test(t, vlan_qinq_and_cisco_metadata);
	tcase_add_loop_test(t, other_links, 0, sizeof links / sizeof *links);
	tcase_add_test(t, ip6_extension_headers);
	tcase_add_test(t, fragments_are_not_decoded_above_ip);
	tcase_add_test(t, total_length_zero_means_the_wire);
	tcase_add_test(t, lies_are_malformed);
	tcase_add_test(t, unknown_is_neither_short_nor_malformed);
	tcase_add_test(t, every_cut_is_short_and_inside);
	tcase_add_test(t, icmp_types_and_identifiers);
	return suite_run("packet.decode", t);
}
