/* SPDX-License-Identifier: Apache-2.0 */
/* One value into one field, by the table. */
#include "daemon/config.h"

#include "base/near.h"
#include "base/number.h"
#include "daemon/retain.h"
#include "indicia/bundle.h"
#include "indicia/catalogue.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OF(kind, field) .type = CONFIG_IS_##kind, .offset = offsetof(struct daemon_options, field), .bytes = sizeof(((struct daemon_options *)0)->field)
#define TEXT(field) OF(TEXT, field)
#define PATH(field) OF(PATH, field)
#define TOGGLE(field) OF(TOGGLE, field)
#define SENSOR(field) OF(SENSOR, field)
#define POSITION(field) OF(POSITION, field)
#define SIGNALS(field) OF(SIGNALS, field)
#define AUTOSTOP(field) OF(AUTOSTOP, field)
#define NUMBER(field, low, high) OF(NUMBER, field), .least = low, .most = high
#define SECONDS(field, low, high) OF(SECONDS, field), .least = low, .most = high
#define AGE(field) OF(AGE, field)
#define UNTIL(field) OF(UNTIL, field)
#define CHOICE(field, words) OF(CHOICE, field), .choices = words
#define EITHER(field, words) OF(EITHER, field), .choices = words
#define NONE NULL
#define GIVEN(text) text
#define CONFIG(id, long_name, letter, value_name, type_of, taken, place, otherwise, text) \
	[CONFIG_##id] = { .name = long_name, .argument = value_name, type_of, .when = CONFIG_##taken, .fallback = otherwise, .help = text },

const struct config_row config_rows[CONFIG_KEYS] = {
#include "daemon/config.def"
};

static enum ind_err __attribute__((format(printf, 2, 3))) want(char wanted[static CONFIG_WANTED_BYTES], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(wanted, CONFIG_WANTED_BYTES, format, args);
	va_end(args);
	return IND_USAGE;
}

static enum ind_err text_set(char *field, const char *value)
{
	memcpy(field, &value, sizeof value);
	return IND_OK;
}

static void bool_put(char *field, bool value) { memcpy(field, &value, sizeof value); }

static enum ind_err toggle_set(char *field, const char *value, char *wanted)
{
	bool yes = strcmp(value, "yes") == 0;
	if (!yes && strcmp(value, "no") != 0)
		return want(wanted, "yes or no is wanted");
	bool_put(field, yes);
	return IND_OK;
}

/* Seconds may also be written as 90s, 5m, 1h, 7d. */
static bool seconds_read(const char *text, uint64_t most, uint64_t *seconds)
{
	static const struct { char letter; unsigned seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char digits[24];
	size_t bytes = strlen(text);
	if (number_read(text, most, seconds))
		return true;
	if (bytes < 2 || bytes >= sizeof digits)
		return false;
	memcpy(digits, text, bytes);
	digits[bytes - 1] = '\0';
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (units[i].letter != text[bytes - 1] || strspn(digits, "0123456789") != bytes - 1 || !number_read(digits, most / units[i].seconds, seconds))
			continue;
		*seconds *= units[i].seconds;
		return true;
	}
	return false;
}

static enum ind_err number_set(const struct config_row *row, char *field, const char *value, char *wanted)
{
	bool seconds = row->type == CONFIG_IS_SECONDS;
	uint64_t number;
	if (!(seconds ? seconds_read : number_read)(value, row->most, &number) || number < row->least)
		return want(wanted, "a number%s from %llu to %llu is wanted%s", seconds ? " of seconds" : "", (unsigned long long)row->least, (unsigned long long)row->most,
			seconds ? ", or one with m, h or d behind it" : "");
	uint32_t small = (uint32_t)number;
	memcpy(field, row->bytes == sizeof small ? (const void *)&small : (const void *)&number, row->bytes);
	return IND_OK;
}

/* Which of the words between spaces; -1: none. */
static int choice_of(const char *words, const char *value)
{
	size_t bytes = strlen(value);
	for (int i = 0; *words; i++) {
		size_t length = strcspn(words, " ");
		if (length == bytes && memcmp(words, value, bytes) == 0)
			return i;
		words += length;
		words += *words == ' ';
	}
	return -1;
}

static enum ind_err choice_set(const struct config_row *row, char *field, const char *value, char *wanted)
{
	int choice = choice_of(row->choices, value);
	if (choice < 0)
		return want(wanted, "one of these is wanted: %s", row->choices);
	if (row->type == CONFIG_IS_CHOICE)
		return text_set(field, value);
	bool_put(field, choice == 0);
	return IND_OK;
}

static enum ind_err sensor_set(char *field, const char *value, char *wanted)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789", other[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t bytes = strlen(value);
	if (bytes == 0 || bytes > IND_SENSOR_ID_MAX || !strchr(first, value[0]) || strspn(value, other) != bytes)
		return want(wanted, "a sensor's name has 1 to %d of a-z 0-9 . _ - and begins with a letter or digit", IND_SENSOR_ID_MAX);
	return text_set(field, value);
}

static enum ind_err position_set(struct daemon_options *d, const char *value, char *wanted)
{
	struct position p;
	if (!position_read(value, &p))
		return want(wanted, "latitude, longitude and error are wanted, as in 52.52,13.40,5");
	d->latitude_1e4 = p.latitude_1e4;
	d->longitude_1e4 = p.longitude_1e4;
	d->position_error_km = p.error_km;
	d->has_position = true;
	return IND_OK;
}

static enum ind_err signal_unknown(const char *at, char *wanted)
{
	char word[64];
	size_t count, bytes = strcspn(at, ",");
	const struct ind_signal_info *list = ind_signal_list(&count);
	struct near near;
	snprintf(word, sizeof word, "%.*s", (int)(bytes < sizeof word ? bytes : sizeof word - 1), at);
	near_start(&near, word);
	for (size_t i = 0; i < count; i++)
		near_offer(&near, list[i].name);
	const char *best = near_best(&near);
	return want(wanted, "there is no signal '%s'%s%s%s; 'indicia fields catalogue' lists them", word, best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
}

static enum ind_err signals_set(struct daemon_options *d, const char *value, char *wanted)
{
	uint64_t set[IND_SIGNAL_SET_WORDS] = { 0 };
	const char *unknown = ind_signal_set(value, strlen(value), set);
	if (unknown)
		return signal_unknown(unknown, wanted);
	bool has_syns = ind_signal_set_has(set, IND_SIG_TCP_SYN) && ind_signal_set_has(set, IND_SIG_TCP_SYNACK);
	if (!has_syns && ind_signal_set_has(set, IND_SIG_TCP_MTU_CLASS))
		return want(wanted, "tcp.mtu_class is derived from tcp.syn and tcp.synack: name them, too");
	memcpy(d->signals, set, sizeof set);
	d->signals_text = value;
	return IND_OK;
}

static enum ind_err autostop_set(struct daemon_options *d, const char *value, char *wanted)
{
	const struct { const char *name; uint64_t *limit; } limits[] = {
		{ "duration:", &d->max_duration_s }, { "flows:", &d->max_flows }, { "size:", &d->max_bytes },
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		size_t bytes = strlen(limits[i].name);
		uint64_t number;
		if (strncmp(value, limits[i].name, bytes) != 0 || !number_read(value + bytes, UINT64_MAX / 2, &number) || !number)
			continue;
		*limits[i].limit = number;
		return IND_OK;
	}
	return want(wanted, "duration:SECONDS, flows:COUNT or size:BYTES is wanted, above 0");
}

static enum ind_err age_set(char *field, const char *value, char *wanted)
{
	uint64_t seconds;
	if (!retain_age_read(value, &seconds))
		return want(wanted, "a number with its unit is wanted, s m h d or w, as in 90d");
	uint64_t ns = seconds * UINT64_C(1000000000);
	memcpy(field, &ns, sizeof ns);
	return IND_OK;
}

static enum ind_err until_set(struct daemon_options *d, const char *value, char *wanted)
{
	uint64_t age_s, moment_s;
	if (!retain_until_read(value, &age_s, &moment_s))
		return want(wanted, "an age (90d) or a moment (2027-03-01, 2027-03-01T12:00:00Z) is wanted");
	d->retain_s = age_s;
	d->retain_until_s = moment_s;
	return IND_OK;
}

enum ind_err config_set(struct daemon_options *d, enum config_key key, const char *value, char wanted[static CONFIG_WANTED_BYTES])
{
	const struct config_row *row = &config_rows[key];
	char *field = (char *)d + row->offset;
	switch (row->type) {
	case CONFIG_IS_TOGGLE: return toggle_set(field, value, wanted);
	case CONFIG_IS_NUMBER:
	case CONFIG_IS_SECONDS: return number_set(row, field, value, wanted);
	case CONFIG_IS_CHOICE:
	case CONFIG_IS_EITHER: return choice_set(row, field, value, wanted);
	case CONFIG_IS_SENSOR: return sensor_set(field, value, wanted);
	case CONFIG_IS_POSITION: return position_set(d, value, wanted);
	case CONFIG_IS_SIGNALS: return signals_set(d, value, wanted);
	case CONFIG_IS_AUTOSTOP: return autostop_set(d, value, wanted);
	case CONFIG_IS_AGE: return age_set(field, value, wanted);
	case CONFIG_IS_UNTIL: return until_set(d, value, wanted);
	case CONFIG_IS_TEXT:
	case CONFIG_IS_PATH: return text_set(field, value);
	}
	return IND_USAGE;
}
