/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_BACKOFF_H
#define FLEET_BACKOFF_H

#include <stdint.h>

/* How long to wait before the next try: twice as long each time up to `most_ms`, of which between a half and all is waited, by chance, so that many
 * sensors do not come back at once. */

enum { BACKOFF_FIRST_MS = 1000, BACKOFF_MOST_MS = 300000, BACKOFF_RARE_MS = 6 * 3600 * 1000 };

struct backoff { unsigned tries; };

/* `chance` is any random number. */
uint32_t backoff_next_ms(struct backoff *b, uint32_t most_ms, uint32_t chance);
static inline void backoff_reset(struct backoff *b) { b->tries = 0; }

#endif
