/* SPDX-License-Identifier: Apache-2.0 */
/* What a folder says of a sensor's bundles. tests/e2e/retention.sh has real ones. */
#define _DEFAULT_SOURCE
#include "daemon/shelf.h"
#include "sample.h"
#include "support/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define S UINT64_C(1000000000)

static char folder[] = "/tmp/indicia-test-XXXXXX";
static int folder_fd;

static void setup(void)
{
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
}

static void teardown(void)
{
	char command[128];
	close(folder_fd);
	snprintf(command, sizeof command, "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void make(const char *name, const char *text)
{
	int fd = openat(folder_fd, name, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static const struct { const char *name; bool own; } names[] = {
	{ "fra-01-20261129T022101Z.ieb", true }, { "fra-01-20261129T022101Z-2.ieb", true }, { "fra-01-20261129T022101Z-2-3.ieb", true },
	{ "fra-01-20261129T022101Z.ieb.open", false }, { "fra-01-20261129T022101Z.ieb.iec", false }, { "fra-01-20261129T022101.ieb", false },
	{ "fra-0-20261129T022101Z.ieb", false }, { "fra-01-x-20261129T022101Z.ieb", false }, { "fra-01-20261129T022101Zx.ieb", false },
	{ "xfra-01-20261129T022101Z.ieb", false }, { "fra-01-2026112T9022101Z.ieb", false }, { "fra-01-.ieb", false }, { "", false }, { "fra-01", false },
};

START_TEST(own_names) { ck_assert_msg(shelf_is_own("fra-01", names[_i].name, ".ieb") == names[_i].own, "%s", names[_i].name); }
END_TEST

START_TEST(the_folder_is_looked_at)
{
	struct retain_shelf shelf = { 0 };
	bool all_held;
	static const char *const listed[] = { "s-20260101T000000Z.ieb", "s-20260101T000000Z-2.ieb", "s-20260102T000000Z.ieb", "s-20260103T000000Z.ieb" };
	for (size_t i = 0; i < 4; i++) {
		struct retain_bundle b = { .first_leaf = i };
		snprintf(b.name, sizeof b.name, "%s", listed[i]);
		ck_assert_int_eq(retain_add(&shelf, &b), IND_OK);
		if (i != 2)
			make(listed[i], "");
	}
	make("s-20260101T000000Z-2.ieb.hold", "");
	make("s-20260101T000000Z.ieb.hol", "");
	make("s-20260103T000000Z.ieb.0123abcd.iec", "");
	make("s-20260101T000000Z.ieb.0123ABCD.iec", "");
	make("s-20260101T000000Z-2.ieb.iec", "");
	ck_assert_int_eq(shelf_look(&shelf, folder_fd, &all_held), IND_OK);
	ck_assert(!all_held);
	ck_assert_uint_eq(shelf.count, 3);
	ck_assert(!shelf.list[0].held && !shelf.list[0].sides && shelf.list[1].held && shelf.list[1].sides && !shelf.list[2].held && shelf.list[2].sides);
	make("HOLD", "");
	ck_assert_int_eq(shelf_look(&shelf, folder_fd, &all_held), IND_OK);
	ck_assert(all_held);
	retain_free(&shelf);
}
END_TEST

/* Names lie: what is no bundle, a link or a folder is not overseen. */
START_TEST(only_bundles_are_overseen)
{
	struct retain_shelf shelf = { 0 };
	struct ind_key_public key = { .type = IND_KEY_ED25519 };
	bool more;
	make("s-20260101T000000Z.ieb", "this is no bundle");
	make("s-20260102T000000Z.ieb", "");
	ck_assert_int_eq(symlinkat("/etc/passwd", folder_fd, "s-20260103T000000Z.ieb"), 0);
	ck_assert_int_eq(mkdirat(folder_fd, "s-20260104T000000Z.ieb", 0700), 0);
	ck_assert_int_eq(mkfifoat(folder_fd, "s-20260105T000000Z.ieb", 0600), 0);
	ck_assert_int_eq(shelf_read(&shelf, folder_fd, "s", &key, 1, &more), IND_OK);
	ck_assert(!more && shelf.count == 0);
}
END_TEST

START_TEST(a_head_stands_at_the_end_or_nowhere)
{
	struct ind_kept_head head;
	char text[4096];
	memset(text, 'I', sizeof text);
	for (size_t bytes = 0; bytes < sizeof text; bytes += 97) {
		text[bytes] = '\0';
		make("x", text);
		int fd = openat(folder_fd, "x", O_RDONLY);
		ck_assert_int_eq(shelf_head(fd, bytes, &head), IND_MALFORMED);
		close(fd);
		text[bytes] = 'I';
	}
}
END_TEST

static const uint8_t nothing[IND_SHA256_BYTES];

START_TEST(a_custody_file_that_is_none_ships_nothing)
{
	struct ind_key_public key = { .type = IND_KEY_ED25519 };
	char id[SHELF_WHO_BYTES] = "";
	make("s.ieb.0123abcd.iec", "no log");
	make("s.ieb.00000000.iec", "\x89IEC\r\n\x1a\n");
	make("s.ieb.iec", "");
	ck_assert(!shelf_shipped(folder_fd, "s.ieb", nothing, &(struct shelf_keys){ &key, 1 }, id));
	ck_assert(!shelf_shipped(folder_fd, "s.ieb", NULL, &(struct shelf_keys){ &key, 1 }, id));
	ck_assert_str_eq(id, "");
}
END_TEST

/* A bundle of sensor tap-1, begun by a clock that says 1,000 s, and sealed an hour later by one that says so. */
static void bundle_make(const char *name, const struct keys *k, uint64_t sealed_s, bool has_clock, enum ind_seal_reason reason)
{
	struct memory m = { 0 };
	struct ind_sink sink = memory_sink(&m);
	struct ind_stream stream;
	struct ind_writer *w;
	struct ind_header h;
	sample_header(&h);
	sample_stream(&stream);
	h.created_ns = 1000 * S;
	ck_assert_int_eq(ind_writer_new(&sink, &stream, &h, k->identity, k->epoch, NULL, &w), IND_OK);
	struct ind_clock clock = { .boottime_ns = 50 * S, .realtime_ns = 1000 * S, .max_error_ns = IND_ABSENT_U64, .est_error_ns = IND_ABSENT_U64 };
	if (has_clock)
		ck_assert_int_eq(ind_writer_clock(w, &clock), IND_OK);
	struct ind_seal_info info = { .realtime_ns = 1001 * S, .boottime_ns = 51 * S };
	ck_assert_int_eq(ind_writer_seal(w, &info), IND_OK);
	info = (struct ind_seal_info){ .realtime_ns = sealed_s * S, .boottime_ns = 3650 * S, .reason = reason, .final = true };
	ck_assert_int_eq(ind_writer_seal(w, &info), IND_OK);
	ind_writer_free(w);
	int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_eq(write(fd, m.at, m.bytes), (ssize_t)m.bytes);
	close(fd);
	memory_free(&m);
}

static const struct { uint64_t sealed_s; bool has_clock; enum ind_seal_reason reason; uint64_t step_s; } sealed[] = {
	{ 4600, true, IND_SEAL_ROTATE, 0 }, { 4600, false, IND_SEAL_ROTATE, 0 }, { 900, true, IND_SEAL_ROTATE, 0 },
	{ 800004600, true, IND_SEAL_SHUTDOWN, 800000000 }, { 800004600, false, IND_SEAL_SHUTDOWN, 800000001 }, { 800004600, true, IND_SEAL_RECOVERY, 800000000 },
};

START_TEST(how_far_the_clock_moved_under_a_bundle)
{
	struct retain_bundle b;
	struct ind_key_public key;
	struct keys k;
	keys_make(&k, 3);
	ind_key_public(k.identity, &key);
	bundle_make("b.ieb", &k, sealed[_i].sealed_s, sealed[_i].has_clock, sealed[_i].reason);
	ck_assert_int_eq(shelf_bundle(folder_fd, "b.ieb", "tap-1", &key, 1, &b), IND_OK);
	ck_assert_uint_eq(b.created_ns, 1000 * S);
	ck_assert_uint_eq(b.sealed_ns, sealed[_i].sealed_s * S);
	retain_settle(&(struct retain_shelf){ &b, 1, 1 });
	ck_assert_uint_eq(b.step_ns, sealed[_i].step_s * S);
	ck_assert_uint_eq(b.boot_id[2], 3);
	ck_assert(b.recovered == (sealed[_i].reason == IND_SEAL_RECOVERY));
	keys_free(&k);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, own_names, 0, sizeof names / sizeof *names);
	tcase_add_test(t, the_folder_is_looked_at);
	tcase_add_test(t, only_bundles_are_overseen);
	tcase_add_test(t, a_head_stands_at_the_end_or_nowhere);
	tcase_add_test(t, a_custody_file_that_is_none_ships_nothing);
	tcase_add_loop_test(t, how_far_the_clock_moved_under_a_bundle, 0, sizeof sealed / sizeof *sealed);
	return suite_run("daemon shelf", t);
}
