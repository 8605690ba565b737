/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_REFDATA_H
#define REFDATA_REFDATA_H

#include "indicia/bundle.h"
#include "indicia/err.h"
#include "indicia/record.h"

/* Reference data: what data sets (MaxMind DB files, and the lists of docs/reference-data.md) claim of addresses. Nothing here decides whether
 * a claim is true. */

enum { REFDATA_ERROR_BYTES = 512, REFDATA_PATH_MAX = 4096, REFDATA_CLAIMS_MAX = 256 };

struct refdata;

/* Where reference data are: `given`, or with NULL $INDICIA_DATA, else the first that exists of $XDG_DATA_HOME/indicia/data (or
 * ~/.local/share/indicia/data) and /var/lib/indicia/data. IND_MISSING if a given folder does not exist. */
enum ind_err refdata_folder(const char *given, char path[static REFDATA_PATH_MAX]) IND_MUST_USE;

/* Opens every *.mmdb and every list of a folder, in name order, at most IND_DATA_SETS_MAX. A folder that is not there is an empty set.
 * On failure `error` holds one line that names the file: IND_MALFORMED a database is damaged (its tree is checked wholly, its records by
 * sample) or a list is not what it is said to be, IND_LIMIT too many, IND_IO, IND_NOMEM. Databases must not change in place while they are
 * open; lists are read once. */
enum ind_err refdata_open(const char *folder, struct refdata **refdata, char error[static REFDATA_ERROR_BYTES]) IND_MUST_USE;
void refdata_close(struct refdata *r);

size_t refdata_count(const struct refdata *r);

/* Name, type, licence, build time and SHA-256 of data set `index`, NULL beyond the last; borrowed until refdata_close. */
const struct ind_data_set *refdata_data_set(const struct refdata *r, size_t index);

/* Entries of a list, 0 for a database. */
uint64_t refdata_lines(const struct refdata *r, size_t index);

/* What of data set `index` could not be used, one line; NULL if there is nothing to say. */
const char *refdata_note(const struct refdata *r, size_t index);

/* Files of the folder that are not used because nothing says what they are: one line each, NULL beyond the last. */
const char *refdata_unused(const struct refdata *r, size_t index);

/* Days after which a data set of this kind says too little of the present. */
unsigned refdata_old_days(const struct refdata *r, size_t index);

/* What each data set says of the address, in the order of the data sets (several claims only of indicators), then what they say of the
 * AS numbers that were named; how many. Texts are borrowed until refdata_close. `addr` has 4 or 16 bytes. REFDATA_CLAIMS_MAX are enough
 * for all. Not for use by two threads at once: it remembers what it read last. */
size_t refdata_claims(struct refdata *r, unsigned ip_version, const uint8_t *addr, struct ind_claim *claims, size_t max);

/* The same of a value that the address sent, if any list has values of that signal. */
size_t refdata_value_claims(
	const struct refdata *r, unsigned ip_version, const uint8_t *addr, const struct ind_signal *signal, struct ind_claim *claims, size_t max);

/* Whether any data set speaks of territory, and whether any is a list of the kinds that stand in family E. */
struct refdata_scope { bool territory, lists, values; };
struct refdata_scope refdata_scope(const struct refdata *r);

/* Look-ups that met damage in data set `index` since it was opened. */
uint64_t refdata_errors(const struct refdata *r, size_t index);

#endif
