/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TELL_H
#define CLI_TELL_H

#include <stdbool.h>

/* Messages for people: one line each on standard error, "indicia: " before it, controls in it made visible. */

/* Notes are not printed when quiet; errors are. */
void tell_quiet(bool quiet);
void tell_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Where a long job stands: one line that is written over, on a terminal only, at most five times a second. */
void tell_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_progress_end(void);

#endif
