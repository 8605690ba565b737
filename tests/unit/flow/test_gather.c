/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/gather.h"
#include "support/suite.h"

#include <stdlib.h>

static struct flow_table table;
static uint32_t buffer;
static struct gather g = { &table, &buffer };
static uint8_t bytes[GATHER_BYTES + 100];
static bool is_new;

static void setup(void)
{
	const struct flow_limits limits = {
		.flows = 4, .head_buffers = 2, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5
	};
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	buffer = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
}

static void teardown(void) { flow_table_release(&table); }

static size_t there(uint32_t from)
{
	struct cursor c = gather_view(&g, from);
	ck_assert(cursor_left(&c) == 0 || memcmp(c.p, bytes + from, cursor_left(&c)) == 0);
	return cursor_left(&c);
}

START_TEST(pieces_in_any_order)
{
	ck_assert_uint_eq(there(0), 0);
	ck_assert(gather_is_empty(&g));
	ck_assert(gather_put(&g, 100, bytes + 100, 50, &is_new) && is_new);
	ck_assert_uint_eq(there(0), 0);
	ck_assert_uint_eq(there(100), 50);
	ck_assert_uint_eq(there(149), 1);
	ck_assert_uint_eq(there(150), 0);
	ck_assert(gather_put(&g, 0, bytes, 100, &is_new) && is_new);
	ck_assert_uint_eq(there(0), 150);
	ck_assert(gather_put(&g, 30, bytes + 30, 120, &is_new) && !is_new);
	gather_drop(&g);
	ck_assert(gather_is_empty(&g));
	ck_assert_uint_eq(there(0), 0);
	ck_assert_uint_eq(table.gathers.in_use, 0);
}
END_TEST

START_TEST(of_bytes_that_come_twice_the_first_copy_counts)
{
	static uint8_t other[300];
	memset(other, 0xee, sizeof other);
	ck_assert(gather_put(&g, 70, bytes + 70, 3, &is_new));
	ck_assert(gather_put(&g, 100, bytes + 100, 100, &is_new));
	ck_assert(gather_put(&g, 0, other, 300, &is_new) && is_new);
	struct cursor c = gather_view(&g, 0);
	ck_assert_uint_eq(cursor_left(&c), 300);
	for (size_t i = 0; i < 300; i++)
		ck_assert_uint_eq(c.p[i], (i >= 70 && i < 73) || (i >= 100 && i < 200) ? bytes[i] : 0xee);
}
END_TEST

START_TEST(every_length_at_every_place_of_a_word)
{
	for (uint32_t at = 0; at < 130; at++) {
		for (uint32_t count = 1; count < 200; count += 3) {
			ck_assert(gather_put(&g, at, bytes + at, count, &is_new) && is_new);
			ck_assert_uint_eq(there(at), count);
			ck_assert_uint_eq(there(at + count), 0);
			gather_drop(&g);
		}
	}
}
END_TEST

START_TEST(nothing_is_kept_behind_the_end)
{
	ck_assert(!gather_put(&g, GATHER_BYTES, bytes, 1, &is_new));
	ck_assert(!gather_put(&g, UINT32_MAX, bytes, 10, &is_new));
	ck_assert(gather_is_empty(&g));
	ck_assert(gather_put(&g, 0, bytes, sizeof bytes, &is_new));
	ck_assert_uint_eq(there(0), GATHER_BYTES);
	ck_assert_uint_eq(there(GATHER_BYTES - 1), 1);
	ck_assert(gather_put(&g, GATHER_BYTES - 1, bytes, 10, &is_new) && !is_new);
}
END_TEST

START_TEST(without_a_buffer_the_loss_is_counted)
{
	uint32_t more[3] = { 0 };
	for (unsigned i = 0; i < 3; i++) {
		struct gather other = { &table, &more[i] };
		ck_assert_int_eq(gather_put(&other, 0, bytes, 1, &is_new), i < 2);
	}
	ck_assert_uint_eq(table.heads_lost, 1);
	ck_assert(!is_new);
}
END_TEST

START_TEST(a_used_buffer_is_empty_when_it_is_taken_again)
{
	ck_assert(gather_put(&g, 0, bytes, 5000, &is_new));
	gather_drop(&g);
	ck_assert(gather_put(&g, 4000, bytes + 4000, 10, &is_new) && is_new);
	ck_assert_uint_eq(there(0), 0);
	ck_assert_uint_eq(there(4000), 10);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("gather");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, pieces_in_any_order);
	tcase_add_test(t, of_bytes_that_come_twice_the_first_copy_counts);
	tcase_add_test(t, every_length_at_every_place_of_a_word);
	tcase_add_test(t, nothing_is_kept_behind_the_end);
	tcase_add_test(t, without_a_buffer_the_loss_is_counted);
	tcase_add_test(t, a_used_buffer_is_empty_when_it_is_taken_again);
	return suite_run("flow.gather", t);
}
