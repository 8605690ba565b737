/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/clock.h"

#include "base/cursor.h"
#include "base/pages.h"

#include <string.h>

__extension__ typedef __int128 wide;

#define SECOND_NS UINT64_C(1000000000)
#define GAP_NS UINT64_C(15625000) /* between two samples at first: 64 a second */
#define NO_ROOM UINT32_MAX

enum { KIND_END = 0, KIND_NOP = 1, KIND_TIMESTAMPS = 8, TIMESTAMPS_BYTES = 10, FLAT_BYTES = 12 };

static size_t index_bytes(const struct flow_table *t) { return ((size_t)t->limits.flows + 1) * sizeof *t->tcp_clocks; }

enum ind_err flow_clocks_init(struct flow_table *t)
{
	if (!t->limits.clocks)
		return IND_OK;
	t->tcp_clocks = pages_reserve(index_bytes(t), PAGES_LARGE);
	return t->tcp_clocks ? pool_init(&t->clocks, sizeof(struct flow_clock), t->limits.clocks) : IND_NOMEM;
}

void flow_clocks_release(struct flow_table *t)
{
	if (!t->tcp_clocks)
		return;
	pages_release(t->tcp_clocks, index_bytes(t));
	t->tcp_clocks = NULL;
	pool_release(&t->clocks);
}

const struct flow_clock *flow_clock(const struct flow_table *t, const struct flow *f)
{
	uint32_t index = t->tcp_clocks && flow_tcp(t, f) ? t->tcp_clocks[f->tcp] : 0;
	return index && index != NO_ROOM ? pool_at(&t->clocks, index) : NULL;
}

void flow_clock_end(struct flow_table *t, const struct flow *f)
{
	if (!t->tcp_clocks)
		return;
	if (flow_clock(t, f))
		pool_give(&t->clocks, t->tcp_clocks[f->tcp]);
	t->tcp_clocks[f->tcp] = 0;
}

static struct flow_clock *clock_start(struct flow_table *t, const struct flow *f)
{
	uint32_t index = pool_take(&t->clocks);
	t->signals_lost += !index;
	t->tcp_clocks[f->tcp] = index ? index : NO_ROOM;
	if (!index)
		return NULL;
	struct flow_clock *clock = pool_at(&t->clocks, index);
	memset(clock->way, 0, sizeof clock->way);
	return clock;
}

/* RFC 7323 section 3.2; the order of appendix A is what nearly all senders use. */
static bool tsval_read(const struct packet *p, uint32_t *value)
{
	static const uint8_t usual[] = { KIND_NOP, KIND_NOP, KIND_TIMESTAMPS, TIMESTAMPS_BYTES };
	if (!p->tcp_options || p->tcp_options_bytes < TIMESTAMPS_BYTES)
		return false;
	struct cursor c = cursor_of(p->tcp_options, p->tcp_options_bytes);
	if (p->tcp_options_bytes >= FLAT_BYTES && memcmp(p->tcp_options, usual, sizeof usual) == 0) {
		cursor_skip(&c, sizeof usual);
		*value = cursor_be32(&c);
		return cursor_ok(&c);
	}
	while (cursor_left(&c)) {
		uint8_t kind = cursor_u8(&c);
		if (kind == KIND_NOP)
			continue;
		uint8_t length = cursor_u8(&c);
		if (kind == KIND_END || length < 2 || length - 2u > cursor_left(&c))
			return false;
		struct cursor data = cursor_sub(&c, length - 2u);
		if (kind != KIND_TIMESTAMPS)
			continue;
		*value = cursor_be32(&data);
		return length == TIMESTAMPS_BYTES && cursor_ok(&data);
	}
	return false;
}

/* How far the sender's clock went; between two samples it is less than half of what wraps. */
static int32_t step(const struct clock_sample *from, const struct clock_sample *to) { return (int32_t)(to->value - from->value); }

/* Of two neighbours, the one that lies higher above the line from the first sample to the last waited less on its way. */
static uint32_t halve(struct clock_sample *s, uint32_t count)
{
	int64_t rise = 0, run = (int64_t)s[count - 1].time_us - s[0].time_us;
	for (uint32_t i = 1; i < count; i++)
		rise += step(&s[i - 1], &s[i]);
	uint32_t kept = 0;
	for (uint32_t i = 0; i + 1 < count; i += 2) {
		bool second = (wide)step(&s[i], &s[i + 1]) * run >= (wide)rise * (s[i + 1].time_us - s[i].time_us);
		s[kept++] = s[i + second];
	}
	return kept;
}

static void sample_take(struct flow_clock *clock, unsigned way, uint64_t now_ns, uint32_t value)
{
	if (!clock->way[way].count)
		clock->way[way].first_ns = now_ns;
	uint64_t time_us = (now_ns - clock->way[way].first_ns) / 1000;
	if (time_us > UINT32_MAX)
		return;
	if (clock->way[way].count == CLOCK_SAMPLES) {
		clock->way[way].count = halve(clock->samples[way], CLOCK_SAMPLES);
		clock->way[way].halvings++;
	}
	clock->samples[way][clock->way[way].count++] = (struct clock_sample) { (uint32_t)time_us, value };
	clock->way[way].next_ns = now_ns + (GAP_NS << clock->way[way].halvings);
}

/* The timestamp of a SYN may hold options instead (SYN cookies), that of a RST nothing; a stranger's segment is elsewhere. */
bool flow_clock_read(const struct flow_table *t, const struct flow *f, unsigned way, const struct packet *p, uint32_t *value)
{
	const struct flow_tcp *tcp = flow_tcp(t, f);
	return tcp && !(p->tcp_flags & (TCP_SYN | TCP_RST)) && tsval_read(p, value) && flow_tcp_near(tcp, way, p->seq);
}

void flow_clock_see(struct flow_table *t, const struct flow *f, unsigned way, const struct packet *p)
{
	uint64_t now_ns = p->frame->time_ns;
	if (now_ns - f->start_ns < t->limits.clock_after_s * SECOND_NS)
		return;
	uint32_t index = t->tcp_clocks[f->tcp], value;
	struct flow_clock *clock = index && index != NO_ROOM ? pool_at(&t->clocks, index) : NULL;
	if (index == NO_ROOM || (clock && now_ns < clock->way[way].next_ns))
		return;
	if (!flow_clock_read(t, f, way, p, &value))
		return;
	if (!clock)
		clock = clock_start(t, f);
	if (clock)
		sample_take(clock, way, now_ns, value);
}
