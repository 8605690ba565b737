/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_LOADER_H
#define DAEMON_LOADER_H

#include "refdata/refdata.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Reads reference data while keep goes on recording: a large list takes seconds, and packets do not wait for them. The thread is there before the rights
 * of the process are final, and under them like everything else. */

struct loader {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool running, ready, asked, stopping; /* under the lock, but for `running` */
	_Atomic bool done;           /* there is an outcome to take */
	const char *folder;          /* borrowed */
	struct refdata *read;        /* NULL with an error */
	enum ind_err err;
	char error[REFDATA_ERROR_BYTES];
};

/* Returns when the thread waits for its first task. IND_NOMEM. */
enum ind_err loader_start(struct loader *l, const char *folder) IND_MUST_USE;

/* Ends the thread; an outcome that nobody took is closed. Nothing if it was not started. */
void loader_stop(struct loader *l);

/* The folder shall be read again. */
void loader_ask(struct loader *l);

/* True if it was: *read is the caller's, or NULL with *err and the line in l->error. */
bool loader_take(struct loader *l, struct refdata **read, enum ind_err *err);

#endif
