/* SPDX-License-Identifier: Apache-2.0 */
/* IEEE 802.11 data frames, and the headers that drivers put before them: radiotap, PRISM, AVS, PPI. */
#include "packet/layer.h"

enum {
	FRAME_TYPE_DATA = 2,
	SUBTYPE_NO_DATA = 4,
	SUBTYPE_QOS = 8,
	FLAG_TO_DS = 1,
	FLAG_FROM_DS = 2,
	FLAG_PROTECTED = 0x40,
	FLAG_ORDER = 0x80
};

/* IEEE 802.11-2020 section 9.2.4, 9.3.2. */
static enum layer wifi_frame(struct cursor *c, bool padded)
{
	const uint8_t *start = c->p;
	uint8_t kind = cursor_u8(c);
	uint8_t flags = cursor_u8(c);
	cursor_skip(c, 20); /* duration 2, three addresses */
	uint16_t sequence = cursor_le16(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	uint8_t subtype = kind >> 4;
	if (kind & 3)
		return LAYER_MALFORMED;
	if ((kind >> 2 & 3) != FRAME_TYPE_DATA || subtype & SUBTYPE_NO_DATA || flags & FLAG_PROTECTED || sequence & 15)
		return LAYER_UNKNOWN;
	if ((flags & (FLAG_TO_DS | FLAG_FROM_DS)) == (FLAG_TO_DS | FLAG_FROM_DS))
		cursor_skip(c, 6);
	uint8_t qos = 0;
	if (subtype & SUBTYPE_QOS) {
		qos = cursor_u8(c);
		cursor_skip(c, flags & FLAG_ORDER ? 5 : 1);
	}
	if (padded) /* radiotap: the header is padded to four bytes */
		cursor_skip(c, -(size_t)(c->p - start) & 3);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	return qos & 0x80 ? LAYER_UNKNOWN : LAYER_LLC; /* several frames in one are not taken apart */
}

enum layer wifi_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	return wifi_frame(c, false);
}

/* What Radiotap and PPI begin with: version 1, a byte, length 2 of all that stands before the frame, a word 4, all little-endian. LAYER_END if
 * it is there. */
enum { CAPTURE_HEADER_BYTES = 8 };
static enum layer capture_header(struct cursor *c, uint16_t *length, uint32_t *word)
{
	uint8_t version = cursor_u8(c);
	cursor_skip(c, 1);
	*length = cursor_le16(c);
	*word = cursor_le32(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (version != 0)
		return LAYER_UNKNOWN;
	return *length < CAPTURE_HEADER_BYTES ? LAYER_MALFORMED : LAYER_END;
}

/* radiotap.org: version 1, padding 1, length 2, presence words 4 each while bit 31 is set; then the time 8 (bit 0), aligned, and flags (bit
 * 1). */
enum layer radiotap_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	const uint8_t *start = c->p;
	uint16_t length;
	uint32_t present;
	enum layer header = capture_header(c, &length, &present);
	if (header != LAYER_END)
		return header;
	struct cursor fields = cursor_sub(c, length - (size_t)CAPTURE_HEADER_BYTES);
	if (!cursor_ok(&fields))
		return LAYER_SHORT;
	for (uint32_t word = present; word >> 31 && cursor_ok(&fields);)
		word = cursor_le32(&fields);
	if (present & 1) {
		cursor_skip(&fields, -(size_t)(fields.p - start) & 7);
		cursor_skip(&fields, 8);
	}
	uint8_t flags = present & 2 ? cursor_u8(&fields) : 0;
	return cursor_ok(&fields) ? wifi_frame(c, flags & 0x20) : LAYER_MALFORMED;
}

/* PRISM: message code 4, length 4 in the byte order of the driver; AVS: version magic 4, length 4 big-endian. */
enum layer prism_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint32_t code = cursor_be32(c);
	uint32_t length = cursor_be32(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if ((code & 0xfffff000) != 0x80211000 && length > 0xffff)
		length = __builtin_bswap32(length);
	if (length < 8)
		return LAYER_MALFORMED;
	cursor_skip(c, length - 8u);
	return cursor_ok(c) ? wifi_frame(c, false) : LAYER_SHORT;
}

/* version 1, flags 1, length 2, link type 4, all little-endian */
enum layer ppi_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint16_t length;
	uint32_t link;
	enum layer header = capture_header(c, &length, &link);
	if (header != LAYER_END)
		return header;
	cursor_skip(c, length - (size_t)CAPTURE_HEADER_BYTES);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	return link == PACKET_LINK_PPI ? LAYER_UNKNOWN : link_layer(link);
}
