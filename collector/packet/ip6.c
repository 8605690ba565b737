/* SPDX-License-Identifier: Apache-2.0 */
/* IPv6 and its extension headers (RFC 8200). */
#include "packet/layer.h"

enum { EXTENSIONS_MAX = 16 };

/* Walks extension headers up to the transport; RFC 8200 section 4. Returns the layer, with p->proto set to what was reached. */
static enum layer extensions_decode(struct cursor *c, struct packet *p)
{
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		const uint8_t *start = c->p;
		size_t length = 0;
		switch (p->proto) {
		case 0:                  /* hop-by-hop options */
		case 43:                 /* routing */
		case 60:                 /* destination options */
		case 135:                /* mobility, RFC 6275 */
		case 139:                /* host identity, RFC 7401 */
		case 140: {              /* shim6, RFC 5533 */
			uint8_t next = cursor_u8(c);
			length = ((size_t)cursor_u8(c) + 1) * 8;
			cursor_skip(c, length - 2);
			if (!cursor_ok(c))
				return LAYER_SHORT;
			if (p->proto == 135 && next == 59)
				return LAYER_END;
			p->proto = next;
			break;
		}
		case 44: {               /* fragment, section 4.5 */
			uint8_t next = cursor_u8(c);
			cursor_skip(c, 1);
			uint16_t offset = cursor_be16(c);
			cursor_skip(c, 4);
			if (!cursor_ok(c))
				return LAYER_SHORT;
			p->proto = next;
			if (offset & 0xfff9) {
				p->is_fragment = true;
				p->is_first_fragment = !(offset & 0xfff8);
			}
			break;
		}
		default:
			return ip_proto_layer(p->proto);
		}
		uint32_t consumed = (uint32_t)(c->p - start);
		p->payload_bytes = p->payload_bytes > consumed ? p->payload_bytes - consumed : 0;
		if (p->is_fragment && !p->is_first_fragment)
			return LAYER_END;
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
	uint32_t wire = p->frame->wire > before ? p->frame->wire - before : 40;
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
