/* SPDX-License-Identifier: Apache-2.0 */
/* Savefiles that libpcap reads for us: the rarer forms of pcap. It reuses its buffer, so frames are copied. */
#include "capture/room.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Records looked at in one call, so that a filter that takes nothing does not keep the caller waiting. */
enum { LOOK_MAX = 4096 };

static ssize_t cookie_read(void *ctx, char *bytes, size_t count)
{
	struct capture *c = ctx;
	size_t got;

	if (source_read(&c->source, bytes, count, &got)) {
		errno = EIO;
		return -1;
	}
	return (ssize_t)got;
}

/* libpcap has one code for all failures; whether it asked beyond the end tells a short file from a damaged one. */
static enum ind_err failure_of(struct capture *c, const char *text)
{
	if (atomic_load(&c->stop))
		return IND_END;
	if (c->source.err)
		return capture_fail_source(c);
	if (feof(c->file))
		return capture_fail(c, IND_SHORT, "%s: after record %llu: %.120s", c->name, (unsigned long long)c->number, text);
	return capture_fail(c, IND_MALFORMED, "%s: after record %llu: %.120s", c->name, (unsigned long long)c->number, text);
}

/* Nanoseconds since 1970; what lies outside the type's range is clamped to it. */
static uint64_t time_of(const struct timeval *tv)
{
	if (tv->tv_sec < 0)
		return 0;
	if ((uint64_t)tv->tv_sec > UINT64_MAX / 1000000000 - 5)
		return UINT64_MAX;
	return (uint64_t)tv->tv_sec * 1000000000 + (uint32_t)tv->tv_usec;
}

/* Copies the frame behind those of this batch; one that does not fit is lent as it is and ends the batch. */
static bool frame_keep(struct capture *c, const uint8_t *bytes, struct frame *frame)
{
	bool fits = frame->captured <= c->buffer_bytes - c->at;

	frame->bytes = bytes;
	if (fits) {
		if (frame->captured)
			memcpy(c->buffer + c->at, bytes, frame->captured);
		frame->bytes = c->buffer + c->at;
		c->at += frame->captured;
	}
	return fits;
}

static enum ind_err savefile_next(struct capture *c, struct frame *frames, size_t max, size_t *count)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;

	c->at = 0;
	for (unsigned looked = 0; looked < LOOK_MAX && *count < max; looked++) {
		int result = pcap_next_ex(c->pcap, &header, &bytes);
		if (result != 1)
			return result == PCAP_ERROR_BREAK ? IND_END : failure_of(c, pcap_geterr(c->pcap));
		c->number++;
		uint32_t captured = header->caplen < c->snaplen ? header->caplen : c->snaplen;
		uint32_t wire = header->len < captured ? captured : header->len;
		c->links[0].told.seen = true;
		if (!filter_takes(&c->links[0], captured, wire, bytes))
			continue;
		struct frame *frame = &frames[(*count)++];
		*frame = (struct frame) { .captured = captured, .wire = wire, .time_ns = time_of(&header->ts), .number = c->number,
			.link = c->links[0].told.number };
		if (!frame_keep(c, bytes, frame))
			break;
	}
	return IND_OK;
}

static enum ind_err open_failure(struct capture *c, const char *text)
{
	if (c->source.err)
		return capture_fail_source(c);
	if (feof(c->file))
		return capture_fail(c, IND_SHORT, "%s: the file ends inside its header", c->name);
	return capture_fail(c, IND_UNKNOWN, "%s: no capture that can be read: %.120s", c->name, text);
}

enum ind_err savefile_open(struct capture *c)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	c->buffer_bytes = CAPTURE_PIECE_BYTES;
	c->buffer = malloc(c->buffer_bytes);
	if (c->buffer)
		c->file = fopencookie(c, "r", (cookie_io_functions_t) { .read = cookie_read });
	if (!c->file)
		return capture_fail(c, IND_NOMEM, "%s: out of memory", c->name);
	setvbuf(c->file, NULL, _IOFBF, 1 << 16);
	c->pcap = pcap_fopen_offline_with_tstamp_precision(c->file, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!c->pcap) {
		enum ind_err err = open_failure(c, error);
		fclose(c->file);
		return err;
	}
	c->source_snaplen = (uint32_t)pcap_snapshot(c->pcap);
	c->next = savefile_next;
	c->reader = "libpcap";
	return link_add(c, c->pcap);
}
