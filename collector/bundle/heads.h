/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_HEADS_H
#define BUNDLE_HEADS_H

#include "indicia/verify.h"

/* Heads of the stream that is verified, compared as its tree grows (docs/bundle-format.md section 7.1). */

struct heads {
	const struct ind_kept_head *given;
	size_t count;
	uint64_t held, differing, declared; /* bit i: given[i] */
};

/* The heads are borrowed. IND_USAGE if there are too many. */
enum ind_err heads_start(struct heads *h, const struct ind_verify_options *options) IND_MUST_USE;

/* The tree has this size now. */
void heads_see(struct heads *h, const struct ind_stream *stream);

/* A RECOVERY says itself that this head was given up. */
void heads_declare(struct heads *h, uint64_t size, const uint8_t root[static IND_SHA256_BYTES]);

/* What is known when everything up to leaf `end` is authenticated. */
void heads_say(const struct heads *h, const uint8_t stream_id[static IND_STREAM_ID_BYTES], uint64_t end, struct ind_verify_result *result);

#endif
