/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tally.h"
#include <stdlib.h>

enum { TALLY_MAX = 1 << 23, ROOM_LEAST = 1024 };

static bool grow(struct tally *t)
{
	struct tally larger = { .room = t->room ? t->room * 2 : ROOM_LEAST };
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < t->room; i++)
		if (t->slots[i])
			(void)tally_add(&larger, t->slots[i]);
	free(t->slots);
	*t = larger;
	return true;
}

int tally_add(struct tally *t, uint64_t key)
{
	key += !key;
	if (t->used < TALLY_MAX && t->used * 2 >= t->room && !grow(t))
		return -1;
	size_t i = key % t->room;
	while (t->slots[i] && t->slots[i] != key)
		i = (i + 1) % t->room;
	if (t->slots[i])
		return 0;
	if (t->used == TALLY_MAX)
		return -1;
	t->slots[i] = key;
	t->used++;
	return 1;
}

void tally_free(struct tally *t) { free(t->slots); }
