/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/refdata.h"
#include "refdata/database.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct refdata {
	size_t count;
	struct database databases[IND_DATA_SETS_MAX];
};

static int is_database(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);
	return entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".mmdb") == 0;
}

static int name_compare(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static enum ind_err databases_open(
	struct refdata *r, const char *folder, struct dirent **names, size_t count, char error[static REFDATA_ERROR_BYTES])
{
	if (count > IND_DATA_SETS_MAX) {
		snprintf(error, REFDATA_ERROR_BYTES, "%.120s: %zu data sets, at most %d can be used", folder, count, IND_DATA_SETS_MAX);
		return IND_LIMIT;
	}
	for (size_t i = 0; i < count; i++) {
		enum ind_err err = database_open(&r->databases[r->count], folder, names[i]->d_name, error);
		if (err)
			return err;
		r->count++;
	}
	return IND_OK;
}

static enum ind_err folder_open(struct refdata *r, const char *folder, char error[static REFDATA_ERROR_BYTES])
{
	struct dirent **names;

	int count = scandir(folder, &names, is_database, name_compare);
	if (count < 0 && errno == ENOENT)
		return IND_OK;
	if (count < 0) {
		snprintf(error, REFDATA_ERROR_BYTES, "data folder %.120s: %s", folder, strerror(errno));
		return IND_IO;
	}
	enum ind_err err = databases_open(r, folder, names, (size_t)count, error);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return err;
}

enum ind_err refdata_open(const char *folder, struct refdata **refdata, char error[static REFDATA_ERROR_BYTES])
{
	struct refdata *r = calloc(1, sizeof *r);

	*refdata = NULL;
	if (!r) {
		snprintf(error, REFDATA_ERROR_BYTES, "out of memory");
		return IND_NOMEM;
	}
	enum ind_err err = folder_open(r, folder, error);
	if (err) {
		refdata_close(r);
		return err;
	}
	*refdata = r;
	return IND_OK;
}

void refdata_close(struct refdata *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count; i++)
		database_close(&r->databases[i]);
	free(r);
}

size_t refdata_count(const struct refdata *r) { return r->count; }

const struct ind_data_set *refdata_data_set(const struct refdata *r, size_t index)
{
	return index < r->count ? &r->databases[index].about : NULL;
}

uint64_t refdata_errors(const struct refdata *r, size_t index) { return index < r->count ? r->databases[index].errors : 0; }

size_t refdata_claims(struct refdata *r, unsigned ip_version, const uint8_t *addr, struct ind_claim *claims, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < r->count && count < max; i++) {
		struct ind_claim *claim = &claims[count];
		if (database_claim(&r->databases[i], ip_version, addr, claim) != IND_OK)
			continue;
		memcpy(claim->addr, addr, ip_version == 4 ? 4 : 16);
		claim->ip_version = (uint8_t)ip_version;
		claim->data_set = (uint16_t)i;
		count++;
	}
	return count;
}
