/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/inside.h"

#include "daemon/clock.h"
#include "daemon/unpack.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 100, EXIT_TAP_DIED = 70, EXIT_DAMAGED = 3, EXIT_IO = 5, TAP_STATUS_MAX = 5 };

/* One turn of the loop decides what comes next. */
enum step { STEP_ON, STEP_ENDED, STEP_TAP_DIED, STEP_FAILED };

struct turn {
	struct keep *k;
	uint8_t *buffer;             /* RING_MESSAGE_MAX */
	struct ind_signal *signals;
	struct message_end end;
	enum ind_err err;
	int wait_status;
	bool tap_gone;
};

static struct ring *ring_to_stop; /* for the signal handler */
static pid_t tap_to_stop;

/* Tap looks at the ring between batches; the signal ends a read that waits. */
static void stop_handler(int number)
{
	(void)number;
	ring_stop(ring_to_stop);
	kill(tap_to_stop, SIGUSR1);
}

static void signals_catch(struct ring *ring, pid_t tap)
{
	struct sigaction action = { .sa_handler = stop_handler, .sa_flags = SA_RESTART };
	ring_to_stop = ring;
	tap_to_stop = tap;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* A full disk does not end a live capture. */
static enum step failed(struct turn *t, enum ind_err err)
{
	if (err == IND_FULL)
		err = bundle_full(t->k);
	t->err = err;
	return err ? STEP_FAILED : STEP_ON;
}

static void limits_check(struct keep *k)
{
	struct ind_writer_totals totals;
	ind_writer_totals(k->writer, &totals);
	if ((k->options->max_flows && totals.flows >= k->options->max_flows) || (k->options->max_bytes && totals.bytes >= k->options->max_bytes))
		ring_stop(k->ring);
}

static enum step flow_take(struct turn *t, size_t bytes)
{
	struct ind_flow flow;
	size_t count;
	enum ind_err err = unpack_flow(t->buffer, bytes, &flow, t->signals, &count);
	if (err)
		return STEP_TAP_DIED;
	err = ind_writer_flow(t->k->writer, &flow, t->signals, count);
	origin_set_flow(t->k->origins, &flow, t->signals, count);
	if (!err)
		err = bundle_values(t->k, &flow, t->signals, count);
	return failed(t, err);
}

static enum step exhibit_take(struct turn *t, size_t bytes)
{
	struct ind_exhibit exhibit;
	if (unpack_exhibit(t->buffer, bytes, &exhibit) != IND_OK)
		return STEP_TAP_DIED;
	return failed(t, ind_writer_exhibit(t->k->writer, &exhibit));
}

/* -v: who does what. */
static void confined_tell(struct say *say, const char *what, int landlock_abi, bool calls_filtered)
{
	say_note(say, "the process that %s is confined: files %s, system calls %s", what, landlock_abi ? "by Landlock" : "only by its user's rights (no Landlock here)",
		calls_filtered ? "by seccomp" : "not (no seccomp here)");
}

static void opened_tell(const struct keep *k)
{
	const struct message_opened *o = &k->opened;
	if (!k->say->verbose)
		return;
	say_note(k->say, "process %ld, user id %u, reads packets by %s: link type %s, %u bytes of each at most", (long)k->tap, (unsigned)o->uid, o->reader,
		o->link.name, (unsigned)o->snaplen);
	say_note(k->say, "process %ld, user id %u, writes and seals", (long)getpid(), (unsigned)geteuid());
	confined_tell(k->say, "reads packets", (int)o->landlock_abi, o->calls_filtered);
	confined_tell(k->say, "writes", k->landlock_abi, k->calls_filtered);
	say_note(k->say, "reserved: room for %u open flows%s", (unsigned)k->options->flow_table, k->options->interface ? " and the kernel's ring (-B)" : "");
}

static enum step opened_take(struct turn *t, size_t bytes)
{
	struct keep *k = t->k;
	if (bytes != sizeof k->opened || k->writing)
		return STEP_TAP_DIED;
	memcpy(&k->opened, t->buffer, sizeof k->opened);
	k->opened.link.name[sizeof k->opened.link.name - 1] = '\0';
	k->opened.reader[sizeof k->opened.reader - 1] = '\0';
	if (k->opened.user_kept)
		say_note(k->say, "this container does not let the process that reads packets become another user; it gave up all capabilities instead");
	say_begin(k->say);
	opened_tell(k);
	enum ind_err err = bundle_begin(k);
	return failed(t, err == IND_FULL ? IND_IO : err);
}

static enum step status_take(struct turn *t, size_t bytes)
{
	struct ind_writer_totals totals;
	if (bytes != sizeof t->k->status)
		return STEP_TAP_DIED;
	memcpy(&t->k->status, t->buffer, sizeof t->k->status);
	if (!t->k->writing)
		return STEP_ON;
	ind_writer_totals(t->k->writer, &totals);
	say_progress(t->k->say, &t->k->status, &totals);
	return STEP_ON;
}

static enum step end_take(struct turn *t, size_t bytes)
{
	if (unpack_end(t->buffer, bytes, &t->end) != IND_OK)
		return STEP_TAP_DIED;
	if (t->k->writing || t->k->waiting)
		t->k->status = t->end.status;
	return STEP_ENDED;
}

/* While a disk is full: what would have been recorded is counted. */
static enum step message_miss(struct turn *t, uint32_t type, size_t bytes)
{
	switch (type) {
	case MESSAGE_FLOW:
	case MESSAGE_EXHIBIT: t->k->disk_lost++; return STEP_ON;
	case MESSAGE_STATUS: return status_take(t, bytes);
	}
	return STEP_TAP_DIED;
}

/* Every message but the first ones needs a bundle to go to. */
static enum step message_take(struct turn *t, uint32_t type, size_t bytes)
{
	if (type == MESSAGE_OPENED)
		return opened_take(t, bytes);
	if (type == MESSAGE_END)
		return end_take(t, bytes);
	if (t->k->waiting)
		return message_miss(t, type, bytes);
	if (!t->k->writing)
		return STEP_TAP_DIED;
	switch (type) {
	case MESSAGE_FLOW: return flow_take(t, bytes);
	case MESSAGE_EXHIBIT: return exhibit_take(t, bytes);
	case MESSAGE_STATUS: return status_take(t, bytes);
	}
	return STEP_TAP_DIED;
}

static enum step rotate_if_due(struct turn *t)
{
	struct keep *k = t->k;
	bool due = k->options->rotate_s && clock_boottime_ns() - k->begun_ns >= k->options->rotate_s * UINT64_C(1000000000);
	if (!due || !k->options->interface)
		return STEP_ON;
	enum ind_err err = bundle_end(k, IND_SEAL_ROTATE, NULL);
	return failed(t, err ? err : bundle_next(k));
}

static enum step turn_once(struct turn *t)
{
	uint32_t type;
	size_t bytes;
	enum ind_err err = ring_take(t->k->ring, t->tap_gone ? 0 : WAIT_MS, t->buffer, &type, &bytes);
	enum step step = STEP_ON;
	if (err == IND_OK) {
		step = message_take(t, type, bytes);
	} else if (err == IND_MALFORMED || t->tap_gone) {
		return STEP_TAP_DIED;
	} else if (waitpid(t->k->tap, &t->wait_status, WNOHANG) == t->k->tap) {
		t->tap_gone = true;  /* what it left in the ring is still read */
	}
	if (step == STEP_ON && t->k->waiting)
		return failed(t, bundle_wait(t->k));
	if (step != STEP_ON || !t->k->writing)
		return step;
	err = bundle_seal_if_due(t->k);
	if (err)
		return failed(t, err);
	limits_check(t->k);
	return rotate_if_due(t);
}

static void tap_reap(struct turn *t)
{
	if (!t->tap_gone)
		while (waitpid(t->k->tap, &t->wait_status, 0) < 0 && errno == EINTR)
			;
	t->tap_gone = true;
}

static int tap_died(struct turn *t)
{
	kill(t->k->tap, SIGKILL);
	tap_reap(t);
	if (WIFEXITED(t->wait_status))
		say_error(t->k->say, "the process that reads packets ended with status %d; nothing of this run can be trusted to be complete",
			WEXITSTATUS(t->wait_status));
	else
		say_error(t->k->say, "the process that reads packets was ended by signal %d; nothing of this run can be trusted to be complete",
			WTERMSIG(t->wait_status));
	return EXIT_TAP_DIED;
}

static int failure_tell(struct turn *t)
{
	int error = errno;
	const char *name = t->k->file.name;
	ring_stop(t->k->ring);
	kill(t->k->tap, SIGKILL);
	tap_reap(t);
	if (t->err == IND_MALFORMED)
		return EXIT_IO;  /* said already */
	if (t->err == IND_EXISTS)
		say_error(t->k->say, "%s%s%s exists already", t->k->place->folder, t->k->place->folder[0] ? "/" : "", name);
	else
		say_error(t->k->say, "cannot write %s: %s", name, t->err == IND_IO ? strerror(error) : ind_strerror(t->err));
	return t->err == IND_EXISTS ? 2 : EXIT_IO;
}

static int ended(struct turn *t)
{
	tap_reap(t);
	bool died = WIFSIGNALED(t->wait_status) || (WIFEXITED(t->wait_status) && WEXITSTATUS(t->wait_status) > TAP_STATUS_MAX);
	if (died)
		return tap_died(t);
	if (t->k->writing) {
		t->err = bundle_end(t->k, IND_SEAL_SHUTDOWN, &t->end);
		if (t->err)
			return failure_tell(t);
	}
	if (t->k->waiting)
		say_error(t->k->say, "the disk is full still: %llu records were not recorded, and no bundle says so", (unsigned long long)t->k->disk_lost);
	if (t->end.text[0])
		say_error(t->k->say, "%s", t->end.text);
	return t->end.exit_status ? (int)t->end.exit_status : t->k->failed ? EXIT_IO : 0;
}

/* A savefile can be read again, so half a bundle of it is worth nothing; what a live capture saw is left for recovery. */
static void leftover_settle(struct keep *k)
{
	if (k->options->interface)
		outfile_abandon(&k->file);
	else
		outfile_discard(&k->file);
}

/* No debugger of the same user and no core dump sees what is signed with. */
static void secrets_guard(struct say *say)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || ind_key_lock_memory() != IND_OK)
		say_note(say, "the system does not let secret keys be locked in memory (ulimit -l): they may be swapped out");
}

int keep_run(const struct daemon_options *options, const struct keep_place *place, struct ring *ring, pid_t tap, struct say *say)
{
	struct keep k = { .options = options, .place = place, .ring = ring, .tap = tap, .say = say, .disk = &disk_real, .streamfile = { .disk = &disk_real, .fd = -1 },
		.file = { .fd = -1 } };
	struct turn t = { .k = &k, .buffer = malloc(RING_MESSAGE_MAX), .signals = malloc(UNPACK_SIGNALS_MAX * sizeof *t.signals) };
	signals_catch(ring, tap);
	secrets_guard(say);
	int status = t.buffer && t.signals ? keep_setup(&k) : EXIT_IO;
	if (status) {
		kill(tap, SIGKILL);
		tap_reap(&t);
	} else {
		enum step step;
		while ((step = turn_once(&t)) == STEP_ON)
			;
		status = step == STEP_ENDED ? ended(&t) : step == STEP_FAILED ? failure_tell(&t) : tap_died(&t);
	}
	leftover_settle(&k);
	keep_release(&k);
	free(t.buffer);
	free(t.signals);
	return status;
}
