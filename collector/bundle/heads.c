/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/heads.h"

#include "bundle/base64.h"
#include "bundle/tree.h"
#include <string.h>

static bool of_stream(const struct ind_kept_head *head, const uint8_t *stream_id) { return memcmp(head->stream_id, stream_id, IND_STREAM_ID_BYTES) == 0; }

enum ind_err heads_start(struct heads *h, const struct ind_verify_options *options)
{
	*h = (struct heads){ .given = options->heads, .count = options->head_count };
	return h->count <= IND_HEADS_MAX ? IND_OK : IND_USAGE;
}

void heads_see(struct heads *h, const struct ind_stream *stream)
{
	struct tree_hash root;
	for (size_t i = 0; i < h->count; i++) {
		const struct ind_kept_head *head = &h->given[i];
		if (head->size != stream->leaves || !of_stream(head, stream->id))
			continue;
		tree_root(stream, &root);
		*(memcmp(root.bytes, head->root, sizeof head->root) == 0 ? &h->held : &h->differing) |= UINT64_C(1) << i;
	}
}

void heads_declare(struct heads *h, uint64_t size, const uint8_t root[static IND_SHA256_BYTES])
{
	for (size_t i = 0; i < h->count; i++)
		if (h->given[i].size == size && memcmp(h->given[i].root, root, IND_SHA256_BYTES) == 0)
			h->declared |= UINT64_C(1) << i;
}

static void keep_largest(uint64_t *size, uint64_t other)
{
	if (*size == IND_ABSENT_U64 || other > *size)
		*size = other;
}

void heads_say(const struct heads *h, const uint8_t stream_id[static IND_STREAM_ID_BYTES], uint64_t end, struct ind_verify_result *result)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct ind_kept_head *head = &h->given[i];
		uint64_t bit = UINT64_C(1) << i;
		if (!of_stream(head, stream_id) || h->declared & bit)
			continue;
		if (head->size > end)
			keep_largest(&result->head_beyond, head->size);
		else if (h->held & bit)
			keep_largest(&result->head_held, head->size);
		else if (h->differing & bit && head->size < result->head_differing)
			result->head_differing = head->size;
	}
}

/* ---- notes ---- */

/* The line from `text` on, without its end; *next behind it. NULL if there is none. */
static const char *line(const char *text, const char *end, size_t *bytes, const char **next)
{
	const char *newline = text < end ? memchr(text, '\n', (size_t)(end - text)) : NULL;
	if (!newline)
		return NULL;
	*bytes = (size_t)(newline - text);
	*next = newline + 1;
	return text;
}

static bool stream_of_origin(const char *origin, size_t bytes, uint8_t stream_id[static IND_STREAM_ID_BYTES])
{
	enum { HEX = 2 * IND_STREAM_ID_BYTES };
	static const char digits[] = "0123456789abcdef";
	if (bytes < HEX + 2 || origin[bytes - HEX - 1] != '/')
		return false;
	for (size_t i = 0; i < HEX; i++) {
		char c = origin[bytes - HEX + i];
		const char *at = c ? strchr(digits, c) : NULL;
		if (!at)
			return false;
		stream_id[i / 2] = (uint8_t)(stream_id[i / 2] << 4 | (at - digits));
	}
	return true;
}

static bool decimal(const char *text, size_t bytes, uint64_t *number)
{
	*number = 0;
	if (bytes == 0 || (bytes > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < bytes; i++) {
		unsigned digit = (unsigned)(text[i] - '0');
		if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return true;
}

enum ind_err ind_head_from_note(const char *text, size_t bytes, struct ind_kept_head *head)
{
	enum { ROOT_TEXT = 44 };
	const char *next = text, *end = text + bytes;
	size_t origin_bytes, size_bytes, root_bytes, empty_bytes, signature_bytes;
	const char *origin = line(next, end, &origin_bytes, &next);
	const char *size = origin ? line(next, end, &size_bytes, &next) : NULL;
	const char *root = size ? line(next, end, &root_bytes, &next) : NULL;
	const char *empty = root ? line(next, end, &empty_bytes, &next) : NULL;
	if (!empty || empty_bytes != 0 || !line(next, end, &signature_bytes, &next) || signature_bytes == 0)
		return IND_MALFORMED;
	*head = (struct ind_kept_head){ 0 };
	bool ok = stream_of_origin(origin, origin_bytes, head->stream_id) && decimal(size, size_bytes, &head->size) && root_bytes == ROOT_TEXT &&
		base64_get(root, ROOT_TEXT, head->root, sizeof head->root);
	return ok ? IND_OK : IND_MALFORMED;
}
