/* SPDX-License-Identifier: Apache-2.0 */
/* libedit, through its interface of readline. */
#include "cli/edit.h"
#include <editline/readline.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HISTORY_LINES = 1000 };

static edit_words_fn *edit_words;
static char *edit_history;
static size_t edit_nth;

static char *next_word(const char *word, int again)
{
	if (!again)
		edit_nth = 0;
	const char *found = edit_words(word, strlen(word), edit_nth++);
	return found ? strdup(found) : NULL;
}

/* Words, never names of files. */
static char **complete(const char *word, int from, int to)
{
	(void)from, (void)to;
	rl_attempted_completion_over = 1;
	return rl_completion_matches(word, next_word);
}

void edit_start(edit_words_fn *words, const char *history)
{
	static char name[] = "indicia";
	edit_words = words;
	rl_readline_name = name;
	rl_initialize();
	using_history();
	stifle_history(HISTORY_LINES);
	rl_attempted_completion_function = complete;
	edit_history = history ? strdup(history) : NULL;
	if (edit_history)
		(void)read_history(edit_history);
}

void edit_end(void)
{
	if (edit_history) {
		int fd = open(edit_history, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0)
			close(fd);
		(void)write_history(edit_history);
	}
	clear_history();
	free(edit_history);
	edit_history = NULL;
}

char *edit_line(const char *prompt)
{
	char *line = readline(prompt);
	if (line && *line)
		add_history(line);
	return line;
}
