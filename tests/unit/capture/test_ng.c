/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng: what each kind of block says, how the file ends, and that damage ends it after the packets before. */
#include "unit/capture/ng_reading.h"

START_TEST(packets_in_both_orders)
{
	file.big = _i & 1;
	put_ng_header(&file, ETHERNET, 65535);
	put_ng_packet(&file, t0_us, 'a', 61);
	put_ng_packet(&file, t0_us + 1, 'b', 0);
	put_ng_packet(&file, t0_us + 2, 'c', 30);
	reads(3, IND_END);
	ck_assert_uint_eq(seen[0].time_ns, t0_us * 1000);
	ck_assert(seen[0].captured == 61 && seen[0].wire == 61 && seen[0].last == 'a' && seen[0].link == ETHERNET);
	ck_assert(seen[1].captured == 0 && seen[2].last == 'c' && seen[2].time_ns == (t0_us + 2) * 1000);
	ck_assert_str_eq(capture_link(capture)->name, "EN10MB");
	ck_assert_uint_eq(capture_snaplen(capture), 65535);
	options.snaplen = 40;
	reads(3, IND_END);
	ck_assert(seen[0].captured == 40 && seen[0].wire == 61 && capture_snaplen(capture) == 40);
}
END_TEST

START_TEST(interfaces_of_different_link_types)
{
	put_ng_header(&file, ETHERNET, 96);
	put_interface(&file, LINK_RAW, 0);
	put_interface(&file, ETHERNET, 65535);
	put_ng_packet_of(&file, 1, t0_us, 'r', 40);
	put_ng_packet_of(&file, 0, t0_us, 'e', 60);
	put_ng_packet_of(&file, 2, t0_us, 'f', 60);
	reads(3, IND_END);
	ck_assert(seen[0].link == DLT_OF_RAW && seen[1].link == ETHERNET && seen[2].link == ETHERNET);
	ck_assert_uint_eq(capture_link_count(capture), 2);
	/* the first frame's */
	ck_assert_uint_eq(capture_link(capture)->number, DLT_OF_RAW);
	ck_assert_str_eq(capture_link(capture)->name, "RAW");
	ck_assert(capture_link_at(capture, 0)->seen && capture_link_at(capture, 1)->seen);
	ck_assert_uint_eq(capture_snaplen(capture), 262144);
}
END_TEST

START_TEST(an_interface_without_packets_is_not_seen)
{
	put_ng_header(&file, ETHERNET, 0);
	put_ng_packet(&file, t0_us, 'a', 20);
	put_interface(&file, LINK_RAW, 0);
	reads(1, IND_END);
	ck_assert(capture_link_count(capture) == 2 && capture_link_at(capture, 0)->seen && !capture_link_at(capture, 1)->seen);
}
END_TEST

/* Each section has interfaces, a byte order and a numbering of its own. */
START_TEST(sections_follow_each_other)
{
	put_ng_header(&file, ETHERNET, 0);
	put_ng_packet(&file, t0_us, 'a', 20);
	file.big = true;
	put_ng_header(&file, LINK_RAW, 0);
	put_ng_packet(&file, t0_us, 'b', 20);
	reads(2, IND_END);
	ck_assert(seen[0].link == ETHERNET && seen[1].link == DLT_OF_RAW && seen[1].time_ns == t0_us * 1000);
	put_section(&file);
	put_ng_packet(&file, t0_us, 'c', 20);
	reads(2, IND_MALFORMED);
	ck_assert_ptr_nonnull(strstr(capture_error(capture), "record 3 is of interface 0"));
}
END_TEST

/* It has no time of its own, and its captured length follows from the interface's snapshot length. */
START_TEST(simple_packets)
{
	file.big = _i;
	put_ng_header(&file, ETHERNET, 50);
	put_ng_packet(&file, t0_us, 'a', 20);
	for (unsigned i = 0; i < 2; i++) {
		size_t block = block_begin(&file, 3);
		put32(&file, i ? 30 : 1000);
		memset(file.bytes + file.size, 's', i ? 30 : 50);
		file.size += i ? 30 : 50;
		block_end(&file, block);
	}
	reads(3, IND_END);
	ck_assert(seen[1].captured == 50 && seen[1].wire == 1000 && seen[1].last == 's' && seen[1].time_ns == t0_us * 1000);
	ck_assert(seen[2].captured == 30 && seen[2].wire == 30);
}
END_TEST

START_TEST(obsolete_packets)
{
	file.big = _i;
	put_ng_header(&file, ETHERNET, 0);
	put_interface(&file, LINK_RAW, 0);
	for (unsigned i = 0; i < 2; i++) {
		size_t block = block_begin(&file, 2);
		put16(&file, 1);
		put16(&file, i ? 0xffff : 3);
		put32(&file, (uint32_t)(t0_us >> 32));
		put32(&file, (uint32_t)t0_us);
		put32(&file, 3);
		put32(&file, 90);
		put_bytes(&file, "ooo", 3);
		block_end(&file, block);
	}
	reads(2, IND_END);
	ck_assert(seen[0].captured == 3 && seen[0].wire == 90 && seen[0].last == 'o' && seen[0].link == DLT_OF_RAW && seen[0].time_ns == t0_us * 1000);
	drops_are(0, 3);
}
END_TEST

/* Name resolution, secrets, custom, and what nobody knows: also larger than anything that is held, also as the last thing of the file. */
START_TEST(unknown_blocks_are_skipped)
{
	static const size_t sizes[] = { 0, 4, 100, 1 << 20, 3 << 20 };
	static const size_t pieces[] = { 0, 1000, 65536 };

	piece = pieces[_i];
	put_ng_header(&file, ETHERNET, 0);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		size_t block = block_begin(&file, i ? 0x80000000 + (uint32_t)i : 4);
		memset(file.bytes + file.size, 0x0a, sizes[i]);
		file.size += sizes[i];
		block_end(&file, block);
		put_ng_packet(&file, t0_us + i, 'a', 20);
	}
	reads(5, IND_END);
	ck_assert_uint_eq(seen[4].time_ns, (t0_us + 4) * 1000);
	size_t last = file.size;
	size_t block = block_begin(&file, 10);
	file.size += 400;
	block_end(&file, block);
	reads(5, IND_END);
	for (size_t cut = last + 1; cut < file.size; cut += 13) {
		size_t whole = file.size;
		file.size = cut;
		reads(5, IND_SHORT);
		file.size = whole;
	}
	file.bytes[file.size - 1] ^= 1;
	reads(5, IND_MALFORMED);
	ck_assert_ptr_nonnull(strstr(capture_error(capture), "two lengths"));
}
END_TEST

START_TEST(every_cut_gives_the_whole_packets)
{
	size_t ends[4];

	put_ng_header(&file, ETHERNET, 65535);
	ends[0] = file.size;
	for (unsigned i = 0; i < 3; i++) {
		put_ng_packet(&file, t0_us, 'a', 5 + i);
		ends[i + 1] = file.size;
	}
	for (size_t cut = 1; cut <= ends[3]; cut++) {
		size_t whole = 0;
		while (whole < 3 && ends[whole + 1] <= cut)
			whole++;
		file.size = cut;
		if (cut < ends[0])
			refused(cut == 28 ? IND_UNKNOWN : IND_SHORT, cut == 28 ? "no interface" : "header");
		else
			reads(whole, ends[whole] == cut ? IND_END : IND_SHORT);
	}
}
END_TEST

/* One block after two good packets, wrong in one thing. */
static size_t damage_at;
static void two_packets(void)
{
	file.size = 0;
	put_ng_header(&file, ETHERNET, 65535);
	put_ng_packet(&file, t0_us, 'a', 20);
	put_ng_packet(&file, t0_us, 'b', 20);
	damage_at = file.size;
	put_ng_packet(&file, t0_us, 'c', 20);
	put_ng_packet(&file, t0_us, 'd', 20);
}

static void damaged(size_t at, uint32_t value, const char *said)
{
	two_packets();
	size_t size = file.size;
	file.size = damage_at + at;
	put32(&file, value);
	file.size = size;
	reads(2, IND_MALFORMED);
	ck_assert_msg(strstr(capture_error(capture), said) != NULL, "\"%s\" does not say \"%s\"", capture_error(capture), said);
}

START_TEST(damage_ends_it_after_the_packets_before)
{
	file.big = _i;
	damaged(4, 51, "a block of 51 bytes");
	damaged(4, 8, "a block of 8 bytes");
	damaged(4, 0, "a block of 0 bytes");
	damaged(4, 0xfffffffc, "larger than any");
	damaged(4, 60, "two lengths");
	damaged(48, 56, "two lengths");
	damaged(8, 1, "record 3 is of interface 1");
	damaged(8, 0xffffffff, "record 3 is of interface 4294967295");
	damaged(20, 21, "record 3 is longer than its block");
	damaged(20, 262145, "record 3 claims 262145");
	damaged(20, 0xffffffff, "more than any frame");
	damaged(0, 0x0a0d0d0a, "without a byte order");
	two_packets();
	size_t block = block_begin(&file, 6);
	put32(&file, 0);
	block_end(&file, block);
	reads(4, IND_MALFORMED);
	two_packets();
	put_section(&file);
	file.bytes[file.size - 16 + (file.big ? 1 : 0)] = 2;
	reads(4, IND_MALFORMED);
	ck_assert_ptr_nonnull(strstr(capture_error(capture), "version 2.0"));
}
END_TEST

START_TEST(what_is_no_whole_header)
{
	put_section(&file);
	put_ng_packet(&file, t0_us, 'a', 20);
	refused(IND_UNKNOWN, "no interface");
	file.size = 0;
	put_section(&file);
	file.bytes[8] = 0;
	refused(IND_UNKNOWN, "test.pcapng");
	file.size = 0;
	put_ng_header(&file, ETHERNET, 0);
	reads(0, IND_END);
}
END_TEST

START_TEST(too_many_interfaces_or_link_types)
{
	put_ng_header(&file, ETHERNET, 0);
	put_ng_packet(&file, t0_us, 'a', 20);
	for (unsigned i = 1; i < 4096; i++)
		put_interface(&file, ETHERNET, 0);
	put_ng_packet_of(&file, 4095, t0_us, 'a', 20);
	reads(2, IND_END);
	put_interface(&file, ETHERNET, 0);
	reads(2, IND_MALFORMED);
	file.size = 0;
	put_ng_header(&file, ETHERNET, 0);
	put_ng_packet(&file, t0_us, 'a', 20);
	for (uint16_t i = 1; i < CAPTURE_LINKS_MAX; i++)
		put_interface(&file, (uint16_t)(147 + i), 0);
	reads(1, IND_END);
	put_interface(&file, 200, 0);
	reads(1, IND_MALFORMED);
}
END_TEST

/* The filter is compiled for each link type; where it cannot be, nothing is read on silently. */
START_TEST(one_filter_for_several_link_types)
{
	static const uint8_t ip_tcp[] = { 0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2 };
	static const uint8_t ethernet[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };

	options.filter = "tcp and host 192.0.2.1";
	put_ng_header(&file, ETHERNET, 0);
	put_interface(&file, LINK_RAW, 0);
	for (unsigned i = 0; i < 4; i++) {
		uint8_t whole[54] = { 0 };
		size_t before = i & 1 ? 0 : sizeof ethernet;
		memcpy(whole, ethernet, before);
		memcpy(whole + before, ip_tcp, sizeof ip_tcp);
		whole[before + 9] = i < 2 ? 6 : 17;
		size_t block = block_begin(&file, 6);
		put32(&file, i & 1);
		put32(&file, 0);
		put32(&file, 0);
		put32(&file, 54);
		put32(&file, 54);
		put_bytes(&file, whole, sizeof whole);
		block_end(&file, block);
	}
	reads(2, IND_END);
	ck_assert(seen[0].link == ETHERNET && seen[1].link == DLT_OF_RAW);
	options.filter = "ether host 02:00:00:00:00:01";
	refused(IND_USAGE, "(link type RAW)");
	file.size = 0;
	put_ng_header(&file, ETHERNET, 0);
	put_ng_packet(&file, t0_us, 2, 20);
	put_interface(&file, LINK_RAW, 0);
	put_ng_packet(&file, t0_us, 2, 20);
	reads(0, IND_USAGE);
}
END_TEST

START_TEST(nflog_records_are_little_endian_whoever_wrote_them)
{
	static const uint8_t records[] = { 2, 0, 0, 5, 0, 5, 0, 10, 7, 0, 0, 0, 0, 6, 0, 9, 0x45, 0 };
	struct frame frame;
	size_t count;

	file.big = true;
	put_ng_header(&file, NFLOG, 0);
	for (unsigned i = 0; i < 2; i++) {
		size_t block = block_begin(&file, 6);
		put32(&file, 0);
		put32(&file, 0);
		put32(&file, 0);
		put32(&file, sizeof records - i);
		put32(&file, sizeof records - i);
		put_bytes(&file, records, sizeof records - i);
		block_end(&file, block);
	}
	ck_assert_int_eq(opened(), IND_OK);
	ck_assert_int_eq(capture_next(capture, &frame, 1, &count), IND_OK);
	ck_assert_mem_eq(frame.bytes, "\2\0\0\5\5\0\12\0\7\0\0\0\6\0\11\0\105\0", sizeof records);
}
END_TEST

START_TEST(pieces_of_any_size)
{
	static const size_t pieces[] = { 1, 7, 1000, 65536, 0 };
	unsigned packets = pieces[_i] == 1 ? 50 : 4000;

	piece = pieces[_i];
	put_ng_header(&file, ETHERNET, 0);
	for (unsigned i = 0; i < packets; i++)
		put_ng_packet(&file, t0_us + i, (uint8_t)i, i % 1500);
	reads(packets, IND_END);
}
END_TEST

START_TEST(packets_of_the_largest_size)
{
	put_ng_header(&file, ETHERNET, 0);
	for (unsigned i = 0; i < 20; i++)
		put_ng_packet(&file, t0_us, (uint8_t)i, 262144);
	reads(20, IND_END);
	ck_assert(seen[19].captured == 262144 && seen[19].first == 19 && seen[19].last == 19);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ng");
	tcase_add_checked_fixture(t, start, stop);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, packets_in_both_orders, 0, 2);
	tcase_add_test(t, interfaces_of_different_link_types);
	tcase_add_test(t, an_interface_without_packets_is_not_seen);
	tcase_add_test(t, sections_follow_each_other);
	tcase_add_loop_test(t, simple_packets, 0, 2);
	tcase_add_loop_test(t, obsolete_packets, 0, 2);
	tcase_add_loop_test(t, unknown_blocks_are_skipped, 0, 3);
	tcase_add_test(t, every_cut_gives_the_whole_packets);
	tcase_add_loop_test(t, damage_ends_it_after_the_packets_before, 0, 2);
	tcase_add_test(t, what_is_no_whole_header);
	tcase_add_test(t, too_many_interfaces_or_link_types);
	tcase_add_test(t, one_filter_for_several_link_types);
	tcase_add_test(t, nflog_records_are_little_endian_whoever_wrote_them);
	tcase_add_loop_test(t, pieces_of_any_size, 0, 5);
	tcase_add_test(t, packets_of_the_largest_size);
	return suite_run("capture.ng", t);
}
