/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQL_TOP_H
#define QUERY_SQL_TOP_H

#include "query/sql_reading.h"
#include "query/sqlite.h"

/* Makes the table-valued function top(SPEC[, FILTER]) known. `bundles` is borrowed. */
int sql_top_register(sqlite3 *db, struct sql_bundles *bundles);

#endif
