/* SPDX-License-Identifier: Apache-2.0 */
/* What the times of a TLS connection's first words say of the client. */
#include "engine/engine.h"
#include "indicia/catalogue.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define T0 UINT64_C(1700000000000000000)
enum { A = 0x0a000001, B = 0x0a000002, ISN_A = 0xfffffff0, ISN_B = 5000, TLS_1_3 = 0x1301, EARLY_DATA = 42 };

static struct engine *engine;
static char turn[32], gap[32];       /* values of path.cross_layer_us and path.prehello_us, "" without */
static uint64_t frame_number;

static void flow_take(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx, (void)flow;
	for (size_t i = 0; i < count; i++) {
		char *to = signals[i].id == IND_SIG_PATH_CROSS_LAYER ? turn : signals[i].id == IND_SIG_PATH_PREHELLO ? gap : NULL;
		if (!to)
			continue;
		ck_assert_uint_eq(signals[i].side, IND_CLIENT);
		ck_assert_uint_eq(signals[i].from, IND_SRC);
		ck_assert_str_eq(to, "");
		memcpy(to, signals[i].value, signals[i].value_bytes);
	}
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x) { (void)ctx, (void)x; }

static void setup(void)
{
	struct engine_options o = {
		.flows = 64, .signals = { UINT64_MAX, UINT64_MAX }, .exhibits = true, .payload_exhibits = true,
		.output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	ck_assert_int_eq(engine_new(&o, &engine), IND_OK);
	memset(turn, 0, sizeof turn);
	memset(gap, 0, sizeof gap);
	frame_number = 0;
}

static void teardown(void) { engine_free(engine); }

static void send_at(unsigned us, bool client, uint32_t offset, unsigned flags, const struct craft *payload)
{
	struct craft c;
	size_t bytes = payload ? payload->count : 0;
	const uint8_t *at = payload ? payload->bytes : NULL;
	if (client)
		craft_segment(&c, A, 40000, B, 4433, ISN_A + offset, ISN_B + 1, flags, at, bytes);
	else
		craft_segment(&c, B, 4433, A, 40000, ISN_B + offset, ISN_A + 1, flags, at, bytes);
	struct frame f = craft_frame(&c, T0 + us * UINT64_C(1000));
	f.number = ++frame_number;
	engine_frames(engine, &f, 1);
}

/* RFC 8446 section 4.1.2 and 4.1.3, with no extension but one without contents. */
static struct craft hello(bool client, unsigned extension)
{
	struct craft c = { .count = 0 };
	static const uint8_t random[32] = { 1, 2, 3 };
	unsigned body = (client ? 41 : 38) + (extension ? 6 : 0);
	craft_u8(&c, 22), craft_be16(&c, 0x0303), craft_be16(&c, 4 + body);
	craft_u8(&c, client ? 1 : 2), craft_u8(&c, 0), craft_be16(&c, body), craft_be16(&c, 0x0303);
	craft_put(&c, random, sizeof random);
	craft_u8(&c, 0);
	if (client)
		craft_be16(&c, 2), craft_be16(&c, TLS_1_3), craft_u8(&c, 1), craft_u8(&c, 0);
	else
		craft_be16(&c, TLS_1_3), craft_u8(&c, 0);
	if (extension)
		craft_be16(&c, 4), craft_be16(&c, extension), craft_be16(&c, 0);
	return c;
}

static struct craft noise(size_t count)
{
	struct craft c = { .count = 0 };
	craft_u8(&c, 23), craft_be16(&c, 0x0303), craft_be16(&c, (unsigned)count - 5);
	while (c.count < count)
		craft_u8(&c, 0xee);
	return c;
}

enum { WITHOUT_ACK = 1, REPEATED = 2, EARLY = 4, SERVER_FIRST = 8, REORDERED = 16 };

/* 10 ms to the client; it says hello 4 ms after its ACK, and answers the server's flight, which ends at 17 ms, at 97 ms. */
static void connection(unsigned how)
{
	struct craft ch = hello(true, how & EARLY ? EARLY_DATA : 0), sh = hello(false, 0), more = noise(200), greeting = noise(20);
	uint32_t c = 1 + (uint32_t)ch.count, s = 1, shift = how & SERVER_FIRST ? 20 : 0;
	send_at(0, true, 0, TCP_SYN, NULL);
	send_at(1000, false, 0, TCP_SYN | TCP_ACK, NULL);
	if (!(how & WITHOUT_ACK))
		send_at(11000, true, 1, TCP_ACK, NULL);
	if (shift)
		send_at(12000, false, s, TCP_ACK, &greeting);
	send_at(15000, true, 1, TCP_ACK, &ch);
	if (how & REPEATED)
		send_at(15500, true, 1, TCP_ACK, &ch);
	send_at(16000, false, s + shift, TCP_ACK, &sh);
	send_at(17000, false, s + shift + (uint32_t)sh.count, TCP_ACK, &more);
	if (how & REORDERED)
		send_at(97000, true, c + 200, TCP_ACK, &more);
	send_at(how & REORDERED ? 98000 : 97000, true, c, TCP_ACK, &more);
	send_at(99000, false, s + shift + (uint32_t)sh.count + 200, TCP_ACK, &more);
	send_at(200000, true, c + 400, TCP_ACK, &more);
	engine_flush(engine);
}

START_TEST(times_above_the_transport)
{
	static const struct { unsigned how; const char *turn, *gap; } cases[] = {
		{ 0, "70000", "4000" },
		{ REORDERED, "70000", "4000" },
		{ WITHOUT_ACK, "66000", "0" }, /* the hello is the first ACK: a round trip of 14 ms, and nothing before it */
		{ REPEATED, "", "4000" },
		{ EARLY, "", "4000" },
		{ SERVER_FIRST, "70000", "" },
	};
	connection(cases[_i].how);
	ck_assert_str_eq(turn, cases[_i].turn);
	ck_assert_str_eq(gap, cases[_i].gap);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("turn");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, times_above_the_transport, 0, 6);
	return suite_run("engine.turn", t);
}
