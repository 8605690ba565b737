/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/elsewhere.h"
#include "cli/tell.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* A program that was only built, or whose copy stands in libexec itself, has it beside it; an installed one where its prefix was moved to. */
static const char *const places[] = { "", ELSEWHERE_FOLDER "/" };

/* "/usr/bin" and "../libexec/indicia/" are "/usr/libexec/indicia/indicia-fleet". */
static bool join(const char *folder, const char *place, char path[static PATH_BYTES])
{
	size_t bytes = strlen(folder);
	for (; strncmp(place, "../", 3) == 0; place += 3)
		while (bytes && folder[--bytes] != '/')
			continue;
	return snprintf(path, PATH_BYTES, "%.*s/%sindicia-fleet", (int)bytes, folder, place) < PATH_BYTES;
}

static bool find(char path[static PATH_BYTES])
{
	char folder[PATH_BYTES] = "";
	ssize_t bytes = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	char *slash = bytes > 0 ? strrchr(folder, '/') : NULL;
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (join(folder, places[i], path) && slash && access(path, X_OK) == 0)
			return true;
	return false;
}

int elsewhere_run(const char *verb, int argc, char **argv)
{
	static char name[] = "indicia", word[32];
	char path[PATH_BYTES];
	char **words = calloc((size_t)argc + 3, sizeof(*words));
	if (!words)
		return tell_error("out of memory"), CLI_FAILED;
	snprintf(word, sizeof(word), "%s", verb);
	words[0] = name;
	words[1] = word;
	if (argc)
		memcpy(words + 2, argv, (size_t)argc * sizeof(*words));
	if (find(path))
		execv(path, words);
	tell_error("%s: %s: %s; this program does what 'indicia %s' is to do, and is installed with indicia", verb, path, strerror(errno), verb);
	free(words);
	return CLI_MISSING;
}
