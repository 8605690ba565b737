/* SPDX-License-Identifier: Apache-2.0 */
/* The boot key on disk: which one is in force when a run is cut at any step, and that what was used, copied or damaged is not taken. */
#define _GNU_SOURCE
#include "daemon/bootkey.h"
#include "support/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 136 };
static char folder[] = "/tmp/indicia-test-XXXXXX";
static struct bootkey place;
static struct ind_key *first, *second;
static struct ind_stream stream;

static void setup(void)
{
	const uint8_t a[IND_KEY_BYTES] = { 1 }, b[IND_KEY_BYTES] = { 2 };
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(bootkey_place(&place, folder, "one"), IND_OK);
	ck_assert_int_eq(ind_key_from_seed(a, &first), IND_OK);
	ck_assert_int_eq(ind_key_from_seed(b, &second), IND_OK);
	stream = (struct ind_stream){ .id = { 7 }, .leaves = 9, .epoch = 3, .key = { .bytes = { 5 } } };
}

static void teardown(void)
{
	unlink(place.path);
	unlink(place.next);
	ck_assert_int_eq(rmdir(folder), 0);
	ind_key_free(first);
	ind_key_free(second);
}

static void prepare(uint64_t epoch, const struct ind_key *key)
{
	struct ind_stream at = stream;
	at.epoch = epoch;
	ck_assert_int_eq(bootkey_prepare(&place, &at, key), IND_OK);
}

/* Is this the key that continues the stream in this epoch? NULL: none does. */
static bool continues(uint64_t epoch, const struct ind_key *expected)
{
	struct ind_stream at = { .leaves = 9, .epoch = epoch };
	struct ind_key *key = NULL;
	struct ind_key_public want;
	const char *why;
	memcpy(at.id, stream.id, sizeof at.id);
	enum ind_err err = bootkey_take(&place, &at, &key, &why);
	if (!expected)
		return err == IND_MISSING && why != NULL && key == NULL;
	ind_key_public(expected, &want);
	bool same = err == IND_OK && memcmp(&at.boot_key, &want, sizeof want) == 0 && memcmp(&at.key, &stream.key, sizeof at.key) == 0;
	ind_key_free(key);
	return same;
}

static size_t file_get(const char *path, uint8_t bytes[static 256])
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, bytes, 256) : 0;
	if (fd >= 0)
		close(fd);
	return n > 0 ? (size_t)n : 0;
}

static void file_put(const char *path, const uint8_t *bytes, size_t count)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(write(fd, bytes, count), (ssize_t)count);
	ck_assert_int_eq(ftruncate(fd, (off_t)count), 0);
	close(fd);
}

START_TEST(one_is_in_force_at_each_step)
{
	struct stat st;
	ck_assert(continues(3, NULL));
	prepare(3, first);
	ck_assert(continues(3, first));
	ck_assert_int_eq(stat(place.path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_ne(access(place.next, F_OK), 0);
	/* The next epoch: until its frame is durable the one before counts, then the prepared one. */
	prepare(4, second);
	ck_assert(continues(3, first));
	ck_assert(continues(4, second));
	/* It was taken, and another one that is prepared does not overwrite it. */
	ck_assert_int_ne(access(place.next, F_OK), 0);
	prepare(5, first);
	ck_assert(continues(4, second));
	ck_assert(continues(6, NULL));
	ck_assert(continues(3, NULL));
	prepare(5, first);
	ck_assert_int_eq(bootkey_commit(&place), IND_OK);
	ck_assert(continues(4, NULL));
	ck_assert(continues(5, first));
	prepare(4, second);
	ck_assert_int_eq(bootkey_commit(&place), IND_OK);
	ck_assert(continues(4, second));
	/* A prepared one that came to nothing gives way to another. */
	prepare(5, first);
	prepare(5, second);
	ck_assert(continues(5, second));
}
END_TEST

START_TEST(the_one_before_is_overwritten)
{
	uint8_t bytes[256], secret[IND_KEY_BYTES];
	char held[sizeof folder + 8];
	prepare(3, first);
	ck_assert_int_eq(bootkey_commit(&place), IND_OK);
	ck_assert_int_eq(ind_key_seed(first, secret), IND_OK);
	ck_assert_uint_eq(file_get(place.path, bytes), FILE_BYTES);
	ck_assert_ptr_nonnull(memmem(bytes, FILE_BYTES, secret, sizeof secret));
	snprintf(held, sizeof held, "%s/held", folder);
	ck_assert_int_eq(link(place.path, held), 0);
	prepare(4, second);
	ck_assert_int_eq(bootkey_commit(&place), IND_OK);
	ck_assert_uint_eq(file_get(held, bytes), FILE_BYTES);
	ck_assert_ptr_null(memmem(bytes, FILE_BYTES, secret, sizeof secret));
	unlink(held);
}
END_TEST

START_TEST(what_is_not_taken)
{
	uint8_t bytes[256];
	prepare(3, first);
	ck_assert_int_eq(bootkey_commit(&place), IND_OK);
	size_t count = file_get(place.path, bytes);
	for (size_t i = 0; i < count; i++) {
		bytes[i] ^= 1;
		file_put(place.path, bytes, count);
		ck_assert_msg(continues(3, NULL), "byte %zu", i);
		bytes[i] ^= 1;
	}
	file_put(place.path, bytes, count - 1);
	ck_assert(continues(3, NULL));
	file_put(place.path, bytes, count + 1);
	ck_assert(continues(3, NULL));
	file_put(place.path, bytes, count);
	ck_assert(continues(3, first));
	stream.id[15] ^= 1;
	ck_assert(continues(3, NULL));
	stream.id[15] ^= 1;
	chmod(place.path, 0640);
	ck_assert(continues(3, NULL));
	chmod(place.path, 0600);
	/* A copy that took its name, while the file itself still is. */
	char held[sizeof folder + 8];
	snprintf(held, sizeof held, "%s/held", folder);
	ck_assert_int_eq(rename(place.path, held), 0);
	file_put(place.path, bytes, count);
	ck_assert(continues(3, NULL));
	ck_assert_int_eq(rename(held, place.path), 0);
	ck_assert(continues(3, first));
}
END_TEST

/* What cannot be read now may be read later: nobody says that there is no key. */
START_TEST(what_cannot_be_read)
{
	struct ind_stream at = stream;
	struct ind_key *key = NULL;
	const char *why = NULL;
	ck_assert_int_eq(symlink(place.path, place.path), 0);
	ck_assert_int_eq(bootkey_take(&place, &at, &key, &why), IND_IO);
	ck_assert(key == NULL && why != NULL);
	ck_assert_int_eq(unlink(place.path), 0);
	ck_assert_int_eq(symlink(place.next, place.next), 0);
	ck_assert_int_eq(bootkey_take(&place, &at, &key, &why), IND_IO);
	ck_assert(key == NULL && why != NULL);
}
END_TEST

START_TEST(names)
{
	static char long_folder[5000];
	memset(long_folder, 'a', sizeof long_folder - 1);
	struct bootkey b;
	ck_assert_int_eq(bootkey_place(&b, long_folder, "one"), IND_LIMIT);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("boot key");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_is_in_force_at_each_step);
	tcase_add_test(t, the_one_before_is_overwritten);
	tcase_add_test(t, what_is_not_taken);
	tcase_add_test(t, what_cannot_be_read);
	tcase_add_test(t, names);
	return suite_run("daemon.bootkey", t);
}
