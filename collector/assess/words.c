/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing and why, which other explanations remain, and the fixed sentences. */
#include "assess/inside.h"
#include "base/i18n.h"
#include "indicia/catalogue.h"
#include <string.h>

const char *level_sentence(enum ledger_level level)
{
	static const char *const sentences[] = {
		N_("It is contradicted by a physical limit"), N_("The collected data are insufficient to support or reject it"), N_("The collected data give limited support to it rather than to the listed alternatives"),
		N_("The collected data give moderate support to it rather than to the listed alternatives"), N_("The collected data give strong support to it rather than to the listed alternatives"),
	};
	return sentences[level + 1];
}

const char *type_sentence(enum ledger_type type)
{
	static const char *const sentences[LEDGER_TYPES] = {
		N_("the application bytes were produced by a host inside this network at capture time"), N_("the application bytes were produced by a host physically within this area"),
		N_("operated from an environment configured for, or active in, this language or band of UTC offsets"), N_("the observed address relays for an origin elsewhere"),
		N_("the source address is not the sender's"), N_("self-declared indicators were set to mislead"), N_("both subjects share a host or a key holder"), N_("none of the above, or unknown: never scored"),
	};
	return sentences[type];
}

/* ---- gates ---- */

size_t gate_fails_of(const struct assess *a, size_t subject, size_t hypothesis, struct gate_fail fails[static GATE_FAILS_MAX], enum ledger_level *next)
{
	const struct conclusion *c = &a->conclusions[subject];
	const struct ledger_result *r = &c->results[hypothesis];
	enum ledger_class class = ledger_class_of(c->hypotheses[hypothesis].type);
	size_t count = 0;
	*next = LEDGER_LIMITED;
	if (class == LEDGER_CLASS_OPEN || !r->fails)
		return 0;
	*next = (enum ledger_level)(r->by_gates + 1);
	const struct ledger_gate *g = &a->policy.gates.at[class][r->by_gates];
	int sensors = __builtin_popcountll(a->subjects[subject].sensors);
	const struct { unsigned bit; struct gate_fail fail; } all[] = {
		{ LEDGER_FAILS_NET, { "net", r->net, g->net_min } }, { LEDGER_FAILS_FAMILIES, { "K", __builtin_popcount(r->families), g->families_min } },
		{ LEDGER_FAILS_OTHER, { "KN", __builtin_popcount(r->families & ~(1u << IND_FAMILY_T)), g->other_min } },
		{ LEDGER_FAILS_HARD, { "KH", __builtin_popcount(r->hard), g->hard_min } }, { LEDGER_FAILS_TIER, { "TC", __builtin_popcount(r->tier), g->tier_min } },
		{ LEDGER_FAILS_CONTRADICTION, { "X below", r->against_sum, g->contradiction_below } }, { LEDGER_FAILS_MARGIN, { "margin", r->margin, g->margin_min } },
		{ LEDGER_FAILS_BREADTH, { "sensors or windows", (sensors >= 2) + (c->windows >= 2), g->breadth } }, { LEDGER_FAILS_REVIEW, { "review", a->reviewed, 1 } },
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (r->fails & all[i].bit)
			fails[count++] = all[i].fail;
	return count;
}

/* ---- missing ---- */

static const char *watched(const struct subject *s, enum ind_watched place, enum ind_family family)
{
	unsigned reason = s->silent[place];
	if (reason == IND_MISSING_NONE || reason >= IND_MISSING_COUNT)
		reason = s->spoke[family] || s->missing[family] == IND_MISSING_NONE ? IND_MISSING_NOT_SEEN : s->missing[family];
	return ind_missing_name(reason);
}

static const char *of_family(const struct subject *s, enum ind_family family)
{
	unsigned reason = s->missing[family];
	return ind_missing_name(s->spoke[family] || reason == IND_MISSING_NONE || reason >= IND_MISSING_COUNT ? IND_MISSING_NOT_SEEN : reason);
}

static bool has(const struct subject *s, unsigned id) { return ind_signal_set_has(s->signals, id); }

static const char *sampled(uint64_t n, unsigned signal, const char *silent)
{
	if (n >= method_signal(signal)->least)
		return NULL;
	return n ? ind_missing_name(IND_MISSING_BELOW_MIN_SAMPLE) : silent;
}

static bool has_claim(const struct assess *a, const struct subject *s, unsigned kind)
{
	for (size_t i = 0; i < s->claim_count; i++)
		if (s->claims[i].kind == kind && claim_counts(a, &s->claims[i]))
			return true;
	return false;
}

/* Kinds of claims as a set. */
enum {
	OF_RIR = 1 << IND_CLAIM_RIR, OF_DATABASE = 1 << IND_CLAIM_DATABASE, OF_ROUTES = 1 << IND_CLAIM_PFX2AS, OF_INDICATORS = 1 << IND_CLAIM_IOC,
	OF_RELAYS = 1 << IND_CLAIM_TOR | 1 << IND_CLAIM_VPN | 1 << IND_CLAIM_HOSTS, OF_LISTS = OF_RELAYS | 1 << IND_CLAIM_SCANNER,
};

/* What was seen and is never rated. */
static const char *unrated(unsigned signal)
{
	for (size_t i = 0; i < method_unrated_count; i++)
		if (method_unrated[i].signal == signal)
			return ind_missing_name(method_unrated[i].code);
	return NULL;
}

static uint64_t trips_at_known(const struct assess *a, const struct subject *s, unsigned *places)
{
	uint64_t most = 0;
	*places = 0;
	for (size_t i = 0; i < a->sensor_count; i++) {
		if (!a->sensors[i].has_position)
			continue;
		*places += s->rtt[i].n >= method_signal(8)->least;
		most = s->rtt[i].n > most ? s->rtt[i].n : most;
	}
	return most;
}

static bool any_position(const struct assess *a)
{
	for (size_t i = 0; i < a->sensor_count; i++)
		if (a->sensors[i].has_position)
			return true;
	return false;
}

static uint64_t turns_most(const struct subject *s, bool pauses)
{
	uint64_t most = 0;
	for (size_t i = 0; i < s->cluster_count; i++) {
		uint64_t n = pauses ? s->clusters[i].pauses.n : s->clusters[i].turns.n;
		most = n > most ? n : most;
	}
	return most;
}

/* Paths: NULL if the signal was looked at, whether or not it said anything. */
static const char *path_missing(const struct assess *a, const struct subject *s, unsigned n)
{
	unsigned places;
	uint64_t trips = trips_at_known(a, s, &places);
	const char *silent = watched(s, IND_WATCHED_PATH_RTT_MIN, IND_FAMILY_P);
	switch (n) {
	case 7: return sampled(s->hops.n ? s->packets : 0, n, silent);
	case 8: return s->kind != SUBJECT_ADDRESS || !any_position(a) ? ind_missing_name(IND_MISSING_SENSOR_LIMIT) : sampled(trips, n, silent);
	case 9: return places >= 2 ? NULL : ind_missing_name(IND_MISSING_SENSOR_LIMIT);
	case 10: return sampled(turns_most(s, false), n, of_family(s, IND_FAMILY_P));
	case 11: return sampled(turns_most(s, true), n, of_family(s, IND_FAMILY_P));
	case 12: return sampled(s->mtu.n, n, silent);
	default: return sampled(s->rtt_samples, n, silent);
	}
}

static bool has_ipv6(const struct subject *s)
{
	for (size_t i = 0; i < s->address_count; i++)
		if (s->addresses[i].ip_version == 6)
			return true;
	return false;
}

static const char *host_missing(const struct assess *a, const struct subject *s, unsigned n)
{
	bool unasked = has_ipv6(s) && !ind_signal_set_has(a->recorded, IND_SIG_ADDR_EUI64);
	switch (n) {
	case 14: return has(s, IND_SIG_TCP_SYN) ? NULL : watched(s, IND_WATCHED_TCP_SYN, IND_FAMILY_H);
	case 15: return sampled(s->system_same.n + s->system_other.n, n, watched(s, IND_WATCHED_HTTP_USER_AGENT, IND_FAMILY_H));
	case 16: return s->skew_count ? NULL : watched(s, IND_WATCHED_CLOCK_SKEW, IND_FAMILY_H);
	case 17: return has(s, IND_SIG_IP_ID_CLASS) ? unrated(n) : watched(s, IND_WATCHED_IP_ID_CLASS, IND_FAMILY_H);
	case 18: return has(s, IND_SIG_ADDR_EUI64) ? NULL : unasked ? ind_missing_name(IND_MISSING_POLICY) : of_family(s, IND_FAMILY_H);
	default: return s->cotenants ? sampled(s->flows.n, n, NULL) : ind_missing_name(IND_MISSING_NOT_SEEN);
	}
}

static const char *program_missing(const struct subject *s, unsigned n)
{
	switch (n) {
	case 20: return has(s, IND_SIG_TLS_JA4) ? NULL : of_family(s, IND_FAMILY_A);
	case 21: return has(s, IND_SIG_SSH_HASSH) || has(s, IND_SIG_SSH_BANNER) ? NULL : of_family(s, IND_FAMILY_A);
	case 22: return has(s, IND_SIG_HTTP_HEADER_ORDER) ? NULL : watched(s, IND_WATCHED_HTTP_USER_AGENT, IND_FAMILY_A);
	default: return has(s, IND_SIG_TOOL_CONSTANT) ? unrated(n) : of_family(s, IND_FAMILY_A);
	}
}

static const char *person_missing(const struct subject *s, const struct conclusion *c, unsigned n)
{
	switch (n) {
	case 24: return has(s, IND_SIG_HTTP_ACCEPT_LANG) ? NULL : watched(s, IND_WATCHED_HTTP_LANGUAGE, IND_FAMILY_L);
	case 25: return has(s, IND_SIG_RDP_KEYBOARD) || has(s, IND_SIG_RDP_CLIENT_NAME) ? NULL : watched(s, IND_WATCHED_RDP_LAYOUT, IND_FAMILY_L);
	case 26: return has(s, IND_SIG_NTLM_WORKSTATION) || has(s, IND_SIG_KRB_REALM) ? NULL : watched(s, IND_WATCHED_NTLM_WORKSTATION, IND_FAMILY_L);
	case 27: return has(s, IND_SIG_MAIL_DATE) ? NULL : of_family(s, IND_FAMILY_L);
	case 28: return c->hours.judged ? NULL : s->cell_count ? ind_missing_name(IND_MISSING_BELOW_MIN_SAMPLE) : watched(s, IND_WATCHED_TIME_CELLS, IND_FAMILY_C);
	case 29: return sampled(s->reading_count, n, of_family(s, IND_FAMILY_C));
	default: return s->beacons.n ? NULL : watched(s, IND_WATCHED_TIME_BEACON, IND_FAMILY_C);
	}
}

static const char *infrastructure_missing(const struct subject *s, unsigned n)
{
	switch (n) {
	case 31: return has(s, IND_SIG_TLS_SPKI_SHA256) || has(s, IND_SIG_SSH_HOSTKEY) ? NULL : watched(s, IND_WATCHED_TLS_SPKI, IND_FAMILY_I);
	case 32: return has(s, IND_SIG_TLS_TICKET) || has(s, IND_SIG_TLS_PSK) || has(s, IND_SIG_TLS_SESSION_ID) ? NULL : watched(s, IND_WATCHED_TLS_TICKET, IND_FAMILY_I);
	default: return has(s, IND_SIG_TLS_SNI) || has(s, IND_SIG_HTTP_HOST) || has(s, IND_SIG_DNS_QNAME) ? NULL : watched(s, IND_WATCHED_DNS_QNAME, IND_FAMILY_I);
	}
}

static bool has_claim_of(const struct assess *a, const struct subject *s, unsigned kinds)
{
	for (unsigned kind = 0; kind < IND_CLAIM_KIND_COUNT; kind++)
		if (kinds >> kind & 1 && has_claim(a, s, kind))
			return true;
	return false;
}

/* Kinds of data sets that make claims of this signal: registries' files name holders of addresses and of AS numbers. */
static unsigned claim_sources(unsigned n)
{
	switch (n) {
	case 2: return OF_RIR;
	case 3: return OF_DATABASE;
	case 4: return OF_ROUTES | OF_DATABASE;
	case 5: return OF_RIR | OF_DATABASE;
	case 6: return OF_RIR | OF_DATABASE | OF_ROUTES;
	case 34: return OF_LISTS;
	default: return OF_INDICATORS;
	}
}

static const char *claim_missing(const struct assess *a, const struct subject *s, unsigned n)
{
	bool there = n == 6 ? s->embedded_claim_count != 0 : n == 5 ? has_claim(a, s, IND_CLAIM_RIR_AS) : has_claim_of(a, s, claim_sources(n));
	if (there)
		return NULL;
	bool nothing_held = n == 6 && !s->embedded_count;
	return ind_missing_name(nothing_held || data_could(a, claim_sources(n)) ? IND_MISSING_NOT_SEEN : IND_MISSING_REFDATA);
}

static const char *signal_missing(const struct assess *a, size_t at, unsigned n)
{
	const struct subject *s = &a->subjects[at];
	const struct conclusion *c = &a->conclusions[at];
	if (a->policy.disabled >> n & 1)
		return ind_missing_name(IND_MISSING_POLICY);
	if (c->spoke >> n & 1)
		return NULL;
	if (n == 1)
		return s->validated.n || s->unanswered.n ? NULL : ind_missing_name(s->started ? IND_MISSING_SENSOR_LIMIT : IND_MISSING_NOT_SEEN);
	switch (method_signal(n)->family) {
	case IND_FAMILY_T:
	case IND_FAMILY_E: return claim_missing(a, s, n);
	case IND_FAMILY_P: return path_missing(a, s, n);
	case IND_FAMILY_H: return host_missing(a, s, n);
	case IND_FAMILY_A: return program_missing(s, n);
	case IND_FAMILY_I: return infrastructure_missing(s, n);
	default: return person_missing(s, c, n);
	}
}

/* Distances are those of one place; who only answers is not validated. */
static const char *resolves_of(const struct subject *s, unsigned n)
{
	if (n == 1 && !s->started)
		return N_("a connection that the subject starts itself");
	bool distance = n == 8 || n == 9;
	return distance && s->kind != SUBJECT_ADDRESS ? N_("one address as the subject: several need not stand in one place") : method_signal(n)->resolves;
}

size_t missing_of(const struct assess *a, size_t subject, struct missing list[static LEDGER_SIGNALS_END])
{
	size_t count = 0;
	for (unsigned n = 1; n < LEDGER_SIGNALS_END; n++) {
		const char *code = signal_missing(a, subject, n);
		if (code)
			list[count++] = (struct missing){ n, code, resolves_of(&a->subjects[subject], n) };
	}
	return count;
}

/* ---- other explanations ---- */

static const char tested[] = N_("tested"), not_testable[] = N_("not testable"), excluded[] = N_("excluded");

static void alternative_add(struct alternative *list, size_t *count, const char *name, const char *state, unsigned by, const char *text)
{
	list[(*count)++] = (struct alternative){ name, text, state, by };
}

static bool is_here(const struct conclusion *c)
{
	bool here = false;
	for (size_t i = 0; i < c->item_count; i++)
		here |= c->notes[i].rule == RULE_S10_NO_RELAY && c->items[i].quality;
	return here;
}

/* Was anything that the subject declares held against another word of its own (S15, S20, S22, S24, S27)? */
static bool is_compared(const struct subject *s, const struct conclusion *c)
{
	bool asked = false, set = false, hours = c->hours.uneven && c->hours.width <= HOURS_TELL;
	for (size_t i = 0; i < s->language_count; i++) {
		const struct language *l = &s->languages[i];
		asked |= l->asked.n >= method_signal(24)->least && strcmp(l->tag, "en") != 0;
		set |= l->layout.n || l->account.n;
	}
	return s->system_same.n + s->system_other.n >= method_signal(15)->least || s->programs_compared || (asked && set) || (s->offset_count && hours);
}

size_t alternatives_of(const struct assess *a, size_t subject, struct alternative list[static ALTERNATIVES_MAX])
{
	const struct subject *s = &a->subjects[subject];
	const struct conclusion *c = &a->conclusions[subject];
	size_t count = 0;
	bool turns = turns_most(s, false) >= method_signal(10)->least && !c->geo_satellite, here = is_here(c);
	alternative_add(list, &count, "address translation", s->cotenants ? tested : not_testable, 0, "several hosts share the address (S19 counts distinct stacks; hosts of one kind count once)");
	alternative_add(list, &count, "carrier-grade translation", s->cotenants ? tested : not_testable, 0, "the address is shared by many subscribers; the network's port-level log would tell");
	alternative_add(list, &count, "relay that forwards TCP", here ? excluded : turns ? tested : not_testable, here ? 10 : 0, "CONNECT, SOCKS, port forwarding: the TLS turn is compared with the TCP round trip (S10); an origin that is 6 ms or less from its relay is not told from none");
	alternative_add(list, &count, "relay that ends TLS", not_testable, 0, "not detectable: process and TCP end stand together at the relay");
	alternative_add(list, &count, "tunnel of IP packets", not_testable, 0, "not detectable by timing: a VPN forwards TCP from end to end; packet sizes (S12) and lists (S34) hint at most");
	alternative_add(list, &count, "tool on the observed machine", not_testable, 0, "not detectable: a tool that runs on a rented or borrowed machine is a host there");
	alternative_add(list, &count, "Tor or listed relay", data_could(a, OF_RELAYS) ? tested : not_testable, 0, "lists name relays that are public (S34); bridges are in none");
	alternative_add(list, &count, "content network or anycast", c->anycast || c->several_places ? tested : not_testable, 0, "the address answers in several places; two sensors with positions would tell (S09)");
	alternative_add(list, &count, "satellite or split path", c->not_geo ? excluded : c->geo_satellite ? tested : not_testable, c->not_geo ? 13 : 0, "a geostationary link splits TCP; low orbits are not told from cables");
	alternative_add(list, &count, "mobile roaming", not_testable, 0, "the address stays in one network while the device is in another place");
	alternative_add(list, &count, "compromised host", not_testable, 0, "somebody else uses the machine: traffic does not show it");
	alternative_add(list, &count, "shared tools", a->shared_count ? tested : not_testable, 0, "programs and libraries are used by many (S20 to S23)");
	alternative_add(list, &count, "staging", is_compared(s, c) ? tested : not_testable, 0,
		"what is declared was set to mislead: declarations are compared with one another and with the stack (S15, S20, S22, S24, S25, S27)");
	if (has(s, IND_SIG_TOOL_CONSTANT))
		alternative_add(list, &count, "public tool", tested, 0, "packets are as a known public tool makes them (S23): research and surveys use such tools, and so does everybody");
	if (c->scanner)
		alternative_add(list, &count, "research scanner", tested, 0, "a list of research scanners names the address: a benign explanation");
	return count;
}
