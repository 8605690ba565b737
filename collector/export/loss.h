/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_LOSS_H
#define EXPORT_LOSS_H

#include "export/format.h"

/* What a format has no place for: known from the field table before the first record, counted as records pass. */
void loss_start(struct export *e);

/* Of the record at hand, of which e->row is made. False if nothing of it can be carried. */
bool loss_count(struct export *e, const struct ind_record *record);

#endif
