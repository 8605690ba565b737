/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_JSON_H
#define EXPORT_JSON_H

#include "query/out.h"
#include "query/row.h"

/* One JSON object out of names with dots: "tls.client.ja3" stands inside "client" inside "tls". Values of one name form a list. */

enum { JSON_ENTRIES_MAX = 1024, JSON_SCRATCH_BYTES = 8192 };

struct json_entry {
	const char *name;
	struct query_cell cell;
	const char *raw;             /* JSON as it is; NULL: the cell */
	size_t raw_bytes;
	bool is_list;                /* also if it is the only one */
};

struct json {
	struct json_entry entry[JSON_ENTRIES_MAX];
	size_t count, scratch_used;
	char scratch[JSON_SCRATCH_BYTES];
};

void json_start(struct json *j);

/* Names and texts are borrowed until json_put. What finds no room is left out: false. */
bool json_cell(struct json *j, const char *name, const struct query_cell *cell);
bool json_text(struct json *j, const char *name, const char *text);
bool json_bytes(struct json *j, const char *name, const char *text, size_t bytes);
bool json_u64(struct json *j, const char *name, uint64_t number);
bool json_true(struct json *j, const char *name);
bool json_raw(struct json *j, const char *name, const char *raw, size_t bytes);

/* The entry that was added last is a list, even if it is alone. */
void json_list(struct json *j);

/* Room for a text that lives until json_start; NULL if there is none. */
char *json_room(struct json *j, size_t bytes);

/* Members in the order of their names. */
void json_put(struct json *j, struct out *o);

#endif
