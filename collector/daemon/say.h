/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_SAY_H
#define DAEMON_SAY_H

#include "daemon/message.h"
#include "indicia/bundle.h"

/* What a person at the terminal is told, on stderr. */

struct say {
	bool quiet, verbose, terminal;
	bool line_open;              /* a progress line stands on the terminal */
	bool holding;                /* notes wait: if the run fails before it begins, its error stands alone */
	size_t held_bytes;
	char held[8192];
	uint64_t started_ns, told_ns, told_frames;
};

void say_init(struct say *say, bool quiet, bool verbose);

/* "indicia: …" on a line of its own. An error is said also when quiet. */
void say_error(struct say *say, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_note(struct say *say, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A note that must not be lost with a run that fails: something was made on disk. */
void say_now(struct say *say, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says the notes that were held back since say_init; later ones are said at once. */
void say_begin(struct say *say);

/* A progress bar for a savefile, one line of state for a live capture; at most five times a second, and only on a terminal. */
void say_progress(struct say *say, const struct message_status *status, const struct ind_writer_totals *totals);

#endif
