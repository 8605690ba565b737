/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_RENEW_H
#define BUNDLE_RENEW_H

#include "indicia/bundle.h"

/* A writer that outlives its file (docs/bundle-format.md section 2.2, form "again"). It keeps the frames that no durable checkpoint covers
 * yet, without copying them; memory is bounded by what its caller writes between two seals. When a write or a sync fails, it says them
 * again in another file. */

enum writer_use { WRITER_ROWS, WRITER_NOTE };  /* a DATA frame; a CLOCK, a LOSS or the two frames of a seal */

struct writer_disk {
	/* May this be written? IND_FULL: there is no space for it; nothing was changed. */
	enum ind_err (*room)(void *ctx, enum writer_use use, size_t bytes);
	/* Gives up the file and begins another, whose first bytes will be a bundle with this header. */
	enum ind_err (*renew)(void *ctx, struct ind_sink *sink, struct ind_header *header);
	void *ctx;
};

/* To be called before the first record. From now on
 * - a record or frame for which there is no space is dropped: IND_FULL, which is not kept as the writer's error;
 * - IND_IO of the sink ends the writer only if no other file can be had either. */
void writer_watch(struct ind_writer *w, const struct writer_disk *disk);

/* Writes the batches that are waiting. What does not fit is dropped, and IND_OK. */
enum ind_err writer_flush(struct ind_writer *w) IND_MUST_USE;

/* Records that were dropped for want of space since writer_watch. */
uint64_t writer_dropped(const struct ind_writer *w);

/* How often another file was begun. */
unsigned writer_renewals(const struct ind_writer *w);

/* The stream behind the last checkpoint that is durable: all that may be told to anybody. */
void writer_durable(const struct ind_writer *w, struct ind_stream *stream);

#endif
