/* SPDX-License-Identifier: Apache-2.0 */
/* Which records and groups of fields the words of `disclose` choose. */
#include "cli/choice.h"
#include "cli/cli.h"
#include "support/suite.h"
#include <string.h>

static struct choice choice;

static void setup(void) { choice = (struct choice){ 0 }; }
static void teardown(void) { choice_free(&choice); }

/* Of the stream 3f9a6c01… */
static struct ind_record record_at(enum ind_record_kind kind, uint64_t leaf, uint32_t row)
{
	struct ind_record r;
	memset(&r, 0, sizeof(r));
	r.kind = kind;
	memcpy(r.id.stream_id, "\x3f\x9a\x6c\x01", 4);
	r.id.leaf = leaf;
	r.id.row = row;
	return r;
}

static bool takes(enum ind_record_kind kind, uint64_t leaf, uint32_t row, uint32_t *opened)
{
	struct ind_record r = record_at(kind, leaf, row);
	return choice_takes(&choice, &r, opened);
}

START_TEST(ids)
{
	uint32_t opened;
	ck_assert_int_eq(choice_records(&choice, "3f9a6c01:12:345:2,3f9a6c01:0:0,3f9a6c01:12:345"), CLI_DONE);
	ck_assert_int_eq(choice_records(&choice, "3f9a6c02:12:346"), CLI_DONE);
	ck_assert_int_eq(choice_records(&choice, "3f9a6c01:18446744073709551615:4294967295"), CLI_DONE);
	choice_ready(&choice);
	ck_assert(takes(IND_REC_FLOW, 12, 345, &opened) && opened == 0);
	ck_assert(takes(IND_REC_CLAIM, 0, 0, &opened));
	ck_assert(takes(IND_REC_FLOW, UINT64_MAX, UINT32_MAX, &opened));
	ck_assert(!takes(IND_REC_FLOW, 12, 344, &opened));
	/* That id is of another stream. */
	ck_assert(!takes(IND_REC_FLOW, 12, 346, &opened));
	ck_assert_int_eq(choice_found_all(&choice), CLI_MISSING);
}
END_TEST

START_TEST(all_were_there)
{
	uint32_t opened;
	ck_assert_int_eq(choice_records(&choice, "3f9a6c01:1:2,3f9a6c01:1:2"), CLI_DONE);
	choice_ready(&choice);
	ck_assert(takes(IND_REC_FLOW, 1, 2, &opened));
	ck_assert_int_eq(choice_found_all(&choice), CLI_DONE);
}
END_TEST

START_TEST(no_ids)
{
	static const char *const wrong[] = {
		"", ",", "3f9a6c01", "3f9a6c01:", "3f9a6c01:1", "3f9a6c01:1:", "3f9a6c01::1", "3F9A6C01:1:1", "3f9a6c0:1:1", "3f9a6c011:1:1", "3f9a6c01:01:1",
		"3f9a6c01:1:1:", "3f9a6c01:1:1:1:1", "3f9a6c01:1:1x", "3f9a6c01:18446744073709551616:1", "3f9a6c01:1:4294967296", "3f9a6c01:1:1,", "3f9a6c01:-1:1",
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(choice_records(&choice, wrong[i]) == CLI_USAGE, "'%s'", wrong[i]);
}
END_TEST

START_TEST(groups)
{
	uint32_t opened;
	choice.kinds = UINT32_MAX;
	ck_assert_int_eq(choice_show(&choice, "core,src-prefix"), CLI_DONE);
	ck_assert(takes(IND_REC_FLOW, 1, 1, &opened) && opened == IND_OPEN_SRC_PREFIX);
	ck_assert(takes(IND_REC_ORIGIN, 1, 1, &opened) && opened == 0);
	/* A host shows its network too. */
	ck_assert_int_eq(choice_show(&choice, "dst-host,host"), CLI_DONE);
	ck_assert(takes(IND_REC_FLOW, 1, 1, &opened) && opened == (IND_OPEN_SRC_PREFIX | IND_OPEN_DST_PREFIX | IND_OPEN_DST_HOST));
	ck_assert(takes(IND_REC_CLAIM, 1, 1, &opened) && opened == (IND_OPEN_CLAIM_PREFIX | IND_OPEN_CLAIM_HOST));
	ck_assert(takes(IND_REC_EXHIBIT, 1, 1, &opened) && opened == 0);
	ck_assert_int_eq(choice_show(&choice, "all"), CLI_DONE);
	ck_assert(takes(IND_REC_EXHIBIT, 1, 1, &opened) && opened == UINT32_MAX);
	ck_assert_int_eq(choice_show(&choice, "path,"), CLI_USAGE);
	ck_assert_int_eq(choice_show(&choice, ""), CLI_USAGE);
	ck_assert_int_eq(choice_show(&choice, "source"), CLI_USAGE);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("choice");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, ids);
	tcase_add_test(t, all_were_there);
	tcase_add_test(t, no_ids);
	tcase_add_test(t, groups);
	return suite_run("choice", t);
}
