/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_SAY_H
#define DAEMON_SAY_H

#include "daemon/message.h"

/* What a person at the terminal is told, on stderr. A line that nobody takes is left out: what is recorded does not wait for who reads. */

struct say {
	bool quiet, verbose, terminal;
	bool journal;                /* lines begin with their level, as sd-daemon(3) has it */
	size_t columns;              /* of the terminal */
	uint64_t second;             /* in which lines are counted, if it is no terminal */
	unsigned said, left_out;     /* of them */
	bool line_open;              /* a progress line stands on the terminal */
	int fd;                      /* writes to it never wait; 0: there is none, and standard error is asked first whether it takes something */
	bool torn;                   /* not all of the last line was taken */
	bool patient;                /* a savefile, an interrupted bundle: who reads is waited for */
	int patience_ms;             /* else: how long the next line may wait until it is taken */
	bool holding;                /* notes wait: if the run fails before it begins, its error stands alone */
	size_t held_bytes;
	char held[8192];
	uint64_t started_ns, told_ns;
};

void say_init(struct say *say, bool quiet, bool verbose);

/* "indicia: …" on a line of its own. An error is said also when quiet. Where nobody sits at a terminal, at most SAY_LINES lines in SAY_SECONDS; how many
 * were left out is said. */
enum { SAY_LINES = 50, SAY_SECONDS = 10 };
void say_error(struct say *say, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_note(struct say *say, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A note that must not be lost with a run that fails: something was made on disk. */
void say_now(struct say *say, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says the notes that were held back since say_init; later ones are said at once. */
void say_begin(struct say *say);

/* A progress bar for a savefile; at most five times a second, and only on a terminal. */
void say_progress(struct say *say, const struct message_status *status);

/* One line of state that is written over, for a live capture on a terminal, once it has begun; how wide it can be. */
bool say_has_line(const struct say *say);
size_t say_columns(const struct say *say);
void say_line(struct say *say, const char *text);

/* A text of whole lines as it is, asked for by whoever runs the sensor. */
void say_text(struct say *say, const char *text);

/* From here on a line may be the last one, and is waited for a little longer. */
void say_last(struct say *say);

/* What was left out so far, before the end. */
void say_end(struct say *say);

#endif
