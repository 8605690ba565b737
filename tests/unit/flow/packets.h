/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_PACKETS_H
#define UNIT_FLOW_PACKETS_H

#include "flow/flow.h"
#include "support/craft.h"
#include "support/suite.h"

/* Packets into a table, records out: what the tests of the table share. */

#define SECOND UINT64_C(1000000000)
#define T0 (1700000000 * SECOND)

enum { A = 0x0a000001, B = 0x0a000002 };

static struct flow_table table;
static struct ind_flow ended[4096];
static size_t ended_count;
static uint64_t ended_packets;

static inline void ended_keep(void *ctx, struct flow *f, enum ind_flow_end reason)
{
	struct ind_flow record;
	(void)ctx;
	flow_record(&table, f, reason, &record);
	ended_packets += record.packets[0] + record.packets[1];
	if (ended_count < sizeof ended / sizeof *ended)
		ended[ended_count] = record;
	ended_count++;
}

static inline void table_start(uint32_t flows)
{
	struct flow_limits limits = { .flows = flows, .head_buffers = 4, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	table.ended = ended_keep;
	ended_count = 0;
	ended_packets = 0;
}

static inline void setup(void) { table_start(1024); }
static inline void teardown(void) { flow_table_release(&table); }

static inline struct flow *see_packet(const struct craft *c, uint64_t time_ns)
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

static inline void tcp(uint64_t time_ns, bool from_client, uint32_t seq, uint32_t ack, unsigned flags, size_t bytes)
{
	struct craft c;
	static const uint8_t payload[1400];
	if (from_client)
		craft_segment(&c, A, 51144, B, 443, seq, ack, flags, payload, bytes);
	else
		craft_segment(&c, B, 443, A, 51144, seq, ack, flags, payload, bytes);
	see_packet(&c, time_ns);
}

static inline struct flow *udp(uint64_t time_ns, uint32_t src, unsigned sport, uint32_t dst, unsigned dport)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, src, dst, 17, 64, 8 + 4);
	craft_udp(&c, sport, dport, 4);
	craft_put(&c, "data", 4);
	return see_packet(&c, time_ns);
}

static inline struct flow *udp6(uint64_t time_ns, unsigned src, unsigned sport, unsigned dst, unsigned dport)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x86dd);
	craft_ip6(&c, src, dst, 17, 8 + 4);
	craft_udp(&c, sport, dport, 4);
	craft_put(&c, "data", 4);
	return see_packet(&c, time_ns);
}

static inline void handshake(uint64_t start_ns)
{
	tcp(start_ns, true, 1000, 0, TCP_SYN, 0);
	tcp(start_ns + 30000000, false, 5000, 1001, TCP_SYN | TCP_ACK, 0);
	tcp(start_ns + 50000000, true, 1001, 5001, TCP_ACK, 0);
}

#endif
