/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/kerberos.h"

#include "krb_build.h"
#include "support/suite.h"

static struct feed f;
static struct seen seen;
static const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &seen, .wants_exhibits = true };

static const struct { uint8_t tag, side; const char *realm, *name; } messages[] = {
	{ 0x6a, IND_CLIENT, "EXAMPLE.ORG", "alice" }, { 0x6b, IND_SERVER, "EXAMPLE.ORG", "host/pc.example.org" }, { 0x6c, IND_CLIENT, "EXAMPLE.ORG", NULL },
	{ 0x6d, IND_SERVER, "EXAMPLE.ORG", "host/pc.example.org" }, { 0x6e, IND_CLIENT, "TICKET.EXAMPLE", NULL }, { 0x7e, IND_SERVER, "EXAMPLE.ORG", NULL },
};

enum { MESSAGES = sizeof(messages) / sizeof(*messages) };

static enum parse datagram(const void *bytes, size_t count)
{
	static const uint16_t port[2] = { 88, 40000 };
	struct signal_ctx ctx = { .sink = &sink, .at_end = true };
	uint8_t *copy = malloc(count ? count : 1);
	memset(&seen, 0, sizeof(seen));
	memcpy(copy, bytes, count);
	struct cursor c = cursor_of(copy, count);
	enum parse outcome = kerberos_udp_parser.see(&ctx, &c, port);
	free(copy);
	return outcome;
}

static void is_message(size_t i)
{
	ck_assert_str_eq(seen_value(&seen, IND_SIG_KRB_REALM), messages[i].realm);
	const char *name = seen_value(&seen, IND_SIG_KRB_CNAME);
	ck_assert_int_eq(!name, !messages[i].name);
	if (name)
		ck_assert_str_eq(name, messages[i].name);
	ck_assert_int_eq(seen.signal[0].side, messages[i].side);
	ck_assert_uint_eq(seen.malformed, 0);
}

START_TEST(datagrams)
{
	for (size_t i = 0; i < MESSAGES; i++) {
		struct wire w = build_krb(messages[i].tag);
		ck_assert_int_eq(datagram(w.bytes, w.count), PARSE_DONE);
		is_message(i);
		ck_assert_uint_eq(seen.exhibits, 1);
		ck_assert_uint_eq(seen.exhibit[0].count, w.count);
		ck_assert(!has_secret(seen.exhibit[0].bytes, w.count));
		memcpy(w.bytes, seen.exhibit[0].bytes, w.count);
		ck_assert_int_eq(datagram(w.bytes, w.count), PARSE_DONE);
		is_message(i);
	}
}
END_TEST

START_TEST(datagrams_cut)
{
	for (size_t i = 0; i < MESSAGES; i++) {
		struct wire w = build_krb(messages[i].tag);
		for (size_t count = 0; count < w.count; count++) {
			datagram(w.bytes, count);
			ck_assert_uint_eq(seen.malformed, 0);
			ck_assert(!seen.exhibits || !has_secret(seen.exhibit[0].bytes, seen.exhibit[0].count));
		}
		put_fill(&w, 0, 1);
		ck_assert_int_eq(datagram(w.bytes, w.count), PARSE_NOT);
	}
}
END_TEST

/* What contradicts the specification is counted; no byte that is not understood stays. */
START_TEST(damaged)
{
	struct wire w = build_krb(0x6b);
	for (size_t at = 12; at < w.count; at++) {
		struct wire bad = w;
		bad.bytes[at] ^= 0xff;
		datagram(bad.bytes, bad.count);
		ck_assert(!seen.exhibits || !has_secret(seen.exhibit[0].bytes, seen.exhibit[0].count) || w.bytes[at] == 0x04);
	}
	w = build_krb(0x6a);
	w.bytes[8] = 0x02; /* the version is no field any more */
	ck_assert_int_eq(datagram(w.bytes, w.count), PARSE_NOT);
}
END_TEST

START_TEST(streams)
{
	struct wire w = { 0 };
	for (size_t i = 0; i < MESSAGES; i++) {
		struct wire message = build_krb(messages[i].tag), one = { 0 };
		put_be(&one, 4, message.count), put(&one, message.bytes, message.count);
		memset(&f, 0, sizeof(f));
		feed_pieces(&f, &kerberos_tcp_parser, IND_SRC, &one);
		ck_assert_str_eq(feed_value(&f, IND_SIG_KRB_REALM, 0), messages[i].realm);
		ck_rederived(&f, &kerberos_tcp_parser, IND_SRC);
		feed_prefixes(&kerberos_tcp_parser, IND_SRC, &one);
		put(&w, one.bytes, one.count);
	}
	feed_pieces(&f, &kerberos_tcp_parser, IND_SRC, &w);
	ck_assert_uint_eq(feed_count(&f, IND_SIG_KRB_REALM), MESSAGES);
	put_text(&w, "other");
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &kerberos_tcp_parser, IND_SRC, w.bytes, w.count, 40000, false);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_NEXT);
	ck_assert_uint_eq(f.dir[0].unread, 5);
}
END_TEST

/* The ticket of an AP-REQ inside GSS-API, bare or in SPNEGO. */
START_TEST(tokens)
{
	struct wire gss = build_krb_gss(), all[] = { gss, build_spnego(&gss, true) };
	struct signal_ctx ctx = { .sink = &sink };
	for (size_t i = 0; i < 2; i++)
		for (int hidden = 0; hidden < 2; hidden++) {
			memset(&seen, 0, sizeof(seen));
			ck_assert(ntlm_token_put(&ctx, cursor_of(all[i].bytes, all[i].count), false));
			ck_assert_uint_eq(seen.signals, 1);
			ck_assert_str_eq(seen_value(&seen, IND_SIG_KRB_REALM), "TICKET.EXAMPLE");
			ck_assert(ntlm_token_hide(all[i].bytes, all[i].count));
			ck_assert(!has_secret(all[i].bytes, all[i].count));
		}
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

START_TEST(other_protocols)
{
	static const struct { const char *bytes; size_t count; } no[] = {
		{ BYTES("\0\0\0\x20\xff" "SMB") }, { BYTES("\0\2") }, { BYTES("\1") }, { BYTES("\0\0\0\x20\x6a\x1d\x30") }, { BYTES("\0\0\0\x20\x6a\x1e\x31") },
		{ BYTES("\0\0\0\x20\x6a\x80\0\0\0\0\0\0") }, { BYTES("\x16\3\1") }, { BYTES("\x6a\x1e\x30\x1c") },
	};
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(kerberos_tcp_parser.probe(cursor_of(no[i].bytes, no[i].count)) == PROBE_NO, "case %zu", i);
	ck_assert_int_eq(datagram(BYTES("\x6a\x0a\x30\x08\xa1\x03\x02\x01\x04\xa2\x01\x0a")), PARSE_NOT);
	ck_assert_int_eq(datagram(BYTES("\x12\x34\x01\x00\0\1\0\0\0\0\0\0")), PARSE_NOT);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("kerberos");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, datagrams);
	tcase_add_test(t, datagrams_cut);
	tcase_add_test(t, damaged);
	tcase_add_test(t, streams);
	tcase_add_test(t, tokens);
	tcase_add_test(t, other_protocols);
	return suite_run("kerberos", t);
}
