/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/ends.h"
#include "forge.h"
#include "support/suite.h"
#include <string.h>

enum { TAIL_BYTES = 4096 };

/* A bundle of this stream with so many CLOCK frames and no record; the stream goes on behind it. */
static void bundle(struct memory *m, struct ind_stream *stream, const struct keys *k, unsigned clocks)
{
	struct ind_sink sink = memory_sink(m);
	struct ind_header header;
	struct ind_writer *w;
	sample_header(&header);
	ck_assert_int_eq(ind_writer_new(&sink, stream, &header, k->identity, k->epoch, NULL, &w), IND_OK);
	for (unsigned i = 0; i < clocks; i++) {
		struct ind_clock clock = { .realtime_ns = header.created_ns + i, .max_error_ns = 1000, .est_error_ns = IND_ABSENT_U64, .sync = IND_SYNC_NTP };
		ck_assert_int_eq(ind_writer_clock(w, &clock), IND_OK);
	}
	struct ind_seal_info info = { .realtime_ns = header.created_ns + 1000000000u, .final = true, .reason = IND_SEAL_ROTATE };
	ck_assert_int_eq(ind_writer_seal(w, &info), IND_OK);
	ind_writer_stream(w, stream);
	ind_writer_free(w);
}

static struct ends ends_of(const struct memory *m)
{
	struct ends e;
	size_t need, tail = m->bytes < TAIL_BYTES ? m->bytes - 32 : TAIL_BYTES;
	const char *reason;
	ck_assert_int_eq(ends_head(m->at, m->bytes, &e, &need, &reason), IND_OK);
	ck_assert_int_eq(ends_tail(m->at + m->bytes - tail, tail, &e), IND_OK);
	return e;
}

/* Whatever the shape of the tree is where the first one ends. */
START_TEST(one_follows_the_other)
{
	struct keys k;
	struct memory m[2] = { 0 };
	struct ind_stream stream;
	keys_make(&k, 1);
	sample_stream(&stream);
	bundle(&m[0], &stream, &k, (unsigned)_i);
	bundle(&m[1], &stream, &k, 2);
	struct ends first = ends_of(&m[0]), second = ends_of(&m[1]), other = second;
	ck_assert(first.sealed && second.sealed && first.has_key && first.has_clock == (_i > 0));
	ck_assert_int_eq(ends_signed_by(&first, &second.begins.key), IND_OK);
	ck_assert_int_eq(ends_follow(&first, &second), ENDS_LINKED);
	other.previous_root[3] ^= 1;
	ck_assert_int_eq(ends_follow(&first, &other), ENDS_BROKEN);
	other = first;
	other.root.bytes[0] ^= 1;
	ck_assert_int_eq(ends_follow(&other, &second), ENDS_BROKEN);
	ck_assert_int_eq(ends_signed_by(&other, &second.begins.key), IND_KEY);
	other = second;
	other.begins.key.bytes[0] ^= 1;
	ck_assert_int_eq(ends_follow(&first, &other), ENDS_BROKEN);
	other = second;
	other.begins.leaves++;
	ck_assert_int_eq(ends_follow(&first, &other), ENDS_GAP);
	ck_assert_int_eq(ends_follow(&second, &first), ENDS_OVERLAP);
	memory_free(&m[0]);
	memory_free(&m[1]);
	keys_free(&k);
}
END_TEST

/* DATA just before the seal hides the leaves that a deeper tree would need: then keys alone link. */
START_TEST(records_before_the_seal)
{
	struct keys k;
	struct memory m[2] = { 0 };
	keys_make(&k, 1);
	sample_restarted(&m[0], &m[1], &k);
	struct ends first = ends_of(&m[0]), second = ends_of(&m[1]);
	enum ends_link link = ends_follow(&first, &second);
	ck_assert(link == ENDS_LINKED || link == ENDS_LINKED_BY_KEYS);
	ck_assert_str_eq(first.sensor, second.sensor);
	memory_free(&m[0]);
	memory_free(&m[1]);
	keys_free(&k);
}
END_TEST

/* Where the frame of this type begins. */
static size_t frame_at(const struct memory *m, uint8_t type)
{
	for (size_t at = 32; at + 32 < m->bytes; at += 8)
		if (memcmp(m->at + at, "IEBF", 4) == 0 && m->at[at + 5] == type)
			return at;
	ck_abort();
	return 0;
}

/* Every cut, and every changed byte of the HEADER, the last SEALINFO and the CHECKPOINT, is an error or a bundle that is not sealed by its key. (Padding is checked by who reads all.) */
START_TEST(damage)
{
	struct keys k;
	struct memory m = { 0 };
	struct ind_stream stream;
	struct ends e;
	size_t need;
	const char *reason;
	keys_make(&k, 1);
	sample_stream(&stream);
	bundle(&m, &stream, &k, 3);
	for (size_t cut = 0; cut < m.bytes; cut++) {
		enum ind_err err = ends_head(m.at, cut, &e, &need, &reason);
		ck_assert(err == IND_OK || (err == IND_SHORT && need > cut));
		if (err == IND_OK && cut > 32) {
			ck_assert_int_eq(ends_tail(m.at + 32, cut - 32, &e), IND_OK);
			ck_assert(!e.sealed);
		}
	}
	size_t header_end = frame_at(&m, 3), seal = frame_at(&m, 6), checkpoint = frame_at(&m, 7);
	for (size_t at = 0; at < m.bytes; at++) {
		m.at[at] ^= 0x10;
		bool covered = at < header_end - 8 || (at >= seal && at < checkpoint - 8) || (at >= checkpoint && at < m.bytes - 8);
		if (ends_head(m.at, m.bytes, &e, &need, &reason) == IND_OK) {
			ck_assert_int_eq(ends_tail(m.at + 32, m.bytes - 32, &e), IND_OK);
			ck_assert_msg(!covered || !e.sealed || !e.has_key || ends_signed_by(&e, &e.key.key) != IND_OK, "byte %zu", at);
		}
		m.at[at] ^= 0x10;
	}
	memory_free(&m);
	keys_free(&k);
}
END_TEST

/* Of what someone writes who came into a sensor, whatever is wrong with a key is never a seal by the key in force; what is right is, where no frame is left out. */
START_TEST(forged_keys)
{
	static const char *const for_the_whole[] = { "epoch_unsealed", "epoch_after_header", "epoch_back_in_time" };
	struct keys k;
	struct memory m = { 0 };
	keys_make(&k, 21);
	struct forgery f = forgery_make((size_t)_i, &k, &m);
	bool about_keys = strncmp(f.name, "epoch", 5) == 0 || strncmp(f.name, "restart", 7) == 0 || strncmp(f.name, "boot_key", 8) == 0 || strcmp(f.name, "seal_other_epoch") == 0;
	for (size_t i = 0; i < sizeof for_the_whole / sizeof *for_the_whole; i++)
		about_keys = about_keys && strcmp(f.name, for_the_whole[i]) != 0;
	if (about_keys) {
		struct ends e = ends_of(&m);
		bool known = e.sealed && e.has_key && ends_signed_by(&e, &e.key.key) == IND_OK;
		ck_assert_msg(known == (f.verdict == IND_VERDICT_VALID), "%s: sealed by the key in force: %d", f.name, known);
	}
	memory_free(&m);
	keys_free(&k);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ends");
	tcase_add_loop_test(t, one_follows_the_other, 0, 16);
	tcase_add_test(t, records_before_the_seal);
	tcase_add_test(t, damage);
	tcase_add_loop_test(t, forged_keys, 0, (int)forgery_count());
	return suite_run("ends", t);
}
