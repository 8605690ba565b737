/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_LINES_H
#define REFDATA_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text in memory, line by line and field by field; nothing is copied but fields in quotes. */

enum { LINE_MAX_BYTES = 4096 };

struct piece { const char *at; size_t bytes; };

struct lines {
	const char *at, *end;
	uint64_t number;             /* of the line that was given last, from 1 */
};

/* A byte order mark (RFC 3629 section 6) at the start is skipped. */
struct lines lines_of(const char *bytes, size_t count);

/* The next line without white space around it. False: there is none. */
bool lines_next(struct lines *l, struct piece *line);

struct piece lines_trim(struct piece text);

/* Without regard to case (ASCII). */
bool lines_same(const char *at, size_t bytes, const char *word);

/* The field before the next `separator`, trimmed; *rest moves behind it. False: there is no field left. */
bool lines_field(struct piece *rest, char separator, struct piece *field);

/* The same for a CSV line (RFC 4180; no field goes over the end of its line). A field in quotes is written without them into `room`, which
 * has as many bytes as the line. */
bool lines_csv(struct piece *rest, char *room, struct piece *field);

#endif
