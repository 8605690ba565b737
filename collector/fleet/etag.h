/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ETAG_H
#define FLEET_ETAG_H

#include "base/hash.h"
#include <stdbool.h>

/* What a store calls the content of an object that came in one piece: its MD5 in hex; of one that came in parts: the MD5 of the MD5s of the
 * parts, a dash, and how many there were. The store is asked for it; nothing rests on MD5 but that the bytes arrived as they were sent. */

enum { ETAG_TEXT = 2 * HASH_MD5_BYTES + 8, ETAG_PART_BYTES = 16 << 20, ETAG_PARTS_MAX = 10000 };

struct etag { uint32_t parts; uint8_t *digests; size_t room; };

/* The next part, all of its bytes. IND_LIMIT, IND_NOMEM. */
enum ind_err etag_part(struct etag *e, const void *bytes, size_t count) IND_MUST_USE;

/* Of the part that came last: its MD5, and that in hex. */
const uint8_t *etag_last_md5(const struct etag *e);
void etag_last(const struct etag *e, char text[static ETAG_TEXT]);

/* Of the object; `in_parts`: it was sent as parts, even if there was but one. */
void etag_end(const struct etag *e, bool in_parts, char text[static ETAG_TEXT]);
void etag_free(struct etag *e);

/* Compares what a store says, quoted or not, in either case. */
bool etag_same(const char *said, const char *ours);

#endif
