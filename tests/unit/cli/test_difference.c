/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of rows held against each other: whole, or in parts because memory is short, the same is found. */
#include "cli/cli.h"
#include "cli/difference.h"
#include "cli/tell.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct side { unsigned count, step; const char *holder; };

static char folder[64], path[128], text[1 << 20];
static unsigned reads;

static void setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/indicia-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/out", folder);
	tell_quiet(true);
}

static void teardown(void)
{
	unlink(path);
	rmdir(folder);
}

/* Claims about numbers: each `step`-th of them has this holder, and the others have another one. */
static int read_side(void *ctx, struct rowset *set, bool first_pass)
{
	static struct query_row row;
	const struct side *side = ctx;
	reads += first_pass;
	for (unsigned i = 0; i < side->count; i++) {
		char what[32];
		row_start(&row, QUERY_KIND_CLAIM);
		row_u64(&row, QUERY_CLAIM_asn, i);
		row_text(&row, QUERY_CLAIM_holder, i % side->step ? "every one" : side->holder);
		row_text(&row, QUERY_CLAIM_city, side->holder); /* left out */
		snprintf(what, sizeof(what), "number %05u", i);
		ck_assert_int_eq(rowset_add(set, &row, what, strlen(what), UINT64_C(1) << QUERY_CLAIM_city, 0, NULL), IND_OK);
	}
	return CLI_DONE;
}

static int differ(struct side a, struct side b, uint64_t bytes_max)
{
	struct difference_options o = { .output = { .format = "ndjson", .write = path, .force = true }, .noun = "claims", .left = "a", .right = "b", .bytes_max = bytes_max };
	int status = difference_run(&o, (struct difference_side[]){ { read_side, &a }, { read_side, &b } });
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return status;
}

static unsigned lines(void)
{
	unsigned count = 0;
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		count++;
	return count;
}

#define ENDS(want) ck_assert_str_eq(strstr(text, "{\"type\":\"summary\""), want)

START_TEST(nothing_differs)
{
	ck_assert_int_eq(differ((struct side){ 10, 2, "x" }, (struct side){ 10, 2, "x" }, ROWSET_BYTES_DEFAULT), CLI_DONE);
	ck_assert_str_eq(text, "{\"type\":\"summary\",\"compared\":10,\"differing\":0,\"removed\":0,\"added\":0,\"changed\":0}\n");
}
END_TEST

START_TEST(all_three_changes)
{
	ck_assert_int_eq(differ((struct side){ 3, 2, "x" }, (struct side){ 2, 2, "y" }, ROWSET_BYTES_DEFAULT), CLI_NEGATIVE);
	ck_assert_str_eq(text, "{\"type\":\"difference\",\"change\":\"changed\",\"of\":\"claim\",\"what\":\"number 00000\",\"field\":\"holder\",\"a\":\"\\\"x\\\"\",\"b\":\"\\\"y\\\"\"}\n"
		"{\"type\":\"difference\",\"change\":\"removed\",\"of\":\"claim\",\"what\":\"number 00002\",\"a\":\"asn=2 holder=\\\"x\\\"\"}\n"
		"{\"type\":\"summary\",\"compared\":3,\"differing\":2,\"removed\":1,\"added\":0,\"changed\":1}\n");
	ck_assert_int_eq(differ((struct side){ 0, 1, "x" }, (struct side){ 1, 1, "y" }, ROWSET_BYTES_DEFAULT), CLI_NEGATIVE);
	ck_assert_ptr_nonnull(strstr(text, "\"change\":\"added\""));
	ENDS("{\"type\":\"summary\",\"compared\":1,\"differing\":1,\"removed\":0,\"added\":1,\"changed\":0}\n");
}
END_TEST

START_TEST(in_parts)
{
	static const char want[] = "{\"type\":\"summary\",\"compared\":2000,\"differing\":550,\"removed\":500,\"added\":0,\"changed\":50}\n";
	struct side a = { 2000, 30, "x" }, b = { 1500, 30, "y" };
	ck_assert_int_eq(differ(a, b, ROWSET_BYTES_DEFAULT), CLI_NEGATIVE);
	ENDS(want);
	unsigned whole = lines();
	reads = 0;
	ck_assert_int_eq(differ(a, b, 20000), CLI_NEGATIVE);
	ENDS(want);
	ck_assert_uint_eq(lines(), whole);
	ck_assert_uint_eq(reads, 2);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("difference");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_differs);
	tcase_add_test(t, all_three_changes);
	tcase_add_test(t, in_parts);
	return suite_run("difference", t);
}
