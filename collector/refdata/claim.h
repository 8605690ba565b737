/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_CLAIM_H
#define REFDATA_CLAIM_H

#include "indicia/err.h"
#include "indicia/record.h"
#include <maxminddb.h>

/* Reads a data set's record into the claim's fields that depend on the record alone (not address, prefix, data set).
 * IND_MISSING the record says nothing that we know; IND_MALFORMED it is damaged. */
enum ind_err claim_read(MMDB_entry_s *record, struct ind_claim *claim) IND_MUST_USE;

/* Valid UTF-8 of the data set, cut to IND_VALUE_MAX_BYTES; empty if it is not valid. */
struct ind_text claim_text(const char *at, size_t bytes);

#endif
