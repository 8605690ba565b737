/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/refdata.h"
#include "refdata/database.h"
#include "refdata/listfile.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { UNUSED_MAX = 16, ASNS_MAX = 64 };
_Static_assert((int)LIST_NOTE_BYTES <= (int)REFDATA_ERROR_BYTES && (int)DATABASE_ERROR_BYTES <= (int)REFDATA_ERROR_BYTES, "one line fits");

struct data_set {
	bool is_list;
	union {
		struct database database;
		struct list list;
	};
};

struct refdata {
	size_t count, unused_count;
	struct refdata_scope scope;
	struct data_set sets[IND_DATA_SETS_MAX];
	char unused[UNUSED_MAX][LIST_NOTE_BYTES];
};

static bool is_database(const char *name)
{
	size_t length = strlen(name);
	return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".mmdb") == 0;
}

static int is_wanted(const struct dirent *entry)
{
	return (is_database(entry->d_name) || listfile_name(entry->d_name)) && entry->d_type != DT_DIR;
}

static int name_compare(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

/* A folder that the system would not name as one. */
static bool is_folder(const char *folder, const char *name)
{
	char path[REFDATA_PATH_MAX];
	struct stat st;
	int length = snprintf(path, sizeof path, "%s/%s", folder, name);
	return length > 0 && (size_t)length < sizeof path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void scope_add(struct refdata *r, const struct data_set *set)
{
	unsigned kind = set->is_list ? set->list.kind : IND_CLAIM_DATABASE;
	r->scope.territory |= kind <= IND_CLAIM_PFX2AS;
	r->scope.lists |= kind > IND_CLAIM_PFX2AS && kind != IND_CLAIM_RPKI;
	r->scope.values |= set->is_list && (set->list.signals[0] || set->list.signals[1]);
}

static enum ind_err file_open(struct refdata *r, const char *folder, const char *name, char error[static REFDATA_ERROR_BYTES])
{
	struct data_set *set = &r->sets[r->count];
	if (r->count == IND_DATA_SETS_MAX) {
		snprintf(error, REFDATA_ERROR_BYTES, "%.120s: more than the %d data sets that can be used", folder, IND_DATA_SETS_MAX);
		return IND_LIMIT;
	}
	set->is_list = !is_database(name);
	if (set->is_list && is_folder(folder, name))
		return IND_OK;
	enum ind_err err = set->is_list ? listfile_open(&set->list, folder, name, error) : database_open(&set->database, folder, name, error);
	if (err == IND_MISSING) {
		if (r->unused_count < UNUSED_MAX)
			memcpy(r->unused[r->unused_count++], error, LIST_NOTE_BYTES);
		error[0] = '\0';
		return IND_OK;
	}
	if (err)
		return err;
	scope_add(r, set);
	r->count++;
	return IND_OK;
}

static enum ind_err folder_open(struct refdata *r, const char *folder, char error[static REFDATA_ERROR_BYTES])
{
	struct dirent **names;

	int count = scandir(folder, &names, is_wanted, name_compare);
	if (count < 0 && errno == ENOENT)
		return IND_OK;
	if (count < 0) {
		snprintf(error, REFDATA_ERROR_BYTES, "data folder %.120s: %s", folder, strerror(errno));
		return IND_IO;
	}
	enum ind_err err = IND_OK;
	for (int i = 0; i < count; i++) {
		if (!err)
			err = file_open(r, folder, names[i]->d_name, error);
		free(names[i]);
	}
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
	for (size_t i = 0; i < r->count; i++) {
		if (r->sets[i].is_list)
			list_free(&r->sets[i].list);
		else
			database_close(&r->sets[i].database);
	}
	free(r);
}

size_t refdata_count(const struct refdata *r) { return r->count; }

const struct ind_data_set *refdata_data_set(const struct refdata *r, size_t index)
{
	if (index >= r->count)
		return NULL;
	return r->sets[index].is_list ? &r->sets[index].list.about : &r->sets[index].database.about;
}

uint64_t refdata_lines(const struct refdata *r, size_t index)
{
	return index < r->count && r->sets[index].is_list ? r->sets[index].list.lines : 0;
}

const char *refdata_note(const struct refdata *r, size_t index)
{
	return index < r->count && r->sets[index].is_list && r->sets[index].list.note[0] ? r->sets[index].list.note : NULL;
}

const char *refdata_unused(const struct refdata *r, size_t index) { return index < r->unused_count ? r->unused[index] : NULL; }

unsigned refdata_old_days(const struct refdata *r, size_t index)
{
	static const uint8_t days[IND_CLAIM_KIND_COUNT] = {
		[IND_CLAIM_DATABASE] = 60, [IND_CLAIM_RIR] = 60, [IND_CLAIM_RIR_AS] = 60, [IND_CLAIM_PFX2AS] = 30, [IND_CLAIM_TOR] = 2, [IND_CLAIM_VPN] = 7,
		[IND_CLAIM_HOSTS] = 30, [IND_CLAIM_SCANNER] = 30, [IND_CLAIM_IOC] = 90, [IND_CLAIM_RPKI] = 7,
	};
	return days[index < r->count && r->sets[index].is_list ? r->sets[index].list.kind : IND_CLAIM_DATABASE];
}

uint64_t refdata_errors(const struct refdata *r, size_t index)
{
	return index < r->count && !r->sets[index].is_list ? r->sets[index].database.errors : 0;
}

struct refdata_scope refdata_scope(const struct refdata *r) { return r->scope; }

static void claims_place(struct ind_claim *claims, size_t count, size_t set, unsigned ip_version, const uint8_t *addr)
{
	for (size_t i = 0; i < count; i++) {
		memcpy(claims[i].addr, addr, ip_version == 4 ? 4 : 16);
		claims[i].ip_version = (uint8_t)ip_version;
		claims[i].data_set = (uint16_t)set;
	}
}

static size_t address_claims(struct refdata *r, unsigned ip_version, const uint8_t *addr, struct ind_claim *claims, size_t max)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count && count < max; i++) {
		struct data_set *set = &r->sets[i];
		size_t more = set->is_list ? list_address(&set->list, ip_version, addr, claims + count, max - count)
					   : database_claim(&set->database, ip_version, addr, claims + count) == IND_OK;
		claims_place(claims + count, more, i, ip_version, addr);
		count += more;
	}
	return count;
}

/* The AS numbers that claims name, each once, with the prefix of the first claim that does. */
struct named_as { uint32_t asn; uint8_t prefix_bits; };

static size_t as_add(struct named_as *named, size_t count, uint32_t asn, uint8_t prefix_bits)
{
	for (size_t i = 0; i < count; i++)
		if (named[i].asn == asn)
			return count;
	if (asn && count < ASNS_MAX)
		named[count++] = (struct named_as){ asn, prefix_bits };
	return count;
}

static size_t as_named(const struct ind_claim *claims, size_t count, struct named_as named[static ASNS_MAX])
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++) {
		found = as_add(named, found, claims[i].asn, claims[i].prefix_bits);
		for (size_t k = 0; k < claims[i].more_asn_count; k++)
			found = as_add(named, found, claims[i].more_asn[k], claims[i].prefix_bits);
	}
	return found;
}

/* Registration of an AS (S05), and lists of AS numbers: about the address only by way of another claim. */
static size_t as_claims(const struct refdata *r, const struct named_as *as, struct ind_claim *claims, size_t max, unsigned ip_version, const uint8_t *addr)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count && count < max; i++) {
		size_t more = r->sets[i].is_list ? list_as(&r->sets[i].list, as->asn, claims + count, max - count) : 0;
		claims_place(claims + count, more, i, ip_version, addr);
		for (size_t k = 0; k < more; k++)
			claims[count + k].prefix_bits = as->prefix_bits;
		count += more;
	}
	return count;
}

/* What RPKI says of an announced prefix and one of its origins: one claim a list that says anything. */
static size_t origin_claims(const struct refdata *r, const struct ind_claim *route, uint32_t asn, struct ind_claim *claims, size_t max)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count && count < max; i++) {
		const struct list *l = &r->sets[i].list;
		const char *state = r->sets[i].is_list && l->kind == IND_CLAIM_RPKI ? list_origin_state(l, route, asn) : NULL;
		if (!state)
			continue;
		claims[count] = (struct ind_claim){ .kind = IND_CLAIM_RPKI, .asn = asn, .prefix_bits = route->prefix_bits, .radius_km = IND_ABSENT_U32, .status = { state, (uint16_t)strlen(state) } };
		claims_place(&claims[count++], 1, i, route->ip_version, route->addr);
	}
	return count;
}

/* An AS set does not say which of its members is the origin. */
static size_t routes_claims(const struct refdata *r, const struct ind_claim *claims, size_t routes, struct ind_claim *out, size_t max)
{
	size_t count = 0;
	for (size_t i = 0; i < routes; i++) {
		const struct ind_claim *c = &claims[i];
		if (c->kind != IND_CLAIM_PFX2AS || c->flags & IND_CLAIM_AS_SET)
			continue;
		count += origin_claims(r, c, c->asn, out + count, max - count);
		for (size_t k = 0; k < c->more_asn_count; k++)
			count += origin_claims(r, c, c->more_asn[k], out + count, max - count);
	}
	return count;
}

size_t refdata_claims(struct refdata *r, unsigned ip_version, const uint8_t *addr, struct ind_claim *claims, size_t max)
{
	struct named_as named[ASNS_MAX];
	size_t routes = address_claims(r, ip_version, addr, claims, max), count = routes, as_count = as_named(claims, count, named);
	for (size_t i = 0; i < as_count; i++)
		count += as_claims(r, &named[i], claims + count, max - count, ip_version, addr);
	return count + routes_claims(r, claims, routes, claims + count, max - count);
}

size_t refdata_value_claims(
	const struct refdata *r, unsigned ip_version, const uint8_t *addr, const struct ind_signal *signal, struct ind_claim *claims, size_t max)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count && count < max; i++) {
		size_t more = r->sets[i].is_list ? list_value(&r->sets[i].list, signal->id, signal->value, signal->value_bytes, claims + count, max - count) : 0;
		claims_place(claims + count, more, i, ip_version, addr);
		for (size_t k = 0; k < more; k++)
			claims[count + k].prefix_bits = ip_version == 4 ? 32 : 128;
		count += more;
	}
	return count;
}
