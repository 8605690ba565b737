/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "base/hash.h"
#include "capture/capture.h"
#include <stdatomic.h>

/* The bytes of a savefile, read once from front to back, from a descriptor or the caller's function, hashed as they pass. */

enum { SOURCE_HEAD_BYTES = 24 };

struct source {
	int fd;
	capture_read *read;
	void *read_ctx;
	const atomic_bool *stop;     /* gives up on a read that a signal interrupts */
	bool hashing, at_end;
	enum ind_err err;            /* why reading ended other than at the end; stays */
	int error_number;            /* errno with IND_IO */
	uint64_t done, total;
	size_t head_bytes, head_given;
	uint8_t head[SOURCE_HEAD_BYTES];
	struct hash_sha256_state hash;
};

void source_start(struct source *s, const struct capture_options *options, const atomic_bool *stop);

/* Reads the first bytes so that they can be looked at in s->head; source_read gives them again. */
enum ind_err source_peek(struct source *s) IND_MUST_USE;

/* Some bytes, at most `count`; *got 0 is the end. IND_END: capture_break interrupted it; it may be called again. */
enum ind_err source_read(struct source *s, void *bytes, size_t count, size_t *got) IND_MUST_USE;

#endif
