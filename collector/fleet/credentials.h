/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_CREDENTIALS_H
#define FLEET_CREDENTIALS_H

#include "fleet/sign.h"

/* The keys of an object store, out of a file that nobody else can read: lines "aws_access_key_id = …", "aws_secret_access_key = …", and of a session
 * "aws_session_token = …"; lines that are empty or begin with # or [ are passed over. */

enum { CREDENTIALS_ERROR_BYTES = 4352 };

/* `path` NULL: $CREDENTIALS_DIRECTORY/indicia-store, which systemd makes (LoadCredential=). IND_MISSING, IND_KEY, IND_IO with one line in error. */
enum ind_err credentials_load(const char *path, struct sign_keys *keys, char error[static CREDENTIALS_ERROR_BYTES]) IND_MUST_USE;

/* The text of such a file. IND_MALFORMED with half a sentence in *why. */
enum ind_err credentials_parse(const char *text, size_t bytes, struct sign_keys *keys, const char **why) IND_MUST_USE;

#endif
