/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_REFDATA_H
#define REFDATA_REFDATA_H

#include "indicia/bundle.h"
#include "indicia/err.h"
#include "indicia/record.h"

/* Reference data: what data sets (MaxMind DB files) claim of addresses. Nothing here decides whether a claim is true. */

enum { REFDATA_ERROR_BYTES = 256, REFDATA_PATH_MAX = 4096 };

struct refdata;

/* Where reference data are: `given`, or with NULL $INDICIA_DATA, else the first that exists of $XDG_DATA_HOME/indicia/data (or
 * ~/.local/share/indicia/data) and /var/lib/indicia/data. IND_MISSING if a given folder does not exist. */
enum ind_err refdata_folder(const char *given, char path[static REFDATA_PATH_MAX]) IND_MUST_USE;

/* Opens every *.mmdb of a folder, in name order, at most IND_DATA_SETS_MAX. A folder that is not there is an empty set.
 * On failure `error` holds one line that names the file: IND_MALFORMED a database is damaged (its tree is checked wholly, its
 * records by sample), IND_LIMIT too many, IND_IO, IND_NOMEM. The files must not change in place while they are open. */
enum ind_err refdata_open(const char *folder, struct refdata **refdata, char error[static REFDATA_ERROR_BYTES]) IND_MUST_USE;
void refdata_close(struct refdata *r);

size_t refdata_count(const struct refdata *r);

/* Name, type, licence, build time and SHA-256 of data set `index`, NULL beyond the last; borrowed until refdata_close. */
const struct ind_data_set *refdata_data_set(const struct refdata *r, size_t index);

/* One claim per data set that says something of the address, in the order of the data sets; how many. Texts are borrowed until
 * refdata_close. `addr` has 4 or 16 bytes. Not for use by two threads at once: it remembers what it read last. */
size_t refdata_claims(struct refdata *r, unsigned ip_version, const uint8_t *addr, struct ind_claim *claims, size_t max);

/* Look-ups that met damage in data set `index` since it was opened. */
uint64_t refdata_errors(const struct refdata *r, size_t index);

#endif
