/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COLLECT_KEEP_H
#define CLI_COLLECT_KEEP_H

#include "daemon/daemon.h"

/* What collect is told about keeping and deleting bundles. What returns an int returns CLI_DONE, or another status with its message said. */

/* Has the moment of --retain-until passed? What is recorded now would have to be deleted at once. */
bool collect_retain_passed(const struct daemon_options *d);

/* What does not go together, in words; NULL if all does. */
const char *collect_keep_wrong(const struct daemon_options *d);

/* With --require-shipped: the keys whose word counts, those that `verify` trusts. The caller frees *kept (free) when d is of no use any more. */
int collect_shippers(struct daemon_options *d, struct ind_key_public **kept);

#endif
