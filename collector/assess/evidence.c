/* SPDX-License-Identifier: Apache-2.0 */
#include "assess/subject.h"
#include "base/hash.h"
#include <string.h>

int record_id_order(const struct ind_record_id *a, const struct ind_record_id *b)
{
	int order = memcmp(a->stream_id, b->stream_id, sizeof(a->stream_id));
	if (order)
		return order;
	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return a->part < b->part ? -1 : a->part > b->part;
}

static void id_add(struct evidence *e, const struct ind_record_id *id)
{
	size_t at = e->id_count;
	while (at > 0 && record_id_order(id, &e->id[at - 1]) < 0)
		at--;
	if (at == EVIDENCE_IDS || (at > 0 && record_id_order(id, &e->id[at - 1]) == 0))
		return;
	size_t kept = e->id_count < EVIDENCE_IDS ? e->id_count : EVIDENCE_IDS - 1;
	memmove(&e->id[at + 1], &e->id[at], (kept - at) * sizeof(*id));
	e->id[at] = *id;
	e->id_count = (uint8_t)(kept + 1);
}

void evidence_add(struct evidence *e, const struct ind_record_id *id)
{
	e->n++;
	id_add(e, id);
}

void evidence_join(struct evidence *e, const struct evidence *other)
{
	e->n += other->n;
	for (size_t i = 0; i < other->id_count; i++)
		id_add(e, &other->id[i]);
}

uint64_t text_digest(const char *text, size_t bytes)
{
	uint8_t digest[HASH_SHA256_BYTES];
	uint64_t word = 0;
	hash_sha256(text, bytes, digest);
	for (size_t i = 0; i < sizeof(word); i++)
		word = word << 8 | digest[i];
	return word;
}
