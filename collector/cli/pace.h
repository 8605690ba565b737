/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PACE_H
#define CLI_PACE_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

/* When the next record is due. */

struct pace {
	unsigned speed;              /* recorded seconds in a second; 0: without waiting */
	bool step;                   /* a key for each */
	bool begun;
	uint64_t first_ns;           /* of the recorded clock, */
	uint64_t start_ns;           /* and of this machine's when it was reached */
	int terminal;                /* with step */
	struct termios before;
};

/* SIGINT and SIGTERM end the replay from now on. CLI_DONE, or a status with its message said: without a terminal there are no steps. */
int pace_start(struct pace *p, unsigned speed, bool step);

/* Would pace_wait wait for this time? Then what was written so far must leave first. */
bool pace_waits(struct pace *p, bool has_time, uint64_t time_ns);

/* False if the replay was ended: by a signal, or with 'q'. */
bool pace_wait(struct pace *p, bool has_time, uint64_t time_ns);

bool pace_interrupted(void);
void pace_end(struct pace *p);

#endif
