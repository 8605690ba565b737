/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_SHELF_H
#define DAEMON_SHELF_H

#include "daemon/retain.h"
#include "indicia/verify.h"

/* The folder of a live sensor's bundles, as retention sees it: only names of this sensor, only bundles under keys of its own. */

/* Of the bundles that this sensor's live captures name: SENSOR-20261129T022101Z.ieb, also with a number before .ieb. `ending` is what stands behind the stem:
 * ".ieb" or ".ieb.open". No sensor's name has upper-case letters, so no name fits two sensors. */
bool shelf_is_own(const char *sensor, const char *name, const char *ending);

/* Reads the HEADERs of all sealed bundles of this sensor whose identity key is one of `keys`. *more: there are more than RETAIN_BUNDLES_MAX. Others are left out.
 * IND_IO with errno; IND_NOMEM. */
enum ind_err shelf_read(struct retain_shelf *shelf, int folder_fd, const char *sensor, const struct ind_key_public *keys, size_t key_count, bool *more) IND_MUST_USE;

/* One of them: IND_MALFORMED if it is none. */
enum ind_err shelf_bundle(int folder_fd, const char *name, const char *sensor, const struct ind_key_public *keys, size_t key_count,
	struct retain_bundle *bundle) IND_MUST_USE;

/* What the folder says now: which are there, which are on hold (NAME.hold), how many custody files each has. *all_held: the folder is (HOLD). */
enum ind_err shelf_look(struct retain_shelf *shelf, int folder_fd, bool *all_held) IND_MUST_USE;

/* What the last checkpoint of a sealed bundle says of its tree. IND_MALFORMED if none stands at its end. */
enum ind_err shelf_head(int fd, uint64_t bytes, struct ind_kept_head *head) IND_MUST_USE;

/* What the last SEALINFO says, likewise. Nothing is checked but its form. */
enum ind_err shelf_seal(int fd, uint64_t bytes, struct ind_seal_info *info) IND_MUST_USE;

enum { SHELF_WHO_BYTES = 9 };
struct shelf_keys { const struct ind_key_public *list; size_t count; };

/* Does a custody file beside the bundle hold a release of the file with this digest, as its object, signed by one of `keys`? With `sha256` NULL: of the file that the
 * event itself says it is about, which is quickly seen. `who`: the eight digits of that party's key, or "owner". */
bool shelf_shipped(int folder_fd, const char *name, const uint8_t *sha256, const struct shelf_keys *keys, char who[static SHELF_WHO_BYTES]);

#endif
