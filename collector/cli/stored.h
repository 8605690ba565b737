/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_STORED_H
#define CLI_STORED_H

#include "query/write.h"

/* A folder of bundles as rows of kind STATUS: the last bundle of each stream, leaves that are in no bundle between two, files that runs left. */

struct stored_folder {
	struct writer *writer;
	bool (*in_use)(void *ctx, const char *path); /* whether a sensor writes NAME.ieb.open now */
	void *ctx;
	bool wants;                  /* something is to be done */
};

/* A status, with its message said. */
int stored_put(struct stored_folder *s, const char *folder);

#endif
