/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/body.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool body_is_small(const struct archive_body *of) { return of->bytes <= ETAG_PART_BYTES; }

enum ind_err body_start(struct body *b, const struct archive_body *of)
{
	size_t room = body_is_small(of) ? (size_t)of->bytes + 1 : (size_t)ETAG_PART_BYTES;
	*b = (struct body){ .of = of, .part = malloc(room) };
	hash_sha256_start(&b->sha256);
	return b->part ? IND_OK : IND_NOMEM;
}

enum ind_err body_next(struct body *b)
{
	uint64_t left = b->of->bytes - b->offset;
	if (b->etag.parts && !left)
		return IND_END;
	b->part_bytes = left < ETAG_PART_BYTES ? (size_t)left : (size_t)ETAG_PART_BYTES;
	for (size_t at = 0; at < b->part_bytes;) {
		ssize_t got = pread(b->of->fd, b->part + at, b->part_bytes - at, (off_t)(b->offset + at));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? IND_IO : IND_EXISTS;
		at += (size_t)got;
	}
	b->offset += b->part_bytes;
	hash_sha256(b->part, b->part_bytes, b->part_sha256);
	if (!body_is_small(b->of))
		hash_sha256_add(&b->sha256, b->part, b->part_bytes);
	return etag_part(&b->etag, b->part, b->part_bytes);
}

enum ind_err body_check(struct body *b)
{
	uint8_t all[HASH_SHA256_BYTES];
	if (!b->of->sha256)
		return IND_OK;
	if (!body_is_small(b->of))
		hash_sha256_end(&b->sha256, all);
	return memcmp(body_is_small(b->of) ? b->part_sha256 : all, b->of->sha256, HASH_SHA256_BYTES) == 0 ? IND_OK : IND_EXISTS;
}

void body_end(struct body *b)
{
	free(b->part);
	etag_free(&b->etag);
	*b = (struct body){ 0 };
}
