/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_COLUMN_H
#define BUNDLE_COLUMN_H

#include "bundle/batch.h"

/* A column's values to and from its raw bytes (docs/bundle-format.md section 4). */

struct column_time { uint64_t base_ns, unit_ns; };
enum { TIME_UNIT_US_NS = 1000 }; /* the only unit but 1 */

/* Most bytes that a column's raw form can take. */
size_t column_raw_max(const struct column_spec *spec, const struct column *c);

/* Writes the raw form somewhere into `room`, which holds column_raw_max bytes; *raw says where. Returns its size. */
size_t column_encode(const struct column_spec *spec, const struct column *c, struct column_time time, uint8_t *room, const uint8_t **raw);

/* Reads exactly `count` values, or bytes. The numbers have room for them. False: not the canonical form, or out of range. */
bool column_decode(const struct column_spec *spec, const uint8_t *raw, size_t raw_bytes, struct column_time time, size_t count, struct column *c);

/* How many values the column of `raw_bytes` can have at most: bounds memory before anything is read. */
static inline bool column_fits(size_t raw_bytes, size_t count) { return count <= raw_bytes; }

/* How many values or bytes column `index` must have, from the columns before it. */
size_t column_count_expected(const struct batch *b, unsigned index);

#endif
