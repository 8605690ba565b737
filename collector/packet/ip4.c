/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 (RFC 791). */
#include "packet/layer.h"

/* Bytes on the wire from `at` to the end of what this layer stands in. */
static uint32_t wire_left(const struct packet *p, const uint8_t *at)
{
	uint32_t before = (uint32_t)(at - p->frame->bytes);
	return p->wire_end > before ? p->wire_end - before : 0;
}

enum layer ip4_decode(struct cursor *c, struct packet *p)
{
	struct cursor ip = *c;
	uint8_t first = cursor_u8(&ip);
	uint8_t traffic_class = cursor_u8(&ip);
	uint16_t total = cursor_be16(&ip);
	uint16_t id = cursor_be16(&ip);
	uint16_t fragment = cursor_be16(&ip);
	uint8_t ttl = cursor_u8(&ip);
	uint8_t proto = cursor_u8(&ip);
	cursor_skip(&ip, 2);
	const uint8_t *addresses = cursor_take(&ip, 8);
	if (!cursor_ok(&ip))
		return LAYER_SHORT;

	uint32_t header_bytes = (first & 15u) * 4u;
	uint32_t ip_bytes = total ? total : wire_left(p, c->p); /* 0: the sender's card cut the segments (TSO) */
	if (first >> 4 != 4 || header_bytes < 20 || ip_bytes < header_bytes)
		return LAYER_MALFORMED;

	p->ip = c->p;
	p->ip_version = 4;
	p->ip_bytes = ip_bytes;
	p->ip_header_bytes = (uint8_t)header_bytes;
	p->ip_captured = ip_bytes < cursor_left(c) ? ip_bytes : (uint32_t)cursor_left(c);
	p->proto = proto;
	p->ttl = ttl;
	p->ip_id = id;
	p->ecn = traffic_class & 3;
	p->dont_fragment = fragment & 0x4000;
	memcpy(p->addr[0], addresses, 4);
	memcpy(p->addr[1], addresses + 4, 4);
	p->payload_bytes = ip_bytes - header_bytes;

	*c = cursor_of(p->ip, p->ip_captured);
	cursor_skip(c, header_bytes);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (fragment & 0x3fff) {
		p->is_fragment = true;
		p->more_fragments = fragment & 0x2000;
		p->fragment_offset = (uint16_t)(fragment << 3);
		p->fragment_header_bytes = (uint16_t)header_bytes;
		p->fragment_id = id;
		p->payload = c->p;
		p->payload_captured = (uint32_t)cursor_left(c);
		return LAYER_END;
	}
	return ip_proto_layer(proto);
}
