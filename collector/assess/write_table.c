/* SPDX-License-Identifier: Apache-2.0 */
/* The assessment for people: what is claimed, what the data support and contradict, what is missing, what else could be. */
#include "assess/inside.h"
#include "base/hash.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 512 };

static void line(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));


static void line(struct out *out, const char *format, ...)
{
	char text[LINE_BYTES], shown[LINE_BYTES * 11];
	va_list arguments;
	va_start(arguments, format);
	int bytes = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	size_t length = bytes < 0 ? 0 : (size_t)bytes < sizeof(text) ? (size_t)bytes : sizeof(text) - 1;
	out_bytes(out, shown, text_to_display(text, length, shown, sizeof(shown)));
	out_char(out, '\n');
}

static void letters(char text[static IND_FAMILY_COUNT + 1], unsigned set)
{
	size_t n = 0;
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++)
		if (set >> f & 1)
			text[n++] = ind_family_letter(f);
	text[n] = '\0';
}

static const char *class_words(enum ledger_class class)
{
	static const char *const words[] = { "claim of origin", "doubt", "link", "-" };
	return words[class];
}

/* "according to geo.mmdb of 2026-11-01" */
static void source_text(char text[static LINE_BYTES], const struct assess *a, const struct item_note *note)
{
	char time[28], id[IND_RECORD_ID_TEXT];
	size_t used = 0;
	text[0] = '\0';
	if (note->data_set != NOT_OF_DATA) {
		const struct assess_data *data = &a->data[note->data_set];
		text_time(data->build_s * 1000000000, time, sizeof(time));
		used += (size_t)snprintf(text, LINE_BYTES, ", according to %s of %.10s", data->name, time);
	}
	if (note->records.id_count && used < LINE_BYTES)
		snprintf(text + used, LINE_BYTES - used, "; record %s", ind_record_id_text(&note->records.id[0], id));
}

static void item_lines(const struct assess *a, struct out *out, const struct conclusion *c, size_t hypothesis)
{
	for (size_t i = 0; i < c->item_count; i++) {
		const struct method_rule *rule = &method_rules[c->notes[i].rule];
		char name[4], source[LINE_BYTES];
		if (c->items[i].hypothesis != hypothesis)
			continue;
		signal_name(name, rule->signal);
		source_text(source, a, &c->notes[i]);
		line(out, "      %s %4d  %s %c  %s%s", rule->rating < 0 ? "against" : "for    ", c->weights[i], name, ind_family_letter(c->items[i].family), rule->predicate, source);
	}
}

static void trips_lines(const struct assess *a, struct out *out, const struct subject *s, const struct conclusion *c)
{
	for (size_t i = 0; i < a->sensor_count; i++)
		if (s->rtt[i].n)
			line(out, "  Smallest round trip to sensor %s: %u.%03u ms of %llu; light goes %u km at most, %u km in fibre", a->sensors[i].id, s->rtt[i].min_us / 1000,
				s->rtt[i].min_us % 1000, (unsigned long long)s->rtt[i].n, geo_vacuum_km(s->rtt[i].min_us), geo_fibre_km(s->rtt[i].min_us));
	for (size_t i = 0; i < s->cluster_count; i++) {
		int64_t us = s->clusters[i].turn_us;
		line(out, "  TLS turn of one program and port: %s%lld.%03lld ms longer than its round trip at least, of %llu", us < 0 ? "-" : "", (long long)(us < 0 ? -us : us) / 1000,
			(long long)(us < 0 ? -us : us) % 1000, (unsigned long long)s->clusters[i].turns.n);
	}
	if (c->turns_disagree)
		line(out, "  Programs disagree: some relay, some stand with the TCP end");
}

static void hinges_text(char text[static LINE_BYTES], uint64_t set)
{
	size_t used = 0;
	char name[4];
	text[0] = '\0';
	for (unsigned n = 1; n < LEDGER_SIGNALS_END; n++)
		if (set >> n & 1 && used + 8 < LINE_BYTES) {
			signal_name(name, n);
			used += (size_t)snprintf(text + used, LINE_BYTES - used, "%s%s", used ? ", " : "", name);
		}
}

static void rules_lines(struct out *out, const struct ledger_result *r)
{
	static const char *const why[] = {
		"R1: nothing but territory speaks", "R2: territory adds at most one step", "R3: the address may relay, or not be the sender's", "R4: what is declared may be staged",
		"R5: the source address was not validated", "R6: it hinges on single signals",
	};
	for (unsigned n = 0; n < sizeof(why) / sizeof(why[0]); n++)
		if (r->rules >> n & 1)
			line(out, "      lowered by %s", why[n]);
}

static void hypothesis_lines(const struct assess *a, struct out *out, const struct conclusion *c, size_t at)
{
	const struct assess_hypothesis *h = &c->hypotheses[at];
	const struct ledger_result *r = &c->results[at];
	char families[IND_FAMILY_COUNT + 1], hinges[LINE_BYTES];
	if (h->type == LEDGER_OPEN) {
		line(out, "    %-12s  %-12s  %s", "NOT SCORED", ledger_type_name(h->type), type_sentence(h->type));
		return;
	}
	letters(families, r->families);
	hinges_text(hinges, r->hinges);
	line(out, "    %-12s  %-12s  %-14s %-16s for %d  against %d  net %d%s%s", ledger_level_name(r->level), ledger_type_name(h->type), h->about, class_words(ledger_class_of(h->type)), r->for_sum,
		r->against_sum, r->net, families[0] ? "  families " : "", families);
	if (r->level != LEDGER_INSUFFICIENT)
		line(out, "      %s: %s", level_sentence(r->level), type_sentence(h->type));
	item_lines(a, out, c, at);
	rules_lines(out, r);
	if (hinges[0])
		line(out, "      hinges on %s", hinges);
}

static void finding_lines(struct out *out, const struct conclusion *c)
{
	static const char *const names[] = { "NOT TESTABLE", "CONSISTENT", "INCONSISTENT" };
	if (c->finding_count)
		line(out, "  Location of address and transport end (O1, O2): what data sets claim, against light");
	for (size_t i = 0; i < c->finding_count; i++)
		line(out, "    %-12s  %s", names[c->findings[i].state], c->findings[i].area);
	if (c->disagrees)
		line(out, "    the data sets name different areas");
}

static void rest_lines(const struct assess *a, struct out *out, size_t at)
{
	struct missing missing[LEDGER_SIGNALS_END];
	struct alternative others[ALTERNATIVES_MAX];
	size_t count = missing_of(a, at, missing), other_count = alternatives_of(a, at, others);
	line(out, "  Other explanations");
	for (size_t i = 0; i < other_count; i++) {
		char name[4] = "";
		if (others[i].by)
			signal_name(name, others[i].by);
		line(out, "    %-13s %-4s %s: %s", others[i].by ? "excluded by" : others[i].state, name, others[i].name, others[i].text);
	}
	line(out, "  Missing, and what would resolve it");
	for (size_t i = 0; i < count; i++) {
		char name[4];
		signal_name(name, missing[i].signal);
		line(out, "    %-22s %s %s: %s", missing[i].code, name, method_signal(missing[i].signal)->what, missing[i].resolves);
	}
}

static void subject_lines(const struct assess *a, struct out *out, size_t at)
{
	const struct subject *s = &a->subjects[at];
	const struct conclusion *c = &a->conclusions[at];
	char first[28] = "", last[28] = "";
	if (s->flows.n) {
		text_time(s->first_ns, first, sizeof(first));
		text_time(s->last_ns, last, sizeof(last));
	}
	line(out, "%s", "");
	line(out, "Subject %zu: %s", at + 1, s->text);
	line(out, "  %llu flows, %llu validated, %u sensors, %u windows%s%s%s%s%s", (unsigned long long)s->flows.n, (unsigned long long)s->validated.n,
		(unsigned)__builtin_popcountll(s->sensors), c->windows, first[0] ? ", " : "", first, first[0] ? " to " : "", last, s->cut ? "; a limit was reached, some of it is left out" : "");
	line(out, "  Responsible entity (O5): NOT ASSESSED, not observable from network traffic");
	trips_lines(a, out, s, c);
	finding_lines(out, c);
	line(out, "  Hypotheses");
	for (size_t i = 0; i < c->hypothesis_count; i++)
		hypothesis_lines(a, out, c, i);
	rest_lines(a, out, at);
}

void assess_table(const struct assess *a, struct out *out)
{
	char id[2 * IND_SHA256_BYTES + 1];
	hash_hex(a->id, IND_SHA256_BYTES, id);
	line(out, "Assessment %s, method " METHOD_ID "%s", id, a->reviewed ? ", reviewed" : "");
	line(out, "Weights are centibans: 100 are a likelihood ratio of 10. No level is a probability, and none says who is responsible.");
	for (size_t i = 0; i < a->subject_count; i++)
		subject_lines(a, out, i);
}
