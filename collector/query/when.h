/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_WHEN_H
#define QUERY_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Times as people write them, UTC unless an offset is given. What is written without seconds or hours is the whole minute, hour or day. */

struct when { uint64_t first_ns, last_ns; };

/* RFC 3339 with `T` or `_`, cut short anywhere behind the day; `@` and seconds since 1970; nfdump's 2026/11/20.09:10:00. */
bool when_parse(const char *text, size_t bytes, struct when *when);

/* "09:25", "09:25:30.5": a time of the day that `day_ns` lies in. */
bool when_parse_clock(const char *text, size_t bytes, uint64_t day_ns, struct when *when);

/* ISO 8601 "PT1H30M", "P2D"; at most ten years. */
bool when_parse_span(const char *text, size_t bytes, uint64_t *ns);

#endif
