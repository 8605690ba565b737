/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PLACE_H
#define REMOTE_PLACE_H

#include "fleet/archive.h"

/* Which archive is meant: the options that `ship` and `fleet` share. */

struct place {
	const char *folder;          /* a medium; NULL: `store` */
	const char *credentials;
	struct archive_options store;
	struct sign_keys keys;       /* of place_ready until place_forget */
};

/* True if the option was one of OPTIONS_STORE. */
bool place_option(struct place *p, int id, const char *value);

/* Is one archive named, and are its keys there? `folder_option` is what names a medium. A status of enum cli_exit, with its message said. */
int place_ready(struct place *p, const char *verb, const char *folder_option);
enum ind_err place_open(const struct place *p, struct archive **a, char why[static ARCHIVE_WHY_BYTES]) IND_MUST_USE;

/* The same for who has nothing else to do with what went wrong: a status of enum cli_exit, with its message said. */
int place_open_or_tell(const struct place *p, struct archive **a);

/* The keys are nowhere in memory after that. */
void place_forget(struct place *p);

#endif
