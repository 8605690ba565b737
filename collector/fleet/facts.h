/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_FACTS_H
#define FLEET_FACTS_H

#include "indicia/bundle.h"

/* What a bundle says of itself that its place in an archive follows from. */
struct facts {
	char sensor[IND_SENSOR_ID_MAX + 1];
	uint64_t created_ns;
	uint64_t first_ns, last_ns;  /* earliest start and latest end of its flows, by the zone maps; without flows, created_ns */
};

/* Errors as of the reader. */
enum ind_err facts_read(const struct ind_source *source, struct facts *facts) IND_MUST_USE;

#endif
