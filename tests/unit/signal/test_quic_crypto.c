/* SPDX-License-Identifier: Apache-2.0 */
/* The test vectors of RFC 9001 appendix A and RFC 9369 appendix A: keys, an Initial packet of each side, a Retry. */
#include "quic_build.h"
#include "support/suite.h"

static const char first_id[] = "8394c8f03e515708", server_id[] = "f067a5502a4262b5";
static const char client_frame[] =
	"060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
	"616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
	"baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c0002400100"
	"3900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff";
static const char server_frames[] =
	"02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c94"
	"0d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304";

/* Of the client's packet the beginning and the end: its tag covers all that stands between. */
static const struct {
	uint32_t version;
	const char *client_key, *client_iv, *client_hp, *server_key, *server_iv, *server_hp, *client_start, *client_end, *server_packet,
		*retry;
} vector[] = {
	{ V1, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2",
		"cf3a5331653c364c88f0f379b6067e37", "0ac1493ca1905853b0bba03e", "c206b8d9b9f0f37644430b490eeaa314",
		"c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c",
		"7e78bfe706ca4cf5e9c5453e9f7cfd2b8b4c8d169a44e55c88d4a9a7f9474241e221af44860018ab0856972e194cd934",
		"cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a"
		"1839b3"
		"dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c2764"
		"56cbc4"
		"2158407dd074ee",
		"ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba" },
	{ V2, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9",
		"82db637861d55e1d011f19ea71d5d2a7", "dd13c276499c0249d3310652", "edf6d05c83121201b436e16877593c3a",
		"d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071bf03dceebfa162e75d6c",
		"9a37ddec600545473cfb5a05e08d0b209973b2172b4d21fb69745a262ccde96ba18b2faa745b6fe189cf772a9f84cbfc",
		"dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d889"
		"65cf17"
		"f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9"
		"ce7ca8"
		"4bed8521e2e140",
		"cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6" },
	/* Draft 29, appendix A.4. */
	{ DRAFT_29, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
		"ffff00001d0008f067a5502a4262b5746f6b656ed16926d81f6f9ca2953a8aa4575e1e49" },
};
enum { RFC_VECTORS = 2, VECTORS = 3, CLIENT_PAYLOAD_BYTES = 1162 };

static struct aead *aead;
static struct wire first, w, frames, want;
static struct quic_packet packet;
static struct quic_keys keys;
static struct quic_plain plain;

static void setup(void)
{
	ck_assert_int_eq(aead_new(&aead), IND_OK);
	first.count = w.count = frames.count = want.count = 0;
	hex(&first, first_id);
}

static void teardown(void) { aead_free(aead); }

static void is_hex(const uint8_t *bytes, size_t count, const char *digits)
{
	want.count = 0;
	hex(&want, digits);
	ck_assert_uint_eq(want.count, count);
	ck_assert_mem_eq(bytes, want.bytes, count);
}

static void keys_are(size_t i, enum ind_side side, const char *key, const char *iv, const char *hp)
{
	quic_keys_derive(&keys, quic_version_of(vector[i].version), bytes_of(&first), side);
	is_hex(keys.key, sizeof keys.key, key);
	is_hex(keys.iv, sizeof keys.iv, iv);
	is_hex(keys.hp, sizeof keys.hp, hp);
}

START_TEST(keys_of_the_vectors)
{
	keys_are((size_t)_i, IND_CLIENT, vector[_i].client_key, vector[_i].client_iv, vector[_i].client_hp);
	keys_are((size_t)_i, IND_SERVER, vector[_i].server_key, vector[_i].server_iv, vector[_i].server_hp);
}
END_TEST

static bool opens(enum ind_side side, uint64_t expected)
{
	struct cursor c = bytes_of(&w);
	ck_assert(quic_packet_read(&c, &packet));
	ck_assert_uint_eq(cursor_left(&c), 0);
	quic_keys_derive(&keys, packet.known, bytes_of(&first), side);
	return quic_packet_open(aead, &keys, &packet, &expected, &plain);
}

START_TEST(the_clients_packet)
{
	const struct shape s = { vector[_i].version, IND_CLIENT, first_id, first_id, "", NULL, 2, 4 };
	hex(&frames, client_frame);
	put_fill(&frames, 0, CLIENT_PAYLOAD_BYTES - frames.count);
	put_initial(&w, &s, &frames);
	ck_assert_uint_eq(w.count, 1200);
	is_hex(w.bytes, 48, vector[_i].client_start);
	is_hex(w.bytes + 1200 - 48, 48, vector[_i].client_end);
	ck_assert(opens(IND_CLIENT, 0));
	ck_assert_uint_eq(plain.count, frames.count);
	ck_assert_mem_eq(plain.bytes, frames.bytes, frames.count);
	ck_assert(!opens(IND_SERVER, 0));
}
END_TEST

START_TEST(the_servers_packet)
{
	hex(&w, vector[_i].server_packet);
	hex(&frames, server_frames);
	ck_assert(opens(IND_SERVER, 0));
	ck_assert_uint_eq(plain.count, frames.count);
	ck_assert_mem_eq(plain.bytes, frames.bytes, frames.count);
	is_hex(packet.from.p, cursor_left(&packet.from), server_id);
}
END_TEST

START_TEST(one_wrong_bit_anywhere_and_it_does_not_open)
{
	hex(&w, vector[_i].server_packet);
	for (size_t at = 0; at < w.count; at++) {
		w.bytes[at] ^= 0x10;
		struct cursor c = bytes_of(&w);
		uint64_t expected = 0;
		quic_keys_derive(&keys, quic_version_of(vector[_i].version), bytes_of(&first), IND_SERVER);
		bool read = quic_packet_read(&c, &packet) && packet.known && packet.type == QUIC_INITIAL;
		ck_assert(!read || !quic_packet_open(aead, &keys, &packet, &expected, &plain));
		w.bytes[at] ^= 0x10;
	}
	ck_assert(opens(IND_SERVER, 0));
}
END_TEST

START_TEST(retries_fit_the_packet_they_answer)
{
	hex(&w, vector[_i].retry);
	struct cursor c = bytes_of(&w);
	ck_assert(quic_packet_read(&c, &packet));
	ck_assert_int_eq(packet.type, QUIC_RETRY);
	ck_assert_uint_eq(cursor_left(&packet.token), 5);
	ck_assert_mem_eq(packet.token.p, "token", 5);
	ck_assert(quic_retry_fits(aead, &packet, bytes_of(&first)));
	first.bytes[0] ^= 1;
	ck_assert(!quic_retry_fits(aead, &packet, bytes_of(&first)));
}
END_TEST

/* RFC 9000 appendix A.3, and the edges of the window. */
START_TEST(short_packet_numbers_are_those_nearest_to_what_is_expected)
{
	static const struct {
		uint64_t number, expected;
		unsigned bytes;
	} row[] = {
		{ 0xa82f9b32, 0xa82f30eb, 2 },
		{ 0x100, 0xff, 1 },
		{ 0xff, 0x101, 1 },
		{ 0, 0, 1 },
		{ 0x7f, 0, 1 },
		{ 0x180, 0x101, 1 },
		{ 5, 0x1000005, 4 },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		const struct shape s = { V1, IND_CLIENT, first_id, first_id, "", NULL, row[i].number, row[i].bytes };
		w.count = frames.count = 0;
		put_fill(&frames, 1, 40);
		put_initial(&w, &s, &frames);
		ck_assert_msg(opens(IND_CLIENT, row[i].expected), "row %zu", i);
	}
}
END_TEST

START_TEST(a_packet_that_is_cut_is_none)
{
	hex(&w, vector[_i].server_packet);
	for (size_t count = 0; count < w.count; count++) {
		uint8_t *copy = malloc(count ? count : 1);
		memcpy(copy, w.bytes, count);
		struct cursor c = cursor_of(copy, count);
		ck_assert(!quic_packet_read(&c, &packet));
		free(copy);
	}
}
END_TEST

START_TEST(versions_and_types)
{
	ck_assert_ptr_null(quic_version_of(0));
	ck_assert_ptr_null(quic_version_of(2));
	ck_assert_ptr_null(quic_version_of(0xff00001c));
	ck_assert_ptr_null(quic_version_of(0xff000023));
	for (uint32_t version = 0xff00001d; version <= 0xff000022; version++)
		ck_assert_ptr_nonnull(quic_version_of(version));
	static const uint32_t both[] = { V1, V2 };
	for (size_t v = 0; v < 2; v++) {
		for (int type = QUIC_INITIAL; type <= QUIC_RETRY; type++) {
			w.count = 0;
			put_be(&w, 1, first_byte(both[v], (enum quic_type)type, 0));
			put_be(&w, 4, both[v]);
			put_id(&w, first_id);
			put_id(&w, "");
			put_be(&w, 1, 0);
			put_fill(&w, 0, 16);
			struct cursor c = bytes_of(&w);
			ck_assert(quic_packet_read(&c, &packet));
			ck_assert_int_eq(packet.type, type);
		}
	}
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("quic_crypto");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, keys_of_the_vectors, 0, RFC_VECTORS);
	tcase_add_loop_test(t, the_clients_packet, 0, RFC_VECTORS);
	tcase_add_loop_test(t, the_servers_packet, 0, RFC_VECTORS);
	tcase_add_loop_test(t, one_wrong_bit_anywhere_and_it_does_not_open, 0, RFC_VECTORS);
	tcase_add_loop_test(t, retries_fit_the_packet_they_answer, 0, VECTORS);
	tcase_add_test(t, short_packet_numbers_are_those_nearest_to_what_is_expected);
	tcase_add_loop_test(t, a_packet_that_is_cut_is_none, 0, RFC_VECTORS);
	tcase_add_test(t, versions_and_types);
	return suite_run("signal.quic_crypto", t);
}
