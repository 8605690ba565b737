/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_VERIFY_FRAME_H
#define BUNDLE_VERIFY_FRAME_H

#include "bundle/clock_state.h"
#include "bundle/commit.h"
#include "bundle/data.h"
#include "bundle/header.h"
#include "bundle/heads.h"
#include "bundle/small.h"
#include "bundle/walk.h"
#include "indicia/verify.h"

/* What a verifier knows between two frames. */
struct verifier {
	struct walk walk;
	struct data_decoder decoder;
	struct committer committer;
	struct zone *zone;           /* scratch; from the first DATA on */
	struct buffer signals;       /* scratch, struct ind_signal each */
	struct header_image image;
	struct ind_stream stream;    /* the tree so far, and the keys in force */
	enum frame_type last;        /* type of the frame before */
	struct ind_writer_totals totals;
	uint64_t time_bound_ns;
	uint64_t seal_ns;            /* realtime of the SEALINFO that waits for its CHECKPOINT */
	uint64_t clock_error_ns;
	struct heads heads;
	bool again;                  /* the file says again what another one held: everything before it was sealed there */
	uint64_t sealed_leaf;        /* of the last good CHECKPOINT; 0: none yet, for 0 is a HEADER */
	struct tree_hash root;       /* of the last good CHECKPOINT */
	uint64_t row;                /* of a DATA frame, that the reason is about; IND_ABSENT_U64 */
	struct clock_follower clock;
	uint64_t tree_size;          /* that it names */
	uint8_t note_sha256[HASH_SHA256_BYTES];
	const char *reason;
};

/* NULL, or why a bundle of this identity that began at this time is not trusted. A key that was given twice is revoked if one of both is. */
const char *verifier_distrust(const struct ind_verify_options *options, const struct ind_key_public *identity, uint64_t created_ns);

/* A result of which nothing is known yet. */
struct ind_verify_result verify_nothing(void);

enum ind_err verifier_start(struct verifier *v, const struct ind_verify_options *options) IND_MUST_USE;
void verifier_end(struct verifier *v);

/* Checks what a frame says, and adds it to the tree. IND_MALFORMED with v->reason, or lack of memory. */
enum ind_err verify_frame(struct verifier *v, const struct frame *frame) IND_MUST_USE;

#endif
