/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming gzip in any pieces. */
#include "base/gunzip.h"
#include "support/suite.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* A gzip file in memory, given out in small pieces. */
struct feed {
	uint8_t at[8192];
	size_t bytes, given, piece;
	bool fails;
};

static enum ind_err feed_read(void *ctx, void *bytes, size_t size, size_t *got)
{
	struct feed *f = ctx;
	size_t left = f->bytes - f->given;
	*got = f->piece < left ? f->piece : left;
	*got = *got < size ? *got : size;
	memcpy(bytes, f->at + f->given, *got);
	f->given += *got;
	return *got == 0 && f->fails ? IND_IO : IND_OK;
}

static void feed_member(struct feed *f, const char *text)
{
	z_stream z = { 0 };
	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)strlen(text);
	z.next_out = f->at + f->bytes;
	z.avail_out = (uInt)(sizeof f->at - f->bytes);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	f->bytes = sizeof f->at - z.avail_out;
	deflateEnd(&z);
}

static enum ind_err gunzip_all(struct feed *f, size_t room, char *out, size_t *bytes)
{
	struct gunzip *g;
	enum ind_err err;
	size_t got;
	*bytes = 0;
	ck_assert_int_eq(gunzip_new(feed_read, f, &g), IND_OK);
	while ((err = gunzip_read(g, out + *bytes, room, &got)) == IND_OK) {
		ck_assert_uint_gt(got, 0);
		*bytes += got;
	}
	ck_assert_uint_eq(got, 0);
	ck_assert_int_eq(gunzip_read(g, out, room, &got), err);
	gunzip_free(g);
	return err;
}

static const char first[] = "the first member, ", second[] = "and the second";

START_TEST(members)
{
	char out[256];
	size_t bytes;
	for (size_t piece = 1; piece < 100; piece += 7)
		for (size_t room = 1; room < 50; room += 5) {
			struct feed f = { .piece = piece };
			feed_member(&f, first);
			feed_member(&f, "");
			feed_member(&f, second);
			ck_assert_int_eq(gunzip_all(&f, room, out, &bytes), IND_END);
			out[bytes] = '\0';
			ck_assert_str_eq(out, "the first member, and the second");
		}
}
END_TEST

START_TEST(cut_anywhere)
{
	char out[256];
	size_t bytes, whole;
	struct feed f = { .piece = 5 };
	feed_member(&f, first);
	whole = f.bytes;
	for (size_t cut = 0; cut < whole; cut++) {
		f.given = 0;
		f.bytes = cut;
		ck_assert_int_eq(gunzip_all(&f, 16, out, &bytes), IND_SHORT);
		ck_assert_mem_eq(out, first, bytes);
	}
	ck_assert_uint_eq(bytes, sizeof first - 1);
}
END_TEST

START_TEST(damaged)
{
	char out[256];
	size_t bytes;
	struct feed f = { .piece = 100 };
	feed_member(&f, first);
	f.at[f.bytes - 5] ^= 1;
	ck_assert_int_eq(gunzip_all(&f, 16, out, &bytes), IND_MALFORMED);
	f = (struct feed){ .piece = 100, .bytes = 20, .at = "no gzip at all......" };
	ck_assert_int_eq(gunzip_all(&f, 16, out, &bytes), IND_MALFORMED);
	f = (struct feed){ .piece = 100, .fails = true };
	ck_assert_int_eq(gunzip_all(&f, 16, out, &bytes), IND_IO);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("gunzip");
	tcase_add_test(tcase, members);
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_test(tcase, damaged);
	return suite_run("gunzip", tcase);
}
