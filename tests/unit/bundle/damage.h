/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BUNDLE_DAMAGE_H
#define TEST_BUNDLE_DAMAGE_H

#include "sample.h"

/* Ways to damage a bundle in memory. */

/* Puts right all CRCs of a file whose lengths are right, as someone would who knows the format but has no key. */
void damage_repair(struct memory *m);

/* Where frame number `index` starts, or the end of the file. */
size_t damage_frame(const struct memory *m, unsigned index);

void damage_flip(struct memory *m, size_t bit);

struct memory damage_copy(const struct memory *m);

#endif
