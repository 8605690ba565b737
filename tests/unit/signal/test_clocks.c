/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/icmp_ts.h"
#include "signal/ntp.h"

#include "datagram.h"
#include "support/craft.h"
#include "support/suite.h"

static struct seen s;
static const uint64_t now_ns = UINT64_C(1790000000123456789); /* 2026-09-21T14:13:20.123456Z */
static const uint64_t era_s = 2208988800;

/* NTP: what a message of this kind says. */
static const char *ntp(unsigned mode, unsigned stratum, int64_t off_s, uint64_t at_ns, bool absent)
{
	struct wire w = { .count = 0 };
	put_be(&w, 1, 4 << 3 | mode);
	put_be(&w, 1, stratum);
	put_fill(&w, 0, 38);
	put_be(&w, 4, absent ? 0 : (uint64_t)((int64_t)(at_ns / 1000000000 + era_s) + off_s));
	put_be(&w, 4, absent ? 0 : 0x80000000);
	put_text(&w, "extension");
	memset(&s, 0, sizeof(s));
	ck_assert_int_eq(datagram_at(&s, &ntp_parser, w.bytes, w.count, 123, 40000, at_ns), PARSE_DONE);
	if (s.signals)
		datagram_again(&s, &ntp_parser, 123, 40000, at_ns);
	return s.signals ? s.signal[0].value : "";
}

START_TEST(servers)
{
	const int64_t years = INT64_C(31557600) * 20;
	for (unsigned mode = 1; mode <= 5; mode++) {
		ck_assert_str_eq(ntp(mode, 2, 0, now_ns, false), "2026-09-21T14:13:20.500000Z");
		ck_assert_uint_eq(s.signal[0].side, mode == 1 || mode == 3 ? IND_CLIENT : IND_SERVER);
		ck_assert_str_eq(ntp(mode, 2, years, now_ns, false), mode == 3 ? "" : "2046-09-21T14:13:20.500000Z");
		ck_assert_str_eq(ntp(mode, 2, -years, now_ns, false), mode == 3 ? "" : "2006-09-21T14:13:20.500000Z");
		ck_assert_str_eq(ntp(mode, 2, 0, now_ns, true), "");
		ck_assert_str_eq(ntp(mode, 0, 0, now_ns, false), mode == 4 || mode == 5 ? "" : "2026-09-21T14:13:20.500000Z");
	}
}
END_TEST

START_TEST(clients)
{
	ck_assert_str_ne(ntp(3, 0, 26 * 3600 - 1, now_ns, false), "");
	ck_assert_str_ne(ntp(3, 0, -26 * 3600, now_ns, false), "");
	ck_assert_str_eq(ntp(3, 0, 26 * 3600 + 1, now_ns, false), "");
	ck_assert_str_eq(ntp(3, 0, -26 * 3600 - 2, now_ns, false), "");
}
END_TEST

/* On 2036-02-07 at 06:28:16 the seconds begin at 0 again. */
START_TEST(eras)
{
	const uint64_t change_ns = (UINT64_C(4294967296) - era_s) * 1000000000;
	ck_assert_str_eq(ntp(4, 1, 10, change_ns, false), "2036-02-07T06:28:26.500000Z");
	ck_assert_str_eq(ntp(4, 1, -10, change_ns, false), "2036-02-07T06:28:06.500000Z");
	ck_assert_str_eq(ntp(4, 1, 10, change_ns - 1, false), "2036-02-07T06:28:25.500000Z");
	ck_assert_str_eq(ntp(4, 1, -INT64_C(2000000000), 1000000000, false), "");
}
END_TEST

START_TEST(no_ntp)
{
	struct wire w = { .count = 0 };
	put_be(&w, 2, 0x2302);
	put_fill(&w, 1, 46);
	datagram_prefixes(&ntp_parser, &w, 123, 123);
	for (size_t count = 0; count < 48; count++)
		ck_assert_int_eq(datagram_at(&s, &ntp_parser, w.bytes, count, 123, 123, 7), PARSE_NOT);
	ck_assert_int_eq(datagram(&s, &ntp_parser, &w, 124, 124), PARSE_NOT);
	static const uint8_t firsts[] = { 0x03, 0x2b, 0x20, 0x26, 0x27 }; /* versions 0 and 5, modes 0, 6 and 7 */
	for (size_t i = 0; i < sizeof(firsts); i++) {
		w.bytes[0] = firsts[i];
		ck_assert_int_eq(datagram(&s, &ntp_parser, &w, 123, 123), PARSE_NOT);
	}
	w.bytes[0] = 0x23;
	w.bytes[1] = 17;
	ck_assert_int_eq(datagram(&s, &ntp_parser, &w, 123, 123), PARSE_NOT);
}
END_TEST

static size_t icmp(unsigned type, unsigned code, uint32_t originate, uint32_t transmit, size_t cut)
{
	const struct signal_sink sink = {
		.signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s, .wants_exhibits = true
	};
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, 0xc0000201, 0xc6336414, 1, 57, 20);
	craft_u8(&c, type), craft_u8(&c, code), craft_be16(&c, 0), craft_be32(&c, 0x00010001);
	craft_be32(&c, originate), craft_be32(&c, 99), craft_be32(&c, transmit);
	uint8_t *copy = malloc(c.count - cut);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, c.bytes, c.count - cut);
	struct frame frame = { .bytes = copy, .captured = (uint32_t)(c.count - cut), .wire = (uint32_t)c.count, .time_ns = 7, .number = 1, .link = PACKET_LINK_ETHERNET };
	struct packet packet;
	struct signal_ctx ctx = { .sink = &sink };
	memset(&s, 0, sizeof(s));
	packet_decode(&frame, &packet);
	if (icmp_ts_is(&packet))
		icmp_ts_see(&ctx, &packet);
	free(copy);
	return s.signals;
}

START_TEST(icmp_times)
{
	ck_assert_uint_eq(icmp(13, 0, 43200000, 0, 0), 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_ICMP_TIMESTAMP), "43200000");
	ck_assert_uint_eq(s.signal[0].side, IND_CLIENT);
	ck_assert_uint_eq(s.exhibit[0].count, 40);
	ck_assert_uint_eq(icmp(14, 0, 1, 86399999, 0), 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_ICMP_TIMESTAMP), "86399999");
	ck_assert_uint_eq(s.signal[0].side, IND_SERVER);
	ck_assert_uint_eq(icmp(13, 0, 0, 1, 0) + icmp(14, 0, 1, 0, 0), 0);
	ck_assert_uint_eq(icmp(14, 0, 1, 86400000, 0) + icmp(14, 0, 1, 0x80000001, 0) + icmp(13, 0, UINT32_MAX, 1, 0), 0);
	ck_assert_uint_eq(icmp(14, 1, 1, 1, 0) + icmp(8, 0, 1, 1, 0) + icmp(15, 0, 1, 1, 0), 0);
	for (size_t cut = 1; cut < 50; cut++)
		ck_assert_uint_eq(icmp(14, 0, 1, 1, cut), 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("clocks");
	tcase_add_test(t, servers);
	tcase_add_test(t, clients);
	tcase_add_test(t, eras);
	tcase_add_test(t, no_ntp);
	tcase_add_test(t, icmp_times);
	return suite_run("clocks", t);
}
