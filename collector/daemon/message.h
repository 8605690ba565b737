/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_MESSAGE_H
#define DAEMON_MESSAGE_H

#include "engine/engine.h"
#include "indicia/bundle.h"
#include "indicia/record.h"

/* What tap says to keep over the ring. All fixed layouts; everything in them is checked by keep before use. */

enum message_type { MESSAGE_OPENED = 1, MESSAGE_FLOW, MESSAGE_EXHIBIT, MESSAGE_STATUS, MESSAGE_END };

enum { MESSAGE_TEXT_BYTES = 256 };

/* The capture is open. */
struct message_opened {
	struct ind_link_type link;   /* of the first frame */
	uint32_t snaplen;
	uint32_t uid;                /* as whom it is read */
	char reader[64];             /* by what, in words */
	uint32_t user_kept;          /* 1: this place does not let tap become another user; it gave up all capabilities instead */
	uint32_t landlock_abi;       /* 0: tap could still open what its user may */
	uint32_t calls_filtered;     /* 1: any system call but a few would end it */
};

/* A flow, then `signal_count` of struct message_signal, each followed by its value (and digest, if cut), padded to 8. */
struct message_flow {
	struct ind_flow flow;
	uint32_t signal_count;
	uint32_t unused;
};

struct message_signal {
	uint64_t time_ns, packet;
	uint16_t id, value_bytes;
	uint8_t side, from, flags, unused;
};

/* An exhibit, then its bytes. */
struct message_exhibit {
	uint64_t flow_serial, time_ns, packet;
	uint16_t bytes_count;
	uint8_t from, side, kind, masked;
	uint16_t unused;
};

struct message_status {
	struct engine_counters counters;
	uint64_t received, kernel_drops, interface_drops;
	uint64_t progress_done, progress_total;
};

/* The last message: how it ended, in the exit statuses of daemon.h, and one line if it did not end well. */
struct message_end {
	struct message_status status;
	uint32_t exit_status;
	uint8_t cut;                 /* the savefile is damaged or ends early; what was readable was handed over */
	uint8_t has_sha256;
	uint8_t unused[2];
	uint8_t source_sha256[IND_SHA256_BYTES];
	uint32_t link_count;         /* 0, or of how many link types the frames were, if of several */
	struct ind_link_type links[IND_LINK_TYPES_MAX]; /* ascending */
	char text[MESSAGE_TEXT_BYTES];
};

static inline size_t message_padded(size_t bytes) { return (bytes + 7) & ~(size_t)7; }

#endif
