/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tcp_syn.h"
#include "base/text.h"

/* IPv4: RFC 791. IPv6: RFC 8200. TCP: RFC 9293 section 3.1 and 3.2; window scale and timestamps RFC 7323; ECN RFC 3168. */

enum { KIND_END = 0, KIND_NOP = 1, KIND_MSS = 2, KIND_SCALE = 3, KIND_TIMESTAMPS = 8, SCALE_MAX = 14, TCP_FIXED_BYTES = 20, KINDS_MAX = 40 };

struct options {
	uint8_t kind[KINDS_MAX];
	uint8_t count;
	bool has_mss, has_scale, has_timestamps, bad, trailing;
	uint16_t mss;
	uint8_t scale;
	uint32_t own_time, peer_time;
};

/* The value under construction: at most 40 option kinds of three digits, so it always fits. */
struct value { size_t used; char text[256]; };

static void option_read(struct options *o, unsigned kind, struct cursor data)
{
	size_t bytes = cursor_left(&data);
	if (kind == KIND_MSS && bytes == 2 && !o->has_mss) {
		o->has_mss = true;
		o->mss = cursor_be16(&data);
	} else if (kind == KIND_SCALE && bytes == 1 && !o->has_scale) {
		o->has_scale = true;
		o->scale = cursor_u8(&data);
	} else if (kind == KIND_TIMESTAMPS && bytes == 8 && !o->has_timestamps) {
		o->has_timestamps = true;
		o->own_time = cursor_be32(&data);
		o->peer_time = cursor_be32(&data);
	}
}

static void behind_end(struct options *o, struct cursor *c)
{
	while (cursor_left(c)) {
		o->trailing |= cursor_u8(c) != 0;
		o->kind[o->count++] = KIND_END;
	}
}

static void options_read(struct options *o, struct cursor c)
{
	while (cursor_left(&c) && o->count < KINDS_MAX) {
		uint8_t kind = cursor_u8(&c);
		o->kind[o->count++] = kind;
		if (kind == KIND_END) {
			behind_end(o, &c);
			return;
		}
		if (kind == KIND_NOP)
			continue;
		uint8_t length = cursor_u8(&c);
		if (length < 2 || length - 2u > cursor_left(&c)) {
			o->bad = true;
			return;
		}
		option_read(o, kind, cursor_sub(&c, length - 2u));
	}
}

static void put_text(struct value *v, const char *text, size_t bytes)
{
	memcpy(v->text + v->used, text, bytes);
	v->used += bytes;
}

static void put_number(struct value *v, unsigned number)
{
	v->used += text_u64(number, v->text + v->used, sizeof(v->text) - v->used);
}

static void put_part(struct value *v, const char prefix[2], bool present, unsigned number)
{
	put_text(v, prefix, 2);
	if (present)
		put_number(v, number);
	else
		put_text(v, "-", 1);
}

static void put_kinds(struct value *v, const struct options *o)
{
	put_text(v, o->count ? ":o" : ":o-", o->count ? 2 : 3);
	for (unsigned i = 0; i < o->count; i++) {
		if (i)
			put_text(v, "-", 1);
		put_number(v, o->kind[i]);
	}
}

static void put_quirk(struct value *v, bool shown, char letter)
{
	if (shown)
		v->text[v->used++] = letter;
}

static void put_ip_quirks(struct value *v, const struct packet *p)
{
	bool is4 = p->ip_version == 4;
	put_quirk(v, is4 && p->dont_fragment, 'd');
	put_quirk(v, is4 && p->dont_fragment && p->ip_id, 'i');
	put_quirk(v, is4 && !p->dont_fragment && !p->ip_id, 'j');
	put_quirk(v, is4 && p->ip[6] & 0x80, 'h');
	put_quirk(v, !is4 && p->ip6_flow_label, 'f');
	put_quirk(v, p->ecn, 'e');
}

static void put_tcp_quirks(struct value *v, const struct packet *p)
{
	const uint8_t *header = p->tcp_options - TCP_FIXED_BYTES;
	bool is_ack = p->tcp_flags & TCP_ACK, is_urgent = p->tcp_flags & TCP_URG;
	put_quirk(v, p->tcp_flags & (TCP_ECE | TCP_CWR), 'c');
	put_quirk(v, header[12] & 0x0f, 'r');
	put_quirk(v, is_urgent, 'g');
	put_quirk(v, !is_urgent && (header[18] | header[19]), 'u');
	put_quirk(v, p->tcp_flags & TCP_PSH, 'p');
	put_quirk(v, p->seq == 0, 'n');
	put_quirk(v, is_ack ? p->ack == 0 : p->ack != 0, 'a');
}

static void put_option_quirks(struct value *v, const struct packet *p, const struct options *o)
{
	put_quirk(v, o->has_timestamps && o->own_time == 0, 't');
	put_quirk(v, o->has_timestamps && o->peer_time && !(p->tcp_flags & TCP_ACK), 'y');
	put_quirk(v, o->has_scale && o->scale > SCALE_MAX, 'w');
	put_quirk(v, p->payload_bytes, 'l');
	put_quirk(v, o->trailing, 'z');
	put_quirk(v, o->bad, 'b');
}

void tcp_syn_see(struct signal_ctx *ctx, const struct packet *p)
{
	bool is_ack = p->tcp_flags & TCP_ACK;
	enum ind_side side = is_ack ? IND_SERVER : IND_CLIENT;
	struct options options = { 0 };
	struct value v;
	v.used = 0;
	if (!p->tcp_options)
		return;
	options_read(&options, cursor_of(p->tcp_options, p->tcp_options_bytes));
	put_text(&v, "v", 1);
	put_number(&v, p->ip_version);
	put_part(&v, ":t", true, p->ttl);
	put_part(&v, ":w", true, p->window);
	put_part(&v, ":m", options.has_mss, options.mss);
	put_part(&v, ":s", options.has_scale, options.scale);
	put_kinds(&v, &options);
	put_text(&v, ":q", 2);
	size_t before = v.used;
	put_ip_quirks(&v, p);
	put_tcp_quirks(&v, p);
	put_option_quirks(&v, p, &options);
	if (v.used == before)
		put_text(&v, "-", 1);
	signal_put_text(ctx, is_ack ? IND_SIG_TCP_SYNACK : IND_SIG_TCP_SYN, side, v.text, v.used);
	signal_put_exhibit(ctx, IND_EXHIBIT_PACKET, side, p->ip, (size_t)(p->tcp_options - p->ip) + p->tcp_options_bytes, false);
}
