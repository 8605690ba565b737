/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/x509.h"

#include "certificate.h"
#include "seen.h"
#include "signal/der.h"

static struct seen s;
static const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s, .wants_exhibits = true };

static struct x509_memo memo;
static const struct signal_sink remembering = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s, .wants_exhibits = true, .x509_memo = &memo };

static void setup(void) { memset(&s, 0, sizeof s); }

/* From a buffer that ends where the certificate ends. */
static void see_with(const struct signal_sink *with, const uint8_t *bytes, size_t count)
{
	struct signal_ctx ctx = { .sink = with, .from = IND_DST };
	uint8_t *copy = malloc(count ? count : 1);
	memcpy(copy, bytes, count);
	setup();
	x509_put(&ctx, IND_SERVER, cursor_of(copy, count));
	free(copy);
}

static void see(const uint8_t *bytes, size_t count) { see_with(&sink, bytes, count); }

START_TEST(whole_certificate)
{
	see(certificate, sizeof certificate);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_CERT_SHA256), certificate_sha256);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_SPKI_SHA256), certificate_spki_sha256);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_CERT_SUBJECT), certificate_name);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_CERT_ISSUER), certificate_name);
	ck_assert_uint_eq(s.malformed, 0);
}
END_TEST

/* A remembered certificate and everything near it, malformed ones too, say what they say without a memo. */
START_TEST(memo_changes_nothing)
{
	uint8_t copy[sizeof certificate];
	memset(&memo, 0, sizeof memo);
	for (size_t i = 0; i < 2 * sizeof copy; i++) {
		memcpy(copy, certificate, sizeof copy);
		if (i % 2)
			copy[i / 2] ^= 1;
		size_t count = i % 5 == 4 ? sizeof copy - 1 : sizeof copy;
		see(copy, count);
		struct seen plain = s;
		see_with(&remembering, copy, count);
		ck_assert_uint_eq(s.malformed, plain.malformed);
		ck_assert_uint_eq(s.signals, plain.signals);
		for (size_t k = 0; k < plain.signals; k++) {
			ck_assert_uint_eq(s.signal[k].id, plain.signal[k].id);
			ck_assert_str_eq(s.signal[k].value, plain.signal[k].value);
		}
	}
}
END_TEST

START_TEST(truncated_certificate_is_malformed)
{
	for (size_t count = 0; count < sizeof certificate; count++) {
		see(certificate, count);
		ck_assert_uint_eq(s.malformed, 1);
		ck_assert_uint_eq(s.signals, 1);
		ck_assert_ptr_nonnull(seen_value(&s, IND_SIG_TLS_CERT_SHA256));
	}
}
END_TEST

START_TEST(damaged_certificate_is_read_without_harm)
{
	uint8_t copy[sizeof certificate];
	size_t malformed = 0;
	for (size_t i = 0; i < sizeof copy; i++) {
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			memcpy(copy, certificate, sizeof copy);
			copy[i] ^= (uint8_t)bit;
			see(copy, sizeof copy);
			ck_assert_str_ne(seen_value(&s, IND_SIG_TLS_CERT_SHA256), certificate_sha256);
			malformed += s.malformed;
		}
	}
	ck_assert_uint_gt(malformed, 100);
}
END_TEST

static void attribute(struct wire *w, const char *oid, size_t oid_bytes, uint8_t tag, const char *value, size_t bytes)
{
	put_be(w, 1, DER_SEQUENCE);
	size_t sequence = open_length(w, 1);
	put_be(w, 1, DER_OID);
	put_be(w, 1, oid_bytes);
	put(w, oid, oid_bytes);
	put_be(w, 1, tag);
	put_be(w, 1, bytes);
	put(w, value, bytes);
	close_length(w, 1, sequence);
}

/* One relative name of one attribute. */
static void rdn(struct wire *w, const char *oid, size_t oid_bytes, uint8_t tag, const char *value, size_t bytes)
{
	put_be(w, 1, DER_SET);
	size_t set = open_length(w, 1);
	attribute(w, oid, oid_bytes, tag, value, bytes);
	close_length(w, 1, set);
}

static void name_is(const struct wire *w, const char *want)
{
	char text[X509_NAME_MAX_BYTES];
	size_t bytes = 0;
	bool good = x509_name_text(cursor_of(w->bytes, w->count), text, &bytes);
	ck_assert_int_eq(good, want != NULL);
	if (!want)
		return;
	ck_assert_msg(bytes == strlen(want) && memcmp(text, want, bytes) == 0, "%.*s instead of %s", (int)bytes, text, want);
}

#define CN "\x55\x04\x03"
#define NAME_IS(tag, value, want) do { \
	struct wire w_ = { .count = 0 }; \
	rdn(&w_, CN, 3, tag, value, sizeof(value) - 1); \
	name_is(&w_, want); \
} while (0)

/* RFC 4514 section 2.4 and the examples of section 4. */
START_TEST(values_are_escaped)
{
	NAME_IS(DER_UTF8, "plain", "CN=plain");
	NAME_IS(DER_PRINTABLE, " both ", "CN=\\ both\\ ");
	NAME_IS(DER_PRINTABLE, " ", "CN=\\ ");
	NAME_IS(DER_UTF8, "#a#b", "CN=\\#a#b");
	NAME_IS(DER_UTF8, "James \"Jim\" Smith, III", "CN=James \\\"Jim\\\" Smith\\, III");
	NAME_IS(DER_UTF8, "a+b;c<d>e\\f=g", "CN=a\\+b\\;c\\<d\\>e\\\\f=g");
	NAME_IS(DER_UTF8, "a\0b", "CN=a\\00b");
	NAME_IS(DER_UTF8, "Lu\xc4\x8di\xc4\x87", "CN=Lu\xc4\x8di\xc4\x87");
	NAME_IS(DER_IA5, "a\xff" "b", "CN=a\\ffb");
	NAME_IS(DER_UTF8, "", "CN=");
}
END_TEST

START_TEST(string_types_become_utf8)
{
	NAME_IS(DER_T61, "caf\xe9", "CN=caf\xc3\xa9");
	NAME_IS(DER_BMP, "\0a\x20\xac", "CN=a\xe2\x82\xac");
	NAME_IS(DER_BMP, "\xd8\x3d\xde\x00", "CN=\xf0\x9f\x98\x80");
	NAME_IS(DER_BMP, "\xd8\x3d\0a", NULL);
	NAME_IS(DER_BMP, "\xde\x00", NULL);
	NAME_IS(DER_BMP, "abc", NULL);
	NAME_IS(DER_UNIVERSAL, "\0\1\xf6\0", "CN=\xf0\x9f\x98\x80");
	NAME_IS(DER_UNIVERSAL, "\0\x11\0\0", NULL);
	NAME_IS(DER_INTEGER, "\x05", "CN=#020105");
}
END_TEST

/* RFC 4514 section 2.1: the last relative name comes first; section 2.2: attributes of one are joined by a plus. */
START_TEST(order_and_types)
{
	struct wire w = { .count = 0 };
	name_is(&w, "");
	rdn(&w, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, DER_IA5, "net", 3);
	rdn(&w, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, DER_IA5, "example", 7);
	put_be(&w, 1, DER_SET);
	size_t set = open_length(&w, 1);
	attribute(&w, "\x55\x04\x0b", 3, DER_UTF8, "Sales", 5);
	attribute(&w, CN, 3, DER_UTF8, "J. Smith", 8);
	close_length(&w, 1, set);
	rdn(&w, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9, DER_IA5, "j@example.net", 13);
	name_is(&w, "emailAddress=j@example.net,OU=Sales+CN=J. Smith,DC=example,DC=net");
}
END_TEST

START_TEST(unknown_types_are_numbers)
{
	struct wire w = { .count = 0 };
	rdn(&w, "\x2b\x06\x01\x04\x01\x8b\x3a\x00", 8, 0x04, "Hi", 2);
	name_is(&w, "1.3.6.1.4.1.1466.0=#04024869");
	w.count = 0;
	rdn(&w, "\x88\x37", 2, 0x04, "Hi", 2);
	name_is(&w, "2.999=#04024869");
	w.count = 0;
	rdn(&w, "\x88", 1, 0x04, "Hi", 2);
	name_is(&w, NULL);
}
END_TEST

START_TEST(boundless_names_are_refused)
{
	struct wire w = { .count = 0 };
	for (int i = 0; i < 64; i++)
		rdn(&w, CN, 3, DER_UTF8, "x", 1);
	char text[X509_NAME_MAX_BYTES];
	size_t bytes;
	ck_assert(x509_name_text(cursor_of(w.bytes, w.count), text, &bytes));
	rdn(&w, CN, 3, DER_UTF8, "x", 1);
	name_is(&w, NULL);
	w.count = 0;
	put_be(&w, 1, DER_SET);
	put_be(&w, 1, 0x82);
	size_t set = open_length(&w, 2);
	put_be(&w, 2, DER_SEQUENCE << 8 | 0x82);
	size_t sequence = open_length(&w, 2);
	put(&w, "\x06\x03" CN "\x0c\x82", 7);
	size_t value = open_length(&w, 2);
	put_fill(&w, 'a', X509_NAME_MAX_BYTES - 3);
	close_length(&w, 2, value);
	close_length(&w, 2, sequence);
	close_length(&w, 2, set);
	ck_assert(x509_name_text(cursor_of(w.bytes, w.count), text, &bytes));
	ck_assert_uint_eq(bytes, X509_NAME_MAX_BYTES);
	w.bytes[w.count - 1] = ',';
	name_is(&w, NULL);
}
END_TEST

/* X.690 section 8.1: what is not a definite length of a low tag number is refused. */
START_TEST(der_lengths)
{
	struct der d;
	struct cursor c = cursor_of("\x04\x81\x02" "ab" "\x05", 6);
	ck_assert(der_next(&c, &d));
	ck_assert_uint_eq(cursor_left(&d.body), 2);
	ck_assert_uint_eq(cursor_left(&d.whole), 5);
	ck_assert(!der_next(&c, &d));
	c = cursor_of("\x30\x80\x00\x00", 4);
	ck_assert(!der_next(&c, &d));
	c = cursor_of("\x1f\x01\x00", 3);
	ck_assert(!der_next(&c, &d));
	c = cursor_of("\x04\x84\x00\x00\x00\x01" "a", 7); /* as Windows writes every length */
	ck_assert(der_next(&c, &d));
	ck_assert_uint_eq(cursor_left(&d.body), 1);
	c = cursor_of("\x04\x85\x00\x00\x00\x00\x00", 7);
	ck_assert(!der_next(&c, &d));
	c = cursor_of("\x04\x83\xff\xff\xff", 5);
	ck_assert(!der_next(&c, &d));
	c = cursor_of("\x04\x00", 2);
	ck_assert(!der_expect(&c, DER_OID, &d));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("x509");
	TCase *tcase = tcase_create("x509");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, whole_certificate);
	tcase_add_test(tcase, memo_changes_nothing);
	tcase_add_test(tcase, truncated_certificate_is_malformed);
	tcase_add_test(tcase, damaged_certificate_is_read_without_harm);
	tcase_add_test(tcase, values_are_escaped);
	tcase_add_test(tcase, string_types_become_utf8);
	tcase_add_test(tcase, order_and_types);
	tcase_add_test(tcase, unknown_types_are_numbers);
	tcase_add_test(tcase, boundless_names_are_refused);
	tcase_add_test(tcase, der_lengths);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
