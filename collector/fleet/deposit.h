/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_DEPOSIT_H
#define FLEET_DEPOSIT_H

#include "fleet/archive.h"
#include "fleet/name.h"

/* Objects that belong together, whose keys all begin with the key of the first: what is there already is not sent again, and nothing counts as there that the
 * archive does not list with the right size and ETag afterwards. */

enum { DEPOSIT_MAX = 80 };

struct deposit_part {
	char key[NAME_MAX_BYTES];
	struct archive_body body;
	char etag[ETAG_TEXT];        /* once it is there */
	bool there, sent;
};

struct deposit {
	struct deposit_part part[DEPOSIT_MAX];
	size_t count;
	uint64_t sent_bytes;
	unsigned sent;
	bool unconfirmed;            /* it was sent, and the archive lists something else under its name */
};

/* NULL if there is no more room. The key is left to the caller. */
struct deposit_part *deposit_add(struct deposit *d, int fd, uint64_t bytes, const uint8_t *sha256);

/* Sends what is missing and asks whether it is there. IND_MALFORMED: the archive does not confirm it; else as archive_put; archive_why says more. Then all `there` are true. */
enum ind_err deposit_run(struct deposit *d, struct archive *a) IND_MUST_USE;

#endif
