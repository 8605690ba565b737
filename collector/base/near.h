/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

/* The word of a list that `word` was probably meant to be; NULL if none is near. Start with near_start, offer each, ask near_best. */
struct near { const char *word, *best; unsigned distance; };

void near_start(struct near *n, const char *word);
void near_offer(struct near *n, const char *candidate);
const char *near_best(const struct near *n);

#endif
