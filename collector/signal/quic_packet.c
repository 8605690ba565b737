/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/quic.h"

enum { LONG_HEADER = 0x80, TYPE_SHIFT = 4, TYPES = 4, RETRY_TAG_BYTES = 16 };

uint64_t quic_number_read(struct cursor *c)
{
	uint8_t first = cursor_u8(c);
	uint64_t value = first & 0x3f;
	for (unsigned more = (1u << (first >> 6)) - 1; more; more--)
		value = value << 8 | cursor_u8(c);
	return value;
}

/* A length that the packet itself gives. */
static struct cursor part_read(struct cursor *c)
{
	uint64_t count = quic_number_read(c);
	return cursor_sub(c, count < SIZE_MAX ? (size_t)count : SIZE_MAX);
}

static bool retry_read(struct cursor *c, struct quic_packet *p)
{
	if (cursor_left(c) < RETRY_TAG_BYTES)
		return false;
	p->token = cursor_sub(c, cursor_left(c) - RETRY_TAG_BYTES);
	p->rest = cursor_sub(c, RETRY_TAG_BYTES);
	return true;
}

/* RFC 9000 sections 17.2.2 to 17.2.5; RFC 9369 section 3.2 numbers the types anew. The bit that was fixed may be anything once the other
 * end has allowed it (RFC 9287). */
static bool known_read(struct cursor *c, struct quic_packet *p)
{
	uint8_t bits = p->start[0] >> TYPE_SHIFT & (TYPES - 1);
	p->type = (enum quic_type)((bits - p->known->type_of_initial) & (TYPES - 1));
	if (p->type == QUIC_RETRY)
		return retry_read(c, p);
	if (p->type == QUIC_INITIAL)
		p->token = part_read(c);
	p->rest = part_read(c);
	return cursor_ok(c) && cursor_ok(&p->token) && cursor_ok(&p->rest);
}

bool quic_packet_read(struct cursor *datagram, struct quic_packet *p)
{
	struct cursor *c = datagram;
	*p = (struct quic_packet) { .start = c->p, .type = QUIC_FOREIGN };
	uint8_t first = cursor_u8(c);
	p->version = cursor_be32(c);
	p->to = cursor_sub8(c);
	p->from = cursor_sub8(c);
	if (!(first & LONG_HEADER) || !cursor_ok(c) || !cursor_ok(&p->to) || !cursor_ok(&p->from))
		return false;
	p->known = quic_version_of(p->version);
	if (!p->known) {
		/* Where the packet ends is not known: RFC 8999 gives no length. */
		p->type = p->version == 0 ? QUIC_NEGOTIATION : QUIC_FOREIGN;
		cursor_skip(c, cursor_left(c));
		return true;
	}
	bool fits = cursor_left(&p->to) <= QUIC_ID_MAX_BYTES && cursor_left(&p->from) <= QUIC_ID_MAX_BYTES;
	return fits && known_read(c, p);
}
