/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/rpc.h"

#include "ntlm_build.h"
#include "support/suite.h"

static struct feed f;

/* C706 section 12.6.3.1, then as many bytes of body, the trailer of MS-RPCE section 2.2.2.11, the token. */
static void put_pdu(struct wire *w, unsigned type, bool little, size_t body, const struct wire *token)
{
	size_t trailer = token ? 8 + token->count : 0, whole = 16 + body + trailer, bytes = token ? token->count : 0;
	put(w, "\5\0", 2), put_le(w, 1, type), put_le(w, 1, 3), put_le(w, 1, little ? 0x10 : 0), put_fill(w, 0, 3);
	if (little)
		put_le(w, 2, whole), put_le(w, 2, bytes), put_le(w, 4, 1);
	else
		put_be(w, 2, whole), put_be(w, 2, bytes), put_be(w, 4, 1);
	put_fill(w, 0x42, body);
	if (!token)
		return;
	put(w, "\x0a\x05\0\0\1\0\0\0", 8);
	put(w, token->bytes, token->count);
}

START_TEST(binds)
{
	struct wire negotiate = build_negotiate(), challenge = build_challenge(), logon = build_authenticate(), spnego = build_spnego(&logon, false);
	const struct { unsigned type; const struct wire *token; size_t signals; uint8_t side; } cases[] = {
		{ 11, &negotiate, 3, IND_CLIENT }, { 12, &challenge, 4, IND_SERVER }, { 16, &logon, 4, IND_CLIENT }, { 14, &spnego, 4, IND_CLIENT },
		{ 15, &challenge, 4, IND_SERVER },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int little = 0; little < 2; little++) {
			struct wire w = { 0 };
			put_pdu(&w, cases[i].type, little, 60, cases[i].token);
			feed_pieces(&f, &rpc_parser, cases[i].side == IND_SERVER, &w);
			ck_assert_uint_eq(f.seen.signals, cases[i].signals);
			ck_assert_int_eq(f.seen.signal[0].side, cases[i].side);
			ck_rederived(&f, &rpc_parser, cases[i].side == IND_SERVER);
			feed_prefixes(&rpc_parser, cases[i].side == IND_SERVER, &w);
		}
}
END_TEST

START_TEST(whole_conversation)
{
	struct wire w = { 0 }, negotiate = build_negotiate(), logon = build_authenticate();
	put_pdu(&w, 11, true, 60, NULL);
	put_pdu(&w, 0, true, 2000, &negotiate); /* a request that is signed: what stands there is no token */
	put_pdu(&w, 11, true, 60, &negotiate);
	put_pdu(&w, 16, true, 4, &logon);
	feed_pieces(&f, &rpc_parser, IND_SRC, &w);
	ck_assert_uint_eq(f.seen.signals, 7);
	feed_prefixes(&rpc_parser, IND_SRC, &w);
	for (int i = 0; i < 80; i++)
		put_pdu(&w, 0, true, 300, NULL);
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &rpc_parser, IND_SRC, w.bytes, w.count, 777, false);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
	w = (struct wire){ 0 };
	put_pdu(&w, 11, true, 60, NULL);
	put_text(&w, "what comes then");
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &rpc_parser, IND_SRC, w.bytes, w.count, 40000, false);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_NEXT);
}
END_TEST

/* A token longer than its PDU, a PDU shorter than its head. */
START_TEST(malformed)
{
	struct wire w = { 0 }, token = build_authenticate();
	put_pdu(&w, 11, true, 60, &token);
	w.bytes[10] = 0xff, w.bytes[11] = 0x7f;
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &rpc_parser, IND_SRC, w.bytes, w.count, 40000, false);
	ck_assert_uint_eq(f.seen.signals + f.seen.exhibits, 0);
	w.bytes[8] = 15, w.bytes[9] = 0;
	ck_assert_int_eq(rpc_parser.probe(cursor_of(w.bytes, w.count)), PROBE_NO);
	feed_bytes(&f, &rpc_parser, IND_DST, w.bytes, w.count, 40000, false);
	ck_assert_int_eq(f.dir[1].outcome, PARSE_DONE);
	ck_assert_uint_eq(f.seen.malformed, 1);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

START_TEST(other_protocols)
{
	static const struct { const char *bytes; size_t count; } no[] = {
		{ BYTES("\5\0\5\0\0\1") }, { BYTES("\5\1\0\5\1\0\1") }, { BYTES("\5\2") }, { BYTES("\5\0\x0b\3\x20") }, { BYTES("\5\0\x0b\3\x10\0\1") },
		{ BYTES("\5\0\0\3\x10\0\0\0") }, { BYTES("\4\0\x0b") }, { BYTES("\x16\3\1") },
	};
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(rpc_parser.probe(cursor_of(no[i].bytes, no[i].count)) == PROBE_NO, "case %zu", i);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("rpc");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, binds);
	tcase_add_test(t, whole_conversation);
	tcase_add_test(t, malformed);
	tcase_add_test(t, other_protocols);
	return suite_run("rpc", t);
}
