/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_DICTIONARY_H
#define BUNDLE_DICTIONARY_H

#include "base/hash.h"
#include "bundle/batch.h"

/* Values that are written once a frame and referred to (docs/bundle-format.md section 4, "Dictionary"). The values themselves stand in
 * two columns of the batch: lengths and bytes. */

struct dictionary_slot { uint32_t hash, entry, offset, bytes; }; /* entry: number + 1, 0 is free */

struct dictionary {
	struct hash_key key;         /* random: which values a sender chooses must not decide how fast this is */
	struct dictionary_slot *slots;
	size_t slot_count;           /* power of two, or 0 before the first value */
	uint32_t entries;
	uint8_t lengths, bytes;      /* the columns */
};

enum ind_err dictionary_start(struct dictionary *d, unsigned lengths_column, unsigned bytes_column) IND_MUST_USE;
void dictionary_clear(struct dictionary *d);
void dictionary_free(struct dictionary *d);

/* The hash of a value. Asks for the memory that dictionary_ref will look at: the wait is long, so hash several values first. */
uint32_t dictionary_hash(const struct dictionary *d, const char *value, size_t bytes);

/* The reference to write for a value; a new value is added. Marks the batch as failed if memory is short. */
uint64_t dictionary_ref(struct dictionary *d, struct batch *b, uint32_t hash, const char *value, size_t bytes);

/* Reading: turns references into entry + 1 (0 stays: empty) and lengths into end offsets. False if a reference names what is not there yet. */
bool dictionary_resolve(struct batch *b, unsigned first, unsigned last, unsigned lengths_column);

/* After that: the text of a resolved reference. */
struct ind_text dictionary_text(const struct batch *b, uint64_t reference, unsigned lengths_column, unsigned bytes_column);

#endif
