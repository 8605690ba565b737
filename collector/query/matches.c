/* SPDX-License-Identifier: Apache-2.0 */
/* A filter asked of one record: the meaning of the language. scan.c gives the same answers from columns. */
#include "query/columns.h"
#include "query/community.h"
#include <string.h>

/* What is asked about. */
struct subject {
	const struct ind_record *record;
	const struct ind_signal *signal; /* of a row of signals */
	size_t place;
	const struct filter_context *context;
	struct ind_derived derived;
	bool has_derived;
};

static const struct ind_flow *flow_of(const struct subject *s) { return &s->record->flow.flow; }

static void derive(struct subject *s)
{
	if (!s->has_derived)
		ind_flow_derive(flow_of(s), s->record->flow.signals, s->record->flow.signal_count, s->context->rows->signals, &s->derived);
	s->has_derived = true;
}

static enum truth number_says(const struct query_filter *f, const struct code_step *step, const struct subject *s)
{
	uint64_t value = 0;
	enum has has = HAS_NONE;
	if (f->kind == QUERY_KIND_ORIGIN)
		has = number_of_origin(&s->record->origin, step->subject, &value);
	else if (step->subject >= NUM_TIME && step->subject <= NUM_CUT)
		has = number_of_signal(s->signal, step->subject, &value);
	else
		has = number_of_flow(flow_of(s), step->subject, &value);
	return number_test(f, step, has, value);
}

/* The address that a step asks about. */
static const uint8_t *address_of(const struct query_filter *f, const struct code_step *step, const struct subject *s)
{
	if (f->kind == QUERY_KIND_ORIGIN)
		return s->record->origin.addr;
	return flow_of(s)->addr[step->subject <= IND_DST ? step->subject : s->signal->from & 1];
}

static unsigned version_of(const struct query_filter *f, const struct subject *s)
{
	return f->kind == QUERY_KIND_ORIGIN ? s->record->origin.ip_version : flow_of(s)->ip_version;
}

static enum truth listed_says(const struct query_filter *filter, const struct code_step *step, const struct ind_flow *f)
{
	unsigned count = step->op == CODE_VLAN ? f->vlan_count : f->tunnel_count;
	enum truth truth = TRUTH_NO;
	for (unsigned i = 0; i < count; i++) {
		uint64_t item = step->op == CODE_VLAN ? f->vlan[i] : f->tunnel[i];
		if (number_test(filter, step, HAS, item) == TRUTH_YES)
			truth = TRUTH_YES;
	}
	return truth;
}

static enum truth text_says(const struct query_filter *f, const struct code_step *step, const struct subject *s)
{
	char community[COMMUNITY_TEXT];
	const char *text = step->subject == TEXT_SENSOR ? s->context->rows->sensor : community_id(flow_of(s), community);
	if (step->test == TEST_PRESENT)
		return truth_of(text && *text);
	if (!text || !*text)
		return TRUTH_UNKNOWN;
	return truth_of(code_text_passes(f, step->test, step->set, text, strlen(text)));
}

/* Of a flow its signals' ids are meant, too. */
static enum truth record_says(const struct query_filter *f, const struct code_step *step, const struct subject *s)
{
	char text[IND_RECORD_ID_TEXT];
	struct ind_record_id id = s->record->id;
	id.part = s->signal ? (uint32_t)s->place + 1 : 0;
	ind_record_id_text(&id, text);
	if (step->test == TEST_PRESENT)
		return TRUTH_YES;
	if (code_has_text(&f->sets[step->set], text, strlen(text)))
		return TRUTH_YES;
	if (!s->signal)
		return TRUTH_NO;
	id.part = 0;
	ind_record_id_text(&id, text);
	return truth_of(code_has_text(&f->sets[step->set], text, strlen(text)));
}

/* The decimal text of a whole number; false if it is none that fits. */
static bool whole_number(const struct ind_signal *s, int64_t *value)
{
	size_t i = s->value_bytes && s->value[0] == '-' ? 1 : 0, digits = i;
	int64_t number = 0;
	for (; i < s->value_bytes && s->value[i] >= '0' && s->value[i] <= '9'; i++)
		if (__builtin_mul_overflow(number, 10, &number) || __builtin_sub_overflow(number, s->value[i] - '0', &number))
			return false;
	if (digits == 0 && __builtin_sub_overflow(0, number, &number))
		return false;
	*value = number;
	return i == s->value_bytes && i > digits;
}

/* What was cut may hold further on what is looked for. */
enum truth code_value_passes(const struct query_filter *f, const struct code_step *step, const struct ind_signal *s)
{
	int64_t value;
	if (step->test == TEST_PRESENT)
		return TRUTH_YES;
	if (step->test == TEST_RANGE) {
		if (!whole_number(s, &value))
			return TRUTH_UNKNOWN;
		return truth_of(value >= (int64_t)step->low && value <= (int64_t)step->high);
	}
	if (code_text_passes(f, step->test, step->set, s->value, s->value_bytes))
		return TRUTH_YES;
	return s->flags & IND_SIGNAL_CUT && step->test == TEST_LIKE ? TRUTH_UNKNOWN : TRUTH_NO;
}

static void ask_signals(const struct query_filter *f, const struct code_step *step, const struct ind_signal *list, size_t count, bool *seen,
	enum truth *truth)
{
	for (size_t i = 0; i < count && *truth != TRUTH_YES; i++) {
		if (list[i].id != step->subject)
			continue;
		enum truth one = code_value_passes(f, step, &list[i]);
		*truth = !*seen || one > *truth ? one : *truth;
		*seen = true;
	}
}

static enum truth signal_of_flow(const struct query_filter *f, const struct code_step *step, struct subject *s)
{
	const struct ind_record *r = s->record;
	const struct ind_signal_info *info = ind_signal_info(step->subject);
	bool seen = false;
	enum truth truth = TRUTH_UNKNOWN;
	if (info && info->recorded == IND_DERIVED) {
		derive(s);
		ask_signals(f, step, s->derived.signal, s->derived.count, &seen, &truth);
	} else {
		ask_signals(f, step, r->flow.signals, r->flow.signal_count, &seen, &truth);
	}
	/* Not seen, though it was looked for. */
	if (!seen && step->test == TEST_PRESENT && ind_signal_set_has(s->context->rows->signals, step->subject))
		return TRUTH_NO;
	return truth;
}

/* An origin says which signals were seen, not with which values. */
static enum truth signal_of_origin(const struct code_step *step, const struct subject *s)
{
	if (!ind_signal_set_has(s->record->origin.signals, step->subject))
		return step->test == TEST_PRESENT && ind_signal_set_has(s->context->rows->signals, step->subject) ? TRUTH_NO : TRUTH_UNKNOWN;
	return step->test == TEST_PRESENT ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth signal_says(const struct query_filter *f, const struct code_step *step, struct subject *s)
{
	if (f->kind == QUERY_KIND_ORIGIN)
		return signal_of_origin(step, s);
	if (!s->signal)
		return signal_of_flow(f, step, s);
	return step->subject && step->subject != s->signal->id ? TRUTH_NO : code_value_passes(f, step, s->signal);
}

static bool family_among(unsigned family, const struct ind_signal *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct ind_signal_info *info = ind_signal_info(list[i].id);
		if (info && info->family == family)
			return true;
	}
	return false;
}

static enum truth family_says(const struct query_filter *f, const struct code_step *step, struct subject *s)
{
	if (f->kind == QUERY_KIND_ORIGIN)
		return truth_of(s->record->origin.missing[step->subject] == IND_MISSING_NONE);
	unsigned validated = flow_of(s)->validated;
	if (step->subject == IND_FAMILY_V)
		return truth_of(validated == IND_VALID_HANDSHAKE || validated == IND_VALID_QUIC);
	if (s->signal)
		return truth_of(family_among(step->subject, s->signal, 1));
	if (family_among(step->subject, s->record->flow.signals, s->record->flow.signal_count))
		return TRUTH_YES;
	derive(s);
	return truth_of(family_among(step->subject, s->derived.signal, s->derived.count));
}

static enum truth overlap_says(const struct query_filter *f, const struct code_step *step, const struct subject *s)
{
	if (s->signal)
		return truth_of(s->signal->time_ns >= step->low && s->signal->time_ns < step->high);
	bool origin = f->kind == QUERY_KIND_ORIGIN;
	if (origin && !s->record->origin.flows)
		return TRUTH_UNKNOWN;
	uint64_t from = origin ? s->record->origin.first_ns : flow_of(s)->start_ns, to = origin ? s->record->origin.last_ns : flow_of(s)->end_ns;
	return truth_of(from < step->high && to >= step->low);
}

static enum truth term_says(const struct query_filter *f, const struct code_step *step, struct subject *s)
{
	switch ((enum code_op)step->op) {
	case CODE_NUMBER:
	case CODE_FLAGS: return number_says(f, step, s);
	case CODE_ADDR: return truth_of(code_has_addr(&f->sets[step->set], version_of(f, s), code_addr_of(address_of(f, step, s))));
	case CODE_VERSION: return truth_of(version_of(f, s) == step->low);
	case CODE_VLAN:
	case CODE_TUNNEL: return listed_says(f, step, flow_of(s));
	case CODE_TEXT: return text_says(f, step, s);
	case CODE_RECORD: return record_says(f, step, s);
	case CODE_SIGNAL: return signal_says(f, step, s);
	case CODE_FAMILY: return family_says(f, step, s);
	case CODE_DERIVED: return truth_of(s->place >= s->record->flow.signal_count);
	case CODE_CLAIM: return filter_claims_say(s->context->claims, (unsigned)step->low, version_of(f, s), address_of(f, step, s));
	case CODE_OVERLAP: return overlap_says(f, step, s);
	default: return TRUTH_YES;
	}
}

static enum truth ask(struct query_filter *f, struct subject *s)
{
	enum truth stack[2 * FILTER_DEPTH_MAX + 8];
	uint32_t unknown[16];
	size_t at = 0, unknowns = 0;
	for (size_t i = 0; i < f->count; i++) {
		const struct code_step *step = &f->steps[i];
		if (step->op == CODE_NOT) {
			stack[at - 1] = TRUTH_YES - stack[at - 1];
		} else if (!code_is_term(step)) {
			at--;
			bool takes = step->op == CODE_AND ? stack[at] < stack[at - 1] : stack[at] > stack[at - 1];
			stack[at - 1] = takes ? stack[at] : stack[at - 1];
		} else {
			stack[at] = term_says(f, step, s);
			if (stack[at++] == TRUTH_UNKNOWN && unknowns < sizeof(unknown) / sizeof(unknown[0]))
				unknown[unknowns++] = (uint32_t)i;
		}
	}
	if (!at || stack[0] != TRUTH_UNKNOWN)
		return at ? stack[0] : TRUTH_YES;
	f->undecided++;
	for (size_t i = 0; i < unknowns; i++)
		f->unsaid[unknown[i]] = 1;
	return TRUTH_UNKNOWN;
}

enum truth query_filter_matches(struct query_filter *f, const struct ind_record *record, const struct filter_context *context)
{
	struct subject s;
	s.record = record;
	s.signal = NULL;
	s.place = 0;
	s.context = context;
	s.has_derived = false;
	return ask(f, &s);
}

enum truth query_filter_matches_signal(struct query_filter *f, const struct ind_record *record, const struct ind_signal *signal, size_t place,
	const struct filter_context *context)
{
	struct subject s;
	s.record = record;
	s.signal = signal;
	s.place = place;
	s.context = context;
	s.has_derived = false;
	return ask(f, &s);
}

uint64_t query_filter_undecided(const struct query_filter *f) { return f->undecided; }
