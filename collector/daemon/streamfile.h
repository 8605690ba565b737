/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_STREAMFILE_H
#define DAEMON_STREAMFILE_H

#include "indicia/bundle.h"

/* Where a sensor's stream stands between runs: a live sensor goes on with its stream, so that its bundles chain. The file is locked while
 * the sensor runs. A run that did not end by sealing leaves it marked, and the next run begins a new stream: two branches of one
 * stream must never exist. */
struct streamfile { int fd; char path[4096]; };

/* Opens and locks <folder>/stream.<sensor>, reads *stream (leaves 0 and a new random id if there is none to go on with), and marks it as
 * running. IND_EXISTS if another process holds it; IND_IO. */
enum ind_err streamfile_open(struct streamfile *s, const char *folder, const char *sensor, struct ind_stream *stream) IND_MUST_USE;

/* Writes where the stream stands after a final seal; `running` as long as another bundle follows. */
enum ind_err streamfile_save(struct streamfile *s, const struct ind_stream *stream, bool running) IND_MUST_USE;

void streamfile_close(struct streamfile *s);

#endif
