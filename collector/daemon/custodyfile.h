/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_CUSTODYFILE_H
#define DAEMON_CUSTODYFILE_H

#include "indicia/custody.h"

/* Files of custody events on disk (docs/custody.md): appended to, made durable, never rewritten. */

/* Type, claimed time, clock error, tool and digest of the running program; the rest is zero. `tool` is static. */
void custodyfile_event(enum ind_custody_type type, struct ind_custody_event *event);

/* Puts `bytes` behind the `expected` bytes that the file was seen to have; with 0 it is made, with its preamble, and must not be there. The name is below the
 * folder (AT_FDCWD: as open takes it). IND_EXISTS if it has changed since; IND_IO with errno, and what could not be made durable is taken back where the disk lets it. */
enum ind_err custodyfile_append(int folder_fd, const char *name, uint64_t expected, const void *bytes, size_t count) IND_MUST_USE;

#endif
