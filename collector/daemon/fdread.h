/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_FDREAD_H
#define DAEMON_FDREAD_H

#include "indicia/bundle.h"
#include <dirent.h>

/* Reading through descriptors that are open already. */

/* For struct ind_source: ctx is the descriptor, an int. */
enum ind_err fdread_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got) IND_MUST_USE;

/* The entries of a folder, from the first on; the descriptor stays as it is. NULL with errno; the caller ends with closedir. */
DIR *fdread_folder(int folder_fd);

#endif
