/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/continuing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum ind_err path_of(const char *folder, const char *sensor, char path[static KEYFILE_PATH_MAX], char *error)
{
	if (snprintf(path, KEYFILE_PATH_MAX, "%s/epoch.%s.pem", folder, sensor) < KEYFILE_PATH_MAX)
		return IND_OK;
	snprintf(error, KEYFILE_ERROR_BYTES, "%s: its name is too long", folder);
	return IND_IO;
}

enum ind_err continuing_key_keep(const char *state_folder, const char *sensor, const struct ind_key *epoch_key, char error[static KEYFILE_ERROR_BYTES])
{
	char path[KEYFILE_PATH_MAX];
	enum ind_err err = path_of(state_folder, sensor, path, error);
	return err ? err : keyfile_replace(path, epoch_key, error);
}

enum ind_err continuing_key(const char *state_folder, const char *sensor, const struct ind_key_public *in_force, struct ind_key **key,
	char error[static KEYFILE_ERROR_BYTES])
{
	char path[KEYFILE_PATH_MAX], used[KEYFILE_PATH_MAX];
	struct ind_key_public public;
	bool made;
	*key = NULL;
	enum ind_err err = path_of(state_folder, sensor, path, error);
	if (!err)
		err = keyfile_load(path, key, &made, used, error);
	if (err)
		return IND_MISSING;
	ind_key_public(*key, &public);
	if (memcmp(public.bytes, in_force->bytes, IND_KEY_BYTES) == 0)
		return IND_OK;
	snprintf(error, KEYFILE_ERROR_BYTES, "%s: holds the key of another epoch", path);
	ind_key_free(*key);
	*key = NULL;
	return IND_MISSING;
}

void continuing_key_forget(const char *state_folder, const char *sensor)
{
	char path[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	if (path_of(state_folder, sensor, path, error) == IND_OK)
		unlink(path);
}
