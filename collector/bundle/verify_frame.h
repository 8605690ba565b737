/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_VERIFY_FRAME_H
#define BUNDLE_VERIFY_FRAME_H

#include "bundle/commit.h"
#include "bundle/data.h"
#include "bundle/header.h"
#include "bundle/small.h"
#include "bundle/walk.h"

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
	struct tree_hash root;       /* of the last good CHECKPOINT */
	const char *reason;
};

enum ind_err verifier_start(struct verifier *v) IND_MUST_USE;
void verifier_end(struct verifier *v);

/* Checks what a frame says, and adds it to the tree. IND_MALFORMED with v->reason, or lack of memory. */
enum ind_err verify_frame(struct verifier *v, const struct frame *frame) IND_MUST_USE;

#endif
