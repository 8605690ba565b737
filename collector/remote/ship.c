/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include "fleet/arrivals.h"
#include "fleet/backoff.h"
#include "remote/settled.h"
#include "remote/ship.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { LOOK_AGAIN_MS = 60000, SETTLE_MS = 200, FAILURES_MOST = 4 };

/* ---- what is in the folder, and what is known of it ---- */

struct known {
	char *name;                  /* of a bundle, without the folder */
	uint64_t state;              /* of it and what stands beside it, when it was last looked at */
	uint64_t now;                /* the same, as it is now */
	bool seen, settled;          /* in this look; nothing is to be done until it changes */
	bool wrote;                  /* so that what is beside it has changed since it was looked at */
	enum ship_outcome outcome;
	unsigned failures;
	struct backoff backoff;
	uint64_t not_before_ms;
};

struct run {
	struct shipping *s;
	struct hash_key key;
	struct known *known;
	size_t count, room;
	uint8_t setting[HASH_SHA256_BYTES];
	uint64_t noted;              /* the sum over what the file of what is settled holds */
	struct known **todo;
	size_t todo_count;
	atomic_size_t next;
	uint64_t shipped, sent_bytes;
	/* Of the archive as a whole. What waits for one that fails is many bundles, and each try reads one to its end: so a pass ends after some failures in a row. */
	unsigned failures;
	atomic_bool down;
	struct backoff backoff;
	uint64_t not_before_ms;
};

static atomic_bool stopped;

static void on_signal(int number)
{
	(void)number;
	atomic_store(&stopped, true);
}

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool is_bundle(const char *name)
{
	size_t bytes = strlen(name);
	return name[0] != '.' && bytes > 4 && strcmp(name + bytes - 4, ".ieb") == 0;
}

static struct known *known_find(struct run *r, const char *name, size_t bytes)
{
	for (size_t low = 0, high = r->count; low < high;) {
		size_t middle = (low + high) / 2;
		int order = strncmp(r->known[middle].name, name, bytes);
		if (!order && !r->known[middle].name[bytes])
			return &r->known[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int by_name(const void *a, const void *b) { return strcmp(((const struct known *)a)->name, ((const struct known *)b)->name); }

static bool known_add(struct run *r, const char *name)
{
	if (r->count == r->room) {
		size_t room = r->room ? r->room * 2 : 64;
		struct known *known = realloc(r->known, room * sizeof(*known));
		if (!known)
			return false;
		r->known = known;
		r->room = room;
	}
	r->known[r->count] = (struct known){ .name = strdup(name), .seen = true, .outcome = SHIP_STOPPED };
	return r->known[r->count].name && ++r->count;
}

/* The state of a bundle is the sum over its files, so that their order does not matter. */
static void state_add(struct run *r, struct known *k, const char *name)
{
	char path[CUSTODY_PATH_MAX];
	struct stat info;
	if (snprintf(path, sizeof(path), "%s/%s", r->s->folder, name) >= (int)sizeof(path) || stat(path, &info) != 0)
		return;
	const uint64_t words[] = { strlen(name), (uint64_t)info.st_size, (uint64_t)info.st_mtim.tv_sec, (uint64_t)info.st_mtim.tv_nsec, (uint64_t)info.st_ino };
	k->now += hash_words(&r->key, words, sizeof(words) / sizeof(words[0])) | 1;
}

/* NAME.ieb, or NAME.ieb.….iec. */
static size_t bundle_bytes(const char *name)
{
	size_t bytes = strlen(name);
	if (is_bundle(name))
		return bytes;
	const char *ieb = bytes > 4 && strcmp(name + bytes - 4, ".iec") == 0 ? strstr(name, ".ieb.") : NULL;
	return ieb ? (size_t)(ieb - name) + 4 : 0;
}

static void known_drop_unseen(struct run *r)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->count; i++) {
		if (r->known[i].seen)
			r->known[kept++] = r->known[i];
		else
			free(r->known[i].name);
	}
	r->count = kept;
}

static bool look(struct run *r)
{
	struct dirent **entries;
	int count = scandir(r->s->folder, &entries, NULL, alphasort);
	if (count < 0)
		return tell_error("%s: %s", r->s->folder, strerror(errno)), false;
	bool ok = true;
	for (size_t i = 0; i < r->count; i++)
		r->known[i].seen = false, r->known[i].now = 0;
	size_t before = r->count;
	for (int i = 0; i < count; i++) {
		struct known *k = is_bundle(entries[i]->d_name) ? known_find(&(struct run){ .known = r->known, .count = before }, entries[i]->d_name, strlen(entries[i]->d_name)) : NULL;
		if (k)
			k->seen = true;
		else if (is_bundle(entries[i]->d_name))
			ok = known_add(r, entries[i]->d_name) && ok;
	}
	known_drop_unseen(r);
	if (r->count)
		qsort(r->known, r->count, sizeof(*r->known), by_name);
	for (int i = 0; i < count; i++) {
		size_t bytes = bundle_bytes(entries[i]->d_name);
		struct known *k = bytes ? known_find(r, entries[i]->d_name, bytes) : NULL;
		if (k)
			state_add(r, k, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return ok || (tell_error("out of memory"), false);
}

/* ---- one look at all of them ---- */

static bool is_due(const struct known *k, uint64_t now)
{
	if (k->now != k->state)
		return true;
	return !k->settled && now >= k->not_before_ms;
}

static uint64_t later_ms(struct backoff *b, uint32_t most_ms)
{
	uint32_t chance;
	if (hash_random(&chance, sizeof(chance)) != IND_OK)
		chance = 0;
	return now_ms() + backoff_next_ms(b, most_ms, chance);
}

static void judge_archive(struct run *r, enum ship_outcome outcome)
{
	if (outcome == SHIP_DONE) {
		r->failures = 0;
		backoff_reset(&r->backoff);
	} else if ((outcome == SHIP_AGAIN || outcome == SHIP_UNCONFIRMED || outcome == SHIP_REFUSED) && ++r->failures >= FAILURES_MOST) {
		atomic_store(&r->down, true);
	}
}

static void judge(struct run *r, struct known *k, const struct ship_result *result)
{
	k->outcome = result->outcome;
	k->wrote = result->wrote;
	/* A receipt that was written just now changes the state: it is looked at once more, finds all there, and settles. */
	k->state = k->now;
	k->settled = result->outcome == SHIP_DONE || result->outcome == SHIP_NOT_SEALED || result->outcome == SHIP_BROKEN;
	k->failures = k->settled ? 0 : k->failures + 1;
	if (k->settled)
		backoff_reset(&k->backoff);
	else
		k->not_before_ms = later_ms(&k->backoff, result->outcome == SHIP_UNCONFIRMED ? BACKOFF_RARE_MS : BACKOFF_MOST_MS);
	judge_archive(r, result->outcome);
	r->sent_bytes += result->sent_bytes;
	r->shipped += result->outcome == SHIP_DONE && result->sent > 0;
}

static void *work(void *ctx)
{
	struct run *r = ctx;
	char why[ARCHIVE_WHY_BYTES], path[CUSTODY_PATH_MAX];
	struct archive *a;
	struct custody_trust *trust = calloc(1, sizeof(*trust));
	enum ind_err err = place_open(&r->s->place, &a, why);
	bool ok = trust && err == IND_OK;
	if (!ok && !atomic_exchange(&r->down, true))
		tell_error("%s", trust && *why ? why : "out of memory");
	for (size_t at; ok && !atomic_load(&stopped) && !atomic_load(&r->down) && (at = atomic_fetch_add(&r->next, 1)) < r->todo_count;) {
		struct known *k = r->todo[at];
		struct ship_result result = { .outcome = SHIP_FAILED };
		if (snprintf(path, sizeof(path), "%s/%s", r->s->folder, k->name) < (int)sizeof(path))
			result = ship_bundle(r->s, a, trust, path);
		pthread_mutex_lock(&r->s->lock);
		judge(r, k, &result);
		pthread_mutex_unlock(&r->s->lock);
	}
	archive_close(a);
	if (trust)
		custody_trust_free(trust);
	free(trust);
	return NULL;
}

/* What failed least comes first: one that the archive will never take keeps no other from it. */
static int by_failures(const void *left, const void *right)
{
	const struct known *a = *(struct known *const *)left, *b = *(struct known *const *)right;
	return a->failures != b->failures ? (a->failures > b->failures ? 1 : -1) : strcmp(a->name, b->name);
}

static void todo_make(struct run *r)
{
	uint64_t now = now_ms();
	r->todo = malloc((r->count + 1) * sizeof(*r->todo));
	r->todo_count = 0;
	for (size_t i = 0; i < r->count && r->todo && now >= r->not_before_ms; i++)
		if (is_due(&r->known[i], now))
			r->todo[r->todo_count++] = &r->known[i];
	if (r->todo_count)
		qsort(r->todo, r->todo_count, sizeof(*r->todo), by_failures);
}

/* What is due, by several workers. */
static void pass(struct run *r)
{
	pthread_t threads[SHIP_WORKERS_MAX];
	size_t count = 0;
	todo_make(r);
	atomic_store(&r->next, 0);
	atomic_store(&r->down, false);
	r->failures = 0;
	while (count < r->s->workers && count < r->todo_count && pthread_create(&threads[count], NULL, work, r) == 0)
		count++;
	if (!count && r->todo_count)
		work(r);
	for (size_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	if (atomic_load(&r->down))
		r->not_before_ms = later_ms(&r->backoff, BACKOFF_MOST_MS);
	free(r->todo);
	r->todo = NULL;
}

/* ---- what is settled, from run to run ---- */

static struct hash_part text_part(const char *text) { return (struct hash_part){ text ? text : "", text ? strlen(text) + 1 : 1 }; }

static void setting_make(struct run *r)
{
	const struct shipping *s = r->s;
	const uint8_t flags[] = { s->no_rows, s->verify, s->place.store.virtual_host };
	const struct hash_part parts[] = {
		text_part(s->folder), text_part(s->place.store.endpoint), text_part(s->place.store.bucket), { flags, sizeof(flags) },
		{ s->trackable, sizeof(s->trackable) }, { &s->hand, sizeof(s->hand) }, { &s->holder, sizeof(s->holder) },
	};
	hash_sha256_parts(parts, sizeof(parts) / sizeof(parts[0]), r->setting);
}

/* A run that goes on asks nothing again of what has not changed; one that was started again neither. */
static bool settled_take(struct run *r)
{
	struct settled before;
	if (!r->s->settled || !settled_read(r->s->settled, r->setting, &before))
		return look(r);
	r->key = before.key;
	bool ok = look(r);
	for (size_t i = 0; i < r->count && ok; i++) {
		struct known *k = &r->known[i];
		const struct settled_entry *e = settled_find(&before, k->name);
		if (!e || e->state != k->now)
			continue;
		k->state = k->now;
		k->settled = true;
		k->outcome = SHIP_DONE;
	}
	settled_free(&before);
	return ok;
}

static bool is_noted(const struct known *k) { return k->settled && k->outcome == SHIP_DONE && !k->wrote && k->state == k->now; }

static void settled_note(struct run *r)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < r->count; i++)
		sum += is_noted(&r->known[i]) ? r->known[i].state : 0;
	FILE *file = r->s->settled && sum != r->noted ? settled_begin(r->s->settled, r->setting, &r->key) : NULL;
	if (!file)
		return;
	for (size_t i = 0; i < r->count; i++)
		if (is_noted(&r->known[i]))
			settled_put(file, r->known[i].name, r->known[i].state);
	settled_end(file, r->s->settled);
	r->noted = sum;
}

/* ---- until when ---- */

static size_t count_of(const struct run *r, enum ship_outcome outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++)
		count += r->known[i].outcome == outcome;
	return count;
}

/* Not confirmed, refused for now, or not tried to the end: nothing is said of these but that they wait. */
static size_t count_waiting(const struct run *r) { return count_of(r, SHIP_AGAIN) + count_of(r, SHIP_UNCONFIRMED) + count_of(r, SHIP_STOPPED); }

static void tell_end(const struct run *r)
{
	tell_note("%zu bundles: %zu in the archive and receipted, %zu not sealed, %zu to be tried again, %zu refused, %zu broken; %llu shipped now, %llu bytes", r->count,
		count_of(r, SHIP_DONE), count_of(r, SHIP_NOT_SEALED), count_waiting(r), count_of(r, SHIP_REFUSED) + count_of(r, SHIP_FAILED), count_of(r, SHIP_BROKEN),
		(unsigned long long)r->shipped, (unsigned long long)r->sent_bytes);
}

static int status_of(const struct run *r)
{
	if (count_of(r, SHIP_FAILED))
		return CLI_FAILED;
	if (count_of(r, SHIP_REFUSED))
		return CLI_MISSING;
	if (count_of(r, SHIP_BROKEN))
		return CLI_NEGATIVE;
	return count_waiting(r) ? CLI_AGAIN : CLI_DONE;
}

/* Until the next try that is due, or for ever. */
static uint32_t pause_ms(const struct run *r, uint32_t most)
{
	uint64_t now = now_ms(), pause = most;
	for (size_t i = 0; i < r->count; i++) {
		const struct known *k = &r->known[i];
		uint64_t due = k->not_before_ms > r->not_before_ms ? k->not_before_ms : r->not_before_ms;
		if (!k->settled && due < now + pause)
			pause = due > now ? due - now : 0;
	}
	return (uint32_t)pause + SETTLE_MS;
}

/* "bundles" in the place of "bundles/eth1" would be watched for ever. */
static void tell_none(const struct run *r) { tell_note("%s: no bundle is there; each sensor has a folder of its own, which is the one to name", r->s->folder); }

static int run_once(struct run *r)
{
	for (unsigned tries = 1;; tries++) {
		if (!look(r))
			return CLI_FAILED;
		pass(r);
		if (atomic_load(&stopped) || tries >= r->s->tries || !count_waiting(r))
			break;
		arrivals_wait(-1, pause_ms(r, BACKOFF_MOST_MS), &stopped);
	}
	if (!r->count)
		tell_none(r);
	tell_end(r);
	return status_of(r);
}

static int run_on(struct run *r)
{
	int fd = arrivals_open(r->s->folder), status = CLI_DONE;
	uint64_t told = 0;
	bool begun = false;
	while (!atomic_load(&stopped) && status == CLI_DONE) {
		if (!(begun ? look(r) : settled_take(r))) {
			status = CLI_FAILED;
			break;
		}
		if (!begun && !r->count)
			tell_none(r);
		begun = true;
		pass(r);
		settled_note(r);
		if (r->shipped != told)
			tell_end(r);
		told = r->shipped;
		arrivals_wait(fd, pause_ms(r, LOOK_AGAIN_MS), &stopped);
	}
	return status;
}

int ship_run(struct shipping *s)
{
	struct run r = { .s = s };
	struct sigaction action = { .sa_handler = on_signal };
	if (hash_random(&r.key, sizeof(r.key)) != IND_OK)
		return tell_error("the system gives no random numbers"), CLI_FAILED;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	s->place.store.stop = &stopped;
	setting_make(&r);
	int status = s->once ? run_once(&r) : run_on(&r);
	for (size_t i = 0; i < r.count; i++)
		free(r.known[i].name);
	free(r.known);
	return status;
}
