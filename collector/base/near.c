/* SPDX-License-Identifier: Apache-2.0 */
/* Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
#include "base/near.h"
#include <string.h>

enum { NEAR_WORD_MAX = 32, NEAR_DISTANCE_MAX = 2 };

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

static unsigned distance(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
	unsigned row[NEAR_WORD_MAX + 1][NEAR_WORD_MAX + 1];
	for (unsigned i = 0; i <= a_bytes; i++)
		row[i][0] = i;
	for (unsigned j = 0; j <= b_bytes; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a_bytes; i++) {
		for (size_t j = 1; j <= b_bytes; j++) {
			unsigned cost = a[i - 1] != b[j - 1];
			row[i][j] = least(least(row[i - 1][j], row[i][j - 1]) + 1, row[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[i][j] = least(row[i][j], row[i - 2][j - 2] + 1);
		}
	}
	return row[a_bytes][b_bytes];
}

void near_start(struct near *n, const char *word) { *n = (struct near){ word, NULL, NEAR_DISTANCE_MAX + 1 }; }

void near_offer(struct near *n, const char *candidate)
{
	size_t a = strlen(n->word), b = strlen(candidate);
	if (!a || a > NEAR_WORD_MAX || b > NEAR_WORD_MAX)
		return;
	unsigned d = distance(n->word, a, candidate, b);
	/* Of a short word not everything may be wrong. */
	if (d < n->distance && d < b) {
		n->distance = d;
		n->best = candidate;
	}
}

const char *near_best(const struct near *n) { return n->best; }
