/* SPDX-License-Identifier: Apache-2.0 */
/* gettext, with a locale that is set for the time of a look-up, and for this thread only. */
#define _GNU_SOURCE
#include "base/i18n.h"
#include "base/country.h"

#include <libintl.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DOMAIN "indicia"
#define ISO_DOMAIN "iso_3166-1"
#define ISO_FOLDER "/usr/share/locale"

enum { PATH_BYTES = 4096, FALLEN_PLACES = 4096 };

static const struct i18n_language languages[] = {
	{ "en", "en", "English", false, false, '.' },
	{ "es", "es", "español", false, true, ',' },
	{ "fr", "fr", "français", false, false, ',' },
	{ "ru", "ru", "русский", false, false, ',' },
	{ "zh_CN", "zh-Hans", "简体中文", false, false, '.' },
	{ "ar", "ar", "العربية", true, false, '.' },
};

enum { LANGUAGE_COUNT = sizeof(languages) / sizeof(languages[0]) };

static const struct i18n_language *language = &languages[0];
static locale_t utf8;

/* glibc keeps what it found until this number changes: a new value of LANGUAGE alone would not be seen. */
extern int _nl_msg_cat_cntr;

const struct i18n_language *i18n_languages(size_t *count)
{
	*count = LANGUAGE_COUNT;
	return languages;
}

const struct i18n_language *i18n_language(void) { return language; }
bool i18n_is_rtl(void) { return language->is_rtl; }
static bool is_english(const struct i18n_language *l) { return l == &languages[0]; }

/* ---- where catalogues are ---- */

/* PREFIX/bin/indicia: PREFIX/share/locale, wherever the prefix was moved to. A program that was only built has share/locale beside it. */
static bool folder_of_program(char folder[static PATH_BYTES])
{
	static const char below[] = "/share/locale";
	ssize_t bytes = readlink("/proc/self/exe", folder, PATH_BYTES - sizeof(below));
	if (bytes <= 0 || (size_t)bytes >= PATH_BYTES - sizeof(below))
		return false;
	folder[bytes] = '\0';
	char *slash = strrchr(folder, '/');
	if (!slash)
		return false;
	*slash = '\0';
	char *last = strrchr(folder, '/');
	if (last && strcmp(last, "/bin") == 0)
		*last = '\0';
	memcpy(folder + strlen(folder), below, sizeof(below));
	return true;
}

const char *i18n_folder(void)
{
	static char folder[PATH_BYTES];
	const char *given = getenv("INDICIA_LOCALE");
	if (given && *given)
		return given;
	if (!*folder && !folder_of_program(folder))
		return INDICIA_LOCALE_FOLDER;
	return folder;
}

static bool has_catalogue(const struct i18n_language *l)
{
	char path[PATH_BYTES];
	if (is_english(l))
		return true;
	int bytes = snprintf(path, sizeof(path), "%s/%s/LC_MESSAGES/" DOMAIN ".mo", i18n_folder(), l->code);
	return bytes > 0 && (size_t)bytes < sizeof(path) && access(path, R_OK) == 0;
}

const char *i18n_available(char *text, size_t size)
{
	size_t used = 0;
	if (size)
		text[0] = '\0';
	for (size_t i = 0; i < LANGUAGE_COUNT && used < size; i++)
		if (has_catalogue(&languages[i]))
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", languages[i].code);
	return text;
}

/* ---- messages without a translation, by their address ---- */

static const char *fallen[FALLEN_PLACES];
static size_t fallen_count;

static void fallen_forget(void)
{
	memset(fallen, 0, sizeof(fallen));
	fallen_count = 0;
}

static size_t fallen_place(const char *text)
{
	size_t at = ((uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15) >> 32) % FALLEN_PLACES;
	while (fallen[at] && fallen[at] != text)
		at = (at + 1) % FALLEN_PLACES;
	return at;
}

/* There are far fewer messages than places; of what finds none nothing is said. */
static void fallen_note(const char *text)
{
	size_t at = fallen_place(text);
	if (fallen[at] || fallen_count == FALLEN_PLACES / 2)
		return;
	fallen[at] = text;
	fallen_count++;
}

bool i18n_fell_back(const char *text) { return !is_english(language) && fallen[fallen_place(text)] == text; }

/* ---- choosing ---- */

/* "zh_CN", "zh-cn" and "zh-Hans" are one; so is "zh", as there is no other Chinese here. */
static bool is_name_of(const char *name, const struct i18n_language *l)
{
	size_t i = 0;
	while (name[i] && l->code[i] && (strncasecmp(&name[i], &l->code[i], 1) == 0 || (name[i] == '-' && l->code[i] == '_')))
		i++;
	return (i && !name[i] && (!l->code[i] || l->code[i] == '_')) || strcasecmp(name, l->tag) == 0;
}

/* C.UTF-8 comes with the C library. Of the locale "C" alone gettext would translate nothing. */
static enum ind_err domain_open(const struct i18n_language *l)
{
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK | LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return IND_MISSING;
	if (setenv("LANGUAGE", l->code, 1) != 0 || !bindtextdomain(DOMAIN, i18n_folder()) || !bindtextdomain(ISO_DOMAIN, ISO_FOLDER))
		return IND_NOMEM;
	_nl_msg_cat_cntr++;
	return IND_OK;
}

enum ind_err i18n_open(const char *name)
{
	const struct i18n_language *found = NULL;
	for (size_t i = 0; i < LANGUAGE_COUNT && !found; i++)
		if (is_name_of(name, &languages[i]))
			found = &languages[i];
	if (!found)
		return IND_UNKNOWN;
	if (!has_catalogue(found))
		return IND_MISSING;
	enum ind_err err = is_english(found) ? IND_OK : domain_open(found);
	if (err == IND_OK) {
		language = found;
		fallen_forget();
	}
	return err;
}

/* ---- looking up ---- */

static const char *look_up(const char *domain, const char *one, const char *many, unsigned long n)
{
	locale_t before = uselocale(utf8);
	const char *text = many ? dngettext(domain, one, many, n) : dgettext(domain, one);
	uselocale(before);
	if (text == one || text == many)
		fallen_note(text);
	return text;
}

/* The empty message is the head of a catalogue. */
const char *i18n_text(const char *message) { return is_english(language) || !*message ? message : look_up(DOMAIN, message, NULL, 0); }

const char *i18n_plural(const char *one, const char *many, unsigned long n)
{
	if (is_english(language))
		return n == 1 ? one : many;
	return look_up(DOMAIN, one, many, n);
}

bool i18n_translated(const char *message) { return is_english(language) || i18n_text(message) != message; }

const char *i18n_country(const char *code)
{
	const char *name = country_name(code);
	return name && !is_english(language) ? look_up(ISO_DOMAIN, name, NULL, 0) : name;
}

/* ---- fixed sentences ---- */

const char *i18n_fixed_message(enum i18n_fixed which)
{
	static const char *const english[] = {
#define FIXED_SENTENCE(symbol, text) text,
#include "base/fixed.def"
#undef FIXED_SENTENCE
	};
	return english[which];
}

const char *i18n_fixed(enum i18n_fixed which) { return i18n_text(i18n_fixed_message(which)); }

const char *i18n_caution_message(void)
{
	if (language->has_caution)
		return N_("General Assembly resolution 78/237, eighth paragraph of the preamble; official text in this language.");
	return N_("General Assembly resolution 78/237, eighth paragraph of the preamble; unofficial rendering in English. The official texts are those of the United Nations.");
}

const char *i18n_caution_source(void) { return i18n_text(i18n_caution_message()); }
