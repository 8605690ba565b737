/* SPDX-License-Identifier: Apache-2.0 */
/* IP directly in IP: RFC 2003, 2473, 4213, 3056; and in AH's tunnel mode (RFC 4302 section 3.1.2). */
#include "packet/layer.h"

enum layer ipip_decode(struct cursor *c, struct packet *p) { return tunnel_enter(p, IND_TUNNEL_IPIP, 0, raw_decode(c, p)); }

/* IPv6 in IPv4. 6to4 shows in the prefix of one of its ends: RFC 3056 section 2. */
enum layer sixin4_decode(struct cursor *c, struct packet *p)
{
	struct cursor ip = *c;
	cursor_skip(&ip, 8);
	uint16_t source = cursor_be16(&ip);
	cursor_skip(&ip, 14);
	uint16_t destination = cursor_be16(&ip);
	return tunnel_enter(p, source == 0x2002 || destination == 0x2002 ? IND_TUNNEL_6TO4 : IND_TUNNEL_6IN4, 0, LAYER_IP6);
}

enum { AH_IN_TUNNEL_4 = 4, AH_IN_TUNNEL_6 = 41 };

/* next header 1, length in words less two 1, reserved 2, parameters index 4, sequence 4, check value: RFC 4302 section 2 */
static uint8_t ah_read(struct cursor *c, size_t *bytes)
{
	uint8_t next = cursor_u8(c);
	*bytes = ((size_t)cursor_u8(c) + 2) * 4;
	cursor_skip(c, *bytes - 2);
	return next;
}

/* Transport mode belongs to the layer that it protects; tunnel mode is around another. */
enum layer ah_decode(struct cursor *c, struct packet *p)
{
	struct cursor behind = *c;
	size_t bytes;
	uint8_t next = ah_read(&behind, &bytes);
	if (!cursor_ok(&behind))
		return LAYER_SHORT;
	if (bytes < 12)
		return LAYER_MALFORMED;
	if (next == AH_IN_TUNNEL_4 || next == AH_IN_TUNNEL_6)
		return LAYER_AH_TUNNEL;
	*c = behind;
	p->proto = next;
	p->payload_bytes = p->payload_bytes > bytes ? p->payload_bytes - (uint32_t)bytes : 0;
	return tunnel_enter(p, IND_TUNNEL_AH, 0, ip_proto_layer(next));
}

enum layer ah_tunnel_decode(struct cursor *c, struct packet *p)
{
	size_t bytes;
	uint8_t next = ah_read(c, &bytes);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	return tunnel_enter(p, IND_TUNNEL_AH, 0, next == AH_IN_TUNNEL_4 ? LAYER_IP4 : LAYER_IP6);
}
