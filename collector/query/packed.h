/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_PACKED_H
#define QUERY_PACKED_H

#include "query/sort.h"

/* A row as bytes that can be moved: its key, which compares as bytes do, then its cells. Never leaves the program that wrote it. */

enum { PACKED_MAX_BYTES = 1 << 18, PACKED_ALIGN = 8 };

/* What a packed row begins with. */
struct packed { uint32_t bytes /* of all, a multiple of PACKED_ALIGN */, key_bytes; };

/* Packs into `room` bytes, aligned, at `at`; 0: it does not fit. `number` tells rows apart whose keys are equal. */
size_t packed_put(const struct query_row *row, const struct sort_options *options, uint64_t number, uint8_t *at, size_t room);

/* Cells borrow from `at`. */
void packed_get(const uint8_t *at, const struct query_kind *kind, struct query_row *row);

int packed_compare(const uint8_t *a, const uint8_t *b);
static inline size_t packed_bytes(const uint8_t *at) { return ((const struct packed *)(const void *)at)->bytes; }

#endif
