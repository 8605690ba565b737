/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_NOTE_H
#define BUNDLE_NOTE_H

#include "bundle/format.h"
#include "bundle/tree.h"

/* Checkpoints: C2SP signed notes with one signature (docs/bundle-format.md section 6). */

enum { NOTE_MAX_BYTES = 1024 };

struct note {
	const char *origin;          /* NUL-terminated */
	uint64_t size;
	struct tree_hash root;
};

/* NUL-terminated; *bytes without the NUL. */
enum ind_err note_sign(const struct note *note, const struct ind_key *by, char text[static NOTE_MAX_BYTES], size_t *bytes) IND_MUST_USE;

/* NULL if `text` is exactly this note, signed by `by`; else the reason, and *err says whether it is the bytes or the memory. */
const char *note_check(const struct note *expected, const struct ind_key_public *by, const uint8_t *text, size_t bytes, enum ind_err *err);

/* The size and the root that a text claims; false if it cannot be a note. Nothing else of it is looked at. */
bool note_head(const uint8_t *text, size_t bytes, uint64_t *size, struct tree_hash *root);

/* 1 to 255 printable ASCII bytes without space and '+', ending in '/' and the stream id in hex. */
bool note_origin_ok(const char *origin, const uint8_t stream_id[static IND_STREAM_ID_BYTES]);

#endif
