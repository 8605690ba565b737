/* SPDX-License-Identifier: Apache-2.0 */
/* What some packets of a direction say beside their headers' own signals. It stands beside the flow, at the same index, and is first
 * touched by the EARLY_FIRST-th packet: most flows have fewer, and cost nothing here. */
#include "engine/inside.h"

#include "flow/clock.h"
#include "signal/ip_id.h"
#include "signal/ts_hz.h"

struct early {
	struct ip_id id;
	struct ts_hz hz;
};

_Static_assert(sizeof(struct early[2]) == 32, "never more than one cache line");
_Static_assert((int)EARLY_SPAN == (int)IP_ID_SAMPLES, "numbers are read from packets in a row");

enum ind_err early_init(struct engine *e)
{
	if (!engine_wants(e, IND_SIG_IP_ID_CLASS) && !engine_wants(e, IND_SIG_TCP_TS_HZ))
		return IND_OK;
	return pool_init(&e->early, sizeof(struct early[2]), e->table.flows.capacity);
}

static struct early *early_of(const struct engine *e, const struct flow *f, unsigned way)
{
	return (struct early *)pool_at(&e->early, flow_index(&e->table, f)) + way;
}

static void timestamp_see(const struct engine *e, const struct flow *f, unsigned way, const struct packet *p, struct ts_hz *hz)
{
	uint32_t value;
	if (flow_clock_read(&e->table, f, way, p, &value))
		ts_hz_see(hz, p->frame->time_ns, value);
}

void early_see(struct engine *e, const struct flow *f, unsigned way, const struct packet *p)
{
	uint32_t index = f->packets[way] - EARLY_FIRST;
	if (!e->early.base)
		return;
	struct early *early = early_of(e, f, way);
	if (index == 0)
		*early = (struct early) { .hz = { .state = 0 } };
	if (p->ip_version == 4)
		ip_id_see(&early->id, index, p->ip_id);
	if (!(index & (index - 1)))
		timestamp_see(e, f, way, p, &early->hz);
}

void early_fin(struct engine *e, const struct flow *f, unsigned way, const struct packet *p)
{
	if (e->early.base && f->packets[way] > EARLY_FIRST)
		timestamp_see(e, f, way, p, &early_of(e, f, way)->hz);
}

void early_end(struct engine *e, const struct flow *f, unsigned way, struct signal_ctx *ctx, enum ind_side side)
{
	if (!e->early.base || f->packets[way] < EARLY_FIRST)
		return;
	const struct early *early = early_of(e, f, way);
	if (f->packets[way] >= EARLY_FIRST + EARLY_SPAN - 1 && f->key.ip_version == 4)
		ip_id_put(ctx, side, &early->id);
	ts_hz_put(ctx, side, &early->hz);
}
