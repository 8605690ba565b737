/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include "cli/target.h"
#include "daemon/keynote.h"

/* What `indicia keys` was asked to do. */
struct keys {
	const char *action, *operand, *key_file, *reason, *at;
	bool in_tpm;
	struct output_options output;
};

enum { KEYS_PATH_MAX = KEYFILE_PATH_MAX + 16 };

/* The private key's file; CLI_DONE or CLI_MISSING. */
int keys_path(const struct keys *k, char path[static KEYS_PATH_MAX]);
int keys_status(enum ind_err err);
void keys_id(const struct ind_key_public *public, char text[static 9]);

/* Makes the folder of trusted keys if it is not there. */
int keys_trust_folder(void);

/* key_change.c */
int keys_rotate(const struct keys *k);
int keys_revoke(const struct keys *k);
int keys_trust_note(const struct keys *k);

#endif
