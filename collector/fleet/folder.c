/* SPDX-License-Identifier: Apache-2.0 */
/* An archive in a folder, on a medium that is carried: keys are paths below it. What is listed was read back from the medium. */
#define _DEFAULT_SOURCE
#include "fleet/body.h"
#include "fleet/inside.h"
#include "fleet/store.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, DEPTH_MAX = 8 };

struct folder { struct archive archive; char path[PATH_BYTES]; };

static enum ind_err fails(struct archive *a, const char *path)
{
	int error = errno;
	return archive_fails(a, error == ENOSPC || error == EDQUOT ? IND_FULL : error == ENOENT ? IND_MISSING : IND_IO, error == ENOSPC || error == EDQUOT, "%s: %s", path,
		strerror(error));
}

static bool path_of(const struct folder *f, const char *key, const char *end, char path[static PATH_BYTES])
{
	return snprintf(path, PATH_BYTES, "%s/%s%s", f->path, key, end) < PATH_BYTES;
}

/* ---- list ---- */

static enum ind_err digest(struct folder *f, const char *path, uint64_t *bytes, char etag[static ETAG_TEXT])
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &info) != 0) {
		int error = errno;
		if (fd >= 0)
			close(fd);
		errno = error;
		return fails(&f->archive, path);
	}
	struct archive_body body = { .fd = fd, .bytes = (uint64_t)info.st_size };
	/* The next read comes from the medium, where the system can be had to. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	enum ind_err err = archive_expects(&body, body_is_small(&body) ? "" : "-", etag);
	close(fd);
	*bytes = body.bytes;
	return err == IND_OK ? IND_OK : archive_fails(&f->archive, err, false, "%s: cannot be read back", path);
}

/* A list under way. */
struct walk { struct folder *folder; bool checked; archive_see *see; void *ctx; };

static enum ind_err file_see(const struct walk *w, const char *key, const char *path, uint64_t bytes)
{
	char etag[ETAG_TEXT] = "";
	struct archive_entry entry = { key, bytes, etag };
	enum ind_err err = w->checked ? digest(w->folder, path, &entry.bytes, etag) : IND_OK;
	return err == IND_OK ? w->see(w->ctx, &entry) : err;
}

static bool ends_in_part(const char *name)
{
	size_t bytes = strlen(name);
	return bytes > 5 && strcmp(name + bytes - 5, ".part") == 0;
}

static enum ind_err folder_walk(const struct walk *w, const char *folder, const char *base, unsigned depth);

/* A link is none of what was written here, and might lead anywhere. */
static enum ind_err entry_see(const struct walk *w, const char *folder, const char *name, unsigned depth)
{
	char key[PATH_BYTES], path[PATH_BYTES];
	struct stat info;
	if (!path_of(w->folder, folder, name, path) || lstat(path, &info) != 0)
		return IND_OK;
	bool is_folder = S_ISDIR(info.st_mode);
	if (snprintf(key, sizeof(key), "%s%s%s", folder, name, is_folder ? "/" : "") >= (int)sizeof(key))
		return IND_OK;
	if (is_folder)
		return depth < DEPTH_MAX ? folder_walk(w, key, "", depth + 1) : IND_OK;
	return S_ISREG(info.st_mode) && !ends_in_part(name) ? file_see(w, key, path, (uint64_t)info.st_size) : IND_OK;
}

/* `folder` ends in '/'; names in it begin with `base`. */
static enum ind_err folder_walk(const struct walk *w, const char *folder, const char *base, unsigned depth)
{
	char path[PATH_BYTES];
	struct dirent **entries;
	if (!path_of(w->folder, folder, "", path))
		return archive_fails(&w->folder->archive, IND_LIMIT, false, "%s: the path is too long", folder);
	int count = scandir(path, &entries, NULL, alphasort);
	if (count < 0)
		return errno == ENOENT ? IND_OK : fails(&w->folder->archive, path);
	enum ind_err err = IND_OK;
	for (int i = 0; i < count; i++) {
		if (err == IND_OK && entries[i]->d_name[0] != '.' && strncmp(entries[i]->d_name, base, strlen(base)) == 0)
			err = entry_see(w, folder, entries[i]->d_name, depth);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static enum ind_err folder_list(struct archive *a, const char *prefix, bool checked, archive_see *see, void *ctx)
{
	const struct walk w = { (struct folder *)a, checked, see, ctx };
	char folder[PATH_BYTES] = "";
	const char *slash = strrchr(prefix, '/');
	if (slash && snprintf(folder, sizeof(folder), "%.*s", (int)(slash + 1 - prefix), prefix) >= (int)sizeof(folder))
		return archive_fails(a, IND_LIMIT, false, "%s: the path is too long", prefix);
	return folder_walk(&w, folder, slash ? slash + 1 : prefix, 0);
}

/* ---- put ---- */

static bool folders_make(char *path, size_t from)
{
	for (char *slash = strchr(path + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool ok = mkdir(path, 0755) == 0 || errno == EEXIST;
		*slash = '/';
		if (!ok)
			return false;
	}
	return true;
}

static bool folder_sync(char *path)
{
	char *slash = strrchr(path, '/');
	*slash = '\0';
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	*slash = '/';
	return ok;
}

/* The file that another one may write at the same time (two bundles of the same bytes, two shippers): whoever has its lock writes it, under its name still. What else stands there is removed. */
static bool is_named(int fd, const char *part)
{
	struct stat held, named;
	return fstat(fd, &held) == 0 && S_ISREG(held.st_mode) && held.st_nlink == 1 && lstat(part, &named) == 0 && named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

/* -1 with EWOULDBLOCK while another one writes it, or has just given it its name. */
static int part_take(const char *part)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644), error = errno;
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		error = EWOULDBLOCK;
		if (is_named(fd, part)) {
			if (ftruncate(fd, 0) == 0)
				return fd;
			error = errno;
		}
	} else if (fd >= 0) {
		error = errno;
	}
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

static enum ind_err part_open(struct archive *a, const char *part, int *fd)
{
	struct stat info;
	if (lstat(part, &info) == 0 && (!S_ISREG(info.st_mode) || info.st_nlink != 1))
		unlink(part);
	*fd = part_take(part);
	if (*fd >= 0)
		return IND_OK;
	return errno != EWOULDBLOCK ? fails(a, part) : archive_fails(a, IND_IO, true, "%s: something else writes it at this moment", part);
}

static enum ind_err copy(struct archive *a, const char *path, int fd, struct body *body)
{
	enum ind_err err;
	while ((err = body_next(body)) == IND_OK)
		if (store_write(fd, body->part, body->part_bytes) != IND_OK)
			return fails(a, path);
	if (err == IND_END)
		err = body_check(body);
	if (err != IND_OK)
		return archive_fails(a, err, false, "%s: %s", path, err == IND_EXISTS ? "the file has changed while it was read" : ind_strerror(err));
	return fsync(fd) == 0 ? IND_OK : fails(a, path);
}

static enum ind_err publish(struct archive *a, const char *part, char *path)
{
	return rename(part, path) == 0 && folder_sync(path) ? IND_OK : fails(a, path);
}

static enum ind_err folder_put(struct archive *a, const char *key, const struct archive_body *of, char etag[static ETAG_TEXT])
{
	struct folder *f = (struct folder *)a;
	char path[PATH_BYTES], part[PATH_BYTES];
	struct body body;
	if (!path_of(f, key, "", path) || !path_of(f, key, ".part", part))
		return archive_fails(a, IND_LIMIT, false, "%s: the path is too long", key);
	if (!folders_make(path, strlen(f->path) + 1))
		return fails(a, path);
	int fd;
	enum ind_err err = part_open(a, part, &fd);
	if (err != IND_OK)
		return err;
	err = body_start(&body, of);
	if (err == IND_OK)
		err = copy(a, part, fd, &body);
	if (err == IND_OK)
		err = publish(a, part, path);
	if (err == IND_OK)
		etag_end(&body.etag, !body_is_small(of), etag);
	else
		unlink(part);
	body_end(&body);
	close(fd);
	return err;
}

/* ---- get ---- */

static enum ind_err folder_get(struct archive *a, const char *key, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	char path[PATH_BYTES];
	if (!path_of((struct folder *)a, key, "", path))
		return archive_fails(a, IND_LIMIT, false, "%s: the path is too long", key);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return fails(a, path);
	ssize_t done = offset > INT64_MAX - count ? 0 : pread(fd, bytes, count, (off_t)offset);
	enum ind_err err = done < 0 ? fails(a, path) : IND_OK;
	*got = done < 0 ? 0 : (size_t)done;
	close(fd);
	return err;
}

static enum ind_err folder_fetch(struct archive *a, const char *key, int to, uint64_t most)
{
	uint8_t bytes[65536];
	size_t got;
	for (uint64_t at = 0;; at += got) {
		enum ind_err err = folder_get(a, key, at, bytes, sizeof(bytes), &got);
		if (err != IND_OK || !got)
			return err;
		if (at + got > most)
			return archive_fails(a, IND_LIMIT, false, "%s: is larger than it was", key);
		if (store_write(to, bytes, got) != IND_OK)
			return archive_not_kept(a, key, errno);
	}
}

static void folder_close(struct archive *a) { free(a); }

static const struct archive_kind kind = { folder_list, folder_put, folder_get, folder_fetch, folder_close };

enum ind_err archive_folder(const char *path, struct archive **a, char why[static ARCHIVE_WHY_BYTES])
{
	struct folder *f = calloc(1, sizeof(*f));
	struct stat info;
	*a = NULL;
	why[0] = '\0';
	if (!f)
		return IND_NOMEM;
	bool ok = stat(path, &info) == 0 && S_ISDIR(info.st_mode) && realpath(path, f->path);
	if (!ok) {
		snprintf(why, ARCHIVE_WHY_BYTES, "%s: %s", path, errno && errno != ENOENT ? strerror(errno) : "is no folder; the medium must be there, and mounted");
		free(f);
		return IND_USAGE;
	}
	f->archive.kind = &kind;
	snprintf(f->archive.name, sizeof(f->archive.name), "folder %s", path);
	*a = &f->archive;
	return IND_OK;
}
