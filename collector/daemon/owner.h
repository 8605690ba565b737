/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_OWNER_H
#define DAEMON_OWNER_H

#include <stdbool.h>

/* Root tries a sensor, or changes its key, in the folder of the user that the service runs as: what root makes there is given to that user, so that the service
 * can go on with it. */

/* Does the folder belong to another user, and can this process give files away? */
bool owner_is_other(const char *folder);

/* Gives the open file at `path` to whoever owns its folder. Where the system does not allow it, it stays root's. */
void owner_give(int fd, const char *path);

#endif
