/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_REREAD_H
#define ASSESS_REREAD_H

#include "assess/assess.h"
#include "query/row.h"

/* An assessment that was written before (assess_json), as rows to be held against those of another: of what it was made (kind INPUT), what it says of
 * each subject (SUBJECT, FINDING, HYPOTHESIS, ITEM, MISSING, ALTERNATIVE), and ASSESSMENT once. Keys that this version does not know are passed over. */

enum { REREAD_BYTES_MAX = 64 << 20, REREAD_VALUES_MAX = 4 << 20 };

/* `what` is what the row is about, the same in each assessment of the same inputs. Anything but IND_OK ends the reading. Rows and text are borrowed. */
typedef enum ind_err reread_row(void *ctx, const struct query_row *row, const char *what, size_t what_bytes);

/* IND_MALFORMED with one line of `error` that names the place; IND_LIMIT, IND_NOMEM, or what `take` ended with. */
enum ind_err reread(const char *text, size_t bytes, reread_row *take, void *ctx, char error[static ASSESS_ERROR_BYTES]) IND_MUST_USE;

#endif
