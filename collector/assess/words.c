/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing and why, which other explanations remain, and the fixed sentences. */
#include "assess/inside.h"
#include "indicia/catalogue.h"

const char *level_sentence(enum ledger_level level)
{
	static const char *const sentences[] = {
		"It is contradicted by a physical limit", "The collected data are insufficient to support or reject it", "The collected data give limited support to it rather than to the listed alternatives",
		"The collected data give moderate support to it rather than to the listed alternatives", "The collected data give strong support to it rather than to the listed alternatives",
	};
	return sentences[level + 1];
}

const char *type_sentence(enum ledger_type type)
{
	static const char *const sentences[LEDGER_TYPES] = {
		"the application bytes were produced by a host inside this network at capture time", "the application bytes were produced by a host physically within this area",
		"operated from an environment configured for, or active in, this language or band of UTC offsets", "the observed address relays for an origin elsewhere",
		"the source address is not the sender's", "self-declared indicators were set to mislead", "both subjects share a host or a key holder", "none of the above, or unknown: never scored",
	};
	return sentences[type];
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

static const char *without_claim(const struct assess *a)
{
	for (size_t i = 0; i < a->data_count; i++)
		if (a->data[i].build_s >= a->since_s)
			return ind_missing_name(IND_MISSING_NOT_SEEN);
	return ind_missing_name(IND_MISSING_REFDATA);
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

static const char *host_missing(const struct subject *s, unsigned n)
{
	switch (n) {
	case 14: return has(s, IND_SIG_TCP_SYN) ? NULL : watched(s, IND_WATCHED_TCP_SYN, IND_FAMILY_H);
	case 15: return sampled(s->system_same.n + s->system_other.n, n, watched(s, IND_WATCHED_HTTP_USER_AGENT, IND_FAMILY_H));
	case 16: return s->skew_count ? NULL : watched(s, IND_WATCHED_CLOCK_SKEW, IND_FAMILY_H);
	case 17: return has(s, IND_SIG_IP_ID_CLASS) ? NULL : watched(s, IND_WATCHED_IP_ID_CLASS, IND_FAMILY_H);
	case 18: return has(s, IND_SIG_ADDR_EUI64) ? NULL : of_family(s, IND_FAMILY_H);
	default: return s->cotenants ? sampled(s->flows.n, n, NULL) : ind_missing_name(IND_MISSING_NOT_SEEN);
	}
}

static const char *program_missing(const struct subject *s, unsigned n)
{
	switch (n) {
	case 20: return has(s, IND_SIG_TLS_JA4) ? NULL : of_family(s, IND_FAMILY_A);
	case 21: return has(s, IND_SIG_SSH_HASSH) || has(s, IND_SIG_SSH_BANNER) ? NULL : of_family(s, IND_FAMILY_A);
	case 22: return has(s, IND_SIG_HTTP_HEADER_ORDER) ? NULL : watched(s, IND_WATCHED_HTTP_USER_AGENT, IND_FAMILY_A);
	default: return has(s, IND_SIG_TOOL_CONSTANT) ? NULL : of_family(s, IND_FAMILY_A);
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
	case 29: return has(s, IND_SIG_NTLM_TIMESTAMP) || has(s, IND_SIG_HTTP_DATE) || has(s, IND_SIG_NTP_TIMESTAMP) ? NULL : of_family(s, IND_FAMILY_C);
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

static const char *claim_missing(const struct assess *a, const struct subject *s, unsigned n)
{
	bool there = false;
	switch (n) {
	case 2: there = has_claim(a, s, IND_CLAIM_RIR); break;
	case 3: there = has_claim(a, s, IND_CLAIM_DATABASE); break;
	case 4: there = has_claim(a, s, IND_CLAIM_PFX2AS) || has_claim(a, s, IND_CLAIM_DATABASE); break;
	case 5: there = has_claim(a, s, IND_CLAIM_RIR_AS); break;
	case 6: there = has(s, IND_SIG_ADDR_6TO4) || has(s, IND_SIG_ADDR_TEREDO) || has(s, IND_SIG_ADDR_NAT64); break;
	case 34: there = has_claim(a, s, IND_CLAIM_TOR) || has_claim(a, s, IND_CLAIM_VPN) || has_claim(a, s, IND_CLAIM_HOSTS) || has_claim(a, s, IND_CLAIM_SCANNER); break;
	default: there = has_claim(a, s, IND_CLAIM_IOC); break;
	}
	if (there)
		return NULL;
	return n == 6 ? ind_missing_name(IND_MISSING_NOT_SEEN) : without_claim(a);
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
		return s->validated.n || s->unanswered.n ? NULL : ind_missing_name(IND_MISSING_SENSOR_LIMIT);
	switch (method_signal(n)->family) {
	case IND_FAMILY_T:
	case IND_FAMILY_E: return claim_missing(a, s, n);
	case IND_FAMILY_P: return path_missing(a, s, n);
	case IND_FAMILY_H: return host_missing(s, n);
	case IND_FAMILY_A: return program_missing(s, n);
	case IND_FAMILY_I: return infrastructure_missing(s, n);
	default: return person_missing(s, c, n);
	}
}

size_t missing_of(const struct assess *a, size_t subject, struct missing list[static LEDGER_SIGNALS_END])
{
	size_t count = 0;
	for (unsigned n = 1; n < LEDGER_SIGNALS_END; n++) {
		const char *code = signal_missing(a, subject, n);
		if (code)
			list[count++] = (struct missing){ n, code, method_signal(n)->resolves };
	}
	return count;
}

/* ---- other explanations ---- */

static const char tested[] = "tested", not_testable[] = "not testable", excluded[] = "excluded";

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

size_t alternatives_of(const struct assess *a, size_t subject, struct alternative list[static ALTERNATIVES_MAX])
{
	const struct subject *s = &a->subjects[subject];
	const struct conclusion *c = &a->conclusions[subject];
	size_t count = 0;
	bool turns = turns_most(s, false) >= method_signal(10)->least && !c->geo_satellite, here = is_here(c);
	bool lists = has_claim(a, s, IND_CLAIM_TOR) || has_claim(a, s, IND_CLAIM_VPN) || has_claim(a, s, IND_CLAIM_HOSTS);
	alternative_add(list, &count, "address translation", s->cotenants ? tested : not_testable, 0, "several hosts share the address (S19 counts distinct stacks; hosts of one kind count once)");
	alternative_add(list, &count, "carrier-grade translation", s->cotenants ? tested : not_testable, 0, "the address is shared by many subscribers; the network's port-level log would tell");
	alternative_add(list, &count, "relay that forwards TCP", here ? excluded : turns ? tested : not_testable, here ? 10 : 0, "CONNECT, SOCKS, port forwarding: the TLS turn is compared with the TCP round trip (S10)");
	alternative_add(list, &count, "relay that ends TLS", not_testable, 0, "not detectable: process and TCP end stand together at the relay");
	alternative_add(list, &count, "tunnel of IP packets", not_testable, 0, "not detectable by timing: a VPN forwards TCP from end to end; packet sizes (S12) and lists (S34) hint at most");
	alternative_add(list, &count, "tool on the observed machine", not_testable, 0, "not detectable: a tool that runs on a rented or borrowed machine is a host there");
	alternative_add(list, &count, "Tor or listed relay", lists ? tested : not_testable, 0, "lists name relays that are public (S34); bridges are in none");
	alternative_add(list, &count, "content network or anycast", c->anycast ? tested : not_testable, 0, "the address answers in several places; two sensors with positions would tell (S09)");
	alternative_add(list, &count, "satellite or split path", c->not_geo ? excluded : c->geo_satellite ? tested : not_testable, c->not_geo ? 13 : 0, "a geostationary link splits TCP; low orbits are not told from cables");
	alternative_add(list, &count, "mobile roaming", not_testable, 0, "the address stays in one network while the device is in another place");
	alternative_add(list, &count, "compromised host", not_testable, 0, "somebody else uses the machine: traffic does not show it");
	alternative_add(list, &count, "shared tools", a->shared_count ? tested : not_testable, 0, "programs and libraries are used by many (S20 to S23)");
	alternative_add(list, &count, "staging", c->spoke & (UINT64_C(1) << 15 | UINT64_C(1) << 24 | UINT64_C(1) << 25 | UINT64_C(1) << 27) ? tested : not_testable, 0,
		"what is declared was set to mislead: declarations are compared with one another and with the stack (S15, S24, S25, S27)");
	if (c->scanner)
		alternative_add(list, &count, "research scanner", tested, 0, "a list of research scanners names the address: a benign explanation");
	return count;
}
