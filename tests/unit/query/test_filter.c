/* SPDX-License-Identifier: Apache-2.0 */
/* The filter language: what each term means, three-valued, and where a text stops being a filter. */
#include "indicia/catalogue.h"
#include "query/filter.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rows_context rows;
static struct ind_signal signals[8];

static struct ind_signal signal_of(unsigned id, const char *value)
{
	return (struct ind_signal){ .id = (uint16_t)id, .time_ns = 1795252324000000000, .packet = 9, .value = value, .value_bytes = (uint16_t)strlen(value) };
}

/* A TLS connection of 2026-11-21T09:12:03.118402Z to .218403Z. */
static struct ind_record tls_flow(void)
{
	struct ind_record r = { .kind = IND_REC_FLOW, .id = { .stream_id = { 0x3f, 0x9a, 0x6c, 0x01 }, .leaf = 12, .row = 345 } };
	r.flow.flow = (struct ind_flow){
		.serial = 7, .start_ns = 1795252323118402000, .end_ns = 1795252323218403999, .packets = { 6, 5 }, .bytes = { 600, 5000 },
		.payload = { 340, 4740 }, .client_rtt_us = 0, .server_rtt_us = 21004, .addr = { { 192, 0, 2, 1 }, { 198, 51, 100, 2 } },
		.port = { 51144, 443 }, .ip_version = 4, .proto = 6, .orient = IND_ORIENT_SYN, .validated = IND_VALID_HANDSHAKE,
		.tcp_flags = { 0x1b, 0x12 }, .ttl_min = { 64, 50 }, .ttl_max = { 64, 51 }, .end_reason = IND_END_FIN, .retransmits = { 1, 0 },
		.vlan_count = 2, .vlan = { 100, 7 }, .tunnel_count = 1, .tunnel = { IND_TUNNEL_VXLAN },
	};
	signals[0] = signal_of(IND_SIG_TLS_SNI, "www.Example.com");
	signals[1] = signal_of(IND_SIG_TLS_JA4, "t13d1516h2_8daaf6152771_b186095e22b6");
	signals[2] = signal_of(IND_SIG_PATH_CROSS_LAYER, "-250");
	signals[3] = signal_of(IND_SIG_TLS_ALPN, "h2");
	signals[4] = signal_of(IND_SIG_TLS_ALPN, "http/1.1");
	r.flow.signals = signals;
	r.flow.signal_count = 5;
	return r;
}

static struct ind_record icmp_flow(void)
{
	struct ind_record r = { .kind = IND_REC_FLOW, .id = { .stream_id = { 0x3f, 0x9a, 0x6c, 0x01 }, .leaf = 12, .row = 346 } };
	r.flow.flow = (struct ind_flow){
		.start_ns = 1795252323118402000, .end_ns = 1795252323118402000, .packets = { 1, 0 }, .bytes = { 84, 0 }, .client_rtt_us = IND_ABSENT_U32,
		.server_rtt_us = IND_ABSENT_U32, .addr = { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } }, .port = { 128, 0 },
		.ip_version = 6, .proto = 58, .orient = IND_ORIENT_FIRST, .ttl_min = { 255, 0 }, .ttl_max = { 255, 0 }, .end_reason = IND_END_IDLE,
	};
	return r;
}

static struct ind_record origin(void)
{
	struct ind_record r = { .kind = IND_REC_ORIGIN, .id = { .stream_id = { 0x3f, 0x9a, 0x6c, 0x01 }, .leaf = 13, .row = 1 } };
	r.origin = (struct ind_origin){
		.addr = { 192, 0, 2, 1 }, .ip_version = 4, .first_ns = 1795252323118402000, .last_ns = 1795252323218403999, .flows = 12, .validated = 9,
		.hops_min = 7, .hops_max = 9, .hops_mode = IND_HOPS_ABSENT, .rtt_samples = 0, .beacons = 1, .missing = { [IND_FAMILY_P] = IND_MISSING_NOT_SEEN },
	};
	ind_signal_set_add(r.origin.signals, IND_SIG_TLS_JA4);
	return r;
}

static enum ind_err list(void *ctx, const char *name, char **text, size_t *bytes)
{
	(void)ctx;
	const char *lists[][2] = { { "hosts", "# ours\n192.0.2.1, 203.0.113.0/24\n2001:db8::/32\n" }, { "names", "b.test\nwww.Example.com\n" }, { "bad", "192.0.2.1\nnonsense\n" } };
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(lists[i][0], name) == 0) {
			*bytes = strlen(lists[i][1]);
			*text = malloc(*bytes + 1);
			memcpy(*text, lists[i][1], *bytes);
			return IND_OK;
		}
	}
	return IND_MISSING;
}

static struct query_filter *compiled(const char *text, enum query_kind_id kind)
{
	struct filter_options options = { .kind = kind, .list = list };
	struct filter_error error;
	struct query_filter *f = NULL;
	enum ind_err err = query_filter_compile(text, strlen(text), &options, &f, &error);
	ck_assert_msg(err == IND_OK, "%s: %s at %zu", text, error.text, error.at);
	return f;
}

static enum truth asked(const char *text, enum query_kind_id kind, const struct ind_record *record)
{
	struct query_filter *f = compiled(text, kind);
	struct filter_context context = { .rows = &rows };
	enum truth truth = query_filter_matches(f, record, &context);
	query_filter_free(f);
	return truth;
}

static void setup(void)
{
	memset(&rows, 0, sizeof(rows));
	memcpy(rows.sensor, "fra-01", 7);
	ck_assert_ptr_null(ind_signal_set("default", 7, rows.signals));
}

/* Each line: what it says of the TLS flow, of the ICMP flow; Y, N, or ? for unknown. */
static const struct { const char *text; char tls, icmp; } flows[] = {
	{ "", 'Y', 'Y' }, { "any", 'Y', 'Y' }, { "not any", 'N', 'N' }, { "# a comment\nany", 'Y', 'Y' },
	/* addresses */
	{ "host 192.0.2.1", 'Y', 'N' }, { "src host 192.0.2.1", 'Y', 'N' }, { "dst host 192.0.2.1", 'N', 'N' }, { "host 198.51.100.2", 'Y', 'N' },
	{ "192.0.2.1", 'Y', 'N' }, { "src 192.0.2.1", 'Y', 'N' }, { "dst 192.0.2.1", 'N', 'N' }, { "src ip 192.0.2.1", 'Y', 'N' },
	{ "src and dst net 2001:db8::/32", 'N', 'Y' }, { "src or dst host 192.0.2.1", 'Y', 'N' }, { "net 192.0.2", 'Y', 'N' }, { "net 192", 'Y', 'N' },
	{ "net 192.0.2.0 mask 255.255.255.0", 'Y', 'N' }, { "net 192.0.2.0 255.255.255.0", 'Y', 'N' }, { "src net 198.51.100.0/24", 'N', 'N' },
	{ "net 0.0.0.0/0", 'Y', 'N' }, { "net ::/0", 'N', 'Y' }, { "ip", 'Y', 'N' }, { "ip6", 'N', 'Y' }, { "inet6", 'N', 'Y' },
	{ "ip host 192.0.2.1", 'Y', 'N' }, { "ip in [10.0.0.1, 192.0.2.0/24]", 'Y', 'N' }, { "src ip in @hosts", 'Y', 'Y' }, { "dst ip in @hosts", 'N', 'Y' },
	{ "saddr = 192.0.2.1", 'Y', 'N' }, { "daddr != 192.0.2.1", 'Y', 'Y' }, { "host != 192.0.2.1", 'N', 'Y' }, { "host 10.0.0.1 or 192.0.2.1", 'Y', 'N' },
	{ "src host 198.51.100.2 or 10.0.0.1", 'N', 'N' }, { "net 10 or 192.0", 'Y', 'N' }, { "saddr in [2001:db8::1]", 'N', 'Y' },
	/* protocols and ports */
	{ "tcp", 'Y', 'N' }, { "icmp6", 'N', 'Y' }, { "icmp", 'N', 'N' }, { "proto 6", 'Y', 'N' }, { "proto tcp", 'Y', 'N' }, { "ip proto \\tcp", 'Y', 'N' }, { "proto = icmp6", 'N', 'Y' },
	{ "proto != tcp", 'N', 'Y' }, { "ip proto 6", 'Y', 'N' }, { "proto in [tcp udp]", 'Y', 'N' }, { "port 443", 'Y', 'N' }, { "port https", 'Y', 'N' },
	{ "src port 443", 'N', 'N' }, { "dst port 443", 'Y', 'N' }, { "not port 443", 'N', 'Y' }, { "port 80 or 443", 'Y', 'N' }, { "udp port 80 or 443", 'N', 'N' },
	{ "tcp port 80 or 443", 'Y', 'N' }, { "tcp dst port 443", 'Y', 'N' }, { "tcp src port 443", 'N', 'N' }, { "portrange 400-500", 'Y', 'N' },
	{ "port 400-500", 'Y', 'N' }, { "port > 1023", 'Y', 'N' }, { "dst port > 1023", 'N', 'N' }, { "port in [80 443]", 'Y', 'N' }, { "port in [ 1-1023 ]", 'Y', 'N' },
	{ "port 128", 'N', 'N' }, { "sport = 128", 'N', 'Y' }, { "dport = 0", 'N', 'Y' }, { "dport 443", 'Y', 'N' }, { "sport != 128", 'Y', 'N' },
	{ "icmp-type 128", 'N', 'Y' }, { "icmp-code > 0", 'N', 'N' },
	/* layers */
	{ "vlan", 'Y', 'N' }, { "vlan 7", 'Y', 'N' }, { "vlan 8", 'N', 'N' }, { "not vlan 8", 'Y', 'Y' }, { "vlan != 7", 'N', 'Y' }, { "vlan and port 443", 'Y', 'N' },
	{ "tunnel", 'Y', 'N' }, { "tunnel vxlan", 'Y', 'N' }, { "tunnel = gre", 'N', 'N' }, { "carries gre", 'N', 'N' }, { "parent", 'N', 'N' },
	/* counters */
	{ "bytes 5600", 'Y', 'N' }, { "bytes = 5.6k", 'Y', 'N' }, { "bytes > 5k", 'Y', 'N' }, { "bytes >= 5600", 'Y', 'N' }, { "bytes > 5600", 'N', 'N' },
	{ "bytes < 100", 'N', 'Y' }, { "bytes <= 84", 'N', 'Y' }, { "bytes != 84", 'Y', 'N' }, { "src bytes 600", 'Y', 'N' }, { "dst bytes > 4k", 'Y', 'N' },
	{ "sbytes = 600", 'Y', 'N' }, { "bytes in [84, 1000-9999]", 'Y', 'Y' }, { "packets 11", 'Y', 'N' }, { "src packets > 5", 'Y', 'N' }, { "dst packets 0", 'N', 'Y' },
	{ "bytes < 0", 'N', 'N' }, { "bytes > 18446744073709551615", 'N', 'N' }, { "bytes >= 0", 'Y', 'Y' }, { "src and dst packets > 4", 'Y', 'N' },
	{ "bpp > 500", 'Y', 'N' }, { "bpp = 84", 'N', 'Y' }, { "bps > 447000", 'Y', '?' }, { "bps = 447995", 'Y', '?' }, { "pps < 110", 'Y', '?' },
	{ "not pps < 110", 'N', '?' }, { "retrans 1", 'Y', 'N' }, { "dst retrans 0", 'Y', 'Y' }, { "frags > 0", 'N', 'N' }, { "bytes gt 5000", 'Y', 'N' },
	{ "flags S", 'Y', 'N' }, { "flags SA", 'Y', 'N' }, { "src flags F", 'Y', 'N' }, { "dst flags F", 'N', 'N' }, { "not dst flags F", 'Y', 'Y' },
	{ "flags R", 'N', 'N' }, { "not flags FR", 'N', 'Y' }, { "not dst flags FR", 'Y', 'Y' }, { "not (flags FR)", 'Y', 'Y' }, { "not not flags FR", 'Y', 'N' }, { "dflags = SA", 'Y', 'N' }, { "flags X", 'N', 'N' }, { "sflags sapf", 'Y', 'N' },
	{ "ttl 50", 'Y', '?' }, { "src ttl 64", 'Y', 'N' }, { "dst ttl 51", 'Y', '?' }, { "ttl = 255", 'N', 'Y' }, { "ttl > 100", 'N', 'Y' }, { "dttl_min < 60", 'Y', '?' },
	/* times */
	{ "duration > 100", 'Y', 'N' }, { "duration > 101ms", 'N', 'N' }, { "duration = 100001us", 'Y', 'N' }, { "duration_us = 100001", 'Y', 'N' },
	{ "duration > 0.1s", 'Y', 'N' }, { "duration < 1min", 'Y', 'Y' }, { "rtt > 21", 'Y', '?' }, { "rtt < 20ms", 'N', '?' }, { "client_rtt_us = 0", 'Y', '?' },
	{ "start >= 2026-11-21T09:12:03", 'Y', 'Y' }, { "start = 2026-11-21T09:12", 'Y', 'Y' }, { "start < 2026-11-21T09:12:03.2Z", 'Y', 'Y' },
	{ "end < 2026-11-21T09:12:03.2Z", 'N', 'Y' }, { "start = 2026-11-21", 'Y', 'Y' }, { "start = 2026-11-21T10:12+01:00", 'Y', 'Y' },
	{ "start < @1795252323.118402", 'N', 'N' }, { "start >= 2026/11/21.09:12:03", 'Y', 'Y' }, { "start != 2026-11-21", 'N', 'N' },
	/* words */
	{ "validated handshake", 'Y', 'N' }, { "validated = untestable", 'N', 'Y' }, { "validated in [handshake, quic]", 'Y', 'N' }, { "orient syn", 'Y', 'N' },
	{ "end_reason != fin", 'N', 'Y' },
	/* evidence */
	{ "signal tls.sni", 'Y', 'N' }, { "tls.sni", 'Y', 'N' }, { "sni", 'Y', 'N' }, { "signal tls.sni = www.Example.com", 'Y', '?' }, { "sni = www.example.com", 'N', '?' },
	{ "not sni = www.example.com", 'Y', '?' }, { "sni != www.Example.com", 'N', '?' }, { "not (sni and sni = www.Example.com)", 'N', 'Y' },
	{ "sni ~ example", 'Y', '?' }, { "sni ~ *.EXAMPLE.com", 'Y', '?' }, { "sni ~ w?w.*", 'Y', '?' }, { "sni ~ example.*", 'N', '?' }, { "sni in @names", 'Y', '?' },
	{ "sni = \"www.\\x45xample.com\"", 'Y', '?' }, { "alpn = http/1.1", 'Y', '?' }, { "alpn != h3", 'Y', '?' }, { "alpn != h2", 'N', '?' },
	{ "path.cross_layer_us < 0", 'Y', '?' }, { "path.cross_layer_us = -250", 'Y', '?' }, { "path.cross_layer_us >= -249", 'N', '?' },
	{ "signal tls.ticket", '?', '?' }, { "not signal tls.ticket", '?', '?' }, { "path.hops = 0", 'Y', 'Y' }, { "path.hops > 12", 'Y', 'N' },
	{ "family A", 'Y', 'N' }, { "family P", 'Y', 'Y' }, { "family V", 'Y', 'N' }, { "family C", 'N', 'N' }, { "family C,A", 'Y', 'N' },
	{ "sensor fra-01", 'Y', 'Y' }, { "sensor = fra-02", 'N', 'N' }, { "sensor ~ fra-*", 'Y', 'Y' }, { "record 3f9a6c01:12:345", 'Y', 'N' },
	{ "record 3f9a6c01:12:345:2", 'Y', 'N' }, { "record in [3f9a6c01:12:346, 3f9a6c01:1:1]", 'N', 'Y' }, { "community_id = \"1:QU0AzsvVSPNvnc7Tw+rIX9JcNeY=\"", 'Y', 'N' },
	{ "exists sni", 'Y', 'N' }, { "exists rtt", 'Y', 'N' }, { "exists dst ttl or any", 0, 0 }, { "exists vlan", 'Y', 'N' }, { "exists dttl_min", 'Y', 'N' },
	{ "claim country XA", '?', '?' }, { "as 64496", '?', '?' }, { "exists claim", '?', '?' },
	/* connectives: and binds tighter than or, juxtaposition is and, unknown is neither */
	{ "tcp and udp or ip", 'Y', 'N' }, { "ip or tcp and udp", 'Y', 'N' }, { "(ip or tcp) and udp", 'N', 'N' }, { "tcp port 443 src net 192.0.2.0/24", 'Y', 'N' },
	{ "!udp && (tcp || icmp6)", 'Y', 'Y' }, { "not not tcp", 'Y', 'N' }, { "not (tcp and port 443)", 'N', 'Y' }, { "rtt > 1 or any", 'Y', 'Y' },
	{ "rtt > 1 and not any", 'N', 'N' }, { "rtt > 1 or not any", 'Y', '?' }, { "TCP", 0, 0 }, { "tcp AND port 443", 'Y', 'N' },
};

static char letter(enum truth t) { return t == TRUTH_YES ? 'Y' : t == TRUTH_NO ? 'N' : '?'; }

START_TEST(terms_of_flows)
{
	struct ind_record tls = tls_flow(), icmp = icmp_flow();
	for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		if (!flows[i].tls)
			continue;
		char a = letter(asked(flows[i].text, QUERY_KIND_FLOW, &tls)), b = letter(asked(flows[i].text, QUERY_KIND_FLOW, &icmp));
		ck_assert_msg(a == flows[i].tls && b == flows[i].icmp, "%s: %c %c, not %c %c", flows[i].text, a, b, flows[i].tls, flows[i].icmp);
	}
}
END_TEST

START_TEST(ports_that_were_not_seen_are_unknown)
{
	struct ind_record r = tls_flow();
	r.flow.flow.no_ports = 1;
	r.flow.flow.port[0] = r.flow.flow.port[1] = 0;
	ck_assert_int_eq(asked("port 0", QUERY_KIND_FLOW, &r), TRUTH_UNKNOWN);
	ck_assert_int_eq(asked("not port 443", QUERY_KIND_FLOW, &r), TRUTH_UNKNOWN);
	ck_assert_int_eq(asked("exists port", QUERY_KIND_FLOW, &r), TRUTH_NO);
	ck_assert_int_eq(asked("tcp", QUERY_KIND_FLOW, &r), TRUTH_YES);
}
END_TEST

START_TEST(what_was_cut_may_hold_more)
{
	struct ind_record r = tls_flow();
	uint8_t sha256[IND_SHA256_BYTES] = { 0 };
	signals[0].flags = IND_SIGNAL_CUT;
	signals[0].sha256 = sha256;
	ck_assert_int_eq(asked("sni ~ example", QUERY_KIND_FLOW, &r), TRUTH_YES);
	ck_assert_int_eq(asked("sni ~ other", QUERY_KIND_FLOW, &r), TRUTH_UNKNOWN);
}
END_TEST

START_TEST(terms_of_signals)
{
	static const struct { const char *text; size_t place; char want; } table[] = {
		{ "signal tls.sni", 0, 'Y' }, { "signal tls.sni", 1, 'N' }, { "signal tls.sni = www.Example.com", 0, 'Y' }, { "sni = x", 0, 'N' }, { "sni = x", 1, 'N' },
		{ "host 192.0.2.1", 1, 'Y' }, { "tcp port 443", 1, 'Y' }, { "addr = 192.0.2.1", 0, 'Y' }, { "addr = 198.51.100.2", 0, 'N' }, { "value = h2", 3, 'Y' },
		{ "value ~ example", 0, 'Y' }, { "value < 0", 2, 'Y' }, { "value > 5", 0, '?' }, { "family P", 2, 'Y' }, { "family I", 0, 'Y' }, { "family I", 1, 'N' },
		{ "side client", 0, 'Y' }, { "side = server", 0, 'N' }, { "packet 9", 0, 'Y' }, { "time = 2026-11-21T09:12:04", 0, 'Y' }, { "truncated", 0, 'N' },
		{ "derived", 0, 'N' }, { "derived", 5, 'Y' }, { "record 3f9a6c01:12:345:1", 0, 'Y' }, { "record 3f9a6c01:12:345:1", 1, 'N' },
		{ "record 3f9a6c01:12:345", 1, 'Y' },
	};
	struct ind_record r = tls_flow();
	struct filter_context context = { .rows = &rows };
	signals[5] = signal_of(IND_SIG_PATH_HOPS, "0");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct query_filter *f = compiled(table[i].text, QUERY_KIND_SIGNAL);
		char got = letter(query_filter_matches_signal(f, &r, &signals[table[i].place], table[i].place, &context));
		ck_assert_msg(got == table[i].want, "%s of %zu: %c", table[i].text, table[i].place, got);
		query_filter_free(f);
	}
}
END_TEST

START_TEST(terms_of_origins)
{
	static const struct { const char *text; char want; } table[] = {
		{ "host 192.0.2.1", 'Y' }, { "addr = 192.0.2.1", 'Y' }, { "net 10", 'N' }, { "192.0.2.1 or 192.0.2.2", 'Y' }, { "ip", 'Y' }, { "flows > 10", 'Y' },
		{ "validated >= 10", 'N' }, { "validated 9", 'Y' }, { "hops_min 7", 'Y' }, { "hops_mode 7", '?' }, { "exists hops_mode", 'N' }, { "rtt_min_us < 30ms", '?' },
		{ "beacons > 0", 'Y' }, { "cotenants > 1", '?' }, { "first = 2026-11-21", 'Y' }, { "last < 2026-11-21", 'N' }, { "family P", 'N' }, { "family A", 'Y' },
		{ "signal tls.ja4", 'Y' }, { "ja4", 'Y' }, { "sni", 'N' }, { "signal tls.ticket", '?' }, { "sensor fra-01", 'Y' }, { "claim country XA", '?' },
		{ "record 3f9a6c01:13:1", 'Y' }, { "host != 192.0.2.1", 'N' },
	};
	struct ind_record r = origin();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char got = letter(asked(table[i].text, QUERY_KIND_ORIGIN, &r));
		ck_assert_msg(got == table[i].want, "%s: %c", table[i].text, got);
	}
}
END_TEST

/* Where, and what is said. */
static const struct { const char *text; enum query_kind_id kind; size_t at; const char *says; } wrong[] = {
	{ "bytes >> 1k", QUERY_KIND_FLOW, 7, "unexpected '>'" }, { "durtion > 5", QUERY_KIND_FLOW, 0, "did you mean 'duration'?" }, { "tcp prt 80", QUERY_KIND_FLOW, 4, "did you mean 'port'?" },
	{ "tls.sna", QUERY_KIND_FLOW, 0, "did you mean 'tls.sni'?" }, { "signal tls.ja", QUERY_KIND_FLOW, 7, "did you mean 'tls.ja" }, { "(tcp", QUERY_KIND_FLOW, 0, "this '(' has no ')'" },
	{ "tcp)", QUERY_KIND_FLOW, 3, "this ')' closes nothing" }, { "tcp or", QUERY_KIND_FLOW, 6, "the end of the filter" }, { "not", QUERY_KIND_FLOW, 3, "the end of the filter" },
	{ "port 70000", QUERY_KIND_FLOW, 5, "is not a port" }, { "port", QUERY_KIND_FLOW, 4, "the end of the filter" }, { "host example.com", QUERY_KIND_FLOW, 5, "names are not looked up" },
	{ "net 192.0.2.1/24", QUERY_KIND_FLOW, 4, "did you mean 192.0.2.0/24?" }, { "net 10.0.0.0/33", QUERY_KIND_FLOW, 4, "is not a network" },
	{ "net 10.0.0.0 mask 255.0.255.0", QUERY_KIND_FLOW, 13, "ones first" }, { "src tcp", QUERY_KIND_FLOW, 4, "has no src and dst" }, { "port in [80", QUERY_KIND_FLOW, 8, "this '[' has no ']'" },
	{ "port in 80", QUERY_KIND_FLOW, 8, "wants a list" }, { "ip in @missing", QUERY_KIND_FLOW, 6, "cannot be read" }, { "ip in @bad", QUERY_KIND_FLOW, 6, "in line 2 of the list" },
	{ "sni = \"x", QUERY_KIND_FLOW, 6, "without an end" }, { "sni = \"\\q\"", QUERY_KIND_FLOW, 6, "backslash" }, { "flags Z", QUERY_KIND_FLOW, 6, "TCP flags" },
	{ "validated handshak", QUERY_KIND_FLOW, 10, "did you mean 'handshake'?" }, { "validated > no", QUERY_KIND_FLOW, 10, "= and != only" }, { "family X", QUERY_KIND_FLOW, 7, "families are" },
	{ "exists nothing", QUERY_KIND_FLOW, 7, "wants a field" }, { "start > yesterday", QUERY_KIND_FLOW, 8, "is not a time" }, { "duration > 5x", QUERY_KIND_FLOW, 11, "is not a length of time" },
	{ "bytes > 1.2345", QUERY_KIND_FLOW, 8, "is not a number" }, { "bytes ~ 5", QUERY_KIND_FLOW, 8, "for texts" }, { "sni > x", QUERY_KIND_FLOW, 4, "= != ~ and in" }, { "tcp & udp", QUERY_KIND_FLOW, 4, "unexpected '&'" },
	{ "bytes > 5", QUERY_KIND_ORIGIN, 0, "does not belong to origins" }, { "src host 192.0.2.1", QUERY_KIND_ORIGIN, 4, "origins have no src and dst" },
	{ "sni = x", QUERY_KIND_ORIGIN, 4, "not their values" }, { "flows > 5", QUERY_KIND_FLOW, 0, "does not belong to flows" }, { "value = x", QUERY_KIND_FLOW, 0, "does not belong to flows" },
	{ "bytes > 99999999999999999999", QUERY_KIND_FLOW, 8, "is not a number" }, { "bytes > 99999999999T", QUERY_KIND_FLOW, 8, "is not a number" }, { "10.0.0.1 443", QUERY_KIND_FLOW, 9, "unknown word" },
	{ "start = 2026-02-30", QUERY_KIND_FLOW, 8, "is not a time" }, { "start = 2026-11-21T25:00", QUERY_KIND_FLOW, 8, "is not a time" }, { "claim", QUERY_KIND_FLOW, 5, "a data set or what it claims" },
};

START_TEST(errors_say_where_and_what)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct filter_options options = { .kind = wrong[i].kind, .list = list };
		struct filter_error error;
		struct query_filter *f = NULL;
		enum ind_err err = query_filter_compile(wrong[i].text, strlen(wrong[i].text), &options, &f, &error);
		ck_assert_msg(err != IND_OK, "%s compiles", wrong[i].text);
		ck_assert_msg(error.at == wrong[i].at && strstr(error.text, wrong[i].says), "%s: at %zu: %s", wrong[i].text, error.at, error.text);
	}
}
END_TEST

static enum ind_err outcome(const char *text, size_t bytes)
{
	struct filter_options options = { .kind = QUERY_KIND_FLOW };
	struct filter_error error;
	struct query_filter *f = NULL;
	enum ind_err err = query_filter_compile(text, bytes, &options, &f, &error);
	if (err == IND_OK)
		query_filter_free(f);
	return err;
}

static bool is_word(const char *name)
{
	struct filter_word word;
	for (size_t i = 0; query_filter_word(i, &word); i++)
		if (strcmp(word.name, name) == 0)
			return word.rows[0] && word.help[0];
	return false;
}

/* What a listing shows can be asked for by the same name; maps and what names another record cannot. */
START_TEST(columns_are_words)
{
	static const char *const others[] = { "families", "missing", "observations", "missing_signals", "beacon", "access", "sha256", "flow" };
	static const enum query_kind_id kinds[] = { QUERY_KIND_FLOW, QUERY_KIND_SIGNAL, QUERY_KIND_ORIGIN };
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (size_t i = 0; i < query_kinds[kinds[k]].count; i++) {
			const char *key = query_kinds[kinds[k]].fields[i].key;
			bool other = false;
			for (size_t n = 0; n < sizeof(others) / sizeof(others[0]); n++)
				other |= strcmp(others[n], key) == 0;
			ck_assert_msg(is_word(key) != other, "%s of %s", key, query_kinds[kinds[k]].name);
		}
	}
}
END_TEST

START_TEST(limits_are_limits)
{
	static char text[FILTER_TEXT_MAX + 1];
	for (unsigned depth = FILTER_DEPTH_MAX; depth <= FILTER_DEPTH_MAX + 1; depth++) {
		memset(text, '(', depth);
		memcpy(text + depth, "tcp", 3);
		memset(text + depth + 3, ')', depth);
		ck_assert_int_eq(outcome(text, 2 * depth + 3), depth > FILTER_DEPTH_MAX ? IND_LIMIT : IND_OK);
		memset(text, '!', depth);
		memcpy(text + depth, "tcp", 3);
		ck_assert_int_eq(outcome(text, depth + 3), depth > FILTER_DEPTH_MAX ? IND_LIMIT : IND_OK);
	}
	memset(text, ' ', sizeof(text));
	ck_assert_int_eq(outcome(text, FILTER_TEXT_MAX), IND_OK);
	ck_assert_int_eq(outcome(text, FILTER_TEXT_MAX + 1), IND_LIMIT);
	for (size_t i = 0; i + 4 <= FILTER_TEXT_MAX; i += 4)
		memcpy(text + i, "tcp ", 4);
	ck_assert_int_eq(outcome(text, FILTER_CODE_MAX / 2 * 4), IND_OK);
	ck_assert_int_eq(outcome(text, FILTER_CODE_MAX / 2 * 4 + 4), IND_LIMIT);
	ck_assert_int_eq(outcome("tcp\0udp", 7), IND_MALFORMED);
}
END_TEST

START_TEST(windows)
{
	static const struct { const char *text; uint64_t from_s, to_s; } table[] = {
		{ "2026-11-20T09:10/09:25", 1795165800, 1795166700 }, { "2026-11-20T09:10/2026-11-20T09:25:00Z", 1795165800, 1795166700 }, { "2026-11-20/PT1H", 1795132800, 1795136400 },
		{ "2026-11-20", 1795132800, 1795219200 }, { "@1795165800/@1795166700", 1795165800, 1795166700 }, { "2026-11-20T10:10+01:00/PT15M", 1795165800, 1795166700 },
		{ "2026/11/20.09:10:00-2026/11/20.09:25:00", 1795165800, 1795166700 }, { "/@10", 0, 10 }, { "2026-11-20T09:10", 1795165800, 1795165860 },
	};
	struct filter_window w;
	struct filter_error error;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_msg(filter_window_parse(table[i].text, &w, &error), "%s: %s", table[i].text, error.text);
		ck_assert_msg(w.from_ns == table[i].from_s * 1000000000 && w.to_ns == table[i].to_s * 1000000000, "%s: %llu %llu", table[i].text,
			(unsigned long long)w.from_ns, (unsigned long long)w.to_ns);
	}
	ck_assert(filter_window_parse("@5/", &w, &error) && w.to_ns == UINT64_MAX);
	static const char *const bad[] = { "", "x", "2026-11-20/x", "2026-11-20T09:10/09:05", "/PT1H", "/09:10", "2026-13-01", "2026-11-20/P1000000D", "2026-11-20T09:10/9" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!filter_window_parse(bad[i], &w, &error) && error.text[0], "%s", bad[i]);
}
END_TEST

START_TEST(a_window_cuts_beside_the_filter)
{
	struct ind_record r = tls_flow();
	struct filter_context context = { .rows = &rows };
	static const struct { const char *window, *text; char want; } table[] = {
		{ "2026-11-21", "", 'Y' }, { "2026-11-21", "tcp or udp", 'Y' }, { "2026-11-21", "udp", 'N' }, { "2026-11-22/", "udp or tcp", 'N' },
		{ "2026-11-21T09:12:03.2/09:13", "", 'Y' }, { "2026-11-21T09:12:03.3/09:13", "", 'N' }, { "2026-11-21/2026-11-21T09:12:03.118402Z", "", 'N' },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct query_filter *f = compiled(table[i].text, QUERY_KIND_FLOW);
		struct filter_window w;
		struct filter_error error;
		ck_assert(filter_window_parse(table[i].window, &w, &error));
		ck_assert_int_eq(query_filter_window(f, w), IND_OK);
		char got = letter(query_filter_matches(f, &r, &context));
		ck_assert_msg(got == table[i].want, "%s %s: %c", table[i].window, table[i].text, got);
		query_filter_free(f);
	}
}
END_TEST

START_TEST(it_remembers_what_it_could_not_decide)
{
	struct ind_record r = icmp_flow();
	struct filter_context context = { .rows = &rows };
	struct query_filter *f = compiled("rtt > 5 and (sni = x or udp)", QUERY_KIND_FLOW);
	ck_assert_int_eq(query_filter_matches(f, &r, &context), TRUTH_UNKNOWN);
	ck_assert_int_eq(query_filter_matches(f, &r, &context), TRUTH_UNKNOWN);
	ck_assert_uint_eq(query_filter_undecided(f), 2);
	ck_assert_str_eq(query_filter_unsaid(f, 0), "rtt");
	ck_assert_str_eq(query_filter_unsaid(f, 1), "sni");
	ck_assert_ptr_null(query_filter_unsaid(f, 2));
	query_filter_free(f);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("filter");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, terms_of_flows);
	tcase_add_test(t, ports_that_were_not_seen_are_unknown);
	tcase_add_test(t, what_was_cut_may_hold_more);
	tcase_add_test(t, terms_of_signals);
	tcase_add_test(t, terms_of_origins);
	tcase_add_test(t, errors_say_where_and_what);
	tcase_add_test(t, columns_are_words);
	tcase_add_test(t, limits_are_limits);
	tcase_add_test(t, windows);
	tcase_add_test(t, a_window_cuts_beside_the_filter);
	tcase_add_test(t, it_remembers_what_it_could_not_decide);
	return suite_run("filter", t);
}
