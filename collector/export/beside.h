/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_BESIDE_H
#define EXPORT_BESIDE_H

#include "export/format.h"
#include "export/json.h"

/* What formats of JSON that may be extended hold under "indicia": everything that they have no name for. */

/* A cell under its key, or under "indicia.KEY". */
void beside_cell(struct json *j, const char *key, const struct query_cell *cell);

/* All signals of the flow at hand, recorded and derived, under "indicia.signals"; `raw` holds them until json_put. */
void beside_signals(struct export *e, const struct ind_record *record, struct json *j, struct out *raw);

#endif
