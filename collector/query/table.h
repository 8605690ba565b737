/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_TABLE_H
#define QUERY_TABLE_H

#include "query/write.h"

/* Aligned columns. The first rows wait until the columns' widths are known; later rows keep them and may push. */

void table_row(struct writer *w, const struct query_row *row);
void table_end(struct writer *w);

#endif
