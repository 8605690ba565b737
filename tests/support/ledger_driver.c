/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ledgers as lines of tests/support/ledger_model.py, prints what the program makes of them in the same words. */
#include "assess/ledger.h"
#include "indicia/catalogue.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HYPOTHESES = 16, ITEMS = 128, LINE = 1 << 16 };

static struct ledger_hypothesis hypotheses[HYPOTHESES];
static struct ledger_item items[ITEMS];

static void refuse(const char *what)
{
	fprintf(stderr, "ledger_driver: %s\n", what);
	exit(2);
}

static unsigned family_of(char letter)
{
	unsigned f = 0;
	while (f < IND_FAMILY_COUNT && ind_family_letter(f) != letter)
		f++;
	return f;
}

static void hypotheses_read(struct ledger *l, char *text)
{
	for (char *save, *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *colon = strchr(word, ':');
		unsigned type = 0;
		if (!colon || l->hypothesis_count == HYPOTHESES)
			refuse("a hypothesis");
		*colon = '\0';
		while (type < LEDGER_TYPES && strcmp(word, ledger_type_name(type)) != 0)
			type++;
		if (type == LEDGER_TYPES)
			refuse(word);
		hypotheses[l->hypothesis_count++] = (struct ledger_hypothesis){ type, colon[1] == '1' };
	}
}

static void items_read(struct ledger *l, char *text)
{
	for (char *save, *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		unsigned signal, tier, quality, forge, hypothesis, bound;
		int rating;
		char family, of[64];
		if (sscanf(word, "S%u/%c/%u/%d/%u/%u/%u/%u/%63s", &signal, &family, &tier, &rating, &quality, &forge, &hypothesis, &bound, of) != 9 ||
			l->item_count == ITEMS)
			refuse(word);
		uint64_t derives = 0;
		for (const char *s = of; (s = strchr(s, 'S')); s++)
			derives |= UINT64_C(1) << strtoul(s + 1, NULL, 10);
		items[l->item_count++] = (struct ledger_item){ derives, (uint16_t)hypothesis, (uint8_t)signal, (uint8_t)family_of(family), (uint8_t)tier,
			(uint8_t)quality, (uint8_t)forge, (int8_t)rating, bound != 0 };
	}
}

static void set_print(unsigned set)
{
	char letters[] = "ACEHILPT";
	for (const char *c = letters; *c; c++)
		if (set >> family_of(*c) & 1)
			putchar(*c);
	fputs(set ? " " : "- ", stdout);
}

static void sums_print(const int32_t *sums, const bool *has)
{
	const char *between = "";
	for (const char *c = "ACEHILPT"; *c; c++)
		if (has[family_of(*c)]) {
			printf("%s%c%d", between, *c, sums[family_of(*c)]);
			between = ",";
		}
	fputs(*between ? " " : "- ", stdout);
}

static void result_print(const struct ledger_result *r)
{
	const char *between = "";
	printf("%d %d %d %d %d %d %d %d ", r->level, r->before_r6, r->by_gates, r->without_t, r->for_sum, r->against_sum, r->net, r->margin);
	set_print(r->families);
	set_print(r->hard);
	set_print(r->tier);
	sums_print(r->support, r->has_support);
	sums_print(r->contradiction, r->has_contradiction);
	for (unsigned s = 0; s < LEDGER_SIGNALS_END; s++)
		if (r->hinges >> s & 1) {
			printf("%sS%02u", between, s);
			between = ",";
		}
	fputs(*between ? "" : "-", stdout);
}

int main(void)
{
	static char line[LINE];
	static struct ledger_result results[HYPOTHESES];
	static int32_t weights[ITEMS];
	while (fgets(line, sizeof(line), stdin)) {
		struct ledger l = { .hypotheses = hypotheses, .items = items };
		unsigned reviewed = 0, failed = 0, disagrees = 0;
		line[strcspn(line, "\n")] = '\0';
		char *second = strchr(line, '|'), *third = second ? strchr(second + 1, '|') : NULL;
		if (!third || sscanf(line, "%u %u %u %u %u %u", &l.sensors, &l.windows, &reviewed, &l.cotenants, &failed, &disagrees) != 6)
			refuse(line);
		*third = '\0';
		l.reviewed = reviewed;
		l.unvalidated = failed;
		l.territory_disagrees = disagrees;
		hypotheses_read(&l, second + 1);
		items_read(&l, third + 1);
		if (!ledger_weigh(&l, results, weights))
			refuse("no memory");
		for (size_t i = 0; i < l.hypothesis_count; i++) {
			result_print(&results[i]);
			putchar(i + 1 < l.hypothesis_count ? ';' : '\n');
		}
	}
	return 0;
}
