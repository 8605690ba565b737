/* SPDX-License-Identifier: Apache-2.0 */
/* IPv6 and its extension headers (RFC 8200). */
#include "packet/layer.h"

enum { EXTENSIONS_MAX = 16 };

/* RFC 8200 section 4.5: next header 1, reserved 1, offset 13 bits and the flag of more, identification 4. An offset of 0 without more is a
 * whole datagram (RFC 6946). */
static bool fragment_decode(struct cursor *c, struct packet *p)
{
	uint8_t next = cursor_u8(c);
	cursor_skip(c, 1);
	uint16_t offset = cursor_be16(c);
	uint32_t id = cursor_be32(c);
	p->proto = next;
	if (!cursor_ok(c) || !(offset & 0xfff9))
		return cursor_ok(c);
	p->is_fragment = true;
	p->more_fragments = offset & 1;
	p->fragment_offset = offset & 0xfff8;
	p->fragment_header_bytes = (uint16_t)(c->p - p->ip);
	p->fragment_id = id;
	p->payload = c->p;
	p->payload_captured = (uint32_t)cursor_left(c);
	return true;
}

/* Next header 1, length in eights less one 1. */
static bool options_skip(struct cursor *c, struct packet *p)
{
	uint8_t next = cursor_u8(c);
	size_t length = ((size_t)cursor_u8(c) + 1) * 8;
	cursor_skip(c, length - 2);
	p->proto = next;
	return cursor_ok(c);
}

/* Walks extension headers up to the transport; RFC 8200 section 4. Returns the layer, with p->proto set to what was reached. */
static enum layer extensions_decode(struct cursor *c, struct packet *p)
{
	p->next_header_at = 6;
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		const uint8_t *start = c->p;
		uint8_t kind = p->proto;
		bool whole;
		switch (kind) {
		case 0:   /* hop-by-hop options */
		case 43:  /* routing */
		case 60:  /* destination options */
		case 135: /* mobility, RFC 6275 */
		case 139: /* host identity, RFC 7401 */
		case 140:
			whole = options_skip(c, p);
			break; /* shim6, RFC 5533 */
		case 44:
			whole = fragment_decode(c, p);
			break;
		case 51: { /* authentication, RFC 4302; options may stand behind it */
			enum layer layer = ah_decode(c, p);
			if (layer < LAYER_TRANSPORT && layer != LAYER_END)
				return layer;
			p->next_header_at = (uint16_t)(start - p->ip);
			continue;
		}
		case 41: return LAYER_IPIP;
		default: return ip_proto_layer(kind);
		}
		if (!whole) {
			p->proto = kind;
			return LAYER_SHORT;
		}
		uint32_t consumed = (uint32_t)(c->p - start);
		p->payload_bytes = p->payload_bytes > consumed ? p->payload_bytes - consumed : 0;
		if (p->is_fragment)
			return LAYER_END;
		if (kind == 135 && p->proto == 59) { /* a mobility message is all that there is */
			p->proto = kind;
			return LAYER_END;
		}
		p->next_header_at = (uint16_t)(start - p->ip);
	}
	return LAYER_MALFORMED;
}

enum layer ip6_decode(struct cursor *c, struct packet *p)
{
	struct cursor ip = *c;
	uint32_t first = cursor_be32(&ip);
	uint16_t payload = cursor_be16(&ip);
	uint8_t next = cursor_u8(&ip);
	uint8_t hop_limit = cursor_u8(&ip);
	const uint8_t *addresses = cursor_take(&ip, 32);
	if (!cursor_ok(&ip))
		return LAYER_SHORT;
	if (first >> 28 != 6)
		return LAYER_MALFORMED;

	uint32_t before = (uint32_t)(c->p - p->frame->bytes);
	uint32_t wire = p->wire_end > before ? p->wire_end - before : 40;
	p->ip = c->p;
	p->ip_version = 6;
	p->ip_header_bytes = 40;
	p->ip_bytes = payload ? 40u + payload : wire; /* 0: a jumbogram (RFC 2675) or TSO */
	if (p->ip_bytes < 40)
		return LAYER_MALFORMED;
	p->ip_captured = p->ip_bytes < cursor_left(c) ? p->ip_bytes : (uint32_t)cursor_left(c);
	p->proto = next;
	p->ttl = hop_limit;
	p->ecn = first >> 20 & 3;
	p->ip6_flow_label = first & 0xfffff;
	memcpy(p->addr[0], addresses, 16);
	memcpy(p->addr[1], addresses + 16, 16);
	p->payload_bytes = p->ip_bytes - 40;

	*c = cursor_of(p->ip, p->ip_captured);
	cursor_skip(c, 40);
	return extensions_decode(c, p);
}
