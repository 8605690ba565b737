/* SPDX-License-Identifier: Apache-2.0 */
#include "origin/inside.h"

/* Round-trip times are counted in classes: eight to each doubling, from 16 microseconds on. */
enum { RTT_UNIT_US = 16, CLASSES_PER_DOUBLING = 8, CLASS_BITS = 3 };

static unsigned class_of(uint32_t rtt_us)
{
	uint32_t units = rtt_us / RTT_UNIT_US;
	if (units < CLASSES_PER_DOUBLING)
		return units;
	unsigned shift = 31 - (unsigned)__builtin_clz(units) - CLASS_BITS;
	unsigned at = shift * CLASSES_PER_DOUBLING + (units >> shift);
	return at < RTT_CLASSES ? at : RTT_CLASSES - 1;
}

/* The middle of a class. */
static uint32_t class_us(unsigned at)
{
	if (at < CLASSES_PER_DOUBLING)
		return at * RTT_UNIT_US + RTT_UNIT_US / 2;
	unsigned shift = at / CLASSES_PER_DOUBLING - 1;
	uint32_t low = (CLASSES_PER_DOUBLING + at % CLASSES_PER_DOUBLING) << shift;
	return low * RTT_UNIT_US + (RTT_UNIT_US << shift) / 2;
}

static void class_count(union block *b, uint32_t rtt_us)
{
	uint16_t *count = &b->rtt[class_of(rtt_us)];
	*count += *count < UINT16_MAX;
}

static void rtt_add(struct origin_set *s, struct entry *e, struct more *m, uint64_t time_ns, uint32_t rtt_us)
{
	m->rtt_first_ns = !m->rtt_samples || time_ns < m->rtt_first_ns ? time_ns : m->rtt_first_ns;
	m->rtt_last_ns = time_ns > m->rtt_last_ns ? time_ns : m->rtt_last_ns;
	if (m->rtt_samples < RTT_INLINE) {
		m->rtt[m->rtt_samples++] = rtt_us;
		return;
	}
	if (!m->rtt_block) {
		m->rtt_block = shelf_take(&s->blocks);
		if (!m->rtt_block) {
			e->facts |= FACT_LIMIT;
			return;
		}
		for (unsigned i = 0; i < RTT_INLINE; i++)
			class_count(block_at(s, m->rtt_block), m->rtt[i]);
	}
	class_count(block_at(s, m->rtt_block), rtt_us);
	m->rtt_samples += m->rtt_samples < UINT32_MAX;
}

static void hops_add(struct more *m, uint32_t hops)
{
	enum { ONE = 1 << 8, COUNT_MAX = UINT32_MAX >> 8 };
	m->hops_min = !m->hops_used || hops < m->hops_min ? (uint8_t)hops : m->hops_min;
	m->hops_max = hops > m->hops_max ? (uint8_t)hops : m->hops_max;
	for (unsigned i = 0; i < m->hops_used && i < HOPS_SLOTS; i++) {
		if ((m->hops[i] & UINT8_MAX) == hops) {
			m->hops[i] += m->hops[i] >> 8 < COUNT_MAX ? ONE : 0;
			return;
		}
	}
	if (m->hops_used < HOPS_SLOTS)
		m->hops[m->hops_used] = ONE | hops;
	m->hops_used += m->hops_used <= HOPS_SLOTS;
}

static void more_add(struct origin_set *s, struct entry *e, uint64_t time_ns, const struct said *said, uint32_t pair)
{
	struct more *m = more_at(s, e->more);
	if (said->hops < IND_HOPS_ABSENT)
		hops_add(m, said->hops);
	if (said->rtt_us != IND_ABSENT_U32)
		rtt_add(s, e, m, time_ns, said->rtt_us);
	if (pair)
		stack_add(s, e, m, pair);
}

/* Called before the flow is counted: the first flow's measures stand in the entry, and move when the second one comes. */
void measure_add(struct origin_set *s, struct entry *e, const struct ind_flow *flow, const struct said *said)
{
	uint32_t pair = said->stack ? stack_pair(flow->start_ns, said->stack) : 0;
	if (!e->flows) {
		e->hops = said->hops < IND_HOPS_ABSENT ? (uint8_t)said->hops : IND_HOPS_ABSENT;
		e->rtt_us = said->rtt_us;
		e->stack = pair;
		return;
	}
	if (!e->more) {
		const struct said first = { .hops = e->hops, .rtt_us = e->rtt_us };
		e->more = shelf_take(&s->mores);
		if (!e->more) {
			e->facts |= FACT_LIMIT;
			return;
		}
		more_add(s, e, e->first_ns, &first, e->stack);
	}
	more_add(s, e, flow->start_ns, said, pair);
	e->rtt_us = said->rtt_us < e->rtt_us ? said->rtt_us : e->rtt_us;
}

static uint8_t hops_mode(const struct more *m)
{
	uint32_t best = 0;
	if (m->hops_used > HOPS_SLOTS || !m->hops_used)
		return IND_HOPS_ABSENT;
	/* Of equally common values the smaller one, whatever came first. */
	for (unsigned i = 0; i < m->hops_used; i++)
		if (m->hops[i] >> 8 > best >> 8 || (m->hops[i] >> 8 == best >> 8 && m->hops[i] < best))
			best = m->hops[i];
	return (uint8_t)best;
}

static uint32_t rtt_median(const struct origin_set *s, const struct more *m)
{
	union block own = { 0 };
	const union block *b = m->rtt_block ? block_at(s, m->rtt_block) : &own;
	for (unsigned i = 0; !m->rtt_block && i < m->rtt_samples; i++)
		class_count(&own, m->rtt[i]);
	uint64_t total = 0, below = 0;
	for (unsigned i = 0; i < RTT_CLASSES; i++)
		total += b->rtt[i];
	unsigned at = 0;
	while (at < RTT_CLASSES - 1 && below + b->rtt[at] <= total / 2)
		below += b->rtt[at++];
	return class_us(at);
}

static void rtt_tell(struct ind_origin *o, uint32_t samples, uint32_t min_us, uint32_t p50_us, uint64_t span_ns)
{
	uint64_t span_s = span_ns / 1000000000u;
	o->rtt_samples = samples;
	o->rtt_min_us = min_us;
	o->rtt_p50_us = p50_us > min_us ? p50_us : min_us;
	o->rtt_span_s = span_s < UINT32_MAX ? (uint32_t)span_s : UINT32_MAX;
}

void measure_tell(const struct origin_set *s, const struct entry *e, struct ind_origin *o)
{
	o->cotenants = (uint16_t)stack_most(s, e);
	if (!e->more) {
		o->hops_min = o->hops_max = o->hops_mode = e->hops;
		if (e->rtt_us != IND_ABSENT_U32)
			rtt_tell(o, 1, e->rtt_us, e->rtt_us, 0);
		return;
	}
	const struct more *m = more_at(s, e->more);
	o->hops_min = m->hops_used ? m->hops_min : IND_HOPS_ABSENT;
	o->hops_max = m->hops_used ? m->hops_max : IND_HOPS_ABSENT;
	o->hops_mode = hops_mode(m);
	if (m->rtt_samples)
		rtt_tell(o, m->rtt_samples, e->rtt_us, rtt_median(s, m), m->rtt_last_ns - m->rtt_first_ns);
}
