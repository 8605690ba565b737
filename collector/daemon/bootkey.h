/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_BOOTKEY_H
#define DAEMON_BOOTKEY_H

#include "indicia/bundle.h"

/* The key that may continue a stream after a restart (docs/bundle-format.md section 6.1): the only secret of a stream on disk,
 * <state>/boot.<sensor>, mode 0600. It works once: the EPOCH frame that it signs names its successor. The successor is durable beside it,
 * boot.<sensor>.next, before that frame is written, and takes its place when the frame is durable; the secret before is overwritten first. */

struct bootkey { char path[4096], next[4096 + 8]; };

/* Where the boot key of this sensor lies. IND_LIMIT if the name is too long. */
enum ind_err bootkey_place(struct bootkey *b, const char *folder, const char *sensor) IND_MUST_USE;

/* The key that may continue `stream`, of which id and epoch are known and durable; its epoch key and boot key are filled in. If that is the prepared one,
 * it is put into its place. IND_MISSING: there is none, and *why is half a sentence; IND_IO, IND_NOMEM, IND_CRYPTO: it may be taken later. The caller
 * owns *key. */
enum ind_err bootkey_take(const struct bootkey *b, struct ind_stream *stream, struct ind_key **key, const char **why) IND_MUST_USE;

/* Makes `key` durable beside the one in use: it will continue the stream in this epoch, with this epoch key. IND_IO with errno. */
enum ind_err bootkey_prepare(const struct bootkey *b, const struct ind_stream *stream, const struct ind_key *key) IND_MUST_USE;

/* Makes the boot key after the next change of epoch, to `key`, and prepares it; `at` is where the stream stands. IND_IO with errno. */
enum ind_err bootkey_next(const struct bootkey *b, const struct ind_stream *at, const struct ind_key *key, struct ind_key_public *public) IND_MUST_USE;

/* The EPOCH frame is durable: overwrites the key in use, and puts the prepared one into its place. IND_IO with errno. */
enum ind_err bootkey_commit(const struct bootkey *b) IND_MUST_USE;

#endif
