/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ANSWER_H
#define FLEET_ANSWER_H

#include "fleet/archive.h"

/* The XML of a store's answers: ListObjectsV2, multipart uploads, errors. It comes from another machine: depth, lengths and counts are bounded, a document type
 * or an entity declaration ends the reading, and nothing of it is believed but what the caller asked for. libexpat stands behind this door. */

enum { ANSWER_CODE_MAX = 64, ANSWER_TEXT_MAX = 512, ANSWER_TOKEN_MAX = 2048, ANSWER_BYTES_MAX = 8 << 20 };

struct answer {
	bool is_error;
	char code[ANSWER_CODE_MAX];  /* of an error: "AccessDenied" */
	char text[ANSWER_TEXT_MAX];
	char upload[ANSWER_TOKEN_MAX]; /* the id of a multipart upload */
	char etag[ARCHIVE_ETAG_MAX]; /* of a completed one */
	bool cut;                    /* a list: there is more, behind: */
	char token[ANSWER_TOKEN_MAX];
	uint64_t entries;
};

/* Calls `see` (NULL: nobody) for each object of a list. IND_MALFORMED; whatever `see` returned. */
enum ind_err answer_read(const char *xml, size_t bytes, archive_see *see, void *ctx, struct answer *answer) IND_MUST_USE;

#endif
