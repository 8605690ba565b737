/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_STRETCH_H
#define CLI_STRETCH_H

#include "cli/input.h"

/* Bundles that one capture wrote one after the other: serials of flows count through them, and a flow may end in a later one than its exhibits
 * are in. They are told by their streams: the next begins at the leaf behind the seal by which one was ended to go on in it. */

struct stretch_bundle;

struct stretches {
	struct stretch_bundle *bundles;
	size_t bundle_count;
	size_t count;                /* of stretches */
};

/* Sorts the inputs into stretches, in order of their first input. What cannot be read is a stretch by itself. */
int stretches_find(struct stretches *s, const struct inputs *inputs);

/* Opens each bundle of a stretch in turn, those that could be opened before. Returns the worst status of opening and of `read`. */
int stretch_read(struct stretches *s, size_t which, bool first_pass, int (*read)(void *ctx, struct input *in, bool first_pass), void *ctx);

void stretches_free(struct stretches *s);

#endif
