/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_UUID_H
#define EXPORT_UUID_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names that follow from content (RFC 9562 section 5.5): the same export gives the same identifiers. */

enum { UUID_BYTES = 16, UUID_TEXT = 37 };

/* Of what STIX derives from content (STIX 2.1 section 2.9); of what only this program names so. */
extern const uint8_t uuid_stix[UUID_BYTES], uuid_own[UUID_BYTES];

void uuid_of(const uint8_t space[static UUID_BYTES], const void *name, size_t bytes, uint8_t uuid[static UUID_BYTES]);
const char *uuid_text(const uint8_t uuid[static UUID_BYTES], char text[static UUID_TEXT]);

/* Those that were written. Starts as zero. */
struct uuid_set { uint8_t (*at)[UUID_BYTES]; size_t count, room; };

/* Adds one; *is_new says if it was not there. IND_LIMIT at EXPORT_OBJECTS_MAX, IND_NOMEM. */
enum ind_err uuid_add(struct uuid_set *set, const uint8_t uuid[static UUID_BYTES], bool *is_new) IND_MUST_USE;
void uuid_set_free(struct uuid_set *set);

#endif
