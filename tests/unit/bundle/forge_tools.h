/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BUNDLE_FORGE_TOOLS_H
#define TEST_BUNDLE_FORGE_TOOLS_H

#include "bundle/data.h"
#include "bundle/frame.h"
#include "bundle/note.h"
#include "bundle/small.h"
#include "forge.h"

/* What forgeries are made with. Anything that should work and does not ends the program. */

static const uint64_t now_ns = 1700000100000000000;

struct forge {
	struct memory *file;
	const struct keys *keys;
	const struct ind_key *signer;
	struct ind_stream stream;
	uint64_t first_leaf;
	struct ind_writer_totals totals;
	char origin[ORIGIN_TEXT_MAX + 1];
};

void must(bool ok);

/* Preamble and HEADER are what a writer makes. */
void start(struct forge *f);

/* A frame with right CRCs; byte `change_at` of its header set to `to` unless it is negative. */
void frame_as(struct forge *f, unsigned type, const void *payload, size_t bytes, const struct tree_hash *root, int change_at, uint8_t to);
void frame(struct forge *f, unsigned type, const void *payload, size_t bytes);

void sealinfo(struct forge *f, uint64_t realtime_ns, bool final);
size_t note_text(struct forge *f, char text[static NOTE_MAX_BYTES]);
void checkpoint(struct forge *f);
void seal(struct forge *f, bool final);

/* The EPOCH that comes next, for changes; and that frame, signed and put in force. */
struct epoch_frame epoch_frame_next(const struct forge *f);
void epoch_put(struct forge *f, struct epoch_frame *e, const struct ind_key *by);
void epoch_next(struct forge *f);
void clock_frame(struct forge *f, int64_t step_ns);

/* What is done to the message of a DATA frame before it is packed again. */
typedef void change_fn(Indicia__V1__Data *m);
void data_frame(struct forge *f, enum row_kind kind, change_fn *change, bool wrong_root);

/* The cases, by file. */
size_t data_case_count(void);
struct forgery data_case_make(size_t i, struct forge *f);
size_t epoch_case_count(void);
struct forgery epoch_case_make(size_t i, struct forge *f);
size_t frame_case_count(void);
struct forgery frame_case_make(size_t i, struct forge *f);

#endif
