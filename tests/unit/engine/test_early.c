/* SPDX-License-Identifier: Apache-2.0 */
/* What is read from some of the first packets of each direction. */
#include "engine/engine.h"
#include "indicia/catalogue.h"
#include "support/craft.h"
#include "support/suite.h"

#include <string.h>

#define T0 UINT64_C(1700000000000000000)
#define MS UINT64_C(1000000)
enum { A = 0x0a000001, B = 0x0a000002, FIRST = 16, SAMPLES = 20 };

static struct engine *engine;
static char class[2][24], hz[2][24]; /* by direction, "" without */
static unsigned signals_seen, flows;

static void keep(char *to, size_t room, const struct ind_signal *s)
{
	ck_assert_uint_lt(s->value_bytes, room);
	memcpy(to, s->value, s->value_bytes);
	to[s->value_bytes] = '\0';
	ck_assert_uint_eq(s->side, s->from == IND_SRC ? IND_CLIENT : IND_SERVER);
}

static void flow_take(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx, (void)flow;
	flows++;
	for (size_t i = 0; i < count; i++) {
		if (signals[i].id == IND_SIG_IP_ID_CLASS)
			keep(class[signals[i].from], sizeof *class, &signals[i]), signals_seen++;
		if (signals[i].id == IND_SIG_TCP_TS_HZ)
			keep(hz[signals[i].from], sizeof *hz, &signals[i]), signals_seen++;
	}
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x) { (void)ctx, (void)x; }

static void engine_start(bool wanted)
{
	struct engine_options o = {
		.flows = 64, .output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	memset(o.signals, wanted ? 0xff : 0, sizeof o.signals);
	o.signals[0] |= UINT64_C(1) << IND_SIG_TCP_SYN;
	ck_assert_int_eq(engine_new(&o, &engine), IND_OK);
	memset(class, 0, sizeof class);
	memset(hz, 0, sizeof hz);
	signals_seen = flows = 0;
}

static void setup(void) { engine_start(true); }
static void teardown(void) { engine_free(engine); }

static void offer(struct craft *c, uint64_t ms, uint16_t id)
{
	c->bytes[14 + 4] = (uint8_t)(id >> 8);
	c->bytes[14 + 5] = (uint8_t)id;
	struct frame f = craft_frame(c, T0 + ms * MS);
	engine_frames(engine, &f, 1);
}

static void segment(uint64_t ms, bool client, unsigned port, uint16_t id, unsigned flags)
{
	struct craft c;
	craft_segment(&c, client ? A : B, client ? port : 80, client ? B : A, client ? 80 : port, 1, 1, flags, NULL, 0);
	offer(&c, ms, id);
}

static void datagram(uint64_t ms, uint16_t id)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, A, B, 17, 64, 12);
	craft_udp(&c, 40000, 9999, 4);
	craft_put(&c, "data", 4);
	offer(&c, ms, id);
}

START_TEST(each_direction_is_told_by_its_own_packets)
{
	for (unsigned n = 1; n < FIRST + SAMPLES + 5; n++) {
		segment(n, true, 40000, (uint16_t)(0xffe0 + n), TCP_ACK);
		segment(n, false, 40000, 0, TCP_ACK);
	}
	engine_flush(engine);
	ck_assert_str_eq(class[IND_SRC], "counter");
	ck_assert_str_eq(class[IND_DST], "zero");
	ck_assert_uint_eq(signals_seen, 2);
}
END_TEST

/* What comes before and after says nothing, and one packet less is too few. */
START_TEST(twenty_packets_from_the_sixteenth_on)
{
	for (unsigned n = 1; n < 200; n++)
		segment(n, true, 40000, (uint16_t)(n < FIRST || n >= FIRST + SAMPLES ? n * 7919 : 4711), TCP_ACK);
	for (unsigned n = 1; n < FIRST + SAMPLES - 1; n++)
		segment(n, false, 40000, 0, TCP_ACK);
	engine_flush(engine);
	ck_assert_str_eq(class[IND_SRC], "constant");
	ck_assert_str_eq(class[IND_DST], "");
}
END_TEST

START_TEST(the_place_of_a_flow_is_used_again)
{
	for (unsigned n = 1; n < 60; n++)
		segment(n, true, 40000, 4711, TCP_ACK);
	segment(60, true, 40000, 4711, TCP_RST | TCP_ACK);
	segment(60 + 20000, true, 40001, 0, TCP_ACK); /* later than a flow lingers */
	ck_assert_uint_eq(flows, 1);
	for (unsigned n = 2; n < FIRST + SAMPLES; n++)
		segment(60 + 20000 + n, true, 40001, 0, TCP_ACK);
	engine_flush(engine);
	ck_assert_uint_eq(flows, 2);
	ck_assert_str_eq(class[IND_SRC], "zero");
}
END_TEST

START_TEST(datagrams_too)
{
	for (unsigned n = 1; n < 40; n++)
		datagram(n, (uint16_t)(0x0100 * n));
	engine_flush(engine);
	ck_assert_str_eq(class[IND_SRC], "counter-swapped");
}
END_TEST

START_TEST(not_of_ipv6_and_not_unless_asked_for)
{
	for (unsigned n = 1; n < 60; n++) {
		struct craft c = { .count = 0 };
		craft_ethernet(&c, 0x86dd);
		craft_ip6(&c, 1, 2, 17, 12);
		craft_udp(&c, 40000, 9999, 4);
		craft_put(&c, "data", 4);
		struct frame f = craft_frame(&c, T0 + n * MS);
		engine_frames(engine, &f, 1);
	}
	engine_flush(engine);
	ck_assert_uint_eq(signals_seen, 0);
	engine_free(engine);
	engine_start(false);
	for (unsigned n = 1; n < 60; n++)
		datagram(n, 0);
	engine_flush(engine);
	ck_assert_uint_eq(signals_seen, 0);
}
END_TEST

/* RFC 7323 appendix A; `value` is the clock's. */
static void stamped(uint64_t ms, bool client, uint32_t seq, uint32_t value, unsigned flags)
{
	struct craft c, options = { .count = 0 };
	craft_be16(&options, 0x0101), craft_u8(&options, 8), craft_u8(&options, 10), craft_be32(&options, value), craft_be32(&options, 0);
	craft_segment(&c, client ? A : B, client ? 40000 : 80, client ? B : A, client ? 80 : 40000, seq, 1, flags, options.bytes, options.count);
	c.bytes[14 + 20 + 12] = (uint8_t)((5 + options.count / 4) << 4);
	offer(&c, ms, 0);
}

START_TEST(clocks_by_packets_at_growing_distances)
{
	for (unsigned n = 1; n < 300; n++) {
		stamped(n * 100, true, 1, 1000 + n * 25, TCP_ACK);
		stamped(n * 100 + 1, false, 1, 0xfffff000 + n * 100, TCP_ACK);
	}
	engine_flush(engine);
	ck_assert_str_eq(hz[IND_SRC], "250");
	ck_assert_str_eq(hz[IND_DST], "1000");
}
END_TEST

/* Packets in a row, and the end a minute later. */
START_TEST(a_fin_is_enough)
{
	for (unsigned n = 1; n <= FIRST + 2; n++) {
		stamped(n, true, 1, 1000, TCP_ACK);
		stamped(n, false, 1, 1000, TCP_ACK);
	}
	stamped(60000, true, 1, 7000, TCP_FIN | TCP_ACK);
	stamped(60001, false, 0x80000000, 7000, TCP_FIN | TCP_ACK); /* a stranger's */
	engine_flush(engine);
	ck_assert_str_eq(hz[IND_SRC], "100");
	ck_assert_str_eq(hz[IND_DST], "");
}
END_TEST

START_TEST(a_reset_and_few_packets_are_not)
{
	for (unsigned n = 1; n <= FIRST + 2; n++)
		stamped(n, true, 1, 1000, TCP_ACK);
	stamped(60000, true, 1, 7000, TCP_FIN | TCP_RST | TCP_ACK);
	for (unsigned n = 1; n < FIRST; n++)
		stamped(n, false, 1, 1000, TCP_ACK);
	stamped(60000, false, 1, 7000, TCP_FIN | TCP_ACK);
	engine_flush(engine);
	ck_assert_str_eq(hz[IND_SRC], "");
	ck_assert_str_eq(hz[IND_DST], "");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("early");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, each_direction_is_told_by_its_own_packets);
	tcase_add_test(t, twenty_packets_from_the_sixteenth_on);
	tcase_add_test(t, the_place_of_a_flow_is_used_again);
	tcase_add_test(t, datagrams_too);
	tcase_add_test(t, not_of_ipv6_and_not_unless_asked_for);
	tcase_add_test(t, clocks_by_packets_at_growing_distances);
	tcase_add_test(t, a_fin_is_enough);
	tcase_add_test(t, a_reset_and_few_packets_are_not);
	return suite_run("engine.early", t);
}
