/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_JSON_H
#define ASSESS_JSON_H

#include "query/out.h"
#include <stdbool.h>

/* JSON in the canonical form of RFC 8785: no space, strings with the least escapes. Integers only, which are the same in any form. Keys must be
 * given in ascending order of their bytes (they are ASCII). */
struct json { struct out *out; bool comma; };

void json_open(struct json *j, const char *key, char bracket);  /* '{' or '['; key NULL in a list */
void json_close(struct json *j, char bracket);
void json_text(struct json *j, const char *key, const char *text);
void json_bytes(struct json *j, const char *key, const char *bytes, size_t count); /* what is no UTF-8 becomes U+FFFD */
void json_number(struct json *j, const char *key, int64_t number);
void json_true(struct json *j, const char *key, bool value);
void json_hex(struct json *j, const char *key, const uint8_t *bytes, size_t count);

#endif
