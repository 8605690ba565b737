/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 1. */
#include "bundle/frame.h"

#include "base/cursor.h"
#include "bundle/bytes.h"
#include "bundle/codec.h"

enum { PREAMBLE_CRC_AT = 28, HEADER_CRC_AT = 28, HEADER_VERSION = 1 };

static const uint8_t magic[8] = { 0x89, 'I', 'E', 'B', '\r', '\n', 0x1a, '\n' };
static const uint8_t version[4] = { 1, 0, 0, 0 };
static const uint8_t sync_mark[4] = { 'I', 'E', 'B', 'F' };

void preamble_put(const uint8_t stream_id[static IND_STREAM_ID_BYTES], uint8_t out[static PREAMBLE_BYTES])
{
	uint8_t *p = put_bytes(out, magic, sizeof magic);
	p = put_bytes(p, stream_id, IND_STREAM_ID_BYTES);
	p = put_bytes(p, version, sizeof version);
	put_le32(p, codec_crc32(0, out, PREAMBLE_CRC_AT));
}

const char *preamble_check(const uint8_t preamble[static PREAMBLE_BYTES], enum ind_err *err)
{
	struct cursor c = cursor_of(preamble + PREAMBLE_CRC_AT, 4);
	*err = IND_MALFORMED;
	if (memcmp(preamble, magic, sizeof magic) != 0)
		return "magic";
	if (cursor_le32(&c) != codec_crc32(0, preamble, PREAMBLE_CRC_AT))
		return "preamble_crc";
	*err = IND_UNKNOWN;
	if (memcmp(preamble + sizeof magic + IND_STREAM_ID_BYTES, version, sizeof version) != 0)
		return "version";
	*err = IND_OK;
	return NULL;
}

uint32_t frame_crc_start(const uint8_t preamble[static PREAMBLE_BYTES])
{
	struct cursor c = cursor_of(preamble + sizeof magic, 4);
	return cursor_le32(&c);
}

void frame_header_put(enum frame_type type, uint64_t seq, const uint8_t *payload, size_t bytes, uint32_t crc_start,
	uint8_t out[static FRAME_HEADER_BYTES])
{
	uint8_t *p = put_bytes(out, sync_mark, sizeof sync_mark);
	p = put_u8(p, HEADER_VERSION);
	p = put_u8(p, type);
	p = put_u8(put_u8(p, 0), 0);
	p = put_le64(p, seq);
	p = put_le32(p, bytes);
	p = put_le32(p, bytes);
	p = put_le32(p, codec_crc32(crc_start, payload, bytes));
	put_le32(p, codec_crc32(crc_start, out, HEADER_CRC_AT));
}

bool frame_header_get(const uint8_t bytes[static FRAME_HEADER_BYTES], uint32_t crc_start, struct frame_header *h)
{
	struct cursor c = cursor_of(bytes, FRAME_HEADER_BYTES);
	h->magic_ok = memcmp(cursor_take(&c, 4), sync_mark, sizeof sync_mark) == 0;
	h->version = cursor_u8(&c);
	h->type = cursor_u8(&c);
	h->codec = cursor_u8(&c);
	h->flags = cursor_u8(&c);
	h->seq = cursor_le64(&c);
	h->stored_bytes = cursor_le32(&c);
	h->raw_bytes = cursor_le32(&c);
	h->payload_crc = cursor_le32(&c);
	return cursor_le32(&c) == codec_crc32(crc_start, bytes, HEADER_CRC_AT);
}

static size_t payload_limit(uint8_t type) { return type == FRAME_DATA ? FRAME_MAX_BYTES : SMALL_MAX_BYTES; }

const char *frame_header_check(const struct frame_header *h, enum ind_err *err)
{
	*err = IND_UNKNOWN;
	if (h->magic_ok && h->version != HEADER_VERSION)
		return "frame_version";
	if (h->magic_ok && (h->type < FRAME_HEADER || h->type > FRAME_RECOVERY))
		return "frame_type";
	if (h->magic_ok && h->codec != 0)
		return "frame_codec";
	bool ok = h->magic_ok && h->flags == 0 && h->stored_bytes == h->raw_bytes && h->stored_bytes <= payload_limit(h->type);
	*err = ok ? IND_OK : IND_MALFORMED;
	return ok ? NULL : "frame_form";
}
