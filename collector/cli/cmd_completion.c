/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/tell.h"
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = { OPTION_HELP };

static void words_of_options(const struct cli_verb *verb)
{
	for (size_t i = 0; i < verb->option_count; i++) {
		if (verb->options[i].short_name)
			printf(" -%c", verb->options[i].short_name);
		if (verb->options[i].name)
			printf(" --%s", verb->options[i].name);
	}
}

static void words_of_verbs(void)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	for (size_t i = 0; i < count; i++)
		printf("%s%s", i ? " " : "", verbs[i]->name);
}

static void words_of_operands(const struct cli_verb *verb)
{
	if (strcmp(verb->words, "verbs") == 0)
		words_of_verbs();
	else
		fputs(verb->words, stdout);
}

static void bash_choices(const struct cli_verb *verb)
{
	for (size_t i = 0; i < verb->option_count; i++) {
		const struct cli_option *o = &verb->options[i];
		if (!o->choices)
			continue;
		printf("\t%s:", verb->name);
		if (o->short_name)
			printf("-%c|%s:", o->short_name, verb->name);
		printf("--%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return;;\n", o->name, o->choices);
	}
}

static void bash(void)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	printf("# bash completion of indicia; made by: indicia completion bash\n_indicia()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '");
	words_of_verbs();
	printf("' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $verb:$before in\n");
	for (size_t i = 0; i < count; i++)
		bash_choices(verbs[i]);
	printf("\tesac\n\tcase $verb in\n");
	for (size_t i = 0; i < count; i++) {
		printf("\t%s)\n\t\tcase $word in -*) COMPREPLY=($(compgen -W '", verbs[i]->name);
		words_of_options(verbs[i]);
		printf("' -- \"$word\")); return;; esac\n");
		if (verbs[i]->words) {
			printf("\t\tCOMPREPLY=($(compgen -W '");
			words_of_operands(verbs[i]);
			printf("' -- \"$word\"))\n");
		}
		printf("\t\t;;\n");
	}
	printf("\tesac\n}\ncomplete -o default -F _indicia indicia\n");
}

/* Help inside single quotes of zsh's _arguments: no quote, no bracket, no colon. */
static void quoted(const char *text, const char *avoid)
{
	for (; *text; text++)
		putchar(strchr(avoid, *text) ? ' ' : *text);
}

static void zsh_option(const struct cli_option *o, const char *dashes, const char *name)
{
	printf(" \\\n\t\t\t'%s%s[", dashes, name);
	quoted(o->help, "'[]:");
	putchar(']');
	if (o->choices)
		printf(":%s:(%s)", o->argument, o->choices);
	else if (o->argument)
		printf(":%s:_files", o->argument);
	putchar('\'');
}

static void zsh(void)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	printf("#compdef indicia\n# zsh completion of indicia; made by: indicia completion zsh\n_indicia() {\n"
	       "\tif (( CURRENT == 2 )); then\n\t\tlocal -a verbs=(");
	for (size_t i = 0; i < count; i++) {
		printf("\n\t\t\t'%s:", verbs[i]->name);
		quoted(verbs[i]->summary, "':");
		putchar('\'');
	}
	printf(")\n\t\t_describe verb verbs\n\t\treturn\n\tfi\n\tlocal verb=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tcase $verb in\n");
	for (size_t i = 0; i < count; i++) {
		printf("\t%s)\n\t\t_arguments -s", verbs[i]->name);
		for (size_t k = 0; k < verbs[i]->option_count; k++) {
			const struct cli_option *o = &verbs[i]->options[k];
			if (o->short_name)
				zsh_option(o, "-", (char[]){ o->short_name, '\0' });
			if (o->name)
				zsh_option(o, "--", o->name);
		}
		printf(" \\\n\t\t\t'*:operand:");
		if (verbs[i]->words) {
			putchar('(');
			words_of_operands(verbs[i]);
			putchar(')');
		} else {
			printf("_files");
		}
		printf("'\n\t\t;;\n");
	}
	printf("\tesac\n}\n_indicia \"$@\"\n");
}

static void fish_option(const struct cli_verb *verb, const struct cli_option *o)
{
	printf("complete -c indicia -n '__fish_seen_subcommand_from %s'", verb->name);
	if (o->short_name)
		printf(" -s %c", o->short_name);
	if (o->name)
		printf(" -l %s", o->name);
	if (o->choices)
		printf(" -x -a '%s'", o->choices);
	else if (o->argument)
		printf(" -r");
	printf(" -d '");
	quoted(o->help, "'");
	printf("'\n");
}

static void fish(void)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	printf("# fish completion of indicia; made by: indicia completion fish\n");
	for (size_t i = 0; i < count; i++) {
		printf("complete -c indicia -f -n __fish_use_subcommand -a %s -d '", verbs[i]->name);
		quoted(verbs[i]->summary, "'");
		printf("'\n");
		for (size_t k = 0; k < verbs[i]->option_count; k++)
			fish_option(verbs[i], &verbs[i]->options[k]);
		if (!verbs[i]->words)
			continue;
		printf("complete -c indicia -f -n '__fish_seen_subcommand_from %s' -a '", verbs[i]->name);
		words_of_operands(verbs[i]);
		printf("'\n");
	}
}

static int run(int argc, char **argv)
{
	static const struct { const char *name; void (*print)(void); } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	struct args args;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	if (args_next(&args) == ARGS_OPERAND) {
		for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
			if (strcmp(shells[i].name, args.value) == 0) {
				shells[i].print();
				return CLI_DONE;
			}
		}
	}
	tell_error("completion: name a shell: bash, zsh or fish");
	return CLI_USAGE;
}

const struct cli_verb cmd_completion = {
	"completion", "Help", "bash|zsh|fish", "bash zsh fish", "a script that completes words in a shell", NULL,
	"# for this shell\nsource <(indicia completion bash)\n# for everybody\nindicia completion fish > /usr/share/fish/vendor_completions.d/indicia.fish",
	OPTIONS_OF(options), run,
};
