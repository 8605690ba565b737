/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ring.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct ring *ring;
static uint8_t *buffer;

static void setup(void)
{
	ck_assert_int_eq(ring_new(&ring), IND_OK);
	buffer = malloc(RING_MESSAGE_MAX);
}

static void teardown(void)
{
	ring_free(ring);
	free(buffer);
}

static size_t length_of(unsigned i) { return i * 2654435761u % 20011; }

/* Ten times the ring's size goes through it from another process, every byte in its place. */
START_TEST(messages_cross_processes_in_order)
{
	enum { MESSAGES = 8000 };
	pid_t child = fork();
	if (child == 0) {
		for (unsigned i = 0; i < MESSAGES; i++) {
			uint8_t *at = ring_reserve(ring, length_of(i));
			memset(at, (int)(i % 251), length_of(i));
			ring_commit(ring, i, length_of(i));
		}
		ring_flush(ring);
		_exit(0);
	}
	for (unsigned i = 0; i < MESSAGES; i++) {
		uint32_t type;
		size_t bytes;
		enum ind_err err;
		while ((err = ring_take(ring, 1000, buffer, &type, &bytes)) == IND_END)
			;
		ck_assert_int_eq(err, IND_OK);
		ck_assert_uint_eq(type, i);
		ck_assert_uint_eq(bytes, length_of(i));
		for (size_t k = 0; k < bytes; k++)
			if (buffer[k] != i % 251)
				ck_abort_msg("message %u is not what was written", i);
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(nothing_there_is_said_after_the_time)
{
	uint32_t type;
	size_t bytes;
	ck_assert_int_eq(ring_take(ring, 1, buffer, &type, &bytes), IND_END);
	ck_assert_ptr_null(ring_reserve(ring, RING_MESSAGE_MAX + 1));
}
END_TEST

START_TEST(a_lying_length_is_malformed)
{
	uint32_t type, lie = RING_MESSAGE_MAX + 1;
	size_t bytes;
	uint8_t *at = ring_reserve(ring, 8);
	ring_commit(ring, 1, 8);
	memcpy(at - 8, &lie, sizeof lie);
	ck_assert_int_eq(ring_take(ring, 0, buffer, &type, &bytes), IND_MALFORMED);
	lie = 4096;
	memcpy(at - 8, &lie, sizeof lie);
	ck_assert_int_eq(ring_take(ring, 0, buffer, &type, &bytes), IND_MALFORMED);
}
END_TEST

START_TEST(stop_crosses_too)
{
	ck_assert(!ring_stopped(ring));
	ring_stop(ring);
	ck_assert(ring_stopped(ring));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ring");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, messages_cross_processes_in_order);
	tcase_add_test(t, nothing_there_is_said_after_the_time);
	tcase_add_test(t, a_lying_length_is_malformed);
	tcase_add_test(t, stop_crosses_too);
	return suite_run("daemon.ring", t);
}
