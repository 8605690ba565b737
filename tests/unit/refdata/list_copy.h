/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIST_COPY_H
#define TESTS_LIST_COPY_H

#include "refdata/list.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

/* Reads a list out of a copy of the exact size, so that a sanitizer sees what is read behind it. */
static inline enum ind_err list_copy_read(struct list *list, const struct meta *meta, const char *text, size_t bytes, char error[static LIST_NOTE_BYTES])
{
	char *copy = malloc(bytes ? bytes : 1);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, bytes);
	error[0] = '\0';
	enum ind_err err = list_read(list, "a.txt", meta, copy, bytes, error);
	free(copy);
	return err;
}

#endif
