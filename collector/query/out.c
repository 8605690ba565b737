/* SPDX-License-Identifier: Apache-2.0 */
#include "query/out.h"
#include "base/text.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_FLUSH_BYTES = 1 << 16 };

void out_start(struct out *o, enum ind_err (*write)(void *ctx, const void *bytes, size_t count), void *ctx)
{
	*o = (struct out){ .write = write, .ctx = ctx };
}

static char *out_grow(struct out *o, size_t count)
{
	size_t size = o->size ? o->size : OUT_FLUSH_BYTES;
	while (size - o->used < count && size < SIZE_MAX / 2)
		size *= 2;
	char *at = size - o->used < count ? NULL : realloc(o->at, size);
	if (!at) {
		o->err = IND_NOMEM;
		return NULL;
	}
	o->at = at;
	o->size = size;
	return o->at + o->used;
}

char *out_room(struct out *o, size_t count)
{
	if (o->err != IND_OK)
		return NULL;
	if (o->size - o->used >= count)
		return o->at + o->used;
	if (o->write && o->used >= OUT_FLUSH_BYTES / 2 && out_flush(o) != IND_OK)
		return NULL;
	return o->size - o->used >= count ? o->at + o->used : out_grow(o, count);
}

void out_bytes(struct out *o, const void *bytes, size_t count)
{
	char *at = count ? out_room(o, count) : NULL;
	if (!at)
		return;
	memcpy(at, bytes, count);
	out_used(o, count);
}

void out_text(struct out *o, const char *text) { out_bytes(o, text, strlen(text)); }

void out_char(struct out *o, char c)
{
	char *at = out_room(o, 1);
	if (!at)
		return;
	*at = c;
	out_used(o, 1);
}

void out_fill(struct out *o, char c, size_t count)
{
	char *at = count ? out_room(o, count) : NULL;
	if (!at)
		return;
	memset(at, c, count);
	out_used(o, count);
}

void out_u64(struct out *o, uint64_t value)
{
	char *at = out_room(o, 24);
	if (at)
		out_used(o, text_u64(value, at, 24));
}

void out_i64(struct out *o, int64_t value)
{
	char *at = out_room(o, 24);
	if (at)
		out_used(o, text_i64(value, at, 24));
}

void out_shell_word(struct out *o, const char *word)
{
	bool plain = *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%") == strlen(word);
	if (!plain)
		out_char(o, '\'');
	for (; *word; word++)
		if (*word == '\'')
			out_text(o, "'\\''");
		else
			out_char(o, *word);
	if (!plain)
		out_char(o, '\'');
}

enum ind_err out_flush(struct out *o)
{
	if (o->err == IND_OK && o->write && o->used) {
		o->err = o->write(o->ctx, o->at, o->used);
		o->used = 0;
	}
	return o->err;
}

void out_free(struct out *o)
{
	free(o->at);
	*o = (struct out){ 0 };
}
