/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of chosen records: what is opened comes back as it was, what is hidden is not in the file, and nothing but the file itself is accepted. */
#include "bundle/tree_path.h"
#include "disclosed.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

static struct keys keys;
static struct memory bundle, proof;
static const uint8_t seed[32] = { 7 };
enum { RECORDS = 11, GROUPS_ALL = 63 };

static void setup(void)
{
	keys_make(&keys, 5);
	sample_bundle(&bundle, RECORDS, &keys, seed);
}

static void teardown(void)
{
	memory_free(&bundle);
	memory_free(&proof);
	keys_free(&keys);
}

static bool holds(const struct memory *m, const void *bytes, size_t count)
{
	for (size_t i = 0; i + count <= m->bytes; i++)
		if (memcmp(m->at + i, bytes, count) == 0)
			return true;
	return false;
}

static bool same_signal(const struct ind_signal *a, const struct ind_signal *b)
{
	return a->id == b->id && a->side == b->side && a->from == b->from && a->flags == b->flags && a->time_ns == b->time_ns && a->packet == b->packet &&
		a->value_bytes == b->value_bytes && memcmp(a->value, b->value, a->value_bytes) == 0 && !a->sha256 == !b->sha256 &&
		(!a->sha256 || memcmp(a->sha256, b->sha256, IND_SHA256_BYTES) == 0);
}

static void check_flow(const struct ind_record *got, unsigned i)
{
	struct ind_flow flow;
	struct ind_signal signals[SAMPLE_SIGNALS];
	struct sample_values values;
	sample_flow(i, &flow);
	size_t count = sample_signals(i, &flow, signals, &values);
	ck_assert_mem_eq(&got->flow.flow, &flow, sizeof flow);
	ck_assert_uint_eq(got->flow.signal_count, count);
	for (size_t k = 0; k < count; k++)
		ck_assert_msg(same_signal(&got->flow.signals[k], &signals[k]), "signal %zu of flow %u", k, i);
}

static void check_claim(const struct ind_claim *got, unsigned i)
{
	struct ind_claim claim;
	sample_claim(i, &claim);
	ck_assert_uint_eq(got->asn, claim.asn);
	ck_assert_uint_eq(got->radius_km, claim.radius_km);
	ck_assert_int_eq(got->latitude_1e4, claim.latitude_1e4);
	ck_assert_mem_eq(got->more_asn, claim.more_asn, sizeof claim.more_asn);
	ck_assert_mem_eq(got->addr, claim.addr, sizeof claim.addr);
	ck_assert_uint_eq(got->label.bytes, claim.label.bytes);
	if (claim.city.bytes)
		ck_assert_mem_eq(got->city.at, claim.city.at, claim.city.bytes);
	ck_assert_uint_eq(got->data_set, claim.data_set);
}

static void check_origin(const struct ind_origin *got, unsigned i)
{
	struct ind_origin origin, plain = *got;
	sample_origin(i, &origin);
	ck_assert_uint_eq(got->cell_count, origin.cell_count);
	if (origin.cell_count)
		ck_assert_mem_eq(got->cells, origin.cells, origin.cell_count * sizeof *origin.cells);
	plain.cells = origin.cells;
	ck_assert_mem_eq(&plain, &origin, sizeof origin);
}

static unsigned checked[IND_REC_SEAL + 1];

static void check_record(void *ctx, const struct ind_disclosed *d)
{
	struct ind_exhibit exhibit;
	const struct ind_record *r = &d->record;
	unsigned i = checked[r->kind]++;
	(void)ctx;
	switch (r->kind) {
	case IND_REC_FLOW: check_flow(r, i); break;
	case IND_REC_CLAIM: check_claim(&r->claim, i); break;
	case IND_REC_ORIGIN: check_origin(&r->origin, i); break;
	case IND_REC_EXHIBIT:
		sample_exhibit(i, &exhibit);
		ck_assert_uint_eq(r->exhibit.bytes_count, exhibit.bytes_count);
		ck_assert_mem_eq(r->exhibit.bytes, exhibit.bytes, exhibit.bytes_count);
		ck_assert_uint_eq(r->exhibit.packet, exhibit.packet);
		break;
	default: ck_assert_int_eq(r->kind, IND_REC_HEADER);
	}
}

START_TEST(everything_comes_back)
{
	struct pick pick = { .all = true, .opened = GROUPS_ALL };
	struct ind_disclose_made made = disclosed_make(&bundle, &keys, &pick, &proof);
	struct ind_source source = memory_source(&proof);
	struct ind_key_public trusted;
	struct ind_disclosure_result r;
	ind_key_public(keys.identity, &trusted);
	memset(checked, 0, sizeof checked);
	ck_assert_int_eq(ind_disclosure_check(&source, &(struct ind_verify_options){ .trusted = &trusted, .trusted_count = 1 }, check_record, NULL, &r), IND_OK);
	ck_assert_msg(r.verify.verdict == IND_VERDICT_VALID, "%s %s", ind_verdict_name(r.verify.verdict), r.verify.reason);
	ck_assert_uint_eq(made.records, 4 * RECORDS);
	ck_assert_uint_eq(made.frames, 8);
	ck_assert_uint_eq(made.bytes, proof.bytes);
	ck_assert_uint_eq(r.verify.records, 4 * RECORDS);
	ck_assert_uint_eq(r.frame_records, 4 * RECORDS);
	ck_assert_uint_eq(r.bundle_records, 4 * RECORDS);
	ck_assert_uint_eq(r.flows, RECORDS);
	ck_assert(r.final && r.deterministic);
	ck_assert_uint_eq(r.verify.not_after_ns, 1700000020000000000);
	ck_assert_uint_eq(checked[IND_REC_HEADER], 1);
	ck_assert_uint_eq(checked[IND_REC_FLOW], RECORDS);
	ck_assert_uint_eq(checked[IND_REC_ORIGIN], RECORDS);
}
END_TEST

/* Every record alone, every set of groups: what is opened is what was recorded, and the rest of it is not in the file. */
START_TEST(each_record_alone)
{
	for (unsigned i = 0; i < 4 * RECORDS; i++) {
		for (uint32_t opened = 0; opened < 64; opened++) {
			struct pick pick = { .only = true, .number = i, .opened = opened };
			struct ind_disclose_made made = disclosed_make(&bundle, &keys, &pick, &proof);
			struct disclosed_seen seen;
			struct ind_disclosure_result r = disclosed_check(&proof, &keys, &seen);
			ck_assert_msg(r.verify.verdict == IND_VERDICT_VALID, "record %u, groups %u: %s", i, opened, r.verify.reason);
			ck_assert_uint_eq(made.records, 1);
			ck_assert_uint_eq(seen.records, 1);
			ck_assert_uint_eq(seen.kind, pick.record.kind);
			ck_assert_uint_eq(seen.opened, opened & disclosed_groups(pick.record.kind));
			ck_assert_mem_eq(&seen.id, &pick.record.id, sizeof seen.id);
			memory_free(&proof);
		}
	}
}
END_TEST

START_TEST(hidden_hosts_are_not_there)
{
	for (unsigned i = 0; i < RECORDS; i++) {
		struct ind_flow flow;
		struct pick pick = { .only = true, .kind = IND_REC_FLOW, .number = i, .opened = IND_OPEN_SRC_PREFIX | IND_OPEN_DST_PREFIX | IND_OPEN_PATH };
		sample_flow(i, &flow);
		disclosed_make(&bundle, &keys, &pick, &proof);
		size_t addr = flow.ip_version == 4 ? 4 : 16, prefix = flow.ip_version == 4 ? 3 : 6;
		ck_assert(holds(&proof, flow.addr[0], prefix));
		ck_assert(!holds(&proof, flow.addr[0], addr));
		ck_assert(!holds(&proof, flow.addr[1], addr));
		if (flow.ip_version == 6)
			ck_assert(!holds(&proof, flow.addr[0] + prefix, addr - prefix));
		const uint8_t host_port[] = { flow.addr[0][3], (uint8_t)(flow.port[0] >> 8), (uint8_t)flow.port[0] };
		if (flow.ip_version == 4 && i)
			ck_assert(!holds(&proof, host_port, sizeof host_port));
		ck_assert(!holds(&proof, "value 1 of", 10));
		memory_free(&proof);
	}
}
END_TEST

/* T14: every bit, every cut, a byte more. */
START_TEST(every_flip)
{
	struct pick pick = { .only = true, .kind = IND_REC_FLOW, .number = 4, .opened = IND_OPEN_SRC_PREFIX | IND_OPEN_NAMES };
	disclosed_make(&bundle, &keys, &pick, &proof);
	for (size_t bit = 0; bit < proof.bytes * 8; bit++) {
		damage_flip(&proof, bit);
		struct ind_disclosure_result r = disclosed_check(&proof, &keys, NULL);
		ck_assert_msg(r.verify.verdict == IND_VERDICT_ALTERED || r.verify.verdict == IND_VERDICT_UNSUPPORTED, "bit %zu: %s", bit, ind_verdict_name(r.verify.verdict));
		ck_assert_msg(r.verify.reason[0] != '\0', "bit %zu", bit);
		damage_flip(&proof, bit);
	}
	ck_assert_int_eq(disclosed_check(&proof, &keys, NULL).verify.verdict, IND_VERDICT_VALID);
	for (size_t whole = proof.bytes, cut = 0; cut < whole; cut++) {
		proof.bytes = cut;
		ck_assert_int_eq(disclosed_check(&proof, &keys, NULL).verify.verdict, IND_VERDICT_ALTERED);
		proof.bytes = whole;
	}
	struct ind_sink sink = memory_sink(&proof);
	ck_assert_int_eq(sink.write(sink.ctx, "", 1), IND_OK);
	ck_assert_str_eq(disclosed_check(&proof, &keys, NULL).verify.reason, "proof_form");
}
END_TEST

/* T24: a field as large as one may be, full of nothing, and one that is larger: refused, and no more memory is asked for than a message may take. */
START_TEST(hostile_fields)
{
	enum { FIELD_MAX = 4 << 20, TAG_RECORD = 0x3a, TAG_PART = 0x3a };
	static const uint8_t tag[] = { TAG_RECORD, 0x80, 0x80, 0x80, 0x02 }, larger[] = { TAG_RECORD, 0x81, 0x80, 0x80, 0x02 }, endless[] = { TAG_RECORD, 0x80, 0x80, 0x80, 0x80, 1 };
	static uint8_t nothing[FIELD_MAX + 1];
	struct pick pick = { .only = true, .number = 0, .opened = 0 };
	struct ind_sink sink = memory_sink(&proof);
	disclosed_make(&bundle, &keys, &pick, &proof);
	size_t whole = proof.bytes;
	for (size_t i = 0; i < FIELD_MAX; i += 2)
		nothing[i] = TAG_PART;
	ck_assert(sink.write(sink.ctx, tag, sizeof tag) == IND_OK && sink.write(sink.ctx, nothing, FIELD_MAX) == IND_OK);
	ck_assert_str_eq(disclosed_check(&proof, &keys, NULL).verify.reason, "proof_form");
	proof.bytes = whole;
	ck_assert(sink.write(sink.ctx, larger, sizeof larger) == IND_OK && sink.write(sink.ctx, nothing, FIELD_MAX + 1) == IND_OK);
	ck_assert_str_eq(disclosed_check(&proof, &keys, NULL).verify.reason, "proof_form");
	proof.bytes = whole;
	ck_assert(sink.write(sink.ctx, endless, sizeof endless) == IND_OK);
	ck_assert_str_eq(disclosed_check(&proof, &keys, NULL).verify.reason, "proof_form");
	ck_assert_int_eq(disclosed_check(&proof, &keys, NULL).verify.verdict, IND_VERDICT_ALTERED);
}
END_TEST

START_TEST(strangers_are_not_trusted)
{
	struct keys other;
	struct pick pick = { .all = true, .opened = 1 };
	keys_make(&other, 99);
	disclosed_make(&bundle, &keys, &pick, &proof);
	struct ind_disclosure_result r = disclosed_check(&proof, &other, NULL);
	ck_assert_int_eq(r.verify.verdict, IND_VERDICT_UNTRUSTED);
	ck_assert_str_eq(r.verify.reason, "key_unknown");
	ck_assert_uint_eq(r.verify.records, 4 * RECORDS);
	keys_free(&other);
}
END_TEST

static enum ind_err try_make(const struct keys *by, struct pick *pick, struct memory *out, struct ind_disclose_made *made)
{
	struct ind_source source = memory_source(&bundle);
	struct ind_sink sink = memory_sink(out);
	struct ind_key_public trusted;
	ind_key_public(by->identity, &trusted);
	struct ind_disclose_options options = { &trusted, 1, pick_choose, pick };
	return ind_disclose(&source, &options, &sink, made);
}

/* Of a bundle without its end what the last seal covers can be proven; of one that is not sealed, altered or a stranger's, nothing. */
START_TEST(only_what_is_sealed)
{
	struct ind_disclose_made made;
	struct pick all = { .all = true, .opened = GROUPS_ALL }, none = { 0 };
	struct keys other;
	size_t whole = bundle.bytes;
	keys_make(&other, 99);
	ck_assert_int_eq(try_make(&other, &all, &proof, &made), IND_KEY);
	ck_assert_int_eq(made.verified.verdict, IND_VERDICT_UNTRUSTED);
	ck_assert_int_eq(try_make(&keys, &none, &proof, &made), IND_MISSING);
	bundle.bytes = whole - 8;
	ck_assert_int_eq(try_make(&keys, &all, &proof, &made), IND_OK);
	ck_assert_int_eq(made.verified.verdict, IND_VERDICT_INCOMPLETE);
	ck_assert_uint_eq(made.records, 4 * (RECORDS / 2));
	struct ind_disclosure_result r = disclosed_check(&proof, &keys, NULL);
	ck_assert_int_eq(r.verify.verdict, IND_VERDICT_VALID);
	ck_assert(!r.final);
	memory_free(&proof);
	bundle.bytes = 100;
	ck_assert_int_eq(try_make(&keys, &all, &proof, &made), IND_KEY);
	ck_assert_int_eq(made.verified.verdict, IND_VERDICT_UNSEALED);
	bundle.bytes = whole;
	damage_flip(&bundle, 200 * 8);
	ck_assert_int_eq(try_make(&keys, &all, &proof, &made), IND_KEY);
	ck_assert_uint_eq(proof.bytes, 0);
	keys_free(&other);
}
END_TEST

/* Paths against the root that the RFC's recursion gives, for every leaf of every small tree, cut at every place. */
static struct tree_hash mth(const struct tree_hash *leaves, size_t count)
{
	size_t k = 1;
	if (count == 1)
		return leaves[0];
	while (k * 2 < count)
		k *= 2;
	struct tree_hash left = mth(leaves, k), right = mth(leaves + k, count - k), out;
	tree_node(&left, &right, &out);
	return out;
}

static void check_paths(const struct tree_hash *leaves, size_t before, size_t size)
{
	struct ind_stream stream = { 0 };
	struct tree_levels t = { 0 };
	struct tree_hash root = mth(leaves, size), path[TREE_PATH_MAX], to;
	for (size_t i = 0; i < before; i++)
		tree_push(&stream, &leaves[i]);
	ck_assert_int_eq(tree_levels_make(&t, &stream, leaves + before, size - before), IND_OK);
	ck_assert_mem_eq(tree_levels_root(&t), &root, sizeof root);
	for (size_t i = before; i < size; i++) {
		size_t bytes = tree_path_of(&t, i, path) * sizeof path[0];
		const uint8_t *at = path[0].bytes;
		ck_assert(tree_path_root(&leaves[i], i, size, at, bytes, &to));
		ck_assert_mem_eq(&to, &root, sizeof root);
		ck_assert(!tree_path_root(&leaves[i], i, size, at, bytes + 32, &to));
		ck_assert(bytes == 0 || !tree_path_root(&leaves[i], i, size, at, bytes - 32, &to));
		ck_assert(!tree_path_root(&leaves[i], size, size, at, bytes, &to));
		for (size_t other = 0; other < size; other++)
			ck_assert(other == i || !tree_path_root(&leaves[i], other, size, at, bytes, &to) || memcmp(&to, &root, sizeof root) != 0);
	}
	tree_levels_free(&t);
}

START_TEST(paths_of_small_trees)
{
	enum { LEAVES = 34 };
	struct tree_hash leaves[LEAVES];
	for (size_t i = 0; i < LEAVES; i++)
		memset(&leaves[i], (int)i + 1, sizeof leaves[i]);
	for (size_t size = 1; size <= LEAVES; size++)
		for (size_t before = 0; before < size; before++)
			check_paths(leaves, before, size);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("disclosure");
	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, everything_comes_back);
	tcase_add_test(t, each_record_alone);
	tcase_add_test(t, hidden_hosts_are_not_there);
	tcase_add_test(t, every_flip);
	tcase_add_test(t, hostile_fields);
	tcase_add_test(t, strangers_are_not_trusted);
	tcase_add_test(t, only_what_is_sealed);
	tcase_add_test(t, paths_of_small_trees);
	return suite_run("disclosure", t);
}
