/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_GROW_H
#define ASSESS_GROW_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One more item, zero, at the end of a list that grows; NULL without memory. */
static inline void *grow_one(void **items, size_t *count, size_t *room, size_t item_bytes)
{
	if (*count == *room) {
		size_t larger = *room ? *room * 2 : 8;
		void *more = larger > SIZE_MAX / item_bytes ? NULL : realloc(*items, larger * item_bytes);
		if (!more)
			return NULL;
		*items = more;
		*room = larger;
	}
	void *item = (char *)*items + (*count)++ * item_bytes;
	return memset(item, 0, item_bytes);
}

#define GROW(items, count, room) grow_one((void **)&(items), &(count), &(room), sizeof(*(items)))

#endif
