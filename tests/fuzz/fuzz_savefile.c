/* SPDX-License-Identifier: Apache-2.0 */
/* Savefiles of any content. The first byte chooses filter, cut and the pieces in which the rest arrives. */
#include "capture/capture.h"
#include <stdlib.h>
#include <string.h>

struct input { const uint8_t *at; size_t left, piece; };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ind_err input_read(void *ctx, void *bytes, size_t count, size_t *got)
{
	struct input *in = ctx;

	*got = in->left < count ? in->left : count;
	*got = *got < in->piece ? *got : in->piece;
	if (*got)
		memcpy(bytes, in->at, *got);
	in->at += *got;
	in->left -= *got;
	return IND_OK;
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool link_is_told(const struct capture *c, unsigned number)
{
	for (size_t i = 0; i < capture_link_count(c); i++)
		if (capture_link_at(c, i)->seen && capture_link_at(c, i)->number == number)
			return true;
	return false;
}

static void read_all(struct capture *c, size_t size, uint32_t snaplen)
{
	struct frame frames[CAPTURE_BATCH];
	uint64_t last = 0, sum = 0;
	size_t count;
	enum ind_err err;

	while ((err = capture_next(c, frames, CAPTURE_BATCH, &count)) == IND_OK) {
		must(count <= CAPTURE_BATCH);
		for (size_t i = 0; i < count; i++) {
			must(frames[i].number > last && frames[i].wire >= frames[i].captured && frames[i].captured <= snaplen);
			must(link_is_told(c, frames[i].link));
			last = frames[i].number;
			for (uint32_t b = 0; b < frames[i].captured; b++)
				sum += frames[i].bytes[b];
		}
	}
	must(err == IND_END || err == IND_SHORT || err == IND_MALFORMED || err == IND_USAGE);
	must((err == IND_END) == (capture_error(c)[0] == '\0'));
	struct capture_stats stats;
	capture_stats(c, &stats);
	must(stats.received >= last);
	must(last <= size && sum <= 255 * (uint64_t)size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[4] = { SIZE_MAX, 1, 17, 4096 };
	char error[CAPTURE_ERROR_BYTES] = "";
	struct capture *c;

	if (size == 0)
		return 0;
	struct input in = { data + 1, size - 1, pieces[data[0] >> 2 & 3] };
	struct capture_options options = { .name = "fuzz", .fd = -1, .read = input_read, .read_ctx = &in };
	options.filter = data[0] & 1 ? "ip and not icmp" : NULL;
	options.snaplen = data[0] & 2 ? 40 : 0;
	enum ind_err err = capture_open_savefile(&options, &c, error);
	if (err) {
		must(error[0] != '\0' && c == NULL);
		return 0;
	}
	read_all(c, size, options.snaplen ? options.snaplen : UINT32_MAX);
	capture_close(c);
	return 0;
}
