/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/backoff.h"

uint32_t backoff_next_ms(struct backoff *b, uint32_t most_ms, uint32_t chance)
{
	uint64_t whole = (uint64_t)BACKOFF_FIRST_MS << (b->tries < 16 ? b->tries : 16);
	if (whole > most_ms)
		whole = most_ms;
	else
		b->tries++;
	return (uint32_t)(whole / 2 + chance % (whole / 2 + 1));
}
