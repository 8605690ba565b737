/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_UNPACK_H
#define REFDATA_UNPACK_H

#include "indicia/err.h"
#include <stddef.h>

/* Whole files that are packed with gzip. */

/* What is in it; the caller frees *out. IND_MALFORMED: it is damaged or cut; IND_LIMIT: there is more in it than `max`; IND_NOMEM. On failure
 * there is nothing to free. */
enum ind_err unpack(const char *bytes, size_t count, size_t max, char **out, size_t *out_bytes) IND_MUST_USE;

#endif
