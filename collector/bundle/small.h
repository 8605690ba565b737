/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_SMALL_H
#define BUNDLE_SMALL_H

#include "bundle/buffer.h"
#include "bundle/epoch.h"

/* The small payloads: CLOCK, LOSS, EPOCH, SEALINFO, RECOVERY (docs/bundle-format.md section 2.1). Writers put the payload into `out` behind
 * `before` bytes; readers give IND_MALFORMED for what is not canonical or breaks a rule. */

struct seal {
	struct ind_seal_info info;
	uint64_t epoch, first_leaf;
	struct ind_writer_totals totals; /* rows and signals so far; bytes and frames are not said */
};

enum ind_err clock_pack(const struct ind_clock *clock, size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;
enum ind_err clock_unpack(const uint8_t *payload, size_t bytes, struct ind_clock *clock) IND_MUST_USE;

enum ind_err loss_pack(const struct ind_loss *loss, size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;
enum ind_err loss_unpack(const uint8_t *payload, size_t bytes, struct ind_loss *loss) IND_MUST_USE;

enum ind_err seal_pack(const struct seal *seal, size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;
enum ind_err seal_unpack(const uint8_t *payload, size_t bytes, struct seal *seal) IND_MUST_USE;

/* What an EPOCH frame says: of `epoch` number, start and keys. */
struct epoch_frame {
	struct epoch epoch;
	bool restart;                /* signed by the boot key */
	uint8_t signature[IND_SIGNATURE_BYTES];
};

enum ind_err epoch_pack(const struct epoch_frame *frame, size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;
enum ind_err epoch_unpack(const uint8_t *payload, size_t bytes, struct epoch_frame *frame) IND_MUST_USE;

/* `torn`: the torn bytes, if there are at most TORN_TAIL_MAX_BYTES of them. Reading sets all but `again`, which depends on the place. */
enum ind_err recovery_pack(const struct ind_recovery *recovery, const uint8_t *torn, size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;
enum ind_err recovery_unpack(const uint8_t *payload, size_t bytes, struct ind_recovery *recovery) IND_MUST_USE;

/* Where a RECOVERY may stand and what it must say there: `seq` its leaf, `sealed_leaf` that of the last CHECKPOINT before it, 0 if none. */
bool recovery_place_ok(struct ind_recovery *recovery, uint64_t seq, uint64_t first_leaf, uint64_t sealed_leaf);

#endif
