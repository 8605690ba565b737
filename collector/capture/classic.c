/* SPDX-License-Identifier: Apache-2.0 */
/* Classic pcap savefiles (draft-ietf-opsawg-pcap), version 2.4, both byte orders, microseconds and nanoseconds: record headers are
 * read in place, frames point into the buffer. */
#include "capture/room.h"
#include <string.h>

enum { RECORD_HEADER_BYTES = 16 };
static const uint32_t magic_micro = 0xa1b2c3d4, magic_nano = 0xa1b23c4d;

static inline uint32_t word(const uint8_t *at, bool swapped)
{
	uint32_t value;
	memcpy(&value, at, sizeof value);
	return swapped ? __builtin_bswap32(value) : value;
}

static inline uint16_t half(const uint8_t *at, bool swapped)
{
	uint16_t value;
	memcpy(&value, at, sizeof value);
	return swapped ? __builtin_bswap16(value) : value;
}

static bool is_swapped(const uint8_t *head)
{
	uint32_t magic = word(head, true);
	return magic == magic_micro || magic == magic_nano;
}

/* Link types whose records libpcap lets grow beyond its usual limit, or rewrites in foreign byte order. */
static bool link_needs_libpcap(uint32_t link)
{
	enum { LINKTYPE_PKTAP = 258, LINK_MASK = 0x03ffffff };

	switch (link & LINK_MASK) {
	case DLT_DBUS:
	case DLT_EBHSCR:
	case DLT_NFLOG:
	case DLT_USB_DARWIN:
	case DLT_USB_LINUX:
	case DLT_USB_LINUX_MMAPPED:
	case DLT_USBPCAP:
	case LINKTYPE_PKTAP:
		return true;
	default:
		return false;
	}
}

bool classic_likes(const struct source *s)
{
	if (s->head_bytes < SOURCE_HEAD_BYTES)
		return false;
	bool swapped = is_swapped(s->head);
	uint32_t magic = word(s->head, swapped);
	return (magic == magic_micro || magic == magic_nano) && half(s->head + 4, swapped) == 2 && half(s->head + 6, swapped) == 4 &&
		!link_needs_libpcap(word(s->head + 20, swapped));
}

static void frame_set(const struct capture *c, const uint8_t *at, uint32_t captured, struct frame *frame)
{
	bool swapped = c->swapped;
	uint32_t wire = word(at + 12, swapped);

	captured = captured < c->snaplen ? captured : c->snaplen;
	frame->bytes = at + RECORD_HEADER_BYTES;
	frame->captured = captured;
	frame->wire = wire < captured ? captured : wire;
	frame->time_ns = word(at, swapped) * UINT64_C(1000000000) + word(at + 4, swapped) * UINT64_C(1) * (c->nanoseconds ? 1 : 1000);
	frame->number = c->number;
	frame->link = c->links[0].told.number;
}

/* As many whole records as the buffer holds. */
static enum ind_err records_take(struct capture *c, struct frame *frames, size_t max, size_t *count)
{
	size_t n = 0;

	while (n < max && c->end - c->at >= RECORD_HEADER_BYTES) {
		const uint8_t *at = c->buffer + c->at;
		uint32_t captured = word(at + 8, c->swapped);
		if (captured > CAPTURE_FRAME_MAX_BYTES) {
			*count = n;
			return capture_fail(c, IND_MALFORMED, "%s: record %llu claims %u captured bytes, more than any frame has", c->name,
				(unsigned long long)c->number + 1, captured);
		}
		if (captured > c->end - c->at - RECORD_HEADER_BYTES)
			break;
		c->at += RECORD_HEADER_BYTES + captured;
		c->number++;
		c->links[0].told.seen = true;
		frame_set(c, at, captured, &frames[n]);
		if (filter_takes(&c->links[0], frames[n].captured, frames[n].wire, frames[n].bytes))
			n++;
	}
	*count = n;
	return IND_OK;
}

static enum ind_err classic_next(struct capture *c, struct frame *frames, size_t max, size_t *count)
{
	enum ind_err err = records_take(c, frames, max, count);
	if (err || *count)
		return err;
	err = piece_read(c, false, "record", c->number + 1);
	return err ? err : records_take(c, frames, max, count);
}

enum ind_err classic_open(struct capture *c)
{
	enum ind_err err = link_open(c, c->source.head, &c->pcap);
	if (!err)
		err = link_add(c, c->pcap);
	if (!err)
		err = piece_start(c, RECORD_HEADER_BYTES + CAPTURE_FRAME_MAX_BYTES);
	if (err)
		return err;
	c->at = SOURCE_HEAD_BYTES;
	c->swapped = is_swapped(c->source.head);
	c->nanoseconds = word(c->source.head, c->swapped) == magic_nano;
	c->source_snaplen = (uint32_t)pcap_snapshot(c->pcap);
	c->next = classic_next;
	c->reader = "the program's own reader of pcap files";
	return IND_OK;
}
