/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/rows.h"
#include "base/gzip.h"
#include "export/export.h"
#include "fleet/store.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct row_file { struct out out; struct gzip *gzip; int fd; uint64_t bytes; };

struct making { struct row_file file[NAME_ROWS]; struct out nowhere; enum ind_err err; };

static enum ind_err write_file(void *ctx, const void *bytes, size_t count)
{
	struct row_file *f = ctx;
	f->bytes += count;
	return store_write(f->fd, bytes, count);
}

static enum ind_err write_rows(void *ctx, const void *bytes, size_t count) { return gzip_write(((struct row_file *)ctx)->gzip, bytes, count); }

static enum ind_err write_nothing(void *ctx, const void *bytes, size_t count)
{
	(void)ctx, (void)bytes, (void)count;
	return IND_OK;
}

static int temporary(void)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	if (snprintf(path, sizeof(path), "%s/indicia.XXXXXX", folder && *folder ? folder : "/tmp") >= (int)sizeof(path))
		return errno = ENAMETOOLONG, -1;
	int fd = mkstemp(path);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static enum ind_err file_open(struct row_file *f)
{
	f->fd = temporary();
	if (f->fd < 0)
		return IND_IO;
	enum ind_err err = gzip_new(write_file, f, &f->gzip);
	if (err == IND_OK)
		out_start(&f->out, write_rows, f);
	return err;
}

/* "flows.pb" and the like; what rows are not shipped of is written nowhere. */
static struct out *open_named(void *ctx, const char *name)
{
	struct making *m = ctx;
	for (size_t i = 0; i < NAME_ROWS; i++)
		if (strncmp(name, name_rows[i], strlen(name_rows[i])) == 0 && name[strlen(name_rows[i])] == '.')
			return &m->file[i].out;
	return &m->nowhere;
}

static enum ind_err put_all(struct export *e, const struct ind_source *source)
{
	const struct ind_record *record;
	struct supply *s;
	enum ind_err err = supply_open(e, source, NULL, &s);
	if (err != IND_OK)
		return err;
	while ((err = supply_next(s, &record)) == IND_OK)
		if ((err = export_put(e, s)) != IND_OK)
			break;
	supply_close(s);
	return err == IND_END ? export_end(e) : err;
}

static enum ind_err write_all(struct making *m, const struct ind_source *source, const uint64_t *trackable)
{
	struct export_options options = { .open = open_named, .ctx = m, .guarded = true };
	struct export *e;
	memcpy(options.trackable, trackable, sizeof(options.trackable));
	enum ind_err err = export_new(export_find("protobuf-rows"), &options, &e);
	if (err == IND_OK) {
		err = put_all(e, source);
		export_free(e);
	}
	for (size_t i = 0; i < NAME_ROWS && err == IND_OK; i++) {
		err = out_flush(&m->file[i].out);
		if (err == IND_OK)
			err = gzip_end(m->file[i].gzip);
	}
	return err;
}

enum ind_err rows_make(const struct ind_source *source, const uint64_t trackable[static IND_SIGNAL_SET_WORDS], struct rows_files *files)
{
	struct making *m = calloc(1, sizeof(*m));
	enum ind_err err = m ? IND_OK : IND_NOMEM;
	for (size_t i = 0; i < NAME_ROWS; i++)
		files->fd[i] = -1;
	if (!m)
		return err;
	for (size_t i = 0; i < NAME_ROWS; i++)
		m->file[i].fd = -1;
	for (size_t i = 0; i < NAME_ROWS && err == IND_OK; i++)
		err = file_open(&m->file[i]);
	out_start(&m->nowhere, write_nothing, NULL);
	if (err == IND_OK)
		err = write_all(m, source, trackable);
	for (size_t i = 0; i < NAME_ROWS; i++) {
		files->fd[i] = m->file[i].fd;
		files->bytes[i] = m->file[i].bytes;
		out_free(&m->file[i].out);
		gzip_free(m->file[i].gzip);
	}
	out_free(&m->nowhere);
	free(m);
	return err;
}

void rows_free(struct rows_files *files)
{
	for (size_t i = 0; i < NAME_ROWS; i++) {
		if (files->fd[i] >= 0)
			close(files->fd[i]);
		files->fd[i] = -1;
	}
}
