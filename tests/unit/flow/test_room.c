/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that are full, that grow, and what they hold of each flow. */
#include "packets.h"

#include <stdlib.h>

/* Whatever the table's size, every packet is in exactly one flow that was handed over, and no flow is handed over twice. */
START_TEST(a_full_table_loses_nothing)
{
	flow_table_release(&table);
	table_start(16);
	srand(7);
	const int packets = 20000;
	uint64_t time_ns = T0;
	for (int i = 0; i < packets; i++) {
		time_ns += (uint64_t)(rand() % 1000) * 1000000;
		if (rand() % 2)
			udp(time_ns, A + (uint32_t)(rand() % 40), 1000, B, 53);
		else
			udp(time_ns, B, 53, A + (uint32_t)(rand() % 40), 1000);
	}
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_packets, (uint64_t)packets);
	ck_assert_uint_eq(ended_count, table.serial);
	ck_assert_uint_gt(table.evicted, 0);
	ck_assert_uint_eq(table.flows.in_use, FLOW_WHEEL_SLOTS);
	for (uint64_t i = 0; i <= table.slot_mask; i++)
		ck_assert_uint_eq(table.slots[i], 0);
}
END_TEST

START_TEST(addresses_of_ipv6_stand_apart_and_go_with_their_flow)
{
	udp6(T0, 2, 40000, 1, 53);
	udp6(T0 + 1, 1, 53, 2, 40000);
	udp6(T0 + 2, 3, 40000, 1, 53);
	udp(T0 + 3, B, 40000, A, 53);
	ck_assert_uint_eq(table.ip6s.in_use, 2);
	ck_assert_uint_eq(table.serial, 3);
	udp(T0 + 100 * SECOND, A, 1, B, 2);
	ck_assert_uint_eq(ended_count, 3);
	ck_assert_uint_eq(table.ip6s.in_use, 0);
	const struct ind_flow *f = &ended[0];
	static const uint8_t client[IND_ADDR_BYTES] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 };
	ck_assert_uint_eq(f->ip_version, 6);
	ck_assert_mem_eq(f->addr[IND_SRC], client, IND_ADDR_BYTES);
	ck_assert_uint_eq(f->addr[IND_DST][15], 1);
	ck_assert_uint_eq(f->packets[IND_SRC], 1);
	ck_assert_uint_eq(f->packets[IND_DST], 1);
	ck_assert_uint_eq(f->end_reason, IND_END_IDLE);
	ck_assert_uint_eq(ended[2].ip_version, 4);
	ck_assert_uint_eq(ended[2].addr[IND_SRC][3], 2);
}
END_TEST

START_TEST(a_full_table_holds_no_more_than_its_room_of_anything)
{
	enum { ROOM = 16, PACKETS = 20000 };
	flow_table_release(&table);
	table_start(ROOM);
	srand(11);
	uint32_t most = 0;
	for (int i = 0; i < PACKETS; i++) {
		unsigned end = (unsigned)rand() % 40;
		uint64_t time_ns = T0 + (uint64_t)i * 100000000;
		struct craft c;
		if (i % 3 == 0)
			udp6(time_ns, 2 + end, 40000, 1, 53);
		else if (i % 3 == 1)
			udp(time_ns, B + end, 40000, A, 53);
		else
			see_packet((craft_segment(&c, B, 40000 + end, A, 443, 1, 0, TCP_SYN, NULL, 0), &c), time_ns);
		uint32_t used = table.ip6s.in_use + table.tcps.in_use;
		most = used > most ? used : most;
	}
	ck_assert_uint_gt(most, 0);
	ck_assert_uint_le(most, ROOM);
	ck_assert_uint_gt(table.evicted, 0);
	ck_assert_uint_eq(table.flows.high, FLOW_WHEEL_SLOTS + ROOM);
	ck_assert_uint_le(table.ip6s.high, ROOM);
	ck_assert_uint_le(table.tcps.high, ROOM);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_packets, PACKETS);
	ck_assert_uint_eq(ended_count, table.serial);
	ck_assert_uint_eq(table.ip6s.in_use + table.tcps.in_use, 0);
}
END_TEST

START_TEST(counters_that_are_full_end_a_flow)
{
	struct flow *f = udp(T0, A, 1000, B, 53);
	unsigned way = !f->packets[0];
	f->bytes.high[way] = UINT16_MAX;
	f->bytes.low[way] = UINT32_MAX - 32;
	udp(T0 + 1, A, 1000, B, 53);
	udp(T0 + 2, A, 1000, B, 53);
	ck_assert_uint_eq(ended_count, 1);
	ck_assert_uint_eq(ended[0].end_reason, IND_END_ACTIVE);
	ck_assert_uint_eq(ended[0].bytes[IND_SRC], (UINT64_C(1) << 48) - 1);
	ck_assert_uint_eq(ended[0].packets[IND_SRC], 2);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[1].bytes[IND_SRC], 32);
}
END_TEST

START_TEST(a_table_that_was_flushed_begins_again)
{
	handshake(T0);
	udp6(T0 + SECOND, 2, 40000, 1, 53);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 2);
	handshake(T0 + 2 * SECOND);
	udp6(T0 + 2 * SECOND, 2, 40000, 1, 53);
	udp6(T0 + 3 * SECOND, 2, 40000, 1, 53);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 4);
	ck_assert_uint_eq(ended[2].validated, IND_VALID_HANDSHAKE);
	ck_assert_uint_eq(ended[3].packets[IND_SRC], 2);
	ck_assert_uint_eq(table.flows.in_use, FLOW_WHEEL_SLOTS);
}
END_TEST

/* The table begins small and grows while flows are open; each flow is still found afterwards. */
START_TEST(growing_forgets_no_flow)
{
	enum { FLOWS = 200000 };
	flow_table_release(&table);
	table_start(FLOWS);
	uint64_t slots = table.slot_mask;
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < FLOWS; i++)
			udp(T0 + (uint64_t)round, 0x14000000 + i, 40000, B, 53);
	ck_assert_uint_gt(table.slot_mask, slots);
	ck_assert_uint_eq(table.serial, FLOWS);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, FLOWS);
	ck_assert_uint_eq(ended_packets, 2 * FLOWS);
	ck_assert_uint_eq(table.evicted, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("room");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_full_table_loses_nothing);
	tcase_add_test(t, addresses_of_ipv6_stand_apart_and_go_with_their_flow);
	tcase_add_test(t, a_full_table_holds_no_more_than_its_room_of_anything);
	tcase_add_test(t, counters_that_are_full_end_a_flow);
	tcase_add_test(t, a_table_that_was_flushed_begins_again);
	tcase_add_test(t, growing_forgets_no_flow);
	return suite_run("flow.room", t);
}
