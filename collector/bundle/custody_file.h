/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_CUSTODY_FILE_H
#define BUNDLE_CUSTODY_FILE_H

#include "indicia/custody.h"

/* Record after record of a file of custody events (docs/custody.md sections 1 and 4); no event is looked into. */

enum { CUSTODY_MENDS_MAX = 16, CUSTODY_FRAME_BYTES = 4 + IND_SIGNATURE_BYTES + 4 /* of a record around its event */ };

struct custody_walk {
	const uint8_t *bytes;        /* the whole file; borrowed */
	size_t count;
	size_t at;                   /* where the next record begins */
	size_t torn_at;              /* where torn bytes in front of it begin; == at if there are none */
	enum ind_custody_file_state state;
};

struct custody_record {
	const uint8_t *at;           /* of the whole record */
	size_t event_bytes;
	bool mended;                 /* stands behind a mend: */
	uint8_t torn_sha256[IND_SHA256_BYTES];
};

/* Looks at the preamble; what is wrong with it is in w->state. */
void custody_walk_start(struct custody_walk *w, const uint8_t *bytes, size_t count);

/* False at the end: w->state says which one, w->torn_at where the bytes begin that cannot be read. */
bool custody_walk_next(struct custody_walk *w, struct custody_record *record);

static inline size_t custody_record_bytes(const struct custody_record *r) { return r->event_bytes + CUSTODY_FRAME_BYTES; }
static inline const uint8_t *custody_record_event(const struct custody_record *r) { return r->at + 4; }
static inline const uint8_t *custody_record_signature(const struct custody_record *r) { return r->at + 4 + r->event_bytes; }

#endif
