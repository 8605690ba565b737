/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jdoc.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>

/* A document is its root; struct jdoc is the library's value under a name of our own. */
static const json_t *value_of(const struct jdoc *value) { return (const json_t *)(const void *)value; }
static json_t *own(struct jdoc *value) { return (json_t *)(void *)value; }
static struct jdoc *named(json_t *value) { return (struct jdoc *)(void *)value; }

struct jdoc *jdoc_read(const char *text, size_t bytes, char error[static JDOC_ERROR_BYTES])
{
	json_error_t fault;
	json_t *root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &fault);
	*error = '\0';
	if (root)
		return named(root);
	if (snprintf(error, JDOC_ERROR_BYTES, "line %d, column %d: %s", fault.line, fault.column, fault.text) >= JDOC_ERROR_BYTES)
		error[JDOC_ERROR_BYTES - 1] = '\0';
	return NULL;
}

void jdoc_free(struct jdoc *document) { json_decref(own(document)); }

struct jdoc *jdoc_load(const char *path, size_t bytes_max)
{
	struct stat st;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size > bytes_max)
		return NULL;
	return named(json_load_file(path, JSON_REJECT_DUPLICATES, NULL));
}

bool jdoc_is_object(const struct jdoc *value) { return json_is_object(value_of(value)); }
bool jdoc_is_list(const struct jdoc *value) { return json_is_array(value_of(value)); }

size_t jdoc_count(const struct jdoc *value)
{
	return jdoc_is_list(value) ? json_array_size(value_of(value)) : json_object_size(value_of(value));
}

const struct jdoc *jdoc_key(const struct jdoc *object, const char *key) { return named(json_object_get(value_of(object), key)); }
const struct jdoc *jdoc_item(const struct jdoc *list, size_t at) { return named(json_array_get(value_of(list), at)); }

/* The library's iterators want a value that may be changed; it is not. */
const char *jdoc_name(const struct jdoc *object, const char *before)
{
	json_t *value = own((struct jdoc *)(uintptr_t)object);
	void *at = before ? json_object_iter_next(value, json_object_key_to_iter(before)) : json_object_iter(value);
	return at ? json_object_iter_key(at) : NULL;
}

const char *jdoc_text(const struct jdoc *value, size_t *bytes)
{
	if (bytes)
		*bytes = json_string_length(value_of(value));
	return json_string_value(value_of(value));
}

bool jdoc_number(const struct jdoc *value, int64_t *number)
{
	*number = json_integer_value(value_of(value));
	return json_is_integer(value_of(value));
}

bool jdoc_real(const struct jdoc *value, double *number)
{
	*number = json_number_value(value_of(value));
	return json_is_number(value_of(value));
}

bool jdoc_truth(const struct jdoc *value, bool *truth)
{
	*truth = json_is_true(value_of(value));
	return json_is_boolean(value_of(value));
}
