/* SPDX-License-Identifier: Apache-2.0 */
/* The assessment for people: what is claimed, what the data support and contradict, what is missing, what else could be. */
#include "assess/inside.h"
#include "base/hash.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 1280, HANG_LEAST = 4 };

/* Where lines go. With a width they are broken between words, and what follows stands under `hang`. */
struct page { struct out *out; size_t width; };

static size_t blanks_at(const char *text, size_t bytes)
{
	size_t n = 0;
	while (n < bytes && text[n] == ' ')
		n++;
	return n;
}

/* Up to the next blank; with `whole` up to the next two, which part columns. */
static size_t word_at(const char *text, size_t bytes, bool whole)
{
	size_t n = 0;
	while (n < bytes && !(text[n] == ' ' && (!whole || (n + 1 < bytes && text[n + 1] == ' '))))
		n++;
	return n;
}

static void put_broken(const struct page *p, const char *text, size_t bytes, size_t hang)
{
	size_t column = 0, blanks, word;
	hang = hang * 2 > p->width ? HANG_LEAST : hang;
	for (size_t at = 0; at < bytes; at += blanks + word) {
		blanks = blanks_at(text + at, bytes - at);
		word = word_at(text + at + blanks, bytes - at - blanks, false);
		size_t columns = text_columns(text + at + blanks, word), group = text_columns(text + at + blanks, word_at(text + at + blanks, bytes - at - blanks, true));
		size_t wanted = blanks >= 2 && hang + group <= p->width ? group : columns;
		if (column > hang && column + blanks + wanted > p->width) {
			out_char(p->out, '\n');
			for (column = 0; column < hang; column++)
				out_char(p->out, ' ');
		} else {
			out_bytes(p->out, text + at, blanks);
			column += blanks;
		}
		out_bytes(p->out, text + at + blanks, word);
		column += columns;
	}
}

static void line(const struct page *p, size_t hang, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void line(const struct page *p, size_t hang, const char *format, ...)
{
	char text[LINE_BYTES], shown[LINE_BYTES * 11];
	va_list arguments;
	va_start(arguments, format);
	int bytes = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	size_t length = bytes < 0 ? 0 : (size_t)bytes < sizeof(text) ? (size_t)bytes : sizeof(text) - 1;
	size_t count = text_to_display(text, length, shown, sizeof(shown));
	if (p->width)
		put_broken(p, shown, count, hang);
	else
		out_bytes(p->out, shown, count);
	out_char(p->out, '\n');
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

static void item_lines(const struct assess *a, const struct page *p, const struct conclusion *c, size_t hypothesis)
{
	for (size_t i = 0; i < c->item_count; i++) {
		const struct method_rule *rule = &method_rules[c->notes[i].rule];
		char name[4], source[LINE_BYTES];
		if (c->items[i].hypothesis != hypothesis)
			continue;
		signal_name(name, rule->signal);
		source_text(source, a, &c->notes[i]);
		line(p, 24, "      %s %4d  %s %c  %s%s", rule->rating < 0 ? "against" : "for    ", c->weights[i], name, ind_family_letter(c->items[i].family), rule->predicate, source);
	}
}

static void trips_lines(const struct assess *a, const struct page *p, const struct subject *s, const struct conclusion *c)
{
	for (size_t i = 0; i < a->sensor_count; i++)
		if (s->rtt[i].n)
			line(p, 4, "  Smallest round trip to sensor %s: %u.%03u ms of %llu; light goes %u km at most, %u km in fibre", a->sensors[i].id, s->rtt[i].min_us / 1000,
				s->rtt[i].min_us % 1000, (unsigned long long)s->rtt[i].n, geo_vacuum_km(s->rtt[i].min_us), geo_fibre_km(s->rtt[i].min_us));
	for (size_t i = 0; i < s->cluster_count; i++) {
		int64_t us = s->clusters[i].turn_us;
		line(p, 4, "  TLS turn of one program and port: %s%lld.%03lld ms longer than its round trip at least, of %llu", us < 0 ? "-" : "", (long long)(us < 0 ? -us : us) / 1000,
			(long long)(us < 0 ? -us : us) % 1000, (unsigned long long)s->clusters[i].turns.n);
	}
	if (c->turns_disagree)
		line(p, 4, "  Programs disagree: some relay, some stand with the TCP end");
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

static void rules_lines(const struct page *p, const struct ledger_result *r)
{
	static const char *const why[] = {
		"R1: nothing but territory speaks", "R2: territory adds at most one step", "R3: the address may relay, or not be the sender's", "R4: what is declared may be staged",
		"R5: the source address was not validated", "R6: it hinges on single signals", "the policy: what it leaves out, or asks more of, would lower it",
	};
	for (unsigned n = 0; n < sizeof(why) / sizeof(why[0]); n++)
		if (r->rules >> n & 1)
			line(p, 8, "      lowered by %s", why[n]);
}

/* "LIMITED wants net 60 (is 52), K 3 (is 1)": what the next level lacks, if anything speaks at all. */
static void gate_line(const struct assess *a, const struct page *p, size_t subject, size_t at)
{
	struct gate_fail fails[GATE_FAILS_MAX];
	enum ledger_level next;
	char text[LINE_BYTES] = "";
	size_t used = 0, count = gate_fails_of(a, subject, at, fails, &next);
	for (size_t i = 0; i < count && used < LINE_BYTES; i++)
		used += (size_t)snprintf(text + used, LINE_BYTES - used, "%s %s %lld (is %lld)", i ? "," : "", fails[i].name, (long long)fails[i].wants, (long long)fails[i].is);
	if (count && a->conclusions[subject].results[at].for_sum)
		line(p, 8, "      %s wants%s", ledger_level_name(next), text);
}

static void hypothesis_lines(const struct assess *a, const struct page *p, size_t subject, size_t at)
{
	const struct conclusion *c = &a->conclusions[subject];
	const struct assess_hypothesis *h = &c->hypotheses[at];
	const struct ledger_result *r = &c->results[at];
	char families[IND_FAMILY_COUNT + 1], hinges[LINE_BYTES];
	if (h->type == LEDGER_OPEN) {
		line(p, 18, "    %-12s  %-12s  %s", "NOT SCORED", ledger_type_name(h->type), type_sentence(h->type));
		return;
	}
	letters(families, r->families);
	hinges_text(hinges, r->hinges);
	line(p, 18, "    %-12s  %-12s  %-14s %-16s for %d  against %d  net %d%s%s", ledger_level_name(r->level), ledger_type_name(h->type), h->about, class_words(ledger_class_of(h->type)), r->for_sum,
		r->against_sum, r->net, families[0] ? "  families " : "", families);
	if (r->level != LEDGER_INSUFFICIENT)
		line(p, 8, "      %s: %s", level_sentence(r->level), type_sentence(h->type));
	item_lines(a, p, c, at);
	gate_line(a, p, subject, at);
	rules_lines(p, r);
	if (hinges[0])
		line(p, 8, "      hinges on %s", hinges);
}

static void finding_lines(const struct page *p, const struct conclusion *c)
{
	static const char *const names[] = { "NOT TESTABLE", "CONSISTENT", "INCONSISTENT" };
	if (c->finding_count)
		line(p, 4, "  Location of address and transport end (O1, O2): what data sets claim, against light");
	for (size_t i = 0; i < c->finding_count; i++)
		line(p, 18, "    %-12s  %s", names[c->findings[i].state], c->findings[i].area);
	if (c->disagrees)
		line(p, 6, "    the data sets name different areas");
}

static void rest_lines(const struct assess *a, const struct page *p, size_t at)
{
	struct missing missing[LEDGER_SIGNALS_END];
	struct alternative others[ALTERNATIVES_MAX];
	size_t count = missing_of(a, at, missing), other_count = alternatives_of(a, at, others);
	line(p, 4, "  Other explanations");
	for (size_t i = 0; i < other_count; i++) {
		char name[4] = "";
		if (others[i].by)
			signal_name(name, others[i].by);
		line(p, 23, "    %-13s %-4s %s: %s", others[i].by ? "excluded by" : others[i].state, name, others[i].name, others[i].text);
	}
	line(p, 4, "  Missing, and what would resolve it");
	for (size_t i = 0; i < count; i++) {
		char name[4];
		signal_name(name, missing[i].signal);
		line(p, 31, "    %-22s %s %s: %s", missing[i].code, name, method_signal(missing[i].signal)->what, missing[i].resolves);
	}
}

static void subject_lines(const struct assess *a, const struct page *p, size_t at)
{
	const struct subject *s = &a->subjects[at];
	const struct conclusion *c = &a->conclusions[at];
	char first[28] = "", last[28] = "";
	if (s->flows.n) {
		text_time(s->first_ns, first, sizeof(first));
		text_time(s->last_ns, last, sizeof(last));
	}
	line(p, 2, "%s", "");
	line(p, 2, "Subject %zu: %s", at + 1, s->text);
	line(p, 4, "  %llu flows, %llu validated, %u sensors, %u windows%s%s%s%s%s", (unsigned long long)s->flows.n, (unsigned long long)s->validated.n,
		(unsigned)__builtin_popcountll(s->sensors), c->windows, first[0] ? ", " : "", first, first[0] ? " to " : "", last, s->cut || c->cut ? "; a limit was reached, some of it is left out" : "");
	if (s->flows.n && !s->validated.n)
		line(p, 4, "  Its address is not validated: what is said of territory and path weighs nothing%s", s->started ? "" : "; it started no connection");
	if (s->address_count > 1)
		line(p, 4, "  %zu addresses are weighed as one: what is said of any of them is said of all. Name them one by one where they may differ", s->address_count);
	if (s->repeated)
		line(p, 4, "  %llu flows stand in another of these bundles as well, and count once", (unsigned long long)s->repeated);
	line(p, 4, "  Responsible entity (O5): NOT ASSESSED, not observable from network traffic");
	trips_lines(a, p, s, c);
	finding_lines(p, c);
	line(p, 4, "  Hypotheses");
	for (size_t i = 0; i < c->hypothesis_count; i++)
		hypothesis_lines(a, p, at, i);
	rest_lines(a, p, at);
}

void assess_table(const struct assess *a, struct out *out, size_t width)
{
	const struct page page = { out, width }, *p = &page;
	char id[2 * IND_SHA256_BYTES + 1];
	hash_hex(a->id, IND_SHA256_BYTES, id);
	line(p, 2, "Assessment %s, method " METHOD_ID "%s", id, a->reviewed ? ", reviewed" : "");
	line(p, 2, "Weights are centibans: 100 are a likelihood ratio of 10. No level is a probability, and none says who is responsible.");
	line(p, 2, "K: families with 20 or more for it; KN: those but territory; KH: hard to forge; TC: about what is claimed; X: sum against.");
	for (size_t i = 0; i < a->subject_count; i++)
		subject_lines(a, p, i);
}
