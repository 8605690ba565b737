/* SPDX-License-Identifier: Apache-2.0 */
/* MaxMind DB files (MaxMind DB File Format Specification 2.0), read by libmaxminddb. */
#include "refdata/database.h"
#include "base/hash.h"
#include "refdata/claim.h"
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Records that are read through at opening, spread evenly over the tree. */
enum { SAMPLE_RECORDS = 4096, PATH_BYTES = 4096 };

static enum ind_err fail(const struct database *db, enum ind_err err, const char *why, char error[static DATABASE_ERROR_BYTES])
{
	snprintf(error, DATABASE_ERROR_BYTES, "data set %.100s: %.120s", db->name, why);
	return err;
}

static enum ind_err err_of(int status)
{
	switch (status) {
	case MMDB_FILE_OPEN_ERROR:
	case MMDB_IO_ERROR:
		return IND_IO;
	case MMDB_OUT_OF_MEMORY_ERROR:
		return IND_NOMEM;
	default:
		return IND_MALFORMED;
	}
}

/* One side of a node: IND_MALFORMED if it leads nowhere, or to a record that cannot be read. */
static enum ind_err side_check(uint8_t type, MMDB_entry_s *record, bool look)
{
	struct ind_claim claim;

	if (type == MMDB_RECORD_TYPE_INVALID)
		return IND_MALFORMED;
	if (type != MMDB_RECORD_TYPE_DATA || !look)
		return IND_OK;
	return claim_read(record, &claim) == IND_MALFORMED ? IND_MALFORMED : IND_OK;
}

static enum ind_err tree_check(const struct database *db)
{
	uint32_t nodes = db->mmdb.metadata.node_count, step = nodes / (SAMPLE_RECORDS / 2) + 1;

	for (uint32_t i = 0; i < nodes; i++) {
		MMDB_search_node_s node;
		if (MMDB_read_node(&db->mmdb, i, &node) != MMDB_SUCCESS)
			return IND_MALFORMED;
		if (side_check(node.left_record_type, &node.left_record_entry, i % step == 0) ||
			side_check(node.right_record_type, &node.right_record_entry, i % step == 0))
			return IND_MALFORMED;
	}
	return IND_OK;
}

/* A description that says "licence: …" or "license: …" names it. */
static struct ind_text licence_of(const MMDB_metadata_s *metadata)
{
	static const char *const words[] = { "licence: ", "license: " };

	for (size_t i = 0; i < metadata->description.count; i++) {
		const char *text = metadata->description.descriptions[i]->description;
		for (size_t w = 0; text && w < 2; w++) {
			const char *found = strcasestr(text, words[w]);
			if (found)
				return claim_text(found + strlen(words[w]), strlen(found) - strlen(words[w]));
		}
	}
	return (struct ind_text) { NULL, 0 };
}

static void about_set(struct database *db)
{
	const MMDB_metadata_s *metadata = &db->mmdb.metadata;

	db->about.name = claim_text(db->name, strlen(db->name));
	db->about.type = claim_text(metadata->database_type, strlen(metadata->database_type));
	db->about.licence = licence_of(metadata);
	db->about.build_epoch_s = metadata->build_epoch;
	hash_sha256(db->mmdb.file_content, (size_t)db->mmdb.file_size, db->about.sha256);
}

/* MMDB_open would wait for a FIFO, and map a folder. */
static enum ind_err file_open(struct database *db, const char *folder, char error[static DATABASE_ERROR_BYTES])
{
	char path[PATH_BYTES];
	struct stat st;

	int length = snprintf(path, sizeof path, "%s/%s", folder, db->name);
	if (length < 0 || (size_t)length >= sizeof path)
		return fail(db, IND_IO, "the path is too long", error);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return fail(db, IND_IO, "it is no file that can be read", error);
	if (st.st_size == 0)
		return fail(db, IND_MALFORMED, "it is empty", error);
	int status = MMDB_open(path, MMDB_MODE_MMAP, &db->mmdb);
	if (status != MMDB_SUCCESS)
		return fail(db, err_of(status), MMDB_strerror(status), error);
	return IND_OK;
}

static enum ind_err content_take(struct database *db, char error[static DATABASE_ERROR_BYTES])
{
	unsigned version = db->mmdb.metadata.ip_version;

	if (version != 4 && version != 6)
		return fail(db, IND_MALFORMED, "it is of neither IP version", error);
	if (tree_check(db))
		return fail(db, IND_MALFORMED, "it is damaged", error);
	db->memory = calloc(DATABASE_MEMORY, sizeof *db->memory);
	return db->memory ? IND_OK : fail(db, IND_NOMEM, "out of memory", error);
}

enum ind_err database_open(struct database *db, const char *folder, const char *name, char error[static DATABASE_ERROR_BYTES])
{
	*db = (struct database) { .name = strdup(name) };
	if (!db->name) {
		snprintf(error, DATABASE_ERROR_BYTES, "out of memory");
		return IND_NOMEM;
	}
	enum ind_err err = file_open(db, folder, error);
	if (err) {
		free(db->name);
		return err;
	}
	err = content_take(db, error);
	if (err)
		database_close(db);
	else
		about_set(db);
	return err;
}

void database_close(struct database *db)
{
	MMDB_close(&db->mmdb);
	free(db->memory);
	free(db->name);
}

static MMDB_lookup_result_s look_up(const struct database *db, unsigned ip_version, const uint8_t *addr, int *status)
{
	struct sockaddr_in ip4 = { .sin_family = AF_INET };
	struct sockaddr_in6 ip6 = { .sin6_family = AF_INET6 };

	if (ip_version == 4) {
		memcpy(&ip4.sin_addr, addr, sizeof ip4.sin_addr);
		return MMDB_lookup_sockaddr(&db->mmdb, (const struct sockaddr *)&ip4, status);
	}
	memcpy(&ip6.sin6_addr, addr, sizeof ip6.sin6_addr);
	return MMDB_lookup_sockaddr(&db->mmdb, (const struct sockaddr *)&ip6, status);
}

/* The first 96 bits of an IPv6 tree hold IPv4 by convention: what is found there says nothing of an IPv6 address. */
static bool answers(const struct database *db, unsigned ip_version, const uint8_t *addr)
{
	static const uint8_t ip4_space[12];

	if (ip_version == 4)
		return true;
	return db->mmdb.metadata.ip_version == 6 && memcmp(addr, ip4_space, sizeof ip4_space) != 0;
}

/* In an IPv6 tree the IPv4 networks stand below ::/96. A wider network there, in a tree without IPv4, is not about IPv4. */
static bool prefix_set(const struct database *db, unsigned ip_version, unsigned netmask, uint8_t *prefix_bits)
{
	unsigned above = ip_version == 4 && db->mmdb.metadata.ip_version == 6 ? 96 : 0;

	if (netmask < above)
		return false;
	*prefix_bits = (uint8_t)(netmask - above);
	return true;
}

static const struct remembered *record_read(struct database *db, MMDB_entry_s *record)
{
	struct remembered *slot = &db->memory[(record->offset * UINT32_C(2654435761) >> 16) % DATABASE_MEMORY];

	if (slot->record != record->offset + 1) {
		slot->record = record->offset + 1;
		slot->outcome = claim_read(record, &slot->claim);
	}
	return slot;
}

enum ind_err database_claim(struct database *db, unsigned ip_version, const uint8_t *addr, struct ind_claim *claim)
{
	int status = MMDB_SUCCESS;

	if (!answers(db, ip_version, addr))
		return IND_MISSING;
	MMDB_lookup_result_s found = look_up(db, ip_version, addr, &status);
	if (status != MMDB_SUCCESS) {
		db->errors++;
		return IND_MALFORMED;
	}
	if (!found.found_entry)
		return IND_MISSING;
	const struct remembered *read = record_read(db, &found.entry);
	if (read->outcome == IND_MALFORMED)
		db->errors++;
	if (read->outcome)
		return read->outcome;
	*claim = read->claim;
	return prefix_set(db, ip_version, found.netmask, &claim->prefix_bits) ? IND_OK : IND_MISSING;
}
