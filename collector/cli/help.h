/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/cli.h"

/* On standard output. */
void help_overview(bool all);
void help_verb(const struct cli_verb *verb, bool all);

#endif
