/* SPDX-License-Identifier: Apache-2.0 */
/* What a store gives as the two ends of a bundle, as it is and with all CRCs put right: reading them stays in bounds, and nobody's seal is found good. */
#include "bundle/ends.h"
#include "fuzz/repair_frames.h"
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Copies, so that a read behind either piece is found. */
static uint8_t *piece(const uint8_t *at, size_t bytes)
{
	uint8_t *copy = malloc(bytes + 1);
	if (!copy)
		abort();
	if (bytes)
		memcpy(copy, at, bytes);
	return copy;
}

static void look(const uint8_t *at, size_t size)
{
	struct ends e;
	size_t need, bytes = size < PIECE_BYTES ? size : PIECE_BYTES;
	const char *reason;
	uint8_t *head = piece(at, bytes), *tail = piece(at + size - bytes, bytes);
	struct ind_key_public nobody = { 0 };
	if (ends_head(head, bytes, &e, &need, &reason) == IND_OK && ends_tail(tail, bytes, &e) == IND_OK && e.sealed) {
		if (ends_signed_by(&e, &nobody) == IND_OK || e.note_bytes > sizeof e.note || e.leaf_count > ENDS_LEAVES_MAX)
			abort();
		(void)ends_follow(&e, &e);
	}
	free(head);
	free(tail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = piece(data, size);
	look(copy, size);
	repair_frames(copy, size);
	look(copy, size);
	free(copy);
	return 0;
}
