/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/signal.h"

#include "base/hash.h"
#include "support/suite.h"
#include <string.h>

static struct ind_signal last;
static struct ind_exhibit shown;
static char value[IND_VALUE_MAX_BYTES];
static uint8_t digest[IND_SHA256_BYTES];
static unsigned signals, exhibits, malformed;

static void take_signal(void *ctx, const struct ind_signal *s)
{
	(void)ctx;
	ck_assert_uint_le(s->value_bytes, sizeof(value));
	last = *s;
	memcpy(value, s->value, s->value_bytes);
	if (s->sha256)
		memcpy(digest, s->sha256, sizeof(digest));
	signals++;
}

static void take_exhibit(void *ctx, const struct ind_exhibit *x)
{
	(void)ctx;
	shown = *x;
	exhibits++;
}

static void take_malformed(void *ctx)
{
	(void)ctx;
	malformed++;
}

static struct signal_sink sink;
static struct signal_ctx ctx;

static void setup(void)
{
	signals = exhibits = malformed = 0;
	sink = (struct signal_sink){ .signal = take_signal, .exhibit = take_exhibit, .malformed = take_malformed, .ctx = NULL, .wants_exhibits = true };
	ctx = (struct signal_ctx){ .sink = &sink, .time_ns = 11, .packet = 22, .from = IND_DST };
}

static void value_is(const char *want, size_t bytes, bool cut)
{
	ck_assert_uint_eq(last.value_bytes, bytes);
	ck_assert_mem_eq(value, want, bytes);
	ck_assert_int_eq(last.flags, cut ? IND_SIGNAL_CUT : 0);
	ck_assert_int_eq(last.sha256 != NULL, cut);
}

static void digest_is_of(const void *bytes, size_t count)
{
	uint8_t want[IND_SHA256_BYTES];
	hash_sha256(bytes, count, want);
	ck_assert_mem_eq(digest, want, sizeof(want));
}

START_TEST(says_who_when_where)
{
	signal_put_wire(&ctx, IND_SIG_SSH_BANNER, IND_SERVER, "a\xff", 2);
	value_is("a\\xff", 5, false);
	ck_assert_uint_eq(last.id, IND_SIG_SSH_BANNER);
	ck_assert_uint_eq(last.side, IND_SERVER);
	ck_assert_uint_eq(last.from, IND_DST);
	ck_assert_uint_eq(last.time_ns, 11);
	ck_assert_uint_eq(last.packet, 22);
}
END_TEST

START_TEST(nothing_is_absent)
{
	signal_put_wire(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, NULL, 0);
	signal_put_text(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, "", 0);
	signal_put_hex(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, (const uint8_t *)"", 0);
	signal_put_exhibit(&ctx, IND_EXHIBIT_STREAM, IND_CLIENT, "", 0, false);
	ck_assert_uint_eq(signals + exhibits + malformed, 0);
}
END_TEST

START_TEST(long_values_are_cut_and_digested)
{
	static char text[70000];
	memset(text, 'a', sizeof(text));
	signal_put_wire(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, text, 512);
	value_is(text, 512, false);
	signal_put_wire(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, text, 513);
	value_is(text, 512, true);
	digest_is_of(text, 513);
	signal_put_wire(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, text, sizeof(text));
	digest_is_of(text, sizeof(text));
	signal_put_text(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, text, 600);
	value_is(text, 512, true);
	digest_is_of(text, 600);
}
END_TEST

START_TEST(no_character_is_cut)
{
	static char text[600];
	for (size_t before = 508; before <= 512; before++) {
		memset(text, 'a', sizeof(text));
		memcpy(text + before, "\xf0\x9f\x98\x80", 4);
		size_t kept = before == 508 ? 512 : before;
		signal_put_wire(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, text, 520);
		value_is(text, kept, true);
		digest_is_of(text, 520);
		signal_put_text(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, text, 520);
		value_is(text, kept, true);
		digest_is_of(text, 520);
	}
	memset(text, '\xff', 200);
	static char escaped[800];
	for (size_t i = 0; i < 200; i++)
		memcpy(escaped + 4 * i, "\\xff", 4);
	signal_put_wire(&ctx, IND_SIG_HTTP_HOST, IND_CLIENT, text, 200);
	value_is(escaped, 512, true);
	digest_is_of(escaped, 800);
}
END_TEST

START_TEST(numbers_and_hex)
{
	signal_put_number(&ctx, IND_SIG_PATH_CROSS_LAYER, IND_CLIENT, -12);
	value_is("-12", 3, false);
	signal_put_number(&ctx, IND_SIG_PATH_CROSS_LAYER, IND_CLIENT, 0);
	value_is("0", 1, false);
	signal_put_hex(&ctx, IND_SIG_TLS_JA3, IND_CLIENT, (const uint8_t *)"\x00\xab\x7f", 3);
	value_is("00ab7f", 6, false);
	static uint8_t bytes[700];
	static char hex[1401];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	hash_hex(bytes, sizeof(bytes), hex);
	signal_put_hex(&ctx, IND_SIG_TLS_JA3, IND_CLIENT, bytes, 256);
	value_is(hex, 512, false);
	signal_put_hex(&ctx, IND_SIG_TLS_JA3, IND_CLIENT, bytes, sizeof(bytes));
	value_is(hex, 512, true);
	digest_is_of(hex, 1400);
}
END_TEST

START_TEST(exhibits_are_wanted_or_not)
{
	static uint8_t bytes[IND_EXHIBIT_MAX_BYTES + 5];
	signal_put_exhibit(&ctx, IND_EXHIBIT_DATAGRAM, IND_SERVER, bytes, sizeof(bytes), true);
	ck_assert_uint_eq(exhibits, 1);
	ck_assert_uint_eq(shown.bytes_count, IND_EXHIBIT_MAX_BYTES);
	ck_assert_ptr_eq(shown.bytes, bytes);
	ck_assert_uint_eq(shown.kind, IND_EXHIBIT_DATAGRAM);
	ck_assert_uint_eq(shown.side, IND_SERVER);
	ck_assert_uint_eq(shown.from, IND_DST);
	ck_assert_uint_eq(shown.masked, 1);
	ck_assert_uint_eq(shown.packet, 22);
	sink.wants_exhibits = false;
	signal_put_exhibit(&ctx, IND_EXHIBIT_DATAGRAM, IND_SERVER, bytes, 3, false);
	ck_assert_uint_eq(exhibits, 1);
	signal_malformed(&ctx);
	ck_assert_uint_eq(malformed, 1);
}
END_TEST

START_TEST(tables_of_parsers)
{
	static const uint8_t no_protocol[64] = { 0xff, 0xfe, 0xfd, 0xfc, 0xff };
	size_t streams = 0, datagrams = 0;
	for (; signal_stream_parsers[streams]; streams++) {
		ck_assert(signal_stream_parsers[streams]->probe && signal_stream_parsers[streams]->see);
		for (size_t i = 0; i < streams; i++)
			ck_assert_str_ne(signal_stream_parsers[i]->name, signal_stream_parsers[streams]->name);
		ck_assert_int_eq(signal_stream_parsers[streams]->probe(cursor_of(no_protocol, sizeof(no_protocol))), PROBE_NO);
	}
	for (; signal_datagram_parsers[datagrams]; datagrams++)
		ck_assert_ptr_nonnull(signal_datagram_parsers[datagrams]->name);
	ck_assert_uint_ge(streams, 5);
	ck_assert_uint_ge(datagrams, 1);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("signal");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, says_who_when_where);
	tcase_add_test(t, nothing_is_absent);
	tcase_add_test(t, long_values_are_cut_and_digested);
	tcase_add_test(t, no_character_is_cut);
	tcase_add_test(t, numbers_and_hex);
	tcase_add_test(t, exhibits_are_wanted_or_not);
	tcase_add_test(t, tables_of_parsers);
	return suite_run("signal", t);
}
