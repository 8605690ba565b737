/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COLLECT_H
#define CLI_COLLECT_H

#include "daemon/daemon.h"

/* Values of collect's options. Each returns CLI_DONE, or CLI_USAGE with its message said. */

void collect_defaults(struct daemon_options *d);

/* [a-z0-9][a-z0-9._-]{0,62} */
int collect_sensor(struct daemon_options *d, const char *value);

/* LAT,LON,ERR_KM: decimal degrees and kilometres. */
struct position { int32_t latitude_1e4, longitude_1e4; uint32_t error_km; };
bool position_read(const char *text, struct position *position);
int collect_position(struct daemon_options *d, const char *value);

/* default, all, none, or names with commas between. */
int collect_signals(struct daemon_options *d, const char *value);

/* duration:S, flows:N, size:B */
int collect_autostop(struct daemon_options *d, const char *value);

/* -s -B -G -c --flows, by option id. */
int collect_number(struct daemon_options *d, int id, const char *value);

#endif
