/* SPDX-License-Identifier: Apache-2.0 */
/* Without libedit: lines as they come. */
#include "cli/edit.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

void edit_start(edit_words_fn *words, const char *history) { (void)words, (void)history; }
void edit_end(void) {}

char *edit_line(const char *prompt)
{
	char *line = NULL;
	size_t room = 0;
	fputs(prompt, stdout);
	fflush(stdout);
	ssize_t bytes = getline(&line, &room, stdin);
	if (bytes < 0) {
		clearerr(stdin);
		free(line);
		return NULL;
	}
	if (bytes && line[bytes - 1] == '\n')
		line[bytes - 1] = '\0';
	return line;
}
