/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_EDIT_H
#define CLI_EDIT_H

#include <stddef.h>

/* Lines from a terminal. */

/* Completions of a word: the n-th that begins with its `bytes` bytes, from 0; NULL behind the last. */
typedef const char *edit_words_fn(const char *word, size_t bytes, size_t n);

/* `history`: a file that lines are kept in; NULL: they are forgotten. */
void edit_start(edit_words_fn *words, const char *history);
void edit_end(void);

/* The next line without its end; NULL at the end of input, or when a signal came instead. The caller frees it. */
char *edit_line(const char *prompt);

#endif
