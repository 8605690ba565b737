/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "base/hash.h"
#include "cli/args.h"
#include "cli/live.h"
#include "cli/stored.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "daemon/keyfile.h"
#include "daemon/streamfile.h"
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { FOLDERS_MAX = 64, LOOKS = 20, LOOK_NS = 50000000, NEW_S = 2 };

struct status {
	struct output_options output;
	struct writer writer;
	const char *asked[FOLDERS_MAX];
	size_t asked_count;
	char folders[FOLDERS_MAX][STREAM_PATH_MAX]; /* asked for, or named by a sensor's state */
	size_t folder_count;
	bool any, wants, once, watch;
	struct live live;
	struct query_row row;
	const char *sought;          /* NAME.ieb.open that may be one that a sensor writes */
	bool found, runs;
};

static const char stream_prefix[] = "stream.";

/* The process that holds the lock of a file (proc(5), flock(2)); 0: none; -1: the system does not say. */
static long lock_holder(const struct stat *file)
{
	char line[256];
	long holder = 0;
	FILE *locks = fopen("/proc/locks", "re");
	if (!locks)
		return -1;
	while (!holder && fgets(line, sizeof(line), locks)) {
		long process;
		unsigned long long inode;
		const char *flock = strstr(line, "FLOCK");
		if (flock && !strstr(line, "->") && sscanf(flock, "FLOCK %*s WRITE %ld %*[^:]:%*[^:]:%llu", &process, &inode) == 2 && inode == (unsigned long long)file->st_ino)
			holder = process;
	}
	fclose(locks);
	return holder;
}

static void add_folder(struct status *s, const char *folder)
{
	char whole[PATH_MAX];
	size_t i = 0;
	folder = realpath(folder, whole) ? whole : folder;
	while (i < s->folder_count && strcmp(s->folders[i], folder) != 0)
		i++;
	if (i == FOLDERS_MAX)
		return;
	if (i == s->folder_count) {
		snprintf(s->folders[i], STREAM_PATH_MAX, "%s", folder);
		s->folder_count++;
	}
}

static void put_open_file(struct status *s, const struct stream_state *state)
{
	struct stat info;
	char folder[STREAM_PATH_MAX];
	const char *slash = strrchr(state->open_path, '/');
	if (!state->open_path[0])
		return;
	row_text(&s->row, QUERY_STATUS_file, state->open_path);
	if (stat(state->open_path, &info) == 0)
		row_u64(&s->row, QUERY_STATUS_bytes, (uint64_t)info.st_size);
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - state->open_path) : 1, slash ? state->open_path : ".");
	add_folder(s, folder);
}

static void put_stream(struct status *s, const struct stream_state *state)
{
	char *text = row_room(&s->row, 2 * IND_STREAM_ID_BYTES + 1);
	if (!text)
		return;
	hash_hex(state->stream.id, IND_STREAM_ID_BYTES, text);
	row_text(&s->row, QUERY_STATUS_stream, text);
	row_u64(&s->row, QUERY_STATUS_leaves, state->stream.leaves);
}

static void put_sensor(struct status *s, const char *path, const char *sensor)
{
	struct stream_state state;
	struct stat info;
	if (stat(path, &info) != 0 || streamfile_peek(&disk_real, path, &state) != IND_OK) {
		tell_error("%s: cannot be read", path);
		return;
	}
	long holder = lock_holder(&info);
	bool running = holder > 0, left = state.known && state.running && !running;
	row_start(&s->row, QUERY_KIND_STATUS);
	row_text(&s->row, QUERY_STATUS_what, "sensor");
	row_text(&s->row, QUERY_STATUS_sensor, sensor);
	row_text(&s->row, QUERY_STATUS_state, running ? "recording" : !state.known || holder < 0 ? "unknown" : left ? "interrupted" : "stopped");
	row_time(&s->row, QUERY_STATUS_time, (uint64_t)info.st_mtim.tv_sec * 1000000000 + (uint64_t)info.st_mtim.tv_nsec);
	if (running)
		row_u64(&s->row, QUERY_STATUS_process, (uint64_t)holder);
	if (state.known)
		put_stream(s, &state);
	put_open_file(s, &state);
	if (left && holder == 0)
		row_text(&s->row, QUERY_STATUS_advice, state.open_path[0] ? "start it again, or 'indicia recover' its file: what it left is sealed then" : "start it again: it goes on where it stopped, between two bundles");
	s->wants |= left && holder == 0;
	s->any = true;
	writer_row(&s->writer, &s->row);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* The sensors whose streams are in the state directory. */
static int each_sensor(struct status *s, void (*put)(struct status *s, const char *path, const char *sensor))
{
	char folder[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES], path[2 * KEYFILE_PATH_MAX];
	struct dirent **names = NULL;
	if (keyfile_state_dir(folder, error) != IND_OK)
		return tell_error("%s", error), CLI_MISSING;
	int count = scandir(folder, &names, NULL, by_name);
	for (int i = 0; i < count; i++) {
		if (strncmp(names[i]->d_name, stream_prefix, sizeof(stream_prefix) - 1) == 0) {
			snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
			put(s, path, names[i]->d_name + sizeof(stream_prefix) - 1);
		}
		free(names[i]);
	}
	free(names);
	return CLI_DONE;
}

static void seek_sensor(struct status *s, const char *path, const char *sensor)
{
	struct stream_state state;
	struct stat info;
	(void)sensor;
	if (stat(path, &info) != 0 || lock_holder(&info) <= 0 || streamfile_peek(&disk_real, path, &state) != IND_OK)
		return;
	s->runs = true;
	s->found |= strcmp(state.open_path, s->sought) == 0;
}

/* Was it made or written to a moment ago? Where a clock was set back, too. */
static bool is_new(const char *path)
{
	struct stat info;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return stat(path, &info) == 0 && now.tv_sec - info.st_mtim.tv_sec <= NEW_S;
}

/* A sensor makes the file of its next bundle, and then notes its name: of a new file the note of one that runs is waited for. */
static bool is_written(void *ctx, const char *path)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	struct status *s = ctx;
	s->sought = path;
	s->found = s->runs = false;
	for (unsigned i = 0; i < LOOKS; i++) {
		if (each_sensor(s, seek_sensor) != CLI_DONE || s->found || !s->runs || !is_new(path))
			break;
		nanosleep(&pause, NULL);
	}
	return s->found;
}

static int put_folders(struct status *s)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < s->folder_count; i++) {
		struct stored_folder stored = { &s->writer, is_written, s, false };
		uint64_t before = s->writer.rows;
		int one = stored_put(&stored, s->folders[i]);
		s->wants |= stored.wants;
		s->any |= s->writer.rows > before;
		status = one > status ? one : status;
	}
	return status;
}

static int put_all(struct status *s)
{
	struct writer_options options;
	struct target target;
	int status = output_writer_options(&s->output, QUERY_KIND_STATUS, &options);
	if (status == CLI_DONE)
		status = target_open(&target, s->output.write, s->output.force);
	if (status != CLI_DONE)
		return status;
	writer_start(&s->writer, &target.out, QUERY_KIND_STATUS, &options);
	for (size_t i = 0; i < s->asked_count; i++)
		add_folder(s, s->asked[i]);
	int sensors = each_sensor(s, put_sensor), folders = put_folders(s);
	writer_end(&s->writer, NULL);
	int closed = target_close(&target, true);
	if (closed != CLI_DONE)
		return closed;
	if (!s->any && sensors == CLI_DONE && folders == CLI_DONE) {
		tell_note("no sensor of this user has run on this machine, and no bundle is where you look; name the folder of the bundles");
		return CLI_MISSING;
	}
	status = sensors > folders ? sensors : folders;
	return status != CLI_DONE ? status : s->wants ? CLI_NEGATIVE : CLI_DONE;
}

static bool is_socket(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISSOCK(info.st_mode);
}

/* What lies on the disk, and below it, for a person, the figures of what runs. */
static int show(struct status *s)
{
	bool table = !s->output.format || strncmp(s->output.format, "table", strlen("table")) == 0;
	if (!s->live.count)
		live_find(&s->live);
	if ((s->watch || s->once) && !table && strncmp(s->output.format, "csv", 3) != 0 && strncmp(s->output.format, "tsv", 3) != 0)
		s->output.format = "json";
	else if ((s->watch || s->once) && !table)
		return tell_error("status: --live and --watch are a screen, or JSON (--json)"), CLI_USAGE;
	if (s->watch)
		return live_watch(&s->live, &s->output);
	if (s->once)
		return live_show(&s->live, &s->output, false);
	int status = put_all(s);
	if (table && !s->output.write && s->live.count) {
		putchar('\n');
		(void)live_show(&s->live, &s->output, true);
	}
	return status;
}

static const struct cli_option options[] = {
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table ndjson json csv tsv", "table, ndjson, json, csv or tsv; FORMAT:key,key chooses columns" },
	{ OPT_JSON, 0, "json", NULL, NULL, "the same as -o json" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "write to FILE instead of standard output" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" },
	{ OPT_LIVE, 0, "live", NULL, NULL, "the figures of the sensors that run now, and nothing else; --json: one object a line" },
	{ OPT_WATCH, 0, "watch", NULL, NULL, "the same each second, until q is pressed" },
	OPTION_COLOR, OPTION_ZONE, OPTION_QUIET, OPTION_HELP,
};

static int run(int argc, char **argv)
{
	struct args args;
	struct status *s = calloc(1, sizeof(*s));
	int status = CLI_DONE;
	if (!s)
		return tell_error("out of memory"), CLI_FAILED;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args)) {
		if (output_option(&s->output, id, args.value, &status))
			continue;
		if (id == OPT_LIVE || id == OPT_WATCH)
			*(id == OPT_LIVE ? &s->once : &s->watch) = true;
		else if (is_socket(args.value))
			live_add(&s->live, args.value);
		else if (s->asked_count == FOLDERS_MAX)
			status = (tell_error("status: more than %d folders", FOLDERS_MAX), CLI_USAGE);
		else
			s->asked[s->asked_count++] = args.value;
	}
	if (status == CLI_DONE)
		status = show(s);
	free(s);
	return status;
}

const struct cli_verb cmd_status = {
	"status", "Collect", "[DIR|SOCKET]...", NULL, "what records on this machine, what was sealed last, what is missing or was left",
	"Reads what lies on the disk, and changes nothing: the state directory of this user says which sensors record, stopped, or were interrupted; the folders named, and those that "
	"sensors write to, say which bundle of each stream was sealed last, which leaves of a stream are in none of them, and which files runs have left, with what to do about each.\n"
	"A sensor that runs answers at its socket, in the state directory of this user or in /run/indicia: its figures stand below the table, alone with --live, and each second with --watch.\n"
	"A stopped sensor does not say where its bundles are: name the folder. Bundles are not verified; that is what 'indicia verify' is for. Exit status 0 all is well, 1 something is to be "
	"done, 4 there is nothing to report on.",
	"indicia status\n# the figures of what runs, each second\nindicia status --watch\nindicia status /var/lib/indicia/bundles\n# for a program that watches\nindicia status -o json /var/lib/indicia/bundles | jq -r '.records[]|select(.advice)|.advice'",
	OPTIONS_OF(options), run,
};
