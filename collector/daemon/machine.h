/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_MACHINE_H
#define DAEMON_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* What tells one machine, and one boot of it, from another: a copy of a sensor must not go on with the sensor's stream. */
struct machine {
	bool known;                  /* the digest means something */
	uint8_t digest[32];          /* of machine-id(5) and the firmware's product UUID, neither of which is kept itself */
	uint8_t boot_id[16];         /* all zero: not known */
	uint64_t boottime_ns;
};

void machine_read(struct machine *m);

/* Why a stream that was written on `then` may not go on on `now`; NULL if it may. */
const char *machine_differs(const struct machine *then, const struct machine *now);

#endif
