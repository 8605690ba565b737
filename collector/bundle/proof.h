/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_PROOF_H
#define BUNDLE_PROOF_H

#include "bundle/buffer.h"
#include "indicia/disclose.h"

/* The bytes of a proof file (docs/bundle-format.md section 10): its head, and the message `Disclosure` field after field, so that memory does not
 * grow with the file. */

enum { PROOF_HEAD_BYTES = 12, PROOF_FIELD_MAX_BYTES = 4 << 20, PROOF_FRAMES_MAX = 65536 };

/* Fields of Disclosure. */
enum proof_field {
	PROOF_PREAMBLE = 1, PROOF_CHECKPOINT = 2, PROOF_HEADER = 3, PROOF_EPOCH = 4, PROOF_SEAL = 5, PROOF_FRAME = 6, PROOF_RECORD = 7,
	PROOF_FIELD_END = 8,
};

extern const uint8_t proof_head[PROOF_HEAD_BYTES];

enum { PROOF_TAG_MAX_BYTES = 5 };

/* What stands before a field's content; how many bytes. */
size_t proof_tag_put(enum proof_field field, size_t bytes, uint8_t out[static PROOF_TAG_MAX_BYTES]);

struct proof_fields {
	const struct ind_source *source;
	uint64_t offset;             /* of what is used next */
	struct buffer window;
	size_t have, used;           /* bytes in the window */
	unsigned before;             /* number of the last field */
};

/* Reads the head. IND_MALFORMED, IND_UNKNOWN with the reason. */
enum ind_err proof_open(struct proof_fields *f, const struct ind_source *source, const char **reason) IND_MUST_USE;

/* The next field, borrowed until the next call. IND_END at the end of the file; IND_MALFORMED if it is out of order, too long, or cut. */
enum ind_err proof_next(struct proof_fields *f, enum proof_field *field, const uint8_t **at, size_t *bytes) IND_MUST_USE;

void proof_close(struct proof_fields *f);

#endif
