/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 791, RFC 8200, RFC 9293, RFC 768; checksums RFC 1071. */
#include "export/packet.h"
#include <string.h>

enum {
	PROTO_TCP = 6, PROTO_UDP = 17, IP4_BYTES = 20, IP6_BYTES = 40, TCP_BYTES = 20, UDP_BYTES = 8, TCP_SYN = 0x02, TCP_PSH_ACK = 0x18,
	WINDOW = 65535, DEFAULT_TTL = 64,
};

static uint16_t get16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }
static uint32_t get32(const uint8_t *at) { return (uint32_t)get16(at) << 16 | get16(at + 2); }

static uint8_t *put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value) { return put16(put16(at, value >> 16), value & 0xffff); }

static uint32_t sum_of(const uint8_t *at, size_t bytes, uint32_t sum)
{
	for (; bytes > 1; bytes -= 2, at += 2)
		sum += get16(at);
	sum += bytes ? (uint32_t)at[0] << 8 : 0;
	return (sum & 0xffff) + (sum >> 16);
}

static uint16_t checksum(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* The pseudo-header's addresses stand at the end of the IP header, in both versions. */
static uint16_t transport_checksum(const struct packet *p, size_t header, unsigned proto)
{
	size_t addresses = header == IP4_BYTES ? 8 : 32;
	uint32_t sum = sum_of(p->at + header - addresses, addresses, proto + (uint32_t)(p->bytes - header));
	return checksum(sum_of(p->at + header, p->bytes - header, sum));
}

static uint8_t ttl_of(const struct index_flow *f, unsigned from) { return f->ttl[from] ? f->ttl[from] : DEFAULT_TTL; }

static size_t ip4_put(struct packet *p, const struct index_flow *f, unsigned from, size_t body)
{
	uint8_t *at = p->at;
	*at++ = 0x45;
	*at++ = 0;
	at = put16(at, (unsigned)(IP4_BYTES + body));
	at = put32(at, 0x4000); /* identification 0, do not fragment */
	*at++ = ttl_of(f, from);
	*at++ = f->proto;
	at = put16(at, 0);
	memcpy(at, f->addr[from], 4);
	memcpy(at + 4, f->addr[!from], 4);
	put16(p->at + 10, checksum(sum_of(p->at, IP4_BYTES, 0)));
	return IP4_BYTES;
}

static size_t ip6_put(struct packet *p, const struct index_flow *f, unsigned from, size_t body)
{
	uint8_t *at = put32(p->at, UINT32_C(6) << 28);
	at = put16(at, (unsigned)body);
	*at++ = f->proto;
	*at++ = ttl_of(f, from);
	memcpy(at, f->addr[from], IND_ADDR_BYTES);
	memcpy(at + IND_ADDR_BYTES, f->addr[!from], IND_ADDR_BYTES);
	return IP6_BYTES;
}

static size_t ip_put(struct packet *p, const struct index_flow *f, unsigned from, size_t body)
{
	return f->ip_version == 4 ? ip4_put(p, f, from, body) : ip6_put(p, f, from, body);
}

static uint32_t next_of(struct index_flow *f, unsigned end)
{
	if (!f->has_next[end])
		f->next[end] = 1;
	f->has_next[end] = true;
	return f->next[end];
}

static bool stream_put(struct packet *p, const struct ind_exhibit *x, struct index_flow *f)
{
	unsigned from = x->from & 1;
	if (f->proto != PROTO_TCP)
		return false;
	size_t header = ip_put(p, f, from, TCP_BYTES + x->bytes_count);
	uint8_t *tcp = p->at + header, *at = put16(tcp, f->port[from]);
	at = put16(at, f->port[!from]);
	at = put32(at, next_of(f, from));
	at = put32(at, next_of(f, !from));
	at = put16(at, TCP_BYTES / 4 << 12 | TCP_PSH_ACK);
	at = put16(at, WINDOW);
	at = put32(at, 0);
	memcpy(at, x->bytes, x->bytes_count);
	p->bytes = header + TCP_BYTES + x->bytes_count;
	put16(tcp + 16, transport_checksum(p, header, PROTO_TCP));
	f->next[from] += x->bytes_count;
	return true;
}

static bool datagram_put(struct packet *p, const struct ind_exhibit *x, struct index_flow *f)
{
	unsigned from = x->from & 1;
	if (f->proto != PROTO_UDP)
		return false;
	size_t header = ip_put(p, f, from, UDP_BYTES + x->bytes_count);
	uint8_t *udp = p->at + header, *at = put16(udp, f->port[from]);
	at = put16(at, f->port[!from]);
	at = put16(at, UDP_BYTES + x->bytes_count);
	at = put16(at, 0);
	memcpy(at, x->bytes, x->bytes_count);
	p->bytes = header + UDP_BYTES + x->bytes_count;
	uint16_t sum = transport_checksum(p, header, PROTO_UDP);
	put16(udp + 6, sum ? sum : 0xffff); /* RFC 768: 0 means that there is none */
	return true;
}

/* The numbers that a recorded SYN opens its stream with. */
static void learn(const struct packet *p, unsigned from, struct index_flow *f)
{
	const uint8_t *ip = p->at;
	size_t header = 0;
	if (p->bytes >= IP4_BYTES && ip[0] >> 4 == 4 && ip[9] == PROTO_TCP)
		header = (size_t)(ip[0] & 15) * 4;
	else if (p->bytes >= IP6_BYTES && ip[0] >> 4 == 6 && ip[6] == PROTO_TCP)
		header = IP6_BYTES;
	if (header < IP4_BYTES || p->bytes < header + TCP_BYTES || !(ip[header + 13] & TCP_SYN))
		return;
	f->next[from] = get32(ip + header + 4) + 1;
	f->has_next[from] = true;
}

static bool packet_put(struct packet *p, const struct ind_exhibit *x, struct index_flow *f)
{
	p->bytes = p->original_bytes = x->bytes_count;
	memcpy(p->at, x->bytes, x->bytes_count);
	if (p->bytes >= IP4_BYTES && p->at[0] >> 4 == 4)
		p->original_bytes = get16(p->at + 2);
	else if (p->bytes >= IP6_BYTES && p->at[0] >> 4 == 6)
		p->original_bytes = IP6_BYTES + get16(p->at + 4);
	if (p->original_bytes < p->bytes)
		p->original_bytes = p->bytes;
	if (f)
		learn(p, x->from & 1, f);
	return true;
}

bool packet_of_exhibit(struct packet *p, const struct ind_exhibit *x, struct index_flow *f)
{
	if (x->bytes_count > IND_EXHIBIT_MAX_BYTES)
		return false;
	p->made = x->kind != IND_EXHIBIT_PACKET;
	if (!p->made)
		return packet_put(p, x, f);
	bool done = f && (x->kind == IND_EXHIBIT_STREAM ? stream_put(p, x, f) : datagram_put(p, x, f));
	p->original_bytes = p->bytes;
	return done;
}
