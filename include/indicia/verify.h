/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_VERIFY_H
#define INDICIA_VERIFY_H

#include "indicia/bundle.h"

/* Verdicts name a state of bytes, never an actor or an intent. */
#define IND_VERDICT_LIST(X) \
	X(VALID, "every byte is covered by a trusted seal") \
	X(INCOMPLETE, "sealed up to a point, and no final seal") \
	X(UNSEALED, "no seal at all") \
	X(ALTERED, "these bytes are not the bytes that were sealed") \
	X(UNTRUSTED, "sealed by a key that is not in the trust set") \
	X(ROLLBACK, "does not contain a state that was witnessed") \
	X(UNSUPPORTED, "a version or kind that this program does not know")

enum ind_verdict {
#define IND_VERDICT_ENUM(name, text) IND_VERDICT_##name,
	IND_VERDICT_LIST(IND_VERDICT_ENUM)
#undef IND_VERDICT_ENUM
};

/* A state of a stream that was kept elsewhere: docs/bundle-format.md section 7.1. */
struct ind_kept_head {
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t size;               /* leaves */
	uint8_t root[IND_SHA256_BYTES];
};

enum { IND_HEADS_MAX = 64, IND_CHECKPOINT_MAX = 1024 };

/* Reads a head from a signed note (C2SP): three lines, an empty line, signatures, which are not asked. IND_MALFORMED if it is none, or its
 * first line does not end in "/" and a stream id. */
IND_API enum ind_err ind_head_from_note(const char *text, size_t bytes, struct ind_kept_head *head) IND_MUST_USE;

/* The clock of a sensor over one bundle (docs/custody.md section 6). */
struct ind_clock_state {
	uint64_t frames;             /* CLOCK frames */
	uint64_t steps;              /* that say that the clock was moved */
	uint64_t undeclared;         /* movements that no CLOCK says */
	uint64_t largest_ns;         /* of all movements, as a distance */
	uint64_t back_ns;            /* sum of the steps back that they say */
	uint8_t worst_sync;          /* enum ind_clock_sync: UNKNOWN or NONE if any CLOCK says so, else what the last one says */
};

struct ind_verify_options {
	const struct ind_key_public *trusted; /* identity keys; an empty set trusts nobody */
	size_t trusted_count;
	const struct ind_kept_head *heads; /* at most IND_HEADS_MAX, of any stream and in any order; those of other streams say nothing */
	size_t head_count;
	bool more_follow;            /* later bundles of the stream are given too: a head behind this one is no finding here */
	const uint64_t *revoked_ns;  /* for each of them, when it was revoked, IND_ABSENT_U64 if it was not; NULL: none was */
};

/* The keys that count at a place of a stream (docs/bundle-format.md section 6.1). */
struct ind_epoch {
	uint64_t number;
	struct ind_key_public key;      /* signs the seals */
	struct ind_key_public boot_key; /* may certify the next one after a restart; all zero: none */
};

/* The rule of continuation, as far as it is one of keys: may a bundle that begins so follow one that ended so? */
IND_API bool ind_epoch_continues(const struct ind_epoch *end, const struct ind_epoch *begin);

struct ind_verify_result {
	enum ind_verdict verdict;
	const char *reason;          /* stable code, lower case with underscores ("checkpoint_root", "key_unknown"); "" when VALID */
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t first_leaf, leaves; /* leaves in this file */
	uint64_t authenticated_leaves, authenticated_bytes; /* covered by the last good checkpoint */
	uint64_t offset;             /* byte where the reason was found */
	uint64_t records;            /* authenticated records: flows, exhibits, claims, origins */
	uint64_t not_before_ns, not_after_ns; /* realtime of the HEADER and of the last good seal; 0 if none */
	uint64_t clock_error_ns;     /* largest that a CLOCK frame admits; IND_ABSENT_U64 if none says */
	uint64_t tree_size;          /* that the last good checkpoint names: leaves of the stream before it */
	uint8_t root[IND_SHA256_BYTES]; /* of the last good checkpoint: of the leaves before that frame */
	uint8_t note_sha256[IND_SHA256_BYTES]; /* of its payload: what time stamps are of */
	struct ind_clock_state clock; /* what the CLOCK frames say together */
	uint8_t end_root[IND_SHA256_BYTES]; /* with that frame: what the HEADER of a bundle that follows gives as its previous root */
	struct ind_key_public identity; /* all zero if the HEADER was not reached */
	struct ind_epoch begins;     /* in the HEADER */
	struct ind_epoch ends;       /* at the last good checkpoint; zero if there is none */
	bool has_header;
	bool has_frame;              /* the reason is about this frame */
	unsigned frame_type;         /* docs/bundle-format.md section 2 */
	uint64_t frame_leaf;
	uint64_t row;                /* of a DATA frame; IND_ABSENT_U64 if the reason is about no row */
	uint8_t previous_root[IND_SHA256_BYTES]; /* of the HEADER; nothing where first_leaf is 0 */
	uint64_t head_held, head_differing, head_beyond; /* largest size of a head that is in the authenticated part; smallest that is another one;
	                                                    largest behind it. IND_ABSENT_U64 if there is none */
	size_t checkpoint_bytes;     /* 0: none */
	char checkpoint[IND_CHECKPOINT_MAX]; /* the last good one, a signed note: to be kept elsewhere as a head */
};

/* Not before, by the sensor's own clock (docs/custody.md section 6): what the HEADER says, by the clock as it stood after all steps back that CLOCK frames say. */
IND_API uint64_t ind_not_before_ns(const struct ind_verify_result *result);

/* Checks every byte: form, CRCs, hash tree, record commitments recomputed from decoded records, epoch certificate, checkpoint
 * signatures, trust. No check is optional. IND_OK whenever a verdict could be given; IND_IO or IND_NOMEM if the bytes could not be
 * read at all. Memory stays under 64 MiB. */
IND_API enum ind_err ind_verify(const struct ind_source *source, const struct ind_verify_options *options, struct ind_verify_result *result) IND_MUST_USE;

/* Name of a frame type, "DATA"; "?" if there is none. */
IND_API const char *ind_frame_name(unsigned frame_type);

IND_API const char *ind_verdict_name(enum ind_verdict verdict);
IND_API const char *ind_verdict_help(enum ind_verdict verdict);

#endif
