/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/retain.h"

#include "indicia/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)

/* A clock that is slewed stays within the first. */
static const uint64_t moved_min_ns = 60 * SECOND_NS, believed_after_ns = 86400 * SECOND_NS;

/* ---- words ---- */

bool retain_age_read(const char *text, uint64_t *seconds)
{
	static const struct { char letter; uint32_t seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	static const uint64_t most = UINT64_C(1000) * 366 * 86400;
	size_t digits = strspn(text, "0123456789");
	if (!digits || digits > 11 || strlen(text) != digits + 1)
		return false;
	uint64_t number = strtoull(text, NULL, 10);
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (units[i].letter == text[digits]) {
			*seconds = number * units[i].seconds;
			return number && *seconds <= most;
		}
	return false;
}

bool retain_until_read(const char *text, uint64_t *age_s, uint64_t *moment_s)
{
	char whole[IND_STATEMENT_TIME_BYTES];
	*age_s = *moment_s = 0;
	if (retain_age_read(text, age_s))
		return true;
	*age_s = 0;
	int bytes = snprintf(whole, sizeof whole, "%s%s", text, strchr(text, 'T') ? "" : "T00:00:00Z");
	return bytes > 0 && bytes < (int)sizeof whole && ind_statement_time(whole, (size_t)bytes, moment_s) == IND_OK;
}

/* ---- the shelf ---- */

enum ind_err retain_add(struct retain_shelf *shelf, const struct retain_bundle *bundle)
{
	if (shelf->count == RETAIN_BUNDLES_MAX)
		return IND_LIMIT;
	if (shelf->count == shelf->room) {
		size_t room = shelf->room ? 2 * shelf->room : 64;
		struct retain_bundle *list = realloc(shelf->list, room * sizeof *list);
		if (!list)
			return IND_NOMEM;
		shelf->list = list;
		shelf->room = room;
	}
	shelf->list[shelf->count++] = *bundle;
	return IND_OK;
}

void retain_remove(struct retain_shelf *shelf, size_t at)
{
	memmove(&shelf->list[at], &shelf->list[at + 1], (--shelf->count - at) * sizeof *shelf->list);
}

void retain_free(struct retain_shelf *shelf)
{
	free(shelf->list);
	*shelf = (struct retain_shelf){ 0 };
}

void retain_drop_gone(struct retain_shelf *shelf)
{
	size_t kept = 0;
	for (size_t i = 0; i < shelf->count; i++)
		if (shelf->list[i].there)
			shelf->list[kept++] = shelf->list[i];
	shelf->count = kept;
}

static int by_number(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

static int by_stream(const void *a, const void *b)
{
	const struct retain_bundle *x = a, *y = b;
	int order = memcmp(x->stream_id, y->stream_id, sizeof x->stream_id);
	return order ? order : by_number(x->first_leaf, y->first_leaf);
}

static int by_age(const void *a, const void *b)
{
	const struct retain_bundle *x = a, *y = b;
	int order = by_number(x->born_ns, y->born_ns);
	return order ? order : by_stream(a, b);
}

void retain_order(struct retain_shelf *shelf, const uint8_t current[static IND_STREAM_ID_BYTES])
{
	struct retain_bundle *list = shelf->list;
	if (!shelf->count)
		return;
	qsort(list, shelf->count, sizeof *list, by_stream);
	for (size_t i = 0; i < shelf->count; i++) {
		bool same = i && memcmp(list[i].stream_id, list[i - 1].stream_id, sizeof list->stream_id) == 0;
		bool goes_on = memcmp(list[i].stream_id, current, sizeof list->stream_id) == 0;
		list[i].born_ns = same ? list[i - 1].born_ns : goes_on ? UINT64_MAX : list[i].created_ns;
	}
	qsort(list, shelf->count, sizeof *list, by_age);
	retain_settle(shelf);
}

/* ---- a clock that was set ---- */

static bool same_start(const struct retain_bundle *a, const struct retain_bundle *b)
{
	static const uint8_t unknown[sizeof a->boot_id];
	return memcmp(a->stream_id, b->stream_id, sizeof a->stream_id) == 0 && memcmp(a->boot_id, b->boot_id, sizeof a->boot_id) == 0 &&
		memcmp(a->boot_id, unknown, sizeof unknown) != 0;
}

/* `ahead_ns`: how far realtime was ahead of boottime at last; 0: not known. */
static void settle(struct retain_bundle *b, uint64_t ahead_ns)
{
	uint64_t passed_ns = b->sealed_boot_ns > b->begun_boot_ns ? b->sealed_boot_ns - b->begun_boot_ns : 0;
	b->set_ns = b->sealed_ns;
	if (ahead_ns && !b->recovered && b->sealed_boot_ns + ahead_ns > b->sealed_ns)
		b->set_ns = b->sealed_boot_ns + ahead_ns;
	uint64_t apart_ns = b->set_ns > b->created_ns ? b->set_ns - b->created_ns : 0;
	b->step_ns = apart_ns > passed_ns && apart_ns - passed_ns > moved_min_ns ? apart_ns - passed_ns : 0;
}

void retain_settle(struct retain_shelf *shelf)
{
	uint64_t ahead_ns = 0;
	for (size_t i = shelf->count; i-- > 0;) {
		struct retain_bundle *b = &shelf->list[i];
		if (i + 1 == shelf->count || !same_start(b, b + 1))
			ahead_ns = 0;
		if (!ahead_ns && !b->recovered && b->sealed_ns > b->sealed_boot_ns)
			ahead_ns = b->sealed_ns - b->sealed_boot_ns;
		settle(b, ahead_ns);
	}
}

/* ---- the choice ---- */

const char *retain_reason_text(enum retain_reason reason)
{
	static const char *const texts[] = {
		[RETAIN_NONE] = "no limit", [RETAIN_UNTIL] = "past the date until which it may be kept", [RETAIN_AGE] = "older than --keep-age",
		[RETAIN_COUNT] = "more bundles than --keep-count", [RETAIN_BYTES] = "more bytes than --keep-bytes",
		[RETAIN_FREE] = "less space than --keep-free",
	};
	return texts[reason];
}

struct sums { uint64_t count, bytes; };

static struct sums sums_of(const struct retain_shelf *shelf)
{
	struct sums sums = { 0 };
	for (size_t i = 0; i < shelf->count; i++) {
		sums.count += !shelf->list[i].held;
		sums.bytes += shelf->list[i].held ? 0 : shelf->list[i].bytes;
	}
	return sums;
}

/* A date that was past when the sensor sealed the bundle was counted from a clock that nobody had set: it is as far from where that clock was set to. Any other
 * is kept to. */
static bool is_past_date(const struct retain_bundle *b, uint64_t time_ns)
{
	uint64_t until_s = b->retain_until_s;
	if (b->step_ns && !b->recovered && until_s <= b->set_ns / SECOND_NS)
		until_s += b->step_ns / SECOND_NS;
	return b->retain_until_s && time_ns / SECOND_NS >= until_s;
}

static bool is_old(const struct retain_bundle *b, uint64_t age_ns, uint64_t time_ns)
{
	uint64_t begun_ns = b->created_ns + b->step_ns;
	return age_ns && time_ns > begun_ns && time_ns - begun_ns >= age_ns;
}

static enum retain_reason reason_for(const struct retain_bundle *b, const struct sums *sums, const struct retain_limits *limits, const struct retain_now *now,
	bool last)
{
	if (!now->doubted && is_past_date(b, now->time_ns))
		return RETAIN_UNTIL;
	if (!now->doubted && is_old(b, limits->age_ns, now->time_ns))
		return RETAIN_AGE;
	if (last)
		return RETAIN_NONE;
	if (limits->count && sums->count > limits->count)
		return RETAIN_COUNT;
	if (limits->bytes && sums->bytes > limits->bytes)
		return RETAIN_BYTES;
	return limits->free_bytes > now->free_bytes ? RETAIN_FREE : RETAIN_NONE;
}

static bool is_refused(const struct retain_bundle *b, const struct retain_now *now)
{
	return now->boottime_ns < b->refused_until_ns && b->sides == b->refused_sides;
}

/* A look comes at least five times a second: half of them are left for those that were not refused. */
void retain_refuse(struct retain_bundle *b, size_t refused, uint64_t least_ns, uint64_t took_ns, uint64_t boottime_ns)
{
	uint64_t turn_ns = (refused + 1) * (SECOND_NS / 2 + 4 * took_ns);
	b->refused_until_ns = boottime_ns + (turn_ns > least_ns ? turn_ns : least_ns);
	b->refused_sides = b->sides;
}

/* Bundles that stay do not make the others go sooner: each that would have gone counts as gone. */
struct retain_choice retain_choose(const struct retain_shelf *shelf, const struct retain_limits *limits, const struct retain_now *now)
{
	struct retain_choice choice = { .reason = RETAIN_NONE };
	struct sums sums = sums_of(shelf);
	for (size_t i = 0; i < shelf->count; i++) {
		const struct retain_bundle *b = &shelf->list[i];
		enum retain_reason reason = reason_for(b, &sums, limits, now, i + 1 == shelf->count);
		bool unshipped = limits->shipped && reason != RETAIN_UNTIL && (!b->sides || is_refused(b, now));
		if (reason == RETAIN_NONE)
			continue;
		if (b->held) {
			choice.held += reason <= RETAIN_AGE;
			continue;
		}
		choice.unshipped += unshipped;
		choice.refused += unshipped && b->sides;
		if (!unshipped && choice.reason == RETAIN_NONE) {
			choice.reason = reason;
			choice.at = i;
		}
		sums.count--;
		sums.bytes -= b->bytes;
	}
	return choice;
}

/* ---- the clock ---- */

uint64_t retain_clock_ns(struct retain_clock *clock, uint64_t realtime_ns, uint64_t boottime_ns)
{
	uint64_t goes_on_ns = clock->realtime_ns + (boottime_ns - clock->boottime_ns);
	uint64_t apart_ns = goes_on_ns > realtime_ns ? goes_on_ns - realtime_ns : realtime_ns - goes_on_ns;
	bool moved = clock->realtime_ns && apart_ns > moved_min_ns;
	if (moved && !clock->moved_ns)
		clock->moved_ns = boottime_ns;
	if (moved && boottime_ns - clock->moved_ns < believed_after_ns)
		return goes_on_ns;
	*clock = (struct retain_clock){ realtime_ns, boottime_ns, 0 };
	return realtime_ns;
}
