/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SETTLED_H
#define REMOTE_SETTLED_H

#include "base/hash.h"
#include <stdbool.h>
#include <stdio.h>

/* What a run found in the archive, and receipted: names of bundles, each with a sum over what stands beside it, kept in a file, so that the next run reads none of it again. It is this
 * machine's own note, and no evidence: the receipts are. */

struct settled_entry { char *name; uint64_t state; };
struct settled { struct hash_key key; struct settled_entry *at; size_t count; };

/* `setting` is the digest of all that a run depends on. False, with nothing in it, for a file that is not there, not whole, or of another setting. */
bool settled_read(const char *path, const uint8_t setting[static HASH_SHA256_BYTES], struct settled *s);
const struct settled_entry *settled_find(const struct settled *s, const char *name);
void settled_free(struct settled *s);

/* Names in the order of strcmp. A file that cannot be written is none: the next run reads all again. */
FILE *settled_begin(const char *path, const uint8_t setting[static HASH_SHA256_BYTES], const struct hash_key *key);
void settled_put(FILE *file, const char *name, uint64_t state);
void settled_end(FILE *file, const char *path);

#endif
