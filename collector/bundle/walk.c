/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md sections 1, 2 and 7. */
#include "bundle/walk.h"

#include "bundle/codec.h"
#include "bundle/source.h"
#include <string.h>

enum { SCAN_BYTES = 1 << 16 };

static enum ind_err fail(struct walk *w, enum ind_err err, const char *reason)
{
	w->reason = reason;
	return err;
}

/* Damage that a torn end may have made as well. */
static enum ind_err fail_or_torn(struct walk *w, uint64_t from, const char *reason)
{
	w->resync_from = from;
	return fail(w, IND_MALFORMED, reason);
}

enum ind_err walk_open(struct walk *w, const struct ind_source *source)
{
	size_t got;
	*w = (struct walk){ .source = source, .end = PREAMBLE_BYTES };
	enum ind_err err = source_read(w->source, 0, w->preamble, PREAMBLE_BYTES, &got);
	if (err != IND_OK)
		return err;
	if (got < PREAMBLE_BYTES)
		return fail(w, IND_SHORT, "short");
	w->reason = preamble_check(w->preamble, &err);
	w->crc_start = frame_crc_start(w->preamble);
	return err;
}

static enum ind_err payload_check(struct walk *w, const struct frame_header *h)
{
	const uint8_t *payload = w->frame_buffer.at + FRAME_HEADER_BYTES;
	size_t padded = frame_bytes(h->stored_bytes) - FRAME_HEADER_BYTES;
	for (size_t i = h->stored_bytes; i < padded; i++)
		if (payload[i] != 0)
			return fail_or_torn(w, w->end, "padding");
	if (codec_crc32(w->crc_start, payload, h->stored_bytes) != h->payload_crc)
		return fail_or_torn(w, w->end, "payload_crc");
	return IND_OK;
}

static enum ind_err order_check(struct walk *w, const struct frame_header *h)
{
	if ((h->type == FRAME_HEADER) == w->started)
		return fail(w, IND_MALFORMED, "header_order");
	if ((h->type == FRAME_CHECKPOINT) != w->in_seal)
		return fail(w, IND_MALFORMED, "seal_order");
	if (w->started && h->seq != w->next_seq)
		return fail(w, IND_MALFORMED, "sequence");
	w->started = true;
	w->in_seal = h->type == FRAME_SEALINFO;
	w->finished = h->type == FRAME_CHECKPOINT && w->seal_is_final;
	w->next_seq++;
	return IND_OK;
}

/* The frame whose header was read: its payload and padding too. */
static enum ind_err frame_read(struct walk *w, const struct frame_header *h)
{
	size_t got, rest = frame_bytes(h->stored_bytes) - FRAME_HEADER_BYTES;
	if (!buffer_reserve(&w->frame_buffer, FRAME_HEADER_BYTES + rest))
		return IND_NOMEM;
	enum ind_err err = source_read(w->source, w->offset + FRAME_HEADER_BYTES, w->frame_buffer.at + FRAME_HEADER_BYTES, rest, &got);
	if (err != IND_OK)
		return err;
	if (got < rest)
		return fail(w, IND_SHORT, "frame_torn");
	w->end = w->offset + FRAME_HEADER_BYTES + rest;
	return payload_check(w, h);
}

static enum ind_err header_read(struct walk *w, struct frame_header *h)
{
	size_t got;
	if (!buffer_reserve(&w->frame_buffer, FRAME_HEADER_BYTES))
		return IND_NOMEM;
	enum ind_err err = source_read(w->source, w->offset, w->frame_buffer.at, FRAME_HEADER_BYTES, &got);
	if (err != IND_OK)
		return err;
	if (got == 0)
		return fail(w, IND_END, "");
	if (w->finished)
		return fail(w, IND_MALFORMED, "trailing_bytes");
	if (got < FRAME_HEADER_BYTES)
		return fail(w, IND_SHORT, "frame_torn");
	if (!frame_header_get(w->frame_buffer.at, w->crc_start, h))
		return fail_or_torn(w, w->offset + 1, "frame_header_crc");
	w->reason = frame_header_check(h, &err);
	return err;
}

enum ind_err walk_next(struct walk *w, struct frame *frame)
{
	struct frame_header h;
	w->offset = w->end;
	w->has_header = false;
	enum ind_err err = header_read(w, &h);
	if (err == IND_OK) {
		w->has_header = true;
		w->frame_type = h.type;
		w->frame_seq = h.seq;
		err = frame_read(w, &h);
	}
	if (err == IND_OK)
		err = order_check(w, &h);
	if (err != IND_OK)
		return err;
	*frame = (struct frame){ h.type, h.seq, w->frame_buffer.at, w->frame_buffer.at + FRAME_HEADER_BYTES, h.stored_bytes };
	return IND_OK;
}

static bool window_has_seal(const uint8_t *window, size_t bytes, uint32_t crc_start)
{
	struct frame_header h;
	for (size_t at = 0; at + FRAME_HEADER_BYTES <= bytes; at += FRAME_ALIGN_BYTES)
		if (memcmp(window + at, "IEBF", 4) == 0 && window[at + 5] == FRAME_CHECKPOINT && frame_header_get(window + at, crc_start, &h))
			return true;
	return false;
}

/* Windows overlap by a header, so that none is cut in two. */
enum ind_err walk_seal_follows(struct walk *w, uint64_t from, bool *follows)
{
	uint64_t at = (from + FRAME_ALIGN_BYTES - 1) / FRAME_ALIGN_BYTES * FRAME_ALIGN_BYTES;
	*follows = false;
	if (!buffer_reserve(&w->frame_buffer, SCAN_BYTES))
		return IND_NOMEM;
	for (size_t got = SCAN_BYTES; got == SCAN_BYTES && !*follows; at += SCAN_BYTES - FRAME_HEADER_BYTES) {
		enum ind_err err = source_read(w->source, at, w->frame_buffer.at, SCAN_BYTES, &got);
		if (err != IND_OK)
			return err;
		*follows = window_has_seal(w->frame_buffer.at, got, w->crc_start);
	}
	return IND_OK;
}

void walk_close(struct walk *w) { buffer_free(&w->frame_buffer); }
