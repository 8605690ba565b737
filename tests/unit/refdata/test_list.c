/* SPDX-License-Identifier: Apache-2.0 */
/* Lists read from text, and what they say. */
#include "indicia/catalogue.h"
#include "list_copy.h"
#include "refdata/date.h"
#include "refdata/list.h"
#include "refdata/network.h"
#include "support/suite.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static struct list list;
static struct ind_claim claims[LIST_MATCHES_MAX];
static char error[LIST_NOTE_BYTES];

enum { DAY = 1790000000 };

static enum ind_err read_text(unsigned kind, const char *text)
{
	struct meta meta = { .kind = (uint8_t)kind, .date_s = DAY, .name = { "Name", 4 }, .grade = { 'C', '3' } };
	return list_copy_read(&list, &meta, text, strlen(text), error);
}

static void read_good(unsigned kind, const char *text, uint64_t lines, uint64_t wrong)
{
	enum ind_err err = read_text(kind, text);
	ck_assert_msg(err == IND_OK, "%s", error);
	ck_assert_uint_eq(list.lines, lines);
	ck_assert_uint_eq(list.wrong, wrong);
	ck_assert_int_eq(list.note[0] != '\0', wrong != 0 || lines == 0);
}

static size_t ask(const char *addr)
{
	uint8_t bytes[16] = { 0 };
	bool six = strchr(addr, ':') != NULL;
	ck_assert_int_eq(inet_pton(six ? AF_INET6 : AF_INET, addr, bytes), 1);
	memset(claims, 0xaa, sizeof claims);
	return list_address(&list, six ? 6 : 4, bytes, claims, LIST_MATCHES_MAX);
}

static void text_is(struct ind_text text, const char *expected)
{
	ck_assert_uint_eq(text.bytes, strlen(expected));
	ck_assert_mem_eq(text.at, expected, text.bytes);
}

START_TEST(plain_lists)
{
	read_good(IND_CLAIM_VPN, "\xef\xbb\xbf# a comment\r\n; another\n\n192.0.2.0/24\r\n192.0.2.77/32 # a host\n198.51.100.7;x\n2001:db8::/32\n203.0.113.10-203.0.113.12\n"
		"203.0.113.128 - 203.0.113.255\n10.1.2.3/8\nAS64500\nas64501 ; both\n2001:db8:1::1", 10, 0);
	ck_assert_uint_eq(ask("192.0.2.1"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 24);
	ck_assert_uint_eq(claims[0].kind, IND_CLAIM_VPN);
	ck_assert_uint_eq(claims[0].flags, IND_CLAIM_ANONYMISER);
	ck_assert_mem_eq(claims[0].grade, "C3", 2);
	ck_assert_uint_eq(claims[0].radius_km, IND_ABSENT_U32);
	ck_assert_uint_eq(ask("192.0.2.77"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 32);
	ck_assert_uint_eq(ask("192.0.3.0"), 0);
	ck_assert_uint_eq(ask("198.51.100.7"), 1);
	ck_assert_uint_eq(ask("203.0.113.9"), 0);
	ck_assert_uint_eq(ask("203.0.113.11"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 31);
	ck_assert_uint_eq(ask("203.0.113.200"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 25);
	ck_assert_uint_eq(ask("10.255.0.1"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 8);
	ck_assert_uint_eq(ask("2001:db8:ffff::1"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 32);
	ck_assert_uint_eq(ask("2001:db8:1::1"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 128);
	ck_assert_uint_eq(ask("2001:db9::"), 0);
	ck_assert_uint_eq(list_as(&list, 64501, claims, 8), 1);
	ck_assert_uint_eq(claims[0].asn, 64501);
	ck_assert_uint_eq(list_as(&list, 64502, claims, 8), 0);
	text_is(list.about.name, "a.txt");
	text_is(list.about.title, "Name");
	text_is(list.about.type, "vpn");
	ck_assert_uint_eq(list.about.build_epoch_s, DAY);
	list_free(&list);
}
END_TEST

START_TEST(wrong_lines_are_counted_and_named)
{
	read_good(IND_CLAIM_SCANNER, "192.0.2.1\n192.0.2.300\n192.0.2.2\n192.0.2.01\n192.0.2.3\n192.0.2.4/33\n192.0.2.5\n0.0.0.0/0\n192.0.2.6\n192.0.2.9-192.0.2.8\n"
		"192.0.2.7\n", 6, 5);
	ck_assert_str_eq(list.note, "list a.txt: 5 of 11 lines are left out, first a.txt:2: neither an address nor a network");
	list_free(&list);
	ck_assert_int_eq(read_text(IND_CLAIM_TOR, "<html>\n<body>\n192.0.2.1\n"), IND_MALFORMED);
	ck_assert_str_eq(error, "list a.txt: it is no list of kind tor: 2 of its lines are not what they should be, first a.txt:1: neither an address nor a network");
	ck_assert_int_eq(read_text(IND_CLAIM_IOC, "192.0.2.1,x\n"), IND_MALFORMED);
	ck_assert_ptr_nonnull(strstr(error, "a heading with a column indicator"));
	ck_assert_int_eq(read_text(IND_CLAIM_PFX2AS, "192.0.2.0/24\n"), IND_MALFORMED);
	ck_assert_int_eq(read_text(IND_CLAIM_RIR, "192.0.2.0/24\n"), IND_MALFORMED);
	read_good(IND_CLAIM_TOR, "# nothing today\n", 0, 0);
	list_free(&list);
}
END_TEST

START_TEST(a_line_too_long_is_a_wrong_line)
{
	char text[3 * 4096];
	memset(text, '1', sizeof text);
	memcpy(text, "192.0.2.1\n192.0.2.2\n", 20);
	text[sizeof text - 1] = '\0';
	read_good(IND_CLAIM_TOR, text, 2, 1);
	list_free(&list);
}
END_TEST

static const char registry[] = "2|ripencc|1790000000|8|19830705|20260921|+0000\nripencc|*|ipv4|*|3|summary\n"
	"ripencc|ES|ipv4|192.0.2.0|768|19930901|allocated|abc\n"
	"ripencc|FR|ipv4|192.0.2.128|128|20010203|assigned|def|e-stats\n"
	"ripencc||ipv4|198.51.100.0|256||available\n"
	"ripencc|ES|ipv6|2001:db8::|32|20100506|allocated|abc\n"
	"ripencc|ZZ|ipv6|2001:db9::|32||reserved\n"
	"ripencc|PT|asn|64496|4|19990101|allocated|abc\n"
	"ripencc|PT|asn|64496|0|19990101|allocated|abc\n"
	"ripencc|EU|ipv4|203.0.113.0|1|00000000|assigned|abc\n";

START_TEST(registry_statistics)
{
	struct meta meta = { .kind = IND_CLAIM_RIR };
	ck_assert_int_eq(list_read(&list, "delegated-ripencc-extended-latest", &meta, registry, sizeof registry - 1, error), IND_OK);
	ck_assert_uint_eq(list.about.build_epoch_s, 1789948800);
	ck_assert_uint_eq(list.lines, 7);
	ck_assert_uint_eq(list.wrong, 1);
	ck_assert_uint_eq(ask("192.0.3.77"), 1);
	ck_assert_mem_eq(claims[0].registered_country, "ES", 2);
	ck_assert_mem_eq(claims[0].country, "\0\0", 2);
	ck_assert_uint_eq(claims[0].prefix_bits, 23);
	ck_assert_uint_eq(claims[0].day, 8644 + 1);
	text_is(claims[0].status, "allocated");
	ck_assert_uint_eq(ask("192.0.4.255"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 24);
	ck_assert_uint_eq(ask("192.0.5.0"), 0);
	ck_assert_uint_eq(ask("192.0.2.200"), 1);
	ck_assert_mem_eq(claims[0].registered_country, "FR", 2);
	ck_assert_uint_eq(claims[0].prefix_bits, 25);
	ck_assert_uint_eq(ask("198.51.100.1"), 1);
	ck_assert_mem_eq(claims[0].registered_country, "\0\0", 2);
	ck_assert_uint_eq(claims[0].day, 0);
	text_is(claims[0].status, "available");
	ck_assert_uint_eq(ask("2001:db8:1::"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 32);
	ck_assert_uint_eq(ask("2001:db9::1"), 1);
	ck_assert_mem_eq(claims[0].registered_country, "\0\0", 2);
	ck_assert_uint_eq(ask("203.0.113.0"), 1);
	ck_assert_mem_eq(claims[0].registered_country, "EU", 2);
	ck_assert_uint_eq(claims[0].day, 0);
	ck_assert_uint_eq(list_as(&list, 64499, claims, 8), 1);
	ck_assert_uint_eq(claims[0].kind, IND_CLAIM_RIR_AS);
	ck_assert_uint_eq(claims[0].asn, 64499);
	ck_assert_mem_eq(claims[0].registered_country, "PT", 2);
	ck_assert_uint_eq(list_as(&list, 64500, claims, 8), 0);
	list_free(&list);
}
END_TEST

START_TEST(a_cut_registry_file_is_told)
{
	struct meta meta = { .kind = IND_CLAIM_RIR };
	ck_assert_int_eq(list_read(&list, "d", &meta, registry, (size_t)(strstr(registry, "ripencc||") - registry), error), IND_OK);
	ck_assert_str_eq(list.note, "list d: it says that it has 8 entries, and has 2: it may be cut");
	list_free(&list);
	ck_assert_int_eq(list_read(&list, "d", &meta, registry + 48, sizeof registry - 49, error), IND_MALFORMED);
	ck_assert_ptr_nonnull(strstr(error, "date = "));
}
END_TEST

START_TEST(routing_table)
{
	read_good(IND_CLAIM_PFX2AS, "192.0.2.0\t24\t64500\n192.0.2.128\t25\t64501_64502\n192.0.0.0\t16\t64500\n198.51.100.0\t24\t64503,64504_64505\n"
		"2001:db8::\t32\t{64506,64507}\n203.0.113.0\t24\t0\n203.0.113.0\t0\t64500\n203.0.113.0\t24\t1_2_3_4_5_6_7_8_9_10_11_12_13_14_15_16_17\n", 5, 3);
	ck_assert_uint_eq(ask("192.0.2.1"), 1);
	ck_assert(claims[0].asn == 64500 && claims[0].more_asn_count == 0 && claims[0].flags == 0 && claims[0].prefix_bits == 24);
	ck_assert_uint_eq(ask("192.0.2.129"), 1);
	ck_assert(claims[0].asn == 64501 && claims[0].more_asn_count == 1 && claims[0].more_asn[0] == 64502 && claims[0].flags == 0);
	ck_assert_uint_eq(ask("192.0.255.1"), 1);
	ck_assert(claims[0].asn == 64500 && claims[0].prefix_bits == 16);
	ck_assert_uint_eq(ask("198.51.100.1"), 1);
	ck_assert(claims[0].asn == 64503 && claims[0].more_asn_count == 2 && claims[0].more_asn[1] == 64505 && claims[0].flags == IND_CLAIM_AS_SET);
	ck_assert_uint_eq(ask("2001:db8::1"), 1);
	ck_assert(claims[0].asn == 64506 && claims[0].more_asn_count == 1 && claims[0].more_asn[0] == 64507);
	ck_assert_uint_eq(ask("203.0.113.1"), 0);
	list_free(&list);
}
END_TEST

START_TEST(csv_lists)
{
	read_good(IND_CLAIM_HOSTS, "ASN,Entity\n64500,\"EXAMPLE, Inc \"\"x\"\"\"\n64501,Other\nx,y\n", 2, 1);
	ck_assert_uint_eq(list_as(&list, 64500, claims, 8), 1);
	text_is(claims[0].label, "EXAMPLE, Inc \"x\"");
	ck_assert_uint_eq(claims[0].flags, IND_CLAIM_HOSTING);
	list_free(&list);
	read_good(IND_CLAIM_SCANNER, "Network,Provider,Date\n192.0.2.0/24,\"A, B\",2026-01-02\n198.51.100.1,,\n", 2, 0);
	ck_assert_uint_eq(ask("192.0.2.1"), 1);
	text_is(claims[0].label, "A, B");
	ck_assert_uint_eq(claims[0].day, 20455 + 1);
	ck_assert_uint_eq(ask("198.51.100.1"), 1);
	ck_assert_uint_eq(claims[0].label.bytes, 0);
	list_free(&list);
}
END_TEST

START_TEST(indicators)
{
	read_good(IND_CLAIM_IOC, "indicator,type,source,date,grade,tlp,label\n192.0.2.9,ip,A CERT,2026-10-01,b2,TLP:AMBER+STRICT,Some group\n192.0.2.0/24,,B,,,,\n"
		"192.0.2.9,ip,C,,A1,white,\nEvil.Example.,domain,A CERT,2026-10-01,B2,green,Some group\n"
		"0123456789ABCDEF0123456789abcdef,ja3,,,,,\nhttp://x/,url,,,,,\n192.0.2.9,ip,,yesterday,,,\n192.0.2.9,ip,,,Z9,,\n192.0.2.9,ip,,,,purple,\n"
		"bad agent/1.0,http.user_agent,,,,,\n", 6, 3);
	ck_assert_uint_eq(list.unused, 1);
	ck_assert_uint_eq(ask("192.0.2.9"), 3);
	text_is(claims[0].source, "C");
	ck_assert_mem_eq(claims[0].grade, "A1", 2);
	ck_assert_uint_eq(claims[0].tlp, IND_TLP_CLEAR);
	text_is(claims[1].source, "A CERT");
	ck_assert_mem_eq(claims[1].grade, "B2", 2);
	ck_assert_uint_eq(claims[1].tlp, IND_TLP_AMBER_STRICT);
	ck_assert_uint_eq(claims[1].day, 20727 + 1);
	text_is(claims[1].label, "Some group");
	text_is(claims[2].source, "B");
	ck_assert_mem_eq(claims[2].grade, "C3", 2);
	ck_assert_uint_eq(claims[2].prefix_bits, 24);
	ck_assert_uint_eq(list_value(&list, IND_SIG_TLS_SNI, "evil.EXAMPLE", 12, claims, 8), 1);
	text_is(claims[0].indicator, "evil.example");
	ck_assert_uint_eq(claims[0].signal, IND_SIG_TLS_SNI);
	text_is(claims[0].label, "Some group");
	ck_assert_uint_eq(list_value(&list, IND_SIG_HTTP_HOST, "evil.example:8080", 17, claims, 8), 1);
	ck_assert_uint_eq(list_value(&list, IND_SIG_DNS_QNAME, "not.evil.example", 16, claims, 8), 0);
	ck_assert_uint_eq(list_value(&list, IND_SIG_TLS_JA3, "0123456789abcdef0123456789abcdef", 32, claims, 8), 1);
	ck_assert_uint_eq(list_value(&list, IND_SIG_TLS_JA3S, "0123456789abcdef0123456789abcdef", 32, claims, 8), 0);
	ck_assert_uint_eq(list_value(&list, IND_SIG_HTTP_USER_AGENT, "bad agent/1.0", 13, claims, 8), 1);
	ck_assert_uint_eq(list_value(&list, 127, "x", 1, claims, 8), 0);
	list_free(&list);
}
END_TEST

/* Every list of claims, and every range, stays bounded however often something is repeated. */
START_TEST(repetitions)
{
	enum { COUNT = 3000, LINE = 40 };
	char *text = malloc(COUNT * LINE + 64);
	ck_assert_ptr_nonnull(text);
	size_t used = (size_t)snprintf(text, LINE, "indicator,type,source\n");
	for (unsigned i = 0; i < COUNT; i++)
		used += (size_t)snprintf(text + used, LINE, i % 2 ? "192.0.2.1,ip,s%u\n" : "x.example,domain,s%u\n", i);
	read_good(IND_CLAIM_IOC, text, COUNT, 0);
	ck_assert_uint_eq(ask("192.0.2.1"), LIST_MATCHES_MAX);
	ck_assert_uint_eq(list_value(&list, IND_SIG_TLS_SNI, "x.example", 9, claims, LIST_MATCHES_MAX), LIST_MATCHES_MAX);
	ck_assert_uint_eq(list.ranges[LIST_IP4].count, RANGES_EQUAL_MAX);
	list_free(&list);
	used = 0;
	for (unsigned i = 0; i < COUNT; i++)
		used += (size_t)snprintf(text + used, LINE, "192.0.2.1-192.0.%u.%u\n", 3 + i / 256, i % 256);
	ck_assert_int_eq(read_text(IND_CLAIM_SCANNER, text), IND_LIMIT);
	ck_assert_ptr_nonnull(strstr(error, "nested too deep"));
	free(text);
}
END_TEST

START_TEST(dates)
{
	static const struct { const char *text; uint64_t seconds; } good[] = {
		{ "1970-01-01", 0 }, { "2000-02-29", 951782400 }, { "20261120", 1795132800 }, { "2026-11-20T09:12:03Z", 1795165923 }, { "2026-11-20 09:12:03", 1795165923 },
	};
	static const char *const bad[] = { "", "2026", "2026-13-01", "2026-02-29", "2026-11-2", "20-11-2026", "2026-11-20T", "2026-11-20T25:00:00Z", "1969-12-31",
		"2026-11-20T09:12:03ZZ", "2026/11/20", "202611201" };
	uint64_t seconds;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		ck_assert_msg(date_parse(good[i].text, strlen(good[i].text), &seconds), "%s", good[i].text);
		ck_assert_uint_eq(seconds, good[i].seconds);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!date_parse(bad[i], strlen(bad[i]), &seconds), "%s", bad[i]);
}
END_TEST

START_TEST(networks)
{
	static const char *const bad[] = { "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4/", "1.2.3.4/0", "1.2.3.4/33", "::/0", "::1/129", "1.2.3.04", "-", "1.2.3.4-", "-1.2.3.4",
		"1.2.3.4-::1", "0.0.0.0-255.255.255.255", ":", ":::", "1.2.3.4 ", "12345:: ", "::1-::", "1.2.3.4/8/8", "fe80::1%eth0" };
	struct network n;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(!network_parse(bad[i], strlen(bad[i]), &n), "%s", bad[i]);
	ck_assert(network_parse("::ffff:1.2.3.4/97", 17, &n));
	ck_assert(n.first[2] == 0xffff && n.first[3] == 0 && n.last[3] == 0x7fffffff);
}
END_TEST

static enum ind_err meta_text(const char *text, struct meta *meta, struct complaint *complaint) { return meta_read(text, strlen(text), meta, complaint); }

START_TEST(what_stands_beside_a_list)
{
	struct meta m;
	struct complaint c;
	ck_assert_int_eq(meta_text("# of today\nname = A = B \r\n\nkind=VPN\ndate = 2026-11-20\nsource = me\ngrade = f6\nlicense = MIT\n", &m, &c), IND_OK);
	text_is(m.name, "A = B");
	text_is(m.licence, "MIT");
	text_is(m.source, "me");
	ck_assert_uint_eq(m.kind, IND_CLAIM_VPN);
	ck_assert_mem_eq(m.grade, "F6", 2);
	ck_assert_int_eq(meta_text("name = x\ngrad = B2\n", &m, &c), IND_MALFORMED);
	ck_assert_uint_eq(c.line, 2);
	ck_assert_int_eq(meta_text("nothing\n", &m, &c), IND_MALFORMED);
	ck_assert_int_eq(meta_text("kind = rir_as\n", &m, &c), IND_MALFORMED);
	ck_assert_int_eq(meta_text("kind = database\n", &m, &c), IND_MALFORMED);
	ck_assert_int_eq(meta_text("date = soon\n", &m, &c), IND_MALFORMED);
	ck_assert_int_eq(meta_text("grade = B7\n", &m, &c), IND_MALFORMED);
	ck_assert_int_eq(meta_text("name = \xff\n", &m, &c), IND_MALFORMED);
	ck_assert_int_eq(meta_text("", &m, &c), IND_OK);
}
END_TEST

/* Every cut of every format is read or refused; the sanitizers watch. */
START_TEST(every_cut)
{
	static const struct { unsigned kind; const char *text; } cases[] = {
		{ IND_CLAIM_RIR, registry }, { IND_CLAIM_PFX2AS, "192.0.2.0\t24\t64500\n2001:db8::\t32\t{1,2}_3\n" },
		{ IND_CLAIM_TOR, "2001:db8::/32 # x\n1.2.3.4 - 1.2.3.5\n" }, { IND_CLAIM_RPKI, "Max Length,\"IP Prefix\",ASN\n24,\"192.0.2.0/24\",AS64500\n48,2001:db8::/32,1\n" },
		{ IND_CLAIM_IOC, "indicator,type,source,date,grade,tlp,label\n\"192.0.2.9\",ip,\"a \"\"b\"\"\",2026-10-01,b2,TLP:AMBER,x\nevil.example.,domain,,,,,\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t cut = 0; cut <= strlen(cases[i].text); cut++) {
			struct meta meta = { .kind = (uint8_t)cases[i].kind, .date_s = DAY };
			char *copy = malloc(cut ? cut : 1);
			ck_assert_ptr_nonnull(copy);
			memcpy(copy, cases[i].text, cut);
			if (list_read(&list, "cut", &meta, copy, cut, error) == IND_OK) {
				(void)ask("192.0.2.9");
				(void)ask("2001:db8::1");
				list_free(&list);
			} else {
				ck_assert_ptr_nonnull(strstr(error, "cut"));
			}
			free(copy);
		}
}
END_TEST

/* What RPKI says of a route: RFC 6811 section 2, with the prefix of the routing table. */
static const struct { const char *addr; uint8_t bits; uint32_t asn; const char *state; } routes[] = {
	{ "192.0.2.1", 24, 64500, "valid" }, { "192.0.2.1", 24, 64501, "invalid" }, { "192.0.2.1", 25, 64500, "invalid" }, { "192.0.2.1", 23, 64500, NULL },
	{ "198.51.100.1", 24, 64500, "invalid" }, { "198.51.100.1", 24, 0, "invalid" }, { "203.0.113.1", 26, 64502, "valid" }, { "203.0.113.1", 26, 64503, "valid" }, { "203.0.113.1", 27, 64503, "invalid" },
	{ "2001:db8::1", 40, 64504, "valid" }, { "2001:db8::1", 64, 64504, "invalid" }, { "2001:db9::1", 32, 64504, NULL }, { "10.0.0.1", 8, 9, "valid" }, { "10.0.0.1", 8, 99, NULL },
};

START_TEST(origins_of_routes)
{
	const struct ind_claim route = { .kind = IND_CLAIM_PFX2AS, .ip_version = strchr(routes[_i].addr, ':') ? 6 : 4, .prefix_bits = routes[_i].bits };
	struct ind_claim asked = route;
	ck_assert_int_eq(inet_pton(route.ip_version == 6 ? AF_INET6 : AF_INET, routes[_i].addr, asked.addr), 1);
	read_good(IND_CLAIM_RPKI, "ASN,IP Prefix,Max Length,Trust Anchor,Expires\nAS64500,192.0.2.0/24,24,x,1\n\"AS0\",198.51.100.0/24,32,x,1\n64502,203.0.113.0/24,26,x,1\nAS64503,203.0.113.0/26,26,x,1\n"
		"AS64504,2001:db8::/32,48,x,1\nAS1,10.0.0.0/8,8,,\nAS2,10.0.0.0/8,8,,\nAS3,10.0.0.0/8,8,,\nAS4,10.0.0.0/8,8,,\nAS5,10.0.0.0/8,8,,\nAS6,10.0.0.0/8,8,,\nAS7,10.0.0.0/8,8,,\nAS8,10.0.0.0/8,8,,\n"
		"AS9,10.0.0.0/8,8,,\nAS10,192.0.2.0,24,x,1\nAS11,192.0.2.0/24,23,x,1\nx,192.0.2.0/24,24,x,1\nAS12,192.0.2.0/24,33,x,1\nAS13\n", 14, 5);
	const char *state = list_origin_state(&list, &asked, routes[_i].asn);
	ck_assert_msg(!state == !routes[_i].state && (!state || strcmp(state, routes[_i].state) == 0), "%s/%u AS%u: %s", routes[_i].addr, routes[_i].bits, routes[_i].asn, state ? state : "-");
	ck_assert_uint_eq(ask("192.0.2.1"), 0);
	list_free(&list);
	ck_assert_int_eq(read_text(IND_CLAIM_RPKI, "AS64500,192.0.2.0/24,24\n"), IND_MALFORMED);
	ck_assert_int_eq(read_text(IND_CLAIM_RPKI, "ASN,IP Prefix\nAS64500,192.0.2.0/24\n"), IND_MALFORMED);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("lists");
	tcase_add_test(t, plain_lists);
	tcase_add_test(t, wrong_lines_are_counted_and_named);
	tcase_add_test(t, a_line_too_long_is_a_wrong_line);
	tcase_add_test(t, registry_statistics);
	tcase_add_test(t, a_cut_registry_file_is_told);
	tcase_add_test(t, routing_table);
	tcase_add_loop_test(t, origins_of_routes, 0, (int)(sizeof routes / sizeof *routes));
	tcase_add_test(t, csv_lists);
	tcase_add_test(t, indicators);
	tcase_add_test(t, repetitions);
	tcase_add_test(t, dates);
	tcase_add_test(t, networks);
	tcase_add_test(t, what_stands_beside_a_list);
	tcase_add_test(t, every_cut);
	return suite_run("refdata.list", t);
}
