/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli/cli.h"
#include <stdint.h>

/* Walks a command line by a verb's table. Options may stand after operands; "--" ends them; "-" is an operand. */

enum { ARGS_END = 0, ARGS_OPERAND = 1, ARGS_ERROR = 2 };

struct args {
	const struct cli_option *options;
	size_t count;
	int argc, at;
	char **argv;
	const char *cluster;         /* short options that are left of one word */
	bool only_operands;
	const char *value;           /* of the option, or the operand */
	char error[512];             /* one line, with ARGS_ERROR */
};

void args_start(struct args *a, const struct cli_option *options, size_t count, int argc, char **argv);

/* The next option's id, ARGS_OPERAND, ARGS_ERROR or ARGS_END. Values of options with choices are checked. */
int args_next(struct args *a);

#endif
