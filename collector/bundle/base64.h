/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_BASE64_H
#define BUNDLE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 4648 section 4, with padding. */

static inline size_t base64_text_bytes(size_t count) { return (count + 2) / 3 * 4; }

/* Writes base64_text_bytes(count) characters, no NUL; returns the end. */
char *base64_put(const uint8_t *bytes, size_t count, char *text);

/* True if `text` is the one encoding of exactly `count` bytes. */
bool base64_get(const char *text, size_t text_bytes, uint8_t *bytes, size_t count);

#endif
