/* SPDX-License-Identifier: Apache-2.0 */
/* X.690 sections 8.1 and 10.1: tag, definite length, contents. Longer forms of a length than needed are read too, as some
 * issuers write them. */
#include "signal/der.h"

enum { LONG_FORM = 0x80, LENGTH_MAX_OCTETS = 4, HIGH_TAG = 0x1f };

static size_t length_read(struct cursor *c)
{
	uint8_t first = cursor_u8(c);
	if (first < LONG_FORM)
		return first;
	size_t octets = first & ~LONG_FORM, length = 0;
	if (octets == 0 || octets > LENGTH_MAX_OCTETS) {
		cursor_skip(c, SIZE_MAX);
		return 0;
	}
	while (octets--)
		length = length << 8 | cursor_u8(c);
	return length;
}

bool der_next(struct cursor *c, struct der *out)
{
	const uint8_t *start = c->p;
	out->tag = cursor_u8(c);
	if ((out->tag & HIGH_TAG) == HIGH_TAG)
		cursor_skip(c, SIZE_MAX);
	size_t length = length_read(c);
	out->body = cursor_sub(c, length);
	if (!cursor_ok(c))
		return false;
	out->whole = cursor_of(start, (size_t)(c->p - start));
	return true;
}

bool der_expect(struct cursor *c, uint8_t tag, struct der *out)
{
	return der_next(c, out) && out->tag == tag;
}

bool der_head(struct cursor *c, uint8_t *tag, size_t *length)
{
	*tag = cursor_u8(c);
	if ((*tag & HIGH_TAG) == HIGH_TAG)
		cursor_skip(c, SIZE_MAX);
	*length = length_read(c);
	return cursor_ok(c);
}

bool der_enter(struct cursor *c, uint8_t tag)
{
	uint8_t found;
	size_t length;
	if (!der_head(c, &found, &length))
		return false;
	if (found != tag) {
		cursor_skip(c, SIZE_MAX);
		return false;
	}
	if (length < cursor_left(c))
		c->end = c->p + length;
	return true;
}

bool der_next_some(struct cursor *c, struct der *out)
{
	const uint8_t *start = c->p;
	size_t length;
	if (!der_head(c, &out->tag, &length))
		return false;
	out->body = cursor_sub(c, length < cursor_left(c) ? length : cursor_left(c));
	out->whole = cursor_of(start, (size_t)(c->p - start));
	return true;
}
