/* SPDX-License-Identifier: Apache-2.0 */
#include "query/field.h"
#include <string.h>

#define KIND_BEGIN(id) static const struct query_field fields_##id[] = {
#define FIELD(kind, key, type, unit, table, zeek, eve, ecs, ipfix, stix, help) \
	{ #key, QUERY_##type, unit, table, zeek, eve, ecs, ipfix, stix, help, ",\"" #key "\":", sizeof(",\"" #key "\":") - 1 },
#define KIND_END(id) };
#include "query/fields.def"

const struct query_kind query_kinds[QUERY_KIND_COUNT] = {
#define KIND(id, name, about) { name, about, fields_##id, QUERY_##id##_COUNT },
#include "query/fields.def"
};

#define FITS(id) _Static_assert((int)QUERY_##id##_COUNT <= (int)QUERY_CELLS_MAX, "a row holds every field of its kind");
#define KIND(id, name, about) FITS(id)
#include "query/fields.def"

size_t query_field_find(const struct query_kind *kind, const char *key, size_t bytes)
{
	for (size_t i = 0; i < kind->count; i++)
		if (strlen(kind->fields[i].key) == bytes && memcmp(kind->fields[i].key, key, bytes) == 0)
			return i;
	return kind->count;
}

const char *query_type_name(enum query_type type)
{
	static const char *const names[QUERY_TYPE_COUNT] = {
		[QUERY_TEXT] = "text", [QUERY_COUNT] = "count", [QUERY_NUMBER] = "number", [QUERY_TIME] = "time", [QUERY_ADDR] = "address",
		[QUERY_BOOL] = "boolean", [QUERY_VALUE] = "text or number", [QUERY_LIST] = "list", [QUERY_MAP] = "map", [QUERY_ROWS] = "rows",
	};
	return names[type];
}

const struct query_foreign *query_foreign_of(const char *signal)
{
	static const struct query_foreign names[] = {
#define FOREIGN(signal, zeek, eve, ecs, ipfix, stix) { signal, zeek, eve, ecs, ipfix, stix },
#include "query/foreign.def"
#undef FOREIGN
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].signal, signal) == 0)
			return &names[i];
	return NULL;
}
