/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/loader.h"

#include <signal.h>
#include <string.h>

static void outcome_put(struct loader *l, struct refdata *read, enum ind_err err, const char error[static REFDATA_ERROR_BYTES])
{
	if (l->read)
		refdata_close(l->read);
	l->read = read;
	l->err = err;
	memcpy(l->error, error, REFDATA_ERROR_BYTES);
	atomic_store(&l->done, true);
}

static void *thread_run(void *ctx)
{
	struct loader *l = ctx;
	pthread_mutex_lock(&l->lock);
	l->ready = true;
	pthread_cond_broadcast(&l->changed);
	while (!l->stopping) {
		char error[REFDATA_ERROR_BYTES] = "";
		struct refdata *read = NULL;
		if (!l->asked) {
			pthread_cond_wait(&l->changed, &l->lock);
			continue;
		}
		l->asked = false;
		pthread_mutex_unlock(&l->lock);
		enum ind_err err = refdata_open(l->folder, &read, error);
		pthread_mutex_lock(&l->lock);
		outcome_put(l, err ? NULL : read, err, error);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

enum ind_err loader_start(struct loader *l, const char *folder)
{
	sigset_t all, before;
	*l = (struct loader){ .folder = folder, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	/* Signals are for the thread that records. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	l->running = pthread_create(&l->thread, NULL, thread_run, l) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!l->running)
		return IND_NOMEM;
	/* What a thread asks of the system when it begins is nothing that it may ask later. */
	pthread_mutex_lock(&l->lock);
	while (!l->ready)
		pthread_cond_wait(&l->changed, &l->lock);
	pthread_mutex_unlock(&l->lock);
	return IND_OK;
}

void loader_stop(struct loader *l)
{
	if (!l->running)
		return;
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	refdata_close(l->read);
	l->read = NULL;
	l->running = false;
}

void loader_ask(struct loader *l)
{
	pthread_mutex_lock(&l->lock);
	l->asked = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

bool loader_take(struct loader *l, struct refdata **read, enum ind_err *err)
{
	if (!atomic_load(&l->done))
		return false;
	pthread_mutex_lock(&l->lock);
	*read = l->read;
	*err = l->err;
	l->read = NULL;
	atomic_store(&l->done, false);
	pthread_mutex_unlock(&l->lock);
	return true;
}
