/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that fit into memory, rows that do not, and a store that fails. */
#include "query/sort.h"
#include "query/value.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

enum { MANY = 60000, LEAST_MEMORY = 1 };

static struct { uint8_t *bytes; size_t used, room; unsigned appends, fail_at; } store;
static struct query_row row;

static enum ind_err append(void *ctx, const void *bytes, size_t count)
{
	(void)ctx;
	if (store.fail_at && ++store.appends == store.fail_at)
		return IND_IO;
	if (store.used + count > store.room) {
		store.room = 2 * (store.used + count);
		store.bytes = realloc(store.bytes, store.room);
		ck_assert_ptr_nonnull(store.bytes);
	}
	memcpy(store.bytes + store.used, bytes, count);
	store.used += count;
	return IND_OK;
}

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count)
{
	(void)ctx;
	ck_assert_uint_le(offset + count, store.used);
	memcpy(bytes, store.bytes + offset, count);
	return IND_OK;
}

static struct sort *start(const char *keys, uint64_t most)
{
	struct sort_options o = { .most = most, .memory_bytes = LEAST_MEMORY, .append = append, .read_at = read_at };
	const char *bad;
	size_t bad_bytes;
	free(store.bytes);
	memset(&store, 0, sizeof(store));
	ck_assert(sort_keys_parse(keys, &query_kinds[QUERY_KIND_SIGNAL], &o, &bad, &bad_bytes));
	struct sort *s = sort_new(&query_kinds[QUERY_KIND_SIGNAL], &o);
	ck_assert_ptr_nonnull(s);
	return s;
}

static uint64_t shuffled(uint64_t i) { return i * 7919 % MANY; }

static enum ind_err add_many(struct sort *s)
{
	enum ind_err err = IND_OK;
	for (uint64_t i = 0; i < MANY && err == IND_OK; i++) {
		row_start(&row, QUERY_KIND_SIGNAL);
		row_u64(&row, QUERY_SIGNAL_packet, shuffled(i));
		row_time(&row, QUERY_SIGNAL_time, shuffled(i) / 100);
		row_text(&row, QUERY_SIGNAL_value, "some text that takes room");
		err = sort_add(s, &row);
	}
	return err;
}

START_TEST(more_than_memory)
{
	struct sort *s = start("-packet", UINT64_MAX);
	ck_assert_int_eq(add_many(s), IND_OK);
	ck_assert_int_eq(sort_end(s), IND_OK);
	for (uint64_t i = MANY; i-- > 0;) {
		ck_assert_int_eq(sort_next(s, &row), IND_OK);
		ck_assert_uint_eq(row.cell[QUERY_SIGNAL_packet].number, i);
		ck_assert_uint_eq(row.cell[QUERY_SIGNAL_time].number, i / 100);
		ck_assert_mem_eq(row.cell[QUERY_SIGNAL_value].text, "some text", 9);
		ck_assert_int_eq(row.cell[QUERY_SIGNAL_side].form, CELL_ABSENT);
	}
	ck_assert_int_eq(sort_next(s, &row), IND_END);
	ck_assert_uint_gt(store.used, 0);
	sort_free(s);
}
END_TEST

START_TEST(equal_rows_stay_as_they_came)
{
	struct sort *s = start("time", UINT64_MAX);
	uint64_t time = 0, place = 0;
	ck_assert_int_eq(add_many(s), IND_OK);
	ck_assert_int_eq(sort_end(s), IND_OK);
	uint64_t *came = calloc(MANY, sizeof(*came));
	for (uint64_t i = 0; i < MANY; i++)
		came[shuffled(i)] = i;
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_int_eq(sort_next(s, &row), IND_OK);
		uint64_t now = row.cell[QUERY_SIGNAL_time].number, at = came[row.cell[QUERY_SIGNAL_packet].number];
		ck_assert(i == 0 || now > time || (now == time && at > place));
		time = now;
		place = at;
	}
	free(came);
	sort_free(s);
}
END_TEST

/* The first few of many need no store. */
START_TEST(few_of_many)
{
	struct sort *s = start("packet", 10);
	ck_assert_int_eq(add_many(s), IND_OK);
	ck_assert_int_eq(sort_end(s), IND_OK);
	for (uint64_t i = 0; i < 10; i++) {
		ck_assert_int_eq(sort_next(s, &row), IND_OK);
		ck_assert_uint_eq(row.cell[QUERY_SIGNAL_packet].number, i);
	}
	ck_assert_int_eq(sort_next(s, &row), IND_END);
	ck_assert_uint_eq(store.used, 0);
	sort_free(s);
}
END_TEST

START_TEST(order_of_values)
{
	static const char *const ascending[] = { "-12", "-3.5", "0", "7", "10.25", "", "a", "a\xff", "ab", "b" };
	enum { COUNT = sizeof(ascending) / sizeof(ascending[0]) };
	for (unsigned descending = 0; descending < 2; descending++) {
		struct sort *s = start(descending ? "-value" : "value", UINT64_MAX);
		for (size_t i = 0; i < COUNT; i++) {
			const char *value = ascending[i * 7 % COUNT];
			row_start(&row, QUERY_KIND_SIGNAL);
			row_text(&row, QUERY_SIGNAL_value, value);
			if (*value && strspn(value, "-0123456789.") == strlen(value))
				row.cell[QUERY_SIGNAL_value].form = CELL_DECIMAL;
			ck_assert_int_eq(sort_add(s, &row), IND_OK);
		}
		ck_assert_int_eq(sort_end(s), IND_OK);
		/* The empty one is absent, and last both ways. */
		static const char *const want[] = { "-12", "-3.5", "0", "7", "10.25", "a", "ab", "a\xff", "b" };
		for (size_t i = 0; i + 1 < COUNT; i++) {
			const char *value = want[descending ? COUNT - 2 - i : i];
			ck_assert_int_eq(sort_next(s, &row), IND_OK);
			ck_assert_uint_eq(row.cell[QUERY_SIGNAL_value].count, strlen(value));
			ck_assert_mem_eq(row.cell[QUERY_SIGNAL_value].text, value, strlen(value));
		}
		ck_assert_int_eq(sort_next(s, &row), IND_OK);
		ck_assert_int_eq(row.cell[QUERY_SIGNAL_value].form, CELL_ABSENT);
		sort_free(s);
	}
}
END_TEST

START_TEST(a_store_that_fails)
{
	struct sort *s = start("packet", UINT64_MAX);
	store.fail_at = 100;
	enum ind_err err = add_many(s);
	ck_assert_int_eq(err, IND_IO);
	sort_free(s);
	free(store.bytes);
	memset(&store, 0, sizeof(store));
}
END_TEST

START_TEST(keys)
{
	struct sort_options o;
	const char *bad;
	size_t bytes;
	const struct query_kind *kind = &query_kinds[QUERY_KIND_FLOW];
	ck_assert(sort_keys_parse("-sbytes,start", kind, &o, &bad, &bytes));
	ck_assert_uint_eq(o.key_count, 2);
	ck_assert(o.keys[0].descending && !o.keys[1].descending);
	ck_assert(!sort_keys_parse("start,nothing", kind, &o, &bad, &bytes));
	ck_assert_str_eq(bad, "nothing");
	ck_assert(!sort_keys_parse("start,", kind, &o, &bad, &bytes));
	ck_assert(!sort_keys_parse("start,end,proto,saddr,sport,daddr,dport,orient,spkts", kind, &o, &bad, &bytes));
	ck_assert_ptr_null(bad);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("sort");
	tcase_add_test(c, more_than_memory);
	tcase_add_test(c, equal_rows_stay_as_they_came);
	tcase_add_test(c, few_of_many);
	tcase_add_test(c, order_of_values);
	tcase_add_test(c, a_store_that_fails);
	tcase_add_test(c, keys);
	return suite_run("sort", c);
}
