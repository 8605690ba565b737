/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_KEYFILE_H
#define DAEMON_KEYFILE_H

#include "indicia/key.h"
#include <stdbool.h>
#include <stddef.h>

/* Keys on disk: PKCS#8 PEM, or PEM for a TPM, mode 0600, beside each a one-line text file NAME.pub with the public key. */

enum { KEYFILE_PATH_MAX = 4096, KEYFILE_ERROR_BYTES = 4352 };

/* The state directory: $XDG_STATE_HOME/indicia, else ~/.local/state/indicia; as root without XDG_STATE_HOME, /var/lib/indicia. Made
 * (mode 0700) if it is not there. IND_MISSING with a line in error if there is none and none can be made, or others can write into it. */
enum ind_err keyfile_state_dir(char path[static KEYFILE_PATH_MAX], char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* The key in `path` (PEM), or with NULL the identity key <state>/identity.pem, made on first use together with identity.pub. *made says
 * so; used_path is the file. A given path must exist (keyfile_new makes one). IND_MISSING, IND_KEY (not a key, or readable by
 * others), IND_IO, each with one line in error that names the file. The caller owns *key. */
enum ind_err keyfile_load(const char *path, struct ind_key **key, bool *made, char used_path[static KEYFILE_PATH_MAX],
	char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* A new key in `path` and its public half beside it; IND_EXISTS if the file is there. `in_tpm`: the file is of use only to this machine's TPM, which
 * holds the secret; IND_MISSING without one. The caller owns *key. */
enum ind_err keyfile_new(const char *path, bool in_tpm, struct ind_key **key, char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* The private key alone, whole and durable, in the place of what `path` held. IND_IO, IND_MISSING with one line in error. */
enum ind_err keyfile_replace(const char *path, const struct ind_key *key, char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* Where the public half of the key in `path` stands: NAME.pub for NAME.pem and for NAME. */
enum ind_err keyfile_public_path(const char *path, char pub[static KEYFILE_PATH_MAX], char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* The public keys of a text file, one a line; empty lines and those that begin with # are skipped. IND_MISSING, IND_KEY, IND_LIMIT,
 * IND_IO, each with one line in error. */
enum ind_err keyfile_public_load(const char *path, struct ind_key_public *keys, size_t max, size_t *count,
	char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* A text that others may read: the file appears whole and durable, or not at all. IND_EXISTS if it is there. */
enum ind_err keyfile_text_new(const char *path, const char *text, char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

#endif
