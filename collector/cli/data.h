/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DATA_H
#define CLI_DATA_H

#include "refdata/refdata.h"

#include <stdbool.h>

enum { DATA_PATH_MAX = REFDATA_PATH_MAX };

/* The folder of reference data: `given`, which must be there, else the first of the default places. CLI_DONE or CLI_MISSING. */
int data_folder(const char *given, char found[static DATA_PATH_MAX], const char **folder);

/* A file copied into a folder of its own inside the folder of reference data, before it is put beside the others. */
struct data_copy {
	bool force;
	char folder[DATA_PATH_MAX];  /* of the copy */
	char file[DATA_PATH_MAX];
	char target[DATA_PATH_MAX];
	char meta[DATA_PATH_MAX];    /* of a list that has one beside it; else empty */
	char meta_target[DATA_PATH_MAX];
};

/* CLI_DONE, or a status with its message said and nothing left. */
int data_copy_make(struct data_copy *c, const char *file, const char *folder, bool force);

/* Gives the copy its place if `status` is CLI_DONE; removes what is left. */
int data_copy_end(struct data_copy *c, int status);

#endif
