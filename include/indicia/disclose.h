/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_DISCLOSE_H
#define INDICIA_DISCLOSE_H

#include "indicia/verify.h"

/* Selective disclosure: a proof file (docs/bundle-format.md section 10) leads chosen records of a bundle, or chosen groups of their fields, to a
 * checkpoint that the sensor signed (RFC 9162 section 2.1.3), without the bundle. What is not opened is a salted digest in it. */

/* Groups of fields that are opened or hidden as one, by kind of record; the core is always shown. */
enum ind_flow_group { IND_OPEN_SRC_PREFIX = 1, IND_OPEN_SRC_HOST = 2, IND_OPEN_DST_PREFIX = 4, IND_OPEN_DST_HOST = 8, IND_OPEN_PATH = 16, IND_OPEN_NAMES = 32 };
enum ind_exhibit_group { IND_OPEN_BYTES = 1 };
enum ind_claim_group { IND_OPEN_CLAIM_PREFIX = 1, IND_OPEN_CLAIM_HOST = 2, IND_OPEN_CONTENT = 4, IND_OPEN_LABEL = 8 };
enum ind_origin_group { IND_OPEN_ORIGIN_PREFIX = 1, IND_OPEN_ORIGIN_HOST = 2, IND_OPEN_SUMMARY = 4, IND_OPEN_BEHAVIOUR = 8 };

/* What every showing of a proof says. */
#define IND_DISCLOSURE_LABEL "selected by the discloser; nothing follows from what is not shown"

/* ---- making ---- */

struct ind_disclose_options {
	const struct ind_key_public *trusted; /* identity keys, as for ind_verify */
	size_t trusted_count;
	/* Asked once for each flow (with its signals), exhibit, claim and origin under the last good checkpoint, in recorded order: is it to be shown? The
	 * groups to open go to *opened; bits that the kind has not are left out. The record is borrowed for the call. */
	bool (*choose)(void *ctx, const struct ind_record *record, uint32_t *opened);
	void *ctx;
};

struct ind_disclose_made {
	struct ind_verify_result verified; /* of the bundle */
	uint64_t records, frames, bytes; /* of the proof */
};

/* Verifies the bundle, then writes a proof of the chosen records. Only what is under the last good checkpoint can be proven.
 * IND_KEY: the bundle is neither VALID nor INCOMPLETE with a sealed part (see made->verified), nothing was written. IND_MISSING: no record was chosen, nothing
 * was written. IND_LIMIT: the records are of more frames than a proof may name, or one is larger than its fields may be. IND_MALFORMED: the bundle changed while it was read. Of the sink only `write` is
 * called. Memory grows with the number of frames of the bundle (100 bytes each) and of chosen records (16 bytes each). */
IND_API enum ind_err ind_disclose(const struct ind_source *bundle, const struct ind_disclose_options *options, const struct ind_sink *sink,
	struct ind_disclose_made *made) IND_MUST_USE;

/* ---- checking ---- */

enum { IND_PROOF_MAGIC_BYTES = 8 };

/* Do these bytes begin as a proof file does? */
IND_API bool ind_is_proof(const uint8_t *bytes, size_t count);

/* A record as far as it is opened: fields of hidden groups are zero, and to be taken for absent. Of a flow `signals` are those of the opened groups, and
 * places[i] says which of the flow's recorded signals, from 0, signals[i] is. An address with its prefix alone has a zero host. */
struct ind_disclosed {
	struct ind_record record;
	uint32_t opened;             /* set of groups */
	const uint16_t *places;
};

struct ind_disclosure_result {
	struct ind_verify_result verify; /* VALID, ALTERED, UNTRUSTED or UNSUPPORTED; records: those shown; leaves: their frames; not_after: the seal's */
	uint64_t frame_records;      /* all that the frames concerned hold */
	uint64_t bundle_records, flows, exhibits, claims, origins; /* all that the bundle holds up to the checkpoint */
	bool final;                  /* the checkpoint closes the bundle */
	bool deterministic;          /* made with a test seed: never evidence */
};

/* Called with the HEADER, then with each record once it is proven; borrowed for the call. What comes later in the file may still be wrong: first the verdict, then
 * the showing. */
typedef void ind_disclosure_see(void *ctx, const struct ind_disclosed *disclosed);

/* Checks every byte of a proof file. `see` may be NULL. IND_OK whenever a verdict could be given; IND_IO or IND_NOMEM if the bytes could not be
 * read at all. Memory stays under 64 MiB whatever the file claims. */
IND_API enum ind_err ind_disclosure_check(const struct ind_source *proof, const struct ind_verify_options *options, ind_disclosure_see *see, void *ctx,
	struct ind_disclosure_result *result) IND_MUST_USE;

#endif
