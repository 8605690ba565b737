/* SPDX-License-Identifier: Apache-2.0 */
/* What is compared, what differs, what has nothing to be compared with; and ranges of flows that fit in memory. */
#include "cli/rederive_flow.h"
#include "indicia/catalogue.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

static const char banner[] = "SSH-2.0-Example_1.0\r\n";

static struct rederive_flow_options options;
static struct held held;
static struct ind_signal signals[8];
static size_t signal_count, told;
static struct { char recorded[64], derived[64]; bool has_exhibit, other_end; unsigned id; } last;

static void copy(char *to, const struct ind_signal *s)
{
	to[0] = '\0';
	if (s) {
		memcpy(to, s->value, s->value_bytes);
		to[s->value_bytes] = '\0';
	}
}

static void differs(void *ctx, const struct rederive_difference *d)
{
	(void)ctx;
	told++;
	copy(last.recorded, d->recorded);
	copy(last.derived, d->derived);
	last.has_exhibit = d->exhibit != NULL;
	last.other_end = d->other_end;
	last.id = d->recorded ? d->recorded->id : d->derived->id;
}

static void setup(void)
{
	options = (struct rederive_flow_options){ .differs = differs, .wanted = { UINT64_MAX, UINT64_MAX } };
	ck_assert_int_eq(rederive_new(&options.door), IND_OK);
	held_start(&held, 0, HELD_BYTES_DEFAULT);
	signal_count = told = 0;
}

static void teardown(void)
{
	rederive_free(options.door);
	held_free(&held);
}

static void signal_add(unsigned id, uint64_t packet, const char *value)
{
	signals[signal_count++] = (struct ind_signal){
		.id = (uint16_t)id, .side = IND_SERVER, .from = IND_DST, .packet = packet, .value = value, .value_bytes = (uint16_t)strlen(value),
	};
}

static void flow_hold(uint64_t serial)
{
	static struct ind_record record;
	record = (struct ind_record){ .kind = IND_REC_FLOW };
	record.flow.flow = (struct ind_flow){ .serial = serial, .ip_version = 4, .proto = 6 };
	record.flow.signals = signals;
	record.flow.signal_count = signal_count;
	ck_assert_int_eq(held_add(&held, &record), IND_OK);
}

static enum ind_err exhibit_hold(uint64_t serial, uint64_t packet, const void *bytes, size_t count)
{
	static struct ind_record record;
	record = (struct ind_record){ .kind = IND_REC_EXHIBIT };
	record.exhibit = (struct ind_exhibit){
		.flow_serial = serial, .packet = packet, .from = IND_DST, .side = IND_SERVER, .kind = IND_EXHIBIT_STREAM, .bytes = bytes,
		.bytes_count = (uint16_t)count,
	};
	return held_add(&held, &record);
}

static void banner_hold(uint64_t packet) { ck_assert_int_eq(exhibit_hold(1, packet, banner, sizeof banner - 1), IND_OK); }

static void compare(void)
{
	held_sort(&held);
	ck_assert_int_eq(rederive_flow_compare(&options, held.items, held.count), IND_OK);
	ck_assert_uint_eq(told, options.counts.differing);
}

START_TEST(the_same)
{
	banner_hold(3);
	signal_add(IND_SIG_SSH_BANNER, 3, "SSH-2.0-Example_1.0");
	flow_hold(1);
	compare();
	ck_assert_uint_eq(options.counts.compared, 1);
	ck_assert_uint_eq(options.counts.differing, 0);
}
END_TEST

START_TEST(another_value)
{
	banner_hold(3);
	signal_add(IND_SIG_SSH_BANNER, 3, "SSH-2.0-Other");
	flow_hold(1);
	compare();
	ck_assert_uint_eq(options.counts.compared, 1);
	ck_assert_uint_eq(options.counts.differing, 1);
	ck_assert_str_eq(last.recorded, "SSH-2.0-Other");
	ck_assert_str_eq(last.derived, "SSH-2.0-Example_1.0");
	ck_assert(last.has_exhibit);
}
END_TEST

START_TEST(not_recorded)
{
	banner_hold(3);
	flow_hold(1);
	compare();
	ck_assert_uint_eq(options.counts.differing, 1);
	ck_assert_str_eq(last.recorded, "");
	ck_assert_str_eq(last.derived, "SSH-2.0-Example_1.0");
}
END_TEST

START_TEST(not_derived)
{
	banner_hold(3);
	signal_add(IND_SIG_SSH_BANNER, 3, "SSH-2.0-Example_1.0");
	signal_add(IND_SIG_HTTP_SERVER, 3, "s/1");
	flow_hold(1);
	compare();
	ck_assert_uint_eq(options.counts.compared, 2);
	ck_assert_uint_eq(options.counts.differing, 1);
	ck_assert_uint_eq(last.id, IND_SIG_HTTP_SERVER);
	ck_assert_str_eq(last.derived, "");
}
END_TEST

START_TEST(by_the_other_end)
{
	banner_hold(3);
	signal_add(IND_SIG_SSH_BANNER, 3, "SSH-2.0-Example_1.0");
	signals[0].from = IND_SRC;
	flow_hold(1);
	compare();
	ck_assert_uint_eq(options.counts.differing, 1);
	ck_assert(last.other_end);
}
END_TEST

START_TEST(nothing_to_compare_with)
{
	static uint8_t cut[IND_EXHIBIT_MAX_BYTES];
	signal_add(IND_SIG_SSH_BANNER, 3, "SSH-2.0-Example_1.0");
	signal_add(IND_SIG_TCP_TS_HZ, 0, "1000");
	signal_add(IND_SIG_TLS_TICKET, 4, "00");
	signal_add(IND_SIG_TLS_CERT_SHA256, 5, "00");
	signal_add(127, 3, "of another version");
	ck_assert_int_eq(exhibit_hold(1, 5, cut, sizeof cut), IND_OK);
	flow_hold(1);
	compare();
	ck_assert_uint_eq(options.counts.compared, 0);
	ck_assert_uint_eq(options.counts.reason[REDERIVE_BY_NOT_KEPT], 1);
	ck_assert_uint_eq(options.counts.reason[REDERIVE_BY_SERIES], 1);
	ck_assert_uint_eq(options.counts.reason[REDERIVE_BY_SECRET], 1);
	ck_assert_uint_eq(options.counts.reason[REDERIVE_BY_CUT], 1);
	ck_assert_uint_eq(options.counts.reason[REDERIVE_BY_UNKNOWN], 1);
}
END_TEST

/* A SYN that carries a hello, of which nothing was kept but headers. */
START_TEST(above_what_was_kept)
{
	ck_assert_int_eq(exhibit_hold(1, 3, "\x45", 1), IND_OK);
	held.items[0]->exhibit.kind = IND_EXHIBIT_PACKET;
	signal_add(IND_SIG_TLS_JA3, 3, "00");
	signal_add(IND_SIG_TCP_SYN, 3, "v4:t64");
	flow_hold(1);
	options.privacy_reduced = true;
	compare();
	ck_assert_uint_eq(options.counts.reason[REDERIVE_BY_PRIVACY], 1);
	ck_assert_uint_eq(options.counts.differing, 1);
	ck_assert_uint_eq(last.id, IND_SIG_TCP_SYN);
}
END_TEST

/* What follows from the record alone needs no exhibit: there is no excuse for it. */
START_TEST(of_the_record)
{
	signal_add(IND_SIG_ADDR_6TO4, 0, "192.0.2.1");
	flow_hold(1);
	options.exhibits_none = true;
	compare();
	ck_assert_uint_eq(options.counts.compared, 1);
	ck_assert_uint_eq(options.counts.differing, 1);
}
END_TEST

/* Flows with a banner each, read in as many passes as the memory asks for. */
START_TEST(ranges)
{
	enum { FLOWS = 100 };
	size_t seen = 0, passes = 0;
	bool more = true;
	signal_add(IND_SIG_SSH_BANNER, 3, "SSH-2.0-Example_1.0");
	for (uint64_t from = 0; more; from = held.before, passes++) {
		held_start(&held, from, 16384);
		for (uint64_t i = 1; i <= FLOWS; i++) {
			ck_assert_int_eq(exhibit_hold(i * 7 % 101, 3, banner, sizeof banner - 1), IND_OK);
			flow_hold(i * 7 % 101);
		}
		ck_assert_uint_le(held.bytes, 16384);
		held_sort(&held);
		for (size_t i = 0; i < held.count; i += 2) {
			ck_assert(held.items[i]->is_flow && !held.items[i + 1]->is_flow);
			ck_assert_uint_eq(held.items[i]->serial, ++seen);
			ck_assert_uint_eq(held.items[i + 1]->serial, seen);
		}
		more = held_end(&held);
	}
	ck_assert_uint_eq(seen, FLOWS);
	ck_assert_uint_gt(passes, 2);
}
END_TEST

START_TEST(too_much_of_one_flow)
{
	enum ind_err err = IND_OK;
	held_start(&held, 0, 16384);
	for (size_t i = 0; i < 1000 && err == IND_OK; i++)
		err = exhibit_hold(5, 3, banner, sizeof banner - 1);
	ck_assert_int_eq(err, IND_LIMIT);
	ck_assert_uint_le(held.bytes, 16384);
	held_end(&held);
	held_start(&held, 0, 16384);
	err = IND_OK;
	for (size_t i = 0; i < 1000 && err == IND_OK; i++)
		err = exhibit_hold(UINT64_MAX, 3, banner, sizeof banner - 1);
	ck_assert_int_eq(err, IND_LIMIT);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("rederive_flow");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_same);
	tcase_add_test(t, another_value);
	tcase_add_test(t, not_recorded);
	tcase_add_test(t, not_derived);
	tcase_add_test(t, by_the_other_end);
	tcase_add_test(t, nothing_to_compare_with);
	tcase_add_test(t, above_what_was_kept);
	tcase_add_test(t, of_the_record);
	tcase_add_test(t, ranges);
	tcase_add_test(t, too_much_of_one_flow);
	return suite_run("rederive_flow", t);
}
