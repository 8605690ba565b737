/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trust.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include "daemon/keyfile.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>


struct ind_verify_options trust_options(const struct trust *t) { return (struct ind_verify_options){ .trusted = t->keys, .trusted_count = t->count }; }

const char *trust_folder(void)
{
	const char *folder = getenv("INDICIA_TRUST_DIR");
	return folder && *folder ? folder : "/etc/indicia/trust.d";
}

int trust_give(struct trust *t, const char *path)
{
	if (t->given_count == TRUST_GIVEN_MAX)
		return tell_error("--trust: more than %d times; put the keys into a folder", TRUST_GIVEN_MAX), CLI_USAGE;
	t->given[t->given_count++] = path;
	return CLI_DONE;
}

static int is_public_file(const struct dirent *entry)
{
	size_t bytes = strlen(entry->d_name);
	return entry->d_name[0] != '.' && bytes > 4 && strcmp(entry->d_name + bytes - 4, ".pub") == 0;
}

static bool walk_file(const char *whose, const char *path, trust_see *see, void *ctx)
{
	struct ind_key_public keys[TRUST_KEYS_MAX];
	char error[KEYFILE_ERROR_BYTES];
	size_t count = 0;
	enum ind_err err = keyfile_public_load(path, keys, TRUST_KEYS_MAX, &count, error);
	if (err != IND_OK)
		tell_error("%s", error);
	for (size_t i = 0; err == IND_OK && i < count; i++)
		see(ctx, whose, path, &keys[i]);
	return err == IND_OK;
}

/* The *.pub files of a folder in name order; a folder that is not there holds none. */
static bool walk_folder(const char *whose, const char *folder, trust_see *see, void *ctx)
{
	struct dirent **entries;
	char path[KEYFILE_PATH_MAX + 256];
	bool ok = true;
	int count = scandir(folder, &entries, is_public_file, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		ok = walk_file(whose, path, see, ctx) && ok;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return ok;
}

void trust_walk(trust_see *see, void *ctx)
{
	char state[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	if (keyfile_state_dir(state, error) == IND_OK)
		(void)walk_folder("own", state, see, ctx);
	(void)walk_folder("trusted", trust_folder(), see, ctx);
}

static void remember(void *ctx, const char *whose, const char *file, const struct ind_key_public *key)
{
	struct trust *t = ctx;
	(void)whose;
	(void)file;
	if (t->count < TRUST_KEYS_MAX)
		t->keys[t->count++] = *key;
}

static int load_given(struct trust *t, const char *path)
{
	struct stat info;
	size_t before = t->count;
	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return walk_file("trusted", path, remember, t) ? CLI_DONE : CLI_MISSING;
	if (!walk_folder("trusted", path, remember, t))
		return CLI_MISSING;
	if (t->count == before)
		return tell_error("%s: no key file (*.pub) is in this folder", path), CLI_MISSING;
	return CLI_DONE;
}

int trust_load(struct trust *t)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < t->given_count && status == CLI_DONE; i++)
		status = load_given(t, t->given[i]);
	if (!t->given_count)
		trust_walk(remember, t);
	return status;
}
