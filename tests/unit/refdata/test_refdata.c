/* SPDX-License-Identifier: Apache-2.0 */
/* Claims from the small data sets that tests/support/mmdb_make.pl makes. */
#include "refdata/refdata.h"
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct refdata *several;
static struct ind_claim claims[4];
static char error[REFDATA_ERROR_BYTES];

static void several_open(void)
{
	ck_assert_int_eq(refdata_open(DATA_FOLDER "/several", &several, error), IND_OK);
}

static void several_close(void) { refdata_close(several); }

static size_t ask(struct refdata *r, const char *addr)
{
	uint8_t bytes[16] = { 0 };
	bool six = strchr(addr, ':') != NULL;

	ck_assert_int_eq(inet_pton(six ? AF_INET6 : AF_INET, addr, bytes), 1);
	memset(claims, 0xaa, sizeof claims);
	return refdata_claims(r, six ? 6 : 4, bytes, claims, 4);
}

static void text_is(struct ind_text text, const char *expected)
{
	ck_assert_uint_eq(text.bytes, strlen(expected));
	ck_assert_mem_eq(text.at, expected, text.bytes);
}

static void silent(struct ind_text text) { ck_assert_uint_eq(text.bytes, 0); }

START_TEST(data_sets_say_what_they_are)
{
	static const char *const names[] = { "a-nested.mmdb", "b-flat.mmdb", "c-ip4.mmdb" };
	static const uint8_t nothing[IND_SHA256_BYTES];

	ck_assert_uint_eq(refdata_count(several), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct ind_data_set *set = refdata_data_set(several, i);
		text_is(set->name, names[i]);
		ck_assert_uint_eq(set->build_epoch_s, 1700000000);
		ck_assert_mem_ne(set->sha256, nothing, sizeof nothing);
	}
	text_is(refdata_data_set(several, 0)->type, "Test-Nested");
	text_is(refdata_data_set(several, 0)->licence, "CC0 1.0");
	silent(refdata_data_set(several, 1)->licence);
	ck_assert_ptr_null(refdata_data_set(several, 3));
}
END_TEST

START_TEST(one_claim_per_data_set_in_their_order)
{
	ck_assert_uint_eq(ask(several, "192.0.2.65"), 3);
	for (unsigned i = 0; i < 3; i++) {
		static const uint8_t addr[IND_ADDR_BYTES] = { 192, 0, 2, 65 };
		ck_assert_uint_eq(claims[i].data_set, i);
		ck_assert_uint_eq(claims[i].ip_version, 4);
		ck_assert_mem_eq(claims[i].addr, addr, sizeof addr);
	}
	ck_assert_uint_eq(claims[0].prefix_bits, 25);
	ck_assert_uint_eq(claims[1].prefix_bits, 24);
	ck_assert_uint_eq(claims[2].prefix_bits, 26);
	uint8_t addr[] = { 192, 0, 2, 65 };
	ck_assert_uint_eq(refdata_claims(several, 4, addr, claims, 2), 2);
}
END_TEST

START_TEST(nested_names)
{
	ck_assert_uint_ge(ask(several, "192.0.2.1"), 1);
	ck_assert_mem_eq(claims[0].country, "PE", 2);
	ck_assert_mem_eq(claims[0].registered_country, "UY", 2);
	text_is(claims[0].region, "CUS");
	text_is(claims[0].city, "Ccatcca \xc3\xb1");
	text_is(claims[0].timezone, "America/Lima");
	silent(claims[0].holder);
	ck_assert_uint_eq(claims[0].asn, 0);
	ck_assert_uint_eq(claims[0].flags, IND_CLAIM_HAS_POSITION);
	ck_assert_int_eq(claims[0].latitude_1e4, -136050);
	ck_assert_int_eq(claims[0].longitude_1e4, -715625);
	ck_assert_uint_eq(claims[0].radius_km, 20);
}
END_TEST

START_TEST(flat_names)
{
	ck_assert_uint_eq(ask(several, "192.0.2.1"), 2);
	ck_assert_mem_eq(claims[1].country, "CL", 2);
	text_is(claims[1].region, "Arica y Parinacota");
	text_is(claims[1].city, "Arica");
	text_is(claims[1].timezone, "America/Santiago");
	text_is(claims[1].holder, "EXAMPLE-CL");
	ck_assert_uint_eq(claims[1].asn, 64511);
	ck_assert_int_eq(claims[1].latitude_1e4, -185000);
	ck_assert_int_eq(claims[1].longitude_1e4, -702500);
	ck_assert_uint_eq(claims[1].radius_km, IND_ABSENT_U32);
}
END_TEST

START_TEST(a_position_out_of_range_is_silence)
{
	ck_assert_uint_ge(ask(several, "192.0.2.129"), 1);
	ck_assert_uint_eq(claims[0].data_set, 0);
	ck_assert_uint_eq(claims[0].flags, 0);
	ck_assert_uint_eq(claims[0].radius_km, IND_ABSENT_U32);
	text_is(claims[0].region, "Only a name");
}
END_TEST

START_TEST(marks)
{
	ck_assert_uint_eq(ask(several, "198.51.100.9"), 1);
	ck_assert_uint_eq(claims[0].data_set, 0);
	ck_assert_uint_eq(claims[0].flags, IND_CLAIM_ANYCAST | IND_CLAIM_ANONYMISER | IND_CLAIM_HOSTING);
	ck_assert_mem_eq(claims[0].country, "\0\0", 2);
}
END_TEST

START_TEST(empty_texts_half_positions_and_wrong_types_are_silence)
{
	ck_assert_uint_eq(ask(several, "203.0.113.5"), 1);
	ck_assert_uint_eq(claims[0].data_set, 1);
	ck_assert_mem_eq(claims[0].country, "\0\0", 2);
	text_is(claims[0].holder, "Only a holder");
	silent(claims[0].timezone);
	ck_assert_uint_eq(refdata_errors(several, 0) + refdata_errors(several, 1), 0);
}
END_TEST

START_TEST(ip_versions)
{
	ck_assert_uint_eq(ask(several, "2001:db8::1"), 1);
	ck_assert_mem_eq(claims[0].country, "NZ", 2);
	ck_assert_uint_eq(claims[0].asn, 64500);
	ck_assert_uint_eq(claims[0].prefix_bits, 32);
	text_is(claims[0].holder, "Example Net");
	ck_assert_uint_eq(ask(several, "::192.0.2.1"), 0);
	ck_assert_uint_eq(ask(several, "2001:db9::1"), 0);
	ck_assert_uint_eq(ask(several, "10.1.2.3"), 0);
}
END_TEST

START_TEST(a_large_as_number)
{
	ck_assert_uint_eq(ask(several, "192.0.2.127"), 3);
	ck_assert_uint_eq(claims[2].asn, 4200000000);
	text_is(claims[2].holder, "Example Four");
}
END_TEST

START_TEST(a_tree_without_ip4_is_silent_of_it)
{
	struct refdata *r;

	ck_assert_int_eq(refdata_open(DATA_FOLDER "/no-ip4", &r, error), IND_OK);
	ck_assert_uint_eq(ask(r, "192.0.2.1"), 0);
	ck_assert_uint_eq(ask(r, "::1:0:0:1"), 1);
	ck_assert_uint_eq(claims[0].prefix_bits, 64);
	refdata_close(r);
}
END_TEST

START_TEST(no_folder_is_an_empty_set)
{
	struct refdata *r;

	ck_assert_int_eq(refdata_open(DATA_FOLDER "/nowhere", &r, error), IND_OK);
	ck_assert_uint_eq(refdata_count(r), 0);
	ck_assert_uint_eq(ask(r, "192.0.2.1"), 0);
	refdata_close(r);
}
END_TEST

static void refused(const char *folder, enum ind_err expected, const char *named)
{
	struct refdata *r = several;

	error[0] = '\0';
	ck_assert_int_eq(refdata_open(folder, &r, error), expected);
	ck_assert_ptr_null(r);
	ck_assert_msg(strstr(error, named) != NULL, "\"%s\" does not name %s", error, named);
}

START_TEST(damage_is_refused_by_name)
{
	refused(DATA_FOLDER "/bad-tree", IND_MALFORMED, "tree.mmdb");
	refused(DATA_FOLDER "/bad-record", IND_MALFORMED, "record.mmdb");
	refused(DATA_FOLDER "/several/a-nested.mmdb", IND_IO, "a-nested.mmdb");
}
END_TEST

/* Every cut of a data set is refused or read; the sanitizers watch. */
START_TEST(every_cut)
{
	char folder[] = "/tmp/indicia-test-XXXXXX", path[64];
	uint8_t bytes[4096];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/cut.mmdb", folder);
	FILE *whole = fopen(DATA_FOLDER "/several/c-ip4.mmdb", "rb");
	ck_assert_ptr_nonnull(whole);
	size_t size = fread(bytes, 1, sizeof bytes, whole), opened = 0;
	fclose(whole);
	for (size_t cut = 0; cut < size; cut++) {
		struct refdata *r;
		FILE *f = fopen(path, "wb");
		ck_assert_ptr_nonnull(f);
		ck_assert_uint_eq(fwrite(bytes, 1, cut, f), cut);
		fclose(f);
		if (refdata_open(folder, &r, error) == IND_OK) {
			opened++;
			(void)ask(r, "192.0.2.65");
			refdata_close(r);
		} else {
			ck_assert_ptr_nonnull(strstr(error, "cut.mmdb"));
		}
	}
	ck_assert_uint_lt(opened, 40);
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	refused(folder, IND_IO, "cut.mmdb");
	unlink(path);
	rmdir(folder);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("refdata");
	TCase *read = tcase_create("claims"), *open = tcase_create("opening");

	tcase_add_checked_fixture(read, several_open, several_close);
	tcase_add_test(read, data_sets_say_what_they_are);
	tcase_add_test(read, one_claim_per_data_set_in_their_order);
	tcase_add_test(read, nested_names);
	tcase_add_test(read, flat_names);
	tcase_add_test(read, a_position_out_of_range_is_silence);
	tcase_add_test(read, marks);
	tcase_add_test(read, empty_texts_half_positions_and_wrong_types_are_silence);
	tcase_add_test(read, ip_versions);
	tcase_add_test(read, a_large_as_number);
	tcase_set_timeout(open, 60);
	tcase_add_test(open, a_tree_without_ip4_is_silent_of_it);
	tcase_add_test(open, no_folder_is_an_empty_set);
	tcase_add_test(open, damage_is_refused_by_name);
	tcase_add_test(open, every_cut);
	suite_add_tcase(suite, read);
	suite_add_tcase(suite, open);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
