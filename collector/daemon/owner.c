/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/owner.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static bool folder_info(const char *folder, struct stat *info) { return geteuid() == 0 && stat(folder, info) == 0 && info->st_uid != 0; }

bool owner_is_other(const char *folder)
{
	struct stat info;
	return folder_info(folder, &info);
}

void owner_give(int fd, const char *path)
{
	char folder[PATH_BYTES] = ".";
	struct stat info;
	const char *slash = strrchr(path, '/');
	if (slash)
		snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	if (folder_info(folder, &info))
		(void)!fchown(fd, info.st_uid, info.st_gid);
}
