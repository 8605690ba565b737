/* SPDX-License-Identifier: Apache-2.0 */
/* Layers in layers and fragments, from frames to records. */
#include "engine/engine.h"
#include "indicia/catalogue.h"
#include "support/craft.h"
#include "support/suite.h"

#include <string.h>

#define SECOND UINT64_C(1000000000)
#define T0 (1700000000 * SECOND)
enum { A = 0x0a000001, B = 0x0a000002, GATE_A = 0xc0000201, GATE_B = 0xc0000202, GATE_C = 0xc0000203, FLOWS = 4096 };

static struct engine *engine;
static struct ind_flow flows[FLOWS];
static size_t flow_count, host_count;
static uint64_t now_ns, frame_number;
static unsigned link_type;

static void flow_take(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx;
	if (flow_count < FLOWS)
		flows[flow_count] = *flow;
	flow_count++;
	for (size_t i = 0; i < count; i++)
		host_count += strcmp(ind_signal_info(signals[i].id)->name, "http.host") == 0;
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x)
{
	(void)ctx;
	(void)x;
}

static void setup(void)
{
	struct engine_options o = {
		.flows = 8192, .signals = { UINT64_MAX, UINT64_MAX }, .output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	ck_assert_int_eq(engine_new(&o, &engine), IND_OK);
	flow_count = host_count = frame_number = 0;
	now_ns = T0;
	link_type = PACKET_LINK_RAW;
}

static void teardown(void) { engine_free(engine); }

static void feed(const struct craft *c)
{
	struct frame f = craft_frame(c, now_ns += 1000000);
	f.number = ++frame_number;
	f.link = link_type;
	engine_frames(engine, &f, 1);
}

/* A TCP segment between A and B in VXLAN: outer ports as in the wild, where the source port is a hash. */
static void vxlan(bool from_a, uint32_t gate_from, uint32_t gate_to, unsigned network, unsigned flags)
{
	struct craft c = { .count = 0 };
	craft_ip4(&c, gate_from, gate_to, 17, 31, 8 + 8 + 14 + 20 + 20);
	craft_udp(&c, from_a ? 50001 : 50002, 4789, 8 + 14 + 20 + 20);
	craft_be32(&c, 0x08000000), craft_be32(&c, network << 8);
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, from_a ? A : B, from_a ? B : A, 6, 57, 20);
	craft_tcp(&c, from_a ? 40000 : 80, from_a ? 80 : 40000, from_a ? 100 : 500, flags & TCP_ACK ? (from_a ? 501 : 101) : 0, flags);
	feed(&c);
}

static const struct ind_flow *flow_by_serial(uint64_t serial)
{
	for (size_t i = 0; i < flow_count; i++)
		if (flows[i].serial == serial)
			return &flows[i];
	return NULL;
}

static const struct ind_flow *only_inner(void)
{
	const struct ind_flow *inner = NULL;
	for (size_t i = 0; i < flow_count; i++)
		if (flows[i].tunnel_count) {
			ck_assert_ptr_null(inner);
			inner = &flows[i];
		}
	ck_assert_ptr_nonnull(inner);
	return inner;
}

START_TEST(both_directions_of_a_tunnel_meet)
{
	vxlan(true, GATE_A, GATE_B, 7, TCP_SYN);
	vxlan(false, GATE_B, GATE_A, 7, TCP_SYN | TCP_ACK);
	vxlan(true, GATE_A, GATE_B, 7, TCP_ACK);
	engine_flush(engine);
	ck_assert_uint_eq(flow_count, 3); /* two outer flows: their ports differ */
	const struct ind_flow *inner = only_inner(), *outer = flow_by_serial(inner->parent);
	ck_assert_uint_eq(inner->packets[0], 2);
	ck_assert_uint_eq(inner->packets[1], 1);
	ck_assert_uint_eq(inner->client_rtt_us, 1000);
	ck_assert(inner->tunnel_count == 1 && inner->tunnel[0] == IND_TUNNEL_VXLAN && inner->carries == IND_TUNNEL_NONE);
	ck_assert(inner->ttl_min[0] == 57 && inner->bytes[1] == 40);
	ck_assert_ptr_nonnull(outer);
	ck_assert(outer->carries == IND_TUNNEL_VXLAN && outer->tunnel_count == 0 && outer->parent == 0);
	ck_assert(outer->ttl_min[0] == 31 && outer->port[1] == 4789 && outer->bytes[0] == 2 * 90);
}
END_TEST

START_TEST(same_addresses_in_other_tunnels_are_other_flows)
{
	vxlan(true, GATE_A, GATE_B, 7, TCP_SYN);
	vxlan(true, GATE_A, GATE_B, 8, TCP_SYN);
	vxlan(true, GATE_A, GATE_C, 7, TCP_SYN);
	struct craft c = { .count = 0 };
	craft_ip4(&c, A, B, 6, 57, 20);
	craft_tcp(&c, 40000, 80, 100, 0, TCP_SYN);
	feed(&c);
	engine_flush(engine);
	size_t inner = 0, plain = 0;
	for (size_t i = 0; i < flow_count; i++) {
		inner += flows[i].tunnel_count;
		plain += flows[i].proto == 6 && !flows[i].tunnel_count;
	}
	ck_assert_uint_eq(inner, 3);
	ck_assert_uint_eq(plain, 1);
}
END_TEST

/* The router before the last takes the label off: one direction has it, the other not. */
START_TEST(mpls_in_one_direction_does_not_split_a_flow)
{
	struct craft c;
	link_type = PACKET_LINK_ETHERNET;
	craft_segment(&c, B, 80, A, 40000, 500, 101, TCP_ACK, NULL, 0);
	feed(&c);
	c.count = 0;
	craft_ethernet(&c, 0x8847);
	craft_be32(&c, 0x00010140);
	craft_ip4(&c, A, B, 6, 57, 20);
	craft_tcp(&c, 40000, 80, 101, 501, TCP_ACK);
	feed(&c);
	engine_flush(engine);
	ck_assert_uint_eq(flow_count, 1);
	ck_assert(flows[0].packets[0] == 1 && flows[0].packets[1] == 1);
	ck_assert(flows[0].tunnel_count == 1 && flows[0].tunnel[0] == IND_TUNNEL_MPLS && flows[0].parent == 0);
}
END_TEST

/* Feeds bytes from..to of a datagram as one fragment. */
static void fragment(const struct craft *datagram, unsigned proto, unsigned id, size_t from, size_t to)
{
	struct craft c = { .count = 0 };
	craft_ip4(&c, GATE_A, GATE_B, proto, 44, (unsigned)(to - from));
	c.bytes[4] = 0, c.bytes[5] = (uint8_t)id;
	c.bytes[6] = (uint8_t)((to < datagram->count ? 0x20 : 0) | from >> 11), c.bytes[7] = (uint8_t)(from >> 3);
	craft_put(&c, datagram->bytes + from, to - from);
	feed(&c);
}

static void udp_datagram(struct craft *c, unsigned bytes)
{
	c->count = 0;
	craft_udp(c, 5000, 6000, bytes);
	for (unsigned i = 0; i < bytes; i++)
		craft_u8(c, i);
}

START_TEST(a_datagram_in_fragments_is_one_packet)
{
	struct craft d;
	udp_datagram(&d, 100);
	fragment(&d, 17, 1, 48, 108);
	fragment(&d, 17, 1, 0, 48);
	engine_flush(engine);
	ck_assert_uint_eq(flow_count, 1);
	ck_assert(flows[0].port[0] == 5000 && flows[0].port[1] == 6000 && !flows[0].no_ports);
	ck_assert_uint_eq(flows[0].packets[0], 1);
	ck_assert_uint_eq(flows[0].fragments[0], 2);
	ck_assert_uint_eq(flows[0].bytes[0], 20 + 60 + 20 + 48);
	ck_assert_uint_eq(flows[0].payload[0], 100);
	ck_assert_uint_eq(flows[0].ttl_min[0], 44);
	ck_assert_uint_eq(flows[0].end_ns - flows[0].start_ns, 1000000);
	struct engine_counters counters;
	engine_counters(engine, &counters);
	ck_assert_uint_eq(counters.fragmented, 0);
}
END_TEST

START_TEST(what_stays_in_pieces_is_counted_where_it_belongs)
{
	struct craft d;
	struct engine_counters counters;
	udp_datagram(&d, 100);
	fragment(&d, 17, 1, 0, 48);
	fragment(&d, 17, 2, 48, 108);
	engine_counters(engine, &counters);
	ck_assert_uint_eq(counters.flows, 0);
	now_ns += 31 * SECOND;
	udp_datagram(&d, 4);
	fragment(&d, 17, 3, 0, 8); /* any frame: time has passed */
	engine_counters(engine, &counters);
	ck_assert_uint_eq(counters.flows, 2);
	ck_assert_uint_eq(counters.fragmented, 2);
	engine_flush(engine);
	ck_assert_uint_eq(flow_count, 2);
	for (size_t i = 0; i < flow_count; i++) {
		ck_assert_uint_eq(flows[i].packets[0], flows[i].no_ports ? 1 : 2);
		ck_assert_uint_eq(flows[i].bytes[0], flows[i].no_ports ? 80 : 68 + 28);
		ck_assert_uint_eq(flows[i].port[0], flows[i].no_ports ? 0 : 5000);
	}
}
END_TEST

START_TEST(a_tunnel_in_fragments_is_entered)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: in.example\r\n\r\n";
	struct craft d = { .count = 0 };
	unsigned bytes = 8 + 14 + 20 + 20 + sizeof request - 1;
	craft_udp(&d, 50000, 4789, bytes);
	craft_be32(&d, 0x08000000), craft_be32(&d, 7 << 8);
	craft_ethernet(&d, 0x0800);
	craft_ip4(&d, A, B, 6, 57, 20 + sizeof request - 1);
	craft_tcp(&d, 40000, 80, 1, 1, TCP_ACK | TCP_PSH);
	craft_put(&d, request, sizeof request - 1);
	fragment(&d, 17, 1, 0, 40);
	fragment(&d, 17, 1, 40, d.count);
	engine_flush(engine);
	ck_assert_uint_eq(flow_count, 2);
	const struct ind_flow *inner = only_inner(), *outer = flow_by_serial(inner->parent);
	ck_assert_uint_eq(inner->payload[0], sizeof request - 1);
	ck_assert(outer->carries == IND_TUNNEL_VXLAN && outer->fragments[0] == 2);
	ck_assert_uint_eq(host_count, 1);
}
END_TEST

/* More datagrams than there are places: the oldest are given up, none is lost. */
START_TEST(a_flood_of_fragments_is_bounded)
{
	enum { MANY = 3000 };
	struct engine_counters counters;
	for (unsigned i = 0; i < MANY; i++) {
		struct craft c = { .count = 0 };
		craft_ip4(&c, GATE_A + i, GATE_B, 17, 44, 8);
		c.bytes[6] = 0x20, c.bytes[7] = 9;
		craft_put(&c, "12345678", 8);
		feed(&c);
	}
	engine_flush(engine);
	engine_counters(engine, &counters);
	ck_assert_uint_eq(flow_count, MANY);
	ck_assert_uint_eq(counters.fragmented, MANY);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("layers");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, both_directions_of_a_tunnel_meet);
	tcase_add_test(t, same_addresses_in_other_tunnels_are_other_flows);
	tcase_add_test(t, mpls_in_one_direction_does_not_split_a_flow);
	tcase_add_test(t, a_datagram_in_fragments_is_one_packet);
	tcase_add_test(t, what_stays_in_pieces_is_counted_where_it_belongs);
	tcase_add_test(t, a_tunnel_in_fragments_is_entered);
	tcase_add_test(t, a_flood_of_fragments_is_bounded);
	return suite_run("engine.layers", t);
}
