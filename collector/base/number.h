/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers as people write them. Each reads the whole of a text, or returns false. */

/* A whole number with an optional k, M, G or T (powers of 1000), at most `max`. */
bool number_read(const char *text, uint64_t max, uint64_t *number);

/* LAT,LON,ERR_KM: decimal degrees (WGS 84), of which four decimals count, and whole kilometres. */
struct position { int32_t latitude_1e4, longitude_1e4; uint32_t error_km; };
bool position_read(const char *text, struct position *position);

#endif
