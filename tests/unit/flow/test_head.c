/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/head.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

static struct flow_table table;
static struct flow_tcp tcp;
static struct flow_head *head;

static void setup(void)
{
	struct flow_limits limits = { .flows = 16, .head_buffers = 2, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	tcp = (struct flow_tcp){ .isn = { 0xfffffff0, 0 }, .seen = TCP_SEEN_SYN_LOW };
	head = head_of(&table, &tcp);
	head_expect(head, &tcp, 0, 0);
}

static void teardown(void)
{
	head_free(&table, &tcp);
	ck_assert_uint_eq(table.buffers.in_use + table.small_buffers.in_use, 0);
	ck_assert_uint_eq(table.heads.in_use, 0);
	flow_table_release(&table);
}

static uint8_t stream[9000];

static void stream_fill(void)
{
	for (size_t i = 0; i < sizeof stream; i++)
		stream[i] = (uint8_t)rand();
}

/* Offers stream[from, to), reads `portion` per mille of what is there, checks it, and says how much was read in all. */
static size_t offer_and_read(size_t from, size_t to, size_t done, unsigned portion)
{
	struct head_view view;
	head_offer(&table, head, 0, 0xfffffff1 + (uint32_t)from, stream + from, (uint32_t)(to - from), &view);
	if (!view.count)
		return done;
	ck_assert_mem_eq(view.bytes, stream + done, view.count);
	uint32_t used = (uint32_t)((uint64_t)view.count * portion / 1000);
	head_read(&table, head, 0, &view, used);
	return done + used;
}

START_TEST(in_order_bytes_need_no_buffer)
{
	stream_fill();
	size_t done = offer_and_read(0, 1000, 0, 1000);
	done = offer_and_read(1000, 2500, done, 1000);
	ck_assert_uint_eq(done, 2500);
	ck_assert_uint_eq(table.buffers.in_use + table.small_buffers.in_use, 0);
}
END_TEST

START_TEST(any_order_and_overlap_give_the_stream)
{
	srand((unsigned)_i + 1);
	stream_fill();
	size_t done = 0;
	struct { size_t from, to; } pieces[2000];
	size_t count = 0;
	for (size_t at = 0; at < sizeof stream;) {
		size_t to = at + 1 + (size_t)rand() % 900;
		size_t back = (size_t)rand() % 60;
		pieces[count].from = at > back ? at - back : 0;
		pieces[count].to = to < sizeof stream ? to : sizeof stream;
		count++;
		at = to;
	}
	for (size_t i = 0; i + 1 < count; i++) {    /* disorder within a few segments, as networks make it */
		size_t j = i + (size_t)rand() % 4;
		if (j >= count)
			continue;
		size_t from = pieces[i].from, to = pieces[i].to;
		pieces[i] = pieces[j];
		pieces[j].from = from, pieces[j].to = to;
	}
	for (size_t i = 0; i < count; i++) {
		done = offer_and_read(pieces[i].from, pieces[i].to, done, (unsigned)rand() % 1001);
		if (rand() % 5 == 0)
			done = offer_and_read(pieces[i].from, pieces[i].to, done, 0);
	}
	struct head_view view;
	head_view_of(&table, head, 0, &view);
	if (view.count) {
		ck_assert_mem_eq(view.bytes, stream + done, view.count);
		head_read(&table, head, 0, &view, view.count);
		done += view.count;
	}
	ck_assert_uint_eq(done, sizeof stream);
	ck_assert_uint_eq(table.buffers.in_use + table.small_buffers.in_use, 0);
}
END_TEST

START_TEST(of_two_copies_the_first_counts)
{
	struct head_view view;
	head_offer(&table, head, 0, 0xfffffff1 + 4, (const uint8_t *)"EFGH", 4, &view);
	ck_assert_uint_eq(view.count, 0);
	head_offer(&table, head, 0, 0xfffffff1, (const uint8_t *)"abcdefgh", 8, &view);
	ck_assert_uint_eq(view.count, 8);
	ck_assert_mem_eq(view.bytes, "abcdEFGH", 8);
}
END_TEST

START_TEST(a_hole_is_crossed_when_its_end_is_acknowledged)
{
	struct head_view view;
	head_offer(&table, head, 0, 0xfffffff1 + 100, (const uint8_t *)"later", 5, &view);
	ck_assert(!head_hole_lost(&table, head, 0, 0xfffffff1 + 99));
	ck_assert(head_hole_lost(&table, head, 0, 0xfffffff1 + 100));
	ck_assert(head_jump(&table, head, 0));
	head_view_of(&table, head, 0, &view);
	ck_assert_uint_eq(view.count, 5);
	ck_assert_mem_eq(view.bytes, "later", 5);
	ck_assert(!head_jump(&table, head, 0));
	ck_assert_uint_eq(table.gaps, 1);
}
END_TEST

START_TEST(bytes_can_be_passed_over)
{
	struct head_view view;
	stream_fill();
	head_offer(&table, head, 0, 0xfffffff1, stream, 10, &view);
	head_read(&table, head, 0, &view, 10);
	head_offer(&table, head, 0, 0xfffffff1 + 500, stream + 500, 100, &view);
	head_pass(&table, head, 0, 540);
	head_view_of(&table, head, 0, &view);
	ck_assert_uint_eq(view.count, 50);
	ck_assert_mem_eq(view.bytes, stream + 550, 50);
}
END_TEST

START_TEST(an_empty_pool_is_counted)
{
	struct flow_tcp others[3] = { { 0 } };
	struct head_view view;
	stream_fill();
	for (size_t i = 0; i < 3; i++) {
		struct flow_head *h = head_of(&table, &others[i]);
		head_expect(h, &others[i], 0, 0);
		head_offer(&table, h, 0, 10, stream, HEAD_SMALL_BYTES, &view);
	}
	ck_assert_uint_eq(table.heads_lost, 1);
	for (size_t i = 0; i < 3; i++)
		head_free(&table, &others[i]);
}
END_TEST

/* A few bytes that wait in many idle connections leave the large buffers to those that need them. */
START_TEST(little_waits_in_small_buffers)
{
	enum { IDLE = 15 };
	struct flow_tcp idle[IDLE] = { { 0 } };
	struct head_view view;
	stream_fill();
	for (size_t i = 0; i < IDLE; i++) {
		struct flow_head *h = head_of(&table, &idle[i]);
		head_expect(h, &idle[i], 0, 0);
		head_offer(&table, h, 0, 1, stream, 8, &view);
	}
	ck_assert_uint_eq(table.heads_lost, 0);
	ck_assert_uint_eq(table.buffers.in_use, 0);
	for (size_t i = 0; i < IDLE; i++)
		head_free(&table, &idle[i]);
}
END_TEST

/* What waits in a small buffer is still there when it has grown into a large one, pieces and all. */
START_TEST(what_grows_moves)
{
	struct head_view view;
	stream_fill();
	head_offer(&table, head, 0, 0xfffffff1 + 100, stream + 100, 50, &view);
	head_offer(&table, head, 0, 0xfffffff1 + 300, stream + 300, 50, &view);
	ck_assert_uint_eq(table.small_buffers.in_use, 1);
	head_offer(&table, head, 0, 0xfffffff1 + 350, stream + 350, 5000, &view);
	ck_assert_uint_eq(table.small_buffers.in_use, 0);
	ck_assert_uint_eq(table.buffers.in_use, 1);
	head_offer(&table, head, 0, 0xfffffff1 + 150, stream + 150, 150, &view);
	head_offer(&table, head, 0, 0xfffffff1, stream, 100, &view);
	ck_assert_uint_eq(view.count, 5350);
	ck_assert_mem_eq(view.bytes, stream, 5350);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("head");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, in_order_bytes_need_no_buffer);
	tcase_add_loop_test(t, any_order_and_overlap_give_the_stream, 0, 200);
	tcase_add_test(t, of_two_copies_the_first_counts);
	tcase_add_test(t, a_hole_is_crossed_when_its_end_is_acknowledged);
	tcase_add_test(t, bytes_can_be_passed_over);
	tcase_add_test(t, an_empty_pool_is_counted);
	tcase_add_test(t, little_waits_in_small_buffers);
	tcase_add_test(t, what_grows_moves);
	return suite_run("flow.head", t);
}
