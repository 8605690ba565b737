/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_COMMUNITY_H
#define QUERY_COMMUNITY_H

#include "indicia/record.h"

enum { COMMUNITY_TEXT = 32 };

/* Community ID version 1 with seed 0 of a flow: "1:" and 28 characters; NULL where the flow's ports are not known but belong into
 * it. */
const char *community_id(const struct ind_flow *flow, char text[static COMMUNITY_TEXT]);

#endif
