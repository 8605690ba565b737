/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_QUERY_SHELL_H
#define CLI_QUERY_SHELL_H

#include "cli/query_run.h"

/* SQL from a terminal, line by line. `history`: keep the lines in the state directory. A status. */
int query_shell(struct query_run *q, struct target *target, bool history);

#endif
