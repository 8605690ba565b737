/* SPDX-License-Identifier: Apache-2.0 */
#include "origin/origin.h"
#include "support/suite.h"

#include <string.h>

static uint64_t all[IND_SIGNAL_SET_WORDS] = { UINT64_MAX, UINT64_MAX };
static struct origin_set *set;
static struct ind_origin seen[8192];
static size_t seen_count;
static unsigned claims_said;

static void setup(void)
{
	ck_assert_int_eq(origin_set_new(all, 0, &set), IND_OK);
	seen_count = 0;
	claims_said = 0;
}

static void teardown(void) { origin_set_free(set); }

static unsigned claims(void *ctx, unsigned ip_version, const uint8_t *addr)
{
	(void)ctx, (void)ip_version, (void)addr;
	return claims_said;
}

static enum ind_err visit(void *ctx, const struct ind_origin *origin)
{
	(void)ctx;
	seen[seen_count++] = *origin;
	return IND_OK;
}

static struct ind_flow flow_of(unsigned src, unsigned dst, uint8_t validated)
{
	struct ind_flow f = { .start_ns = 100, .end_ns = 200, .packets = { 3, 2 }, .ip_version = 4, .proto = 6, .validated = validated };
	f.addr[IND_SRC][2] = (uint8_t)(src >> 8), f.addr[IND_SRC][3] = (uint8_t)src;
	f.addr[IND_DST][2] = (uint8_t)(dst >> 8), f.addr[IND_DST][3] = (uint8_t)dst;
	return f;
}

static struct ind_signal signal_of(unsigned id, unsigned from) { return (struct ind_signal){ .id = (uint16_t)id, .from = (uint8_t)from, .value = "x", .value_bytes = 1 }; }

static void flow_add(const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	origin_set_flow(set, flow, signals, count);
}

START_TEST(families_speak_for_the_address_that_sent)
{
	struct ind_flow f = flow_of(2, 1, IND_VALID_HANDSHAKE);
	struct ind_signal s[] = { signal_of(IND_SIG_TCP_SYN, IND_SRC), signal_of(IND_SIG_TLS_JA3S, IND_DST), signal_of(IND_SIG_TLS_VERSION, IND_DST) };
	flow_add(&f, s, 3);
	claims_said = IND_CLAIM_COUNTRY | IND_CLAIM_AS;
	ck_assert_int_eq(origin_set_finish(set, claims, visit, NULL), IND_OK);
	ck_assert_uint_eq(seen_count, 2);
	const struct ind_origin *server = &seen[0], *client = &seen[1];
	ck_assert_uint_eq(server->addr[3], 1);
	ck_assert_uint_eq(client->addr[3], 2);
	ck_assert_uint_eq(client->flows, 1);
	ck_assert_uint_eq(client->validated, 1);
	ck_assert_uint_eq(server->validated, 0);
	ck_assert_uint_eq(client->observations[IND_FAMILY_H], 1);
	ck_assert_uint_eq(client->missing[IND_FAMILY_H], IND_MISSING_NONE);
	ck_assert_uint_eq(client->missing[IND_FAMILY_A], IND_MISSING_NOT_SEEN);
	ck_assert_uint_eq(server->observations[IND_FAMILY_A], 2);
	ck_assert_uint_eq(server->missing[IND_FAMILY_L], IND_MISSING_ENCRYPTED);
	ck_assert_uint_eq(client->observations[IND_FAMILY_T], 2);
	ck_assert_uint_eq(client->missing[IND_FAMILY_E], IND_MISSING_REFDATA);
	ck_assert(client->signals[0] >> IND_SIG_TCP_SYN & 1);
}
END_TEST

/* A data set that was asked and is silent is not a data set that is missing. */
START_TEST(silence_of_what_was_asked)
{
	struct ind_flow f = flow_of(2, 1, IND_VALID_HANDSHAKE);
	origin_set_free(set);
	ck_assert_int_eq(origin_set_new(all, IND_CLAIM_COUNTRY | IND_CLAIM_LIST, &set), IND_OK);
	flow_add(&f, NULL, 0);
	claims_said = 0;
	ck_assert_int_eq(origin_set_finish(set, claims, visit, NULL), IND_OK);
	ck_assert_uint_eq(seen[0].claims, 0);
	ck_assert_uint_eq(seen[0].missing[IND_FAMILY_T], IND_MISSING_NOT_SEEN);
	ck_assert_uint_eq(seen[0].missing[IND_FAMILY_E], IND_MISSING_NOT_SEEN);
}
END_TEST

START_TEST(an_end_that_never_sent_has_no_record)
{
	struct ind_flow f = flow_of(2, 1, IND_VALID_ONE_WAY);
	f.packets[IND_DST] = 0;
	flow_add(&f, NULL, 0);
	ck_assert_int_eq(origin_set_finish(set, claims, visit, NULL), IND_OK);
	ck_assert_uint_eq(seen_count, 1);
	ck_assert_uint_eq(seen[0].missing[IND_FAMILY_V], IND_MISSING_SENSOR_LIMIT);
	ck_assert_uint_eq(seen[0].missing[IND_FAMILY_T], IND_MISSING_REFDATA);
}
END_TEST

START_TEST(what_policy_turned_off_is_said_so)
{
	uint64_t none[IND_SIGNAL_SET_WORDS] = { 0 };
	struct ind_flow f = flow_of(2, 1, IND_VALID_UNTESTABLE);
	origin_set_free(set);
	ck_assert_int_eq(origin_set_new(none, 0, &set), IND_OK);
	flow_add(&f, NULL, 0);
	ck_assert_int_eq(origin_set_finish(set, claims, visit, NULL), IND_OK);
	ck_assert_uint_eq(seen[0].missing[IND_FAMILY_A], IND_MISSING_POLICY);
}
END_TEST

START_TEST(many_addresses_come_sorted_and_counted)
{
	for (unsigned i = 0; i < 5000; i++) {
		struct ind_flow f = flow_of(1 + i * 7919 % 5000, 0x7777, IND_VALID_HANDSHAKE);
		struct ind_signal s = signal_of(IND_SIG_TCP_SYNACK, IND_DST);
		flow_add(&f, &s, 1);
	}
	ck_assert_int_eq(origin_set_finish(set, claims, visit, NULL), IND_OK);
	ck_assert_uint_eq(seen_count, 5001);
	for (size_t i = 1; i < seen_count; i++)
		ck_assert_int_lt(memcmp(seen[i - 1].addr, seen[i].addr, 16), 0);
	ck_assert_uint_eq(seen[5000].flows, 5000);
	ck_assert_uint_eq(seen[5000].observations[IND_FAMILY_H], 5000);
	ck_assert_uint_eq(origin_set_overflow(set), 0);
}
END_TEST

/* Addresses of one network differ behind the bytes that most are sorted by; version comes before address. */
START_TEST(neighbours_of_both_versions_come_sorted)
{
	for (unsigned i = 0; i < 3000; i++) {
		struct ind_flow f = flow_of(1 + i * 7 % 50, 0x7777, IND_VALID_HANDSHAKE);
		if (i % 3) {
			f.ip_version = 6;
			for (unsigned dir = 0; dir < 2; dir++)
				memset(f.addr[dir], 0, IND_ADDR_BYTES);
			f.addr[IND_SRC][7] = i % 2;
			f.addr[IND_SRC][15] = (uint8_t)(i * 31);
			f.addr[IND_DST][15] = 1;
		}
		flow_add(&f, NULL, 0);
	}
	ck_assert_int_eq(origin_set_finish(set, claims, visit, NULL), IND_OK);
	uint64_t flows = 0;
	for (size_t i = 0; i < seen_count; i++)
		flows += seen[i].flows;
	ck_assert_uint_eq(flows, 2 * 3000);
	for (size_t i = 1; i < seen_count; i++) {
		int order = seen[i - 1].ip_version - seen[i].ip_version;
		ck_assert_int_lt(order ? order : memcmp(seen[i - 1].addr, seen[i].addr, 16), 0);
	}
	ck_assert_uint_eq(seen[0].ip_version, 4);
	ck_assert_uint_eq(seen[seen_count - 1].ip_version, 6);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("origin");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, families_speak_for_the_address_that_sent);
	tcase_add_test(t, silence_of_what_was_asked);
	tcase_add_test(t, an_end_that_never_sent_has_no_record);
	tcase_add_test(t, what_policy_turned_off_is_said_so);
	tcase_add_test(t, many_addresses_come_sorted_and_counted);
	tcase_add_test(t, neighbours_of_both_versions_come_sorted);
	return suite_run("origin.origin", t);
}
