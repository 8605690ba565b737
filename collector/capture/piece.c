/* SPDX-License-Identifier: Apache-2.0 */
/* A savefile in large pieces, for readers that walk them in place. */
#include "capture/room.h"
#include <stdlib.h>
#include <string.h>

enum ind_err piece_start(struct capture *c, size_t block_most)
{
	c->buffer = malloc(CAPTURE_PIECE_BYTES + block_most);
	if (!c->buffer)
		return capture_fail(c, IND_NOMEM, "%s: out of memory", c->name);
	memcpy(c->buffer, c->source.head, c->source.head_bytes);
	c->end = c->source.head_given = c->source.head_bytes;
	return IND_OK;
}

enum ind_err piece_read(struct capture *c, bool inside, const char *where, uint64_t number)
{
	size_t got, tail = c->end - c->at;

	memmove(c->buffer, c->buffer + c->at, tail);
	c->at = 0;
	c->end = tail;
	enum ind_err err = source_read(&c->source, c->buffer + tail, CAPTURE_PIECE_BYTES, &got);
	if (err)
		return err == IND_END ? err : capture_fail_source(c);
	c->end += got;
	if (got > 0)
		return IND_OK;
	if (tail == 0 && !inside)
		return IND_END;
	return capture_fail(c, IND_SHORT, "%s: the file ends inside %s %llu", c->name, where, (unsigned long long)number);
}
