/* SPDX-License-Identifier: Apache-2.0 */
/* Reference data that are read beside the recording. */
#define _DEFAULT_SOURCE
#include "daemon/loader.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/indicia-loader-XXXXXX";
static char list[64], meta[64];

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static enum ind_err outcome(struct loader *l, struct refdata **read)
{
	enum ind_err err = IND_OK;
	loader_ask(l);
	while (!loader_take(l, read, &err))
		usleep(1000);
	return err;
}

START_TEST(reads_again)
{
	static struct loader l;
	struct refdata *read;
	enum ind_err err;
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(list, sizeof list, "%s/a.csv", folder);
	snprintf(meta, sizeof meta, "%s/a.csv.meta", folder);
	loader_stop(&l);
	ck_assert_int_eq(loader_start(&l, folder), IND_OK);
	ck_assert(!loader_take(&l, &read, &err));
	ck_assert_int_eq(outcome(&l, &read), IND_OK);
	ck_assert_uint_eq(refdata_count(read), 0);
	refdata_close(read);
	put(list, "indicator\n192.0.2.1\n");
	put(meta, "kind = ioc\ndate = 2026-11-20\ngrade = D4\n");
	ck_assert_int_eq(outcome(&l, &read), IND_OK);
	ck_assert_uint_eq(refdata_count(read), 1);
	refdata_close(read);
	put(meta, "kind = nonsense\n");
	ck_assert_int_ne(outcome(&l, &read), IND_OK);
	ck_assert_ptr_null(read);
	ck_assert_ptr_nonnull(strstr(l.error, "a.csv"));
	put(meta, "kind = ioc\ndate = 2026-11-20\ngrade = D4\n");
	loader_ask(&l);
	loader_stop(&l);
	unlink(list);
	unlink(meta);
	rmdir(folder);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("loader");
	tcase_add_test(tcase, reads_again);
	return suite_run("loader", tcase);
}
