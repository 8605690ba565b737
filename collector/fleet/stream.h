/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_STREAM_H
#define FLEET_STREAM_H

#include "bundle/ends.h"
#include "fleet/archive.h"
#include "fleet/name.h"

/* What an archive holds of a fleet: names by a list, ends of bundles by two short reads each. */

struct held {
	struct name name;
	uint64_t bytes;
	struct ends *ends;           /* NULL: not read, or: */
	const char *wrong;           /* why they cannot be; a stable word */
};

struct holdings { struct held *at; size_t count, room; uint64_t other, sidecars; };

/* Lists all bundles, of one sensor only if it is named. In the order of their names. Errors as of archive_list. */
enum ind_err holdings_list(struct archive *a, const char *sensor, struct holdings *h) IND_MUST_USE;

/* Reads both ends of one. IND_OK with h->wrong set for what is no bundle, or is listed and not there; else as archive_get. */
enum ind_err holdings_ends(struct archive *a, struct held *h) IND_MUST_USE;

/* By stream, then by first leaf; those without ends last. */
void holdings_by_stream(struct holdings *h);
bool holdings_same_stream(const struct held *a, const struct held *b);
void holdings_free(struct holdings *h);

#endif
