/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng: times in all units, and what the file says was lost. */
#include "unit/capture/ng_reading.h"

static void put_clock(uint8_t resolution, bool resolved, int64_t offset_s)
{
	size_t block = block_begin(&file, 1);
	put16(&file, ETHERNET);
	put16(&file, 0);
	put32(&file, 0);
	put_option(&file, 2, "eth0", 4);
	if (resolved)
		put_option(&file, 9, &resolution, 1);
	if (offset_s)
		put_option64(&file, 14, (uint64_t)offset_s);
	put_option(&file, 0, "", 0);
	block_end(&file, block);
}

static const struct { uint8_t resolution; bool resolved; int64_t offset_s; uint64_t units, ns; } clocks[] = {
	{ 0, false, 0, 1700000000123456, UINT64_C(1700000000123456000) },
	{ 9, true, 0, UINT64_C(1700000000123456789), UINT64_C(1700000000123456789) },
	{ 3, true, 0, 1700000000123, UINT64_C(1700000000123000000) },
	{ 0, true, 0, 1700000000, UINT64_C(1700000000000000000) },
	{ 12, true, 0, UINT64_C(17000000123456789), UINT64_C(17000000123456) },
	{ 19, true, 0, UINT64_C(15000000000000000000), 1500000000 },
	{ 6, true, 3600, 1700000000123456, UINT64_C(1700003600123456000) },
	{ 6, true, -3600, 1700000000123456, UINT64_C(1699996400123456000) },
	{ 9, true, 100, 5, UINT64_C(100000000005) },
	{ 6, true, -3600, 5, 0 },
	{ 6, true, INT64_MIN, 5, 0 },
	{ 6, true, INT64_MAX, UINT64_MAX, UINT64_MAX },
	{ 6, true, 0, UINT64_MAX, UINT64_MAX },
	{ 0x80, true, 0, 7, UINT64_C(7000000000) },
	{ 0x80 | 1, true, 0, 7, UINT64_C(3500000000) },
	{ 0x80 | 30, true, 1, (UINT64_C(5) << 30) + (1 << 29), UINT64_C(6500000000) },
	{ 0x80 | 32, true, 0, (UINT64_C(1700000000) << 32) + (UINT64_C(1) << 31), UINT64_C(1700000000500000000) },
	{ 0x80 | 63, true, 0, (UINT64_C(1) << 63) + (UINT64_C(1) << 62), 1500000000 },
};

START_TEST(times_in_any_unit)
{
	file.big = _i & 1;
	put_section(&file);
	put_clock(clocks[_i].resolution, clocks[_i].resolved, clocks[_i].offset_s);
	put_ng_packet(&file, clocks[_i].units, 'a', 14);
	reads(1, IND_END);
	ck_assert_uint_eq(seen[0].time_ns, clocks[_i].ns);
}
END_TEST

/* Units that nothing can be said of, and options that are damaged or contradict each other. */
START_TEST(times_that_are_not_known)
{
	static const uint8_t finest[] = { 20, 127, 0x80 | 64, 0xff };

	for (size_t i = 0; i < sizeof finest; i++) {
		file.size = 0;
		put_section(&file);
		put_clock(finest[i], true, 0);
		refused(IND_MALFORMED, "interface 0 is damaged");
	}
	static const struct { uint16_t code, bytes, times; } wrong[] = { { 9, 2, 1 }, { 9, 0, 1 }, { 14, 4, 1 }, { 9, 1, 2 }, { 14, 8, 2 }, { 2, 200, 0 } };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		file.size = 0;
		put_section(&file);
		size_t block = block_begin(&file, 1);
		put32(&file, ETHERNET);
		put32(&file, 0);
		for (unsigned k = 0; k < wrong[i].times; k++)
			put_option(&file, wrong[i].code, "\6\0\0\0\0\0\0\0", wrong[i].bytes);
		if (!wrong[i].times) {
			put16(&file, wrong[i].code);
			put16(&file, wrong[i].bytes);
		}
		block_end(&file, block);
		refused(IND_MALFORMED, "interface 0 is damaged");
	}
}
END_TEST

static void put_statistics(uint32_t interface, const uint64_t *by_interface, const uint64_t *by_system)
{
	size_t block = block_begin(&file, 5);
	put32(&file, interface);
	put32(&file, 0);
	put32(&file, 0);
	put_option(&file, 1, "said by nobody", 14);
	if (by_interface)
		put_option64(&file, 5, *by_interface);
	if (by_system)
		put_option64(&file, 7, *by_system);
	put_option(&file, 0, "", 0);
	block_end(&file, block);
}

static void put_packet_after_loss(uint64_t lost)
{
	size_t block = packet_begin(&file, 0, t0_us, 'a', 21);
	put_option(&file, 1, "text", 4);
	put_option64(&file, 4, lost);
	put_option(&file, 0, "", 0);
	block_end(&file, block);
}

/* Totals, of which later ones contain earlier ones; what packets say of losses is in them. */
START_TEST(drops_are_counted_once)
{
	static const uint64_t four = 4, seven = 7, nine = 9, none = 0, unknown = UINT64_MAX;

	file.big = _i;
	put_ng_header(&file, ETHERNET, 0);
	put_interface(&file, ETHERNET, 0);
	put_packet_after_loss(2);
	reads(1, IND_END);
	drops_are(0, 2);
	put_statistics(0, &four, NULL);
	reads(1, IND_END);
	drops_are(2, 2);
	put_statistics(0, &four, &seven);
	put_statistics(1, NULL, &nine);
	put_statistics(1, &unknown, &unknown);
	put_statistics(1, NULL, &none);
	put_statistics(9, &nine, &nine);
	reads(1, IND_END);
	drops_are(4, 7 + 9);
	put_statistics(0, &four, &(uint64_t){ UINT64_MAX - 1 });
	put_statistics(1, &(uint64_t){ UINT64_MAX - 1 }, &seven);
	reads(1, IND_END);
	struct capture_stats stats;
	capture_stats(capture, &stats);
	ck_assert(stats.kernel_drops > UINT64_MAX / 2 && stats.interface_drops > UINT64_MAX / 2);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ng_numbers");
	tcase_add_checked_fixture(t, start, stop);
	tcase_add_loop_test(t, times_in_any_unit, 0, sizeof clocks / sizeof clocks[0]);
	tcase_add_test(t, times_that_are_not_known);
	tcase_add_loop_test(t, drops_are_counted_once, 0, 2);
	return suite_run("capture.ng_numbers", t);
}
