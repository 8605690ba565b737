/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "query/write.h"

/* Where data go: standard output, or a file that appears whole or not at all (FILE.part, made durable, then renamed). */

struct target {
	struct out out;
	int fd;
	const char *path;            /* NULL: standard output */
	char *part;
	bool force;
	int error;                   /* errno of the first write that failed */
};

/* CLI_DONE, or a status with its message said. An existing file is CLI_USAGE without `force`. */
int target_open(struct target *t, const char *path, bool force);

/* Flushes and gives the file its name; with `keep` false nothing of it is left. CLI_DONE or CLI_FAILED. */
int target_close(struct target *t, bool keep);

/* Options that every listing takes. */
struct output_options {
	const char *format, *write;
	const char *zone;            /* of --tz; NULL: none */
	const char *color;
	bool force, csv_raw, has_limit;
	uint64_t limit;
};

/* True if the option was one of OPTIONS_OUTPUT or -q; *status is not CLI_DONE if its value is wrong. */
bool output_option(struct output_options *o, int id, const char *value, int *status);

/* Says that a kind has no such field, and which may have been meant; CLI_USAGE. */
int output_no_field(const char *option, const struct query_kind *kind, const char *name, size_t bytes);

/* Format, columns and width for rows of a kind. */
int output_writer_options(const struct output_options *o, enum query_kind_id kind, struct writer_options *options);
int output_kind_options(const struct output_options *o, const struct query_kind *kind, struct writer_options *options);

/* Columns of the terminal, or what COLUMNS says; whether emphasis is wanted. */
size_t output_width(void);
bool output_bold(const struct output_options *o, bool terminal);

#endif
