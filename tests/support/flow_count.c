/* SPDX-License-Identifier: Apache-2.0 */
/* flow_count FILE: two-way flows of the outermost IP layer of a savefile, counted without any code of the program, which is to come to the same
 * numbers. flow_count --empty FILE: reads every frame with libpcap, touches one byte of it and does nothing else; what speed is compared with.
 *
 * Prints one line "NAME NUMBER..." on stdout. Exit status: 0, 2 usage, 3 the file cannot be read to its end or is not Ethernet, 5 memory.
 *
 * A frame counts if it holds IPv4 or IPv6 behind Ethernet, VLAN tags, PPPoE or MPLS. A flow is all frames between the same two ends (address,
 * protocol, port; ICMP: the pair of types of Community ID and the identifier; PPPoE: the session too), in both directions, until one of these:
 * nothing for 60 s (TCP: 300 s; TCP that both ends closed or one reset: 5 s), 1,800 s of age, or a SYN of another sequence number in a TCP flow
 * that is in use or closing. Fragments are counted apart: flows of a file that has some cannot be compared, as datagrams are not put together here. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TCP = 6, UDP = 17, ICMP = 1, ICMP6 = 58, FIN = 1, SYN = 2, RST = 4, ACK = 16 };

struct end { uint8_t addr[16]; uint16_t port; };
struct key { struct end end[2]; uint16_t session; uint8_t proto, version; };

struct flow {
	struct key key;
	uint64_t first_us, last_us;
	uint32_t isn[2];
	bool taken, has_isn[2], fin[2], reset, answered, in_use;
};

struct total { uint64_t frames, captured, ip_packets, ip_bytes, fragments, flows; };

struct bytes { const uint8_t *at; size_t left; };

static struct flow *table;
static size_t places = 1 << 16, used;

static unsigned be16(const uint8_t *p) { return (unsigned)p[0] << 8 | p[1]; }
static uint32_t be32(const uint8_t *p) { return (uint32_t)be16(p) << 16 | be16(p + 2); }

static bool skip(struct bytes *b, size_t count)
{
	if (count > b->left)
		return false;
	b->at += count;
	b->left -= count;
	return true;
}

static size_t place_of(const struct key *key)
{
	uint64_t hash = 14695981039346656037u;
	for (size_t i = 0; i < sizeof *key; i++)
		hash = (hash ^ ((const uint8_t *)key)[i]) * 1099511628211u;
	size_t at = (hash ^ hash >> 32) & (places - 1);
	while (table[at].taken && memcmp(&table[at].key, key, sizeof *key) != 0)
		at = (at + 1) & (places - 1);
	return at;
}

static void table_new(void)
{
	table = calloc(places, sizeof *table);
	if (!table) {
		fputs("flow_count: out of memory\n", stderr);
		exit(5);
	}
}

static struct flow *flow_at(const struct key *key)
{
	if (used * 2 > places) {
		struct flow *old = table;
		places *= 2;
		table_new();
		for (size_t i = 0; i < places / 2; i++)
			if (old[i].taken)
				table[place_of(&old[i].key)] = old[i];
		free(old);
	}
	return &table[place_of(key)];
}

static bool is_over(const struct flow *f, unsigned way, unsigned flags, uint32_t seq, uint64_t now_us)
{
	bool tcp = f->key.proto == TCP, closing = f->reset || (f->fin[0] && f->fin[1]);
	uint64_t idle_us = now_us > f->last_us ? now_us - f->last_us : f->last_us - now_us;
	if (tcp && (flags & (SYN | ACK | RST)) == SYN && !(f->has_isn[way] && f->isn[way] == seq))
		if (closing || f->fin[0] || f->fin[1] || f->in_use)
			return true;
	return idle_us >= (closing ? 5u : tcp ? 300u : 60u) * UINT64_C(1000000) || now_us > f->first_us + 1800 * UINT64_C(1000000);
}

static void tcp_see(struct flow *f, unsigned way, const uint8_t *tcp, size_t payload)
{
	unsigned flags = tcp[13];
	if (flags & SYN && !f->has_isn[way]) {
		f->has_isn[way] = true;
		f->isn[way] = be32(tcp + 4);
		f->answered |= flags & ACK;
	}
	f->in_use |= payload || (f->answered && (flags & (SYN | ACK)) == ACK && f->has_isn[!way] && be32(tcp + 8) == f->isn[!way] + 1);
	f->fin[way] |= flags & FIN;
	f->reset |= flags & RST;
}

static void flow_see(struct total *t, struct key *key, const uint8_t *tcp, size_t payload, uint64_t now_us)
{
	bool swap = memcmp(&key->end[0], &key->end[1], sizeof key->end[0]) > 0;
	if (key->proto == ICMP || key->proto == ICMP6) /* type and identifier are not an end's */
		swap = memcmp(key->end[0].addr, key->end[1].addr, 16) > 0;
	struct key ordered = *key;
	if (swap) {
		memcpy(ordered.end[0].addr, key->end[1].addr, 16);
		memcpy(ordered.end[1].addr, key->end[0].addr, 16);
		if (key->proto == TCP || key->proto == UDP) {
			ordered.end[0].port = key->end[1].port;
			ordered.end[1].port = key->end[0].port;
		}
	}
	struct flow *f = flow_at(&ordered);
	if (!f->taken || is_over(f, swap, tcp ? tcp[13] : 0, tcp ? be32(tcp + 4) : 0, now_us)) {
		used += !f->taken;
		t->flows++;
		*f = (struct flow){ .key = ordered, .taken = true, .first_us = now_us };
	}
	f->last_us = now_us > f->last_us ? now_us : f->last_us;
	if (tcp)
		tcp_see(f, swap, tcp, payload);
}

/* The request's type stands for both: the pairs of Community ID. */
static void icmp_key(struct key *key, const struct bytes *b)
{
	static const uint8_t answers[][3] = { { ICMP, 0, 8 }, { ICMP, 9, 10 }, { ICMP, 14, 13 }, { ICMP, 16, 15 }, { ICMP, 18, 17 }, { ICMP6, 129, 128 },
		{ ICMP6, 131, 130 }, { ICMP6, 134, 133 }, { ICMP6, 136, 135 }, { ICMP6, 140, 139 }, { ICMP6, 145, 144 } };
	unsigned type = b->at[0], code = b->at[1];
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (answers[i][0] == key->proto && (type == answers[i][1] || type == answers[i][2])) {
			type = answers[i][2];
			code = 0;
		}
	bool has_id = key->proto == ICMP ? type == 8 || (type >= 13 && type <= 17) : type == 128;
	key->end[0].port = (uint16_t)type;
	key->end[1].port = (uint16_t)(has_id && b->left >= 6 ? be16(b->at + 4) : code);
}

/* `length` bytes of transport are announced. */
static void transport_see(struct total *t, struct key *key, struct bytes b, size_t length, uint64_t now_us)
{
	const uint8_t *tcp = NULL;
	size_t payload = 0;
	if ((key->proto == TCP || key->proto == UDP) && b.left >= 4)
		for (int i = 0; i < 2; i++)
			key->end[i].port = (uint16_t)be16(b.at + 2 * i);
	if ((key->proto == ICMP || key->proto == ICMP6) && b.left >= 2)
		icmp_key(key, &b);
	if (key->proto == TCP && b.left >= 20) {
		size_t header = (size_t)(b.at[12] >> 4) * 4;
		tcp = header >= 20 && header <= length ? b.at : NULL;
		payload = tcp ? length - header : 0;
	}
	flow_see(t, key, tcp, payload, now_us);
}

/* Over the extension headers that tell their own length; false at the fragments. */
static bool ip6_extensions(struct key *key, struct bytes *b, size_t *length)
{
	while (b->left >= 8) {
		size_t bytes = ((size_t)b->at[1] + 1) * 8;
		if (key->proto == 44) {
			if (be16(b->at + 2) & 0xfff9)
				return false;
			bytes = 8;
		} else if (key->proto == 51) {
			bytes = ((size_t)b->at[1] + 2) * 4;
		} else if (key->proto != 0 && key->proto != 43 && key->proto != 60) {
			return true;
		}
		uint8_t next = b->at[0];
		if (!skip(b, bytes))
			return true;
		key->proto = next;
		*length = *length > bytes ? *length - bytes : 0;
	}
	return true;
}

static void ip_see(struct total *t, struct key *key, struct bytes b, size_t wire, uint64_t now_us)
{
	bool four = key->version == 4;
	size_t header = four ? (size_t)(b.at[0] & 15) * 4 : 40, addr = four ? 4 : 16, whole = four ? be16(b.at + 2) : be16(b.at + 4) + 40u;
	if (whole == 0 || (!four && whole == 40))
		whole = wire;
	if (header < 20 || whole < header)
		return;
	bool fragment = four && be16(b.at + 6) & 0x3fff;
	for (size_t i = 0; i < 2; i++)
		memcpy(key->end[i].addr, b.at + (four ? 12 : 8) + i * addr, addr);
	key->proto = b.at[four ? 9 : 6];
	b.left = b.left < whole ? b.left : whole;
	whole -= header;
	t->ip_packets++;
	t->ip_bytes += whole + header;
	if (!skip(&b, header))
		b.left = 0;
	if (!four)
		fragment = !ip6_extensions(key, &b, &whole);
	t->fragments += fragment;
	transport_see(t, key, b, whole, now_us);
}

/* What stands before IP; 0 if it is not IP, else its version. */
static unsigned link_skip(struct bytes *b, uint16_t *session)
{
	if (b->left < 14)
		return 0;
	unsigned type = be16(b->at + 12);
	skip(b, 14);
	while (b->left >= 8) {
		if (type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200) {
			type = be16(b->at + 2);
			skip(b, 4);
		} else if (type == 0x8864) {
			*session = (uint16_t)(be16(b->at + 2) + 1);
			type = be16(b->at + 6) == 0x21 ? 0x800 : be16(b->at + 6) == 0x57 ? 0x86dd : 0;
			skip(b, 8);
		} else if (type == 0x8847 || type == 0x8848) {
			type = b->at[2] & 1 ? b->at[4] >> 4 == 4 ? 0x800 : b->at[4] >> 4 == 6 ? 0x86dd : 0 : type;
			skip(b, 4);
		} else {
			break;
		}
	}
	unsigned version = type == 0x800 ? 4 : type == 0x86dd ? 6 : 0;
	return version && b->left >= (version == 4 ? 20u : 40u) && b->at[0] >> 4 == version ? version : 0;
}

static void frame_see(struct total *t, const struct pcap_pkthdr *head, const uint8_t *bytes)
{
	struct bytes b = { bytes, head->caplen };
	struct key key;
	memset(&key, 0, sizeof key); /* compared and hashed with what is between its fields */
	key.version = (uint8_t)link_skip(&b, &key.session);
	if (key.version)
		ip_see(t, &key, b, head->len - (head->caplen - b.left), (uint64_t)head->ts.tv_sec * 1000000 + (uint64_t)head->ts.tv_usec);
}

int main(int argc, char **argv)
{
	bool empty = argc == 3 && strcmp(argv[1], "--empty") == 0;
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *head;
	const uint8_t *bytes;
	struct total t = { 0 };
	volatile uint8_t touched;
	int got;
	if (argc != 2 + empty) {
		fputs("usage: flow_count [--empty] FILE\n", stderr);
		return 2;
	}
	pcap_t *capture = pcap_open_offline(argv[1 + empty], error);
	if (!capture || (!empty && pcap_datalink(capture) != DLT_EN10MB)) {
		fprintf(stderr, "flow_count: %s\n", capture ? "not Ethernet" : error);
		return 3;
	}
	table_new();
	while ((got = pcap_next_ex(capture, &head, &bytes)) == 1) {
		t.frames++;
		t.captured += head->caplen;
		touched = bytes[0];
		if (!empty)
			frame_see(&t, head, bytes);
	}
	(void)touched;
	printf("frames %" PRIu64 " captured %" PRIu64, t.frames, t.captured);
	if (!empty)
		printf(" ip_packets %" PRIu64 " ip_bytes %" PRIu64 " fragments %" PRIu64 " flows %" PRIu64, t.ip_packets, t.ip_bytes, t.fragments, t.flows);
	puts("");
	pcap_close(capture);
	free(table);
	return got == PCAP_ERROR_BREAK ? 0 : 3;
}
