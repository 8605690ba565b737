/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ip_id.h"

#include <string.h>

/* S17. RFC 6864 section 4 leaves the field of a whole datagram to the sender. A step of 1 to 255 is a large one once its bytes are
 * swapped, so no step is near in both orders. */
enum {
	STEPS = IP_ID_SAMPLES - 1,
	NEAR_MAX = 255,
	ODD_MAX = 3,  /* steps that do not fit: packets that came in another order, or were lost */
	BACK_MIN = 4, /* a counter too fast to be followed never goes back, random numbers do in one of two steps */
};

static uint16_t swapped(uint16_t id) { return (uint16_t)(id << 8 | id >> 8); }

static void step_see(struct ip_id *s, unsigned order, uint16_t step)
{
	s->near[order] += step >= 1 && step <= NEAR_MAX;
	s->back[order] += step > INT16_MAX;
}

void ip_id_see(struct ip_id *s, unsigned index, uint16_t id)
{
	if (index == 0)
		*s = (struct ip_id) { .last = id };
	if (index == 0 || index > STEPS)
		return;
	s->same += id == s->last;
	step_see(s, 0, (uint16_t)(id - s->last));
	step_see(s, 1, (uint16_t)(swapped(id) - swapped(s->last)));
	s->last = id;
}

static const char *class_of(const struct ip_id *s)
{
	if (s->same == STEPS)
		return s->last ? "constant" : "zero";
	if (s->near[0] >= STEPS - ODD_MAX)
		return "counter";
	if (s->near[1] >= STEPS - ODD_MAX)
		return "counter-swapped";
	bool is_random = s->same + s->near[0] + s->near[1] <= ODD_MAX && s->back[0] >= BACK_MIN && s->back[1] >= BACK_MIN;
	return is_random ? "random" : NULL;
}

void ip_id_put(struct signal_ctx *ctx, enum ind_side side, const struct ip_id *s)
{
	const char *class = class_of(s);
	if (class)
		signal_put_text(ctx, IND_SIG_IP_ID_CLASS, side, class, strlen(class));
}
