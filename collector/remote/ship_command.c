/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "base/number.h"
#include "cli/args.h"
#include "cli/selection.h"
#include "cli/tell.h"
#include "daemon/confine.h"
#include "daemon/keyfile.h"
#include "remote/ship.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TIMEOUT_MAX_S = 3600, TRIES = 5, TRIES_MAX = 1000, WORKERS = 4, HOST_BYTES = 256, LIMIT_MIN = 1000 };

struct command {
	struct shipping s;
	char state[KEYFILE_PATH_MAX], uploads[KEYFILE_PATH_MAX], settled[KEYFILE_PATH_MAX + 8], host[HOST_BYTES];
	int lock;
};

static int number(const char *option, const char *value, uint64_t least, uint64_t most, uint64_t *n)
{
	if (number_read(value, most, n) && *n >= least)
		return CLI_DONE;
	tell_error("%s %s: is no number from %llu to %llu", option, value, (unsigned long long)least, (unsigned long long)most);
	return CLI_USAGE;
}

/* "1M" and "1M/s" alike. */
static int limit(const char *value, uint64_t *n)
{
	char text[64];
	size_t bytes = strlen(value);
	if (bytes > 2 && strcmp(value + bytes - 2, "/s") == 0)
		bytes -= 2;
	if (bytes >= sizeof(text))
		return tell_error("--limit %s: is no number", value), CLI_USAGE;
	snprintf(text, sizeof(text), "%.*s", (int)bytes, value);
	return number("--limit", text, LIMIT_MIN, INT64_MAX, n);
}

static int small(const char *option, const char *value, unsigned most, unsigned *n)
{
	uint64_t wide;
	int status = number(option, value, 1, most, &wide);
	if (status == CLI_DONE)
		*n = (unsigned)wide;
	return status;
}

static int take(struct command *c, int id, const char *value)
{
	struct shipping *s = &c->s;
	if (place_option(&s->place, id, value))
		return CLI_DONE;
	switch (id) {
	case OPT_DIR: s->folder = value; return CLI_DONE;
	case OPT_TO_DIR: s->place.folder = value; return CLI_DONE;
	case OPT_NO_ROWS: s->no_rows = true; return CLI_DONE;
	case OPT_TRACKABLE: return selection_signals("--trackable", value, s->trackable);
	case OPT_VERIFY: s->verify = true; return CLI_DONE;
	case OPT_ONCE: s->once = true; return CLI_DONE;
	case OPT_LIMIT: return limit(value, &s->place.store.limit_bytes_s);
	case OPT_WORKERS: return small("--workers", value, SHIP_WORKERS_MAX, &s->workers);
	case OPT_TRIES: return small("--tries", value, TRIES_MAX, &s->tries);
	case OPT_TIMEOUT: return small("--timeout", value, TIMEOUT_MAX_S, &s->place.store.timeout_s);
	case OPT_KEY: s->key_file = value; return CLI_DONE;
	case OPT_HOLDER: return trust_key_of("--holder", value, &s->holder);
	case OPT_ACTOR: s->actor = value; return CLI_DONE;
	case OPT_PLACE: s->where = value; return CLI_DONE;
	case OPT_PURPOSE: s->purpose = value; return CLI_DONE;
	case OPT_QUIET: tell_quiet(true); return CLI_DONE;
	default: return tell_error("ship: '%s' is one word too many; the folder is named with --dir", value), CLI_USAGE;
	}
}

static int needs(struct shipping *s)
{
	struct stat info;
	if (!s->folder)
		return tell_error("ship: name the folder of bundles with --dir; see 'indicia ship -h'"), CLI_USAGE;
	if (stat(s->folder, &info) != 0 || !S_ISDIR(info.st_mode))
		return tell_error("%s: is no folder", s->folder), CLI_MISSING;
	return place_ready(&s->place, "ship", "--to-dir");
}

static void names_set(struct command *c)
{
	struct shipping *s = &c->s;
	const char *actor = getenv("INDICIA_ACTOR"), *where = getenv("INDICIA_PLACE");
	if (gethostname(c->host, sizeof(c->host) - 1) != 0 || !*c->host)
		snprintf(c->host, sizeof(c->host), "this machine");
	if (!s->actor)
		s->actor = actor && *actor ? actor : "indicia ship";
	if (!s->where)
		s->where = where && *where ? where : c->host;
	if (!s->purpose)
		s->purpose = "archive";
	s->tries = s->tries ? s->tries : TRIES;
	s->workers = s->workers ? s->workers : WORKERS;
	/* Of several connections each has its share. */
	s->place.store.limit_bytes_s = s->place.store.limit_bytes_s ? s->place.store.limit_bytes_s / s->workers + 1 : 0;
}

/* One shipper for each state directory: two would end each other's uploads, and write into one file. */
static int state_open(struct command *c)
{
	char error[KEYFILE_ERROR_BYTES], path[KEYFILE_PATH_MAX + 8];
	if (keyfile_state_dir(c->state, error) != IND_OK)
		return tell_error("%s", error), CLI_MISSING;
	if (snprintf(c->uploads, sizeof(c->uploads), "%s/ship", c->state) >= (int)sizeof(c->uploads) || (mkdir(c->uploads, 0700) != 0 && errno != EEXIST))
		return tell_error("%s: %s", c->uploads, strerror(errno)), CLI_MISSING;
	snprintf(path, sizeof(path), "%s/lock", c->uploads);
	c->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c->lock < 0)
		return tell_error("%s: %s", path, strerror(errno)), CLI_MISSING;
	if (flock(c->lock, LOCK_EX | LOCK_NB) != 0)
		return tell_error("%s: another 'indicia ship' runs with this state directory; give each its own XDG_STATE_HOME", c->state), CLI_MISSING;
	c->s.place.store.uploads = c->uploads;
	snprintf(c->settled, sizeof(c->settled), "%s/settled", c->uploads);
	c->s.settled = c->s.place.folder ? NULL : c->settled;
	return CLI_DONE;
}

static int hand_load(struct shipping *s)
{
	char used[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	struct ind_key *key;
	bool made;
	if (keyfile_load(s->key_file, &key, &made, used, error) != IND_OK)
		return tell_error("%s", error), CLI_MISSING;
	if (made)
		tell_note("made a new key that signs receipts, %s", used);
	ind_key_public(key, &s->hand);
	ind_key_free(key);
	if (memcmp(&s->holder, &(struct ind_key_public){ 0 }, sizeof(s->holder)) == 0)
		s->holder = s->hand;
	return CLI_DONE;
}

/* What is wrong with the archive itself is said once, before any bundle is. */
static int archive_try(struct shipping *s)
{
	struct archive *a;
	int status = place_open_or_tell(&s->place, &a);
	if (status != CLI_DONE)
		return status;
	archive_give_up_uploads(a);
	archive_close(a);
	return CLI_DONE;
}

/* Many systems have a link to a file in /run there, which is replaced when the network changes: the folder of that file; NULL: none. */
static const char *resolver_folder(char path[static PATH_MAX])
{
	char *slash = realpath("/etc/resolv.conf", path) ? strrchr(path, '/') : NULL;
	if (slash)
		*slash = '\0';
	return slash && *path ? path : NULL;
}

/* A store is another machine, and its answers go through large libraries: what they could be brought to do ends at these files. Without such a guard in the system the
 * service's own (deploy/systemd) remains. */
static int confine(const struct command *c)
{
	char self[KEYFILE_PATH_MAX] = "", resolver[PATH_MAX];
	const char *temporary = getenv("TMPDIR");
	int abi;
	const char *key = c->s.key_file ? c->s.key_file : c->state, *medium = c->s.place.folder, *ca = c->s.place.store.ca ? c->s.place.store.ca : "/etc";
	const struct confine_path paths[] = {
		{ c->s.folder, CONFINE_WRITE }, { medium ? medium : c->s.folder, medium ? CONFINE_WRITE_FOLDERS : CONFINE_WRITE }, { c->state, CONFINE_WRITE },
		{ temporary && *temporary ? temporary : "/tmp", CONFINE_WRITE }, { key, CONFINE_READ }, { ca, CONFINE_READ }, { "/etc", CONFINE_READ }, { "/usr", CONFINE_READ },
		{ "/lib", CONFINE_READ }, { resolver_folder(resolver), CONFINE_READ }, { "/dev/urandom", CONFINE_READ }, { "/proc", CONFINE_READ }, { self, CONFINE_READ },
	};
	ssize_t bytes = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (bytes <= 0)
		snprintf(self, sizeof(self), "/usr");
	if (!confine_applies())
		return CLI_DONE;
	if (!confine_privileges(0) || confine_files(paths, sizeof(paths) / sizeof(paths[0]), &abi) != IND_OK)
		return tell_error("ship: cannot confine itself: %s", strerror(errno)), CLI_FAILED;
	return CLI_DONE;
}

static int ship(struct command *c)
{
	int status = needs(&c->s);
	if (status != CLI_DONE)
		return status;
	names_set(c);
	status = state_open(c);
	if (status == CLI_DONE)
		status = hand_load(&c->s);
	if (status == CLI_DONE)
		status = confine(c);
	if (status == CLI_DONE)
		status = archive_try(&c->s);
	return status == CLI_DONE ? ship_run(&c->s) : status;
}

int ship_command(int argc, char **argv)
{
	static struct command c = { .lock = -1 };
	struct args args;
	int status = CLI_DONE;
	args_start(&args, cmd_ship.options, cmd_ship.option_count, argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = take(&c, id, args.value);
	pthread_mutex_init(&c.s.lock, NULL);
	if (status == CLI_DONE)
		status = ship(&c);
	place_forget(&c.s.place);
	if (c.lock >= 0)
		close(c.lock);
	return status;
}
