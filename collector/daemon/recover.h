/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RECOVER_H
#define DAEMON_RECOVER_H

#include "daemon/disk.h"
#include "daemon/restart.h"
#include "daemon/streamfile.h"
#include "indicia/key.h"

/* Bundles that a run left without a final checkpoint (docs/bundle-format.md section 2.2). */

enum { RECOVER_TEXT_BYTES = 4608 };

/* Gives the keys that go on behind a place of the stream; half a sentence in *why if it cannot. */
typedef enum ind_err recover_keys(void *ctx, const struct ind_stream *at, struct restart *keys, const char **why);

struct recovery_job {
	const struct disk *disk;
	recover_keys *keys_of;
	void (*restarted)(void *ctx); /* the EPOCH frame is durable: the boot key before is of no use any more */
	void *ctx;
	uint64_t realtime_ns, boottime_ns; /* now */
	char text[RECOVER_TEXT_BYTES]; /* what was done, or why not, for a person */
};

/* Seals the bundle that `state` names, and lets the stream go on behind it: state->stream is moved on, and state->running is false; the
 * caller saves it. `folder_fd` holds the file, `name` is its name with ".open". Nothing is changed but with IND_OK, and IND_IO, IND_NOMEM and
 * IND_CRYPTO, which leave a file and a key with which it can be recovered later. IND_MISSING: the file or the key is not there; IND_MALFORMED,
 * IND_UNKNOWN: this is not a torn end; IND_EXISTS: the name that it should get is taken; IND_LIMIT: it does not hold what was published of it. */
enum ind_err recover_bundle(struct recovery_job *job, int folder_fd, const char *name, struct stream_state *state) IND_MUST_USE;

/* A bundle that is finished and did not get its name. IND_OK, IND_EXISTS, IND_IO; job->text as above. */
enum ind_err recover_name(struct recovery_job *job, int folder_fd, const char *open_name) IND_MUST_USE;

/* `indicia recover`: a NAME.open, or a folder of them. The exit status; says what was done. */
int daemon_recover(const char *path, bool quiet);

#endif
