/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BUNDLE_CUSTODY_ASK_H
#define TEST_BUNDLE_CUSTODY_ASK_H

#include "custody_sample.h"
#include <check.h>
#include <string.h>

/* What a log says of one event. */

static inline bool has(uint32_t codes, enum ind_custody_code code) { return codes >> code & 1; }

/* The event with this id; it must be there. */
static inline const struct ind_custody_entry *entry_of(struct ind_custody_log *log, const struct ind_custody_id *id)
{
	const struct ind_custody_entry *e = NULL;
	for (size_t i = 0; i < ind_custody_log_count(log); i++) {
		ck_assert_int_eq(ind_custody_log_event(log, i, &e), IND_OK);
		if (memcmp(&e->id, id, sizeof *id) == 0)
			return e;
	}
	ck_abort_msg("the event is not in the log");
	return NULL;
}

static inline uint32_t codes_of(struct ind_custody_log *log, const struct ind_custody_id *id) { return entry_of(log, id)->codes; }

#endif
