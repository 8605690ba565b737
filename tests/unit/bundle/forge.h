/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BUNDLE_FORGE_H
#define TEST_BUNDLE_FORGE_H

#include "sample.h"

/* Bundles made frame by frame with real keys, right CRCs and a right tree, each wrong in one thing (or unusual and right). */

struct forgery {
	const char *name;
	enum ind_verdict verdict;
	const char *reason;
};

size_t forgery_count(void);

/* Makes number `i` into an empty memory. */
struct forgery forgery_make(size_t i, const struct keys *keys, struct memory *m);

#endif
