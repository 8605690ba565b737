/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_DELETIONS_H
#define DAEMON_DELETIONS_H

#include "indicia/custody.h"

/* FOLDER/custody/deleted.iec: what a sensor deleted, one signed event each (docs/custody.md section 9). Full or unfit files become deleted-NNNNNN.iec. */

enum { DELETIONS_EVENTS_MAX = 2048, DELETIONS_FILES_MAX = 64 };

struct deletions {
	int fd;                      /* of the folder custody; -1: not open */
	unsigned events_max;         /* in a file, and */
	unsigned files_max;          /* so many files besides deleted.iec; the oldest goes */
	uint64_t bytes;              /* of deleted.iec */
	size_t events;
	bool has_last;               /* an event before the next one, in this file or the one before */
	struct ind_custody_id last;
	bool unsure;                 /* an append failed: where the file ends is read again before the next one */
};

/* Makes the folder and the file, if they are not there, and reads where the chain stands. A file that is torn, damaged or of another key is put aside: *aside
 * says so. Space for events of a full disk is kept, where the file system can. IND_IO with errno; IND_NOMEM. */
enum ind_err deletions_open(struct deletions *d, int folder_fd, const struct ind_key_public *hand, bool *aside) IND_MUST_USE;

/* Signs the event, joins it to the chain and makes it durable. After an error the next call opens the file anew, as deletions_open does. While there is no space
 * for another file, events go on in the full one. IND_IO with errno, IND_USAGE (docs/custody.md section 2), IND_NOMEM, IND_CRYPTO. */
enum ind_err deletions_add(struct deletions *d, struct ind_custody_event *event, const struct ind_key *by) IND_MUST_USE;

void deletions_close(struct deletions *d);

#endif
