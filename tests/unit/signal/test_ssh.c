/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ssh.h"

#include "base/hash.h"
#include "seen.h"

static struct seen s;

static void setup(void) { memset(&s, 0, sizeof s); }

/* RFC 4253 section 7.1: kex, host key, ciphers, MACs, compression, languages. */
static const char *const lists[10] = { "curve25519-sha256,ext-info-c", "ssh-ed25519", "c2s-cipher", "s2c-cipher-1,s2c-cipher-2",
	"c2s-mac", "s2c-mac", "none,zlib@openssh.com", "none", "", "" };
static const char client_string[] = "curve25519-sha256,ext-info-c;c2s-cipher;c2s-mac;none,zlib@openssh.com";
static const char server_string[] = "curve25519-sha256,ext-info-c;s2c-cipher-1,s2c-cipher-2;s2c-mac;none";
static const char host_key[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20" "0123456789abcdef0123456789abcdef";

static void put_string(struct wire *w, const void *bytes, size_t count)
{
	put_be(w, 4, count);
	put(w, bytes, count);
}

static size_t packet_open(struct wire *w, uint8_t message)
{
	size_t opened = open_length(w, 4);
	put_be(w, 1, 6);
	put_be(w, 1, message);
	return opened;
}

static void packet_close(struct wire *w, size_t opened)
{
	put_fill(w, 0xee, 6);
	close_length(w, 4, opened);
}

static void kexinit(struct wire *w)
{
	size_t packet = packet_open(w, 20);
	put_fill(w, 0xcc, 16);
	for (size_t i = 0; i < 10; i++)
		put_string(w, lists[i], strlen(lists[i]));
	put_be(w, 1, 0);
	put_be(w, 4, 0);
	packet_close(w, packet);
}

static void empty_packet(struct wire *w, uint8_t message)
{
	size_t packet = packet_open(w, message);
	packet_close(w, packet);
}

static void reply(struct wire *w, uint8_t message)
{
	size_t packet = packet_open(w, message);
	put_string(w, host_key, sizeof host_key - 1);
	put_string(w, "server's public value", 21);
	put_string(w, "signature", 9);
	packet_close(w, packet);
}

static void key_share(struct wire *w)
{
	size_t packet = packet_open(w, 30);
	put_string(w, "client's public value", 21);
	packet_close(w, packet);
}

static void hex_is(enum ind_signal_id id, const void *bytes, size_t count, bool md5)
{
	uint8_t digest[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	if (md5)
		hash_md5(bytes, count, digest);
	else
		hash_sha256(bytes, count, digest);
	hash_hex(digest, md5 ? HASH_MD5_BYTES : HASH_SHA256_BYTES, hex);
	ck_assert_pstr_eq(seen_value(&s, id), hex);
}

static void feed(const struct wire *w, enum ind_dir from, size_t chunk)
{
	setup();
	seen_feed(&s, &ssh_parser, from, w->bytes, w->count, chunk, false);
}

START_TEST(client)
{
	struct wire w = { .count = 0 };
	put_text(&w, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
	kexinit(&w);
	size_t opening = w.count;
	key_share(&w);
	size_t taken = w.count;
	empty_packet(&w, 21);
	size_t sealed = w.count;
	put_fill(&w, 0xa5, 52);
	for (size_t chunk = 1; chunk <= w.count; chunk++) {
		feed(&w, IND_SRC, chunk);
		ck_assert_int_eq(s.outcome, PARSE_DONE);
		ck_assert_pstr_eq(seen_value(&s, IND_SIG_SSH_BANNER), "SSH-2.0-OpenSSH_9.2p1 Debian-2");
		hex_is(IND_SIG_SSH_HASSH, client_string, sizeof client_string - 1, true);
		ck_assert_pstr_eq(seen_value(&s, IND_SIG_SSH_NEWKEYS), "21");
		ck_assert_uint_eq(s.signals, 3);
		ck_assert_uint_eq(s.exhibits, 2);
		ck_assert_uint_eq(s.exhibit[1].count, sealed - taken);
		ck_assert_mem_eq(s.exhibit[1].bytes, w.bytes + taken, sealed - taken);
		ck_assert_uint_eq(s.signal[2].side, IND_CLIENT);
		ck_assert_uint_eq(s.exhibit[0].count, opening);
		ck_assert_mem_eq(s.exhibit[0].bytes, w.bytes, opening);
		ck_assert_uint_eq(s.signal[0].side, IND_CLIENT);
		ck_assert_uint_le(s.calls, 60);
	}
}
END_TEST

/* A client that finds the signature wrong disconnects, or says nothing more. */
START_TEST(client_that_does_not_go_on)
{
	struct wire w = { .count = 0 };
	put_text(&w, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
	kexinit(&w);
	key_share(&w);
	feed(&w, IND_SRC, 1000);
	ck_assert_int_eq(s.outcome, PARSE_MORE);
	ck_assert_uint_eq(s.signals, 2);
	empty_packet(&w, 1);
	empty_packet(&w, 21);
	feed(&w, IND_SRC, 1000);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_uint_eq(s.signals, 2);
	ck_assert_uint_eq(s.exhibits, 1);
}
END_TEST

/* The host key is found in the reply of each key exchange, behind what may come before it. */
START_TEST(server)
{
	static const uint8_t messages[] = { 30, 31, 33 };
	for (size_t i = 0; i < sizeof messages; i++) {
		struct wire w = { .count = 0 };
		put_text(&w, "SSH-2.0-dropbear\n");
		kexinit(&w);
		empty_packet(&w, 2);
		size_t group = packet_open(&w, 31);
		put_string(&w, "\0\xff\xff\xff\xff\xff\xff\xff\xc9", 9);
		put_string(&w, "\2", 1);
		packet_close(&w, group);
		reply(&w, messages[i]);
		empty_packet(&w, 21);
		for (size_t chunk = 1; chunk <= w.count; chunk = chunk * 3 + 1) {
			feed(&w, IND_DST, chunk);
			ck_assert_int_eq(s.outcome, PARSE_DONE);
			ck_assert_pstr_eq(seen_value(&s, IND_SIG_SSH_BANNER), "SSH-2.0-dropbear");
			hex_is(IND_SIG_SSH_HASSH_SERVER, server_string, sizeof server_string - 1, true);
			hex_is(IND_SIG_SSH_HOSTKEY, host_key, sizeof host_key - 1, false);
			ck_assert_uint_eq(s.signals, 3);
			ck_assert_uint_eq(s.exhibits, 2);
			ck_assert_mem_eq(s.exhibit[1].bytes + s.exhibit[1].count - (sizeof host_key - 1), host_key, sizeof host_key - 1);
			ck_assert_uint_eq(s.signal[2].side, IND_SERVER);
			ck_assert_uint_le(s.calls, 60);
		}
	}
}
END_TEST

START_TEST(server_stops_at_new_keys)
{
	struct wire w = { .count = 0 };
	put_text(&w, "SSH-2.0-x\r\n");
	kexinit(&w);
	empty_packet(&w, 21);
	reply(&w, 31);
	feed(&w, IND_DST, 1000);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_SSH_HOSTKEY));
	ck_assert_ptr_null(seen_value(&s, IND_SIG_SSH_NEWKEYS));
}
END_TEST

START_TEST(every_truncation_waits)
{
	struct wire w = { .count = 0 };
	put_text(&w, "SSH-2.0-x\r\n");
	size_t banner = w.count;
	kexinit(&w);
	for (size_t count = 0; count < w.count; count++) {
		setup();
		seen_feed(&s, &ssh_parser, IND_DST, w.bytes, count, 1000, false);
		ck_assert_int_eq(s.outcome, PARSE_MORE);
		ck_assert_uint_eq(s.signals, count >= banner);
		ck_assert_uint_eq(s.exhibits + s.malformed, 0);
		ck_assert_uint_le(s.need, w.count);
		setup();
		seen_feed(&s, &ssh_parser, IND_DST, w.bytes, count, 1000, true);
		ck_assert_uint_eq(s.exhibits, count >= banner);
		if (count >= banner)
			ck_assert_uint_eq(s.exhibit[0].count, banner);
	}
}
END_TEST

START_TEST(every_damaged_byte)
{
	struct wire w = { .count = 0 };
	size_t refused = 0;
	put_text(&w, "SSH-2.0-x\r\n");
	kexinit(&w);
	reply(&w, 31);
	for (size_t i = 0; i < w.count; i++) {
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			w.bytes[i] ^= (uint8_t)bit;
			feed(&w, IND_DST, w.count);
			refused += s.malformed;
			w.bytes[i] ^= (uint8_t)bit;
		}
	}
	ck_assert_uint_gt(refused, 50);
}
END_TEST

START_TEST(version_1_has_a_banner_only)
{
	struct wire w = { .count = 0 };
	put_text(&w, "SSH-1.5-old server\n");
	put_be(&w, 4, 0x10b);
	put_fill(&w, 2, 300);
	feed(&w, IND_DST, 1000);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_SSH_BANNER), "SSH-1.5-old server");
	ck_assert_uint_eq(s.signals, 1);
	ck_assert_uint_eq(s.exhibits, 1);
	ck_assert_uint_eq(s.malformed, 0);
}
END_TEST

START_TEST(endless_banner_is_malformed)
{
	struct wire w = { .count = 0 };
	put_text(&w, "SSH-2.0-");
	put_fill(&w, 'a', 600);
	feed(&w, IND_SRC, 100);
	ck_assert_int_eq(s.outcome, PARSE_NOT);
	ck_assert_uint_eq(s.malformed, 1);
	ck_assert_uint_eq(s.signals, 0);
}
END_TEST

START_TEST(lists_beyond_the_packet_are_malformed)
{
	struct wire w = { .count = 0 };
	put_text(&w, "SSH-2.0-x\r\n");
	size_t packet = packet_open(&w, 20);
	put_fill(&w, 0xcc, 16);
	put_string(&w, "kex", 3);
	put_be(&w, 4, 200);
	packet_close(&w, packet);
	put_fill(&w, 'z', 300);
	feed(&w, IND_SRC, 1000);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_uint_eq(s.malformed, 1);
	ck_assert_uint_eq(s.signals, 1);
}
END_TEST

START_TEST(probe)
{
	static const char banner[] = "SSH-1.99-x\r\n";
	for (size_t i = 0; i < sizeof banner; i++)
		ck_assert_int_eq(ssh_parser.probe(cursor_of(banner, i)), i < 9 ? PROBE_MORE : PROBE_YES);
	ck_assert_int_eq(ssh_parser.probe(cursor_of("SSH-2.0-", 8)), PROBE_YES);
	ck_assert_int_eq(ssh_parser.probe(cursor_of("SSH-3.0-", 8)), PROBE_NO);
	ck_assert_int_eq(ssh_parser.probe(cursor_of("SSH ", 4)), PROBE_NO);
	ck_assert_int_eq(ssh_parser.probe(cursor_of("\x16\x03\x01", 3)), PROBE_NO);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ssh");
	TCase *tcase = tcase_create("ssh");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, client);
	tcase_add_test(tcase, client_that_does_not_go_on);
	tcase_add_test(tcase, server);
	tcase_add_test(tcase, server_stops_at_new_keys);
	tcase_add_test(tcase, every_truncation_waits);
	tcase_add_test(tcase, every_damaged_byte);
	tcase_add_test(tcase, version_1_has_a_banner_only);
	tcase_add_test(tcase, endless_banner_is_malformed);
	tcase_add_test(tcase, lists_beyond_the_packet_are_malformed);
	tcase_add_test(tcase, probe);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
