/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdbool.h>

/* Messages for people: one line each on standard error, "indicia: " before it, controls in it made visible. */

/* Notes are not printed when quiet; errors are. */
void say_quiet(bool quiet);
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
