/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of a sensor as a person reads them. Whatever answers, a line is bounded and holds no control; what it does not say is a dash. */
#include "cli/live.h"

#include "base/jdoc.h"
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { LABEL = 10, TEXT = 512, BARS_MAX = 60 };

struct screen { const struct jdoc *json; size_t width; bool bold; struct lines *out; };

static const char absent[] = "-";

/* NAN if there is none; so is what is computed of it. */
static double number_in(const struct jdoc *value)
{
	double number;
	return jdoc_real(value, &number) ? number : NAN;
}

static double number(const struct screen *s, const char *key) { return number_in(jdoc_key(s->json, key)); }

static bool has(const struct screen *s, const char *key) { return jdoc_key(s->json, key) != NULL; }

static const char *shown(const char *at, char text[static TEXT])
{
	size_t bytes = strlen(at);
	text_to_display(at, bytes < TEXT / 4 ? bytes : TEXT / 4, text, TEXT);
	return text;
}

static const char *text_of(const struct screen *s, const char *key, char text[static TEXT])
{
	const struct jdoc *value = jdoc_key(s->json, key);
	const char *at = jdoc_text(value, NULL);
	return at ? shown(at, text) : absent;
}

/* ---- numbers for people ---- */

static bool counts(double value) { return value >= 0 && value < 1e18; }

static const char *grouped(double value, char text[static 40])
{
	char digits[24];
	size_t used = 0, count = counts(value) ? text_u64((uint64_t)value, digits, sizeof(digits)) : 0;
	for (size_t i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			text[used++] = ' ';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	return count ? text : absent;
}

static const char *percent(double part, double all, int digits, char text[static 40])
{
	if (!counts(part) || !(all > 0))
		return absent;
	snprintf(text, 40, "%.*f %%", digits, part * 100 / all);
	return text;
}

static const char *bytes_text(double value, char text[static 40])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;
	if (!counts(value))
		return absent;
	for (; value >= 1024 && unit < 4; unit++)
		value /= 1024;
	snprintf(text, 40, "%.*f %s", unit ? 1 : 0, value, units[unit]);
	return text;
}

static const char *rate_text(double value, const char *what, char text[static 40])
{
	static const char *const units[] = { "", "k", "M", "G" };
	size_t unit = 0;
	if (!counts(value))
		return absent;
	for (; value >= 1000 && unit < 3; unit++)
		value /= 1000;
	snprintf(text, 40, "%.1f %s%s", value, units[unit], what);
	return text;
}

static const char *span_text(double seconds, char text[static 40])
{
	if (!counts(seconds))
		return absent;
	if (seconds < 120)
		snprintf(text, 40, "%.0f s", seconds);
	else if (seconds < 7200)
		snprintf(text, 40, "%.0f min", seconds / 60);
	else if (seconds < 172800)
		snprintf(text, 40, "%.1f h", seconds / 3600);
	else
		snprintf(text, 40, "%.1f days", seconds / 86400);
	return text;
}

/* ---- lines ---- */

/* A label and what it says, cut where the screen ends. */
static void put(const struct screen *s, const char *label, const char *text)
{
	const uint8_t *begin = (const uint8_t *)text, *end = begin + strlen(text), *p = begin;
	size_t columns = LABEL, room = s->width > LABEL + 1 ? s->width : LABEL + 1;
	while (p < end) {
		size_t one = text_utf8_char(p, end), wide;
		one = one ? one : 1;
		wide = text_columns((const char *)p, one);
		if (columns + wide > room)
			break;
		columns += wide;
		p += one;
	}
	lines_add(s->out, "%s%-*s%s%.*s\n", s->bold ? "\033[1m" : "", LABEL, label, s->bold ? "\033[0m" : "", (int)(p - begin), text);
}

/* The last seconds as bars; how many fit. The last of them is returned. */
static double bars(const struct jdoc *list, size_t room, char *text, size_t size)
{
	static const char *const bar[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	size_t count = jdoc_count(list), used = 0, first = count > room ? count - room : 0;
	double most = 1, last = NAN;
	text[0] = '\0';
	for (size_t i = first; i < count; i++)
		if (number_in(jdoc_item(list, i)) > most)
			most = number_in(jdoc_item(list, i));
	for (size_t i = first; i < count && used + 4 < size; i++) {
		last = number_in(jdoc_item(list, i));
		used += (size_t)snprintf(text + used, size - used, "%s", bar[last > 0 ? (int)(last / most * 7) : 0]);
	}
	return last;
}

static void put_traffic(const struct screen *s)
{
	char text[TEXT * 2], a[40], b[40], c[40], spark[BARS_MAX * 3 + 8];
	double packets = number(s, "packets"), kernel = number(s, "kernel_drops"), interface = number(s, "interface_drops");
	size_t room = s->width > 50 ? s->width - 40 : 10;
	double last = bars(jdoc_key(s->json, "packets_per_s"), room < BARS_MAX ? room : BARS_MAX, spark, sizeof(spark));
	snprintf(text, sizeof(text), "%-12s %s", rate_text(last, "pps", a), spark);
	put(s, "packets", text);
	snprintf(text, sizeof(text), "%-12s %s packets, %s", rate_text(number(s, "bits_per_s"), "b/s", a), grouped(packets, b), bytes_text(number(s, "bytes"), c));
	put(s, "traffic", text);
	snprintf(text, sizeof(text), "%s: kernel %s, interface %s", percent(kernel + interface, packets + kernel + interface, 3, a), grouped(kernel, b),
		grouped(interface, c));
	put(s, "dropped", text);
	snprintf(text, sizeof(text), "%s of %s wait between the processes", bytes_text(number(s, "ring_used"), a), bytes_text(number(s, "ring_size"), b));
	put(s, "ring", text);
}

/* "name count" of each member of an object of numbers; `none` if it has none. */
static const char *members(const struct screen *s, const char *key, const char *none, char *text, size_t size)
{
	const struct jdoc *object = jdoc_key(s->json, key);
	char count[40], name[TEXT];
	size_t used = 0;
	if (!jdoc_is_object(object))
		return absent;
	for (const char *at = jdoc_name(object, NULL); at; at = jdoc_name(object, at)) {
		int bytes = snprintf(text + used, size - used, "%s%s %s", used ? "  " : "", shown(at, name), grouped(number_in(jdoc_key(object, at)), count));
		if (bytes < 0 || (size_t)bytes >= size - used)
			break;
		used += (size_t)bytes;
	}
	text[used] = '\0';
	return used ? text : none;
}

static void put_records(const struct screen *s)
{
	const struct screen records = { jdoc_key(s->json, "records"), s->width, s->bold, s->out };
	char text[4096], list[4000], a[40], b[40], c[40], d[40];
	double open = number(s, "flows_open");
	snprintf(text, sizeof(text), "%s open (%s of the table), %s recorded, %s evicted", grouped(open, a), percent(open, number(s, "flows_max"), 1, b),
		grouped(number(&records, "flow"), c), grouped(number(s, "flows_evicted"), d));
	put(s, "flows", text);
	snprintf(text, sizeof(text), "%s: %s", grouped(number(&records, "signal"), a), members(s, "signals", "none yet", list, sizeof(list)));
	put(s, "signals", text);
	put(s, "lost", members(s, "not_recorded", "nothing", list, sizeof(list)));
}

static void put_bundles(const struct screen *s)
{
	char text[TEXT * 4], name[TEXT], hex[TEXT], time[TEXT], a[40], b[40];
	int used = snprintf(text, sizeof(text), "%s", bytes_text(number(s, "bundle_bytes"), a));
	if (has(s, "next_bundle_s"))
		used += snprintf(text + used, sizeof(text) - (size_t)used, ", next in %s", span_text(number(s, "next_bundle_s"), b));
	snprintf(text + used, sizeof(text) - (size_t)used, ": %s", text_of(s, "bundle", name));
	put(s, "bundle", has(s, "bundle") ? text : "none is being written");
	const char *digest = text_of(s, "last_sha256", hex), *end = strlen(digest) > 12 ? digest + strlen(digest) - 4 : NULL;
	snprintf(text, sizeof(text), "%.19sZ %.8s%s%s %s", text_of(s, "last_sealed", time), digest, end ? "…" : "", end ? end : "", text_of(s, "last_bundle", name));
	put(s, "sealed", has(s, "last_bundle") ? text : "no bundle of this run yet");
	used = snprintf(text, sizeof(text), "%s free", bytes_text(number(s, "disk_free"), a));
	if (has(s, "disk_hours"))
		snprintf(text + used, sizeof(text) - (size_t)used, ", %s at this pace", span_text(number(s, "disk_hours") * 3600, b));
	put(s, "disk", text);
}

static void put_trust(const struct screen *s)
{
	char text[TEXT * 4], word[TEXT], a[40], b[40];
	double offset = number(s, "clock_offset_ns"), error = number(s, "clock_error_ns");
	int used = snprintf(text, sizeof(text), "%s", text_of(s, "clock", word));
	if (!isnan(offset) && !isnan(error))
		snprintf(text + used, sizeof(text) - (size_t)used, ", offset %+.3f ms, error at most %.3f ms", offset / 1e6, error / 1e6);
	put(s, "clock", text);
	used = snprintf(text, sizeof(text), "%s", text_of(s, "key", word));
	if (has(s, "epoch_age_s"))
		snprintf(text + used, sizeof(text) - (size_t)used, ", epoch %s of %s", span_text(number(s, "epoch_age_s"), a), span_text(number(s, "epoch_s"), b));
	put(s, "key", text);
}

bool live_screen(const char *json, size_t width, bool bold, struct lines *out)
{
	char error[JDOC_ERROR_BYTES];
	struct jdoc *figures = jdoc_read(json, strlen(json), error);
	const struct screen s = { figures, width, bold, out };
	char text[TEXT * 4], sensor[TEXT], interface[TEXT], state[TEXT], time[TEXT], a[40];
	bool good = strcmp(text_of(&s, "type", text), "sensor") == 0;
	if (good) {
		snprintf(text, sizeof(text), "%s on %s, %s for %s, %.19sZ", text_of(&s, "sensor", sensor), text_of(&s, "interface", interface), text_of(&s, "state", state),
			span_text(number(&s, "uptime_s"), a), text_of(&s, "time", time));
		put(&s, "sensor", text);
		put_traffic(&s);
		put_records(&s);
		put_bundles(&s);
		put_trust(&s);
	}
	jdoc_free(figures);
	return good;
}
