/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_EXPORT_H
#define CLI_EXPORT_H

#include "cli/input.h"
#include "cli/selection.h"
#include "cli/target.h"
#include "export/export.h"

/* Bundles into the files of one format. */

enum { EXPORT_TARGETS_MAX = 8 };

struct exporting {
	const struct export_info *info;
	struct export_options options;
	struct query_filter *filter; /* NULL: everything */
	const char *write, *loss;    /* NULL: standard output, no file */
	bool force, strict, in_folder;
	int status;                  /* of opening */
	size_t target_count;
	struct target target[EXPORT_TARGETS_MAX];
	char *path[EXPORT_TARGETS_MAX];
	struct export *export;
};

/* A status of enum cli_exit, with its message said. */
int export_run(struct exporting *x, const struct inputs *inputs);

#endif
