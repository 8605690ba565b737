/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_STIX_H
#define EXPORT_STIX_H

#include "base/hash.h"
#include "export/format.h"
#include "export/json.h"
#include "export/uuid.h"

/* Objects of a STIX bundle. */

enum { STIX_ID_TEXT = 64, STIX_REFS_MAX = 512 };

struct stix {
	struct json json, id_json;   /* the object, and what its id follows from */
	struct out object, name;
	struct uuid_set written;
	struct hash_sha256_state digest;
	uint64_t objects;
	char (*refs)[STIX_ID_TEXT];  /* of the record at hand */
	size_t ref_count;
};

/* Begins an observable whose id follows from the properties that id_json was given; `id` gets it. False if it is written already, or after an error: then
 * there is nothing to end. */
bool stix_observable(struct export *e, const char *type, char id[static STIX_ID_TEXT]);

/* Begins any other object, whose id follows from `name`; created when the time says. */
bool stix_object(struct export *e, const char *type, const char *name, size_t name_bytes, uint64_t created_ns, char id[static STIX_ID_TEXT]);
void stix_end(struct export *e);

/* The address as an object of its own. */
void stix_address(struct export *e, unsigned ip_version, const uint8_t *addr, char id[static STIX_ID_TEXT]);

/* A string as RFC 8785 writes it, in memory that lives until the next json_start of `j`. */
void stix_canonical(struct json *j, const char *name, const char *text, size_t bytes);

/* The time with the three decimals that created and modified want. */
void stix_time_ms(struct json *j, const char *name, uint64_t ns);

/* Where the object comes from: the id of its record. */
void stix_source(struct export *e, const struct ind_record *record);

/* Any record. */
void stix_record(struct export *e, const struct ind_record *record);

/* A claim of a data set as notes, and as a place where it claims one. */
void stix_claim(struct export *e, const struct ind_record *record);

#endif
