/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RESTART_H
#define DAEMON_RESTART_H

#include "daemon/bootkey.h"

/* The keys that let a stream go on behind an interrupted run (docs/bundle-format.md section 6.1): the boot key in force there, the epoch key that
 * it certifies, and the boot key after it. */
struct restart {
	struct ind_key *by_boot, *key;
	struct ind_key_public boot_key;
};

/* For the place `at`, whose epoch and boot key are known. The next boot key is durable then, and takes its place with bootkey_commit when the EPOCH
 * frame is. IND_MISSING: the boot key is gone; *why is half a sentence. */
enum ind_err restart_take(const struct bootkey *b, const struct ind_stream *at, struct restart *r, const char **why) IND_MUST_USE;
void restart_free(struct restart *r);

#endif
