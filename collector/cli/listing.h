/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "cli/cli.h"
#include "query/field.h"

/* flows, signals, origins: the rows of one kind out of bundles. */
int listing_run(const struct cli_verb *verb, enum query_kind_id kind, int argc, char **argv);

/* Every record of the bundles in recorded order, as NDJSON. */
struct inputs;
struct output_options;
int listing_records(const struct inputs *inputs, const struct output_options *output);

#endif
