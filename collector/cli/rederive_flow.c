/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rederive_flow.h"
#include "indicia/catalogue.h"
#include <stdlib.h>
#include <string.h>

/* A derived signal that was not recorded. */
struct extra {
	struct ind_signal signal;
	size_t exhibit;
	bool paired;
	uint8_t sha256[IND_SHA256_BYTES];
	char value[];
};

struct recorded {
	const struct ind_signal *signal;
	size_t place;
	bool derived, from_same;     /* today as well; by the same end */
};

/* Exhibits by packet, to find the one that a signal was read from. */
struct shown { uint64_t packet; size_t exhibit; };

enum { PAIR_LOOKS_MAX = 4096 };

struct comparison {
	struct rederive_flow_options *o;
	struct held_item *const *items;
	size_t exhibit_count;
	struct recorded *recorded;   /* sorted by what they say */
	size_t recorded_count;
	struct shown *shown;
	struct extra **extras;
	size_t extra_count, extra_room;
	enum ind_err err;
};

/* By what a signal says, whoever of the two ends sent it. */
static int says_compare(const struct ind_signal *a, const struct ind_signal *b)
{
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	if (a->value_bytes != b->value_bytes)
		return a->value_bytes < b->value_bytes ? -1 : 1;
	int order = a->value_bytes ? memcmp(a->value, b->value, a->value_bytes) : 0;
	if (order || (!a->sha256 && !b->sha256))
		return order;
	if (!a->sha256 || !b->sha256)
		return a->sha256 ? 1 : -1;
	return memcmp(a->sha256, b->sha256, IND_SHA256_BYTES);
}

static int by_saying(const void *a, const void *b)
{
	const struct recorded *x = a, *y = b;
	int order = says_compare(x->signal, y->signal);
	return order ? order : x->place < y->place ? -1 : x->place > y->place;
}

static int by_packet(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;
	if (x->packet != y->packet)
		return x->packet < y->packet ? -1 : 1;
	return x->exhibit < y->exhibit ? -1 : x->exhibit > y->exhibit;
}

static int by_extra(const void *a, const void *b)
{
	const struct extra *x = *(struct extra *const *)a, *y = *(struct extra *const *)b;
	int order = says_compare(&x->signal, &y->signal);
	return order ? order : x->exhibit < y->exhibit ? -1 : x->exhibit > y->exhibit;
}

/* Where the first recorded signal stands that says no less. */
static size_t recorded_find(const struct comparison *c, const struct ind_signal *s)
{
	size_t low = 0, high = c->recorded_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (says_compare(c->recorded[middle].signal, s) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct extra *extra_new(const struct ind_signal *s, size_t exhibit)
{
	struct extra *x = malloc(sizeof(*x) + s->value_bytes);
	if (!x)
		return NULL;
	*x = (struct extra){ .signal = *s, .exhibit = exhibit };
	memcpy(x->value, s->value, s->value_bytes);
	x->signal.value = x->value;
	if (s->sha256) {
		memcpy(x->sha256, s->sha256, IND_SHA256_BYTES);
		x->signal.sha256 = x->sha256;
	}
	return x;
}

static void extra_add(struct comparison *c, const struct ind_signal *s, size_t exhibit)
{
	if (c->extra_count == c->extra_room) {
		size_t room = c->extra_room ? c->extra_room * 2 : 16;
		struct extra **extras = realloc(c->extras, room * sizeof(struct extra *));
		if (!extras) {
			c->err = IND_NOMEM;
			return;
		}
		c->extras = extras;
		c->extra_room = room;
	}
	struct extra *x = extra_new(s, exhibit);
	if (x)
		c->extras[c->extra_count++] = x;
	else
		c->err = IND_NOMEM;
}

static void signal_take(void *ctx, const struct ind_signal *s, size_t exhibit)
{
	struct comparison *c = ctx;
	size_t at = recorded_find(c, s);
	bool found = false;
	for (; at < c->recorded_count && says_compare(c->recorded[at].signal, s) == 0; at++) {
		c->recorded[at].derived = found = true;
		c->recorded[at].from_same |= c->recorded[at].signal->from == s->from;
	}
	if (!found && c->err == IND_OK)
		extra_add(c, s, exhibit);
}

/* A SYN may carry what is said above it, which is no part of its exhibit. */
static bool can_show(const struct ind_exhibit *x, unsigned signal)
{
	bool of_headers = signal == IND_SIG_TCP_SYN || signal == IND_SIG_TCP_SYNACK || signal == IND_SIG_ICMP_TIMESTAMP || signal == IND_SIG_TOOL_CONSTANT;
	return x->kind != IND_EXHIBIT_PACKET || of_headers;
}

/* The exhibit of the packet that completed the value, by the same end if there is one. */
static const struct held_item *exhibit_of(const struct comparison *c, const struct ind_signal *s)
{
	const struct held_item *best = NULL;
	size_t low = 0, high = c->exhibit_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c->shown[middle].packet < s->packet)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < c->exhibit_count && c->shown[low].packet == s->packet; low++) {
		const struct held_item *item = c->items[c->shown[low].exhibit + 1];
		if (can_show(&item->exhibit, s->id) && (!best || (best->exhibit.from != s->from && item->exhibit.from == s->from)))
			best = item;
	}
	return best;
}

/* The extra that stands in the place of a recorded signal: the same name, from the same packet. */
static struct extra *extra_for(struct comparison *c, const struct ind_signal *s)
{
	for (size_t i = 0; i < c->extra_count && i < PAIR_LOOKS_MAX; i++) {
		struct extra *x = c->extras[i];
		if (!x->paired && x->signal.id == s->id && x->signal.side == s->side && x->signal.packet == s->packet) {
			x->paired = true;
			return x;
		}
	}
	return NULL;
}

static void tell(struct comparison *c, const struct recorded *recorded, const struct extra *extra, const struct held_item *exhibit)
{
	struct rederive_difference d = { .flow = c->items[0], .exhibit = exhibit };
	if (recorded) {
		d.recorded = recorded->signal;
		d.place = recorded->place;
		d.other_end = recorded->derived;
	}
	if (extra)
		d.derived = &extra->signal;
	c->o->counts.differing++;
	c->o->differs(c->o->ctx, &d);
}

/* Why nothing can be said of a recorded signal that is not derived; REDERIVE_REASON_COUNT: it differs. */
static enum rederive_reason reason_of(const struct comparison *c, const struct ind_signal *s, const struct held_item *exhibit)
{
	if (!ind_signal_info(s->id))
		return REDERIVE_BY_UNKNOWN;
	switch (rederive_source_of(s->id)) {
	case REDERIVE_SERIES: return REDERIVE_BY_SERIES;
	case REDERIVE_SECRET: return REDERIVE_BY_SECRET;
	case REDERIVE_RECORD: return REDERIVE_REASON_COUNT;
	default: break;
	}
	if (exhibit)
		return exhibit->exhibit.bytes_count == IND_EXHIBIT_MAX_BYTES ? REDERIVE_BY_CUT : REDERIVE_REASON_COUNT;
	if (c->o->exhibits_none)
		return REDERIVE_BY_EXHIBITS_NONE;
	return c->o->privacy_reduced ? REDERIVE_BY_PRIVACY : REDERIVE_BY_NOT_KEPT;
}

static void recorded_judge(struct comparison *c, const struct recorded *recorded)
{
	const struct ind_signal *s = recorded->signal;
	const struct held_item *exhibit = exhibit_of(c, s);
	enum rederive_reason reason = recorded->derived ? REDERIVE_REASON_COUNT : reason_of(c, s, exhibit);
	if (reason != REDERIVE_REASON_COUNT) {
		c->o->counts.reason[reason]++;
		return;
	}
	c->o->counts.compared++;
	if (!recorded->derived)
		tell(c, recorded, extra_for(c, s), exhibit);
	else if (!recorded->from_same)
		tell(c, recorded, NULL, exhibit);
}

/* What is derived and was not recorded, each once. From a cut exhibit what is read at its end may be wrong. */
static void extras_judge(struct comparison *c)
{
	for (size_t i = 0; i < c->extra_count; i++) {
		const struct extra *x = c->extras[i];
		bool again = i && says_compare(&c->extras[i - 1]->signal, &x->signal) == 0;
		const struct held_item *exhibit = x->exhibit == SIZE_MAX ? NULL : c->items[x->exhibit + 1];
		if (again || x->paired || (exhibit && exhibit->exhibit.bytes_count == IND_EXHIBIT_MAX_BYTES))
			continue;
		c->o->counts.compared++;
		tell(c, NULL, x, exhibit);
	}
}

static bool comparison_start(struct comparison *c)
{
	const struct held_item *flow = c->items[0];
	c->recorded_count = flow->signal_count;
	c->recorded = calloc(c->recorded_count + 1, sizeof(*c->recorded));
	c->shown = calloc(c->exhibit_count + 1, sizeof(*c->shown));
	if (!c->recorded || !c->shown)
		return false;
	for (size_t i = 0; i < c->recorded_count; i++)
		c->recorded[i] = (struct recorded){ .signal = &flow->signals[i], .place = i };
	for (size_t i = 0; i < c->exhibit_count; i++)
		c->shown[i] = (struct shown){ c->items[i + 1]->exhibit.packet, i };
	qsort(c->recorded, c->recorded_count, sizeof(*c->recorded), by_saying);
	qsort(c->shown, c->exhibit_count, sizeof(*c->shown), by_packet);
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct recorded *x = a, *y = b;
	return x->place < y->place ? -1 : x->place > y->place;
}

static void derive(struct comparison *c)
{
	const struct held_item *flow = c->items[0];
	const struct ind_exhibit **exhibits = calloc(c->exhibit_count + 1, sizeof(*exhibits));
	if (!exhibits) {
		c->err = IND_NOMEM;
		return;
	}
	for (size_t i = 0; i < c->exhibit_count; i++)
		exhibits[i] = &c->items[i + 1]->exhibit;
	struct rederive_flow in = {
		.flow = &flow->flow, .signals = flow->signals, .signal_count = flow->signal_count, .exhibits = exhibits, .exhibit_count = c->exhibit_count,
		.wanted = c->o->wanted,
	};
	rederive_flow(c->o->door, &in, &(struct rederive_output){ signal_take, c });
	free(exhibits);
}

static void comparison_free(struct comparison *c)
{
	for (size_t i = 0; i < c->extra_count; i++)
		free(c->extras[i]);
	free(c->extras);
	free(c->recorded);
	free(c->shown);
}

enum ind_err rederive_flow_compare(struct rederive_flow_options *o, struct held_item *const *items, size_t count)
{
	struct comparison c = { .o = o, .items = items, .exhibit_count = count - 1 };
	if (comparison_start(&c))
		derive(&c);
	else
		c.err = IND_NOMEM;
	if (c.err == IND_OK) {
		if (c.extra_count)
			qsort(c.extras, c.extra_count, sizeof(*c.extras), by_extra);
		qsort(c.recorded, c.recorded_count, sizeof(*c.recorded), by_place);
		for (size_t i = 0; i < c.recorded_count; i++)
			recorded_judge(&c, &c.recorded[i]);
		extras_judge(&c);
	}
	comparison_free(&c);
	return c.err;
}
