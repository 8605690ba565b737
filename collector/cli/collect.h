/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COLLECT_H
#define CLI_COLLECT_H

#include "daemon/config.h"
#include <stdio.h>

/* Configuration as a person meets it. What returns an int returns CLI_DONE, or another status with its message said. */

/* An option of daemon/config.def; its id is OPT_CONFIG or OPT_CONFIG_MORE, and its key. */
int collect_option(struct config *c, int id, const char *value);

/* -C FILE */
int collect_config(struct config *c, const char *path);

/* --print-config: what is in force as a file that can be read again, with where each value comes from. */
void collect_print(const struct config *c);

/* deploy/indicia.conf: every key of a file with what it means, none of them set. */
void collect_sample(FILE *out);

#endif
