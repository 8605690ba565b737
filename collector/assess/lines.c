/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an own form: a line each, '#' begins a comment. */
#include "assess/inside.h"
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 512 };

enum ind_err text_lines(struct assess *a, const char *text, size_t bytes, line_reader *read, char error[static ASSESS_ERROR_BYTES])
{
	unsigned number = 0;
	for (size_t at = 0; at < bytes; number++) {
		char line[LINE_MAX_BYTES], why[ASSESS_ERROR_BYTES] = "it is too long";
		const char *end = memchr(text + at, '\n', bytes - at);
		size_t length = end ? (size_t)(end - text) - at : bytes - at;
		enum ind_err err = IND_MALFORMED;
		if (length < sizeof(line)) {
			memcpy(line, text + at, length);
			line[length] = '\0';
			err = strlen(line) == length ? read(a, line, why) : (snprintf(why, sizeof(why), "it holds a NUL"), IND_MALFORMED);
		}
		if (err != IND_OK) {
			if (snprintf(error, ASSESS_ERROR_BYTES, "line %u: %s", number + 1, why) >= ASSESS_ERROR_BYTES)
				error[ASSESS_ERROR_BYTES - 1] = '\0';
			return err;
		}
		at += length + 1;
	}
	return IND_OK;
}
