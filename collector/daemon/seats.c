/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that read packets: what they say of themselves, and how they end. The end of one is the end of all. */
#include "daemon/inside.h"

#include "daemon/clock.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

enum { TAP_STATUS_MAX = 5, DISORDER_NS = 1000000000 };

static void least(uint64_t *to, uint64_t from) { *to = from && (!*to || from < *to) ? from : *to; }
static void most(uint64_t *to, uint64_t from) { *to = from > *to ? from : *to; }

static void status_add(struct message_status *to, const struct message_status *from)
{
	struct engine_counters *c = &to->counters;
	const struct engine_counters *f = &from->counters;
	c->frames += f->frames;
	c->bytes += f->bytes;
	c->frames_short += f->frames_short;
	c->frames_malformed += f->frames_malformed;
	c->frames_unknown += f->frames_unknown;
	c->flows += f->flows;
	c->flows_open += f->flows_open;
	c->evicted += f->evicted;
	c->signals_lost += f->signals_lost;
	c->heads_lost += f->heads_lost;
	c->gaps += f->gaps;
	c->malformed += f->malformed;
	c->exhibits_cut += f->exhibits_cut;
	c->fragmented += f->fragmented;
	least(&c->first_ns, f->first_ns);
	most(&c->last_ns, f->last_ns);
	to->received += from->received;
	to->kernel_drops += from->kernel_drops;
	most(&to->interface_drops, from->interface_drops); /* the interface's own, which each of them reads */
	to->progress_done += from->progress_done;
	to->progress_total += from->progress_total;
}

/* A clock that was set back is followed, at once by what will be told of losses; frames that come a little out of order are not. A tap without new frames tells
 * of a time that has passed. */
static void moment_follow(struct keep *k, uint64_t before_ns, uint64_t now_ns)
{
	if (now_ns == before_ns || (now_ns <= k->seen_ns && k->seen_ns - now_ns < DISORDER_NS))
		return;
	k->seen_ns = now_ns;
	if (now_ns < k->told.to_ns)
		k->told.to_ns = now_ns;
}

void seats_status(struct keep *k, unsigned tap, const struct message_status *status)
{
	moment_follow(k, k->taps[tap].status.counters.recent_ns, status->counters.recent_ns);
	k->taps[tap].status = *status;
	k->taps[tap].moved_ns = clock_boottime_ns();
	k->status = k->taps[0].status;
	for (unsigned i = 1; i < k->tap_count; i++)
		status_add(&k->status, &k->taps[i].status);
}

bool seats_look(struct keep *k)
{
	for (unsigned i = 0; i < k->tap_count; i++) {
		struct tap_seat *s = &k->taps[i];
		if (s->gone && !s->ended && !s->dismissed && !ring_waiting(k->ring, i))
			return false;
		if (!s->gone)
			s->gone = waitpid(s->pid, &s->wait_status, WNOHANG) == s->pid;
	}
	return true;
}

static void died_tell(const struct keep *k, const struct tap_seat *s)
{
	const char *rest = keep_live(k) ? "flows that were open are lost; the next start, or 'indicia recover', seals what was recorded" : "nothing of this run can be trusted to be complete";
	if (WIFEXITED(s->wait_status))
		say_error(k->say, "the process that reads packets ended with status %d; %s", WEXITSTATUS(s->wait_status), rest);
	else
		say_error(k->say, "the process that reads packets was ended by signal %d; %s", WTERMSIG(s->wait_status), rest);
}

/* One that ended before it said so, whatever its status, died too. */
bool seats_reap(struct keep *k)
{
	for (unsigned i = 0; i < k->tap_count; i++)
		while (!k->taps[i].gone && waitpid(k->taps[i].pid, &k->taps[i].wait_status, 0) < 0 && errno == EINTR)
			;
	bool good = true;
	for (unsigned i = 0; i < k->tap_count; i++) {
		struct tap_seat *s = &k->taps[i];
		s->gone = true;
		if (s->dismissed || (s->ended && WIFEXITED(s->wait_status) && WEXITSTATUS(s->wait_status) <= TAP_STATUS_MAX) || !good)
			continue;
		died_tell(k, s);
		good = false;
	}
	return good;
}

void seats_stop(struct keep *k)
{
	ring_stop(k->ring);
	for (unsigned i = 0; i < k->tap_count; i++)
		if (!k->taps[i].gone)
			kill(k->taps[i].pid, SIGUSR1);
}

void seats_kill(struct keep *k)
{
	for (unsigned i = 0; i < k->tap_count; i++) {
		if (k->taps[i].gone || k->taps[i].ended)
			continue;
		k->taps[i].dismissed = true;
		kill(k->taps[i].pid, SIGKILL);
	}
}

bool seats_gone(const struct keep *k)
{
	for (unsigned i = 0; i < k->tap_count; i++)
		if (!k->taps[i].gone)
			return false;
	return true;
}

bool seats_opened(const struct keep *k)
{
	for (unsigned i = 0; i < k->tap_count; i++)
		if (!k->taps[i].opened)
			return false;
	return true;
}

bool seats_ended(const struct keep *k)
{
	for (unsigned i = 0; i < k->tap_count; i++)
		if (!k->taps[i].ended && !k->taps[i].dismissed)
			return false;
	return true;
}

uint64_t seats_moved_ns(const struct keep *k)
{
	uint64_t moved_ns = k->taps[0].moved_ns;
	for (unsigned i = 1; i < k->tap_count; i++)
		if (k->taps[i].moved_ns < moved_ns)
			moved_ns = k->taps[i].moved_ns;
	return moved_ns;
}
