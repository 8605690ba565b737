/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_WRITER_H
#define BUNDLE_WRITER_H

#include "bundle/data.h"
#include "bundle/frame.h"
#include "bundle/put.h"
#include "bundle/renew.h"
#include "bundle/small.h"

/* The inside of a writer, for the files that write. */

enum { LANE_FIRST = ROW_FLOW };

/* A frame that is not durable yet. */
struct kept {
	struct buffer frame;         /* header, payload, padding */
	size_t bytes;                /* of the payload */
	enum frame_type type;
	bool has_root;
	struct tree_hash records_root;
};

/* What a writer keeps to be able to say it again in another file. */
struct again {
	struct writer_disk disk;     /* room NULL: nothing is kept */
	struct kept *frames;         /* the first `count` are kept, those behind hold buffers for later ones */
	size_t count, capacity;
	struct ind_stream durable;   /* behind the last durable checkpoint */
	uint64_t time_bound_ns;      /* there */
	struct ind_writer_totals totals; /* of rows, then */
	struct epoch_frame epoch;    /* the EPOCH among the frames, if one is */
	const struct ind_key *epoch_by; /* signs it anew where its leaf is another one */
	struct ind_recovery said;    /* heads that may stand on a disk that was given up */
	bool head_signed;            /* `head` is not durable yet */
	struct ind_head head;
	unsigned renewals;           /* in all */
	unsigned tries;              /* since the last durable checkpoint */
	uint64_t dropped;            /* records, for want of space */
};

struct ind_writer {
	struct ind_sink sink;
	const struct ind_key *identity, *epoch_key;
	enum ind_err err;            /* the first one; kept */
	bool finished, has_seed;
	bool sealed;                 /* a CHECKPOINT is the last thing that was written, and nothing waits */
	uint8_t seed[32];
	uint8_t preamble[PREAMBLE_BYTES];
	uint32_t crc_start;
	struct ind_stream stream;
	uint64_t first_leaf;         /* of this bundle */
	uint64_t time_bound_ns;      /* no seal says an earlier time without a CLOCK that says why */
	size_t data_set_count;
	char origin[ORIGIN_TEXT_MAX + 1];
	struct buffer frame;         /* header and payload of the frame that is made */
	struct data_encoder encoder;
	struct lane lane[ROW_KIND_END];
	struct ind_writer_totals totals;
	struct again again;
};

/* writer.c: the payload stands in w->frame already. `records_root` NULL: not a DATA frame. */
enum ind_err writer_frame(struct ind_writer *w, enum frame_type type, size_t bytes, const struct tree_hash *records_root) IND_MUST_USE;

/* Preamble and HEADER, with the writer's keys. */
enum ind_err writer_header(struct ind_writer *w, struct ind_header *header) IND_MUST_USE;

/* renew.c: takes over w->frame, which is about to be written. */
enum ind_err again_keep(struct ind_writer *w, enum frame_type type, size_t bytes, const struct tree_hash *records_root) IND_MUST_USE;

/* The last checkpoint is durable: nothing before it is kept any longer. */
void again_durable(struct ind_writer *w);

/* The file could not be written: says everything that is kept again in another one. IND_IO if that cannot be had. */
enum ind_err again_say(struct ind_writer *w) IND_MUST_USE;

void again_free(struct again *a);

#endif
