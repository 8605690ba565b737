/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_SUMS_H
#define ASSESS_SUMS_H

#include "assess/ledger.h"

/* Inside the ledger: the sums of one hypothesis, over all of its items or without some. */

enum { SUMS_ITEMS_MAX = 512 };       /* supporting items of one hypothesis; the rest is not counted */

struct sums {
	int32_t support[IND_FAMILY_COUNT], contradiction[IND_FAMILY_COUNT];
	bool has_support[IND_FAMILY_COUNT], has_contradiction[IND_FAMILY_COUNT];
	int32_t for_sum, against_sum, net;
	uint16_t families, hard, tier; /* K, KH, TC */
	uint64_t supporting;
	bool excluded;
};

struct sums_of {
	const uint16_t *order;       /* places of items, by hypothesis; those of this one from `first` until before `end` */
	size_t first, end;
	uint16_t hypothesis;
	bool without_t;
	uint8_t without_signal;      /* what this signal supports is left out; 0: nothing */
};

void sums_weights(const struct ledger *ledger, int32_t *weights);
bool sums_takes(const struct sums_of *of, const struct ledger_item *item);
void sums_make(const struct ledger *ledger, const struct sums_of *of, const int32_t *weights, struct sums *sums);

#endif
