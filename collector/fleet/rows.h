/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ROWS_H
#define FLEET_ROWS_H

#include "fleet/name.h"
#include "indicia/catalogue.h"

/* The rows of a bundle beside the evidence: protobuf-rows (docs/export.md), gzip, a file for each kind of name_rows. Signals that follow a person or name a query are left out, but
 * those of a set. */

struct rows_files { int fd[NAME_ROWS]; uint64_t bytes[NAME_ROWS]; };

/* Files without names, in $TMPDIR or /tmp; rows_free in any case. Errors as of a supply, or IND_IO with errno. */
enum ind_err rows_make(const struct ind_source *source, const uint64_t trackable[static IND_SIGNAL_SET_WORDS], struct rows_files *files) IND_MUST_USE;
void rows_free(struct rows_files *files);

#endif
