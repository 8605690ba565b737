/* SPDX-License-Identifier: Apache-2.0 */
/* When something was lost, by a clock that is set. */
#include "world.h"

#include "support/suite.h"

enum { TAPS = 2, LOSSES_MAX = 16 };

#define SECOND_NS UINT64_C(1000000000)
#define NOW_NS (UINT64_C(1700000000) * SECOND_NS)
#define FUTURE_NS (UINT64_C(4070908800) * SECOND_NS) /* 2099 */

static struct world w;

static void setup(void)
{
	world_start(&w);
	w.k.tap_count = TAPS;
	ck_assert_int_eq(stream_begin(&w.k), 0);
	ck_assert_int_eq(bundle_begin(&w.k), IND_OK);
}

static void teardown(void) { world_free(&w); }

/* What a tap says after a frame of that time, with so many frames dropped by the kernel since the start. */
static void tap_says(unsigned tap, uint64_t time_ns, uint64_t drops)
{
	struct message_status s = w.k.taps[tap].status;
	struct engine_counters *c = &s.counters;
	c->frames++;
	c->recent_ns = time_ns;
	c->first_ns = !c->first_ns || time_ns < c->first_ns ? time_ns : c->first_ns;
	c->last_ns = time_ns > c->last_ns ? time_ns : c->last_ns;
	s.kernel_drops = drops;
	seats_status(&w.k, tap, &s);
}

static void tap_repeats(unsigned tap)
{
	struct message_status s = w.k.taps[tap].status;
	seats_status(&w.k, tap, &s);
}

static void seal(void) { ck_assert_int_eq(world_flows(&w, 0, true), IND_OK); }

/* The LOSS records, in their order. */
static unsigned losses_read(struct ind_loss losses[static LOSSES_MAX])
{
	struct ind_source source = sim_source(world_open_bundle(&w.sim));
	struct ind_reader *r;
	const struct ind_record *record;
	unsigned count = 0;
	ck_assert_int_eq(ind_reader_new(&source, IND_WANT(IND_REC_LOSS), &r), IND_OK);
	while (count < LOSSES_MAX && ind_reader_next(r, &record) == IND_OK)
		losses[count++] = record->loss;
	ind_reader_free(r);
	return count;
}

static void expect(const struct ind_loss *loss, uint64_t from_ns, uint64_t to_ns, uint64_t drops)
{
	ck_assert_uint_eq(loss->from_ns, from_ns);
	ck_assert_uint_eq(loss->to_ns, to_ns);
	ck_assert_uint_eq(loss->count[IND_LOSS_KERNEL_DROP], drops);
}

START_TEST(a_clock_that_was_set_back_is_followed)
{
	struct ind_loss losses[LOSSES_MAX];
	tap_says(0, FUTURE_NS, 1);
	seal();
	tap_says(0, NOW_NS, 3);
	seal();
	tap_says(0, NOW_NS + SECOND_NS, 6);
	seal();
	ck_assert_uint_eq(losses_read(losses), 3);
	expect(&losses[0], FUTURE_NS, FUTURE_NS, 1);
	expect(&losses[1], NOW_NS, NOW_NS, 2);
	expect(&losses[2], NOW_NS, NOW_NS + SECOND_NS, 3);
}
END_TEST

/* What is lost after the step has begun after it, also where nothing was lost meanwhile. */
START_TEST(losses_begin_where_the_clock_was_set_to)
{
	struct ind_loss losses[LOSSES_MAX];
	tap_says(0, FUTURE_NS, 0);
	seal();
	tap_says(0, NOW_NS, 0);
	tap_says(0, NOW_NS + SECOND_NS, 1);
	seal();
	ck_assert_uint_eq(losses_read(losses), 1);
	expect(&losses[0], NOW_NS, NOW_NS + SECOND_NS, 1);
}
END_TEST

/* A tap that has had no frame since the clock was set back does not count, and one that says so late does not for long. */
START_TEST(a_tap_without_frames_holds_no_clock)
{
	struct ind_loss losses[LOSSES_MAX];
	tap_says(0, FUTURE_NS, 0);
	tap_says(1, FUTURE_NS, 0);
	seal();
	tap_says(0, NOW_NS, 0);
	tap_repeats(1);
	tap_says(0, NOW_NS + SECOND_NS, 1);
	tap_repeats(1);
	seal();
	tap_says(1, FUTURE_NS + 1, 0);
	tap_says(0, NOW_NS + 2 * SECOND_NS, 2);
	seal();
	ck_assert_uint_eq(losses_read(losses), 2);
	expect(&losses[0], NOW_NS, NOW_NS + SECOND_NS, 1);
	expect(&losses[1], NOW_NS + SECOND_NS, NOW_NS + 2 * SECOND_NS, 1);
}
END_TEST

START_TEST(frames_out_of_order_are_no_clock)
{
	struct ind_loss losses[LOSSES_MAX];
	tap_says(0, NOW_NS + 5, 0);
	seal();
	tap_says(0, NOW_NS, 1);
	seal();
	ck_assert_uint_eq(losses_read(losses), 1);
	expect(&losses[0], NOW_NS + 5, NOW_NS + 5, 1);
}
END_TEST

int main(void)
{
	world_folder();
	TCase *t = tcase_create("losses");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_clock_that_was_set_back_is_followed);
	tcase_add_test(t, losses_begin_where_the_clock_was_set_to);
	tcase_add_test(t, a_tap_without_frames_holds_no_clock);
	tcase_add_test(t, frames_out_of_order_are_no_clock);
	int status = suite_run("daemon.losses", t);
	world_folder_remove();
	return status;
}
