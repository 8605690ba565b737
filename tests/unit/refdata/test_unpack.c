/* SPDX-License-Identifier: Apache-2.0 */
/* Packed lists: all of what is in them, never more than the bound, and nothing of a damaged one. */
#include "base/gunzip.h"
#include "refdata/unpack.h"
#include "support/suite.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { TEXT_BYTES = 300000, PACKED_BYTES = 400000 };

static char text[TEXT_BYTES], packed[PACKED_BYTES];

static size_t pack(size_t bytes)
{
	z_stream z = { 0 };
	for (size_t i = 0; i < bytes; i++)
		text[i] = (char)('a' + i * i / 7 % 26);
	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)bytes;
	z.next_out = (Bytef *)packed;
	z.avail_out = sizeof packed;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	size_t count = sizeof packed - z.avail_out;
	deflateEnd(&z);
	return count;
}

START_TEST(whole)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, TEXT_BYTES };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *out = NULL;
		size_t bytes = 1, count = pack(sizes[i]);
		ck_assert(gunzip_begins(packed, count));
		ck_assert_int_eq(unpack(packed, count, sizes[i], &out, &bytes), IND_OK);
		ck_assert_uint_eq(bytes, sizes[i]);
		ck_assert(bytes == 0 || memcmp(out, text, bytes) == 0);
		free(out);
	}
	ck_assert(!gunzip_begins("\x1f", 1));
	ck_assert(!gunzip_begins("192.0.2.1\n", 10));
}
END_TEST

START_TEST(bounded)
{
	char *out;
	size_t bytes, count = pack(TEXT_BYTES);
	ck_assert_int_eq(unpack(packed, count, TEXT_BYTES - 1, &out, &bytes), IND_LIMIT);
	ck_assert_int_eq(unpack(packed, count, 0, &out, &bytes), IND_LIMIT);
}
END_TEST

START_TEST(damaged)
{
	char *out;
	size_t bytes, count = pack(1000);
	for (size_t cut = 0; cut < count; cut++)
		ck_assert_int_eq(unpack(packed, cut, TEXT_BYTES, &out, &bytes), IND_MALFORMED);
	packed[count - 6] ^= 1;
	ck_assert_int_eq(unpack(packed, count, TEXT_BYTES, &out, &bytes), IND_MALFORMED);
	packed[count - 6] ^= 1;
	packed[count] = 'x';
	ck_assert_int_eq(unpack(packed, count + 1, TEXT_BYTES, &out, &bytes), IND_MALFORMED);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("unpack");
	tcase_add_test(tcase, whole);
	tcase_add_test(tcase, bounded);
	tcase_add_test(tcase, damaged);
	return suite_run("unpack", tcase);
}
