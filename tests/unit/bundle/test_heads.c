/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 7.1: heads that were kept elsewhere. */
#include "bundle/small.h"
#include "bundle/tree.h"
#include "forge_tools.h"
#include "support/suite.h"

#include <string.h>

enum { SIZES_MAX = 64 };
static struct keys keys;
static struct memory file;
static struct forge forge;
static struct ind_kept_head at_size[SIZES_MAX];
static size_t sizes;

/* The heads of every size that the tree passes through. */
static void remember(void)
{
	struct tree_hash root;
	while (sizes <= forge.stream.leaves) {
		struct ind_kept_head *h = &at_size[sizes++];
		h->size = sizes - 1;
		memcpy(h->stream_id, forge.stream.id, sizeof h->stream_id);
		if (h->size != forge.stream.leaves)
			continue;
		tree_root(&forge.stream, &root);
		memcpy(h->root, root.bytes, sizeof h->root);
	}
}

static void a_bundle(void)
{
	for (unsigned i = 0; i < 5; i++) {
		clock_frame(&forge, 0);
		remember();
	}
	data_frame(&forge, ROW_FLOW, NULL, false);
	remember();
	sealinfo(&forge, now_ns, true);
	remember();
	checkpoint(&forge);
	remember();
}

static void begin(void)
{
	keys_make(&keys, 3);
	sizes = 0;
	forge = (struct forge){ .file = &file, .keys = &keys, .signer = keys.epoch };
	start(&forge);
	remember();
}

static void end(void)
{
	memory_free(&file);
	file = (struct memory){ 0 };
	keys_free(&keys);
}

static struct ind_verify_result verify_with(const struct ind_kept_head *heads, size_t count, bool more_follow)
{
	struct ind_key_public trusted;
	struct ind_source source = memory_source(&file);
	struct ind_verify_result r;
	ind_key_public(keys.identity, &trusted);
	struct ind_verify_options options = { .trusted = &trusted, .trusted_count = 1, .heads = heads, .head_count = count, .more_follow = more_follow };
	ck_assert_int_eq(ind_verify(&source, &options, &r), IND_OK);
	return r;
}

static uint64_t first_leaf(void) { return verify_with(NULL, 0, false).first_leaf; }

START_TEST(every_state_that_it_passed_is_held)
{
	a_bundle();
	for (uint64_t size = first_leaf() + 1; size < sizes; size++) {
		struct ind_verify_result r = verify_with(&at_size[size], 1, false);
		ck_assert_int_eq(r.verdict, IND_VERDICT_VALID);
		ck_assert_uint_eq(r.head_held, size);
		ck_assert(r.head_differing == IND_ABSENT_U64 && r.head_beyond == IND_ABSENT_U64);
	}
}
END_TEST

START_TEST(any_other_root_is_a_rollback)
{
	a_bundle();
	for (uint64_t size = first_leaf() + 1; size < sizes; size++) {
		struct ind_kept_head head = at_size[size];
		head.root[size % IND_SHA256_BYTES] ^= 1;
		struct ind_verify_result r = verify_with(&head, 1, true);
		ck_assert_int_eq(r.verdict, IND_VERDICT_ROLLBACK);
		ck_assert_str_eq(r.reason, "head_differs");
		ck_assert_uint_eq(r.head_differing, size);
	}
}
END_TEST

START_TEST(a_state_behind_the_end_is_a_rollback_unless_more_follow)
{
	a_bundle();
	struct ind_kept_head head = at_size[sizes - 1];
	head.size++;
	ck_assert_str_eq(verify_with(&head, 1, false).reason, "head_beyond");
	struct ind_verify_result r = verify_with(&head, 1, true);
	ck_assert_int_eq(r.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(r.head_beyond, head.size);
}
END_TEST

/* A cut file that was sealed further once: what truncation alone would make INCOMPLETE. */
START_TEST(a_cut_bundle_behind_its_head_is_a_rollback)
{
	seal(&forge, false);
	size_t cut = file.bytes;
	remember();
	a_bundle();
	file.bytes = cut;
	ck_assert_str_eq(verify_with(NULL, 0, false).reason, "no_final_checkpoint");
	ck_assert_int_eq(verify_with(&at_size[sizes - 2], 1, false).verdict, IND_VERDICT_ROLLBACK);
}
END_TEST

START_TEST(heads_of_others_and_from_before_say_nothing)
{
	a_bundle();
	struct ind_kept_head others[IND_HEADS_MAX + 1];
	for (size_t i = 0; i <= IND_HEADS_MAX; i++) {
		others[i] = at_size[first_leaf() + 2];
		others[i].root[0] ^= 1;
		others[i].stream_id[i % IND_STREAM_ID_BYTES] ^= 1;
	}
	struct ind_verify_result r = verify_with(others, IND_HEADS_MAX, false);
	ck_assert_int_eq(r.verdict, IND_VERDICT_VALID);
	ck_assert(r.head_held == IND_ABSENT_U64);
	struct ind_verify_options options = { .heads = others, .head_count = IND_HEADS_MAX + 1 };
	struct ind_source source = memory_source(&file);
	ck_assert_int_eq(ind_verify(&source, &options, &r), IND_USAGE);
}
END_TEST

START_TEST(what_is_altered_or_not_trusted_stays_so)
{
	a_bundle();
	struct ind_kept_head head = at_size[sizes - 1];
	head.root[0] ^= 1;
	struct ind_verify_options options = { .heads = &head, .head_count = 1 };
	struct ind_source source = memory_source(&file);
	struct ind_verify_result r;
	ck_assert_int_eq(ind_verify(&source, &options, &r), IND_OK);
	ck_assert_int_eq(r.verdict, IND_VERDICT_UNTRUSTED);
	file.at[100] ^= 1;
	ck_assert_int_eq(verify_with(&head, 1, false).verdict, IND_VERDICT_ALTERED);
}
END_TEST

/* What a RECOVERY gives up is a branch that the stream itself declares. */
START_TEST(a_state_that_a_recovery_gives_up_is_no_rollback)
{
	struct ind_recovery recovery = { .recovered_to_leaf = forge.stream.leaves - 1, .abandoned_count = 1 };
	struct ind_kept_head gone = at_size[sizes - 1];
	struct buffer payload = { 0 };
	size_t bytes;
	gone.size += 2;
	memset(gone.root, 0x5a, sizeof gone.root);
	recovery.abandoned[0].size = gone.size;
	memcpy(recovery.abandoned[0].root, gone.root, sizeof gone.root);
	hash_sha256("", 0, recovery.torn_sha256);
	ck_assert_int_eq(recovery_pack(&recovery, NULL, 0, &payload, &bytes), IND_OK);
	frame(&forge, FRAME_RECOVERY, payload.at, bytes);
	buffer_free(&payload);
	a_bundle();
	ck_assert_int_eq(verify_with(NULL, 0, false).verdict, IND_VERDICT_VALID);
	ck_assert_int_eq(verify_with(&gone, 1, false).verdict, IND_VERDICT_VALID);
	gone.root[31] ^= 1;
	ck_assert_int_eq(verify_with(&gone, 1, false).verdict, IND_VERDICT_ROLLBACK);
}
END_TEST

START_TEST(the_checkpoint_of_a_result_is_a_head_that_it_holds)
{
	a_bundle();
	struct ind_verify_result r = verify_with(NULL, 0, false);
	struct ind_kept_head head;
	ck_assert_int_eq(ind_head_from_note(r.checkpoint, r.checkpoint_bytes, &head), IND_OK);
	ck_assert_mem_eq(head.root, r.root, IND_SHA256_BYTES);
	ck_assert_uint_eq(head.size + 1, r.first_leaf + r.authenticated_leaves);
	ck_assert_uint_eq(verify_with(&head, 1, false).head_held, head.size);
	ck_assert_mem_eq(r.end_root, at_size[sizes - 1].root, IND_SHA256_BYTES);
}
END_TEST

/* Cut anywhere in front of its last line it is no note; in no byte of its three lines may anything else stand. */
START_TEST(what_is_no_note_is_refused)
{
	a_bundle();
	struct ind_verify_result r = verify_with(NULL, 0, false);
	struct ind_kept_head whole, head;
	ck_assert_int_eq(ind_head_from_note(r.checkpoint, r.checkpoint_bytes, &whole), IND_OK);
	for (size_t bytes = 0; bytes < r.checkpoint_bytes; bytes++)
		ck_assert_int_eq(ind_head_from_note(r.checkpoint, bytes, &head), IND_MALFORMED);
	size_t body = (size_t)(strstr(r.checkpoint, "\n\n") - r.checkpoint);
	for (size_t i = 0; i < body; i++)
		for (unsigned c = 0; c < 256; c++) {
			char note[IND_CHECKPOINT_MAX];
			memcpy(note, r.checkpoint, r.checkpoint_bytes);
			if ((char)c == note[i])
				continue;
			note[i] = (char)c;
			bool same = ind_head_from_note(note, r.checkpoint_bytes, &head) == IND_OK && memcmp(&head, &whole, sizeof head) == 0;
			/* Only the name before "/" and the stream's id is not part of a head. */
			ck_assert(!same || (c != '\n' && i < strcspn(r.checkpoint, "\n") - 2 * IND_STREAM_ID_BYTES - 1));
		}
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("heads");
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, every_state_that_it_passed_is_held);
	tcase_add_test(t, any_other_root_is_a_rollback);
	tcase_add_test(t, a_state_behind_the_end_is_a_rollback_unless_more_follow);
	tcase_add_test(t, a_cut_bundle_behind_its_head_is_a_rollback);
	tcase_add_test(t, heads_of_others_and_from_before_say_nothing);
	tcase_add_test(t, what_is_altered_or_not_trusted_stays_so);
	tcase_add_test(t, a_state_that_a_recovery_gives_up_is_no_rollback);
	tcase_add_test(t, the_checkpoint_of_a_result_is_a_head_that_it_holds);
	tcase_add_test(t, what_is_no_note_is_refused);
	return suite_run("bundle.heads", t);
}
