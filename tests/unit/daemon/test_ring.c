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
	ck_assert_int_eq(ring_new(1, &ring), IND_OK);
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
		struct ring_message m;
		enum ind_err err;
		while ((err = ring_take(ring, 1000, buffer, &m)) == IND_END)
			;
		ck_assert_int_eq(err, IND_OK);
		ck_assert_uint_eq(m.type, i);
		ck_assert_uint_eq(m.bytes, length_of(i));
		for (size_t k = 0; k < m.bytes; k++)
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
	struct ring_message m;
	ck_assert_int_eq(ring_take(ring, 1, buffer, &m), IND_END);
	ck_assert_ptr_null(ring_reserve(ring, RING_MESSAGE_MAX + 1));
}
END_TEST

START_TEST(a_lying_length_is_malformed)
{
	struct ring_message m;
	uint32_t lie = RING_MESSAGE_MAX + 1;
	uint8_t *at = ring_reserve(ring, 8);
	ring_commit(ring, 1, 8);
	memcpy(at - 8, &lie, sizeof lie);
	ck_assert_int_eq(ring_take(ring, 0, buffer, &m), IND_MALFORMED);
	lie = 4096;
	memcpy(at - 8, &lie, sizeof lie);
	ck_assert_int_eq(ring_take(ring, 0, buffer, &m), IND_MALFORMED);
}
END_TEST

/* Each of several writers is heard in its own order, and none waits for another that says nothing. */
START_TEST(several_writers_are_heard_each_in_order)
{
	enum { WRITERS = 5, MESSAGES = 3000 };
	struct ring *shared;
	unsigned next[WRITERS] = { 0 }, silent = 2, all = 0;
	pid_t children[WRITERS];
	ck_assert_int_eq(ring_new(WRITERS, &shared), IND_OK);
	for (unsigned w = 0; w < WRITERS; w++) {
		children[w] = fork();
		if (children[w])
			continue;
		ring_write_as(shared, w);
		for (unsigned i = 0; i < MESSAGES && w != silent; i++) {
			memset(ring_reserve(shared, length_of(i)), (int)w, length_of(i));
			ring_commit(shared, i, length_of(i));
		}
		ring_flush(shared);
		_exit(0);
	}
	while (all < (WRITERS - 1) * MESSAGES) {
		struct ring_message m;
		enum ind_err err = ring_take(shared, 1000, buffer, &m);
		if (err == IND_END)
			continue;
		ck_assert_int_eq(err, IND_OK);
		ck_assert_uint_lt(m.writer, WRITERS);
		ck_assert_uint_ne(m.writer, silent);
		ck_assert_uint_eq(m.type, next[m.writer]++);
		ck_assert_uint_eq(m.bytes, length_of(m.type));
		for (size_t k = 0; k < m.bytes; k++)
			if (buffer[k] != m.writer)
				ck_abort_msg("message %u of writer %u is not what was written", (unsigned)m.type, m.writer);
		all++;
	}
	for (unsigned w = 0; w < WRITERS; w++) {
		int status;
		ck_assert_uint_eq(ring_waiting(shared, w), 0);
		ck_assert_int_eq(waitpid(children[w], &status, 0), children[w]);
		ck_assert_int_eq(status, 0);
	}
	ring_free(shared);
}
END_TEST

static unsigned type_taken(struct ring *from)
{
	struct ring_message m;
	return ring_take(from, 0, buffer, &m) == IND_OK ? m.type : 0;
}

START_TEST(a_held_writer_waits)
{
	struct ring *shared;
	ck_assert_int_eq(ring_new(2, &shared), IND_OK);
	for (unsigned i = 1; i <= 4; i++) {
		ring_write_as(shared, i % 2);
		ck_assert_ptr_nonnull(ring_reserve(shared, 8));
		ring_commit(shared, i, 8);
	}
	ring_hold(shared, 0, true);
	ck_assert_uint_eq(type_taken(shared), 1);
	ck_assert_uint_eq(type_taken(shared), 3);
	ck_assert_uint_eq(type_taken(shared), 0);
	ck_assert_uint_gt(ring_waiting(shared, 0), 0);
	ring_hold(shared, 0, false);
	ck_assert_uint_eq(type_taken(shared), 2);
	ck_assert_uint_eq(type_taken(shared), 4);
	ring_free(shared);
}
END_TEST

START_TEST(stop_crosses_too)
{
	ck_assert(!ring_stopped(ring));
	ring_stop(ring);
	ck_assert(ring_stopped(ring));
	uint64_t first_ns = ring_stopped_ns(ring);
	ring_stop(ring);
	ck_assert_uint_eq(ring_stopped_ns(ring), first_ns);
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
	tcase_add_test(t, several_writers_are_heard_each_in_order);
	tcase_add_test(t, a_held_writer_waits);
	tcase_add_test(t, stop_crosses_too);
	return suite_run("daemon.ring", t);
}
