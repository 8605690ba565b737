/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/uploads.h"
#include "base/hash.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, NAME_BYTES = 2 * HASH_SHA256_BYTES + 16 };

static const char ending[] = ".upload";

/* One upload for a key of an archive at a time: the name follows from both. */
static void name_make(const char *archive, const char *key, char name[static NAME_BYTES])
{
	uint8_t digest[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	hash_sha256_parts((const struct hash_part[]){ { archive, strlen(archive) + 1 }, { key, strlen(key) } }, 2, digest);
	hash_hex(digest, sizeof(digest), hex);
	snprintf(name, NAME_BYTES, "%s%s", hex, ending);
}

enum ind_err uploads_note(const char *folder, const char *archive, const char *key, const char *id)
{
	char path[PATH_BYTES], name[NAME_BYTES];
	name_make(archive, key, name);
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return errno = ENAMETOOLONG, IND_IO;
	FILE *file = fopen(path, "we");
	if (!file)
		return IND_IO;
	bool ok = fprintf(file, "%s\n%s\n%s\n", archive, key, id) > 0 && fflush(file) == 0 && fdatasync(fileno(file)) == 0;
	ok = fclose(file) == 0 && ok;
	return ok ? IND_OK : IND_IO;
}

void uploads_forget(const char *folder, const char *archive, const char *key)
{
	char path[PATH_BYTES], name[NAME_BYTES];
	name_make(archive, key, name);
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path))
		unlink(path);
}

static bool line_read(FILE *file, char *to, size_t size)
{
	if (!fgets(to, (int)size, file))
		return false;
	size_t bytes = strlen(to);
	if (!bytes || to[bytes - 1] != '\n')
		return false;
	to[bytes - 1] = '\0';
	return bytes > 1;
}

static bool entry_read(const char *path, struct uploads_entry *e)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	bool ok = line_read(file, e->archive, sizeof(e->archive)) && line_read(file, e->key, sizeof(e->key)) && line_read(file, e->id, sizeof(e->id));
	fclose(file);
	return ok;
}

void uploads_each(const char *folder, uploads_see *see, void *ctx)
{
	char path[PATH_BYTES];
	DIR *dir = opendir(folder);
	struct uploads_entry *e = malloc(sizeof(*e));
	for (struct dirent *d = dir && e ? readdir(dir) : NULL; d; d = readdir(dir)) {
		size_t bytes = strlen(d->d_name), end = sizeof(ending) - 1;
		if (bytes <= end || strcmp(d->d_name + bytes - end, ending) != 0 || snprintf(path, sizeof(path), "%s/%s", folder, d->d_name) >= (int)sizeof(path))
			continue;
		/* What an interruption left half written names no upload that could have a part. */
		if (!entry_read(path, e) || see(ctx, e) == IND_OK)
			unlink(path);
	}
	free(e);
	if (dir)
		closedir(dir);
}
