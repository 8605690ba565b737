/* SPDX-License-Identifier: Apache-2.0 */
/* A live capture on the loopback interface, where this user may; without the right, that the message says so. */
#define _GNU_SOURCE
#include "capture/room.h"
#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static char error[CAPTURE_ERROR_BYTES];
static const struct capture_options loopback = {
	.interface = "lo", .fd = -1, .filter = "udp dst port 9", .ring_bytes = 1 << 20, .snaplen = 60
};

/* NULL where there is no right to capture; then the message was checked. */
static struct capture *loopback_open(void)
{
	struct capture *c;
	enum ind_err err = capture_open_live(&loopback, &c, error);

	if (err == IND_OK)
		return c;
	ck_assert_int_eq(err, IND_MISSING);
	ck_assert_str_eq(error, "lo: no right to capture here; it needs root or CAP_NET_RAW");
	return NULL;
}

static bool datagrams_send(unsigned count)
{
	static const char payload[100] = "indicia";
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	bool sent = s >= 0;

	for (unsigned i = 0; i < count && sent; i++)
		sent = sendto(s, payload, sizeof payload, 0, (const struct sockaddr *)&to, sizeof to) == sizeof payload;
	close(s);
	return sent;
}

START_TEST(frames_of_the_filter_arrive_cut)
{
	struct capture *c = loopback_open();
	struct frame frames[CAPTURE_BATCH];
	size_t count, seen = 0;

	if (!c || !datagrams_send(40)) {
		capture_close(c);
		return;
	}
	for (unsigned tries = 0; seen < 40 && tries < 100; tries++) {
		ck_assert_int_eq(capture_next(c, frames, CAPTURE_BATCH, &count), IND_OK);
		for (size_t i = 0; i < count; i++) {
			ck_assert_uint_eq(frames[i].captured, 60);
			ck_assert_uint_eq(frames[i].wire, 142);
			ck_assert_uint_eq(frames[i].number, seen + i + 1);
			ck_assert_uint_gt(frames[i].time_ns, UINT64_C(1700000000000000000));
		}
		seen += count;
	}
	ck_assert_uint_ge(seen, 40);
	struct capture_stats stats;
	capture_stats(c, &stats);
	ck_assert_uint_ge(stats.received, 40);
	ck_assert_uint_eq(stats.kernel_drops, 0);
	capture_close(c);
}
END_TEST

/* Taken, or by the kernel's counters where there is no time for it; and none of later than asked. */
START_TEST(frames_that_are_left_are_counted)
{
	struct capture *c = loopback_open();

	if (!c || !datagrams_send(40)) {
		capture_close(c);
		return;
	}
	ck_assert_uint_ge(capture_leave(c, UINT64_MAX, 0), 40);
	ck_assert_uint_ge(capture_leave(c, UINT64_MAX, UINT64_C(10000000000)), 40);
	ck_assert(datagrams_send(40));
	ck_assert_uint_eq(capture_leave(c, UINT64_C(1700000000000000000), UINT64_C(10000000000)), 0);
	capture_close(c);
}
END_TEST

static void *break_later(void *c)
{
	usleep(50000);
	capture_break(c);
	return NULL;
}

START_TEST(silence_times_out_and_a_break_ends_it)
{
	struct capture *c = loopback_open();
	struct frame frames[CAPTURE_BATCH];
	size_t count;
	pthread_t thread;
	enum ind_err err = IND_OK;

	if (!c)
		return;
	ck_assert_int_eq(capture_next(c, frames, CAPTURE_BATCH, &count), IND_OK);
	ck_assert_int_eq(pthread_create(&thread, NULL, break_later, c), 0);
	for (unsigned tries = 0; err == IND_OK && tries < 20; tries++)
		err = capture_next(c, frames, CAPTURE_BATCH, &count);
	ck_assert_int_eq(err, IND_END);
	pthread_join(thread, NULL);
	capture_close(c);
}
END_TEST

static void refused(struct capture_options options, enum ind_err expected, const char *said)
{
	struct capture *c;

	ck_assert_int_eq(capture_open_live(&options, &c, error), expected);
	ck_assert_ptr_null(c);
	ck_assert_msg(strstr(error, said) != NULL, "\"%s\" does not say \"%s\"", error, said);
}

START_TEST(what_cannot_be_opened_is_named)
{
	struct capture *c = loopback_open();

	refused((struct capture_options) { .interface = "no-such-if0", .fd = -1 }, IND_MISSING, "no-such-if0: ");
	refused((struct capture_options) { .fd = -1 }, IND_USAGE, "no interface");
	refused((struct capture_options) { .interface = "lo", .ring_bytes = (size_t)1 << 40 }, IND_USAGE, "too large");
	if (c)
		refused((struct capture_options) { .interface = "lo", .filter = "port and" }, IND_USAGE, "\"port and\"");
	capture_close(c);
}
END_TEST

/* As a driver's counter: it shows what `value` says; "": it cannot be read now. */
static void counter_show(int fd, const char *value)
{
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(pwrite(fd, value, strlen(value), 0), (ssize_t)strlen(value));
}

static uint64_t drops_told(struct capture *c)
{
	struct capture_stats stats;

	capture_stats(c, &stats);
	return stats.interface_drops;
}

START_TEST(a_driver_that_begins_anew_is_counted_on)
{
	struct capture *c = capture_new("none");

	ck_assert_ptr_nonnull(c);
	c->pcap = pcap_open_dead(DLT_EN10MB, 60);
	c->live = true;
	for (size_t i = 0; i < 2; i++)
		c->drops_fd[i] = memfd_create("counter", 0);
	counter_show(c->drops_fd[0], "10000\n");
	counter_show(c->drops_fd[1], "5\n");
	ck_assert_uint_eq(drops_told(c), 10005);
	counter_show(c->drops_fd[0], "9000\n");
	ck_assert_uint_eq(drops_told(c), 19005);
	counter_show(c->drops_fd[0], "");
	counter_show(c->drops_fd[1], "7\n");
	ck_assert_uint_eq(drops_told(c), 19007);
	counter_show(c->drops_fd[0], "9001\n");
	ck_assert_uint_eq(drops_told(c), 19008);
	capture_close(c);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("live");
	TCase *tests = tcase_create("live");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, frames_of_the_filter_arrive_cut);
	tcase_add_test(tests, frames_that_are_left_are_counted);
	tcase_add_test(tests, silence_times_out_and_a_break_ends_it);
	tcase_add_test(tests, what_cannot_be_opened_is_named);
	tcase_add_test(tests, a_driver_that_begins_anew_is_counted_on);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
