/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 10. */
#include "bundle/proof.h"

#include "bundle/source.h"
#include <string.h>

enum { WINDOW_BYTES = 1 << 16, WIRE_BYTES = 2, LENGTH_MAX_BYTES = PROOF_TAG_MAX_BYTES - 1, VERSION_BYTES = 4 };

const uint8_t proof_head[PROOF_HEAD_BYTES] = { 0x89, 'I', 'E', 'P', '\r', '\n', 0x1a, '\n', 1, 0, 0, 0 };
_Static_assert(PROOF_HEAD_BYTES == IND_PROOF_MAGIC_BYTES + VERSION_BYTES, "magic and version");

bool ind_is_proof(const uint8_t *bytes, size_t count)
{
	return count >= IND_PROOF_MAGIC_BYTES && memcmp(bytes, proof_head, IND_PROOF_MAGIC_BYTES) == 0;
}

size_t proof_tag_put(enum proof_field field, size_t bytes, uint8_t out[static PROOF_TAG_MAX_BYTES])
{
	size_t used = 0;
	out[used++] = (uint8_t)(field << 3 | WIRE_BYTES);
	for (; bytes > 127; bytes >>= 7)
		out[used++] = (uint8_t)(bytes | 128);
	out[used++] = (uint8_t)bytes;
	return used;
}

/* At least `want` bytes of the window are what comes next, or all that there are. */
static enum ind_err fill(struct proof_fields *f, size_t want)
{
	size_t got;
	if (f->have - f->used >= want)
		return IND_OK;
	if (!buffer_reserve(&f->window, want > WINDOW_BYTES ? want : WINDOW_BYTES))
		return IND_NOMEM;
	memmove(f->window.at, f->window.at + f->used, f->have - f->used);
	f->have -= f->used;
	f->used = 0;
	enum ind_err err = source_read(f->source, f->offset + f->have, f->window.at + f->have, f->window.capacity - f->have, &got);
	f->have += got;
	return err;
}

static void use(struct proof_fields *f, size_t bytes)
{
	f->used += bytes;
	f->offset += bytes;
}

enum ind_err proof_open(struct proof_fields *f, const struct ind_source *source, const char **reason)
{
	*f = (struct proof_fields){ .source = source };
	enum ind_err err = fill(f, PROOF_HEAD_BYTES);
	if (err != IND_OK)
		return err;
	*reason = "magic";
	if (f->have < PROOF_HEAD_BYTES || !ind_is_proof(f->window.at, f->have))
		return IND_MALFORMED;
	*reason = "version";
	if (memcmp(f->window.at, proof_head, PROOF_HEAD_BYTES) != 0)
		return IND_UNKNOWN;
	use(f, PROOF_HEAD_BYTES);
	return IND_OK;
}

static bool repeats(unsigned field) { return field == PROOF_EPOCH || field == PROOF_FRAME || field == PROOF_RECORD; }

/* EPOCHs are the only field that may be missing. */
static bool may_follow(unsigned before, unsigned field)
{
	return field == before ? repeats(field) : field == before + 1 || (before == PROOF_HEADER && field == PROOF_SEAL);
}

/* The length of a field in its shortest form; how many bytes it takes, 0 if it is not one or too large. */
static size_t length_get(const uint8_t *at, size_t left, size_t *length)
{
	*length = 0;
	for (size_t i = 0; i < left && i < LENGTH_MAX_BYTES; i++) {
		*length |= (size_t)(at[i] & 127) << (7 * i);
		if (at[i] < 128)
			return (at[i] || i == 0) && *length <= PROOF_FIELD_MAX_BYTES ? i + 1 : 0;
	}
	return 0;
}

enum ind_err proof_next(struct proof_fields *f, enum proof_field *field, const uint8_t **at, size_t *bytes)
{
	enum ind_err err = fill(f, PROOF_TAG_MAX_BYTES);
	if (err != IND_OK)
		return err;
	size_t left = f->have - f->used;
	if (left == 0)
		return f->before == PROOF_RECORD ? IND_END : IND_MALFORMED;
	const uint8_t *p = f->window.at + f->used;
	unsigned number = p[0] >> 3;
	size_t taken = length_get(p + 1, left - 1, bytes);
	if ((p[0] & 7) != WIRE_BYTES || number >= PROOF_FIELD_END || !may_follow(f->before, number) || taken == 0)
		return IND_MALFORMED;
	use(f, 1 + taken);
	err = fill(f, *bytes);
	if (err != IND_OK)
		return err;
	if (f->have - f->used < *bytes)
		return IND_MALFORMED;
	*field = (enum proof_field)number;
	*at = f->window.at + f->used;
	f->before = number;
	use(f, *bytes);
	return IND_OK;
}

void proof_close(struct proof_fields *f) { buffer_free(&f->window); }
