/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_UPLOADS_H
#define FLEET_UPLOADS_H

#include "fleet/archive.h"

/* Multipart uploads that are under way, a file each in one folder: what a kill leaves in a store is found by it and given up. (Listing a store's own uploads would need a right that
 * a sensor does not have.) */

enum { UPLOADS_LINE_MAX = 5120 };

struct uploads_entry { char archive[UPLOADS_LINE_MAX], key[ARCHIVE_KEY_MAX + 1], id[2048 + 1]; };

/* Durable before the first part is sent. IND_IO with errno. */
enum ind_err uploads_note(const char *folder, const char *archive, const char *key, const char *id) IND_MUST_USE;
void uploads_forget(const char *folder, const char *archive, const char *key);

/* Calls `see` for each; what it returns IND_OK for is forgotten. A file that is none of ours is left alone. */
typedef enum ind_err uploads_see(void *ctx, const struct uploads_entry *entry);
void uploads_each(const char *folder, uploads_see *see, void *ctx);

#endif
