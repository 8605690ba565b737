/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RETAINER_H
#define DAEMON_RETAINER_H

#include "base/hash.h"
#include "daemon/deletions.h"
#include "daemon/shelf.h"

/* Deletes sealed bundles of a live sensor that its limits ask for: an event first, then the file. */

enum { RETAINER_KEYS_MAX = 256 };

struct retainer {
	bool on;
	bool stuck;                  /* what was said to be deleted could not be: no more is tried in this run */
	bool due;
	uint64_t looked_ns, told_ns; /* boottime */
	struct retain_shelf shelf;
	struct retain_clock clock;
	struct deletions log;
	struct ind_key_public keys[RETAINER_KEYS_MAX]; /* this sensor's identity keys, old ones too, and behind them those of shippers */
	size_t own_count, key_count;

	/* the bundle that is on its way out: it is read in pieces, so that recording goes on */
	int fd;                      /* -1: none is */
	char name[RETAIN_NAME_MAX + 1];
	enum retain_reason reason;
	uint64_t at, bytes, begun_ns;
	struct hash_sha256_state hash;

	/* for whoever watches */
	uint64_t deleted, deleted_bytes, failures;
	size_t held, unshipped;      /* over a limit, and kept */
	size_t refused;              /* of these: what stands beside them was looked at */
};

struct keep;

/* Before rights are given up; the stream is known. An exit status, with its message said. */
int retainer_begin(struct keep *k);
void retainer_end(struct keep *k);

/* A bundle of this run bears its name. */
void retainer_sealed(struct keep *k);

/* Some work, if there is any. */
void retainer_tick(struct keep *k, uint64_t now_ns);

#endif
