/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_CUSTODY_LOG_H
#define BUNDLE_CUSTODY_LOG_H

#include "bundle/buffer.h"
#include "bundle/custody_event.h"
#include "bundle/custody_file.h"

/* What the files of the log share. */

/* One record of one file; what is asked often is kept here, the rest is read again. */
struct custody_node {
	struct custody_record record;
	struct ind_custody_id id;
	size_t file, place;          /* which record of the file, from 0 */
	bool readable, signature_ok;
	uint8_t type;                /* 0 if it is not readable */
	uint32_t codes;              /* of this occurrence, then of all */
	struct ind_key_public actor_key, other_key;
	uint64_t claimed_ns;
	size_t parents_at, parent_count; /* in the log's pool */
	/* of the first occurrence, by the check */
	uint64_t files;              /* set of those that hold it */
	size_t missing;
	uint32_t level, waiting;     /* parents that have no level yet */
	bool named;                  /* by an event of the log */
	size_t receipt;              /* of a release: the receipt's node; NONE */
	size_t stamp;                /* in the log's list */
};

#define CUSTODY_NONE SIZE_MAX

struct ind_custody_log {
	size_t file_count, node_count, node_room, costly, bytes;
	struct ind_custody_file files[IND_CUSTODY_FILES_MAX];
	uint8_t *images[IND_CUSTODY_FILES_MAX]; /* the files' bytes */
	struct custody_node *nodes;
	struct buffer parents;       /* ids */
	size_t parents_used;
	/* by the check */
	bool checked;
	size_t unique;
	size_t *by_id;               /* nodes, one of each event, ascending by id */
	size_t *order;               /* the same, in order */
	struct ind_stamp_result stamps[IND_CUSTODY_COSTLY_MAX];
	/* borrowed by the caller of ind_custody_log_event */
	struct ind_custody_entry entry;
	Indicia__V1__CustodyEvent *message;
};

static inline const struct ind_custody_id *custody_parents(const struct ind_custody_log *log, const struct custody_node *n)
{
	return (const struct ind_custody_id *)(const void *)log->parents.at + n->parents_at;
}

static inline void custody_mark(struct custody_node *n, enum ind_custody_code code) { n->codes |= UINT32_C(1) << code; }

#endif
