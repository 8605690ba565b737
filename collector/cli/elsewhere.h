/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ELSEWHERE_H
#define CLI_ELSEWHERE_H

#include "cli/cli.h"

/* Verbs that speak to a store are run by a program of their own, indicia-fleet: a sensor, and whoever reads bundles, loads no library of
 * the network. */

/* Becomes that program, which is beside this one or in libexec, and gives it the words behind the verb; process, streams and exit status stay
 * what they are. Returns only if it cannot be started: CLI_MISSING, with its message said. */
int elsewhere_run(const char *verb, int argc, char **argv);

#endif
