/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_KEYNOTE_H
#define DAEMON_KEYNOTE_H

#include "daemon/keyfile.h"
#include "indicia/trust.h"

/* Statements about keys on disk, NAME.note, one a file; and the change of an identity key, which makes one. */

/* The statement in `path`. IND_MISSING, IND_KEY (it is none), IND_IO, each with one line in error. */
enum ind_err keynote_load(const char *path, struct ind_statement *statement, char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* Does this file begin as a statement does? */
bool keynote_is(const char *path);

/* Where a statement stands in a folder: <key id>-successor-<8 digits of its signature>.note, or -revoked-. */
enum ind_err keynote_path(const char *folder, const struct ind_statement *statement, char path[static KEYFILE_PATH_MAX],
	char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* Writes the text of a statement into the folder; IND_EXISTS if it is there. */
enum ind_err keynote_save(const char *folder, const struct ind_statement *statement, const char *text, char path[static KEYFILE_PATH_MAX],
	char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* A new identity key takes the place of the one in `path`, which certifies it (`statement`, also written beside the key) and is then overwritten; its
 * public half stays as NAME-<key id>.pub. The new one is in the TPM if the old one is, or with `in_tpm`. A change that was interrupted is finished by the next one. */
enum ind_err keynote_rotate(const char *path, bool in_tpm, uint64_t time_s, struct ind_statement *statement, char text[static IND_STATEMENT_MAX_BYTES],
	char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

#endif
