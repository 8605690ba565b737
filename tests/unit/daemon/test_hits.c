/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hits.h"
#include "support/suite.h"
#include <string.h>

static struct hits hits;

static struct ind_signal signal_of(uint16_t id, const char *value)
{
	return (struct ind_signal){ .id = id, .value = value, .value_bytes = (uint16_t)strlen(value) };
}

START_TEST(each_value_of_an_address_is_new_once)
{
	const uint8_t a[16] = { 192, 0, 2, 1 }, b[16] = { 192, 0, 2, 2 };
	struct ind_signal x = signal_of(10, "x"), y = signal_of(10, "y"), other = signal_of(11, "x");
	ck_assert(!hits_any(&hits, 4, a));
	ck_assert(hits_add(&hits, 4, a, &x));
	ck_assert(!hits_add(&hits, 4, a, &x));
	ck_assert(hits_add(&hits, 4, a, &y));
	ck_assert(hits_add(&hits, 4, a, &other));
	ck_assert(hits_add(&hits, 6, a, &x));
	ck_assert(hits_any(&hits, 4, a) && hits_any(&hits, 6, a) && !hits_any(&hits, 4, b));
	hits_clear(&hits);
	ck_assert(!hits_any(&hits, 4, a));
	ck_assert(hits_add(&hits, 4, a, &x));
	hits_clear(&hits);
}
END_TEST

START_TEST(growth)
{
	enum { COUNT = 20000 };
	struct ind_signal x = signal_of(10, "x");
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < COUNT; i++) {
			const uint8_t addr[16] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i };
			ck_assert_int_eq(hits_add(&hits, 4, addr, &x), round == 0);
		}
	ck_assert_uint_eq(hits.count, 2 * COUNT);
	hits_clear(&hits);
}
END_TEST

/* Bytes of an IPv4 address behind the fourth are nobody's. */
START_TEST(only_the_address_counts)
{
	uint8_t addr[16] = { 192, 0, 2, 1, 9 };
	char longest[IND_VALUE_MAX_BYTES];
	memset(longest, 'x', sizeof longest);
	struct ind_signal x = { .id = 10, .value = longest, .value_bytes = sizeof longest };
	ck_assert(hits_add(&hits, 4, addr, &x));
	addr[4] = 0;
	ck_assert(!hits_add(&hits, 4, addr, &x));
	hits_clear(&hits);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("hits");
	tcase_add_test(t, each_value_of_an_address_is_new_once);
	tcase_add_test(t, growth);
	tcase_add_test(t, only_the_address_counts);
	return suite_run("daemon.hits", t);
}
