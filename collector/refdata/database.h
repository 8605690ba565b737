/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_DATABASE_H
#define REFDATA_DATABASE_H

#include "indicia/bundle.h"
#include <maxminddb.h>

/* One data set, opened and checked. */

enum { DATABASE_MEMORY = 8192, DATABASE_ERROR_BYTES = 256 };

/* What a record was last read as; many addresses share a record. */
struct remembered {
	uint32_t record;             /* offset in the data section, plus 1; 0: free */
	enum ind_err outcome;
	struct ind_claim claim;
};

struct database {
	MMDB_s mmdb;
	struct ind_data_set about;
	char *name;                  /* file name without folder */
	uint64_t errors;
	struct remembered *memory;   /* DATABASE_MEMORY of them, by record offset */
};

/* On failure one line in `error` and nothing left open. */
enum ind_err database_open(struct database *db, const char *folder, const char *name, char error[static DATABASE_ERROR_BYTES]) IND_MUST_USE;
void database_close(struct database *db);

/* Fills all but address and data set. IND_MISSING: silent; IND_MALFORMED: damaged here, counted. */
enum ind_err database_claim(struct database *db, unsigned ip_version, const uint8_t *addr, struct ind_claim *claim) IND_MUST_USE;

#endif
