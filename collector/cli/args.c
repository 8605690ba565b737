/* SPDX-License-Identifier: Apache-2.0 */
/* Option syntax: POSIX.1-2017 section 12.2, with GNU long options and options after operands. */
#include "cli/args.h"
#include "base/near.h"
#include <stdio.h>
#include <string.h>

void args_start(struct args *a, const struct cli_option *options, size_t count, int argc, char **argv)
{
	*a = (struct args){ .options = options, .count = count, .argc = argc, .argv = argv };
}

static bool is_choice(const char *choices, const char *value, size_t bytes)
{
	for (const char *at = choices; *at;) {
		size_t length = strcspn(at, " ");
		if (length == bytes && memcmp(at, value, bytes) == 0)
			return true;
		at += length;
		at += *at == ' ';
	}
	return false;
}

static int check(struct args *a, const struct cli_option *option)
{
	size_t bytes = a->value ? strcspn(a->value, option->id == OPT_FORMAT ? ":" : "") : 0;
	if (!option->choices || is_choice(option->choices, a->value, bytes))
		return (int)option->id;
	snprintf(a->error, sizeof(a->error), "%s%s: '%s' is none of: %s", option->name ? "--" : "", option->name ? option->name : "", a->value, option->choices);
	return ARGS_ERROR;
}

static int unknown_long(struct args *a, const char *name, size_t bytes)
{
	char word[64];
	snprintf(word, sizeof(word), "%.*s", (int)(bytes < sizeof(word) ? bytes : sizeof(word) - 1), name);
	struct near near;
	near_start(&near, word);
	for (size_t i = 0; i < a->count; i++)
		if (a->options[i].name)
			near_offer(&near, a->options[i].name);
	const char *best = near_best(&near);
	snprintf(a->error, sizeof(a->error), "unknown option --%s%s%s%s", word, best ? "; did you mean --" : "", best ? best : "", best ? "?" : "");
	return ARGS_ERROR;
}

static int next_word(struct args *a, const struct cli_option *option)
{
	if (a->at >= a->argc) {
		snprintf(a->error, sizeof(a->error), "-%s%s needs %s", option->short_name && !option->name ? "" : "-",
			option->name ? option->name : (char[]){ option->short_name, '\0' }, option->argument);
		return ARGS_ERROR;
	}
	a->value = a->argv[a->at++];
	return check(a, option);
}

static int long_option(struct args *a, const char *word)
{
	size_t bytes = strcspn(word, "=");
	const struct cli_option *option = NULL;
	for (size_t i = 0; i < a->count && !option; i++)
		if (a->options[i].name && strlen(a->options[i].name) == bytes && memcmp(a->options[i].name, word, bytes) == 0)
			option = &a->options[i];
	if (!option)
		return unknown_long(a, word, bytes);
	if (word[bytes] != '=')
		return option->argument ? next_word(a, option) : (int)option->id;
	a->value = word + bytes + 1;
	if (option->argument)
		return check(a, option);
	snprintf(a->error, sizeof(a->error), "--%s takes no value", option->name);
	return ARGS_ERROR;
}

static int short_option(struct args *a)
{
	char letter = *a->cluster++;
	const struct cli_option *option = NULL;
	for (size_t i = 0; i < a->count && !option; i++)
		if (a->options[i].short_name == letter)
			option = &a->options[i];
	const char *rest = *a->cluster ? a->cluster : NULL;
	a->cluster = rest;
	if (!option) {
		snprintf(a->error, sizeof(a->error), "unknown option -%c", letter);
		return ARGS_ERROR;
	}
	if (!option->argument)
		return (int)option->id;
	a->cluster = NULL;
	if (!rest)
		return next_word(a, option);
	a->value = rest;
	return check(a, option);
}

int args_next(struct args *a)
{
	a->value = NULL;
	if (a->cluster)
		return short_option(a);
	if (a->at >= a->argc)
		return ARGS_END;
	char *word = a->argv[a->at++];
	if (a->only_operands || word[0] != '-' || !word[1]) {
		a->value = word;
		return ARGS_OPERAND;
	}
	if (word[1] != '-') {
		a->cluster = word + 1;
		return short_option(a);
	}
	if (word[2])
		return long_option(a, word + 2);
	a->only_operands = true;
	return args_next(a);
}
