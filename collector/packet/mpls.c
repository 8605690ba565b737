/* SPDX-License-Identifier: Apache-2.0 */
/* MPLS (RFC 3032). Nothing in the frame says what a label stack carries; what stands behind it must look like it. */
#include "packet/layer.h"

enum { FRAME_PADDED_BYTES = 46 };

/* True if the length that an IP header would state is what is there, but for the padding of a short frame. */
static bool ip_fits(struct cursor c)
{
	size_t left = cursor_left(&c);
	uint8_t version = cursor_u8(&c) >> 4;
	cursor_skip(&c, 1);
	uint32_t total = cursor_be16(&c);
	if (version == 6)
		total = 40u + cursor_be16(&c);
	return cursor_ok(&c) && (total == left || (total < left && left <= FRAME_PADDED_BYTES));
}

/* RFC 4928 section 3: IP shows its version in the first four bits; 0 is a control word (RFC 4385 section 3), 1 an associated channel.
 * Anything else can only be Ethernet without one (RFC 4448 section 4.6), and so can a 4, a 6 or a 0. */
static enum layer bottom_layer(struct cursor *c)
{
	struct cursor behind = *c;
	if (cursor_left(c) == 0)
		return LAYER_SHORT;
	unsigned first = c->p[0] >> 4;
	if ((first == 4 || first == 6) && (ip_fits(*c) || !ethernet_is_likely(*c)))
		return first == 4 ? LAYER_IP4 : LAYER_IP6;
	cursor_skip(&behind, 4);
	if (first == 0 && ethernet_is_likely(behind)) {
		*c = behind;
		return LAYER_ETHERNET;
	}
	return ethernet_is_likely(*c) ? LAYER_ETHERNET : LAYER_UNKNOWN;
}

/* label 20 bits, class 3, bottom of the stack 1, time to live 8. The labels of the two directions of a path differ. */
enum layer mpls_decode(struct cursor *c, struct packet *p)
{
	uint32_t entry;
	do
		entry = cursor_be32(c);
	while (cursor_ok(c) && !(entry & 0x100));
	if (!cursor_ok(c))
		return LAYER_SHORT;
	return tunnel_enter(p, IND_TUNNEL_MPLS, 0, bottom_layer(c));
}
