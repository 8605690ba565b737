/* SPDX-License-Identifier: Apache-2.0 */
/* Steps over vectors of truths, one byte a row. What a step means is said in matches.c. */
#include "query/scan.h"
#include "query/columns.h"
#include <stdlib.h>
#include <string.h>

enum { NO_SKIP = UINT32_MAX };

struct filter_scan {
	struct query_filter *filter;
	uint32_t *skip;              /* of the step that begins a right operand: its connective */
	uint8_t *rows;               /* filter->depth vectors, or one */
	struct columns columns;
	bool asks_records;           /* not everything is in columns */
};

static bool in_columns(const struct code_step *s)
{
	switch ((enum code_op)s->op) {
	case CODE_FAMILY: return s->subject == IND_FAMILY_V;
	case CODE_TEXT: return s->subject == TEXT_SENSOR;
	case CODE_SIGNAL: {
		const struct ind_signal_info *info = ind_signal_info(s->subject);
		return !info || info->recorded != IND_DERIVED;
	}
	default: return true;
	}
}

/* Where the operand that ends at each step begins, and with it where right ones do. */
static bool plan(struct filter_scan *s)
{
	const struct query_filter *f = s->filter;
	uint32_t *begins = malloc((f->count + 1) * sizeof(*begins));
	if (!begins)
		return false;
	for (uint32_t i = 0; i < f->count; i++) {
		s->skip[i] = NO_SKIP;
		begins[i] = i;
		if (f->steps[i].op == CODE_NOT) {
			begins[i] = begins[i - 1];
		} else if (!code_is_term(&f->steps[i])) {
			uint32_t right = begins[i - 1];
			s->skip[right] = i;
			begins[i] = begins[right - 1];
		}
		s->asks_records |= !in_columns(&f->steps[i]);
	}
	free(begins);
	return true;
}

struct filter_scan *filter_scan_new(struct query_filter *filter)
{
	struct filter_scan *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->filter = filter;
	s->columns.filter = filter;
	s->skip = malloc((filter->count + 1) * sizeof(*s->skip));
	s->rows = malloc((filter->depth + 1) * COLUMNS_ROWS_MAX);
	if (s->skip && s->rows && plan(s))
		return s;
	filter_scan_free(s);
	return NULL;
}

void filter_scan_free(struct filter_scan *s)
{
	if (!s)
		return;
	columns_free(&s->columns);
	free(s->skip);
	free(s->rows);
	free(s);
}

/* ---- what a zone map leaves possible ---- */

static unsigned possible_not(unsigned a) { return (a & MAY_UNKNOWN) | (a & MAY_NO ? MAY_YES : 0) | (a & MAY_YES ? MAY_NO : 0); }

/* The least of both, for and. */
static unsigned possible_and(unsigned a, unsigned b)
{
	unsigned result = 0;
	for (unsigned x = 0; x <= TRUTH_YES; x++)
		for (unsigned y = 0; y <= TRUTH_YES; y++)
			if (a >> x & 1 && b >> y & 1)
				result |= 1u << (x < y ? x : y);
	return result;
}

static unsigned possible(const struct filter_scan *s, const struct ind_reader *reader, const struct ind_batch *batch)
{
	unsigned stack[2 * FILTER_DEPTH_MAX + 8];
	size_t at = 0;
	for (size_t i = 0; i < s->filter->count; i++) {
		const struct code_step *step = &s->filter->steps[i];
		if (step->op == CODE_NOT) {
			stack[at - 1] = possible_not(stack[at - 1]);
		} else if (step->op == CODE_AND) {
			at--;
			stack[at - 1] = possible_and(stack[at - 1], stack[at]);
		} else if (step->op == CODE_OR) {
			at--;
			stack[at - 1] = possible_not(possible_and(possible_not(stack[at - 1]), possible_not(stack[at])));
		} else {
			stack[at++] = columns_possible(&s->columns, step, reader, batch);
		}
	}
	return at ? stack[0] : MAY_YES;
}

/* ---- the steps ---- */

static bool all_are(const uint8_t *rows, size_t count, uint8_t truth)
{
	return count == 0 || (rows[0] == truth && memcmp(rows, rows + 1, count - 1) == 0);
}

static void join(uint8_t *a, const uint8_t *b, size_t count, bool least)
{
	if (least)
		for (size_t i = 0; i < count; i++)
			a[i] = b[i] < a[i] ? b[i] : a[i];
	else
		for (size_t i = 0; i < count; i++)
			a[i] = b[i] > a[i] ? b[i] : a[i];
}

static uint8_t *vector(const struct filter_scan *s, size_t n) { return s->rows + n * COLUMNS_ROWS_MAX; }

static enum ind_err run(struct filter_scan *s, size_t count)
{
	const struct query_filter *f = s->filter;
	size_t at = 0;
	for (uint32_t i = 0; i < f->count; i++) {
		const struct code_step *step = &f->steps[i];
		/* The left operand may have decided for every row. */
		if (s->skip[i] != NO_SKIP && all_are(vector(s, at - 1), count, f->steps[s->skip[i]].op == CODE_AND ? TRUTH_NO : TRUTH_YES)) {
			i = s->skip[i];
			continue;
		}
		if (step->op == CODE_NOT) {
			uint8_t *rows = vector(s, at - 1);
			for (size_t k = 0; k < count; k++)
				rows[k] = (uint8_t)(TRUTH_YES - rows[k]);
		} else if (!code_is_term(step)) {
			at--;
			join(vector(s, at - 1), vector(s, at), count, step->op == CODE_AND);
		} else {
			enum ind_err err = columns_ask(&s->columns, step, vector(s, at++));
			if (err != IND_OK)
				return err;
		}
	}
	if (!at)
		memset(s->rows, TRUTH_YES, count);
	return IND_OK;
}

static enum ind_err run_records(struct filter_scan *s, struct ind_reader *reader, size_t count, const struct filter_context *context)
{
	const struct ind_record *record;
	enum ind_err err = ind_batch_rows(reader);
	for (size_t i = 0; err == IND_OK && i < count; i++) {
		err = ind_reader_next(reader, &record);
		if (err == IND_OK)
			s->rows[i] = (uint8_t)query_filter_matches(s->filter, record, context);
	}
	return err;
}

static size_t count_of(const uint8_t *rows, size_t count, uint8_t truth)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		found += rows[i] == truth;
	return found;
}

/* Of terms that were unknown nobody knows which were to blame: all are named. */
static void remember(struct filter_scan *s, size_t undecided)
{
	struct query_filter *f = s->filter;
	f->undecided += undecided;
	for (size_t i = 0; undecided && i < f->count; i++)
		f->unsaid[i] |= s->columns.unknown[i];
}

enum ind_err filter_scan_batch(struct filter_scan *s, struct ind_reader *reader, const struct ind_batch *batch, const struct ind_record_id *id,
	const struct filter_context *context, const uint8_t **rows, size_t *selected)
{
	*rows = NULL;
	*selected = 0;
	if (!columns_start(&s->columns, reader, batch, id, context))
		return IND_NOMEM;
	if (batch->rows > COLUMNS_ROWS_MAX)
		return IND_LIMIT;
	unsigned may = possible(s, reader, batch);
	if (!(may & MAY_YES)) {
		remember(s, may == MAY_UNKNOWN ? batch->rows : 0);
		return IND_OK;
	}
	enum ind_err err = s->asks_records ? run_records(s, reader, batch->rows, context) : run(s, batch->rows);
	if (err != IND_OK)
		return err;
	if (!s->asks_records)
		remember(s, count_of(s->rows, batch->rows, TRUTH_UNKNOWN));
	*selected = count_of(s->rows, batch->rows, TRUTH_YES);
	*rows = *selected ? s->rows : NULL;
	return IND_OK;
}
