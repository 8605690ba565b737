/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dhcp.h"

#include "datagram.h"
#include "support/suite.h"

static struct seen s;

static struct wire message(unsigned op)
{
	struct wire w = { .count = 0 };
	put_be(&w, 4, (uint64_t)op << 24 | 0x010600);
	put_text(&w, "secret-xid+addresses+hardware");
	put_fill(&w, 0, 236 - w.count);
	put_be(&w, 4, 0x63825363);
	return w;
}

static void option(struct wire *w, unsigned code, const void *bytes, size_t count)
{
	put_be(w, 1, code);
	put_be(w, 1, count);
	put(w, bytes, count);
}

static struct wire discover(void)
{
	struct wire w = message(1);
	option(&w, 53, "\1", 1);
	option(&w, 61, "hidden-id", 9);
	put_be(&w, 1, 0);
	option(&w, 12, "host\xe9\0", 6);
	option(&w, 60, "MSFT 5.0", 8);
	option(&w, 55, "\1\3\xff", 3);
	put_be(&w, 1, 255);
	put_text(&w, "hidden-behind");
	return w;
}

START_TEST(request)
{
	struct wire w = discover();
	ck_assert_int_eq(datagram(&s, &dhcp_parser, &w, 68, 67), PARSE_DONE);
	ck_assert_uint_eq(s.signals, 3);
	ck_assert_str_eq(seen_value(&s, IND_SIG_DHCP_HOSTNAME), "host\\xe9");
	ck_assert_str_eq(seen_value(&s, IND_SIG_DHCP_VENDOR), "MSFT 5.0");
	ck_assert_str_eq(seen_value(&s, IND_SIG_DHCP_PARAMS), "1,3,255");
	ck_assert_uint_eq(s.signal[0].side, IND_CLIENT);
	ck_assert(!seen_exhibit_holds(&s, "secret") && !seen_exhibit_holds(&s, "hidden"));
	datagram_again(&s, &dhcp_parser, 68, 67, 7);
	datagram_prefixes(&dhcp_parser, &w, 68, 67);
}
END_TEST

START_TEST(reply)
{
	struct wire w = message(2);
	option(&w, 12, "given", 5);
	ck_assert_int_eq(datagram(&s, &dhcp_parser, &w, 67, 68), PARSE_DONE);
	ck_assert_uint_eq(s.signal[0].side, IND_SERVER);
	/* Nothing to say: nothing is kept. */
	w = message(2);
	option(&w, 12, "", 0);
	option(&w, 55, "", 0);
	put_be(&w, 1, 255);
	datagram(&s, &dhcp_parser, &w, 67, 68);
	ck_assert_uint_eq(s.signals, 0);
	/* As many parameters as there can be. */
	w = message(1);
	uint8_t all[255];
	memset(all, 255, sizeof(all));
	option(&w, 55, all, sizeof(all));
	datagram(&s, &dhcp_parser, &w, 68, 67);
	ck_assert_uint_eq(s.signals, 1);
}
END_TEST

START_TEST(other)
{
	struct wire w = message(3);
	ck_assert_int_eq(datagram(&s, &dhcp_parser, &w, 68, 67), PARSE_NOT);
	w = message(1);
	w.bytes[236]++;
	ck_assert_int_eq(datagram(&s, &dhcp_parser, &w, 68, 67), PARSE_NOT);
	w = message(1);
	option(&w, 12, "ab", 2);
	put_be(&w, 2, 12 << 8 | 200); /* longer than what is there */
	ck_assert_int_eq(datagram(&s, &dhcp_parser, &w, 68, 67), PARSE_DONE);
	ck_assert_uint_eq(s.signals, 1);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("dhcp");
	tcase_add_test(t, request);
	tcase_add_test(t, reply);
	tcase_add_test(t, other);
	return suite_run("dhcp", t);
}
