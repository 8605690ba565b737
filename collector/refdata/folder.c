/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "refdata/refdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum ind_err refdata_folder(const char *given, char path[static REFDATA_PATH_MAX])
{
	const char *env = getenv("INDICIA_DATA"), *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	bool has_env = env && *env, has_xdg = xdg && *xdg, has_home = home && *home;
	if (given) {
		snprintf(path, REFDATA_PATH_MAX, "%s", given);
		return is_folder(given) ? IND_OK : IND_MISSING;
	}
	if (has_env) {
		snprintf(path, REFDATA_PATH_MAX, "%s", env);
		return IND_OK;
	}
	if (has_xdg)
		snprintf(path, REFDATA_PATH_MAX, "%s/indicia/data", xdg);
	else if (has_home)
		snprintf(path, REFDATA_PATH_MAX, "%s/.local/share/indicia/data", home);
	if ((has_xdg || has_home) && is_folder(path))
		return IND_OK;
	snprintf(path, REFDATA_PATH_MAX, "%s", "/var/lib/indicia/data");
	return IND_OK;
}
