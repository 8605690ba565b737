/* SPDX-License-Identifier: Apache-2.0 */
/* Signals of flows: which ids there are, and of each distinct value once whether it passes. */
#include "query/columns.h"
#include <stdlib.h>
#include <string.h>

enum { CUT_BIT = 4 };

/* The recorded signals of the batch, as far as they are asked for. */
struct listed { const uint64_t *counts, *ids, *bits, *values; };

static enum ind_err load(struct columns *c, bool with_values, struct listed *l)
{
	size_t count, distinct = 0;
	*l = (struct listed){ NULL, NULL, NULL, NULL };
	enum ind_err err = ind_batch_numbers(c->reader, IND_COL_SIGNALS, &l->counts, &count);
	if (err == IND_OK)
		err = ind_batch_numbers(c->reader, IND_COL_SIGNAL_ID, &l->ids, &count);
	if (err != IND_OK || !with_values)
		return err;
	err = ind_batch_numbers(c->reader, IND_COL_SIGNAL_BITS, &l->bits, &count);
	if (err == IND_OK)
		err = ind_batch_values(c->reader, &l->values, &count, &distinct);
	if (err != IND_OK)
		return err;
	if (distinct + 1 > c->memo_room) {
		uint8_t *memo = realloc(c->memo, distinct + 1);
		if (!memo)
			return IND_NOMEM;
		c->memo = memo;
		c->memo_room = distinct + 1;
	}
	memset(c->memo, 0, distinct + 1);
	return IND_OK;
}

static enum truth one_says(struct columns *c, const struct code_step *step, const struct listed *l, size_t k)
{
	if (step->test == TEST_PRESENT)
		return TRUTH_YES;
	bool cut = l->bits[k] & CUT_BIT;
	uint8_t *memo = &c->memo[l->values[k]];
	if (*memo && !cut)
		return (enum truth)(*memo - 1);
	struct ind_text text = ind_batch_value(c->reader, l->values[k]);
	struct ind_signal signal = { .value = text.at ? text.at : "", .value_bytes = text.bytes, .flags = cut ? IND_SIGNAL_CUT : 0 };
	enum truth truth = code_value_passes(c->filter, step, &signal);
	if (!cut)
		*memo = (uint8_t)(truth + 1);
	return truth;
}

enum ind_err columns_ask_signal(struct columns *c, const struct code_step *step, uint8_t *rows)
{
	struct listed l;
	enum ind_err err = load(c, step->test != TEST_PRESENT, &l);
	bool in_force = ind_signal_set_has(c->context->rows->signals, step->subject);
	uint8_t unseen = step->test == TEST_PRESENT && in_force ? TRUTH_NO : TRUTH_UNKNOWN;
	for (size_t i = 0, k = 0; err == IND_OK && i < c->batch->rows; i++) {
		size_t end = k + l.counts[i];
		bool seen = false;
		rows[i] = unseen;
		for (; k < end; k++) {
			if (l.ids[k] != step->subject)
				continue;
			uint8_t one = (uint8_t)one_says(c, step, &l, k);
			rows[i] = !seen || one > rows[i] ? one : rows[i];
			seen = true;
		}
	}
	return err;
}
