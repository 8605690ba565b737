/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tool_bittorrent.h"
#include "signal/tool_syn.h"

#include "feed.h"
#include "support/craft.h"
#include "support/suite.h"

static struct seen s;

struct syn {
	uint32_t dst, seq;
	unsigned dport, id, window, flags;
	bool dont_fragment, has_options;
};

static const char *tool_of(struct syn syn)
{
	const struct signal_sink sink = {
		.signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s, .wants_exhibits = true
	};
	struct signal_ctx ctx = { .sink = &sink };
	struct packet p = { .ip_version = 4,
		.seq = syn.seq,
		.ip_id = (uint16_t)syn.id,
		.window = (uint16_t)syn.window,
		.tcp_flags = (uint8_t)syn.flags,
		.dont_fragment = syn.dont_fragment,
		.tcp_options_bytes = syn.has_options ? 4 : 0 };
	for (int i = 0; i < 4; i++)
		p.addr[1][i] = (uint8_t)(syn.dst >> 8 * (3 - i));
	p.port[1] = (uint16_t)syn.dport;
	memset(&s, 0, sizeof(s));
	tool_syn_see(&ctx, &p);
	ck_assert_uint_eq(s.exhibits, 0);
	return s.signals ? s.signal[0].value : "";
}

START_TEST(syns)
{
	const struct syn mirai = { .dst = 0xc6336414, .seq = 0xc6336414, .dport = 23, .id = 7, .window = 5840, .flags = TCP_SYN };
	const struct syn zmap = { .dst = 0xc6336414, .seq = 99, .dport = 443, .id = 54321, .window = 65535, .flags = TCP_SYN };
	const struct syn masscan = {
		.dst = 0xc6336414, .seq = 0x12345678, .dport = 80, .id = (0x6414 ^ 80 ^ 0x5678), .window = 1024, .flags = TCP_SYN
	};
	ck_assert_str_eq(tool_of(mirai), "mirai");
	ck_assert_str_eq(tool_of(zmap), "zmap");
	ck_assert_str_eq(tool_of(masscan), "masscan");
	struct syn other = zmap;
	other.dont_fragment = true;
	ck_assert_str_eq(tool_of(other), "");
	other = zmap, other.id = 54322;
	ck_assert_str_eq(tool_of(other), "");
	other = mirai, other.flags |= TCP_ACK;
	ck_assert_str_eq(tool_of(other), "");
	other = mirai, other.seq++;
	ck_assert_str_eq(tool_of(other), "");
	other = masscan, other.has_options = true;
	ck_assert_str_eq(tool_of(other), "");
	other = masscan, other.dport++;
	ck_assert_str_eq(tool_of(other), "");
	other = masscan, other.window++;
	ck_assert_str_eq(tool_of(other), "");
}
END_TEST

static struct wire handshake(const char *peer)
{
	struct wire w = { .count = 0 };
	put_be(&w, 1, 19);
	put_text(&w, "BitTorrent protocol");
	put_fill(&w, 0, 8);
	put_text(&w, "which-torrent-it-is!");
	put_text(&w, peer);
	return w;
}

START_TEST(peers)
{
	static struct feed f;
	struct wire w = handshake("-TR2940-hiddensecret");
	for (size_t chunk = 1; chunk < 80; chunk++) {
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &bittorrent_parser, IND_DST, w.bytes, w.count, chunk, false);
		ck_assert_uint_eq(f.seen.signals, 1);
		ck_assert_str_eq(feed_value(&f, IND_SIG_TOOL_CONSTANT, 0), "bittorrent:-TR2940-");
		ck_assert_uint_eq(f.seen.signal[0].side, IND_SERVER);
		ck_assert(!seen_exhibit_holds(&f.seen, "hidden") && !seen_exhibit_holds(&f.seen, "torrent-it"));
		ck_assert_int_eq(f.dir[IND_DST].outcome, PARSE_DONE);
	}
	uint8_t kept[68];
	memcpy(kept, f.seen.exhibit[0].bytes, 68);
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &bittorrent_parser, IND_DST, kept, 68, 68, true);
	ck_assert_str_eq(feed_value(&f, IND_SIG_TOOL_CONSTANT, 0), "bittorrent:-TR2940-");
	w = handshake("M7-9-2--0123456789ab");
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &bittorrent_parser, IND_SRC, w.bytes, w.count, 100, true);
	ck_assert_str_eq(feed_value(&f, IND_SIG_TOOL_CONSTANT, 0), "bittorrent");
	for (size_t i = 0; i < w.count; i++) {
		ck_assert_int_eq(bittorrent_parser.probe(cursor_of(w.bytes, i)), i < 20 ? PROBE_MORE : PROBE_YES);
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &bittorrent_parser, IND_SRC, w.bytes, i, 100, true);
		ck_assert_uint_eq(f.seen.signals, 0);
	}
	w.bytes[1] = 'b';
	ck_assert_int_eq(bittorrent_parser.probe(cursor_of(w.bytes, 2)), PROBE_NO);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("tool");
	tcase_add_test(t, syns);
	tcase_add_test(t, peers);
	return suite_run("tool", t);
}
