/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "cli/input.h"
#include "cli/selection.h"
#include "cli/target.h"

/* Records by the recorded clock, written one by one. */

struct replay_options {
	struct output_options output;
	struct selection_options selection;
	const char *to;              /* ndjson, eve, pcap, ipfix:HOST:PORT; NULL: ndjson */
	unsigned speed;              /* as in struct pace */
	bool step;
};

/* CLI_DONE, or a status with its message said. */
int replay_run(const struct inputs *inputs, const struct replay_options *options);

#endif
