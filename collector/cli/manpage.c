/* SPDX-License-Identifier: Apache-2.0 */
/* indicia-manpage FROM TO: for the build. Copies the pages of FROM to TO, a line "@VERBS@" in them replaced by the list of verbs, "@KEYS@" by the keys of
 * indicia.conf, and writes TO/indicia-VERB.1.scd for every verb; FROM/verbs/VERB.scd is set into it if it is there.
 * indicia-manpage --sample: what deploy/indicia.conf is to be. */
#include "cli/collect.h"
#include "cli/man.h"
#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 18, PATH_BYTES = 4096 };

static char text[TEXT_MAX];

static bool read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	size_t bytes = fread(text, 1, sizeof(text) - 1, file);
	text[bytes] = '\0';
	return fclose(file) == 0 && bytes < sizeof(text) - 1;
}

static FILE *create(const char *folder, const char *before, const char *name, const char *after)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof(path), "%s/%s%s%s", folder, before, name, after);
	return fopen(path, "w");
}

static bool copy(const char *path, const char *to)
{
	static const struct { const char *mark; void (*put)(FILE *out); } lists[] = { { "@VERBS@\n", man_list }, { "@KEYS@\n", man_keys } };
	const char *name = strrchr(path, '/') + 1, *rest = text;
	FILE *out = read_text(path) ? create(to, "", name, "") : NULL;
	if (!out)
		return false;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char *at = strstr(rest, lists[i].mark);
		if (!at)
			continue;
		fprintf(out, "%.*s", (int)(at - rest), rest);
		lists[i].put(out);
		rest = at + strlen(lists[i].mark);
	}
	fputs(rest, out);
	return fclose(out) == 0;
}

static bool copy_all(const char *from, const char *to)
{
	char pattern[PATH_BYTES];
	glob_t found;
	bool ok = true;
	snprintf(pattern, sizeof(pattern), "%s/*.scd", from);
	if (glob(pattern, 0, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++)
		ok &= copy(found.gl_pathv[i], to);
	globfree(&found);
	return ok;
}

static bool write_page(const struct cli_verb *verb, const char *from, const char *to)
{
	char path[PATH_BYTES];
	snprintf(path, sizeof(path), "%s/verbs/%s.scd", from, verb->name);
	bool more = read_text(path);
	FILE *out = create(to, "indicia-", verb->name, ".1.scd");
	if (!out)
		return false;
	man_page(out, verb, more ? text : NULL);
	return fclose(out) == 0;
}

int main(int argc, char **argv)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	if (argc == 2 && strcmp(argv[1], "--sample") == 0) {
		collect_sample(stdout);
		return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	if (argc != 3 || !copy_all(argv[1], argv[2]))
		return EXIT_FAILURE;
	for (size_t i = 0; i < count; i++)
		if (!write_page(verbs[i], argv[1], argv[2]))
			return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
