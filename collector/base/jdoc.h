/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_JDOC_H
#define BASE_JDOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A JSON document, to be asked: the one door of the library that reads it. The text may come from anybody. Every question may be asked of any value, and of
 * none (NULL): what is not of the form that is asked for is not there. Names given twice in one object are refused; the library bounds the depth. */

struct jdoc;

enum { JDOC_ERROR_BYTES = 256 };

/* NULL with one line of `error`. The caller frees the document, whose values and texts live as long. */
struct jdoc *jdoc_read(const char *text, size_t bytes, char error[static JDOC_ERROR_BYTES]);
void jdoc_free(struct jdoc *document);

/* A file of at most so many bytes; NULL if it is none. */
struct jdoc *jdoc_load(const char *path, size_t bytes_max);

bool jdoc_is_object(const struct jdoc *value);
bool jdoc_is_list(const struct jdoc *value);

/* How many names an object has, or items a list; 0 of anything else. */
size_t jdoc_count(const struct jdoc *value);
const struct jdoc *jdoc_key(const struct jdoc *object, const char *key);
const struct jdoc *jdoc_item(const struct jdoc *list, size_t at);

/* Names in the order of the text: the first with `before` NULL, then the one after `before`, which jdoc_name gave. NULL behind the last one. */
const char *jdoc_name(const struct jdoc *object, const char *before);

/* NULL if it is no text. It ends with a NUL; `bytes` may be NULL. */
const char *jdoc_text(const struct jdoc *value, size_t *bytes);

/* False if it is no whole number of 64 bits; neither true nor false. */
bool jdoc_number(const struct jdoc *value, int64_t *number);
bool jdoc_real(const struct jdoc *value, double *number); /* any number */
bool jdoc_truth(const struct jdoc *value, bool *truth);

#endif
