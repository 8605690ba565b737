/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CAPTURE_NG_READING_H
#define TESTS_CAPTURE_NG_READING_H

/* A pcapng file in memory, and what is read of it. */
#include "capture/capture.h"
#include "support/suite.h"
#include "unit/capture/savefile.h"
#include <stdlib.h>

enum { FILE_MAX_BYTES = 8 << 20, ETHERNET = 1, LINK_RAW = 101, DLT_OF_RAW = 12, NFLOG = 239, PACKETS_MAX = 64 };
static const uint64_t t0_us = UINT64_C(1700000000123456);

static struct savefile file;
static struct capture *capture;
static struct capture_options options;
static char error[CAPTURE_ERROR_BYTES];
static size_t given, piece;

/* What was read, by packet. */
static struct seen { uint64_t time_ns; uint32_t captured, wire; unsigned link; uint8_t first, last; } seen[PACKETS_MAX];
static size_t seen_count;

static enum ind_err memory_read(void *ctx, void *bytes, size_t count, size_t *got)
{
	const struct savefile *s = ctx;
	size_t left = s->size - given;

	*got = left < count ? left : count;
	*got = piece && *got > piece ? piece : *got;
	memcpy(bytes, s->bytes + given, *got);
	given += *got;
	return IND_OK;
}

static void start(void)
{
	file = (struct savefile) { .bytes = malloc(FILE_MAX_BYTES) };
	options = (struct capture_options) { .name = "test.pcapng", .fd = -1, .read = memory_read, .read_ctx = &file };
	given = piece = 0;
	capture = NULL;
}

static void stop(void)
{
	capture_close(capture);
	free(file.bytes);
}

static enum ind_err opened(void)
{
	given = 0;
	capture_close(capture);
	return capture_open_savefile(&options, &capture, error);
}

static inline void refused(enum ind_err expected, const char *said)
{
	ck_assert_int_eq(opened(), expected);
	ck_assert_msg(strstr(error, said) != NULL, "\"%s\" does not say \"%s\"", error, said);
}

/* Opens and reads all; the packets are in `seen`. */
static inline void reads(size_t packets, enum ind_err end)
{
	struct frame frames[CAPTURE_BATCH];
	size_t count;
	enum ind_err err = opened();

	ck_assert_msg(err == IND_OK, "%s", error);
	seen_count = 0;
	while ((err = capture_next(capture, frames, CAPTURE_BATCH, &count)) == IND_OK)
		for (size_t i = 0; i < count; i++) {
			const struct frame *f = &frames[i];
			ck_assert(f->wire >= f->captured);
			if (seen_count < PACKETS_MAX)
				seen[seen_count] = (struct seen){
					f->time_ns, f->captured, f->wire, f->link, f->captured ? f->bytes[0] : 0, f->captured ? f->bytes[f->captured - 1] : 0,
				};
			seen_count++;
		}
	ck_assert_msg(err == end, "%d: %s", (int)err, capture_error(capture));
	ck_assert_uint_eq(seen_count, packets);
	ck_assert_int_eq(capture_error(capture)[0] != 0, end != IND_END);
}

static inline void drops_are(uint64_t interface, uint64_t kernel)
{
	struct capture_stats stats;
	capture_stats(capture, &stats);
	ck_assert_uint_eq(stats.interface_drops, interface);
	ck_assert_uint_eq(stats.kernel_drops, kernel);
}

#endif
