/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_FRAME_H
#define BUNDLE_FRAME_H

#include "bundle/format.h"
#include "indicia/bundle.h"

/* The bytes of preamble and frame header (docs/bundle-format.md section 1). */

struct frame_header {
	uint64_t seq;
	uint32_t stored_bytes, raw_bytes, payload_crc;
	uint8_t version, type, codec, flags;
	bool magic_ok;
};

void preamble_put(const uint8_t stream_id[static IND_STREAM_ID_BYTES], uint8_t out[static PREAMBLE_BYTES]);

/* NULL, or why the preamble is not one; *err is IND_MALFORMED or IND_UNKNOWN then. */
const char *preamble_check(const uint8_t preamble[static PREAMBLE_BYTES], enum ind_err *err);

/* Start value of the CRCs of a stream. */
uint32_t frame_crc_start(const uint8_t preamble[static PREAMBLE_BYTES]);

void frame_header_put(enum frame_type type, uint64_t seq, const uint8_t *payload, size_t bytes, uint32_t crc_start,
	uint8_t out[static FRAME_HEADER_BYTES]);

/* False if the CRC of the header is wrong. */
bool frame_header_get(const uint8_t bytes[static FRAME_HEADER_BYTES], uint32_t crc_start, struct frame_header *header);

/* NULL, or what is wrong with a header whose CRC is right; *err is IND_MALFORMED or IND_UNKNOWN then. */
const char *frame_header_check(const struct frame_header *header, enum ind_err *err);

/* Bytes of a whole frame with its padding. */
static inline size_t frame_bytes(size_t payload_bytes)
{
	return FRAME_HEADER_BYTES + (payload_bytes + FRAME_ALIGN_BYTES - 1) / FRAME_ALIGN_BYTES * FRAME_ALIGN_BYTES;
}

#endif
