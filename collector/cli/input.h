/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "indicia/bundle.h"

/* Operands that name bundles: files, folders (their *.ieb in name order), "-" for standard input. */

struct inputs { char **names; size_t count, room; bool has_stdin; };

/* Adds what an operand names; CLI_DONE, or a status with its message said. */
int inputs_add(struct inputs *in, const char *operand);
void inputs_free(struct inputs *in);

struct input {
	const char *name;            /* for messages; "standard input" for "-" */
	int fd;
	int error;                   /* errno of the last read that failed */
	uint64_t bytes;
	struct ind_source source;
};

/* Opens one name; standard input is copied to a file without a name. CLI_DONE, or CLI_DAMAGED with its message said. */
int input_open(struct input *in, const char *name);
void input_close(struct input *in);

/* A file without a name, in $TMPDIR or /tmp; -1 with errno. The caller closes it. */
int input_temporary(void);

/* One line for a reader that stopped before the end: file, byte offset, reason. */
void input_tell_damage(const struct input *in, uint64_t offset, enum ind_err err);

#endif
