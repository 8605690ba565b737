/* SPDX-License-Identifier: Apache-2.0 */
/* A flow that several bundles hold counts once. Two captures of one packet by two sensors differ by nanoseconds at least; one capture that was collected
 * twice, under whatever name of a sensor, does not: it is neither a larger sample nor a second sensor. Of its records the one that holds most of the
 * flow counts, whatever the digests of the bundles are. */
#include "assess/inside.h"
#include <stdlib.h>
#include <string.h>

enum { ONCE_MAX = 1 << 22, ROOM_LEAST = 1024, SIGNAL_BITS = 7 };

/* For each subject of its own: a filter may choose one record of a flow and not another, whatever other subjects there are. */
static uint64_t key_of(const struct hash_key *secret, const struct ind_flow *f, size_t subject)
{
	uint64_t words[7] = { (uint64_t)f->ip_version << 40 | (uint64_t)f->proto << 32 | (uint64_t)f->port[IND_SRC] << 16 | f->port[IND_DST], f->start_ns, subject };
	memcpy(words + 3, f->addr[IND_SRC], IND_ADDR_BYTES);
	memcpy(words + 5, f->addr[IND_DST], IND_ADDR_BYTES);
	uint64_t hash = hash_words(secret, words, 7);
	return hash + !hash;
}

static struct once_flow *place_of(const struct once *o, uint64_t key)
{
	size_t i = key % o->room;
	while (o->slots[i].key && o->slots[i].key != key)
		i = (i + 1) % o->room;
	return &o->slots[i];
}

static bool grow(struct once *o)
{
	struct once larger = { .room = o->room ? o->room * 2 : ROOM_LEAST, .used = o->used };
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < o->room; i++)
		if (o->slots[i].key)
			*place_of(&larger, o->slots[i].key) = o->slots[i];
	free(o->slots);
	*o = larger;
	return true;
}

/* Packets before signals: a capture that was cut off holds fewer of both. Of equal records a sensor whose place is known says more. */
static uint32_t rank_of(const struct ind_record *record, bool placed)
{
	enum { SIGNALS_MOST = (1 << SIGNAL_BITS) - 1, PACKETS_MOST = (1 << (31 - SIGNAL_BITS)) - 1 };
	uint64_t packets = record->flow.flow.packets[IND_SRC] + record->flow.flow.packets[IND_DST], signals = record->flow.signal_count;
	uint32_t rank = (uint32_t)(packets < PACKETS_MOST ? packets : PACKETS_MOST) << SIGNAL_BITS | (uint32_t)(signals < SIGNALS_MOST ? signals : SIGNALS_MOST);
	return rank << 1 | placed;
}

enum once_state once_note(struct once *o, const struct hash_key *secret, const struct ind_record *record, size_t subject, uint32_t bundle, bool placed)
{
	if (o->used * 2 >= o->room && !grow(o))
		return ONCE_NO_MEMORY;
	uint64_t key = key_of(secret, &record->flow.flow, subject);
	uint32_t rank = rank_of(record, placed);
	struct once_flow *at = place_of(o, key);
	if (!at->key && o->used == ONCE_MAX)
		return ONCE_UNKNOWN;
	bool again = at->key && at->bundle != bundle;
	if (again && rank <= at->rank)
		return ONCE_AGAIN;
	o->better |= again;
	o->used += !at->key;
	*at = (struct once_flow){ key, bundle, !again && at->rank > rank ? at->rank : rank };
	return ONCE_NEW;
}

bool once_settle(struct once *o)
{
	bool better = o->better;
	o->better = false;
	return better;
}

void once_free(struct once *o) { free(o->slots); }
