/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_CANONICAL_H
#define ASSESS_CANONICAL_H

#include "query/out.h"
#include <stdbool.h>

/* JSON in the canonical form of RFC 8785: no space, strings with the least escapes. Integers only, which are the same in any form. Keys must be
 * given in ascending order of their bytes (they are ASCII). */
struct canonical { struct out *out; bool comma; };

void canonical_open(struct canonical *j, const char *key, char bracket);  /* '{' or '['; key NULL in a list */
void canonical_close(struct canonical *j, char bracket);
void canonical_text(struct canonical *j, const char *key, const char *text);
void canonical_bytes(struct canonical *j, const char *key, const char *bytes, size_t count); /* what is no UTF-8 becomes U+FFFD */
void canonical_number(struct canonical *j, const char *key, int64_t number);
void canonical_true(struct canonical *j, const char *key, bool value);
void canonical_hex(struct canonical *j, const char *key, const uint8_t *bytes, size_t count);

#endif
