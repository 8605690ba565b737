/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_DER_H
#define SIGNAL_DER_H

#include "base/cursor.h"

/* Tags that certificates use (X.680 section 8.6, identifier octet as it stands in DER). */
enum {
	DER_INTEGER = 0x02, DER_OID = 0x06, DER_UTF8 = 0x0c, DER_NUMERIC = 0x12, DER_PRINTABLE = 0x13, DER_T61 = 0x14, DER_IA5 = 0x16,
	DER_VISIBLE = 0x1a, DER_UNIVERSAL = 0x1c, DER_BMP = 0x1e, DER_SEQUENCE = 0x30, DER_SET = 0x31, DER_CONTEXT_0 = 0xa0,
};

/* One element: its contents, and all of it with tag and length. Both borrow the bytes read. */
struct der {
	uint8_t tag;
	struct cursor body;
	struct cursor whole;
};

/* Reads the next element. False, and the cursor poisoned, if it ends early, has no definite length, or a tag number above 30. */
bool der_next(struct cursor *c, struct der *out);

/* The same, and it must have this tag. */
bool der_expect(struct cursor *c, uint8_t tag, struct der *out);

/* Reads tag and length only. False, and the cursor poisoned, as for der_next. */
enum { DER_HEAD_MAX_BYTES = 6 };
bool der_head(struct cursor *c, uint8_t *tag, size_t *length);

/* For messages whose end may be missing. Steps into the next element, which must have this tag: the cursor is its contents, as far as they
 * are there. False, and the cursor poisoned, if it is another. */
bool der_enter(struct cursor *c, uint8_t tag);

/* Reads the next element as far as it is there. */
bool der_next_some(struct cursor *c, struct der *out);

#endif
