/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_FIELD_H
#define QUERY_FIELD_H

#include <stdbool.h>
#include <stddef.h>

/* The field table (fields.def): what each kind of row holds, under which key, and what others call it. */

enum query_type {
	QUERY_TEXT, QUERY_COUNT, QUERY_NUMBER, QUERY_TIME, QUERY_ADDR, QUERY_BOOL, QUERY_VALUE, QUERY_LIST, QUERY_MAP, QUERY_ROWS,
	QUERY_TYPE_COUNT,
};

struct query_field {
	const char *key;             /* JSON key, CSV heading, SQL column */
	enum query_type type;
	const char *unit;            /* "" if none */
	bool in_table;               /* shown by -o table unless columns are asked for */
	const char *zeek, *eve, *ecs, *ipfix, *stix; /* "" where the format has no place */
	const char *help;
	const char *json;            /* ,"key": */
	size_t json_bytes;
};

struct query_kind {
	const char *name;            /* JSON "type" */
	const char *about;
	const struct query_field *fields;
	size_t count;
};

enum query_kind_id {
#define KIND(id, name, about) QUERY_KIND_##id,
#include "query/fields.def"
	QUERY_KIND_COUNT,
};

/* QUERY_FLOW_record, QUERY_SIGNAL_value, ...: places in a row. */
#define FIELD_ENUM(kind, key) QUERY_##kind##_##key,
#define KIND_BEGIN(id) enum {
#define FIELD(kind, key, type, unit, table, zeek, eve, ecs, ipfix, stix, help) FIELD_ENUM(kind, key)
#define KIND_END(id) QUERY_##id##_COUNT };
#include "query/fields.def"
#undef FIELD_ENUM

enum { QUERY_CELLS_MAX = 128 };

extern const struct query_kind query_kinds[QUERY_KIND_COUNT];

/* Place of the field with this key, or kind->count. */
size_t query_field_find(const struct query_kind *kind, const char *key, size_t bytes);

const char *query_type_name(enum query_type type);

/* What other programs call a signal of the catalogue; NULL if nobody has a name for it. */
struct query_foreign { const char *signal, *zeek, *eve, *ecs, *ipfix, *stix; };
const struct query_foreign *query_foreign_of(const char *signal);

#endif
