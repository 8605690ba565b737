/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/nat64.h"

#include "seen.h"
#include "support/suite.h"

static struct seen s;

static void see(const uint8_t addr[16], unsigned ip_version, uint64_t packets)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s };
	struct signal_ctx ctx = { .sink = &sink, .from = IND_DST };
	struct ind_flow flow = { .ip_version = (uint8_t)ip_version, .packets = { 0, packets } };
	memcpy(flow.addr[IND_DST], addr, 16);
	memset(&s, 0, sizeof s);
	nat64_end(&ctx, &(struct signal_end) { .flow = &flow, .side = IND_SERVER });
}

/* RFC 6052 section 2.4: 64:ff9b::192.0.2.33. */
static const uint8_t translated[16] = { 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33 };

START_TEST(the_address_behind_a_translator)
{
	see(translated, 6, 1);
	ck_assert_uint_eq(s.signals, 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_ADDR_NAT64), "192.0.2.33");
	ck_assert_uint_eq(s.signal[0].from, IND_DST);
	ck_assert_uint_eq(s.signal[0].side, IND_SERVER);
	uint8_t longest[16];
	memcpy(longest, translated, 16);
	memset(longest + 12, 255, 4);
	see(longest, 6, 1);
	ck_assert_str_eq(seen_value(&s, IND_SIG_ADDR_NAT64), "255.255.255.255");
}
END_TEST

START_TEST(other_addresses_say_nothing)
{
	for (unsigned i = 0; i < 12; i++) {
		uint8_t other[16];
		memcpy(other, translated, 16);
		other[i] ^= 1;
		see(other, 6, 1);
		ck_assert_uint_eq(s.signals, 0);
	}
	see(translated, 6, 0);       /* never used */
	ck_assert_uint_eq(s.signals, 0);
	see(translated, 4, 1);
	ck_assert_uint_eq(s.signals, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("nat64");
	tcase_add_test(t, the_address_behind_a_translator);
	tcase_add_test(t, other_addresses_say_nothing);
	return suite_run("signal.nat64", t);
}
