/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/capture.h"
#include "capture/room.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum ind_err capture_fail(struct capture *c, enum ind_err err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->error, sizeof c->error, format, args);
	va_end(args);
	return err;
}

enum ind_err capture_fail_source(struct capture *c)
{
	enum ind_err err = c->source.err;

	if (err == IND_IO && c->source.error_number)
		return capture_fail(c, err, "%s: %s", c->name, strerror(c->source.error_number));
	return capture_fail(c, err, "%s: %s", c->name, ind_strerror(err));
}

struct capture *capture_new(const char *name)
{
	struct capture *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	atomic_init(&c->stop, false);
	c->drops_fd[0] = c->drops_fd[1] = -1;
	snprintf(c->name, sizeof c->name, "%s", name ? name : "capture");
	return c;
}

enum ind_err capture_finish(struct capture *c, enum ind_err err, struct capture **capture, char error[static CAPTURE_ERROR_BYTES])
{
	*capture = NULL;
	if (err) {
		memcpy(error, c->error, CAPTURE_ERROR_BYTES);
		capture_close(c);
		return err;
	}
	*capture = c;
	return IND_OK;
}

static enum ind_err savefile_sniff(struct capture *c)
{
	enum ind_err err = source_peek(&c->source);

	if (err)
		return capture_fail_source(c);
	if (c->source.head_bytes == 0)
		return capture_fail(c, IND_SHORT, "%s: the file is empty", c->name);
	if (ng_likes(&c->source))
		return ng_open(c);
	return classic_likes(&c->source) ? classic_open(c) : savefile_open(c);
}

enum ind_err capture_open_savefile(const struct capture_options *options, struct capture **capture, char error[static CAPTURE_ERROR_BYTES])
{
	struct capture *c = capture_new(options->name);

	if (!c) {
		snprintf(error, CAPTURE_ERROR_BYTES, "out of memory");
		return IND_NOMEM;
	}
	source_start(&c->source, options, &c->stop);
	c->filter = options->filter;
	c->asked_snaplen = options->snaplen ? options->snaplen : UINT32_MAX;
	enum ind_err err = savefile_sniff(c);
	uint32_t most = c->source_snaplen ? c->source_snaplen : CAPTURE_FRAME_MAX_BYTES;
	c->snaplen = c->asked_snaplen < most ? c->asked_snaplen : most;
	return capture_finish(c, err, capture, error);
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->link_count; i++) {
		if (c->links[i].has_filter)
			pcap_freecode(&c->links[i].program);
		pcap_close(c->links[i].pcap);
	}
	if (c->pcap && !c->link_count)
		pcap_close(c->pcap);
	ng_close(c);
	for (size_t i = 0; i < 2; i++)
		if (c->drops_fd[i] >= 0)
			close(c->drops_fd[i]);
	free(c->buffer);
	free(c);
}

size_t capture_link_count(const struct capture *c) { return c->link_count; }
const struct capture_link *capture_link_at(const struct capture *c, size_t i) { return &c->links[i].told; }
const struct capture_link *capture_link(const struct capture *c) { return &c->links[c->first_link].told; }
const char *capture_reader(const struct capture *c) { return c->reader; }
uint32_t capture_snaplen(const struct capture *c) { return c->snaplen; }
const char *capture_error(const struct capture *c) { return c->error; }

enum ind_err capture_next(struct capture *c, struct frame *frames, size_t max, size_t *count)
{
	*count = 0;
	if (max == 0)
		return IND_USAGE;
	if (!c->outcome && atomic_load_explicit(&c->stop, memory_order_relaxed))
		c->outcome = IND_END;
	if (c->outcome)
		return c->outcome;
	c->outcome = c->next(c, frames, max < CAPTURE_BATCH ? max : CAPTURE_BATCH, count);
	return *count ? IND_OK : c->outcome;
}

void capture_break(struct capture *c)
{
	atomic_store_explicit(&c->stop, true, memory_order_relaxed);
	if (c->live)
		pcap_breakloop(c->pcap);
}

enum ind_err capture_sha256(struct capture *c, uint8_t digest[static IND_SHA256_BYTES])
{
	static const size_t piece_bytes = 1 << 18;
	enum ind_err err = IND_OK;
	size_t got = 0;

	if (!c->source.hashing)
		return IND_USAGE;
	uint8_t *piece = malloc(piece_bytes);
	if (!piece)
		return IND_NOMEM;
	atomic_store(&c->stop, false);
	c->source.head_given = c->source.head_bytes;
	do {
		err = source_read(&c->source, piece, piece_bytes, &got);
	} while (!err && got > 0);
	free(piece);
	if (!c->outcome)
		c->outcome = IND_END;
	if (err)
		return capture_fail_source(c);
	hash_sha256_end(&c->source.hash, digest);
	c->source.hashing = false;
	return IND_OK;
}

void capture_progress(const struct capture *c, uint64_t *done, uint64_t *total)
{
	*done = c->source.done;
	*total = c->source.total;
}
