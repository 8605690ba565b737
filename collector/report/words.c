/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words.h"
#include "assess/rules.h"
#include "base/i18n.h"
#include "indicia/record.h"
#include <stdbool.h>
#include <string.h>

struct said { const char *id, *text; };

static const char *find(const struct said *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].id, id) == 0)
			return _(list[i].text);
	return NULL;
}

#define FIND(list, id) find((list), sizeof(list) / sizeof((list)[0]), (id))

/* ---- markings ---- */

static const char *const tlp_words[IND_TLP_COUNT] = {
	[IND_TLP_CLEAR] = "TLP:CLEAR", [IND_TLP_GREEN] = "TLP:GREEN", [IND_TLP_AMBER] = "TLP:AMBER", [IND_TLP_AMBER_STRICT] = "TLP:AMBER+STRICT", [IND_TLP_RED] = "TLP:RED",
};

const char *words_tlp(unsigned tlp) { return tlp < IND_TLP_COUNT && tlp_words[tlp] ? tlp_words[tlp] : "?"; }

const char *words_tlp_class(unsigned tlp)
{
	static const char *const classes[IND_TLP_COUNT] = { [IND_TLP_GREEN] = "green", [IND_TLP_AMBER] = "amber", [IND_TLP_AMBER_STRICT] = "strict", [IND_TLP_RED] = "red" };
	return tlp < IND_TLP_COUNT && classes[tlp] ? classes[tlp] : "clear";
}

/* ---- levels ---- */

static const char *const level_ids[] = { "EXCLUDED", "INSUFFICIENT", "LIMITED", "MODERATE", "STRONG" };

int words_level_rank(const char *level)
{
	for (int i = 0; i < 5; i++)
		if (strcmp(level_ids[i], level) == 0)
			return i - 1;
	return -2;
}

const char *words_level(const char *level)
{
	static const struct said levels[] = {
		/* TRANSLATORS: the words for levels of support; frozen with the version of the method, never words of certainty or probability. */
		{ "EXCLUDED", N_("EXCLUDED") }, { "INSUFFICIENT", N_("INSUFFICIENT") }, { "LIMITED", N_("LIMITED") }, { "MODERATE", N_("MODERATE") }, { "STRONG", N_("STRONG") },
		/* TRANSLATORS: beside the hypothesis that none of the others is right. */
		{ "NOT SCORED", N_("NOT SCORED") },
	};
	return FIND(levels, level);
}

const char *words_level_class(const char *level)
{
	static const char *const classes[] = { "excluded", "insufficient", "limited", "moderate", "strong" };
	int rank = words_level_rank(level);
	return rank < -1 ? "unscored" : classes[rank + 1];
}

const char *words_level_sentence(const char *level)
{
	static const struct said sentences[] = {
		/* TRANSLATORS: {1} is a proposition that the report calls "hypothesis", such as "the observed address relays for an origin elsewhere". */
		{ "EXCLUDED", N_("The hypothesis “{1}” is contradicted by a physical limit.") },
		{ "INSUFFICIENT", N_("The collected data are insufficient to support or reject the hypothesis “{1}”.") },
		{ "LIMITED", N_("The collected data give limited support to the hypothesis “{1}” rather than to the listed alternatives.") },
		{ "MODERATE", N_("The collected data give moderate support to the hypothesis “{1}” rather than to the listed alternatives.") },
		{ "STRONG", N_("The collected data give strong support to the hypothesis “{1}” rather than to the listed alternatives.") },
	};
	return FIND(sentences, level);
}

/* ---- hypotheses ---- */

const char *words_type(const char *type)
{
	static const struct said types[] = {
		/* TRANSLATORS: heads of narrow columns, one for each kind of technical hypothesis about a network address. */
		{ "ORIGIN_NET", N_("Origin inside a network") }, { "ORIGIN_AREA", N_("Origin within an area") }, { "OPERATOR_ENV", N_("Operator's environment") },
		{ "RELAY", N_("Relay") }, { "SPOOFED", N_("Spoofed source") }, { "STAGED", N_("Staged indicators") }, { "LINKED", N_("Linked subjects") },
		{ "OPEN", N_("None of these") },
	};
	return FIND(types, type);
}

const char *words_proposition(const char *type)
{
	static const struct said propositions[] = {
		/* TRANSLATORS: technical propositions, used inside quotation marks; nobody is their grammatical subject but hosts, addresses and indicators. */
		{ "ORIGIN_NET", N_("the application bytes were produced by a host inside this network at capture time") },
		{ "ORIGIN_AREA", N_("the application bytes were produced by a host physically within this area") },
		{ "OPERATOR_ENV", N_("operated from an environment configured for, or active in, this language or band of UTC offsets") },
		{ "RELAY", N_("the observed address relays for an origin elsewhere") },
		{ "SPOOFED", N_("the source address is not the sender's") },
		{ "STAGED", N_("self-declared indicators were set to mislead") },
		{ "LINKED", N_("both subjects share a host or a key holder") },
		{ "OPEN", N_("none of the above, or unknown; never scored") },
	};
	return FIND(propositions, type);
}

const char *words_class(const char *class_name)
{
	static const struct said classes[] = {
		/* TRANSLATORS: classes of hypotheses. A claim of origin has hard conditions, a reason for doubt light ones. */
		{ "ACC", N_("claim of origin") }, { "DOUBT", N_("reason for doubt") }, { "LINK", N_("link") }, { "OPEN", N_("left open") },
	};
	return FIND(classes, class_name);
}

const char *words_family(char letter)
{
	static const struct said families[] = {
		/* TRANSLATORS: families of signals that are independent of each other. */
		{ "T", N_("Territory: registries and databases") }, { "P", N_("Path: distance and physics") }, { "H", N_("Host: network stack and clock") },
		{ "A", N_("Application: programs and tools") }, { "L", N_("Language and local settings") }, { "C", N_("Chronology: hours and periods") },
		{ "I", N_("Infrastructure: keys and names") }, { "E", N_("External lists and indicators") }, { "V", N_("Validity of the source address") },
	};
	return FIND(families, ((char[]){ letter, '\0' }));
}

/* ---- reasons ---- */

const char *words_missing(const char *code)
{
	static const struct said codes[] = {
		/* TRANSLATORS: why a signal is missing; the code itself is printed beside it. */
		{ "NOT_SEEN", N_("not seen in this traffic") }, { "ENCRYPTED", N_("hidden by encryption") }, { "BELOW_MIN_SAMPLE", N_("too few samples") },
		{ "SENSOR_LIMIT", N_("beyond what this sensor can see") }, { "REFDATA_MISSING", N_("no reference data that could tell") },
		{ "DISABLED_BY_POLICY", N_("switched off by policy") }, { "SUPPRESSED_COTENANCY", N_("suppressed: several hosts share the address") },
	};
	return FIND(codes, code);
}

const char *words_gate(const char *condition)
{
	static const struct said gates[] = {
		/* TRANSLATORS: conditions that a level asks for; the letters S, X, K, KN, KH, TC are those of the method and stay. */
		{ "net", N_("net weight (support less contradiction)") }, { "K", N_("families that support it (K)") }, { "KN", N_("families other than territory (KN)") },
		{ "KH", N_("families with a signal that is hard to forge (KH)") }, { "TC", N_("families that speak about this tier or a higher one (TC)") },
		{ "X below", N_("weight of contradictions (has to be smaller)") }, { "margin", N_("margin over the strongest rival") },
		{ "sensors or windows", N_("several sensors, or windows a day apart") }, { "review", N_("a recorded human review") },
	};
	return FIND(gates, condition);
}

const char *words_rule(const char *rule)
{
	static const struct said rules[] = {
		/* TRANSLATORS: rules R1 to R6 of the method, and what holds a policy, as they applied to a hypothesis. */
		{ "R1", N_("Only territory supports it, and territory alone supports nothing (R1).") },
		{ "R2", N_("Territory may raise a level by one step at most (R2).") },
		{ "R3", N_("A relay or a spoofed source has at least limited support, so claims on the address's own network or area count for nothing (R3).") },
		{ "R4", N_("Staging has at least limited support, so what is declared counts for nothing (R4).") },
		{ "R5", N_("The source address failed validation, so no origin can be supported (R5).") },
		{ "R6", N_("The level hinged on one single signal and lost one step (R6).") },
		{ "policy", N_("A policy leaves out, or asks more of, what would lower the level. It was weighed by the method's own measure after all, and the lower level stands.") },
	};
	return FIND(rules, rule);
}

const char *words_verdict(const char *verdict)
{
	static const struct said verdicts[] = {
		/* TRANSLATORS: verdicts on the state of a file's bytes, never on anybody's intent. */
		{ "VALID", N_("every byte is covered by a trusted seal") }, { "INCOMPLETE", N_("sealed up to a point, without a final seal") },
		{ "UNSEALED", N_("no seal at all") }, { "ALTERED", N_("these bytes are not the bytes that were sealed") },
		{ "UNTRUSTED", N_("sealed by a key that is not trusted here") }, { "ROLLBACK", N_("does not contain a state that was witnessed") },
		{ "UNSUPPORTED", N_("a version or kind that this program does not know") },
	};
	return FIND(verdicts, verdict);
}

const char *words_loss(unsigned cause)
{
	static const char *const causes[IND_LOSS_MAX] = {
		/* TRANSLATORS: what was not recorded, by cause; a number stands before each. */
		[IND_LOSS_KERNEL_DROP] = N_("packets dropped by the kernel before capture"), [IND_LOSS_INTERFACE_DROP] = N_("packets dropped by the interface or its driver"),
		[IND_LOSS_FRAME_SHORT] = N_("frames that end inside a header"), [IND_LOSS_FRAME_MALFORMED] = N_("frames that contradict a header's specification"),
		[IND_LOSS_FRAME_UNKNOWN] = N_("frames without IP, or of an unknown kind"), [IND_LOSS_HEAD_POOL] = N_("stream heads not read for want of buffers"),
		[IND_LOSS_SIGNAL_POOL] = N_("signals not recorded for want of room"), [IND_LOSS_RING] = N_("records not handed over between the processes"),
		[IND_LOSS_DISK] = N_("records not written for want of disk space"), [IND_LOSS_EXHIBIT_CUT] = N_("exhibits cut to the limit"),
		[IND_LOSS_CAPTURE_CUT] = N_("savefiles that end inside a packet"), [IND_LOSS_FLOW_EVICTED] = N_("flows ended early for want of table room (written, not lost)"),
		[IND_LOSS_STREAM_GAP] = N_("stream heads with bytes missing from the capture"), [IND_LOSS_SIGNAL_MALFORMED] = N_("protocol messages that contradict their specification"),
		[IND_LOSS_ORIGIN_TABLE] = N_("addresses without a summary record for want of room"), [IND_LOSS_FRAGMENT] = N_("datagrams that lack fragments"),
	};
	return cause < IND_LOSS_MAX && causes[cause] ? _(causes[cause]) : NULL;
}

const char *words_event(const char *type)
{
	static const struct said types[] = {
		/* TRANSLATORS: what was done with a bundle of evidence, as its custody log says. */
		{ "created", N_("created") }, { "sealed", N_("sealed") }, { "released", N_("handed over") }, { "received", N_("received") }, { "opened", N_("opened") },
		{ "verified", N_("verified") }, { "exported", N_("exported") }, { "disclosed", N_("shown in part") }, { "timestamped", N_("time-stamped by an authority") },
		{ "witnessed", N_("witnessed") }, { "key_revoked", N_("key revoked") }, { "destroyed", N_("deleted") }, { "reviewed", N_("assessment reviewed") },
		{ "corrected", N_("report corrected") },
	};
	return FIND(types, type);
}

const char *words_exhibit(const char *kind)
{
	static const struct said kinds[] = {
		/* TRANSLATORS: bytes that were kept: a packet from its IP header on, the beginning of a TCP stream, the payload of a UDP datagram. A sentence begins with it. */
		{ "packet", N_("Packet") }, { "stream", N_("Beginning of a TCP stream") }, { "datagram", N_("UDP datagram") },
	};
	return FIND(kinds, kind);
}

/* ---- what the method's own table says ---- */

static const struct method_signal *signal_of(const char *signal)
{
	unsigned n = 0;
	if (signal[0] != 'S' || strlen(signal) != 3)
		return NULL;
	for (const char *digit = signal + 1; *digit; digit++) {
		if (*digit < '0' || *digit > '9')
			return NULL;
		n = 10 * n + (unsigned)(*digit - '0');
	}
	return n >= 1 && n < LEDGER_SIGNALS_END ? method_signal(n) : NULL;
}

const char *words_signal(const char *signal)
{
	const struct method_signal *s = signal_of(signal);
	return s ? _(s->what) : NULL;
}

const char *words_predicate(const char *rule)
{
	for (size_t i = 0; i < RULES; i++)
		if (strcmp(method_rules[i].name, rule) == 0)
			return _(method_rules[i].predicate);
	return NULL;
}

const char *words_validated(const char *validated)
{
	static const struct said states[] = {
		/* TRANSLATORS: of a flow, whether its source address received an answer that cannot be guessed. */
		{ "handshake", N_("validated: handshake") }, { "quic", N_("validated: QUIC") }, { "no", N_("not validated") }, { "one_way", N_("one direction only") },
		{ "untestable", N_("cannot be validated") },
	};
	return FIND(states, validated);
}

const char *words_setting(const char *name, const char *value)
{
	static const struct { const char *name; struct said value; } settings[] = {
		/* TRANSLATORS: the first word is a value of a setting and stays as it is. */
		{ "privacy", { "full", N_("full: names of users, hosts and queries are recorded, too") } },
		{ "privacy", { "reduced", N_("reduced: names of users, hosts and queries are left out") } },
		{ "signals", { "default", N_("default: all but those that track a device over time") } },
		{ "signals", { "all", N_("all: those that track a device over time, too") } },
		{ "exhibits", { "signal", N_("signal: the bytes that signals were read from, secrets overwritten") } },
		{ "exhibits", { "none", N_("none: no bytes were kept") } },
		{ "clock_sync", { "none", N_("none: nothing is known to keep it in time") } },
		{ "clock_sync", { "ntp", N_("ntp: kept in time over a network (NTP)") } },
		{ "clock_sync", { "ptp", N_("ptp: kept in time over a network (PTP)") } },
		{ "clock_sync", { "gnss", N_("gnss: kept in time by satellites") } },
		{ "clock_sync", { "unknown", N_("unknown: what keeps it in time is not recorded") } },
		{ "clock", { "savefile", N_("savefile: the times that stand in the capture file") } },
		{ "clock", { "system", N_("system: the clock of the sensor's machine") } },
	};
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strcmp(settings[i].name, name) == 0 && strcmp(settings[i].value.id, value) == 0)
			return _(settings[i].value.text);
	return NULL;
}

const char *words_known(const char *text)
{
	const char *said = *text ? _(text) : text;
	return said == text ? NULL : said;
}
