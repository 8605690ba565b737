/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_CONTINUING_H
#define DAEMON_CONTINUING_H

#include "daemon/keyfile.h"

/* The key that may continue a stream whose run was interrupted: the private half of the epoch key in force. It lies beside the stream
 * file while a run lasts, epoch.<sensor>.pem, and is removed when the run ends by sealing. */

/* Makes the key durable before anything is signed with it. IND_IO with one line in error. */
enum ind_err continuing_key_keep(const char *state_folder, const char *sensor, const struct ind_key *epoch_key,
	char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

/* The key whose public half is `in_force`. IND_MISSING if it is not there any more, with one line in error. The caller owns *key. */
enum ind_err continuing_key(const char *state_folder, const char *sensor, const struct ind_key_public *in_force, struct ind_key **key,
	char error[static KEYFILE_ERROR_BYTES]) IND_MUST_USE;

void continuing_key_forget(const char *state_folder, const char *sensor);

#endif
