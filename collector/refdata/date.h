/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_DATE_H
#define REFDATA_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DATE_DAY_S = 86400 };

/* "2026-11-20", "20261120", and the former with a time of day behind it ("T09:12:03Z", " 09:12:03"), always UTC: seconds since 1970.
 * False: it is none, or before 1970. */
bool date_parse(const char *at, size_t bytes, uint64_t *seconds);

/* The same as "2026-11-20T09:12:03Z". */
enum { DATE_TEXT_BYTES = 32 };
void date_text(uint64_t seconds, char text[static DATE_TEXT_BYTES]);

#endif
