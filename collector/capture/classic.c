/* SPDX-License-Identifier: Apache-2.0 */
/* Classic pcap savefiles (draft-ietf-opsawg-pcap), version 2.4, both byte orders, microseconds and nanoseconds: record headers are
 * read in place, frames point into the buffer. All else is libpcap's. */
#include "capture/room.h"
#include <stdlib.h>
#include <string.h>

enum { RECORD_HEADER_BYTES = 16, BUFFER_BYTES = CAPTURE_PIECE_BYTES + RECORD_HEADER_BYTES + CAPTURE_FRAME_MAX_BYTES };
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

/* The next piece of the file behind the unread tail, which moves to the front. */
static enum ind_err piece_read(struct capture *c)
{
	size_t got, tail = c->end - c->at;

	memmove(c->buffer, c->buffer + c->at, tail);
	c->at = 0;
	c->end = tail;
	enum ind_err err = source_read(&c->source, c->buffer + tail, CAPTURE_PIECE_BYTES, &got);
	if (err)
		return err == IND_END ? err : capture_fail_source(c);
	c->end += got;
	if (got > 0)
		return IND_OK;
	if (tail == 0)
		return IND_END;
	return capture_fail(c, IND_SHORT, "%s: the file ends inside record %llu", c->name, (unsigned long long)c->number + 1);
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
		frame_set(c, at, captured, &frames[n]);
		if (filter_takes(c, frames[n].captured, frames[n].wire, frames[n].bytes))
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
	err = piece_read(c);
	return err ? err : records_take(c, frames, max, count);
}

/* libpcap judges the file header, knows link types, and needs a handle to compile filters for. */
static enum ind_err header_read(struct capture *c)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	FILE *file = fmemopen(c->source.head, SOURCE_HEAD_BYTES, "r");
	if (!file)
		return capture_fail(c, IND_NOMEM, "%s: out of memory", c->name);
	c->pcap = pcap_fopen_offline(file, error);
	if (c->pcap)
		return IND_OK;
	fclose(file);
	return capture_fail(c, IND_UNKNOWN, "%s: %.150s", c->name, error);
}

enum ind_err classic_open(struct capture *c)
{
	enum ind_err err = header_read(c);
	if (err)
		return err;
	c->buffer = malloc(BUFFER_BYTES);
	if (!c->buffer)
		return capture_fail(c, IND_NOMEM, "%s: out of memory", c->name);
	c->swapped = is_swapped(c->source.head);
	c->nanoseconds = word(c->source.head, c->swapped) == magic_nano;
	c->source_snaplen = (uint32_t)pcap_snapshot(c->pcap);
	c->next = classic_next;
	memcpy(c->buffer, c->source.head, SOURCE_HEAD_BYTES);
	c->at = c->end = SOURCE_HEAD_BYTES;
	c->source.head_given = SOURCE_HEAD_BYTES;
	return IND_OK;
}
