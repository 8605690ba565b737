/* SPDX-License-Identifier: Apache-2.0 */
/* Which hypotheses stand for a subject: what claims on its addresses name, what it declares, the doubts, and those of a file. */
#include "assess/grow.h"
#include "assess/inside.h"
#include "base/hash.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct assess_hypothesis *hypothesis_add(struct conclusion *c, enum ledger_type type, const char *about)
{
	for (size_t i = 0; i < c->hypothesis_count; i++)
		if (c->hypotheses[i].type == type && strcmp(c->hypotheses[i].about, about) == 0)
			return &c->hypotheses[i];
	struct assess_hypothesis *h = c->hypothesis_count < LEDGER_HYPOTHESES_MAX ? GROW(c->hypotheses, c->hypothesis_count, c->hypothesis_room) : NULL;
	if (!h)
		return NULL;
	h->type = type;
	snprintf(h->about, sizeof(h->about), "%s", about);
	return h;
}

static bool area_add(struct conclusion *c, const char code[2])
{
	char about[3] = { code[0], code[1], '\0' };
	if (code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z')
		return true;
	struct assess_hypothesis *h = hypothesis_add(c, LEDGER_ORIGIN_AREA, about);
	if (!h)
		return false;
	memcpy(h->area, about, sizeof(about));
	h->own = true;
	return true;
}

static bool net_add(struct conclusion *c, uint32_t asn)
{
	char about[16];
	if (!asn)
		return true;
	snprintf(about, sizeof(about), "AS%u", asn);
	struct assess_hypothesis *h = hypothesis_add(c, LEDGER_ORIGIN_NET, about);
	if (!h)
		return false;
	h->asn = asn;
	h->own = true;
	return true;
}

static bool claims_add(struct assess *a, const struct subject *s, struct conclusion *c)
{
	bool fine = true;
	for (size_t i = 0; i < s->claim_count; i++) {
		const struct claim_note *claim = &s->claims[i];
		bool territory = claim->kind <= IND_CLAIM_PFX2AS;
		if (!territory || !claim_counts(a, claim))
			continue;
		fine &= area_add(c, claim->country) && area_add(c, claim->registered);
		if (claim->kind == IND_CLAIM_PFX2AS || claim->kind == IND_CLAIM_DATABASE)
			fine &= net_add(c, claim->asn);
		for (unsigned k = 0; k < claim->more_asn_count && k < IND_CLAIM_MORE_ASNS; k++)
			fine &= net_add(c, claim->more_asn[k]);
	}
	return fine;
}

static bool offsets_add(struct conclusion *c, int first, int last)
{
	char about[32];
	snprintf(about, sizeof(about), "utc:%+d..%+d", first, last);
	struct assess_hypothesis *h = hypothesis_add(c, LEDGER_OPERATOR_ENV, about);
	if (!h)
		return false;
	h->has_offsets = true;
	h->offset_first = first;
	h->offset_last = last;
	return true;
}

static bool environments_add(const struct subject *s, struct conclusion *c)
{
	bool fine = true;
	for (size_t i = 0; i < s->language_count; i++) {
		char about[LABEL_BYTES + 8];
		if (strcmp(s->languages[i].tag, "en") == 0)
			continue;
		snprintf(about, sizeof(about), "lang:%s", s->languages[i].tag);
		struct assess_hypothesis *h = hypothesis_add(c, LEDGER_OPERATOR_ENV, about);
		if (!h)
			return false;
		memcpy(h->language, s->languages[i].tag, LABEL_BYTES);
	}
	/* A half-hour zone lies between two whole ones. */
	for (size_t i = 0; i < s->offset_count; i++) {
		int minutes = s->offsets[i].minutes, low = minutes >= 0 ? minutes / 60 : -((-minutes + 59) / 60);
		fine &= offsets_add(c, low, low + (minutes % 60 != 0));
	}
	struct clock_state clock = clock_state_of(s, false);
	int ahead = clock.readings.n >= method_signal(29)->least ? clock_hours(&clock) : 0;
	if (ahead)
		fine &= offsets_add(c, ahead, ahead);
	c->hours = hours_fit_of(s->cells, s->cell_count);
	if (c->hours.uneven && c->hours.width <= HOURS_TELL)
		fine &= offsets_add(c, c->hours.first, c->hours.last);
	return fine;
}

static bool links_add(struct assess *a, size_t at, struct conclusion *c)
{
	for (size_t k = at + 1; a->named && a->subject_count <= ASSESS_LINKED_MAX && k < a->subject_count; k++) {
		char about[ASSESS_HYPOTHESIS_TEXT];
		if (subjects_overlap(&a->subjects[at], &a->subjects[k]))
			continue;
		if (snprintf(about, sizeof(about), "%s and %s", a->subjects[at].text, a->subjects[k].text) >= (int)sizeof(about))
			snprintf(about, sizeof(about), "subjects %zu and %zu", at + 1, k + 1);
		struct assess_hypothesis *h = hypothesis_add(c, LEDGER_LINKED, about);
		if (!h)
			return false;
		h->other = (uint16_t)k;
	}
	return true;
}

static int by_name(const void *x, const void *y)
{
	const struct assess_hypothesis *a = x, *b = y;
	return a->type != b->type ? (a->type < b->type ? -1 : 1) : strcmp(a->about, b->about);
}

enum ind_err hypotheses_make(struct assess *a, size_t subject)
{
	const struct subject *s = &a->subjects[subject];
	struct conclusion *c = &a->conclusions[subject];
	static const enum ledger_type always[] = { LEDGER_RELAY, LEDGER_SPOOFED, LEDGER_STAGED, LEDGER_OPEN };
	bool fine = true;
	for (size_t i = 0; fine && i < sizeof(always) / sizeof(always[0]); i++)
		fine = hypothesis_add(c, always[i], "") != NULL;
	for (size_t i = 0; fine && i < a->extra_count; i++) {
		struct assess_hypothesis *h = hypothesis_add(c, a->extra[i].type, a->extra[i].about);
		fine = h != NULL;
		if (fine)
			*h = a->extra[i];
	}
	fine = fine && environments_add(s, c) && links_add(a, subject, c);
	/* What claims name comes last: of a large network it may be more than there is room for. */
	if (fine && !claims_add(a, s, c)) {
		c->cut = c->hypothesis_count == LEDGER_HYPOTHESES_MAX;
		fine = c->cut;
	}
	if (!fine)
		return IND_NOMEM;
	qsort(c->hypotheses, c->hypothesis_count, sizeof(*c->hypotheses), by_name);
	return IND_OK;
}

/* ---- files ---- */

#define PLACE_WORDS "'ORIGIN_NET AS64500', 'ORIGIN_AREA ES', 'OPERATOR_ENV lang:es' or 'OPERATOR_ENV utc:+1..+9'"

static bool number_read(const char **at, long low, long high, long *number)
{
	char *end;
	bool digit = (**at >= '0' && **at <= '9') || ((**at == '+' || **at == '-') && (*at)[1] >= '0' && (*at)[1] <= '9');
	*number = digit ? strtol(*at, &end, 10) : 0;
	if (!digit || *number < low || *number > high)
		return false;
	*at = end;
	return true;
}

static bool offsets_read(const char *word, struct assess_hypothesis *h)
{
	long first, last;
	if (!number_read(&word, -15, 17, &first) || strncmp(word, "..", 2) != 0)
		return false;
	word += 2;
	if (!number_read(&word, -15, 17, &last) || *word || last < first)
		return false;
	h->has_offsets = true;
	h->offset_first = (int)first;
	h->offset_last = (int)last;
	snprintf(h->about, sizeof(h->about), "utc:%+ld..%+ld", first, last);
	return true;
}

static bool about_read(const char *word, struct assess_hypothesis *h)
{
	long asn;
	size_t bytes = strlen(word);
	switch (h->type) {
	case LEDGER_ORIGIN_NET:
		if (strncmp(word, "AS", 2) != 0)
			return false;
		word += 2;
		if (!number_read(&word, 1, UINT32_MAX, &asn) || *word)
			return false;
		h->asn = (uint32_t)asn;
		snprintf(h->about, sizeof(h->about), "AS%u", h->asn);
		return true;
	case LEDGER_ORIGIN_AREA:
		if (bytes != 2 || geo_area(word) == GEO_AREA_NONE)
			return false;
		memcpy(h->area, word, 3);
		memcpy(h->about, word, 3);
		return true;
	case LEDGER_OPERATOR_ENV:
		if (strncmp(word, "utc:", 4) == 0)
			return offsets_read(word + 4, h);
		if (strncmp(word, "lang:", 5) != 0 || bytes < 7 || bytes > 8 || strspn(word + 5, "abcdefghijklmnopqrstuvwxyz") != bytes - 5)
			return false;
		memcpy(h->language, word + 5, bytes - 4);
		memcpy(h->about, word, bytes + 1);
		return true;
	default: return false;
	}
}

static enum ind_err line_read(struct assess *a, char *line, char error[static ASSESS_ERROR_BYTES])
{
	char *save, *type = strtok_r(line, " \t\r", &save), *about = type ? strtok_r(NULL, " \t\r", &save) : NULL;
	struct assess_hypothesis h = { .given = true };
	if (!type || *type == '#')
		return IND_OK;
	while (h.type <= LEDGER_OPERATOR_ENV && strcmp(type, ledger_type_name(h.type)) != 0)
		h.type++;
	if (h.type > LEDGER_OPERATOR_ENV) {
		snprintf(error, ASSESS_ERROR_BYTES, "'%.40s' is no hypothesis of a file: " PLACE_WORDS ". There is none about a State, a government, an organisation or a person", type);
		return IND_MALFORMED;
	}
	if (!about || strtok_r(NULL, " \t\r", &save) || !about_read(about, &h)) {
		snprintf(error, ASSESS_ERROR_BYTES, "what %s is about reads as in " PLACE_WORDS "; no State, government, organisation or person can be named", type);
		return IND_MALFORMED;
	}
	if (a->extra_count == ASSESS_EXTRA_MAX) {
		snprintf(error, ASSESS_ERROR_BYTES, "more than %d hypotheses", ASSESS_EXTRA_MAX);
		return IND_MALFORMED;
	}
	a->extra[a->extra_count++] = h;
	return IND_OK;
}

enum ind_err assess_hypotheses(struct assess *a, const char *text, size_t bytes, char error[static ASSESS_ERROR_BYTES])
{
	if (a->extra_given) {
		snprintf(error, ASSESS_ERROR_BYTES, "a second file of hypotheses: put all lines into one, whose digest stands among the inputs");
		return IND_USAGE;
	}
	a->extra_given = true;
	hash_sha256(text, bytes, a->extra_sha256);
	return text_lines(a, text, bytes, line_read, error);
}
