/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include "indicia/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Texts for people in the language that was chosen: the door of gettext. English stands in the source, translations in catalogues
 * (collector/report/po, docs/languages.md). The locale of the process is never touched: numbers, errors of the system and sorting stay as
 * they were, and no locale needs to be installed. One language at a time, from one thread. Before i18n_open it is English. */

struct i18n_language {
	const char *code;            /* what --lang takes, and the name of the catalogue: "es", "zh_CN" */
	const char *tag;             /* BCP 47, for the attribute `lang`: "es", "zh-Hans" */
	const char *name;            /* in the language itself */
	bool is_rtl;                 /* written from right to left */
	bool has_caution;            /* its catalogue holds the official text of the caution */
	char decimal;                /* what parts whole from decimals where people read */
};

/* Every language that the program knows, English first; *count of them. Whether a catalogue is there shows i18n_open. */
const struct i18n_language *i18n_languages(size_t *count);

/* Chooses a language by code or tag, in any case. IND_UNKNOWN: none of the list. IND_MISSING: its catalogue is not there. IND_NOMEM. After an
 * error the language is what it was. */
enum ind_err i18n_open(const char *language) IND_MUST_USE;

/* The codes that i18n_open takes here and now, "en es fr": for messages. Returns `text`, cut at `size`. */
const char *i18n_available(char *text, size_t size);

/* Where catalogues are looked for: $INDICIA_LOCALE, else share/locale beside the folder `bin` of the program, or beside the program. */
const char *i18n_folder(void);

/* The language that is open; never NULL. */
const struct i18n_language *i18n_language(void);
bool i18n_is_rtl(void);

/* The translation of a message, or the message itself: borrowed, static. */
const char *i18n_text(const char *message) __attribute__((format_arg(1)));
const char *i18n_plural(const char *one, const char *many, unsigned long n) __attribute__((format_arg(1), format_arg(2)));

/* Is there a translation of it, so that it does not stand in English? True of every message when the language is English. */
bool i18n_translated(const char *message);

/* Was this text, as i18n_text or i18n_plural gave it, the message itself for want of a translation? Then it is English, and a page says so. */
bool i18n_fell_back(const char *text);

/* _: translate here. N_: a message of a table, translated where it is printed. P_: by number. */
#define _(message) i18n_text(message)
#define N_(message) message
#define P_(one, many, n) i18n_plural(one, many, n)

/* Fixed sentences (fixed.def). */
enum i18n_fixed {
#define FIXED_SENTENCE(symbol, english) I18N_FIXED_##symbol,
#include "base/fixed.def"
#undef FIXED_SENTENCE
	I18N_FIXED_COUNT
};

/* The English message of one, for i18n_text and i18n_translated. */
const char *i18n_fixed_message(enum i18n_fixed which);

/* The sentence in the language, or in English: then i18n_translated(i18n_fixed_message(which)) is false. */
const char *i18n_fixed(enum i18n_fixed which);

/* What the text of the caution is: the official text of the resolution, or an unofficial rendering. Belongs below it. The English message, and
 * the text of it. */
const char *i18n_caution_message(void);
const char *i18n_caution_source(void);

/* The name of an ISO 3166-1 alpha-2 code in the language, as the package iso-codes has it. NULL: no such code, or no iso-codes; print the
 * code alone. Borrowed until the next i18n_open. A name is printed only with the data set that gave the code. */
const char *i18n_country(const char *code);

#endif
