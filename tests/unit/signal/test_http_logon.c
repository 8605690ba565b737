/* SPDX-License-Identifier: Apache-2.0 */
/* Logon tokens in the fields of HTTP: RFC 4559. */
#include "signal/http.h"

#include "krb_build.h"
#include "support/suite.h"

static struct feed f;

static struct wire head(const char *start, const char *field, const struct wire *token, const char *behind)
{
	struct wire w = { 0 }, text;
	put_text(&w, start);
	put_text(&w, "\r\nContent-Length: 0\r\n");
	put_text(&w, field);
	put_base64(token, &text);
	put(&w, text.bytes, text.count);
	put_text(&w, behind);
	put_text(&w, "\r\n\r\n");
	return w;
}

static const char request[] = "GET / HTTP/1.1", response[] = "HTTP/1.1 401 Unauthorized";

static size_t token_signals(void)
{
	size_t count = 0;
	for (size_t i = 0; i < f.seen.signals; i++)
		count += f.seen.signal[i].id >= IND_SIG_NTLM_USER && f.seen.signal[i].id <= IND_SIG_KRB_CNAME;
	return count;
}

START_TEST(tokens)
{
	struct wire logon = build_authenticate(), negotiate = build_negotiate(), spnego = build_spnego(&logon, false), challenge = build_challenge(),
		    ticket = build_krb_gss();
	const struct { const char *start, *field; const struct wire *token; size_t signals; } cases[] = {
		{ request, "Authorization: NTLM ", &negotiate, 3 }, { request, "authorization: ntlm  ", &logon, 4 },
		{ request, "Proxy-Authorization: Negotiate ", &spnego, 4 }, { request, "Authorization: Negotiate ", &ticket, 1 },
		{ response, "WWW-Authenticate: NTLM ", &challenge, 4 }, { response, "Proxy-Authenticate: Negotiate ", &challenge, 4 },
		{ request, "WWW-Authenticate: NTLM ", &challenge, 0 }, { response, "Authorization: NTLM ", &logon, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct wire w = head(cases[i].start, cases[i].field, cases[i].token, "");
		feed_pieces(&f, &http_parser, cases[i].start == response, &w);
		ck_assert_msg(token_signals() == cases[i].signals, "case %zu: %zu", i, token_signals());
		ck_rederived(&f, &http_parser, cases[i].start == response);
	}
}
END_TEST

/* What is no token is overwritten whole in a credential, and stays in a challenge. */
START_TEST(other_credentials)
{
	static const char *const hidden[] = { "Authorization: Basic dXNlcjpzZWNyZXQ=", "Authorization: NTLM not.base64!", "Authorization: Negotiate c2VjcmV0c2VjcmV0",
		"Proxy-Authorization: NTLM", "Authorization: Negotiate" };
	static const char *const kept[] = { "WWW-Authenticate: Negotiate", "WWW-Authenticate: Basic realm=\"a b\"", "Proxy-Authenticate: NTLM" };
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		struct wire none = { 0 }, w = head(request, hidden[i], &none, "");
		feed_pieces(&f, &http_parser, IND_SRC, &w);
		ck_assert_uint_eq(token_signals(), 0);
		ck_assert_uint_eq(f.seen.exhibits, 1);
		const char *space = strchr(hidden[i], ' ');
		for (size_t at = 0; at < f.seen.exhibit[0].count - strlen(space + 1); at++)
			ck_assert(memcmp(f.seen.exhibit[0].bytes + at, space + 1, strlen(space + 1)) != 0);
	}
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		struct wire none = { 0 }, w = head(response, kept[i], &none, "");
		feed_pieces(&f, &http_parser, IND_DST, &w);
		ck_assert_mem_eq(f.seen.exhibit[0].bytes, w.bytes, w.count);
	}
	/* a token that is folded is not read, and does not stay */
	struct wire logon = build_authenticate(), w = head(request, "Authorization: NTLM\r\n ", &logon, "");
	feed_pieces(&f, &http_parser, IND_SRC, &w);
	ck_assert_uint_eq(token_signals(), 0);
	for (size_t at = 0; at + 12 <= f.seen.exhibit[0].count; at++)
		ck_assert(memcmp(f.seen.exhibit[0].bytes + at, "TlRMTVNTUAAD", 12) != 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("http_logon");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, tokens);
	tcase_add_test(t, other_credentials);
	return suite_run("http_logon", t);
}
