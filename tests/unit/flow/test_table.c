/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/flow.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define T0 (1700000000 * SECOND)

enum { A = 0x0a000001, B = 0x0a000002 };

static struct flow_table table;
static struct ind_flow ended[4096];
static size_t ended_count;
static uint64_t ended_packets;

static void ended_keep(void *ctx, struct flow *f, enum ind_flow_end reason)
{
	struct ind_flow record;
	(void)ctx;
	flow_record(&table, f, reason, &record);
	ended_packets += record.packets[0] + record.packets[1];
	if (ended_count < sizeof ended / sizeof *ended)
		ended[ended_count] = record;
	ended_count++;
}

static void table_start(uint32_t flows)
{
	struct flow_limits limits = { .flows = flows, .head_buffers = 4, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	table.ended = ended_keep;
	ended_count = 0;
	ended_packets = 0;
}

static void setup(void) { table_start(1024); }
static void teardown(void) { flow_table_release(&table); }

static struct flow *see_packet(const struct craft *c, uint64_t time_ns)
{
	struct frame f = craft_frame(c, time_ns);
	struct packet p;
	struct flow_key key;
	bool is_new;
	packet_decode(&f, &p);
	ck_assert_ptr_nonnull(p.ip);
	flow_table_advance(&table, time_ns);
	unsigned way = flow_key_of(&p, &key);
	struct flow *flow = flow_of(&table, &key, flow_hash(&table, &key), way, &p, &is_new);
	if (p.proto == IPPROTO_TCP4 && p.has_ports)
		flow_tcp_see(&table, flow, way, &p);
	return flow;
}

static void tcp(uint64_t time_ns, bool from_client, uint32_t seq, uint32_t ack, unsigned flags, size_t bytes)
{
	struct craft c;
	static const uint8_t payload[1400];
	if (from_client)
		craft_segment(&c, A, 51144, B, 443, seq, ack, flags, payload, bytes);
	else
		craft_segment(&c, B, 443, A, 51144, seq, ack, flags, payload, bytes);
	see_packet(&c, time_ns);
}

static struct flow *udp(uint64_t time_ns, uint32_t src, unsigned sport, uint32_t dst, unsigned dport)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, src, dst, 17, 64, 8 + 4);
	craft_udp(&c, sport, dport, 4);
	craft_put(&c, "data", 4);
	return see_packet(&c, time_ns);
}

static struct flow *udp6(uint64_t time_ns, unsigned src, unsigned sport, unsigned dst, unsigned dport)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x86dd);
	craft_ip6(&c, src, dst, 17, 8 + 4);
	craft_udp(&c, sport, dport, 4);
	craft_put(&c, "data", 4);
	return see_packet(&c, time_ns);
}

static void handshake(uint64_t start_ns)
{
	tcp(start_ns, true, 1000, 0, TCP_SYN, 0);
	tcp(start_ns + 30000000, false, 5000, 1001, TCP_SYN | TCP_ACK, 0);
	tcp(start_ns + 50000000, true, 1001, 5001, TCP_ACK, 0);
}

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
	tcase_add_test(t, a_full_table_loses_nothing);
	tcase_add_test(t, addresses_of_ipv6_stand_apart_and_go_with_their_flow);
	tcase_add_test(t, a_full_table_holds_no_more_than_its_room_of_anything);
	tcase_add_test(t, counters_that_are_full_end_a_flow);
	tcase_add_test(t, a_table_that_was_flushed_begins_again);
	tcase_add_test(t, growing_forgets_no_flow);
	tcase_add_loop_test(t, a_conversation_leaves_its_round_trips, 0, 2);
	tcase_add_test(t, a_conversation_without_round_trips_leaves_nothing);
	return suite_run("flow.table", t);
}
