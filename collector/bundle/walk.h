/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_WALK_H
#define BUNDLE_WALK_H

#include "bundle/buffer.h"
#include "bundle/frame.h"

/* Frame after frame of a file: headers, lengths, CRCs, padding and order; no message is looked into. */

struct walk {
	const struct ind_source *source;
	uint8_t preamble[PREAMBLE_BYTES];
	uint32_t crc_start;
	uint64_t offset;             /* of the frame that was read last, or could not be read */
	uint64_t end;                /* behind it, padding included */
	uint64_t next_seq;           /* the caller sets it when it knows the HEADER */
	bool started, in_seal, finished;
	bool seal_is_final;          /* the caller sets it when it knows the SEALINFO */
	const char *reason;          /* stable word of the last failure */
	bool has_header;             /* the header of the frame at `offset` was right: these are its fields */
	uint8_t frame_type;
	uint64_t frame_seq;
	uint64_t resync_from;        /* the failure may be a torn end: if no seal follows from here; 0 if it may not */
	struct buffer frame_buffer;
};

/* Borrowed until the next call. */
struct frame {
	enum frame_type type;
	uint64_t seq;
	const uint8_t *header;       /* 32 bytes */
	const uint8_t *payload;
	size_t bytes;
};

/* Reads the preamble. IND_SHORT, IND_MALFORMED, IND_UNKNOWN with a reason. */
enum ind_err walk_open(struct walk *w, const struct ind_source *source) IND_MUST_USE;

/* IND_END at the end of the file; IND_SHORT if it ends inside a frame; IND_MALFORMED, IND_UNKNOWN; each with a reason. */
enum ind_err walk_next(struct walk *w, struct frame *frame) IND_MUST_USE;

/* Is a CHECKPOINT header with a right CRC at or behind `from`? */
enum ind_err walk_seal_follows(struct walk *w, uint64_t from, bool *follows) IND_MUST_USE;

void walk_close(struct walk *w);

#endif
