/* SPDX-License-Identifier: Apache-2.0 */
/* Times and losses as interfaces of a pcapng file state them. */
#include "capture/ng.h"

enum { BINARY = 0x80, DECIMAL_MAX = 19, BINARY_MAX = 63, NS_DIGITS = 9, NS_BITS = 30 };
static const uint64_t ns_per_s = 1000000000;

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;
	while (exponent--)
		power *= 10;
	return power;
}

bool ng_clock_set(struct ng_clock *clock, uint8_t resolution, int64_t offset_s)
{
	*clock = (struct ng_clock){ .offset_s = offset_s, .exponent = resolution & (BINARY - 1), .binary = resolution & BINARY };
	if (!clock->binary && clock->exponent <= NS_DIGITS && offset_s == 0)
		clock->factor = power_of_ten(NS_DIGITS - clock->exponent);
	return clock->exponent <= (clock->binary ? BINARY_MAX : DECIMAL_MAX);
}

static void units_split(const struct ng_clock *clock, uint64_t units, uint64_t *seconds, uint64_t *ns)
{
	unsigned exponent = clock->exponent;
	if (clock->binary) {
		uint64_t part = units & ((UINT64_C(1) << exponent) - 1);
		*seconds = units >> exponent;
		/* More than 30 bits of a second are finer than a nanosecond. */
		*ns = exponent > NS_BITS ? (part >> (exponent - NS_BITS)) * ns_per_s >> NS_BITS : part * ns_per_s >> exponent;
		return;
	}
	uint64_t unit = power_of_ten(exponent), part = units % unit;
	*seconds = units / unit;
	*ns = exponent > NS_DIGITS ? part / power_of_ten(exponent - NS_DIGITS) : part * power_of_ten(NS_DIGITS - exponent);
}

/* `a` + `b`, or the end of the type's range. */
static uint64_t sum(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

uint64_t ng_time(const struct ng_clock *clock, uint64_t units)
{
	uint64_t seconds, ns;
	if (clock->factor && !__builtin_mul_overflow(units, clock->factor, &ns))
		return ns;
	units_split(clock, units, &seconds, &ns);
	if (clock->offset_s < 0) {
		uint64_t back = 0 - (uint64_t)clock->offset_s;
		if (seconds < back)
			return 0;
		seconds -= back;
	} else {
		seconds = sum(seconds, (uint64_t)clock->offset_s);
	}
	return seconds > UINT64_MAX / ns_per_s ? UINT64_MAX : sum(seconds * ns_per_s, ns);
}

/* A loss is told of by totals, by packets, or by both: each is counted once, whichever says more. */
void ng_lost_between(struct ng_interface *i, uint64_t packets, struct capture_stats *stats)
{
	i->between = sum(i->between, packets);
	if (i->between <= i->dropped)
		return;
	stats->kernel_drops = sum(stats->kernel_drops, i->between - i->dropped);
	i->dropped = i->between;
}

void ng_lost_total(struct ng_interface *i, uint64_t interface, uint64_t system, struct capture_stats *stats)
{
	interface = interface == UINT64_MAX ? 0 : interface;
	system = system == UINT64_MAX ? 0 : system;
	uint64_t total = sum(interface, system);
	if (total <= i->dropped)
		return;
	uint64_t more = total - i->dropped, own = interface > i->dropped_interface ? interface - i->dropped_interface : 0;
	own = own < more ? own : more;
	i->dropped = total;
	i->dropped_interface += own;
	stats->interface_drops = sum(stats->interface_drops, own);
	stats->kernel_drops = sum(stats->kernel_drops, more - own);
}
