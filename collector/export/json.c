/* SPDX-License-Identifier: Apache-2.0 */
#include "export/json.h"
#include "query/value.h"
#include <stdlib.h>
#include <string.h>

void json_start(struct json *j) { j->count = j->scratch_used = 0; }

static bool add(struct json *j, const struct json_entry *entry)
{
	if (j->count == JSON_ENTRIES_MAX)
		return false;
	j->entry[j->count++] = *entry;
	return true;
}

bool json_cell(struct json *j, const char *name, const struct query_cell *cell)
{
	return cell->form == CELL_ABSENT || add(j, &(struct json_entry){ .name = name, .cell = *cell });
}

bool json_bytes(struct json *j, const char *name, const char *text, size_t bytes)
{
	return add(j, &(struct json_entry){ .name = name, .cell = { .form = CELL_TEXT, .count = bytes, .text = text } });
}

bool json_text(struct json *j, const char *name, const char *text) { return json_bytes(j, name, text, strlen(text)); }

bool json_u64(struct json *j, const char *name, uint64_t number)
{
	return add(j, &(struct json_entry){ .name = name, .cell = { .form = CELL_U64, .number = number } });
}

bool json_true(struct json *j, const char *name) { return add(j, &(struct json_entry){ .name = name, .cell = { .form = CELL_TRUE } }); }

bool json_raw(struct json *j, const char *name, const char *raw, size_t bytes)
{
	return add(j, &(struct json_entry){ .name = name, .raw = raw, .raw_bytes = bytes });
}

void json_list(struct json *j)
{
	if (j->count)
		j->entry[j->count - 1].is_list = true;
}

char *json_room(struct json *j, size_t bytes)
{
	if (bytes > sizeof(j->scratch) - j->scratch_used)
		return NULL;
	j->scratch_used += bytes;
	return j->scratch + j->scratch_used - bytes;
}

/* A dot is less than any character, so that what is in one object stands together. */
static int by_name(const void *a, const void *b)
{
	const struct json_entry *x = a, *y = b;
	const unsigned char *s = (const unsigned char *)x->name, *t = (const unsigned char *)y->name;
	while (*s && *s == *t)
		s++, t++;
	if (*s == *t)
		return 0;
	int c = *s == '.' ? 1 : *s, d = *t == '.' ? 1 : *t;
	return c < d ? -1 : 1;
}

/* Stable, and the lists are short: names of a few dozen. */
static void sort(struct json *j)
{
	for (size_t i = 1; i < j->count; i++) {
		struct json_entry entry = j->entry[i];
		size_t at = i;
		for (; at > 0 && by_name(&j->entry[at - 1], &entry) > 0; at--)
			j->entry[at] = j->entry[at - 1];
		j->entry[at] = entry;
	}
}

static void put_value(struct out *o, const struct json_entry *entry)
{
	if (entry->raw)
		out_bytes(o, entry->raw, entry->raw_bytes);
	else
		value_json(o, &entry->cell);
}

static void put_values(struct out *o, const struct json_entry *entry, size_t count)
{
	bool list = count > 1 || entry->is_list;
	if (list)
		out_char(o, '[');
	for (size_t i = 0; i < count; i++) {
		if (i)
			out_char(o, ',');
		put_value(o, &entry[i]);
	}
	if (list)
		out_char(o, ']');
}

/* Entries whose names have the same first `skip` characters. */
static void put_members(struct out *o, const struct json_entry *entry, size_t count, size_t skip)
{
	out_char(o, '{');
	for (size_t i = 0, next; i < count; i = next) {
		const char *name = entry[i].name + skip;
		size_t bytes = strcspn(name, ".");
		bool leaf = !name[bytes];
		next = i + 1;
		while (next < count && strncmp(entry[next].name + skip, name, bytes + 1) == 0)
			next++;
		if (i)
			out_char(o, ',');
		value_json_text(o, name, bytes);
		out_char(o, ':');
		if (leaf)
			put_values(o, entry + i, next - i);
		else
			put_members(o, entry + i, next - i, skip + bytes + 1);
	}
	out_char(o, '}');
}

void json_put(struct json *j, struct out *o)
{
	sort(j);
	put_members(o, j->entry, j->count, 0);
}
