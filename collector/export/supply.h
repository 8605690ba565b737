/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_SUPPLY_H
#define EXPORT_SUPPLY_H

#include "export/export.h"
#include "export/index.h"

/* The record at hand, NULL before the first one, and what goes with it. */
const struct ind_record *supply_record(const struct supply *s);

/* The bundle, from its first byte. */
const struct ind_source *supply_source(const struct supply *s);

/* NULL if every flow is selected and the format does not need their ends. */
const struct flow_index *supply_index(const struct supply *s);

#endif
