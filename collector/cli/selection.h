/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SELECTION_H
#define CLI_SELECTION_H

#include "indicia/catalogue.h"
#include "query/filter.h"

/* Options that select rows: -f, -F, -t, --family. */

struct selection_options { const char *filter, *file, *window, *family; };

/* True if the option was one of OPTIONS_FILTER; *status is not CLI_DONE if it was given twice. */
bool selection_option(struct selection_options *o, int id, const char *value, int *status);

/* Compiles them for rows of a kind; *filter stays NULL if none was given. CLI_DONE, or a status with its message said: one line, the
 * filter, and a caret below the place. */
int selection_open(const struct selection_options *o, enum query_kind_id kind, struct query_filter **filter);

/* The window of -t, which must have been given. CLI_DONE, or CLI_USAGE with its message said. */
int selection_window(const struct selection_options *o, struct filter_window *window);

/* A list of signals, as the value of an option. CLI_DONE, or CLI_USAGE with its message said. */
int selection_signals(const char *option, const char *names, uint64_t set[static IND_SIGNAL_SET_WORDS]);

/* A whole file, or what is left of an open one, of at most `max` bytes. NULL with errno; the caller frees. */
char *selection_read_file(const char *path, size_t max, size_t *bytes);
char *selection_read_all(int fd, size_t max, size_t *bytes);

/* To standard error: the line of a text with a place in it, as much as a screen has, and a caret. */
void selection_tell_place(const char *text, size_t bytes, size_t at);

/* Says what could not be decided, and for want of what. */
void selection_tell_undecided(const struct query_filter *filter, const char *rows);

#endif
