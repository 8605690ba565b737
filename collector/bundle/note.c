/* SPDX-License-Identifier: Apache-2.0 */
/* C2SP signed-note and tlog-checkpoint; docs/bundle-format.md section 6. A note that is expected to say one thing has one text up to its
 * signature, so that reading it is comparing it: what is compared piece by piece only finds the reason. */
#include "bundle/note.h"

#include "bundle/base64.h"
#include "bundle/bytes.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char dash[] = "\xe2\x80\x94"; /* U+2014 */
enum { KEY_ID_BYTES = 4, TYPED_BYTES = KEY_ID_BYTES + IND_SIGNATURE_BYTES, ROOT_TEXT_BYTES = 44, SIGNATURE_TEXT_BYTES = 92 };

static size_t body_put(const struct note *n, char text[static NOTE_MAX_BYTES])
{
	char root[ROOT_TEXT_BYTES + 1];
	*base64_put(n->root.bytes, sizeof n->root.bytes, root) = '\0';
	return (size_t)snprintf(text, NOTE_MAX_BYTES, "%s\n%" PRIu64 "\n%s\n", n->origin, n->size, root);
}

static size_t signature_head_put(const struct note *n, char *text, size_t size)
{
	return (size_t)snprintf(text, size, "\n%s %s ", dash, n->origin);
}

enum ind_err note_sign(const struct note *n, const struct ind_key *by, char text[static NOTE_MAX_BYTES], size_t *bytes)
{
	struct ind_key_public pub;
	uint8_t typed[TYPED_BYTES];
	if (strlen(n->origin) > ORIGIN_TEXT_MAX)
		return IND_USAGE;
	size_t body = body_put(n, text);
	ind_key_public(by, &pub);
	ind_key_id(&pub, n->origin, typed);
	enum ind_err err = ind_key_sign(by, text, body, typed + KEY_ID_BYTES);
	if (err != IND_OK)
		return err;
	size_t head = signature_head_put(n, text + body, NOTE_MAX_BYTES - body);
	char *end = base64_put(typed, sizeof typed, text + body + head);
	end[0] = '\n';
	end[1] = '\0';
	*bytes = (size_t)(end + 1 - text);
	return IND_OK;
}

/* The decimal size and the base64 of a root, as anyone would write them. */
static bool size_and_root_get(const char *text, size_t bytes, uint64_t *size, struct tree_hash *root)
{
	size_t digits = 0;
	*size = 0;
	for (; digits < bytes && text[digits] >= '0' && text[digits] <= '9'; digits++) {
		if (*size > (UINT64_MAX - (uint64_t)(text[digits] - '0')) / 10)
			return false;
		*size = *size * 10 + (uint64_t)(text[digits] - '0');
	}
	return digits > 0 && (digits == 1 || text[0] != '0') && bytes == digits + 1 + ROOT_TEXT_BYTES + 1 && text[digits] == '\n' &&
		base64_get(text + digits + 1, ROOT_TEXT_BYTES, root->bytes, sizeof root->bytes) && text[bytes - 1] == '\n';
}

bool note_head(const uint8_t *bytes_at, size_t bytes, uint64_t *size, struct tree_hash *root)
{
	const uint8_t *line = bytes ? memchr(bytes_at, '\n', bytes) : NULL, *empty = NULL;
	if (bytes >= NOTE_MAX_BYTES || !line)
		return false;
	for (const uint8_t *p = line; !empty && p + 1 < bytes_at + bytes; p++)
		if (p[0] == '\n' && p[1] == '\n')
			empty = p;
	return empty && empty > line && size_and_root_get((const char *)line + 1, (size_t)(empty - line), size, root);
}

/* Where the size starts, and where the empty line stands; false if the text is no note of this origin. */
static bool note_form(const struct note *expected, const char *text, size_t bytes, size_t *body, uint8_t typed[static TYPED_BYTES])
{
	char head[NOTE_MAX_BYTES];
	size_t origin_bytes = strlen(expected->origin);
	size_t head_bytes = signature_head_put(expected, head, sizeof head);
	size_t tail = head_bytes + SIGNATURE_TEXT_BYTES + 1;
	uint64_t size;
	struct tree_hash root;
	if (bytes < tail + origin_bytes + 1 || text[bytes - 1] != '\n')
		return false;
	*body = bytes - tail;
	return memcmp(text, expected->origin, origin_bytes) == 0 && text[origin_bytes] == '\n' &&
		size_and_root_get(text + origin_bytes + 1, *body - origin_bytes - 1, &size, &root) && memcmp(text + *body, head, head_bytes) == 0 &&
		base64_get(text + *body + head_bytes, SIGNATURE_TEXT_BYTES, typed, TYPED_BYTES);
}

const char *note_check(const struct note *expected, const struct ind_key_public *by, const uint8_t *bytes_at, size_t bytes, enum ind_err *err)
{
	const char *text = (const char *)bytes_at;
	char body[NOTE_MAX_BYTES];
	size_t body_bytes;
	uint8_t typed[TYPED_BYTES], id[KEY_ID_BYTES];
	*err = IND_MALFORMED;
	if (!note_form(expected, text, bytes, &body_bytes, typed))
		return "checkpoint_form";
	ind_key_id(by, expected->origin, id);
	if (memcmp(id, typed, sizeof id) != 0)
		return "checkpoint_key";
	if (body_put(expected, body) != body_bytes || memcmp(body, text, body_bytes) != 0)
		return "checkpoint_root";
	*err = ind_key_check(by, text, body_bytes, typed + KEY_ID_BYTES);
	if (*err == IND_NOMEM || *err == IND_OK)
		return *err == IND_OK ? NULL : "";
	*err = IND_MALFORMED;
	return "checkpoint_signature";
}

bool note_origin_ok(const char *origin, const uint8_t stream_id[static IND_STREAM_ID_BYTES])
{
	char hex[2 * IND_STREAM_ID_BYTES + 1];
	size_t bytes = strlen(origin), hex_bytes = sizeof hex - 1;
	if (bytes < hex_bytes + 1 || bytes > ORIGIN_TEXT_MAX)
		return false;
	for (size_t i = 0; i < bytes; i++)
		if (origin[i] < '!' || origin[i] > '~' || origin[i] == '+')
			return false;
	hash_hex(stream_id, IND_STREAM_ID_BYTES, hex);
	return origin[bytes - hex_bytes - 1] == '/' && strcmp(origin + bytes - hex_bytes, hex) == 0;
}
