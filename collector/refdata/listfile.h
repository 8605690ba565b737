/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_LISTFILE_H
#define REFDATA_LISTFILE_H

#include "refdata/list.h"

/* A list and the .meta beside it, as files of a folder. */

/* IND_MISSING: nothing says what the file is, so that it is not used; `error` says what to write. IND_MALFORMED, IND_LIMIT, IND_IO, IND_NOMEM:
 * `error` holds one line that names the file. Nothing is left open or mapped. */
enum ind_err listfile_open(struct list *l, const char *folder, const char *name, char error[static LIST_NOTE_BYTES]) IND_MUST_USE;

/* A file of this name can be a list: it is no database, no .meta, not hidden, no text about others (README, LICENSE, ...). */
bool listfile_name(const char *name);

#endif
