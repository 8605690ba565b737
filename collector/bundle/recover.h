/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_RECOVER_H
#define BUNDLE_RECOVER_H

#include "indicia/bundle.h"

/* The end of a torn file (docs/bundle-format.md section 2.2, form "cut"). */

/* What a file holds that was not finished. */
struct recover_found {
	char sensor[IND_SENSOR_ID_MAX + 1];
	bool finished;               /* its final checkpoint is there: nothing is to be recovered */
	bool sealed;                 /* a checkpoint is there */
	uint64_t first_leaf;
	uint64_t last_sealed_leaf;   /* 0 if not sealed */
	uint64_t keep_bytes;         /* whole frames end here, without a SEALINFO that has no CHECKPOINT */
	struct ind_key_public identity;
	struct ind_stream stream;    /* behind these frames, with the epoch in force there */
};

struct recover;

/* Reads a file and checks it as a verifier does. IND_SHORT: preamble or HEADER is not whole, so nothing to keep; IND_MALFORMED, IND_UNKNOWN: this is
 * not a torn end, *reason as a verifier gives it. The caller frees *recover. */
enum ind_err recover_scan(const struct ind_source *source, struct recover **recover, const char **reason) IND_MUST_USE;
const struct recover_found *recover_found(const struct recover *r);
void recover_free(struct recover *r);

/* Is this tree head one that the kept frames go through? `leaves` 0 always is. */
bool recover_contains(const struct recover *r, const struct ind_stream *stream);

/* What stood behind the kept frames. */
struct recover_torn {
	uint64_t bytes;
	uint8_t sha256[IND_SHA256_BYTES];
	const uint8_t *at;           /* the bytes, if RECOVER_TORN_MAX_BYTES or less */
};
enum { RECOVER_TORN_MAX_BYTES = 1 << 20 };

/* Appends RECOVERY, an EPOCH by the boot key (section 6.1) and the final seal; `info` says the time. *stream is where the next bundle begins. IND_KEY
 * if the boot key is not the one in force there. */
enum ind_err recover_seal(const struct recover *r, const struct ind_sink *sink, const struct ind_epoch_change *change, const struct recover_torn *torn,
	const struct ind_seal_info *info, struct ind_stream *stream) IND_MUST_USE;

#endif
