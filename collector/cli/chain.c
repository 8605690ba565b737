/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/chain.h"
#include <stdlib.h>
#include <string.h>

struct judge {
	struct chain_link *links;
	chain_holds *holds;
	void *ctx;
};

static uint64_t end_of(const struct ind_verify_result *r) { return r->first_leaf + r->authenticated_leaves; }

/* Of anything else it is not known what the stream held. */
static bool takes_part(const struct ind_verify_result *r)
{
	return r->authenticated_leaves && (r->verdict == IND_VERDICT_VALID || r->verdict == IND_VERDICT_INCOMPLETE);
}

/* By stream, then by place; a pointer order keeps what was given first in front. */
static int by_place(const void *a, const void *b)
{
	const struct chain_link *left = *(struct chain_link *const *)a, *right = *(struct chain_link *const *)b;
	const struct ind_verify_result *x = left->result, *y = right->result;
	int stream = memcmp(x->stream_id, y->stream_id, IND_STREAM_ID_BYTES);
	if (stream)
		return stream;
	if (x->first_leaf != y->first_leaf)
		return x->first_leaf < y->first_leaf ? -1 : 1;
	if (end_of(x) != end_of(y))
		return end_of(x) < end_of(y) ? -1 : 1;
	return left < right ? -1 : left > right;
}

static void conflict(const struct judge *j, struct chain_link *a, struct chain_link *b, uint64_t size)
{
	struct chain_link *const both[] = { a, b };
	for (size_t i = 0; i < 2; i++) {
		both[i]->result->verdict = IND_VERDICT_ROLLBACK;
		both[i]->result->reason = "head_differs";
		both[i]->result->head_differing = size;
		both[i]->conflict = (size_t)(both[1 - i] - j->links);
	}
}

/* `a` begins no later than `b`, and no later than where it ends. */
static void compare(const struct judge *j, struct chain_link *a, struct chain_link *b)
{
	const struct ind_verify_result *x = a->result, *y = b->result;
	if (y->first_leaf == end_of(x)) {
		if (memcmp(y->previous_root, x->end_root, IND_SHA256_BYTES) != 0)
			conflict(j, a, b, y->first_leaf);
		return;
	}
	if (end_of(x) == end_of(y) && memcmp(x->end_root, y->end_root, IND_SHA256_BYTES) == 0)
		return;
	/* The head of the shorter one: what its last checkpoint says, which does not count itself. */
	struct chain_link *shorter = end_of(x) <= end_of(y) ? a : b, *longer = shorter == a ? b : a;
	struct ind_kept_head head = { .size = end_of(shorter->result) - 1 };
	memcpy(head.stream_id, x->stream_id, sizeof head.stream_id);
	memcpy(head.root, shorter->result->root, sizeof head.root);
	if (!j->holds(j->ctx, (size_t)(longer - j->links), &head))
		conflict(j, shorter, longer, head.size);
}

/* The links of one stream, in order. */
static void judge_stream(const struct judge *j, struct chain_link *const *at, size_t count)
{
	struct chain_link *furthest = at[0];
	for (size_t i = 1; i < count; i++) {
		struct chain_link *next = at[i];
		if (next->result->first_leaf > end_of(furthest->result)) {
			next->has_gap = true;
			next->gap_from = end_of(furthest->result);
		} else {
			compare(j, furthest, next);
		}
		if (end_of(next->result) > end_of(furthest->result))
			furthest = next;
	}
	if (furthest->result->head_beyond != IND_ABSENT_U64 && furthest->result->verdict != IND_VERDICT_ROLLBACK) {
		furthest->result->verdict = IND_VERDICT_ROLLBACK;
		furthest->result->reason = "head_beyond";
	}
	/* A head vouches for all before it, as far back as no leaf is missing. */
	bool vouched = false;
	for (size_t i = count; i-- > 0;) {
		const struct ind_verify_result *r = at[i]->result;
		bool sound = r->verdict != IND_VERDICT_ROLLBACK, held = r->head_held != IND_ABSENT_U64;
		at[i]->rollback_excluded = sound && (vouched || (held && r->head_held + 1 >= end_of(r)));
		vouched = sound && (vouched || held) && !at[i]->has_gap;
	}
}

bool chain_judge(struct chain_link *links, size_t count, chain_holds *holds, void *ctx)
{
	const struct judge j = { links, holds, ctx };
	struct chain_link **at = calloc(count ? count : 1, sizeof(struct chain_link *));
	size_t taken = 0;
	if (!at)
		return false;
	for (size_t i = 0; i < count; i++) {
		links[i].conflict = CHAIN_NONE;
		if (takes_part(links[i].result))
			at[taken++] = &links[i];
	}
	qsort(at, taken, sizeof(*at), by_place);
	for (size_t from = 0, to; from < taken; from = to) {
		for (to = from + 1; to < taken && memcmp(at[to]->result->stream_id, at[from]->result->stream_id, IND_STREAM_ID_BYTES) == 0; to++)
			continue;
		judge_stream(&j, at + from, to - from);
	}
	free(at);
	return true;
}
