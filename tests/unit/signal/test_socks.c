/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/socks.h"

#include "feed.h"
#include "support/suite.h"

#define BYTES(text) text, sizeof(text) - 1

/* The whole handshake of one direction: MORE at every cut, YES when it is there, and only it is consumed. */
static void is_handshake(const char *bytes, size_t count)
{
	static struct feed f;
	char followed[600];
	memcpy(followed, bytes, count);
	memcpy(followed + count, "\x16\x03\x01", 3);
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(socks_parser.probe(cursor_of(bytes, i)) == PROBE_MORE, "%zu of %zu", i, count);
	ck_assert_int_eq(socks_parser.probe(cursor_of(bytes, count)), PROBE_YES);
	for (size_t chunk = 1; chunk < count + 3; chunk++) {
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &socks_parser, IND_SRC, followed, count + 3, chunk, false);
		ck_assert_int_eq(f.dir[0].outcome, PARSE_NEXT);
		ck_assert_uint_lt(f.dir[0].unread, 4);
		ck_assert_uint_eq(f.seen.signals + f.seen.exhibits + f.seen.malformed, 0);
		ck_assert_uint_eq(f.seen.shared, 0);
	}
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &socks_parser, IND_SRC, followed, count + 3, sizeof(followed), false);
	ck_assert_uint_eq(f.dir[0].unread, 3);
	ck_assert_mem_eq(f.dir[0].bytes, "\x16\x03\x01", 3);
}

START_TEST(version_5)
{
	is_handshake(BYTES("\5\1\0\5\1\0\1\xc0\0\2\1\1\xbb"));
	is_handshake(BYTES("\5\3\0\1\2\5\1\0\3\x0b" "example.org\1\xbb"));
	is_handshake(BYTES("\5\2\0\2\1\5alice\6secret\5\1\0\4\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\1\xbb"));
	is_handshake(BYTES("\5\0\5\0\0\1\0\0\0\0\0\0"));
	is_handshake(BYTES("\5\2\1\0\5\0\0\1\x0a\0\0\1\4\x38"));
}
END_TEST

START_TEST(version_4)
{
	is_handshake(BYTES("\4\1\1\xbb\xc0\0\2\1me\0"));
	is_handshake(BYTES("\4\1\1\xbb\xc0\0\2\1\0"));
	is_handshake(BYTES("\4\1\0\x50\0\0\0\1\0example.org\0"));
	is_handshake(BYTES("\0\x5a\0\0\0\0\0\0"));
	is_handshake(BYTES("\0\x5a\0\x50\x0a\0\0\1"));
}
END_TEST

START_TEST(other_protocols)
{
	static const struct { const char *bytes; size_t count; } no[] = {
		{ BYTES("\5\0\5\0\0\7\0\0\0\0\0\0") },                  /* unknown kind of address */
		{ BYTES("\5\1\3\5\1\0\1\xc0\0\2\1\1\xbb") },            /* no method that can be passed over */
		{ BYTES("\5\xff") },                                    /* no acceptable method */
		{ BYTES("\5\0\x0b\3\x10\0\0\0\x48\0\0\0\1\0\0\0") },    /* DCE RPC bind */
		{ BYTES("\4\1\0\x25\0\x33\1\0\0\0\x15\0") },            /* TDS reply */
		{ BYTES("\4\1\0\0\xc0\0\2\1\0") },                      /* no port */
		{ BYTES("\4\1\1\xbb\xc0\0\2\1\1\0") },                  /* unprintable user */
		{ BYTES("\0\x5b\0\0\0\0\0\0") },
		{ BYTES("\0\x5a\x12\x34\x81\x80\0\1\0\1\0\0\0\0") },    /* DNS over TCP, 90 bytes */
		{ BYTES("\0\0\0\x44 CKFDENECFDEFFCFGEFFCCACACACACACA\0") }, /* NetBIOS session */
		{ BYTES("SSH-2.0-x\r\n") }, { BYTES("\x16\x03\x01\0\0") }, { BYTES("\3\0\0\x13\x0e\xe0") },
	};
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(socks_parser.probe(cursor_of(no[i].bytes, no[i].count)) == PROBE_NO, "case %zu", i);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("socks");
	tcase_add_test(t, version_5);
	tcase_add_test(t, version_4);
	tcase_add_test(t, other_protocols);
	return suite_run("socks", t);
}
