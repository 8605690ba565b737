/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/fdread.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum ind_err fdread_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const int *fd = ctx;
	for (*got = 0; *got < count;) {
		ssize_t done = pread(*fd, (char *)bytes + *got, count - *got, (off_t)(offset + *got));
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return IND_IO;
		if (done == 0)
			break;
		*got += (size_t)done;
	}
	return IND_OK;
}

DIR *fdread_folder(int folder_fd)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	int error = errno;
	if (!folder && fd >= 0)
		close(fd);
	errno = error;
	return folder;
}
