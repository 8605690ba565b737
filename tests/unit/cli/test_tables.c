/* SPDX-License-Identifier: Apache-2.0 */
/* Help, manual page and completion say what the tables say. */
#include "cli/collect.h"
#include "cli/man.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[1 << 18];

static void read_file(FILE *file)
{
	size_t bytes = fread(text, 1, sizeof(text) - 1, file);
	ck_assert_uint_gt(bytes, 0);
	ck_assert_uint_lt(bytes, sizeof(text) - 1);
	text[bytes] = '\0';
	fclose(file);
}

/* What `indicia A B` prints. */
static void output_of(const char *a, const char *b)
{
	char path[] = "/tmp/indicia-test.XXXXXX", program[] = "indicia", first[32], second[32];
	char *argv[] = { program, first, second, NULL };
	int fd = mkstemp(path), before = dup(STDOUT_FILENO);
	snprintf(first, sizeof(first), "%s", a);
	snprintf(second, sizeof(second), "%s", b ? b : "");
	fflush(stdout);
	ck_assert_int_ge(dup2(fd, STDOUT_FILENO), 0);
	close(fd);
	int status = cli_run(b ? 3 : 2, argv);
	ck_assert_int_ge(dup2(before, STDOUT_FILENO), 0);
	close(before);
	ck_assert_int_eq(status, CLI_DONE);
	read_file(fopen(path, "r"));
	unlink(path);
}

/* Backslashes of scdoc out, white space folded, so that wrapped text can be found. */
static void fold(char *at)
{
	char *to = at;
	for (; *at; at++) {
		if (*at == '\\')
			continue;
		if (*at == '\n' || *at == '\t' || *at == ' ') {
			if (to > text && to[-1] != ' ')
				*to++ = ' ';
			continue;
		}
		*to++ = *at;
	}
	*to = '\0';
}

static const struct cli_verb *verb_at(int i)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	return (size_t)i < count ? verbs[i] : NULL;
}

static void manual_of(const struct cli_verb *verb)
{
	FILE *file = tmpfile();
	ck_assert_ptr_nonnull(file);
	man_page(file, verb, "# MORE\n\nWords from elsewhere.\n");
	rewind(file);
	read_file(file);
}

START_TEST(manual_page)
{
	const struct cli_verb *verb = verb_at(_i);
	char want[512];
	manual_of(verb);
	snprintf(want, sizeof(want), "indicia-%s(1)\n\n# NAME\n", verb->name);
	ck_assert_msg(strncmp(text, want, strlen(want)) == 0, "%s: the page begins otherwise", verb->name);
	static const char *const chapters[] = { "\n# SYNOPSIS\n", "\n# OPTIONS\n", "\n# MORE\n", "\n# EXIT STATUS\n", "\n# SEE ALSO\n" };
	for (size_t i = 0; i < sizeof(chapters) / sizeof(chapters[0]); i++)
		ck_assert_msg(strstr(text, chapters[i]) != NULL, "%s: no chapter %s", verb->name, chapters[i]);
	ck_assert_msg(!verb->examples || strstr(text, verb->examples) != NULL, "%s: no examples", verb->name);
	fold(text);
	ck_assert_msg(strstr(text, verb->summary) != NULL, "%s: no summary", verb->name);
	for (size_t i = 0; i < verb->option_count; i++) {
		const struct cli_option *o = &verb->options[i];
		int used = o->short_name ? snprintf(want, sizeof(want), "*-%c*%s", o->short_name, o->name ? ", " : "") : 0;
		if (o->name)
			used += snprintf(want + used, sizeof(want) - (size_t)used, "*--%s*", o->name);
		if (o->argument)
			used += snprintf(want + used, sizeof(want) - (size_t)used, " _%s_", o->argument);
		snprintf(want + used, sizeof(want) - (size_t)used, " %s ", o->help);
		ck_assert_msg(strstr(text, want) != NULL, "%s: the manual lacks: %s", verb->name, want);
	}
}
END_TEST

/* indicia(1) leaves a place for the verbs, and has no second text about any. */
START_TEST(manual_of_all)
{
	read_file(fopen(MANUAL, "r"));
	ck_assert_ptr_nonnull(strstr(text, "\n@VERBS@\n"));
	ck_assert_ptr_null(strstr(text, "\n## "));
	FILE *file = tmpfile();
	ck_assert_ptr_nonnull(file);
	man_list(file);
	rewind(file);
	read_file(file);
	for (int i = 0; verb_at(i); i++) {
		char want[64];
		snprintf(want, sizeof(want), "*indicia-%s*(1)\n\t", verb_at(i)->name);
		ck_assert_msg(strstr(text, want) != NULL, "%s is not named", verb_at(i)->name);
	}
}
END_TEST

/* The manual of indicia.conf leaves a place for the keys; the sample file is what the table says it is (indicia-manpage --sample). */
START_TEST(configuration)
{
	read_file(fopen(CONFIG_MANUAL, "r"));
	ck_assert_ptr_nonnull(strstr(text, "\n@KEYS@\n"));
	static char sample[sizeof(text)];
	read_file(fopen(SAMPLE, "r"));
	memcpy(sample, text, sizeof(sample));
	FILE *file = tmpfile();
	ck_assert_ptr_nonnull(file);
	collect_sample(file);
	rewind(file);
	read_file(file);
	ck_assert_msg(strcmp(sample, text) == 0, "deploy/indicia.conf is not what 'indicia-manpage --sample' prints");
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	man_keys(file);
	rewind(file);
	read_file(file);
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		char key[64];
		snprintf(key, sizeof(key), "*%s*\n\t", config_rows[i].name);
		ck_assert_msg((strstr(text, key) != NULL) == (config_rows[i].when != CONFIG_ONCE), "%s", key);
	}
}
END_TEST

START_TEST(help)
{
	const struct cli_verb *verb = verb_at(_i);
	output_of("help", verb->name);
	ck_assert_msg(!verb->examples || strstr(text, "\nExamples:\n  ") != NULL, "%s: no examples", verb->name);
	fold(text);
	for (size_t i = 0; i < verb->option_count; i++)
		ck_assert_msg(strstr(text, verb->options[i].help) != NULL, "%s: %s", verb->name, verb->options[i].help);
	output_of(verb->name, "-h");
	unsigned lines = 0;
	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	ck_assert_msg(lines <= 36, "%s -h has %u lines and is no screen", verb->name, lines);
}
END_TEST

/* The list of verbs names each of them, in a section that it prints. */
START_TEST(overview)
{
	output_of("help", NULL);
	for (int i = 0; verb_at(i); i++) {
		char want[64];
		snprintf(want, sizeof(want), "\n  %-12s ", verb_at(i)->name);
		ck_assert_msg(strstr(text, want) != NULL, "%s is not in the list of verbs", verb_at(i)->name);
	}
}
END_TEST

/* How a completion script begins and ends what it says of a verb, and how it writes options. */
struct script { const char *shell, *before, *after, *end, *short_form, *long_form; };

static void has_option(const struct script *s, const struct cli_verb *verb, const char *part, const char *form, const char *name)
{
	char option[96];
	snprintf(option, sizeof(option), "%s%s", form, name);
	ck_assert_msg(strstr(part, option) != NULL, "%s %s: %s", s->shell, verb->name, option);
}

static void completes(const struct script *s)
{
	for (int v = 0; verb_at(v); v++) {
		const struct cli_verb *verb = verb_at(v);
		char from[96];
		output_of("completion", s->shell);
		snprintf(from, sizeof(from), "%s%s%s", s->before, verb->name, s->after);
		char *part = strstr(text, from);
		ck_assert_msg(part != NULL, "%s: %s", s->shell, from);
		if (s->end)
			*strstr(part, s->end) = '\0';
		for (size_t i = 0; i < verb->option_count; i++) {
			if (verb->options[i].name)
				has_option(s, verb, part, s->long_form, verb->options[i].name);
			if (verb->options[i].short_name)
				has_option(s, verb, part, s->short_form, (char[]){ verb->options[i].short_name, '\0' });
		}
	}
}

START_TEST(bash) { completes(&(struct script){ "bash", "\n\t", ")\n", ";;\n\t", " -", " --" }); }
END_TEST
START_TEST(zsh) { completes(&(struct script){ "zsh", "\n\t", ")\n", "\t\t;;\n", "'-", "'--" }); }
END_TEST
START_TEST(fish) { completes(&(struct script){ "fish", "__fish_seen_subcommand_from ", "'", NULL, " -s ", " -l " }); }
END_TEST

static void usage(const char *word)
{
	char program[] = "indicia", first[32];
	char *argv[] = { program, first, NULL };
	snprintf(first, sizeof(first), "%s", word);
	ck_assert_int_eq(cli_run(2, argv), CLI_USAGE);
}

START_TEST(unknown_words_are_usage)
{
	usage("flwos");
	usage("-x");
	usage("flows");
	usage("verify");
	usage("show");
	usage("keys");
	usage("data");
	usage("completion");
	usage("collect");
	char program[] = "indicia";
	char *argv[] = { program, NULL };
	ck_assert_int_eq(cli_run(1, argv), CLI_USAGE);
}
END_TEST

START_TEST(tables_are_sound)
{
	for (int v = 0; verb_at(v); v++) {
		const struct cli_verb *verb = verb_at(v);
		ck_assert_ptr_eq(cli_verb_find(verb->name), verb);
		for (size_t i = 0; i < verb->option_count; i++) {
			const struct cli_option *o = &verb->options[i];
			ck_assert(o->short_name || o->name);
			ck_assert(!o->choices || o->argument);
			for (size_t k = 0; k < i; k++) {
				ck_assert(!o->short_name || o->short_name != verb->options[k].short_name);
				ck_assert(!o->name || !verb->options[k].name || strcmp(o->name, verb->options[k].name) != 0);
				ck_assert_int_ne(o->id, verb->options[k].id);
			}
		}
	}
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("tables");
	size_t count;
	(void)cli_verbs(&count);
	tcase_add_loop_test(tcase, manual_page, 0, (int)count);
	tcase_add_test(tcase, manual_of_all);
	tcase_add_test(tcase, configuration);
	tcase_add_loop_test(tcase, help, 0, (int)count);
	tcase_add_test(tcase, overview);
	tcase_add_test(tcase, bash);
	tcase_add_test(tcase, zsh);
	tcase_add_test(tcase, fish);
	tcase_add_test(tcase, unknown_words_are_usage);
	tcase_add_test(tcase, tables_are_sound);
	return suite_run("tables", tcase);
}
