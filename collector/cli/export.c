/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/export.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name that ends as the format's files do is that of its first file, another one that of a folder. */
static bool names_folder(const char *path, const char *file)
{
	struct stat info;
	size_t bytes = strlen(path);
	const char *end = strrchr(file, '.');
	if (stat(path, &info) == 0)
		return S_ISDIR(info.st_mode);
	return bytes <= strlen(end) || strcmp(path + bytes - strlen(end), end) != 0;
}

static int make_folder(const char *path)
{
	struct stat info;
	if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode)))
		return CLI_DONE;
	tell_error("%s: %s", path, strerror(errno));
	return CLI_FAILED;
}

static const char *path_of(struct exporting *x, const char *file)
{
	size_t bytes;
	if (!x->in_folder)
		return x->write;
	bytes = strlen(x->write) + strlen(file) + 2;
	char *path = x->path[x->target_count] = malloc(bytes);
	if (path)
		snprintf(path, bytes, "%s%s%s", x->write, x->write[strlen(x->write) - 1] == '/' ? "" : "/", file);
	else
		x->status = (tell_error("out of memory"), CLI_FAILED);
	return path;
}

static struct out *open_file(void *ctx, const char *file)
{
	struct exporting *x = ctx;
	bool first = x->target_count == 0;
	if (first && file && x->write && strcmp(x->write, "-") != 0 && names_folder(x->write, file)) {
		x->in_folder = true;
		x->status = make_folder(x->write);
	}
	if (x->status != CLI_DONE || (!first && !x->in_folder))
		return NULL;
	const char *path = path_of(x, file);
	if (x->status == CLI_DONE)
		x->status = target_open(&x->target[x->target_count], path, x->force);
	return x->status == CLI_DONE ? &x->target[x->target_count++].out : NULL;
}

static int close_files(struct exporting *x, bool keep)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < x->target_count; i++) {
		int closed = target_close(&x->target[i], keep && status == CLI_DONE);
		status = keep && status == CLI_DONE ? closed : status;
	}
	for (size_t i = 0; i < EXPORT_TARGETS_MAX; i++)
		free(x->path[i]);
	return status;
}

static int tell_limit(const struct input *in)
{
	tell_error("%s: more flows than one export takes that puts things beside their flows: at most %d of a bundle; select fewer with -f or -t", in->name, EXPORT_FLOWS_MAX);
	return CLI_FAILED;
}

static int put_records(struct exporting *x, struct supply *s, const struct input *in)
{
	const struct ind_record *record;
	enum ind_err err = IND_OK, written = IND_OK;
	while (written == IND_OK && (err = supply_next(s, &record)) == IND_OK)
		written = export_put(x->export, s);
	if (written != IND_OK || err == IND_END)
		return CLI_DONE; /* what is wrong with the output is said when it is closed */
	input_tell_damage(in, supply_offset(s), err);
	return err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

struct seen { uint64_t asked, selected; };

static int put_bundle(struct exporting *x, const char *name, struct seen *seen)
{
	struct input in;
	struct supply *s;
	int status = input_open(&in, name);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = supply_open(x->export, &in.source, x->filter, &s);
	if (err == IND_OK) {
		status = put_records(x, s, &in);
		seen->asked += supply_asked(s);
		seen->selected += supply_selected(s);
		supply_close(s);
	} else if (err == IND_LIMIT) {
		status = tell_limit(&in);
	} else {
		input_tell_damage(&in, 0, err);
		status = err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
	}
	input_close(&in);
	return status;
}

/* ---- what was lost ---- */

static bool is_loss(const struct export_lost *lost) { return lost->count && lost->count != IND_ABSENT_U64; }

static int write_loss(const struct exporting *x)
{
	struct writer_options options = { .format = QUERY_FORMAT_NDJSON };
	struct writer writer;
	struct target target;
	struct query_row row;
	struct export_lost lost;
	int status = target_open(&target, x->loss, x->force);
	if (status != CLI_DONE)
		return status;
	writer_start(&writer, &target.out, QUERY_KIND_LOST, &options);
	for (size_t n = 0; export_lost(x->export, n, &lost); n++) {
		row_start(&row, QUERY_KIND_LOST);
		row_text(&row, QUERY_LOST_format, x->info->name);
		row_text(&row, QUERY_LOST_record, lost.record);
		row_text(&row, QUERY_LOST_field, lost.field);
		row_text(&row, QUERY_LOST_why, lost.why);
		if (lost.count != IND_ABSENT_U64)
			row_u64(&row, QUERY_LOST_count, lost.count);
		writer_row(&writer, &row);
	}
	writer_end(&writer, NULL);
	return target_close(&target, true);
}

/* The first names of what was lost, as many as a line has room for. */
static size_t loss_words(const struct exporting *x, char *words, size_t size)
{
	struct export_lost lost;
	size_t count = 0, used = 0;
	bool cut = false;
	for (size_t n = 0; export_lost(x->export, n, &lost); n++) {
		const char *word = lost.field ? lost.field : lost.record;
		if (!is_loss(&lost))
			continue;
		count++;
		cut |= used + strlen(word) + 8 >= size;
		if (!cut)
			used += (size_t)snprintf(words + used, size - used, "%s%s", used ? ", " : "", word);
	}
	if (cut)
		snprintf(words + used, size - used, ", ...");
	return count;
}

static int tell_loss(const struct exporting *x)
{
	char words[100] = "";
	size_t count = loss_words(x, words, sizeof(words));
	const char *more = x->loss ? "" : "; --loss FILE lists all";
	if (!count)
		return CLI_DONE;
	if (x->strict)
		tell_error("%s: no place for %zu of the fields and signals (--strict): %s%s", x->info->name, count, words, more);
	else
		tell_note("%s: no place for %zu of the fields and signals: %s%s", x->info->name, count, words, more);
	return x->strict ? CLI_NEGATIVE : CLI_DONE;
}

static void tell_written(const struct exporting *x, const struct seen *seen)
{
	if (x->filter) {
		tell_note("%llu of %llu flows matched", (unsigned long long)seen->selected, (unsigned long long)seen->asked);
		selection_tell_undecided(x->filter, "flows");
	}
	if (x->info->flags & EXPORT_PACKETS && !export_written(x->export, IND_REC_EXHIBIT))
		tell_note("no packet is in it: packets are made of exhibits, and %s", x->filter ? "the selected flows have none" : "the bundle has none (collect --exhibits)");
}

static int tell_failed(const struct exporting *x, enum ind_err err)
{
	if (err == IND_IO || err == IND_OK)
		return CLI_DONE; /* said when the output is closed */
	if (err == IND_LIMIT)
		tell_error("%s: more than %d different objects; select fewer flows with -f or -t", x->info->name, EXPORT_OBJECTS_MAX);
	else
		tell_error("%s: %s", x->info->name, ind_strerror(err));
	return CLI_FAILED;
}

static int put_all(struct exporting *x, const struct inputs *inputs)
{
	struct seen seen = { 0 };
	int status = CLI_DONE;
	for (size_t i = 0; i < inputs->count && status < CLI_FAILED; i++) {
		int one = put_bundle(x, inputs->names[i], &seen);
		status = one > status ? one : status;
	}
	enum ind_err err = export_end(x->export);
	int failed = status < CLI_FAILED ? tell_failed(x, err) : CLI_DONE;
	status = failed > status ? failed : status;
	int closed = close_files(x, status < CLI_FAILED);
	status = closed != CLI_DONE ? closed : status;
	if (status >= CLI_FAILED)
		return status;
	tell_written(x, &seen);
	int loss = x->loss ? write_loss(x) : CLI_DONE;
	if (loss != CLI_DONE)
		return loss;
	loss = tell_loss(x);
	return status == CLI_DONE ? loss : status;
}

int export_run(struct exporting *x, const struct inputs *inputs)
{
	if (x->info->flags & EXPORT_BINARY && (!x->write || strcmp(x->write, "-") == 0) && isatty(STDOUT_FILENO)) {
		tell_error("export: %s is not text for a terminal; name a file with -w", x->info->name);
		return CLI_USAGE;
	}
	x->options.open = open_file;
	x->options.ctx = x;
	x->options.on_terminal = !x->write && isatty(STDOUT_FILENO);
	x->options.count_all = x->strict || x->loss;
	enum ind_err err = export_new(x->info, &x->options, &x->export);
	if (x->status == CLI_DONE && err != IND_OK) {
		tell_error("%s: %s", x->info->name, ind_strerror(err));
		x->status = CLI_FAILED;
	}
	int status = x->status;
	if (status == CLI_DONE)
		status = put_all(x, inputs);
	else
		(void)close_files(x, false);
	export_free(x->export);
	return status;
}
