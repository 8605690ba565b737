/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_ENDS_H
#define BUNDLE_ENDS_H

#include "bundle/format.h"
#include "bundle/small.h"
#include "bundle/tree.h"
#include "indicia/verify.h"

/* What the two ends of a bundle say, without what is between: its HEADER, and its last frames up to the final CHECKPOINT. Enough to hold the bundles of a stream against each other;
 * that a bundle's records are those that were sealed is known to who reads all of it (ind_verify). */

enum { ENDS_LEAVES_MAX = 64, ENDS_NOTE_MAX = 1024 };

struct ends {
	uint8_t preamble[PREAMBLE_BYTES];
	char sensor[IND_SENSOR_ID_MAX + 1], origin[256];
	uint64_t created_ns;
	struct ind_stream begins;    /* before this bundle: id, leaves, frontier, keys, epoch */
	uint8_t previous_root[IND_SHA256_BYTES];
	struct ind_key_public identity;
	/* with `sealed`, which the last frames say themselves: */
	bool sealed;
	uint64_t size;               /* leaves before the final CHECKPOINT */
	struct tree_hash root;       /* of these */
	struct seal seal;
	size_t note_bytes;
	uint8_t note[ENDS_NOTE_MAX];
	bool has_key;                /* the key in force at the end, and the boot key, are known: no EPOCH lies between what was read, and each of the last frames is signed by the key before it */
	struct ind_epoch key;
	size_t leaf_count;           /* of the last frames, as far back as none is DATA; the last one is of the CHECKPOINT */
	struct tree_hash leaf[ENDS_LEAVES_MAX];
	bool has_clock;
	struct ind_clock clock;      /* the last one of the last frames */
};

/* Reads the first bytes of a bundle. IND_SHORT: *need says how many there must be. IND_MALFORMED, IND_UNKNOWN, IND_KEY (the certificate) with a stable word in *reason. */
enum ind_err ends_head(const uint8_t *bytes, size_t count, struct ends *e, size_t *need, const char **reason) IND_MUST_USE;

/* Reads the last bytes. Without a final CHECKPOINT, or with one of another stream, e->sealed stays false. */
enum ind_err ends_tail(const uint8_t *bytes, size_t count, struct ends *e) IND_MUST_USE;

/* Is the final CHECKPOINT signed by this key? IND_OK, IND_KEY; IND_NOMEM. */
enum ind_err ends_signed_by(const struct ends *e, const struct ind_key_public *key) IND_MUST_USE;

enum ends_link {
	ENDS_LINKED,                 /* keys and tree: the second can only have been made by who had the first */
	ENDS_LINKED_BY_KEYS,         /* numbers and keys; the frames that would tell of the tree are not at hand */
	ENDS_GAP,                    /* leaves are missing between them */
	ENDS_OVERLAP,                /* both say what the same leaves are */
	ENDS_BROKEN,                 /* the second does not continue the first */
};

/* Two bundles of one stream, in the order of their first leaves; the first is sealed. */
enum ends_link ends_follow(const struct ends *first, const struct ends *second);

#endif
