/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/etag.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIRST_ROOM = 16 };

enum ind_err etag_part(struct etag *e, const void *bytes, size_t count)
{
	if (e->parts == ETAG_PARTS_MAX)
		return IND_LIMIT;
	if (e->parts == e->room) {
		size_t room = e->room ? e->room * 2 : FIRST_ROOM;
		uint8_t *digests = realloc(e->digests, room * HASH_MD5_BYTES);
		if (!digests)
			return IND_NOMEM;
		e->digests = digests;
		e->room = room;
	}
	hash_md5(bytes, count, e->digests + (size_t)e->parts * HASH_MD5_BYTES);
	e->parts++;
	return IND_OK;
}

const uint8_t *etag_last_md5(const struct etag *e) { return e->parts ? e->digests + (size_t)(e->parts - 1) * HASH_MD5_BYTES : NULL; }

void etag_last(const struct etag *e, char text[static ETAG_TEXT])
{
	text[0] = '\0';
	if (e->parts)
		hash_hex(etag_last_md5(e), HASH_MD5_BYTES, text);
}

void etag_end(const struct etag *e, bool in_parts, char text[static ETAG_TEXT])
{
	uint8_t all[HASH_MD5_BYTES];
	if (!in_parts) {
		etag_last(e, text);
		return;
	}
	hash_md5(e->digests, (size_t)e->parts * HASH_MD5_BYTES, all);
	hash_hex(all, sizeof(all), text);
	snprintf(text + strlen(text), ETAG_TEXT - strlen(text), "-%u", e->parts);
}

void etag_free(struct etag *e)
{
	free(e->digests);
	*e = (struct etag){ 0 };
}

bool etag_same(const char *said, const char *ours)
{
	size_t bytes = strlen(said);
	if (bytes >= 2 && said[0] == '"' && said[bytes - 1] == '"') {
		said++;
		bytes -= 2;
	}
	return bytes == strlen(ours) && strncasecmp(said, ours, bytes) == 0;
}
