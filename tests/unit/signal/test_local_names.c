/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"
#include "signal/nbns.h"

#include "datagram.h"
#include "support/suite.h"

static struct seen s;

/* First-level encoding of a name padded to 15 bytes, and its suffix. */
static void put_name(struct wire *w, const char *name, uint8_t suffix)
{
	uint8_t padded[16];
	memset(padded, ' ', 15);
	memcpy(padded, name, strlen(name));
	padded[15] = suffix;
	put_be(w, 1, 32);
	for (int i = 0; i < 16; i++) {
		put_be(w, 1, 'A' + (padded[i] >> 4));
		put_be(w, 1, 'A' + (padded[i] & 15));
	}
	put_be(w, 1, 0);
}

static struct wire head(unsigned flags, unsigned questions, unsigned answers)
{
	struct wire w = { .count = 0 };
	put_be(&w, 2, 0x1234);
	put_be(&w, 2, flags);
	put_be(&w, 2, questions);
	put_be(&w, 2, answers);
	put_be(&w, 4, 0);
	return w;
}

START_TEST(claims)
{
	static const unsigned opcodes[] = { 5, 8, 9, 15 };
	for (size_t i = 0; i < 4; i++) {
		struct wire w = head(opcodes[i] << 11 | 0x0110, 1, 0);
		put_name(&w, "BÜRO-7", 0x20);
		put_be(&w, 4, 0x00200001);
		put_text(&w, "\xc0\x0c the record that is not read");
		ck_assert_int_eq(datagram(&s, &nbns_parser, &w, 137, 137), PARSE_DONE);
		ck_assert_str_eq(seen_value(&s, IND_SIG_NBNS_NAME), "BÜRO-7<20>");
		ck_assert_uint_eq(s.signal[0].side, IND_CLIENT);
		datagram_again(&s, &nbns_parser, 137, 137, 7);
		datagram_prefixes(&nbns_parser, &w, 137, 137);
	}
	/* Asking for a name, and giving one up, claims nothing. */
	for (unsigned opcode = 0; opcode < 7; opcode += 6) {
		struct wire w = head(opcode << 11, 1, 0);
		put_name(&w, "OTHER", 0);
		datagram(&s, &nbns_parser, &w, 137, 137);
		ck_assert_uint_eq(s.signals, 0);
	}
}
END_TEST

START_TEST(answers)
{
	for (int server = 0; server < 2; server++) {
		struct wire w = head(server ? 0x8580 : 0x8500, 0, 1);
		put_name(&w, "HOST", 0);
		put_be(&w, 4, 0x00200001);
		put_be(&w, 6, 6);
		datagram(&s, &nbns_parser, &w, 137, 137);
		ck_assert_uint_eq(s.signals, server ? 0 : 1);
		datagram_prefixes(&nbns_parser, &w, 137, 137);
	}
	struct wire w = head(0x8400, 0, 1);
	put_name(&w, "*", 0);
	put_be(&w, 4, 0x00210001);
	put_be(&w, 6, 1 + 2 * 18 + 6);
	put_be(&w, 1, 2);
	put_text(&w, "HOST           ");
	put_be(&w, 3, 0x000400);
	put_text(&w, "GROUP          ");
	put_be(&w, 3, 0x1e8400);
	put_text(&w, "hidden-unit-id");
	ck_assert_int_eq(datagram(&s, &nbns_parser, &w, 137, 40000), PARSE_DONE);
	ck_assert_uint_eq(s.signals, 2);
	ck_assert_str_eq(s.signal[0].value, "HOST<00>");
	ck_assert_str_eq(s.signal[1].value, "GROUP<1e>");
	ck_assert(!seen_exhibit_holds(&s, "hidden"));
	datagram_again(&s, &nbns_parser, 137, 40000, 7);
	datagram_prefixes(&nbns_parser, &w, 137, 40000);
}
END_TEST

START_TEST(datagrams)
{
	struct wire w = { .count = 0 };
	put_be(&w, 4, 0x110e0001);
	put_be(&w, 8, 0);
	put_be(&w, 2, 0);
	put_name(&w, "SENDER", 0);
	put_name(&w, "EVERYONE", 0x1d);
	put_text(&w, "content");
	ck_assert_int_eq(datagram(&s, &nbns_parser, &w, 138, 138), PARSE_DONE);
	ck_assert_str_eq(seen_value(&s, IND_SIG_NBNS_NAME), "SENDER<00>");
	ck_assert(!seen_exhibit_holds(&s, "content"));
	datagram_again(&s, &nbns_parser, 138, 138, 7);
	datagram_prefixes(&nbns_parser, &w, 138, 138);
	w.bytes[0] = 0x20;
	ck_assert_int_eq(datagram(&s, &nbns_parser, &w, 138, 138), PARSE_NOT);
	ck_assert_int_eq(datagram(&s, &nbns_parser, &w, 1138, 1138), PARSE_NOT);
	w.bytes[0] = 0x11;
	w.bytes[20] = 'Q';
	ck_assert_int_eq(datagram(&s, &nbns_parser, &w, 138, 138), PARSE_NOT);
}
END_TEST

static void address(struct wire *w, const char *name, unsigned type, unsigned class, size_t bytes)
{
	put_be(w, 1, strlen(name));
	put_text(w, name);
	put_text(w, "\5local");
	put_be(w, 1, 0);
	put_be(w, 2, type);
	put_be(w, 2, class);
	put_be(w, 4, 120);
	put_be(w, 2, bytes);
	put_fill(w, 1, bytes);
}

START_TEST(multicast)
{
	struct wire w = head(0x8400, 0, 2);
	w.bytes[11] = 2; /* additional records */
	address(&w, "service", 33, 1, 9);
	address(&w, "studio", 1, 0x8001, 4);
	address(&w, "studio", 28, 0x8001, 16);
	address(&w, "odd", 1, 1, 5);
	ck_assert_int_eq(datagram(&s, &dns_udp_parser, &w, 5353, 5353), PARSE_DONE);
	ck_assert_str_eq(seen_value(&s, IND_SIG_MDNS_HOST), "studio.local");
	datagram_prefixes(&dns_udp_parser, &w, 5353, 5353);
	/* A question to the port is no claim, nor an answer of a name server. */
	datagram(&s, &dns_udp_parser, &w, 5000, 5353);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_MDNS_HOST));
	datagram(&s, &dns_udp_parser, &w, 53, 5353);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_MDNS_HOST));
	w.bytes[2] = 0;
	datagram(&s, &dns_udp_parser, &w, 5353, 5353);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_MDNS_HOST));
}
END_TEST

START_TEST(link_local)
{
	struct wire w = head(0x8000, 0, 1);
	address(&w, "pc", 1, 1, 4);
	ck_assert_int_eq(datagram(&s, &dns_udp_parser, &w, 5355, 50000), PARSE_DONE);
	ck_assert_uint_eq(s.signals, 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_MDNS_HOST), "pc.local");
	datagram_again(&s, &dns_udp_parser, 5355, 50000, 7);
	datagram_prefixes(&dns_udp_parser, &w, 5355, 50000);
	ck_assert_int_eq(datagram(&s, &dns_udp_parser, &w, 50000, 5355), PARSE_NOT);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("local_names");
	tcase_add_test(t, claims);
	tcase_add_test(t, answers);
	tcase_add_test(t, datagrams);
	tcase_add_test(t, multicast);
	tcase_add_test(t, link_local);
	return suite_run("local_names", t);
}
