/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever knows the code but not the key cannot make look-ups long. */
#include "support/suite.h"
#include "support/tuples.h"

#include <stdlib.h>

enum { FLOWS = 16384, FEWER = 4096, SLOTS = 65536, AIMED = 1024, KEYS = 16 };

struct probes { double mean; uint64_t longest; };

static struct flow_table table;

static void ended_forget(void *ctx, struct flow *f, enum ind_flow_end reason)
{
	(void)ctx;
	(void)f;
	(void)reason;
}

/* How many places a look-up of the key looks at; 0: it is not found. */
static uint64_t probes_of(const struct flow_key *key)
{
	uint64_t hash = flow_hash(&table, key), at = hash >> 24 & table.slot_mask, count = 1;
	while (table.slots[at] >> 24 != hash >> 24) {
		if (table.slots[at] == 0)
			return 0;
		at = (at + 1) & table.slot_mask;
		count++;
	}
	return count;
}

static struct probes probes_measure(const struct flow_key *keys, size_t count, struct hash_key hash_key)
{
	struct flow_limits limits = { .flows = FLOWS * 2, .head_buffers = 1, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	struct frame frame = { .time_ns = UINT64_C(1700000000000000000) };
	struct probes probes = { 0 };
	uint64_t sum = 0, lost = 0;
	bool is_new;
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	table.ended = ended_forget;
	table.hash_key = hash_key;
	for (size_t i = 0; i < count; i++) {
		struct packet p = { .frame = &frame, .proto = keys[i].proto, .ip_version = 4, .has_ports = true, .port = { keys[i].port[0], keys[i].port[1] } };
		flow_of(&table, &keys[i], flow_hash(&table, &keys[i]), 0, &p, &is_new);
	}
	ck_assert_uint_eq(table.slot_mask + 1, SLOTS);
	for (size_t i = 0; i < count; i++) {
		uint64_t looked = probes_of(&keys[i]);
		lost += looked == 0;
		sum += looked;
		probes.longest = looked > probes.longest ? looked : probes.longest;
	}
	ck_assert_uint_eq(lost, 0);
	probes.mean = (double)sum / (double)count;
	flow_table_release(&table);
	return probes;
}

static struct flow_key *keys_make(bool crafted)
{
	struct flow_key *keys = calloc(FLOWS, sizeof *keys);
	uint64_t state = 88172645463325252;
	ck_assert_ptr_nonnull(keys);
	for (size_t i = 0; i < FLOWS; i++)
		if (crafted)
			tuple_crafted(&state, SLOTS, AIMED, &keys[i]);
		else
			tuple_random(&state, &keys[i]);
	return keys;
}

/* The control: against a table without a key the same tuples do what they were made for. Fewer, for each costs as much as all before it. */
START_TEST(without_a_key_they_crowd)
{
	struct flow_key *keys = keys_make(true);
	struct probes crowd = probes_measure(keys, FEWER, (struct hash_key){ 0, 0 });
	ck_assert(crowd.mean > 1000);
	ck_assert_uint_gt(crowd.longest, FEWER / 2);
	free(keys);
}
END_TEST

/* A table that is a quarter full looks at 1.17 places in the mean (Knuth, volume 3, section 6.4); the longest of so many runs is some tens. */
START_TEST(with_a_key_they_are_as_random_ones)
{
	struct flow_key *crafted = keys_make(true), *random = keys_make(false);
	uint64_t state = 1181783497276652981;
	for (int i = 0; i < KEYS; i++) {
		struct hash_key key = { tuple_chance(&state), tuple_chance(&state) };
		struct probes aimed = probes_measure(crafted, FLOWS, key), free_ones = probes_measure(random, FLOWS, key);
		ck_assert(aimed.mean < free_ones.mean * 1.05 && aimed.mean < 1.25);
		ck_assert_uint_le(aimed.longest, 32);
		ck_assert_uint_le(free_ones.longest, 32);
	}
	free(crafted);
	free(random);
}
END_TEST

/* The key is drawn anew for each table: what was found out about one helps against none other. */
START_TEST(keys_are_drawn)
{
	struct flow_limits limits = { .flows = 16, .head_buffers = 1, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	struct hash_key first;
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	first = table.hash_key;
	flow_table_release(&table);
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	ck_assert(table.hash_key.k0 != first.k0 && table.hash_key.k1 != first.k1);
	ck_assert(table.hash_key.k0 != 0 && table.hash_key.k1 != 0);
	flow_table_release(&table);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("crafted");
	tcase_add_test(t, without_a_key_they_crowd);
	tcase_add_test(t, with_a_key_they_are_as_random_ones);
	tcase_add_test(t, keys_are_drawn);
	return suite_run("flow.crafted", t);
}
