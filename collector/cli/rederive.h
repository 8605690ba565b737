/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REDERIVE_H
#define CLI_REDERIVE_H

#include "cli/input.h"
#include "cli/selection.h"
#include "cli/target.h"

/* Every signal of bundles once more, from what was kept: a row for each that is not the same, and a summary. CLI_DONE, CLI_NEGATIVE if any
 * differs, or a status with its message said. */
int rederive_run(const struct inputs *inputs, const struct output_options *output, const struct selection_options *selection, size_t bytes_max);

#endif
