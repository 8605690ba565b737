/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/custodyfile.h"

#include "base/hash.h"
#include "daemon/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static bool program_digest(uint8_t digest[static IND_SHA256_BYTES])
{
	struct hash_sha256_state state;
	uint8_t bytes[65536];
	ssize_t got;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	hash_sha256_start(&state);
	while ((got = read(fd, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0)
			hash_sha256_add(&state, bytes, (size_t)got);
	close(fd);
	hash_sha256_end(&state, digest);
	return got == 0;
}

void custodyfile_event(enum ind_custody_type type, struct ind_custody_event *event)
{
	static const char tool[] = "indicia " INDICIA_VERSION;
	struct ind_clock clock;
	clock_read(NULL, &clock);
	*event = (struct ind_custody_event){
		.type = type,
		.claimed_ns = clock.realtime_ns,
		.clock_error_ns = clock.max_error_ns,
		.tool = { tool, sizeof tool - 1 },
	};
	event->has_tool_sha256 = program_digest(event->tool_sha256);
}

static bool write_all(int fd, const void *bytes, size_t count)
{
	for (const char *at = bytes; count;) {
		ssize_t done = write(fd, at, count);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		count -= (size_t)done;
	}
	return true;
}

/* Makes the name of a new file durable. */
static bool folder_sync(int folder_fd, const char *name)
{
	char folder[PATH_BYTES] = ".";
	const char *slash = strrchr(name, '/');
	if (slash)
		snprintf(folder, sizeof folder, "%.*s", slash == name ? 1 : (int)(slash - name), name);
	int fd = openat(folder_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return ok;
}

/* The file appears with its first event or not at all. */
static enum ind_err file_make(int folder_fd, const char *name, const void *bytes, size_t count)
{
	char part[PATH_BYTES + 8];
	uint8_t preamble[IND_CUSTODY_PREAMBLE_BYTES];
	snprintf(part, sizeof part, "%s.part", name);
	unlinkat(folder_fd, part, 0);
	int fd = openat(folder_fd, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return IND_IO;
	ind_custody_preamble(preamble);
	bool ok = write_all(fd, preamble, sizeof preamble) && write_all(fd, bytes, count) && fsync(fd) == 0;
	int error = errno;
	ok = close(fd) == 0 && ok;
	if (ok && linkat(folder_fd, part, folder_fd, name, 0) != 0) {
		error = errno;
		ok = false;
	}
	unlinkat(folder_fd, part, 0);
	ok = ok && folder_sync(folder_fd, name);
	errno = error;
	return ok ? IND_OK : error == EEXIST ? IND_EXISTS : IND_IO;
}

static enum ind_err file_extend(int fd, uint64_t expected, const void *bytes, size_t count)
{
	struct stat info;
	if (flock(fd, LOCK_EX) != 0 || fstat(fd, &info) != 0)
		return IND_IO;
	if ((uint64_t)info.st_size != expected || !S_ISREG(info.st_mode))
		return IND_EXISTS;
	if (write_all(fd, bytes, count) && fdatasync(fd) == 0)
		return IND_OK;
	/* Half an event, or one that may not last: nobody has acted on it, and it is taken back. */
	int error = errno;
	(void)!ftruncate(fd, (off_t)expected);
	errno = error;
	return IND_IO;
}

enum ind_err custodyfile_append(int folder_fd, const char *name, uint64_t expected, const void *bytes, size_t count)
{
	if (strlen(name) >= PATH_BYTES)
		return IND_LIMIT;
	if (!expected)
		return file_make(folder_fd, name, bytes, count);
	int fd = openat(folder_fd, name, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return IND_IO;
	enum ind_err err = file_extend(fd, expected, bytes, count);
	int error = errno;
	close(fd);
	errno = error;
	return err;
}
