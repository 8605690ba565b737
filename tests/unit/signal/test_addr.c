/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/addr.h"

#include "base/hash.h"
#include "seen.h"
#include "support/suite.h"

static struct seen s;

static void see(const uint8_t addr[16], unsigned ip_version, uint64_t packets)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s };
	struct signal_ctx ctx = { .sink = &sink, .from = IND_SRC };
	struct ind_flow flow = { .ip_version = (uint8_t)ip_version, .packets = { packets, 0 } };
	memcpy(flow.addr[IND_SRC], addr, 16);
	memset(&s, 0, sizeof s);
	addr_end(&ctx, &(struct signal_end) { .flow = &flow, .side = IND_CLIENT });
}

static const uint8_t six_to_four[16] = { 0x20, 0x02, 192, 0, 2, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1 };
/* RFC 4380 section 4: server 65.54.227.120, client 192.0.2.45 port 40000. */
static const uint8_t teredo[16] = { 0x20, 0x01, 0, 0, 65, 54, 227, 120, 0x80, 0, 0x63, 0xbf, 0x3f, 0xff, 0xfd, 0xd2 };
static const uint8_t eui64[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0x02, 0x16, 0x3e, 0xff, 0xfe, 0x12, 0x34, 0x56 };

START_TEST(embedded_ip4)
{
	see(six_to_four, 6, 1);
	ck_assert_uint_eq(s.signals, 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_ADDR_6TO4), "192.0.2.4");
	see(teredo, 6, 1);
	ck_assert_uint_eq(s.signals, 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_ADDR_TEREDO), "65.54.227.120 192.0.2.45:40000");
}
END_TEST

START_TEST(hardware_address)
{
	static const uint8_t mac[6] = { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 };
	uint8_t sha256[HASH_SHA256_BYTES];
	char want[64] = "00163e-";
	hash_sha256(mac, sizeof mac, sha256);
	hash_hex(sha256, 8, want + 7);
	see(eui64, 6, 1);
	ck_assert_uint_eq(s.signals, 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_ADDR_EUI64), want);
}
END_TEST

START_TEST(other_addresses_say_nothing)
{
	uint8_t other[16];
	memcpy(other, eui64, 16);
	other[8] ^= 2;               /* not said to be unique */
	see(other, 6, 1);
	ck_assert_uint_eq(s.signals, 0);
	memcpy(other, eui64, 16);
	other[11] = 0xfe;
	see(other, 6, 1);
	ck_assert_uint_eq(s.signals, 0);
	see(six_to_four, 6, 0);      /* never used */
	ck_assert_uint_eq(s.signals, 0);
	see(six_to_four, 4, 1);
	ck_assert_uint_eq(s.signals, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("addr");
	tcase_add_test(t, embedded_ip4);
	tcase_add_test(t, hardware_address);
	tcase_add_test(t, other_addresses_say_nothing);
	return suite_run("signal.addr", t);
}
