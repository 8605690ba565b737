/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ldap.h"

#include "krb_build.h"
#include "support/suite.h"

static struct feed f;

/* RFC 4511 section 4.1.1. */
static void put_message(struct wire *w, uint8_t operation, const struct wire *body)
{
	struct wire all = { 0 };
	put(&all, "\x02\x01\x07", 3);
	put_der(&all, operation, body->bytes, body->count);
	put_der(w, 0x30, all.bytes, all.count);
}

/* Section 4.2: version 3, no name, and a choice of authentication. */
static void put_bind(struct wire *w, uint8_t choice, const struct wire *credentials)
{
	struct wire body = { 0 };
	put(&body, "\x02\x01\x03\x04\x00", 5);
	put_der(&body, choice, credentials->bytes, credentials->count);
	put_message(w, 0x60, &body);
}

static void put_sasl(struct wire *w, const char *mechanism, const struct wire *token)
{
	struct wire credentials = { 0 };
	put_der(&credentials, 0x04, mechanism, strlen(mechanism));
	put_der(&credentials, 0x04, token->bytes, token->count);
	put_bind(w, 0xa3, &credentials);
}

static void put_answer(struct wire *w, const struct wire *token, bool sicily)
{
	struct wire body = { 0 };
	put(&body, "\x0a\x01\x0e", 3);
	put_der(&body, 0x04, token->bytes, sicily ? token->count : 0);
	put(&body, "\x04\x00", 2);
	if (!sicily)
		put_der(&body, 0x87, token->bytes, token->count);
	put_message(w, 0x61, &body);
}

START_TEST(binds)
{
	struct wire negotiate = build_negotiate(), logon = build_authenticate(), spnego = build_spnego(&logon, false), ticket = build_krb_gss(), w[6] = { 0 };
	static const size_t signals[] = { 3, 4, 4, 1, 3, 4 };
	put_sasl(&w[0], "GSS-SPNEGO", &negotiate);
	put_sasl(&w[1], "GSS-SPNEGO", &logon);
	put_sasl(&w[2], "GSS-SPNEGO", &spnego);
	put_sasl(&w[3], "GSSAPI", &ticket);
	put_bind(&w[4], 0x8a, &negotiate);
	put_bind(&w[5], 0x8b, &logon);
	for (size_t i = 0; i < 6; i++) {
		feed_pieces(&f, &ldap_parser, IND_SRC, &w[i]);
		ck_assert_uint_eq(f.seen.signals, signals[i]);
		ck_assert_int_eq(f.seen.signal[0].side, IND_CLIENT);
		ck_rederived(&f, &ldap_parser, IND_SRC);
		feed_prefixes(&ldap_parser, IND_SRC, &w[i]);
	}
}
END_TEST

START_TEST(answers)
{
	struct wire token = build_challenge(), spnego = build_spnego(&token, false), w[3] = { 0 };
	put_answer(&w[0], &token, false);
	put_answer(&w[1], &spnego, false);
	put_answer(&w[2], &token, true);
	for (size_t i = 0; i < 3; i++) {
		feed_pieces(&f, &ldap_parser, IND_DST, &w[i]);
		ck_assert_uint_eq(f.seen.signals, 4);
		ck_assert_int_eq(f.seen.signal[0].side, IND_SERVER);
		ck_assert_str_eq(feed_value(&f, IND_SIG_NTLM_TARGET_NETBIOS, 0), "SRV1");
		ck_rederived(&f, &ldap_parser, IND_DST);
		feed_prefixes(&ldap_parser, IND_DST, &w[i]);
	}
}
END_TEST

/* A search, a bind with a password, SASL without a token: nothing to say and nothing to keep. Behind them a logon, then TLS. */
START_TEST(whole_conversation)
{
	struct wire w = { 0 }, search = { 0 }, password = { 0 }, logon = build_authenticate();
	put(&search, "\x04\x00\x0a\x01\x00", 5), put_fill(&search, 0x30, 300);
	put_fill(&password, BUILD_SECRET, 20);
	put_message(&w, 0x63, &search);
	put_bind(&w, 0x80, &password);
	put_sasl(&w, "PLAIN", &password);
	put_sasl(&w, "GSS-SPNEGO", &logon);
	feed_prefixes(&ldap_parser, IND_SRC, &w);
	put(&w, "\x16\x03\x01\x02\x00", 5);
	for (size_t chunk = 1; chunk < 400; chunk++) {
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &ldap_parser, IND_SRC, w.bytes, w.count, chunk, false);
		ck_assert_int_eq(f.dir[0].outcome, PARSE_NEXT);
		ck_assert_uint_eq(f.seen.signals, 4);
		ck_assert_uint_eq(f.seen.exhibits, 1);
		ck_assert(!has_secret(f.seen.exhibit[0].bytes, f.seen.exhibit[0].count));
		ck_assert_uint_eq(f.dir[0].bytes[0], 0x16);
	}
	w = (struct wire){ 0 };
	for (int i = 0; i < 80; i++)
		put_message(&w, 0x64, &search);
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &ldap_parser, IND_SRC, w.bytes, w.count, 1000, false);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

START_TEST(forms_of_length_and_other_protocols)
{
	static const struct { const char *bytes; size_t count; } yes[] = {
		{ BYTES("\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0") }, { BYTES("\x30\x84\0\0\0\x2d\x02\x01\x04\x63\x84\0\0\0\x24") },
		{ BYTES("\x30\x81\x90\x02\x04\x7f\xff\xff\xff\x61") },
	}, no[] = {
		{ BYTES("\x30\x2c\x02\x01\0\x04\6public\xa0") },               /* SNMP */
		{ BYTES("\x30\x82\2\x5c\x02\x01\0\x02\x81\x81\0") },           /* a key */
		{ BYTES("\x30\x80\x02\x01\x01\x60\0") }, { BYTES("\x30\x0c\x04") }, { BYTES("\x30\x02\x02\x01\x01\x60") },
		{ BYTES("\x30\x0c\x02\x05\0\0\0\0\1\x60\1\1\1\1\1\1") }, { BYTES("\x16\3\1") }, { BYTES("GET") },
	};
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		ck_assert_msg(ldap_parser.probe(cursor_of(yes[i].bytes, yes[i].count)) == PROBE_YES, "case %zu", i);
		for (size_t count = 0; count < 6; count++)
			ck_assert_int_ne(ldap_parser.probe(cursor_of(yes[i].bytes, count)), PROBE_NO);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(ldap_parser.probe(cursor_of(no[i].bytes, no[i].count)) == PROBE_NO, "case %zu", i);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ldap");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, binds);
	tcase_add_test(t, answers);
	tcase_add_test(t, whole_conversation);
	tcase_add_test(t, forms_of_length_and_other_protocols);
	return suite_run("ldap", t);
}
