/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LETTER_FORM_H
#define LETTER_FORM_H

#include "base/i18n.h"
#include "letter/letter.h"

/* What a letter is made of, for whoever writes it down. Messages are in English: the form translates them, so that it knows which are not. */
struct form {
	void (*start)(void *ctx, unsigned tlp, const char *title);
	void (*heading)(void *ctx, const char *message);
	/* {1} to {9} of the message stand for the data. */
	void (*sentence)(void *ctx, const char *message, const char *const *data, size_t count);
	/* The next of a numbered list; `number` from 1. */
	void (*ask)(void *ctx, unsigned number, const char *message, const char *const *data, size_t count);
	void (*ask_text)(void *ctx, unsigned number, const char *text, size_t bytes);
	void (*field)(void *ctx, const char *label, const char *value);
	/* Lines that belong together, all of it data; those behind the first are indented. */
	void (*data)(void *ctx, const char *const *lines, size_t count);
	void (*end)(void *ctx, unsigned tlp);
	void *ctx;
};

/* Says the letter in a form. */
void letter_say(const struct letter *l, const struct form *form);

const char *letter_tlp(unsigned tlp);

#endif
