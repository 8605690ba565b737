/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQLITE_H
#define QUERY_SQLITE_H

/* SQLite as a library, or, in the loadable extension, the SQLite that loaded it. */
#ifdef INDICIA_EXTENSION
#include <sqlite3ext.h>
#ifndef INDICIA_EXTENSION_ENTRY
SQLITE_EXTENSION_INIT3
#endif
#else
#include <sqlite3.h>
#endif

#endif
