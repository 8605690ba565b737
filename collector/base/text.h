/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that came off a wire, and numbers without printf. Every writer here takes the buffer and its size, always ends with a NUL,
 * never writes past the end, and returns how many bytes stand before the NUL. */

/* Wire bytes as UTF-8: valid UTF-8 as it is, each other byte as `\xNN` (a backslash that would read as such an escape is itself
 * written as `\x5c`). Result may be up to 4 times as long. */
size_t text_from_wire(const uint8_t *bytes, size_t count, char *out, size_t size);

/* The same in pieces: writes what fits whole and moves *p behind it; done when *p is `end`. Wants a size of 5 or more. */
size_t text_from_wire_some(const uint8_t **p, const uint8_t *end, char *out, size_t size);

/* UTF-16LE (as in NTLMSSP and RDP) to UTF-8; unpaired surrogates as `\uNNNN`, an odd last byte as `\xNN`. */
size_t text_from_utf16le(const uint8_t *bytes, size_t count, char *out, size_t size);

/* For tables: C0, C1, DEL, bidirectional and zero-width characters as `⟨U+202E⟩`; nothing that can move a cursor or a reader's eye. */
size_t text_to_display(const char *text, size_t bytes, char *out, size_t size);

/* Inside a JSON string, without the quotes: RFC 8259 escapes, also for the characters that text_to_display shows (a parser reads the
 * same value, a terminal stays still); other valid UTF-8 stays, a byte that is none becomes `\ufffd`. */
size_t text_to_json(const char *text, size_t bytes, char *out, size_t size);

/* Length in bytes of the valid UTF-8 character at p (1 to 4), or 0 if there is none (RFC 3629). */
size_t text_utf8_char(const uint8_t *p, const uint8_t *end);

/* Columns that a displayed text takes in a terminal (wide characters count two, combining ones none). */
size_t text_columns(const char *text, size_t bytes);

size_t text_u64(uint64_t value, char *out, size_t size);
size_t text_i64(int64_t value, char *out, size_t size);

/* RFC 5952 for IPv6, dotted quad for IPv4. 46 bytes are enough. */
size_t text_addr(unsigned ip_version, const uint8_t *addr, char *out, size_t size);

/* RFC 3339 UTC with six decimals and Z, cut not rounded: "2026-11-20T09:12:03.118402Z", from nanoseconds since 1970. 28 bytes. */
size_t text_time(uint64_t ns, char *out, size_t size);

#endif
