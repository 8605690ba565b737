/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_BODY_H
#define FLEET_BODY_H

#include "fleet/archive.h"

/* A file read part by part, with all the digests that are made on the way. */

struct body {
	const struct archive_body *of;
	uint8_t *part;               /* ETAG_PART_BYTES; of this reading */
	size_t part_bytes;           /* that it holds */
	uint8_t part_sha256[HASH_SHA256_BYTES];
	uint64_t offset;             /* behind it */
	struct etag etag;
	struct hash_sha256_state sha256; /* of all of it, if it has more than one part */
};

enum ind_err body_start(struct body *b, const struct archive_body *of) IND_MUST_USE;

/* The next part; IND_END behind the last one (an empty file has one part, of no bytes). IND_EXISTS if the file is shorter than it was, IND_IO, IND_LIMIT. */
enum ind_err body_next(struct body *b) IND_MUST_USE;

/* IND_OK if what was read is what was announced, else IND_EXISTS. */
enum ind_err body_check(struct body *b) IND_MUST_USE;
void body_end(struct body *b);

/* Is it sent in one piece? */
bool body_is_small(const struct archive_body *of);

#endif
