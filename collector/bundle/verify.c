/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 7: from the first thing that is wrong to a verdict. */
#include "indicia/verify.h"

#include "bundle/note.h"
#include "bundle/verify_frame.h"

const char *ind_verdict_name(enum ind_verdict verdict)
{
	static const char *const names[] = {
#define VERDICT_NAME(name, text) [IND_VERDICT_##name] = #name,
		IND_VERDICT_LIST(VERDICT_NAME)
#undef VERDICT_NAME
	};
	return verdict < sizeof names / sizeof names[0] ? names[verdict] : "?";
}

const char *ind_verdict_help(enum ind_verdict verdict)
{
	static const char *const texts[] = {
#define VERDICT_TEXT(name, text) [IND_VERDICT_##name] = text,
		IND_VERDICT_LIST(VERDICT_TEXT)
#undef VERDICT_TEXT
	};
	return verdict < sizeof texts / sizeof texts[0] ? texts[verdict] : "?";
}

struct ind_verify_result verify_nothing(void)
{
	return (struct ind_verify_result){
		.reason = "",
		.clock_error_ns = IND_ABSENT_U64,
		.row = IND_ABSENT_U64,
		.head_held = IND_ABSENT_U64,
		.head_differing = IND_ABSENT_U64,
		.head_beyond = IND_ABSENT_U64,
	};
}

const char *ind_frame_name(unsigned frame_type)
{
	static const char *const names[] = { "?", "HEADER", "DATA", "CLOCK", "LOSS", "EPOCH", "SEALINFO", "CHECKPOINT", "RECOVERY" };
	return names[frame_type < sizeof names / sizeof names[0] ? frame_type : 0];
}

const char *verifier_distrust(const struct ind_verify_options *options, const struct ind_key_public *identity, uint64_t created_ns)
{
	const char *reason = "key_unknown";
	for (size_t i = 0; i < options->trusted_count; i++) {
		if (memcmp(&options->trusted[i], identity, sizeof *identity) != 0)
			continue;
		if (options->revoked_ns && created_ns > options->revoked_ns[i])
			return "key_revoked";
		reason = NULL;
	}
	return reason;
}

static enum ind_err decide(struct ind_verify_result *r, enum ind_verdict verdict, const char *reason)
{
	r->verdict = verdict;
	r->reason = reason;
	return IND_OK;
}

/* Nothing is wrong with what is there, but it ends here. `torn` is how, or NULL for an end between two frames. */
static enum ind_err decide_end(const struct verifier *v, const struct ind_verify_options *options, const char *torn, struct ind_verify_result *r)
{
	if (r->authenticated_leaves == 0)
		return decide(r, IND_VERDICT_UNSEALED, torn ? torn : "no_checkpoint");
	const char *untrusted = verifier_distrust(options, &v->image.header.identity, v->image.header.created_ns);
	if (untrusted)
		return decide(r, IND_VERDICT_UNTRUSTED, untrusted);
	heads_say(&v->heads, v->stream.id, v->image.header.first_leaf + r->authenticated_leaves, r);
	if (r->head_differing != IND_ABSENT_U64)
		return decide(r, IND_VERDICT_ROLLBACK, "head_differs");
	if (r->head_beyond != IND_ABSENT_U64 && !options->more_follow)
		return decide(r, IND_VERDICT_ROLLBACK, "head_beyond");
	if (torn || !v->walk.finished)
		return decide(r, IND_VERDICT_INCOMPLETE, torn ? torn : "no_final_checkpoint");
	return decide(r, IND_VERDICT_VALID, "");
}

/* Damage at the end of a file is what an interrupted writer leaves; in front of a seal it is not. */
static enum ind_err decide_damage(struct verifier *v, const struct ind_verify_options *options, struct ind_verify_result *r)
{
	bool follows = true;
	if (v->walk.resync_from) {
		enum ind_err err = walk_seal_follows(&v->walk, v->walk.resync_from, &follows);
		if (err != IND_OK)
			return err;
	}
	return follows ? decide(r, IND_VERDICT_ALTERED, v->walk.reason) : decide_end(v, options, v->walk.reason, r);
}

static enum ind_err decide_walk(struct verifier *v, enum ind_err err, const struct ind_verify_options *options, struct ind_verify_result *r)
{
	switch (err) {
	case IND_END:
		return decide_end(v, options, NULL, r);
	case IND_SHORT:
		return decide_end(v, options, v->walk.reason, r);
	case IND_MALFORMED:
		return decide_damage(v, options, r);
	case IND_UNKNOWN:
		return decide(r, IND_VERDICT_UNSUPPORTED, v->walk.reason);
	default:
		return err;
	}
}

static struct ind_epoch epoch_of(const struct ind_stream *s) { return (struct ind_epoch){ s->epoch, s->key, s->boot_key }; }

/* After a frame that was right: what the result may say now. */
static void account(const struct verifier *v, const struct frame *f, struct ind_verify_result *r)
{
	const struct ind_header *h = &v->image.header;
	if (f->type == FRAME_HEADER) {
		r->has_header = true;
		r->identity = h->identity;
		r->first_leaf = h->first_leaf;
		r->not_before_ns = h->created_ns;
		if (v->image.message->previous_root.len == IND_SHA256_BYTES)
			memcpy(r->previous_root, v->image.message->previous_root.data, IND_SHA256_BYTES);
		r->begins = epoch_of(&v->stream);
	}
	r->leaves = v->stream.leaves - h->first_leaf;
	r->clock_error_ns = v->clock_error_ns;
	r->clock = v->clock.state;
	if (f->type != FRAME_CHECKPOINT)
		return;
	r->authenticated_leaves = r->leaves;
	r->ends = epoch_of(&v->stream);
	r->authenticated_bytes = v->walk.end;
	r->records = v->totals.flows + v->totals.exhibits + v->totals.claims + v->totals.origins;
	r->not_after_ns = v->seal_ns;
	struct tree_hash end_root;
	tree_root(&v->stream, &end_root);
	memcpy(r->end_root, end_root.bytes, IND_SHA256_BYTES);
	r->tree_size = v->tree_size;
	memcpy(r->root, v->root.bytes, IND_SHA256_BYTES);
	memcpy(r->note_sha256, v->note_sha256, sizeof r->note_sha256);
	r->checkpoint_bytes = f->bytes;
	memcpy(r->checkpoint, f->payload, f->bytes);
}

_Static_assert((int)NOTE_MAX_BYTES <= (int)IND_CHECKPOINT_MAX, "a checkpoint fits the result");

static void blame(const struct verifier *v, struct ind_verify_result *r)
{
	r->offset = v->walk.offset;
	r->has_frame = v->walk.has_header;
	r->frame_type = v->walk.frame_type;
	r->frame_leaf = v->walk.frame_seq;
	r->row = v->row;
}

static enum ind_err run(struct verifier *v, const struct ind_source *source, const struct ind_verify_options *options, struct ind_verify_result *r)
{
	struct frame f;
	enum ind_err err = walk_open(&v->walk, source);
	memcpy(r->stream_id, v->walk.preamble + 8, IND_STREAM_ID_BYTES);
	if (err != IND_OK)
		return decide_walk(v, err, options, r);
	for (;;) {
		err = walk_next(&v->walk, &f);
		blame(v, r);
		if (err != IND_OK)
			return decide_walk(v, err, options, r);
		err = verify_frame(v, &f);
		r->row = v->row;
		if (err == IND_MALFORMED)
			return decide(r, IND_VERDICT_ALTERED, v->reason);
		if (err != IND_OK)
			return err;
		account(v, &f, r);
	}
}

enum ind_err ind_verify(const struct ind_source *source, const struct ind_verify_options *options, struct ind_verify_result *result)
{
	struct verifier *v = malloc(sizeof *v);
	*result = verify_nothing();
	if (!v)
		return IND_NOMEM;
	enum ind_err err = verifier_start(v, options);
	if (err == IND_OK)
		err = run(v, source, options, result);
	verifier_end(v);
	free(v);
	return err;
}
