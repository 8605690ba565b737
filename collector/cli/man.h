/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include "cli/cli.h"
#include <stdio.h>

/* The manual page of a verb, in scdoc(5), out of its table. `more` is text of scdoc that stands behind the options; NULL: none. */
void man_page(FILE *out, const struct cli_verb *verb, const char *more);

/* The verbs of the program with what they do, for indicia(1). */
void man_list(FILE *out);

/* The keys of indicia.conf, for indicia.conf(5). */
void man_keys(FILE *out);

#endif
