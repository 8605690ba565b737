/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_BUFFER_H
#define BUNDLE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Bytes that grow, by a quarter at least, and are kept for the next use. Starts as zero. */
struct buffer {
	uint8_t *at;
	size_t capacity;
};

/* Room for `bytes` in all; what was there stays. */
static inline bool buffer_reserve(struct buffer *b, size_t bytes)
{
	if (bytes <= b->capacity)
		return true;
	size_t grown = b->capacity + b->capacity / 4;
	size_t capacity = grown > bytes ? grown : bytes;
	uint8_t *at = realloc(b->at, capacity);
	if (!at)
		return false;
	b->at = at;
	b->capacity = capacity;
	return true;
}

static inline void buffer_free(struct buffer *b)
{
	free(b->at);
	*b = (struct buffer){ 0 };
}

#endif
