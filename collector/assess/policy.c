/* SPDX-License-Identifier: Apache-2.0 */
/* A policy: `disable S10`, `require ACC LIMITED net 80`. It may leave signals out and ask for more, never for less. */
#include "assess/inside.h"
#include "base/hash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY_WORDS "'disable S10' or 'require ACC LIMITED net 80'"

static enum ind_err refuse(char error[static ASSESS_ERROR_BYTES], const char *word, const char *why)
{
	snprintf(error, ASSESS_ERROR_BYTES, "'%.40s' %s", word, why);
	return IND_MALFORMED;
}

static enum ind_err disable(struct assess *a, const char *word, char error[static ASSESS_ERROR_BYTES])
{
	char *end;
	unsigned long n = word && word[0] == 'S' && word[1] >= '0' && word[1] <= '9' ? strtoul(word + 1, &end, 10) : 0;
	if (n < 1 || n >= LEDGER_SIGNALS_END || *end || strlen(word) != 3)
		return refuse(error, word ? word : "", "is no signal: S01 to S35; 'indicia method' lists them");
	if (n == 1)
		return refuse(error, word, "cannot be left out: that a source is not validated tightens all else");
	a->policy.disabled |= UINT64_C(1) << n;
	return IND_OK;
}

/* The largest number that a condition can ask for; 0: there is no such condition. */
static long most_of(const char *what)
{
	static const struct { const char *name; int most; } conditions[] = {
		{ "net", 1000 }, { "margin", 1000 }, { "contradiction_below", 1000 }, { "families", 8 }, { "other", 7 }, { "hard", 7 }, { "tier", 8 }, { "breadth", 2 }, { "review", 1 },
	};
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
		if (strcmp(what, conditions[i].name) == 0)
			return conditions[i].most;
	return 0;
}

static void gate_set(struct ledger_gate *g, const char *what, long value)
{
	if (strcmp(what, "net") == 0)
		g->net_min = (int32_t)value;
	else if (strcmp(what, "margin") == 0)
		g->margin_min = (int32_t)value;
	else if (strcmp(what, "contradiction_below") == 0)
		g->contradiction_below = (int32_t)value;
	else if (strcmp(what, "families") == 0)
		g->families_min = (uint8_t)value;
	else if (strcmp(what, "other") == 0)
		g->other_min = (uint8_t)value;
	else if (strcmp(what, "hard") == 0)
		g->hard_min = (uint8_t)value;
	else if (strcmp(what, "tier") == 0)
		g->tier_min = (uint8_t)value;
	else if (strcmp(what, "breadth") == 0)
		g->breadth = (uint8_t)value;
	else
		g->review = value != 0;
}

static enum ind_err require(struct assess *a, char **words, char error[static ASSESS_ERROR_BYTES])
{
	unsigned class = 0, level = LEDGER_LIMITED;
	char *end;
	if (!words[0] || !words[1] || !words[2] || !words[3])
		return refuse(error, "require", "wants a class, a level, a condition and a number, as in 'require ACC LIMITED net 80'");
	while (class < LEDGER_CLASS_OPEN && strcmp(words[0], ledger_class_name(class)) != 0)
		class++;
	while (level <= LEDGER_STRONG && strcmp(words[1], ledger_level_name((enum ledger_level)level)) != 0)
		level++;
	if (class == LEDGER_CLASS_OPEN || level > LEDGER_STRONG)
		return refuse(error, class == LEDGER_CLASS_OPEN ? words[0] : words[1], "is no class (ACC DOUBT LINK) or no level (LIMITED MODERATE STRONG) of the gates");
	long value = strtol(words[3], &end, 10), most = most_of(words[2]);
	if (!most)
		return refuse(error, words[2], "is no condition of a gate: net margin contradiction_below families other hard tier breadth review");
	long least = strcmp(words[2], "contradiction_below") == 0; /* 0 would be no limit */
	if (*end || end == words[3] || value < least || value > most)
		return refuse(error, words[3], "is out of bounds for this condition");
	gate_set(&a->policy.gates.at[class][level - 1], words[2], value);
	if (!ledger_gates_tight(&a->policy.gates))
		return refuse(error, words[2], "would ask for less than the method: a policy may tighten gates, never loosen them");
	return IND_OK;
}

static enum ind_err line_read(struct assess *a, char *line, char error[static ASSESS_ERROR_BYTES])
{
	char *words[6] = { NULL }, *save, *word = strtok_r(line, " \t\r", &save);
	size_t count = 0;
	for (; word && count < 6 && (count || *word != '#'); word = strtok_r(NULL, " \t\r", &save))
		words[count++] = word;
	if (!count)
		return IND_OK;
	if (strcmp(words[0], "disable") == 0 && count == 2)
		return disable(a, words[1], error);
	if (strcmp(words[0], "require") == 0 && count == 5)
		return require(a, words + 1, error);
	return refuse(error, words[0], "is not understood; a policy has lines such as " POLICY_WORDS);
}

/* What a level asks for, the next one asks for as well: else a hypothesis that fails LIMITED could be MODERATE. */
static void gate_raise(struct ledger_gate *g, const struct ledger_gate *below)
{
#define AT_LEAST(field) g->field = g->field > below->field ? g->field : below->field
	AT_LEAST(net_min);
	AT_LEAST(margin_min);
	AT_LEAST(families_min);
	AT_LEAST(other_min);
	AT_LEAST(hard_min);
	AT_LEAST(tier_min);
	AT_LEAST(breadth);
	AT_LEAST(review);
#undef AT_LEAST
	if (below->contradiction_below && (!g->contradiction_below || g->contradiction_below > below->contradiction_below))
		g->contradiction_below = below->contradiction_below;
}

enum ind_err assess_policy(struct assess *a, const char *text, size_t bytes, char error[static ASSESS_ERROR_BYTES])
{
	if (a->policy.given) {
		snprintf(error, ASSESS_ERROR_BYTES, "a second policy: put all lines into one file, whose digest stands among the inputs");
		return IND_USAGE;
	}
	hash_sha256(text, bytes, a->policy.sha256);
	a->policy.given = true;
	enum ind_err err = text_lines(a, text, bytes, line_read, error);
	for (unsigned class = 0; class < LEDGER_CLASS_OPEN; class++)
		for (int level = LEDGER_LIMITED; level < LEDGER_STRONG; level++)
			gate_raise(&a->policy.gates.at[class][level], &a->policy.gates.at[class][level - 1]);
	return err;
}
