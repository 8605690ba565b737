/* SPDX-License-Identifier: Apache-2.0 */
#include "packets.h"

START_TEST(a_connection_is_one_flow)
{
	handshake(T0);
	tcp(T0 + 60000000, true, 1001, 5001, TCP_ACK | TCP_PSH, 100);
	tcp(T0 + 90000000, false, 5001, 1101, TCP_ACK, 700);
	tcp(T0 + 95000000, true, 1101, 5701, TCP_ACK | TCP_FIN, 0);
	tcp(T0 + 99000000, false, 5701, 1102, TCP_ACK | TCP_FIN, 0);
	tcp(T0 + 100000000, true, 1102, 5702, TCP_ACK, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 1);
	const struct ind_flow *f = &ended[0];
	ck_assert_uint_eq(f->serial, 1);
	ck_assert_uint_eq(f->orient, IND_ORIENT_SYN);
	ck_assert_uint_eq(f->port[IND_SRC], 51144);
	ck_assert_uint_eq(f->port[IND_DST], 443);
	ck_assert_uint_eq(f->packets[IND_SRC], 5);
	ck_assert_uint_eq(f->packets[IND_DST], 3);
	ck_assert_uint_eq(f->payload[IND_SRC], 100);
	ck_assert_uint_eq(f->payload[IND_DST], 700);
	ck_assert_uint_eq(f->bytes[IND_SRC], 5 * 40 + 100);
	ck_assert_uint_eq(f->tcp_flags[IND_SRC], TCP_SYN | TCP_ACK | TCP_PSH | TCP_FIN);
	ck_assert_uint_eq(f->server_rtt_us, 30000);
	ck_assert_uint_eq(f->client_rtt_us, 20000);
	ck_assert_uint_eq(f->validated, IND_VALID_HANDSHAKE);
	ck_assert_uint_eq(f->end_reason, IND_END_FIN);
	ck_assert_uint_eq(f->retransmits[IND_SRC] + f->retransmits[IND_DST], 0);
	ck_assert_uint_eq(f->end_ns - f->start_ns, 100000000);
}
END_TEST

START_TEST(a_repeated_handshake_measures_nothing)
{
	tcp(T0, true, 1000, 0, TCP_SYN, 0);
	tcp(T0 + SECOND, true, 1000, 0, TCP_SYN, 0);
	tcp(T0 + SECOND + 30000000, false, 5000, 1001, TCP_SYN | TCP_ACK, 0);
	tcp(T0 + SECOND + 50000000, true, 1001, 5001, TCP_ACK, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].client_rtt_us, IND_ABSENT_U32);
	ck_assert_uint_eq(ended[0].server_rtt_us, IND_ABSENT_U32);
	ck_assert_uint_eq(ended[0].validated, IND_VALID_HANDSHAKE);
	ck_assert_uint_eq(ended[0].retransmits[IND_SRC], 1);
}
END_TEST

START_TEST(a_repeat_after_the_handshake_changes_nothing)
{
	handshake(T0);
	tcp(T0 + SECOND, false, 5000, 1001, TCP_SYN | TCP_ACK, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].client_rtt_us, 20000);
}
END_TEST

START_TEST(who_never_acknowledges_is_not_validated)
{
	tcp(T0, true, 1000, 0, TCP_SYN, 0);
	tcp(T0 + 1000, false, 5000, 1001, TCP_SYN | TCP_ACK, 0);
	tcp(T0 + 2000, true, 1001, 4711, TCP_ACK, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].validated, IND_VALID_NO);
	ck_assert_uint_eq(ended[0].client_rtt_us, IND_ABSENT_U32);
}
END_TEST

START_TEST(one_direction_says_nothing_of_the_source)
{
	tcp(T0, true, 1000, 0, TCP_SYN, 0);
	tcp(T0 + 1000, true, 1001, 5001, TCP_ACK, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].validated, IND_VALID_ONE_WAY);
}
END_TEST

START_TEST(a_syn_ack_first_orients_the_flow)
{
	tcp(T0, false, 5000, 1001, TCP_SYN | TCP_ACK, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].orient, IND_ORIENT_SYN);
	ck_assert_uint_eq(ended[0].port[IND_SRC], 51144);
}
END_TEST

START_TEST(retransmissions_are_counted_and_keep_alives_are_not)
{
	handshake(T0);
	tcp(T0 + SECOND, true, 1001, 5001, TCP_ACK, 500);
	tcp(T0 + 2 * SECOND, true, 1001, 5001, TCP_ACK, 500);
	tcp(T0 + 3 * SECOND, true, 1500, 5001, TCP_ACK, 1);
	tcp(T0 + 4 * SECOND, true, 1500, 5001, TCP_ACK, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].retransmits[IND_SRC], 1);
}
END_TEST

/* Far from all that was seen, an empty segment twice is one segment that came twice; only one that goes on from it shows a stream there. */
START_TEST(equal_segments_far_away_prove_nothing)
{
	enum { FAR = 0x01000000 };
	bool goes_on = _i;
	handshake(T0);
	tcp(T0 + SECOND, false, FAR, 1001, TCP_ACK, 0);
	tcp(T0 + 2 * SECOND, false, FAR, 1001, TCP_ACK, goes_on ? 100 : 0);
	tcp(T0 + 3 * SECOND, false, FAR + (goes_on ? 100 : 0), 1001, TCP_RST, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 1);
	ck_assert_uint_eq(ended[0].end_reason, goes_on ? IND_END_RST : IND_END_CAPTURE);
}
END_TEST

START_TEST(a_new_syn_on_old_ports_is_a_new_flow)
{
	handshake(T0);
	tcp(T0 + SECOND, false, 5001, 1001, TCP_RST, 0);
	tcp(T0 + 2 * SECOND, true, 777000, 0, TCP_SYN, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 2);
	ck_assert_uint_eq(ended[0].end_reason, IND_END_RST);
	ck_assert_uint_eq(ended[1].packets[IND_SRC], 1);
}
END_TEST

START_TEST(silence_ends_a_flow)
{
	udp(T0, A, 40000, B, 53);
	udp(T0 + 59 * SECOND, B, 53, A, 40000);
	udp(T0 + 100 * SECOND, A, 1, B, 2);
	ck_assert_uint_eq(ended_count, 0);
	udp(T0 + 130 * SECOND, A, 3, B, 4);
	ck_assert_uint_eq(ended_count, 1);
	ck_assert_uint_eq(ended[0].end_reason, IND_END_IDLE);
	ck_assert_uint_eq(ended[0].packets[IND_SRC], 1);
	ck_assert_uint_eq(ended[0].packets[IND_DST], 1);
	udp(T0 + 200 * SECOND, A, 3, B, 4);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 4);
}
END_TEST

START_TEST(a_long_flow_is_written_in_pieces)
{
	for (uint64_t s = 0; s <= 3700; s += 50)
		udp(T0 + s * SECOND, A, 40000, B, 53);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 3);
	ck_assert_uint_eq(ended[0].end_reason, IND_END_ACTIVE);
	ck_assert_uint_eq(ended[0].packets[IND_SRC] + ended[1].packets[IND_SRC] + ended[2].packets[IND_SRC], 75);
}
END_TEST

START_TEST(a_closed_flow_lingers_and_ends)
{
	handshake(T0);
	tcp(T0 + SECOND, true, 1001, 5001, TCP_RST | TCP_ACK, 0);
	tcp(T0 + 2 * SECOND, false, 5001, 1001, TCP_ACK, 0);
	ck_assert_uint_eq(ended_count, 0);
	udp(T0 + 20 * SECOND, A, 1, B, 2);
	ck_assert_uint_eq(ended_count, 1);
	ck_assert_uint_eq(ended[0].end_reason, IND_END_RST);
	ck_assert_uint_eq(ended[0].packets[IND_DST], 2);
}
END_TEST

START_TEST(time_that_jumps_loses_no_flow)
{
	udp(T0 + UINT64_C(3000000000) * SECOND, A, 1, B, 2);
	udp(T0, A, 3, B, 4);
	udp(T0 + 1000 * SECOND, A, 5, B, 6);
	udp(T0 + 2000 * SECOND, A, 7, B, 8);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 4);
	ck_assert_uint_eq(table.flows.in_use, FLOW_WHEEL_SLOTS);
}
END_TEST

START_TEST(ports_orient_by_their_class)
{
	udp(T0, B, 53, A, 40000);
	udp(T0, B, 40000, A, 5353);
	udp(T0, B, 50000, A, 5353);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].orient, IND_ORIENT_PORT);
	ck_assert_uint_eq(ended[0].port[IND_DST], 53);
	ck_assert_uint_eq(ended[0].packets[IND_DST], 1);
	ck_assert_uint_eq(ended[1].orient, IND_ORIENT_FIRST);
	ck_assert_uint_eq(ended[1].port[IND_SRC], 40000);
	ck_assert_uint_eq(ended[2].orient, IND_ORIENT_PORT);
	ck_assert_uint_eq(ended[2].port[IND_DST], 5353);
}
END_TEST

static void echo(uint64_t time_ns, uint32_t src, uint32_t dst, unsigned type, unsigned id)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, src, dst, 1, 64, 8);
	craft_u8(&c, type), craft_u8(&c, 0), craft_be16(&c, 0), craft_be16(&c, id), craft_be16(&c, 1);
	see_packet(&c, time_ns);
}

START_TEST(an_echo_reply_joins_its_request)
{
	echo(T0, B, A, 8, 7);
	echo(T0 + 1, A, B, 0, 7);
	echo(T0 + 2, B, A, 8, 8);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended_count, 2);
	ck_assert_uint_eq(ended[0].packets[IND_SRC], 1);
	ck_assert_uint_eq(ended[0].packets[IND_DST], 1);
	ck_assert_uint_eq(ended[0].port[0], 8);
	ck_assert_uint_eq(ended[0].port[1], 0);
}
END_TEST

static void round_trip_ends(const struct flow *flow, unsigned now_in_use)
{
	struct ind_flow record;
	flow_record(&table, flow, IND_END_CAPTURE, &record);
	ck_assert_uint_eq(record.client_rtt_us, 700);
	ck_assert_uint_eq(record.server_rtt_us, IND_ABSENT_U32);
	ck_assert_uint_eq(table.udps.in_use, !now_in_use);
	ck_assert_uint_eq(table.rtts.in_use, now_in_use);
}

/* Whichever end is src, and longer than anything else that is kept of a conversation. */
START_TEST(a_conversation_leaves_its_round_trips)
{
	struct flow *flow = udp(T0, _i ? B : A, 40000, _i ? A : B, 443);
	unsigned client = flow_src_way(flow);
	flow_udp_start(&table, flow)->rtt.us[client] = 700;
	round_trip_ends(flow, 0);
	flow_udp_over(&table, flow);
	ck_assert_ptr_null(flow_udp(&table, flow));
	round_trip_ends(flow, 1);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(table.rtts.in_use, 0);
	ck_assert_uint_eq(ended[0].client_rtt_us, 700);
	ck_assert_uint_eq(ended[0].server_rtt_us, IND_ABSENT_U32);
}
END_TEST

START_TEST(a_conversation_without_round_trips_leaves_nothing)
{
	struct flow *flow = udp(T0, A, 40000, B, 443);
	flow_udp_start(&table, flow);
	flow_udp_over(&table, flow);
	ck_assert_ptr_null(flow_udp_rtt(&table, flow));
	ck_assert_uint_eq(table.udps.in_use + table.rtts.in_use, 0);
	flow_table_flush(&table, IND_END_CAPTURE);
	ck_assert_uint_eq(ended[0].client_rtt_us, IND_ABSENT_U32);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("table");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_connection_is_one_flow);
	tcase_add_test(t, a_repeated_handshake_measures_nothing);
	tcase_add_test(t, a_repeat_after_the_handshake_changes_nothing);
	tcase_add_test(t, who_never_acknowledges_is_not_validated);
	tcase_add_test(t, one_direction_says_nothing_of_the_source);
	tcase_add_test(t, a_syn_ack_first_orients_the_flow);
	tcase_add_loop_test(t, equal_segments_far_away_prove_nothing, 0, 2);
	tcase_add_test(t, retransmissions_are_counted_and_keep_alives_are_not);
	tcase_add_test(t, a_new_syn_on_old_ports_is_a_new_flow);
	tcase_add_test(t, silence_ends_a_flow);
	tcase_add_test(t, a_long_flow_is_written_in_pieces);
	tcase_add_test(t, a_closed_flow_lingers_and_ends);
	tcase_add_test(t, time_that_jumps_loses_no_flow);
	tcase_add_test(t, ports_orient_by_their_class);
	tcase_add_test(t, an_echo_reply_joins_its_request);
	tcase_add_loop_test(t, a_conversation_leaves_its_round_trips, 0, 2);
	tcase_add_test(t, a_conversation_without_round_trips_leaves_nothing);
	return suite_run("flow.table", t);
}
