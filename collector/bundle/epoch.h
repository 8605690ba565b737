/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_EPOCH_H
#define BUNDLE_EPOCH_H

#include "indicia/bundle.h"

/* What certifies an epoch key (docs/bundle-format.md section 6). */

struct epoch {
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t number;
	uint64_t leaves;             /* of the stream when it starts */
	uint64_t start_ns;
	struct ind_key_public key;
	struct ind_key_public boot_key; /* all zero: none */
};

bool epoch_key_is_set(const struct ind_key_public *key);

enum ind_err epoch_sign(const struct epoch *epoch, const struct ind_key *by, uint8_t signature[static IND_SIGNATURE_BYTES]) IND_MUST_USE;
enum ind_err epoch_check(
	const struct epoch *epoch, const struct ind_key_public *by, const uint8_t signature[static IND_SIGNATURE_BYTES]) IND_MUST_USE;

#endif
