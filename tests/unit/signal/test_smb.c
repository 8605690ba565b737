/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/smb.h"

#include "ntlm_build.h"
#include "support/suite.h"

static struct feed f;

static void put_frame(struct wire *w, const struct wire *body)
{
	put_be(w, 4, body->count);
	put(w, body->bytes, body->count);
}

/* MS-SMB2 section 2.2.1.2. */
static void put_smb2(struct wire *w, unsigned command, bool reply, uint32_t next)
{
	put(w, "\xfe" "SMB", 4), put_le(w, 2, 64), put_le(w, 2, 0), put_le(w, 4, reply ? 0xc0000016 : 0);
	put_le(w, 2, command), put_le(w, 2, 1), put_le(w, 4, reply), put_le(w, 4, next);
	put_fill(w, 0, 40);
}

static struct wire smb2_setup(const struct wire *token, bool reply)
{
	struct wire w = { 0 };
	put_smb2(&w, 1, reply, 0);
	put_le(&w, 2, reply ? 9 : 25);
	if (reply) {
		put_le(&w, 2, 0), put_le(&w, 2, 72), put_le(&w, 2, token->count);
	} else {
		put_fill(&w, 0, 10);
		put_le(&w, 2, 88), put_le(&w, 2, token->count), put_le(&w, 8, 0);
	}
	put(&w, token->bytes, token->count);
	return w;
}

/* MS-CIFS section 2.2.3.1. */
static void put_smb1(struct wire *w, unsigned command, bool reply, bool unicode)
{
	put(w, "\xff" "SMB", 4), put_le(w, 1, command), put_le(w, 4, 0), put_le(w, 1, reply ? 0x80 : 0), put_le(w, 2, unicode ? 0x8000 : 0);
	put_fill(w, 0, 20);
}

static struct wire smb1_setup(const struct wire *token, bool reply)
{
	struct wire w = { 0 };
	put_smb1(&w, 0x73, reply, true);
	put_le(&w, 1, reply ? 4 : 12);
	put_le(&w, 4, 0xff);
	put_fill(&w, 0, reply ? 2 : 10);
	put_le(&w, 2, token->count);
	if (!reply)
		put_fill(&w, 0, 8);
	put_le(&w, 2, token->count + 8);
	put(&w, token->bytes, token->count);
	put_utf16(&w, "Unix");
	return w;
}

static struct wire smb1_plain(bool unicode)
{
	struct wire w = { 0 };
	put_smb1(&w, 0x73, false, unicode);
	put_le(&w, 1, 13), put_le(&w, 4, 0xff), put_fill(&w, 0, 10), put_le(&w, 2, 24), put_le(&w, 2, 24), put_fill(&w, 0, 8), put_le(&w, 2, 90);
	put_fill(&w, BUILD_SECRET, 48);
	if (unicode) {
		put_fill(&w, 0, 1);
		put_utf16(&w, "bob"), put_le(&w, 2, 0), put_utf16(&w, "HOME"), put_le(&w, 2, 0), put_utf16(&w, "Unix"), put_le(&w, 2, 0);
	} else {
		put(&w, "bob\0HOME\0Unix", 14);
	}
	return w;
}

/* A client's or a server's part of a conversation, tokens in SPNEGO. */
static struct wire client_stream(bool smb2)
{
	struct wire w = { 0 }, body = { 0 }, token = build_negotiate(), wrapped = build_spnego(&token, true);
	if (smb2)
		put_smb2(&body, 0, false, 0), put_fill(&body, 1, 40);
	else
		put_smb1(&body, 0x72, false, false), put(&body, "\0\x0c\0\2NT LM 0.12", 15);
	put_frame(&w, &body);
	body = smb2 ? smb2_setup(&wrapped, false) : smb1_setup(&wrapped, false);
	put_frame(&w, &body);
	token = build_authenticate(), wrapped = build_spnego(&token, false);
	body = smb2 ? smb2_setup(&wrapped, false) : smb1_setup(&wrapped, false);
	put_frame(&w, &body);
	return w;
}

static void is_client(void)
{
	ck_assert_uint_eq(f.seen.signals, 7);
	ck_assert_str_eq(feed_value(&f, IND_SIG_NTLM_DOMAIN, 0), "EARLYD");
	ck_assert_str_eq(feed_value(&f, IND_SIG_NTLM_DOMAIN, 1), "EXAMPLE");
	ck_assert_str_eq(feed_value(&f, IND_SIG_NTLM_USER, 0), "alice");
	ck_assert_uint_eq(f.seen.exhibits, 2);
	for (size_t i = 0; i < 2; i++)
		ck_assert(!has_secret(f.seen.exhibit[i].bytes, f.seen.exhibit[i].count));
}

START_TEST(clients)
{
	for (int smb2 = 0; smb2 < 2; smb2++) {
		struct wire w = client_stream(smb2);
		feed_pieces(&f, &smb_parser, IND_SRC, &w);
		is_client();
		feed_prefixes(&smb_parser, IND_SRC, &w);
	}
}
END_TEST

/* RFC 1002: a session request, or its answer, stands before all; keep-alives between messages. */
START_TEST(netbios)
{
	struct wire w = { 0 }, stream = client_stream(false);
	put_be(&w, 4, 0x81000044), put_be(&w, 1, 0x20), put_fill(&w, 'C', 67);
	put(&w, stream.bytes, stream.count);
	put_be(&w, 4, 0x85000000);
	feed_pieces(&f, &smb_parser, IND_SRC, &w);
	is_client();
	feed_prefixes(&smb_parser, IND_SRC, &w);

	struct wire token = build_challenge(), body = smb1_setup(&token, true);
	w = (struct wire){ 0 };
	put_be(&w, 4, 0x82000000);
	put_frame(&w, &body);
	feed_pieces(&f, &smb_parser, IND_DST, &w);
	ck_assert_uint_eq(f.seen.signals, 4);
	ck_assert_str_eq(feed_value(&f, IND_SIG_NTLM_TARGET_DNS, 0), "srv1.example.org");
}
END_TEST

START_TEST(exhibits_give_the_same)
{
	struct wire challenge = build_challenge(), logon = build_authenticate(), wrapped = build_spnego(&logon, false);
	const struct { struct wire body; bool reply; size_t signals; } cases[] = {
		{ smb2_setup(&challenge, true), true, 4 }, { smb1_setup(&challenge, true), true, 4 }, { smb2_setup(&wrapped, false), false, 4 },
		{ smb1_setup(&wrapped, false), false, 4 }, { smb1_plain(true), false, 2 }, { smb1_plain(false), false, 2 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wire w = { 0 };
		put_frame(&w, &cases[i].body);
		feed_pieces(&f, &smb_parser, cases[i].reply, &w);
		ck_assert_uint_eq(f.seen.signals, cases[i].signals);
		ck_assert_int_eq(f.seen.signal[0].side, cases[i].reply ? IND_SERVER : IND_CLIENT);
		ck_rederived(&f, &smb_parser, cases[i].reply);
		feed_prefixes(&smb_parser, cases[i].reply, &w);
	}
}
END_TEST

START_TEST(session_setup_without_ntlmssp)
{
	for (int unicode = 0; unicode < 2; unicode++) {
		struct wire w = { 0 }, body = smb1_plain(unicode);
		put_frame(&w, &body);
		feed_pieces(&f, &smb_parser, IND_SRC, &w);
		ck_assert_str_eq(feed_value(&f, IND_SIG_NTLM_USER, 0), "bob");
		ck_assert_str_eq(feed_value(&f, IND_SIG_NTLM_DOMAIN, 0), "HOME");
	}
}
END_TEST

/* A message behind others in one; what the others hold is not kept. */
START_TEST(compounded)
{
	struct wire w = { 0 }, body = { 0 }, token = build_authenticate(), setup = smb2_setup(&token, false);
	put_smb2(&body, 5, false, 120), put_fill(&body, BUILD_SECRET, 56);
	put(&body, setup.bytes, setup.count);
	put_frame(&w, &body);
	feed_pieces(&f, &smb_parser, IND_SRC, &w);
	ck_assert_uint_eq(f.seen.signals, 4);
	ck_rederived(&f, &smb_parser, IND_SRC);
	feed_prefixes(&smb_parser, IND_SRC, &w);
}
END_TEST

START_TEST(long_transfers_end_it)
{
	struct wire w = { 0 }, body = { 0 };
	put_smb2(&body, 9, false, 0), put_fill(&body, 7, 400);
	for (int i = 0; i < 80; i++)
		put_frame(&w, &body);
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &smb_parser, IND_SRC, w.bytes, w.count, 100, false);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
	w = (struct wire){ 0 };
	put_be(&w, 4, 60), put(&w, "\xfd" "SMB", 4), put_fill(&w, BUILD_SECRET, 56);
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &smb_parser, IND_SRC, w.bytes, w.count, 100, false);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
	ck_assert_uint_eq(f.seen.signals + f.seen.exhibits + f.seen.malformed, 0);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

START_TEST(other_protocols)
{
	static const struct { const char *bytes; size_t count; } no[] = {
		{ BYTES("\0\0\0\x40" "\x6a\x3e") }, { BYTES("\0\x20") }, { BYTES("\0\0\0\x20\xff" "SMX") }, { BYTES("\x81\0\0\x44\x21") },
		{ BYTES("\x82\0\0\0\1") }, { BYTES("\x82\0\0\1") }, { BYTES("\x80\x2e\1\3\1") }, { BYTES("\x16\3\1") }, { BYTES("GET /") },
	};
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(smb_parser.probe(cursor_of(no[i].bytes, no[i].count)) == PROBE_NO, "case %zu", i);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("smb");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, clients);
	tcase_add_test(t, netbios);
	tcase_add_test(t, exhibits_give_the_same);
	tcase_add_test(t, session_setup_without_ntlmssp);
	tcase_add_test(t, compounded);
	tcase_add_test(t, long_transfers_end_it);
	tcase_add_test(t, other_protocols);
	return suite_run("smb", t);
}
