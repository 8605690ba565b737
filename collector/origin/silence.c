/* SPDX-License-Identifier: Apache-2.0 */
/* Why a family or a signal is silent (docs/method.md, "Silence"). The first row that applies gives the reason. */
#include "origin/inside.h"

enum {
	HIDDEN = FACT_CRYPT_CLIENT | FACT_CRYPT_SERVER | FACT_SSH | FACT_ESP,
	CELLS_MIN = 36,
	DAYS_MIN = 10,
	SPAN_DAYS_MIN = 14, /* S28 */
	SHARED_FROM = 8,    /* S19: from here on an address stands for many */
};

struct rule {
	uint16_t facts;
	uint8_t reason;
};
enum { RULES_MAX = 2 };

static const struct rule family_rules[IND_FAMILY_COUNT][RULES_MAX] = {
	[IND_FAMILY_V] = { { FACT_UNVALIDATED_ONE_WAY, IND_MISSING_SENSOR_LIMIT } },
	[IND_FAMILY_H] = { { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_FAMILY_A] = { { FACT_ESP, IND_MISSING_ENCRYPTED }, { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_FAMILY_L] = { { HIDDEN, IND_MISSING_ENCRYPTED }, { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_FAMILY_C] = { { HIDDEN, IND_MISSING_ENCRYPTED }, { FACT_LIMIT, IND_MISSING_SENSOR_LIMIT } },
	/* A server of TLS up to 1.2 shows its certificate whenever it sends one. */
	[IND_FAMILY_I] = { { FACT_CRYPT_CLIENT | FACT_CERT_HIDDEN | FACT_SSH | FACT_ESP, IND_MISSING_ENCRYPTED },
		{ FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
};

static const struct rule watched_rules[IND_WATCHED_PLACES][RULES_MAX] = {
	[IND_WATCHED_PATH_RTT_MIN] = { { FACT_ONE_WAY | FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_CLOCK_SKEW] = { { FACT_TIMESTAMPS, IND_MISSING_BELOW_MIN_SAMPLE } },
	[IND_WATCHED_TS_HZ] = { { FACT_TIMESTAMPS, IND_MISSING_BELOW_MIN_SAMPLE } },
	[IND_WATCHED_TLS_SNI] = { { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_TLS_CERT] = { { FACT_CERT_HIDDEN, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_TLS_SPKI] = { { FACT_CERT_HIDDEN, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_TLS_SUBJECT] = { { FACT_CERT_HIDDEN, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_TLS_ISSUER] = { { FACT_CERT_HIDDEN, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_TLS_TICKET] = { { FACT_CERT_HIDDEN, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_SSH_HOSTKEY] = { { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_HTTP_USER_AGENT] = { { FACT_CRYPT_CLIENT | FACT_ESP, IND_MISSING_ENCRYPTED },
		{ FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_HTTP_LANGUAGE] = { { FACT_CRYPT_CLIENT | FACT_ESP, IND_MISSING_ENCRYPTED },
		{ FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_HTTP_HOST] = { { FACT_CRYPT_CLIENT | FACT_ESP, IND_MISSING_ENCRYPTED }, { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_HTTP_SERVER] = { { FACT_CRYPT_SERVER | FACT_ESP, IND_MISSING_ENCRYPTED },
		{ FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_HTTP_DATE] = { { FACT_CRYPT_SERVER | FACT_ESP, IND_MISSING_ENCRYPTED }, { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_DNS_QNAME] = { { FACT_DOT, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_RDP_NAME] = { { FACT_RDP_TLS, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_RDP_LAYOUT] = { { FACT_RDP_TLS, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_NTLM_WORKSTATION] = { { FACT_RDP_TLS, IND_MISSING_ENCRYPTED } },
	[IND_WATCHED_TIME_CELLS] = { { FACT_LIMIT, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_TIME_BEACON] = { { FACT_LIMIT, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_TCP_SYN] = { { FACT_MIDSTREAM, IND_MISSING_SENSOR_LIMIT } },
	[IND_WATCHED_IP_ID_CLASS] = { { FACT_IP4, IND_MISSING_BELOW_MIN_SAMPLE } },
};

static enum ind_missing reason_of(const struct rule rules[static RULES_MAX], uint16_t facts, enum ind_missing otherwise)
{
	for (unsigned i = 0; i < RULES_MAX; i++)
		if (rules[i].facts & facts)
			return (enum ind_missing)rules[i].reason;
	return otherwise;
}

void silence_learn(struct origin_set *s)
{
	static const char *const names[IND_WATCHED_PLACES] = {
#define WATCHED(place, symbol, name) [place] = name,
#include "indicia/watched.def"
#undef WATCHED
	};
	for (unsigned i = 0; i < IND_WATCHED_PLACES; i++) {
		const struct ind_signal_info *info = names[i] ? ind_signal_find(names[i], strlen(names[i])) : NULL;
		if (!info)
			continue;
		s->watched[i] = (struct watched){ .id = info->id, .disabled = !is_enabled(s, info->id) };
		for (unsigned k = 0; k < RULES_MAX; k++)
			s->watched[i].facts |= watched_rules[i][k].facts;
	}
}

static bool spoke(const struct ind_origin *o, unsigned id) { return ind_signal_set_has(o->signals, id); }

/* Cells of one bundle are kept however few they are; that the family speaks takes as many as the method asks for. */
static bool cells_suffice(const struct ind_origin *o)
{
	enum { HOURS_A_DAY = 24 };
	unsigned days = 0;
	if (o->cell_count < CELLS_MIN)
		return false;
	for (unsigned i = 0; i < o->cell_count; i++)
		days += !i || o->cells[i] / HOURS_A_DAY != o->cells[i - 1] / HOURS_A_DAY;
	return days >= DAYS_MIN && o->cells[o->cell_count - 1] / HOURS_A_DAY - o->cells[0] / HOURS_A_DAY + 1 >= SPAN_DAYS_MIN;
}

static void speak(struct ind_origin *o, unsigned id, uint32_t times)
{
	ind_signal_set_add(o->signals, id);
	o->observations[IND_FAMILY_C] += times;
}

/* What the hours and periods of the address come to, and why they do not. */
static void chronology_tell(const struct origin_set *s, const struct chronology *c, struct ind_origin *o)
{
	uint8_t *cells = &o->silent[IND_WATCHED_TIME_CELLS], *beacon = &o->silent[IND_WATCHED_TIME_BEACON];
	if (!is_enabled(s, IND_SIG_TIME_BEACON)) {
		o->beacons = 0;
		o->beacon = (struct ind_beacon) { 0 };
	} else if (o->beacons) {
		speak(o, IND_SIG_TIME_BEACON, o->beacons);
	} else if (c->any_start && !c->judged && !*beacon) {
		*beacon = IND_MISSING_BELOW_MIN_SAMPLE;
	}
	bool enabled = is_enabled(s, IND_SIG_TIME_CELLS), shared = o->cotenants >= SHARED_FROM;
	if (enabled && o->cell_count && shared)
		*cells = IND_MISSING_COTENANCY;
	else if (enabled && cells_suffice(o))
		speak(o, IND_SIG_TIME_CELLS, o->cell_count);
	else if (enabled && o->cell_count && !*cells)
		*cells = IND_MISSING_BELOW_MIN_SAMPLE;
	if (!enabled || shared) {
		o->cell_count = 0;
		o->cells = NULL;
	}
}

static void watched_tell(const struct origin_set *s, const struct entry *e, struct ind_origin *o)
{
	for (unsigned i = 0; i < IND_WATCHED_PLACES; i++) {
		const struct watched *w = &s->watched[i];
		if (!(w->disabled | (w->facts & e->facts)) || spoke(o, w->id))
			continue;
		o->silent[i] = w->disabled ? IND_MISSING_POLICY : (uint8_t)reason_of(watched_rules[i], e->facts, IND_MISSING_NONE);
	}
}

static enum ind_missing missing_of(const struct origin_set *s, const struct entry *e, unsigned family, const struct ind_origin *o)
{
	const unsigned territory = IND_CLAIM_COUNTRY | IND_CLAIM_AS | IND_CLAIM_PLACE;
	if (o->observations[family])
		return IND_MISSING_NONE;
	if (family == IND_FAMILY_T || family == IND_FAMILY_E)
		return s->answerable & (family == IND_FAMILY_T ? territory : IND_CLAIM_LIST) ? IND_MISSING_NOT_SEEN : IND_MISSING_REFDATA;
	if (s->family_limited[family])
		return IND_MISSING_POLICY;
	if (family == IND_FAMILY_C) {
		uint8_t reason = o->silent[IND_WATCHED_TIME_CELLS] ? o->silent[IND_WATCHED_TIME_CELLS] : o->silent[IND_WATCHED_TIME_BEACON];
		if (reason)
			return (enum ind_missing)reason;
	}
	return reason_of(family_rules[family], e->facts, IND_MISSING_NOT_SEEN);
}

void silence_tell(const struct origin_set *s, const struct entry *e, const struct chronology *c, struct ind_origin *o)
{
	watched_tell(s, e, o);
	chronology_tell(s, c, o);
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++)
		o->missing[f] = (uint8_t)missing_of(s, e, f, o);
}
