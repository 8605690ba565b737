/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/utf16.h"

#include "base/text.h"

/* No parser is handed more; an unpaired surrogate of 2 bytes is written with 6. */
enum { UTF16_MAX_BYTES = IND_EXHIBIT_MAX_BYTES, TEXT_MAX_BYTES = UTF16_MAX_BYTES * 3 };

void utf16_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const uint8_t *bytes, size_t count)
{
	char text[TEXT_MAX_BYTES + 1];
	size_t read = count < UTF16_MAX_BYTES ? count : UTF16_MAX_BYTES;
	signal_put_text(ctx, id, side, text, text_from_utf16le(bytes, read, text, sizeof(text)));
}
