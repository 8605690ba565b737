/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/inside.h"

#include "daemon/clock.h"
#include "daemon/reload.h"
#include "daemon/signals.h"
#include "daemon/unpack.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { WAIT_MS = 100, TICK_NS = 50000000, EXIT_TAP_DIED = 70, EXIT_DAMAGED = 3, EXIT_IO = 5 };

/* One turn of the loop decides what comes next. */
enum step { STEP_ON, STEP_ENDED, STEP_TAP_DIED, STEP_FAILED };

struct turn {
	struct keep *k;
	uint8_t *buffer;             /* RING_MESSAGE_MAX */
	struct ind_signal *signals;
	struct message_end end;      /* of all taps: the first one that went wrong */
	enum ind_err err;
	bool ended;
};

static struct keep *keep_to_stop; /* for the signal handler */

/* A tap looks at the ring between batches; the signal ends a read that waits. */
static void stop_handler(int number)
{
	(void)number;
	seats_stop(keep_to_stop);
}

/* The terminal that this run hangs on is gone: it ends by sealing. Anyone else who says so wants the configuration to be read again. */
static void hangup_handler(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code == SI_KERNEL)
		stop_handler(number);
	else
		reload_ask();
}

static void ask_handler(int number)
{
	(void)number;
	watch_ask();
}

static void signals_catch(struct keep *k)
{
	struct sigaction action = { .sa_handler = stop_handler, .sa_flags = SA_RESTART };
	keep_to_stop = k;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = ask_handler;
	sigaction(SIGUSR1, &action, NULL);
	action = (struct sigaction){ .sa_sigaction = hangup_handler, .sa_flags = SA_RESTART | SA_SIGINFO };
	sigaction(SIGHUP, &action, NULL);
	signals_hold(SIG_UNBLOCK);
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

static enum step flow_take(struct turn *t, const struct ring_message *m)
{
	struct ind_flow flow;
	size_t count;
	enum ind_err err = unpack_flow(t->buffer, m->bytes, &flow, t->signals, &count);
	if (!err)
		err = number_flow(&flow, t->signals, count, m->writer, t->k->tap_count);
	if (err)
		return STEP_TAP_DIED;
	err = ind_writer_flow(t->k->writer, &flow, t->signals, count);
	for (size_t i = 0; i < count && !err; i++)
		t->k->watch.signals[t->signals[i].id]++;
	origin_set_flow(t->k->origins, &flow, t->signals, count);
	if (!err)
		err = bundle_values(t->k, &flow, t->signals, count);
	return failed(t, err);
}

static enum step exhibit_take(struct turn *t, const struct ring_message *m)
{
	struct ind_exhibit exhibit;
	if (unpack_exhibit(t->buffer, m->bytes, &exhibit) != IND_OK || number_exhibit(&exhibit, m->writer, t->k->tap_count) != IND_OK)
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
	for (unsigned i = 0; i < k->tap_count; i++)
		say_note(k->say, "process %ld, user id %u, reads packets by %s: link type %s, %u bytes of each at most", (long)k->taps[i].pid, (unsigned)o->uid,
			o->reader, o->link.name, (unsigned)o->snaplen);
	say_note(k->say, "process %ld, user id %u, writes and seals", (long)getpid(), (unsigned)geteuid());
	confined_tell(k->say, "reads packets", (int)o->landlock_abi, o->calls_filtered);
	confined_tell(k->say, "writes", k->landlock_abi, k->calls_filtered);
	say_note(k->say, "reserved: room for %u open flows%s", (unsigned)k->options->flow_table, k->options->interface ? " and the kernel's ring (-B)" : "");
}

/* The bundle begins when all of them read. What an early one has to say by then waits in the ring. */
static enum step opened_take(struct turn *t, const struct ring_message *m)
{
	struct keep *k = t->k;
	struct tap_seat *s = &k->taps[m->writer];
	if (m->bytes != sizeof k->opened || s->opened)
		return STEP_TAP_DIED;
	s->opened = true;
	s->moved_ns = clock_boottime_ns();
	memcpy(&k->opened, t->buffer, sizeof k->opened);
	k->opened.link.name[sizeof k->opened.link.name - 1] = '\0';
	k->opened.reader[sizeof k->opened.reader - 1] = '\0';
	bool all = seats_opened(k);
	for (unsigned i = 0; i < k->tap_count; i++)
		ring_hold(k->ring, i, k->taps[i].opened && !all);
	if (!all)
		return STEP_ON;
	if (k->opened.user_kept)
		say_note(k->say, "this container does not let the process that reads packets become another user; it gave up all capabilities instead");
	say_begin(k->say);
	opened_tell(k);
	enum ind_err err = bundle_begin(k);
	if (!err)
		service_ready(k);
	return failed(t, err == IND_FULL ? IND_IO : err);
}

static enum step status_take(struct turn *t, const struct ring_message *m)
{
	struct message_status status;
	if (m->bytes != sizeof status)
		return STEP_TAP_DIED;
	memcpy(&status, t->buffer, sizeof status);
	seats_status(t->k, m->writer, &status);
	if (t->k->writing)
		say_progress(t->k->say, &t->k->status);
	return STEP_ON;
}

/* Of several taps, one that does not begin ends those that wait for it; one that ends asks the others to end. */
static enum step end_take(struct turn *t, const struct ring_message *m)
{
	struct keep *k = t->k;
	struct message_end end;
	if (k->taps[m->writer].ended || unpack_end(t->buffer, m->bytes, &end) != IND_OK)
		return STEP_TAP_DIED;
	k->taps[m->writer].ended = true;
	if (k->writing || k->waiting)
		seats_status(k, m->writer, &end.status);
	if (!t->ended || (!t->end.text[0] && end.text[0]))
		t->end = end;
	t->ended = true;
	if (seats_opened(k))
		seats_stop(k);
	else
		seats_kill(k);
	return seats_ended(k) ? STEP_ENDED : STEP_ON;
}

/* While a disk is full: what would have been recorded is counted. */
static enum step message_miss(struct turn *t, const struct ring_message *m)
{
	switch (m->type) {
	case MESSAGE_FLOW:
	case MESSAGE_EXHIBIT: t->k->disk_lost++; return STEP_ON;
	case MESSAGE_STATUS: return status_take(t, m);
	}
	return STEP_TAP_DIED;
}

/* Every message but the first ones needs a bundle to go to. */
static enum step message_take(struct turn *t, const struct ring_message *m)
{
	if (m->type == MESSAGE_OPENED)
		return opened_take(t, m);
	if (m->type == MESSAGE_END)
		return end_take(t, m);
	if (t->k->waiting)
		return message_miss(t, m);
	if (!t->k->writing)
		return STEP_TAP_DIED;
	switch (m->type) {
	case MESSAGE_FLOW: return flow_take(t, m);
	case MESSAGE_EXHIBIT: return exhibit_take(t, m);
	case MESSAGE_STATUS: return status_take(t, m);
	}
	return STEP_TAP_DIED;
}

static enum step rotate_if_due(struct turn *t)
{
	struct keep *k = t->k;
	struct ind_writer_totals totals;
	if (!k->options->interface)
		return STEP_ON;
	ind_writer_totals(k->writer, &totals);
	bool due = k->options->rotate_s && clock_boottime_ns() - k->begun_ns >= k->options->rotate_s * UINT64_C(1000000000);
	if (!due && !(k->options->rotate_bytes && totals.bytes >= k->options->rotate_bytes))
		return STEP_ON;
	enum ind_err err = bundle_end(k, IND_SEAL_ROTATE, NULL);
	return failed(t, err ? err : bundle_next(k));
}

/* What is done besides taking messages: a live tap says how it stands five times a second, and otherwise the ring is waited for. */
static void tick(struct keep *k)
{
	uint64_t now_ns = clock_boottime_ns();
	if (now_ns - k->ticked_ns < TICK_NS)
		return;
	k->ticked_ns = now_ns;
	service_tick(k, now_ns);
	if (k->writing || k->waiting)
		retainer_tick(k, now_ns);
}

static enum step turn_once(struct turn *t)
{
	struct ring_message m;
	enum ind_err err = ring_take(t->k->ring, seats_gone(t->k) ? 0 : WAIT_MS, t->buffer, &m);
	enum step step = err == IND_OK ? message_take(t, &m) : err == IND_END ? STEP_ON : STEP_TAP_DIED;
	if (step == STEP_ON && (err == IND_END || m.type == MESSAGE_STATUS)) {
		if (!seats_look(t->k))
			return STEP_TAP_DIED;
		tick(t->k);
	}
	if (step == STEP_ON)
		watch_turn(t->k);
	if (step == STEP_ON && t->k->waiting)
		return failed(t, bundle_wait(t->k));
	if (step != STEP_ON || !t->k->writing)
		return step;
	err = bundle_seal_if_due(t->k);
	if (err)
		return failed(t, err);
	limits_check(t->k);
	step = rotate_if_due(t);
	return step == STEP_ON ? failed(t, reload_turn(t->k)) : step;
}

/* It said what it should not have, or nothing any more. */
static int tap_died(struct turn *t)
{
	for (unsigned i = 0; i < t->k->tap_count; i++)
		if (!t->k->taps[i].gone)
			kill(t->k->taps[i].pid, SIGKILL);
	(void)seats_reap(t->k);
	return EXIT_TAP_DIED;
}

static int failure_tell(struct turn *t)
{
	int error = errno;
	const char *name = t->k->file.name;
	ring_stop(t->k->ring);
	seats_kill(t->k);
	(void)seats_reap(t->k);
	if (t->err == IND_MALFORMED)
		return EXIT_IO;  /* said already */
	if (t->err == IND_EXISTS)
		say_error(t->k->say, "%s%s%s exists already", t->k->place->folder, t->k->place->folder[0] ? "/" : "", name);
	else
		say_error(t->k->say, "cannot write %s: %s", name, t->err == IND_IO ? strerror(error) : ind_strerror(t->err));
	/* A service manager does not start again what ended with 2: that is of what was asked for, not of what happened since. */
	return t->err == IND_EXISTS && !(keep_live(t->k) && t->k->bundles) ? 2 : EXIT_IO;
}

static int ended(struct turn *t)
{
	bool good = seats_reap(t->k);
	service_stopping(t->k);
	if (!good)
		return EXIT_TAP_DIED;
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

int keep_run(const struct daemon_options *options, const struct keep_place *place, struct ring *ring, const pid_t *taps, struct say *say)
{
	struct keep k;
	const struct disk disk = disk_telling(&k.notify);
	k = (struct keep){ .options = options, .place = place, .ring = ring, .tap_count = options->workers, .say = say, .disk = &disk, .streamfile = { .disk = &disk, .fd = -1 },
		.file = { .fd = -1 }, .notify = { .fd = -1 }, .retainer = { .fd = -1, .log = { .fd = -1 } } };
	struct turn t = { .k = &k, .buffer = malloc(RING_MESSAGE_MAX), .signals = malloc(UNPACK_SIGNALS_MAX * sizeof *t.signals) };
	for (unsigned i = 0; i < k.tap_count; i++)
		k.taps[i].pid = taps[i];
	signals_catch(&k);
	secrets_guard(say);
	int status = t.buffer && t.signals ? keep_setup(&k) : EXIT_IO;
	if (status) {
		seats_kill(&k);
		(void)seats_reap(&k);
	} else {
		enum step step;
		while ((step = turn_once(&t)) == STEP_ON)
			;
		say_last(say);
		status = step == STEP_ENDED ? ended(&t) : step == STEP_FAILED ? failure_tell(&t) : tap_died(&t);
	}
	if (t.ended)
		watch_end(&k);
	signals_hold(SIG_BLOCK); /* there is nothing left to stop */
	leftover_settle(&k);
	stream_spare(&k);
	keep_release(&k);
	free(t.buffer);
	free(t.signals);
	say_end(say);
	return status;
}
