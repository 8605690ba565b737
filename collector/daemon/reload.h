/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include "indicia/err.h"

struct keep;

/* SIGHUP. Async-signal-safe. */
void reload_ask(void);

/* If it was asked for: reads the configuration again, and takes over what a running sensor can; nothing changes if the file is wrong. Reference data are read
 * meanwhile, and taken over in a later call. Returns an error of the bundle that had to be ended and begun for them. */
enum ind_err reload_turn(struct keep *k) IND_MUST_USE;

#endif
