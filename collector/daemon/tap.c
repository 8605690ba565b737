/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/tap.h"

#include "base/hash.h"
#include "base/gunzip.h"
#include "capture/capture.h"
#include "daemon/confine.h"
#include "daemon/message.h"
#include "daemon/signals.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_EVERY_FRAMES = 65536, STATUS_EVERY_NS = 200000000, DRAIN_EMPTY = 2, DRAIN_NS = 1000000000, LEAVE_NS = 500000000 };

struct tap {
	const struct daemon_options *options;
	const struct tap_start *start;
	struct ring *ring;
	struct capture *capture;
	struct engine *engine;
	struct gunzip *gunzip;
	int fd;
	bool user_kept, calls_filtered;
	int landlock_abi;
	struct hash_sha256_state source_hash; /* of a gzipped source, as stored */
	uint64_t left;               /* frames that the kernel held at the end and that were not read */
	struct message_end end;
};

/* For the signal handler. */
static struct capture *capture_to_break;
static const struct ring *ring_to_obey;
static volatile sig_atomic_t interrupted;

static _Noreturn void tap_exit(struct tap *t)
{
	struct message_end *m = ring_reserve(t->ring, sizeof *m);
	*m = t->end;
	ring_commit(t->ring, MESSAGE_END, sizeof *m);
	ring_flush(t->ring);
	_exit(0);
}

static _Noreturn void tap_fail(struct tap *t, int exit_status, const char *text)
{
	t->end.exit_status = (uint32_t)exit_status;
	strncpy(t->end.text, text, sizeof t->end.text - 1);
	tap_exit(t);
}

/* ---- records to the ring ---- */

static uint8_t *signal_pack(uint8_t *at, const struct ind_signal *s)
{
	bool cut = s->flags & IND_SIGNAL_CUT;
	struct message_signal m = {
		.time_ns = s->time_ns, .packet = s->packet, .id = s->id, .value_bytes = s->value_bytes, .side = s->side, .from = s->from,
		.flags = s->flags,
	};
	memcpy(at, &m, sizeof m);
	memcpy(at + sizeof m, s->value, s->value_bytes);
	if (cut)
		memcpy(at + sizeof m + s->value_bytes, s->sha256, IND_SHA256_BYTES);
	return at + message_padded(sizeof m + s->value_bytes + (cut ? IND_SHA256_BYTES : 0));
}

static void flow_send(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	struct tap *t = ctx;
	size_t most = sizeof(struct message_flow);
	for (size_t i = 0; i < count; i++)
		most += message_padded(sizeof(struct message_signal) + signals[i].value_bytes + IND_SHA256_BYTES);
	struct message_flow *m = ring_reserve(t->ring, most);
	m->flow = *flow;
	m->signal_count = (uint32_t)count;
	m->unused = 0;
	uint8_t *at = (uint8_t *)(m + 1);
	for (size_t i = 0; i < count; i++)
		at = signal_pack(at, &signals[i]);
	ring_commit(t->ring, MESSAGE_FLOW, (size_t)(at - (uint8_t *)m));
}

static void exhibit_send(void *ctx, const struct ind_exhibit *x)
{
	struct tap *t = ctx;
	struct message_exhibit *m = ring_reserve(t->ring, sizeof *m + x->bytes_count);
	*m = (struct message_exhibit){
		.flow_serial = x->flow_serial, .time_ns = x->time_ns, .packet = x->packet, .bytes_count = x->bytes_count, .from = x->from,
		.side = x->side, .kind = x->kind, .masked = x->masked,
	};
	memcpy(m + 1, x->bytes, x->bytes_count);
	ring_commit(t->ring, MESSAGE_EXHIBIT, sizeof *m + x->bytes_count);
}

static void status_fill(struct tap *t, struct message_status *s)
{
	struct capture_stats stats;
	capture_stats(t->capture, &stats);
	*s = (struct message_status){ .received = stats.received, .kernel_drops = stats.kernel_drops + t->left, .interface_drops = stats.interface_drops };
	engine_counters(t->engine, &s->counters);
	capture_progress(t->capture, &s->progress_done, &s->progress_total);
}

static void status_send(struct tap *t)
{
	struct message_status *m = ring_reserve(t->ring, sizeof *m);
	status_fill(t, m);
	ring_commit(t->ring, MESSAGE_STATUS, sizeof *m);
	ring_flush(t->ring);
}

/* ---- opening ---- */

static enum ind_err source_read(void *ctx, void *bytes, size_t count, size_t *got)
{
	struct tap *t = ctx;
	ssize_t n;
	do
		n = read(t->fd, bytes, count);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return IND_IO;
	if (t->options->source_digest)
		hash_sha256_add(&t->source_hash, bytes, (size_t)n);
	*got = (size_t)n;
	return IND_OK;
}

static enum ind_err unzipped_read(void *ctx, void *bytes, size_t count, size_t *got)
{
	struct tap *t = ctx;
	enum ind_err err = gunzip_read(t->gunzip, bytes, count, got);
	return err == IND_END ? IND_OK : err;
}

static bool is_gzip(int fd)
{
	uint8_t magic[GUNZIP_MAGIC_BYTES];
	return pread(fd, magic, sizeof magic, 0) == sizeof magic && gunzip_begins(magic, sizeof magic);
}

static int exit_status_of(enum ind_err err, bool live)
{
	switch (err) {
	case IND_USAGE: return 2;
	case IND_MISSING: return 4;
	case IND_NOMEM: return 5;
	case IND_IO: return 5;
	default: return live ? 5 : 3;
	}
}

static void source_open(struct tap *t)
{
	const struct daemon_options *o = t->options;
	char error[CAPTURE_ERROR_BYTES] = "";
	struct capture_options c = {
		.interface = o->interface, .name = o->savefile, .fd = t->fd, .filter = o->filter, .snaplen = o->snaplen, .promiscuous = o->promiscuous,
		.hash = o->source_digest, .ring_bytes = (size_t)o->ring_mib << 20,
		.gate = t->start->gate, .sharer = t->start->index,
	};
	enum ind_err err = IND_OK;
	if (o->savefile && is_gzip(t->fd)) {
		hash_sha256_start(&t->source_hash);
		err = gunzip_new(source_read, t, &t->gunzip);
		c.read = unzipped_read;
		c.read_ctx = t;
		c.fd = -1;
		c.hash = false;
	}
	if (!err)
		err = o->savefile ? capture_open_savefile(&c, &t->capture, error) : capture_open_live(&c, &t->capture, error);
	if (err)
		tap_fail(t, exit_status_of(err, !o->savefile), error[0] ? error : ind_strerror(err));
}

/* Of several link types those that are not decoded are counted frame by frame. */
static void link_check(struct tap *t)
{
	for (size_t i = 0; i < capture_link_count(t->capture); i++)
		if (packet_link_known(capture_link_at(t->capture, i)->number))
			return;
	char text[MESSAGE_TEXT_BYTES] = "";
	const char *parts[] = {
		t->options->savefile ? t->options->savefile : t->options->interface, ": link type ", capture_link(t->capture)->name,
		" is not one that indicia decodes",
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		strncat(text, parts[i], sizeof text - strlen(text) - 1);
	tap_fail(t, 3, text);
}

static bool user_become(const struct tap_user *user)
{
	return setgroups(0, NULL) == 0 && setresgid(user->gid, user->gid, user->gid) == 0 && setresuid(user->uid, user->uid, user->uid) == 0;
}

/* Ends with the process that keeps. The kernel forgets this when a process becomes another user, so it is said again then. */
static void end_with_keep(const struct tap *t)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != t->start->keep)
		_exit(5);
}

/* From here on this process has the descriptor of its source and the ring; it can open nothing, become nobody else and gains no right by executing
 * anything. In a container that maps no other user it stays root, without any capability. */
static void rights_drop(struct tap *t)
{
	const struct tap_user *user = t->start->user;
	bool dropped = !user->uid || (confine_privileges(1u << CAP_SETUID | 1u << CAP_SETGID) && user_become(user));
	if (!dropped && !t->options->user && (errno == EPERM || errno == EINVAL))
		t->user_kept = dropped = true;
	if (!dropped || !confine_privileges(0))
		tap_fail(t, 4, "the process that reads packets could not give up its rights");
	end_with_keep(t);
	if (!confine_applies())
		return;
	enum ind_err err = confine_files(NULL, 0, &t->landlock_abi);
	if (err == IND_OK)
		err = confine_calls(CONFINE_TAP, NULL, 0);
	t->calls_filtered = err == IND_OK;
	if (err != IND_OK && err != IND_MISSING)
		tap_fail(t, 4, "the process that reads packets could not be confined");
}

static void link_tell(const struct capture_link *link, struct ind_link_type *m)
{
	*m = (struct ind_link_type){ .number = link->number };
	strncpy(m->name, link->name, sizeof m->name - 1);
}

static void engine_start(struct tap *t)
{
	struct engine_options o = {
		.flows = t->options->flow_table / t->options->workers, .exhibits = t->options->exhibits,
		.payload_exhibits = !t->options->leave_names, .skew_min_s = t->options->skew_min_s,
		.output = { .flow = flow_send, .exhibit = exhibit_send, .ctx = t },
	};
	memcpy(o.signals, t->options->signals, sizeof o.signals);
	enum ind_err err = engine_new(&o, &t->engine);
	if (err)
		tap_fail(t, 5, err == IND_NOMEM ? "not enough memory for the flow table; a smaller --flows needs less" : ind_strerror(err));
	struct message_opened *m = ring_reserve(t->ring, sizeof *m);
	*m = (struct message_opened){ .snaplen = capture_snaplen(t->capture), .user_kept = t->user_kept, .uid = geteuid(),
		.landlock_abi = (uint32_t)t->landlock_abi, .calls_filtered = t->calls_filtered };
	strncpy(m->reader, capture_reader(t->capture), sizeof m->reader - 1);
	link_tell(capture_link(t->capture), &m->link);
	ring_commit(t->ring, MESSAGE_OPENED, sizeof *m);
	ring_flush(t->ring);
}

/* ---- running ---- */

static uint64_t clock_ns(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What ends one tap of several ends all, at one moment. */
static bool enough(const struct tap *t, uint64_t frames, uint64_t started_ns)
{
	const struct daemon_options *o = t->options;
	if (o->interface && o->max_duration_s && clock_ns(CLOCK_BOOTTIME) - started_ns >= o->max_duration_s * 1000000000u)
		ring_stop(t->ring);
	return ring_stopped(t->ring) || (o->max_frames && frames >= o->max_frames);
}

static size_t until(const struct frame *frames, size_t count, uint64_t last_ns)
{
	size_t wanted = 0;
	while (wanted < count && frames[wanted].time_ns <= last_ns)
		wanted++;
	return wanted;
}

/* A duration of a savefile is counted by its own clock. A tap that ends leaves its packets to the others: those of after the end are nobody's. */
static size_t within_duration(const struct tap *t, const struct frame *frames, size_t count, uint64_t *first_ns)
{
	const struct daemon_options *o = t->options;
	if (t->start->gate && ring_stopped(t->ring))
		return until(frames, count, ring_stopped_ns(t->ring));
	if (!o->savefile || !o->max_duration_s)
		return count;
	if (!*first_ns && count)
		*first_ns = frames[0].time_ns;
	for (size_t i = 0; i < count; i++)
		if (frames[i].time_ns > *first_ns && frames[i].time_ns - *first_ns > o->max_duration_s * 1000000000u)
			return i;
	return count;
}

static enum ind_err frames_run(struct tap *t)
{
	struct frame frames[CAPTURE_BATCH];
	uint64_t seen = 0, told_at_frames = 0, first_ns = 0;
	uint64_t started_ns = clock_ns(CLOCK_BOOTTIME), told_ns = started_ns;
	enum ind_err err = IND_OK;
	while (!enough(t, seen, started_ns)) {
		size_t room = CAPTURE_BATCH, count;
		if (t->options->max_frames && t->options->max_frames - seen < room)
			room = t->options->max_frames - seen;
		err = capture_next(t->capture, frames, room, &count);
		if (err)
			break;
		size_t wanted = within_duration(t, frames, count, &first_ns);
		engine_frames(t->engine, frames, wanted);
		seen += wanted;
		if (wanted < count)
			break;
		if (count && seen - told_at_frames < STATUS_EVERY_FRAMES && t->options->savefile)
			continue;
		uint64_t now_ns = clock_ns(CLOCK_BOOTTIME);
		if (count == 0 && t->options->interface)
			engine_tick(t->engine, clock_ns(CLOCK_REALTIME));
		if (now_ns - told_ns >= STATUS_EVERY_NS || t->options->savefile) {
			status_send(t);
			told_ns = now_ns;
			told_at_frames = seen;
		}
	}
	return err;
}

/* A live capture that is told to end has seen what was on the wire until now: that may wait in the kernel's ring still, the last of it in a block that is handed over
 * when it has waited as long as a read does. Frames of later are not part of it. What is too much to be read soon is lost, as what the ring could not hold. */
static void ring_drain(struct tap *t)
{
	struct frame frames[CAPTURE_BATCH];
	uint64_t until_ns = ring_stopped_ns(t->ring), began_ns = clock_ns(CLOCK_BOOTTIME);
	bool later = false;
	for (unsigned empty = 0; empty < DRAIN_EMPTY && !later;) {
		size_t count;
		if (capture_next(t->capture, frames, CAPTURE_BATCH, &count) != IND_OK)
			return;
		size_t wanted = until(frames, count, until_ns);
		engine_frames(t->engine, frames, wanted);
		later = wanted < count;
		empty = count ? 0 : empty + 1;
		if (!later && clock_ns(CLOCK_BOOTTIME) - began_ns > DRAIN_NS) {
			t->left = capture_leave(t->capture, until_ns, LEAVE_NS);
			if (t->left)
				strncpy(t->end.text, "frames that the kernel held at the end were not read, and count as dropped: there were too many", sizeof t->end.text - 1);
			return;
		}
	}
}

static void digest_finish(struct tap *t)
{
	uint8_t piece[65536];
	size_t got = 1;
	/* Who interrupts does not want to wait for the rest of the file: then there is no digest of the whole. */
	if (!t->options->savefile || !t->options->source_digest || interrupted)
		return;
	if (!t->gunzip) {
		t->end.has_sha256 = capture_sha256(t->capture, t->end.source_sha256) == IND_OK;
		return;
	}
	while (got && source_read(t, piece, sizeof piece, &got) == IND_OK)
		;
	hash_sha256_end(&t->source_hash, t->end.source_sha256);
	t->end.has_sha256 = got == 0;
}

static void ending_tell(struct tap *t, enum ind_err err)
{
	if (err == IND_OK || err == IND_END)
		return;
	bool damaged = t->options->savefile && (err == IND_SHORT || err == IND_MALFORMED);
	t->end.cut = damaged;
	t->end.exit_status = damaged ? 3 : err == IND_USAGE ? 2 : t->options->interface ? 75 : 5;
	strncpy(t->end.text, capture_error(t->capture), sizeof t->end.text - 1);
}

/* In its place among those before it; two numbers of a savefile may be one link type. */
static void link_insert(struct message_end *m, const struct capture_link *link)
{
	uint32_t at = m->link_count;
	for (uint32_t i = 0; i < m->link_count; i++)
		if (m->links[i].number == link->number)
			return;
	for (; at > 0 && m->links[at - 1].number > link->number; at--)
		m->links[at] = m->links[at - 1];
	link_tell(link, &m->links[at]);
	m->link_count++;
}

/* Where frames were of one link type, the first message has named it. */
static void links_tell(struct tap *t)
{
	for (size_t i = 0; i < capture_link_count(t->capture); i++)
		if (capture_link_at(t->capture, i)->seen)
			link_insert(&t->end, capture_link_at(t->capture, i));
	t->end.link_count = t->end.link_count > 1 ? t->end.link_count : 0;
}

static void break_handler(int number)
{
	(void)number;
	if (!ring_stopped(ring_to_obey))
		return; /* someone else sent it, to both processes: keep prints its figures */
	interrupted = 1;
	/* A live one looks up ten times a second by itself, and is to be read to its end. */
	if (capture_to_break)
		capture_break(capture_to_break);
}

static void signals_set(void)
{
	struct sigaction action = { .sa_handler = break_handler };
	signal(SIGINT, SIG_IGN); /* the terminal tells the whole group; keep decides, and says so by SIGUSR1 */
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigaction(SIGUSR1, &action, NULL);
	signals_hold(SIG_UNBLOCK);
}

_Noreturn void tap_run(const struct tap_start *start)
{
	static struct tap t;
	t = (struct tap){ .options = start->options, .start = start, .ring = start->ring, .fd = start->fd };
	ring_write_as(t.ring, start->index);
	end_with_keep(&t);
	prctl(PR_SET_NAME, "indicia-tap");
	ring_to_obey = t.ring;
	signals_set();
	source_open(&t);
	capture_to_break = t.options->interface ? NULL : t.capture;
	link_check(&t);
	rights_drop(&t);
	engine_start(&t);
	enum ind_err err = frames_run(&t);
	if (!err && ring_stopped(t.ring) && t.options->interface)
		ring_drain(&t);
	engine_flush(t.engine);
	ending_tell(&t, err);
	digest_finish(&t);
	links_tell(&t);
	status_fill(&t, &t.end.status);
	tap_exit(&t);
}
