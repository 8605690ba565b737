/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "indicia/trust.h"
#include "indicia/verify.h"
#include <stddef.h>

/* Whose seals count: the files or folders of --trust, else this user's own public keys in the state directory and those in
 * /etc/indicia/trust.d ($INDICIA_TRUST_DIR in its place, if set); and what statements about keys, *.note beside them, make of these. */

enum { TRUST_KEYS_MAX = 1024, TRUST_STATEMENTS_MAX = 1024, TRUST_GIVEN_MAX = 64 };

struct trust {
	struct ind_key_public keys[TRUST_KEYS_MAX];
	uint64_t revoked_ns[TRUST_KEYS_MAX];
	size_t count;
	struct ind_statement statements[TRUST_STATEMENTS_MAX];
	size_t statement_count;
	const char *given[TRUST_GIVEN_MAX];
	size_t given_count;
	bool has_as_of;              /* statements about keys of a later time do not count */
	uint64_t as_of_s;
	bool quiet;                  /* trust_walk says what is wrong with key files */
};

/* Notes one --trust; CLI_DONE or CLI_USAGE. */
int trust_give(struct trust *t, const char *path);

/* "2026-11-28T22:00:00Z": keys are judged as of this moment. CLI_DONE or CLI_USAGE. */
int trust_as_of(struct trust *t, const char *time);

/* Reads the keys. What was asked for by name must be there: CLI_MISSING. What is wrong in the default places is said and left out. */
int trust_load(struct trust *t);

/* Calls `see` for each key file of the default places: "own" or "trusted", the file. */
typedef void trust_see(void *ctx, const char *whose, const char *file, const struct ind_key_public *key);
void trust_walk(trust_see *see, void *ctx);

/* Borrowed. */
struct ind_verify_options trust_options(const struct trust *t);

const char *trust_folder(void);

/* A key as text, or the file that holds it; CLI_DONE, or a status with its message said, which begins with `what`. */
int trust_key_of(const char *what, const char *operand, struct ind_key_public *key);

#endif
