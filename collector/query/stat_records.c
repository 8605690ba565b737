/* SPDX-License-Identifier: Apache-2.0 */
/* Keys out of whole records: what a flow has several of. Each combination of its ends, signals, tags and encapsulations is a key; a flow counts
 * once in a group, however often it says its key. */
#include "query/stat_run.h"
#include <string.h>

enum { AXES_MAX = STAT_KEYS_MAX };

struct record {
	struct stats *stats;
	struct stat_run *run;
	const struct ind_record *record;
	const struct rows_context *context;
	struct ind_derived derived;
	bool has_derived;
	struct stat_flow flow;
	uint8_t axes[AXES_MAX];      /* those that keys are on, each once */
	size_t axis_count;
	bool no_room;                /* a text did not fit */
	uint64_t combinations;
	uint64_t key[GROUP_KEY_WORDS_MAX];
};

/* Keys with several values of signals multiply: no more of one flow are counted, as a bound on time. */
enum { COMBINATIONS_MAX = 1 << 16 };

static const struct ind_flow *flow_of(const struct record *r) { return &r->record->flow.flow; }

static size_t signal_count(struct record *r)
{
	if (!r->has_derived)
		ind_flow_derive(flow_of(r), r->record->flow.signals, r->record->flow.signal_count, r->context->signals, &r->derived);
	r->has_derived = true;
	return r->record->flow.signal_count + r->derived.count;
}

static const struct ind_signal *signal_at(const struct record *r, size_t n)
{
	size_t recorded = r->record->flow.signal_count;
	return n < recorded ? &r->record->flow.signals[n] : &r->derived.signal[n - recorded];
}

static void put_text(struct record *r, size_t place, const char *text, size_t bytes)
{
	const struct stat_key *k = &r->run->spec->keys[place];
	uint64_t number = words_number(r->stats->words, text, bytes);
	r->no_room |= !number;
	stat_put(r->key, place, k, STAT_TAG_HERE, number);
}

static void put_name(struct record *r, size_t place, const char *name) { put_text(r, place, name, strlen(name)); }

static void put_port(struct record *r, size_t place, unsigned port, unsigned type)
{
	const struct stat_key *k = &r->run->spec->keys[place];
	uint64_t value = 0;
	enum has has = number_of_flow(flow_of(r), port, &value);
	if (has != HAS && type != port)
		has = number_of_flow(flow_of(r), type, &value);
	if (has == HAS)
		stat_put(r->key, place, k, STAT_TAG_HERE, value);
}

static void put_signal(struct record *r, size_t place, const struct ind_signal *s)
{
	const struct ind_signal_info *info = ind_signal_info(s->id);
	const char letter[2] = { info ? ind_family_letter(info->family) : '?', '\0' };
	switch ((enum stat_form)r->run->spec->keys[place].form) {
	case STAT_SIGNAL:
		put_name(r, place, info ? info->name : "unknown");
		break;
	case STAT_FAMILY: put_name(r, place, letter); break;
	case STAT_SIDE: put_name(r, place, ind_side_name(s->side)); break;
	default: put_text(r, place, s->value, s->value_bytes); break;
	}
}

/* One key, by the n-th of what its axis has. */
static void put_key(struct record *r, size_t place, size_t n)
{
	const struct ind_flow *f = flow_of(r);
	const struct stat_key *k = &r->run->spec->keys[place];
	switch ((enum stat_form)k->form) {
	case STAT_ALL: break;
	case STAT_ADDR: stat_put_addr(r->key, place, k, f->ip_version, f->addr[k->number & 1]); break;
	case STAT_END_ADDR: stat_put_addr(r->key, place, k, f->ip_version, f->addr[n & 1]); break;
	case STAT_PORT: put_port(r, place, k->number == IND_DST ? NUM_DPORT : NUM_SPORT, k->number == IND_DST ? NUM_ICMP_CODE : NUM_ICMP_TYPE); break;
	case STAT_END_PORT: put_port(r, place, n ? NUM_DPORT : NUM_SPORT, n ? NUM_DPORT : NUM_SPORT); break;
	case STAT_NUMBER: put_port(r, place, k->number, k->number); break;
	case STAT_VLAN:
		if (f->vlan_count)
			stat_put(r->key, place, k, STAT_TAG_HERE, f->vlan[n]);
		break;
	case STAT_TUNNEL:
		if (f->tunnel_count)
			put_name(r, place, ind_tunnel_name(f->tunnel[n]));
		break;
	case STAT_SENSOR:
		if (*r->context->sensor)
			put_name(r, place, r->context->sensor);
		break;
	case STAT_BIN: stat_put(r->key, place, k, STAT_TAG_HERE, f->start_ns - f->start_ns % k->bin_ns); break;
	default: put_signal(r, place, signal_at(r, n)); break;
	}
}

/* How many things there are on the axis of a key; at least one where their absence is a key. */
static size_t extent(struct record *r, const struct stat_key *k)
{
	switch ((enum stat_form)k->form) {
	case STAT_END_ADDR:
	case STAT_END_PORT: return 2;
	case STAT_VLAN: return flow_of(r)->vlan_count ? flow_of(r)->vlan_count : 1;
	case STAT_TUNNEL: return flow_of(r)->tunnel_count ? flow_of(r)->tunnel_count : 1;
	case STAT_SIGNAL:
	case STAT_FAMILY:
	case STAT_SIDE:
	case STAT_VALUE:
	case STAT_NAMED: return signal_count(r);
	default: return 1;
	}
}

static const struct stat_key *key_on(const struct record *r, unsigned axis)
{
	const struct stat_key *k = r->run->spec->keys;
	while (k->axis != axis)
		k++;
	return k;
}

static void put_axis(struct record *r, unsigned axis, size_t n)
{
	for (size_t place = 0; place < r->run->spec->count; place++) {
		const struct stat_key *k = &r->run->spec->keys[place];
		if (k->axis != axis)
			continue;
		r->key[0] &= ~((uint64_t)((1u << STAT_TAG_BITS) - 1) << place * STAT_TAG_BITS);
		r->key[k->word] = 0;
		put_key(r, place, n);
	}
}

static bool has_signals(const struct record *r)
{
	for (size_t i = 0; i < r->run->spec->count; i++)
		if (r->run->spec->keys[i].form >= STAT_SIGNAL && r->run->spec->keys[i].form <= STAT_NAMED)
			return true;
	return false;
}

static void count_key(struct record *r)
{
	struct group *g = r->no_room ? NULL : groups_find(r->run->groups, r->key);
	uint64_t signals = has_signals(r) ? 1 : g && g->seen == r->flow.number ? 0 : r->flow.signals;
	r->combinations++;
	stat_count(r->run, g, &r->flow, signals);
}

/* Every combination, an axis at a time. */
static void expand(struct record *r, size_t at)
{
	if (at == r->axis_count) {
		count_key(r);
		return;
	}
	const struct stat_key *k = key_on(r, r->axes[at]);
	size_t count = extent(r, k);
	for (size_t n = 0; n < count && r->combinations < COMBINATIONS_MAX; n++) {
		bool before = r->no_room;
		if (k->form == STAT_NAMED && signal_at(r, n)->id != k->number)
			continue;
		put_axis(r, r->axes[at], n);
		expand(r, at + 1);
		r->no_room = before;
	}
}

static void find_axes(struct record *r)
{
	r->axis_count = 0;
	for (size_t i = 0; i < r->run->spec->count; i++) {
		uint8_t axis = r->run->spec->keys[i].axis;
		if (!axis || memchr(r->axes, axis, r->axis_count))
			continue;
		r->axes[r->axis_count++] = axis;
	}
}

static void set_distinct(struct record *r)
{
	const struct ind_flow *f = flow_of(r);
	enum stat_measure measure = r->run->spec->measure;
	uint64_t port = 0;
	r->flow.distinct[0] = 0;
	if (measure == STAT_SADDRS || measure == STAT_DADDRS) {
		stat_distinct_addr(&r->flow, f->ip_version, f->addr[measure == STAT_DADDRS]);
	} else if (stat_is_distinct(measure) && number_of_flow(f, measure == STAT_DPORTS ? NUM_DPORT : NUM_SPORT, &port) == HAS) {
		r->flow.distinct[0] = STAT_TAG_HERE;
		r->flow.distinct[1] = port;
		r->flow.distinct[2] = 0;
	}
}

static void add_to(struct record *r)
{
	memset(r->key, 0, sizeof(r->key));
	r->no_room = false;
	r->combinations = 0;
	find_axes(r);
	set_distinct(r);
	put_axis(r, 0, 0);
	expand(r, 0);
	r->run->totals.without += !r->combinations;
	r->run->totals.uncombined += r->combinations == COMBINATIONS_MAX;
}

void stat_add_record(struct stats *s, const struct ind_record *record, const struct rows_context *context)
{
	const struct ind_flow *f = &record->flow.flow;
	struct record r;
	r.stats = s;
	r.record = record;
	r.context = context;
	r.has_derived = false;
	r.flow = (struct stat_flow){ .number = ++s->flows, .signals = record->flow.signal_count, .first_ns = f->start_ns, .last_ns = f->end_ns };
	memcpy(r.flow.packets, f->packets, sizeof(f->packets));
	memcpy(r.flow.bytes, f->bytes, sizeof(f->bytes));
	for (size_t i = 0; i < s->count; i++) {
		r.run = &s->runs[i];
		if (r.run->by_records)
			add_to(&r);
	}
}
