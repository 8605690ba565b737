/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "cli/target.h"
#include "daemon/lines.h"

/* A running sensor as its status socket tells of it. */

enum { LIVE_BYTES = 1 << 16, LIVE_PATH_MAX = 4096, LIVE_SENSORS_MAX = 64 };

struct live { char path[LIVE_SENSORS_MAX][LIVE_PATH_MAX]; size_t count; };

/* The sockets that are there: of this user's state directory, and of /run/indicia. */
void live_find(struct live *l);

/* One socket more. */
void live_add(struct live *l, const char *path);

/* What the sensor at `path` says, one line of JSON with a NUL behind it; false if nobody answers within two seconds, or not in this way. */
bool live_read(const char *path, char text[static LIVE_BYTES]);

/* A screen of it, at most `width` columns wide, each line ended; false if that is no figures of a sensor. */
bool live_screen(const char *json, size_t width, bool bold, struct lines *out);

/* --live: once; --watch: each second until q or an interrupt. CLI_DONE, or CLI_MISSING if no sensor answers (quiet if `may_be_none`: then CLI_DONE). */
int live_show(const struct live *l, const struct output_options *o, bool may_be_none);
int live_watch(const struct live *l, const struct output_options *o);

#endif
