/* SPDX-License-Identifier: Apache-2.0 */
/* What a few of the first packets of a direction say beside their headers' own signals. It stands beside the flow, at the same index, and
 * is first touched by the EARLY_FIRST-th packet: most flows have fewer, and cost nothing here. */
#include "engine/inside.h"

#include "signal/ip_id.h"

struct early {
	struct ip_id id[2]; /* by way */
};

enum ind_err early_init(struct engine *e)
{
	const uint64_t *wanted = e->options.signals;
	if (!(wanted[IND_SIG_IP_ID_CLASS / 64] >> IND_SIG_IP_ID_CLASS % 64 & 1))
		return IND_OK;
	return pool_init(&e->early, sizeof(struct early), e->table.flows.capacity);
}

static struct early *early_of(const struct engine *e, const struct flow *f) { return pool_at(&e->early, flow_index(&e->table, f)); }

void early_see(struct engine *e, const struct flow *f, unsigned way, const struct packet *p)
{
	if (e->early.base && p->ip_version == 4)
		ip_id_see(&early_of(e, f)->id[way], f->packets[way] - EARLY_FIRST, p->ip_id);
}

void early_end(struct engine *e, const struct flow *f, unsigned way, struct signal_ctx *ctx, enum ind_side side)
{
	if (e->early.base && f->packets[way] >= EARLY_FIRST + IP_ID_SAMPLES - 1 && f->key.ip_version == 4)
		ip_id_put(ctx, side, &early_of(e, f)->id[way]);
}
