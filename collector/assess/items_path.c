/* SPDX-License-Identifier: Apache-2.0 */
/* Path and host: S07, S10 to S13, S15, S16. */
#include "assess/inside.h"
#include "indicia/catalogue.h"

enum {
	CLUSTER_LEAST = 3, HERE_LEAST = 8, RELAY_US = 20000, HINT_US = 10000, HERE_US = 6000, AGREES_PERCENT = 15, HOPS_FAR = 40,
	SKEW_SAME_E2 = 100, SKEW_HALF_E2 = 50,
};
#define DAY_NS UINT64_C(86400000000000)

static struct said of(const struct evidence *e) { return (struct said){ .n = e->n, .records = e, .data_set = NOT_OF_DATA, .sensor = NOT_OF_SENSOR }; }

static int64_t threshold_of(const struct cluster *c)
{
	int64_t half = c->rtt_us == IND_ABSENT_U32 ? 0 : c->rtt_us / 2;
	return half > RELAY_US ? half : RELAY_US;
}

enum turn { TURN_NONE, TURN_RELAY, TURN_HINT, TURN_HERE };

static enum turn turn_of(const struct cluster *c)
{
	if (c->turns.n < CLUSTER_LEAST)
		return TURN_NONE;
	if (c->turn_us >= threshold_of(c))
		return TURN_RELAY;
	if (c->turn_us >= HINT_US && c->turn_us < RELAY_US)
		return TURN_HINT;
	return c->turn_us <= HERE_US && c->turns.n >= HERE_LEAST ? TURN_HERE : TURN_NONE;
}

/* Of the clusters that say the same, the one with most handshakes; of equal ones the first key. */
static const struct cluster *cluster_for(const struct subject *s, enum turn turn)
{
	const struct cluster *best = NULL;
	for (size_t i = 0; i < s->cluster_count; i++) {
		const struct cluster *c = &s->clusters[i];
		if (turn_of(c) == turn && (!best || c->turns.n > best->turns.n || (c->turns.n == best->turns.n && c->key < best->key)))
			best = c;
	}
	return best;
}

/* Behind a satellite link proxies split TCP: the difference says nothing of a relay (S13). Where programs disagree the address relays for some of
 * them, whatever the others do: what speaks against is reported, and not set off against it. */
static bool turns_add(struct builder *b)
{
	const struct cluster *relay = b->c->geo_satellite ? NULL : cluster_for(b->s, TURN_RELAY), *hint = b->c->geo_satellite ? NULL : cluster_for(b->s, TURN_HINT),
		*here = cluster_for(b->s, TURN_HERE);
	bool fine = true;
	if (relay) {
		struct said said = of(&relay->turns);
		fine &= item_add_all(b, RULE_S10_RELAY, false, &said) && item_add_all(b, RULE_S10_NET_ELSEWHERE, true, &said) &&
			item_add_all(b, RULE_S10_AREA_ELSEWHERE, true, &said);
	} else if (hint) {
		struct said said = of(&hint->turns);
		fine &= item_add_all(b, RULE_S10_HINT, false, &said);
	}
	b->c->turns_disagree = here && (relay || hint);
	if (here && !b->c->turns_disagree) {
		struct said said = of(&here->turns);
		fine &= item_add_all(b, RULE_S10_NO_RELAY, false, &said) && item_add_all(b, RULE_S10_NET_HERE, true, &said) &&
			item_add_all(b, RULE_S10_AREA_HERE, true, &said);
	}
	return fine;
}

static bool pause_agrees(const struct cluster *c)
{
	if (c->pauses.n < CLUSTER_LEAST || turn_of(c) != TURN_RELAY || c->pause_us < threshold_of(c))
		return false;
	int64_t apart = c->pause_us > c->turn_us ? c->pause_us - c->turn_us : c->turn_us - c->pause_us;
	return apart * 100 <= c->turn_us * AGREES_PERCENT;
}

static bool pauses_add(struct builder *b)
{
	const struct cluster *best = NULL;
	for (size_t i = 0; i < b->s->cluster_count && !b->c->geo_satellite; i++) {
		const struct cluster *c = &b->s->clusters[i];
		if (pause_agrees(c) && (!best || c->pauses.n > best->pauses.n || (c->pauses.n == best->pauses.n && c->key < best->key)))
			best = c;
	}
	if (!best)
		return true;
	struct said said = of(&best->pauses);
	return item_add_all(b, RULE_S11_AGREES, false, &said);
}

static bool hops_add(struct builder *b)
{
	const struct subject *s = b->s;
	struct said step = of(&s->ttl_step), spread = of(&s->ttl_spread), hops = of(&s->hops);
	bool fine = true;
	step.n = spread.n = hops.n = s->packets;
	if (s->hops_min != IND_ABSENT_U32 && s->hops_max > HOPS_FAR)
		step.n = spread.n = hops.n = s->packets < method_signal(7)->full ? s->packets / 2 : method_signal(7)->full / 2u;
	if (s->ttl_step.n)
		fine &= item_add_all(b, RULE_S07_STEP, false, &step);
	if (s->ttl_spread.n)
		fine &= item_add_all(b, RULE_S07_SPREAD, true, &spread);
	else if (b->c->windows >= 2 && s->hops_min != IND_ABSENT_U32 && s->hops_max - s->hops_min <= 1)
		fine &= item_add_all(b, RULE_S07_STABLE, true, &hops);
	return fine;
}

static bool tunnel_add(struct builder *b)
{
	struct said said = of(&b->s->tunnel_mtu);
	return b->s->tunnel_mtu.n * 2 <= b->s->mtu.n || item_add_all(b, RULE_S12_TUNNEL, false, &said);
}

/* Declaration and SYN come from one connection, so that others behind the address do not matter. */
static bool system_add(struct builder *b)
{
	const struct subject *s = b->s;
	struct said same = of(&s->system_same), other = of(&s->system_other);
	enum { BOTH_LAYERS = 3 };
	same.bound = other.bound = true;
	if (s->system_other.n > s->system_same.n)
		return item_add_all(b, RULE_S15_RELAY, false, &other) && item_add_all(b, RULE_S15_STAGED, false, &other);
	if (!s->system_other.n && s->system_layers == BOTH_LAYERS)
		return item_add_all(b, RULE_S15_NET, true, &same) && item_add_all(b, RULE_S15_HONEST, false, &same);
	return true;
}

/* One host over windows: its skews agree, from a first to a last a day apart. */
static bool skew_add(struct builder *b)
{
	const struct subject *s = b->s;
	struct evidence all = { 0 };
	uint64_t minutes = 0, first = UINT64_MAX, last = 0;
	int32_t low = INT32_MAX, high = INT32_MIN;
	for (size_t i = 0; i < s->skew_count; i++) {
		const struct skew *k = &s->skews[i];
		if (k->half_e2 > SKEW_HALF_E2)
			return true;
		low = k->skew_e2 < low ? k->skew_e2 : low;
		high = k->skew_e2 > high ? k->skew_e2 : high;
		first = k->time_ns < first ? k->time_ns : first;
		last = k->time_ns > last ? k->time_ns : last;
		minutes += k->minutes;
		evidence_add(&all, &k->id);
	}
	if (s->skew_count < 2 || last - first < DAY_NS || high - low > SKEW_SAME_E2)
		return true;
	struct said said = of(&all);
	said.n = minutes;
	said.bound = true;
	return item_add_all(b, RULE_S16_NET, true, &said);
}

/* A server that completes handshakes with one key, from a first to a last a day apart. */
static bool keys_add(struct builder *b)
{
	for (size_t i = 0; i < b->s->mark_count; i++) {
		const struct mark *m = &b->s->marks[i];
		struct said said = of(&m->seen);
		bool key = m->signal == IND_SIG_TLS_SPKI_SHA256 || m->signal == IND_SIG_SSH_HOSTKEY;
		if (key && m->last_ns - m->first_ns >= DAY_NS)
			return item_add_all(b, RULE_S31_NET, true, &said);
	}
	return true;
}

bool items_path(struct builder *b)
{
	return hops_add(b) && turns_add(b) && pauses_add(b) && tunnel_add(b) && system_add(b) && skew_add(b) && keys_add(b);
}
