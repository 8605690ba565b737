/* SPDX-License-Identifier: Apache-2.0 */
#include "ntlm_build.h"

#include "support/suite.h"

static struct seen seen;
static const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &seen, .wants_exhibits = true };

static bool token_put(const struct wire *w, bool cut)
{
	struct signal_ctx ctx = { .sink = &sink };
	uint8_t *copy = malloc(w->count ? w->count : 1);
	memset(&seen, 0, sizeof(seen));
	memcpy(copy, w->bytes, w->count);
	bool found = ntlm_token_put(&ctx, cursor_of(copy, w->count), cut);
	free(copy);
	return found;
}

static void is_value(enum ind_signal_id id, enum ind_side side, const char *want)
{
	const char *value = seen_value(&seen, id);
	ck_assert_msg(value && strcmp(value, want) == 0, "%s, not %s", value ? value : "nothing", want);
	for (size_t i = 0; i < seen.signals; i++)
		if (seen.signal[i].id == id)
			ck_assert_int_eq(seen.signal[i].side, side);
}

static void is_negotiate(void)
{
	ck_assert_uint_eq(seen.signals, 3);
	is_value(IND_SIG_NTLM_DOMAIN, IND_CLIENT, "EARLYD");
	is_value(IND_SIG_NTLM_WORKSTATION, IND_CLIENT, "WS1");
	is_value(IND_SIG_NTLM_VERSION, IND_CLIENT, "6.1.7601");
}

static void is_challenge(void)
{
	ck_assert_uint_eq(seen.signals, 4);
	is_value(IND_SIG_NTLM_TARGET_NETBIOS, IND_SERVER, "SRV1");
	is_value(IND_SIG_NTLM_TARGET_DNS, IND_SERVER, "srv1.example.org");
	is_value(IND_SIG_NTLM_TIMESTAMP, IND_SERVER, "2020-01-02T03:04:05.6789012Z");
	is_value(IND_SIG_NTLM_VERSION, IND_SERVER, "10.0.17763");
}

static void is_authenticate(void)
{
	ck_assert_uint_eq(seen.signals, 4);
	is_value(IND_SIG_NTLM_DOMAIN, IND_CLIENT, "EXAMPLE");
	is_value(IND_SIG_NTLM_USER, IND_CLIENT, "alice");
	is_value(IND_SIG_NTLM_WORKSTATION, IND_CLIENT, "PC-ALICE");
	is_value(IND_SIG_NTLM_VERSION, IND_CLIENT, "10.0.19041");
}

/* Bare, in SPNEGO, and after the secrets were taken out. */
static void is_token(struct wire w, bool initial, void (*check)(void))
{
	struct wire all[] = { w, build_spnego(&w, initial) };
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		ck_assert(token_put(&all[i], false));
		check();
		ck_assert(ntlm_token_hide(all[i].bytes, all[i].count));
		ck_assert(!has_secret(all[i].bytes, all[i].count));
		ck_assert(token_put(&all[i], false));
		check();
		ck_assert_uint_eq(seen.malformed, 0);
	}
}

START_TEST(each_message)
{
	is_token(build_negotiate(), true, is_negotiate);
	is_token(build_challenge(), false, is_challenge);
	is_token(build_authenticate(), false, is_authenticate);
}
END_TEST

/* What a sender left out is not there. */
START_TEST(what_is_absent)
{
	struct wire w = { 0 };
	put_ntlm(&w, 1), put_le(&w, 4, 0x02003001);
	ck_assert(token_put(&w, false)); /* ends after its flags */
	ck_assert_uint_eq(seen.signals + seen.malformed, 0);
	w = build_challenge();
	w.bytes[51] = 0, memset(w.bytes + 48, 0, 4); /* version of zeros */
	memset(w.bytes + w.count - 12, 0, 8);        /* clock before 1970 */
	ck_assert(token_put(&w, false));
	ck_assert_uint_eq(seen.signals, 2);
	w.count = 40; /* no target information */
	ck_assert(token_put(&w, false));
	ck_assert_uint_eq(seen.signals + seen.malformed, 0);
	w = build_authenticate();
	w.bytes[63] = 0; /* flags without version */
	ck_assert(token_put(&w, false));
	ck_assert_uint_eq(seen.signals, 3);
}
END_TEST

/* MS-NLMP section 2.2.1.3 as the first versions had it: neither session key nor flags, or neither version nor MIC. */
START_TEST(old_forms)
{
	struct wire w = { 0 };
	put_ntlm(&w, 3);
	put_field(&w, 24, 62), put_field(&w, 24, 86), put_field(&w, 4, 52), put_field(&w, 6, 56), put_field(&w, 0, 62);
	put_utf16(&w, "ATbob");
	put_fill(&w, BUILD_SECRET, 48);
	ck_assert(token_put(&w, false));
	ck_assert_uint_eq(seen.signals, 2);
	is_value(IND_SIG_NTLM_DOMAIN, IND_CLIENT, "AT");
	is_value(IND_SIG_NTLM_USER, IND_CLIENT, "bob");
	ck_assert(ntlm_token_hide(w.bytes, w.count) && !has_secret(w.bytes, w.count));
	ck_assert(token_put(&w, false));
	is_value(IND_SIG_NTLM_USER, IND_CLIENT, "bob");

	w = (struct wire){ 0 };
	put_ntlm(&w, 3);
	put_field(&w, 24, 69), put_field(&w, 24, 93), put_field(&w, 2, 64), put_field(&w, 3, 66), put_field(&w, 0, 0), put_field(&w, 0, 0);
	put_le(&w, 4, 0x02000002); /* code page text; a version is announced but there is no room for one */
	put_text(&w, "ATb\xf6" "b");
	put_fill(&w, BUILD_SECRET, 48);
	ck_assert(token_put(&w, false));
	ck_assert_uint_eq(seen.signals, 2);
	is_value(IND_SIG_NTLM_USER, IND_CLIENT, "b\\xf6b");
	ck_assert(ntlm_token_hide(w.bytes, w.count) && !has_secret(w.bytes, w.count));
}
END_TEST

/* A name that shares bytes with a response would carry it into a value; one outside of the message, or in its head, is none. */
START_TEST(names_at_odd_places)
{
	static const unsigned at[] = { 130, 160, 200, 20, 206, 70000 };
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		struct wire w = build_authenticate(), field = { 0 };
		put_field(&field, 10, at[i]);
		memcpy(w.bytes + 36, field.bytes, field.count);
		ck_assert(token_put(&w, false));
		ck_assert_ptr_null(seen_value(&seen, IND_SIG_NTLM_USER));
		ck_assert_ptr_nonnull(seen_value(&seen, IND_SIG_NTLM_DOMAIN));
		ck_assert_uint_eq(seen.malformed, 1);
		ck_assert(ntlm_token_hide(w.bytes, w.count) && !has_secret(w.bytes, w.count));
	}
}
END_TEST

/* Short is not malformed: `cut` tells them apart. */
START_TEST(every_prefix)
{
	struct wire messages[] = { build_negotiate(), build_challenge(), build_authenticate() };
	for (size_t m = 0; m < 3; m++) {
		struct wire all[] = { messages[m], build_spnego(&messages[m], m == 0) };
		for (size_t i = 0; i < 2; i++) {
			struct wire w = all[i];
			for (w.count = 0; w.count < all[i].count; w.count++) {
				token_put(&w, true);
				ck_assert_uint_eq(seen.malformed, 0);
				struct wire hidden = w;
				ntlm_token_hide(hidden.bytes, hidden.count);
				ck_assert(!has_secret(hidden.bytes, hidden.count));
				ck_assert_mem_eq(hidden.bytes + w.count, all[i].bytes + w.count, all[i].count - w.count);
			}
		}
	}
	messages[1].count -= 30;
	token_put(&messages[1], false);
	ck_assert_uint_eq(seen.malformed, 1);
}
END_TEST

START_TEST(other_tokens)
{
	struct wire w = { 0 }, in;
	put_text(&w, "no token at all");
	ck_assert(!token_put(&w, false));
	ck_assert(!ntlm_token_hide(w.bytes, w.count));
	ck_assert_mem_eq(w.bytes, "xxxxxxxxxxxxxxx", w.count);
	w = (struct wire){ 0 };
	put_text(&w, "NEGOEXTS and more of it");
	in = build_spnego(&w, true);
	ck_assert(!token_put(&in, false));
	w = (struct wire){ 0 };
	put_ntlm(&w, 9), put_fill(&w, BUILD_SECRET, 20);
	ck_assert(token_put(&w, false));
	ck_assert_uint_eq(seen.malformed, 1);
	ck_assert(ntlm_token_hide(w.bytes, w.count) && !has_secret(w.bytes, w.count));
	in = (struct wire){ 0 };
	for (int i = 0; i < 40; i++)
		put(&in, "\xa1\x82\x7f\xff\x30\x82\x7f\xff\xa2\x82\x7f\xff\x04\x82\x7f\xff", 16);
	ck_assert(!token_put(&in, false));
}
END_TEST

START_TEST(base64)
{
	struct wire plain = build_authenticate(), text, again;
	struct signal_ctx ctx = { .sink = &sink };
	for (int padding = 0; padding < 3; padding++, put_fill(&plain, BUILD_SECRET, 1)) {
		put_base64(&plain, &text);
		memset(&seen, 0, sizeof(seen));
		ck_assert(ntlm_base64_put(&ctx, text.bytes, text.count));
		is_authenticate();
		put_text(&text, "\r\n"); /* what is behind does not matter */
		ck_assert(ntlm_base64_hide(text.bytes, text.count));
		ck_assert_mem_eq(text.bytes + text.count - 2, "xx", 2);
		struct wire hidden = plain;
		ntlm_token_hide(hidden.bytes, hidden.count);
		put_base64(&hidden, &again);
		ck_assert_mem_eq(again.bytes, text.bytes, again.count);
		memset(&seen, 0, sizeof(seen));
		ck_assert(ntlm_base64_put(&ctx, text.bytes, text.count));
		is_authenticate();
	}
	put_base64(&plain, &text);
	for (size_t count = 0; count < text.count; count++) {
		struct wire part = text;
		memset(&seen, 0, sizeof(seen));
		ntlm_base64_put(&ctx, part.bytes, count);
		ck_assert(seen.malformed == 0 || count % 4 == 0); /* whole base64 of a short message */
		ntlm_base64_hide(part.bytes, count);
		ck_assert_mem_eq(part.bytes + count, text.bytes + count, text.count - count);
	}
	struct wire other = { 0 };
	put_text(&other, "dXNlcjpwYXNzd29yZA==");
	ck_assert(!ntlm_base64_put(&ctx, other.bytes, other.count));
	ck_assert(!ntlm_base64_hide(other.bytes, other.count));
	ck_assert_mem_eq(other.bytes, "xxxxxxxxxxxxxxxxxxxx", other.count);
	ck_assert(!ntlm_base64_put(&ctx, other.bytes, 0));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ntlm");
	tcase_add_test(t, each_message);
	tcase_add_test(t, what_is_absent);
	tcase_add_test(t, old_forms);
	tcase_add_test(t, names_at_odd_places);
	tcase_add_test(t, every_prefix);
	tcase_add_test(t, other_tokens);
	tcase_add_test(t, base64);
	return suite_run("ntlm", t);
}
