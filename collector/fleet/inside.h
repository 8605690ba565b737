/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_INSIDE_H
#define FLEET_INSIDE_H

#include "fleet/archive.h"

/* What the two kinds of archives have in common. */

enum { ARCHIVE_NAME_BYTES = 5120 };

struct archive_kind {
	enum ind_err (*list)(struct archive *a, const char *prefix, bool checked, archive_see *see, void *ctx);
	enum ind_err (*put)(struct archive *a, const char *key, const struct archive_body *body, char etag[static ETAG_TEXT]);
	enum ind_err (*get)(struct archive *a, const char *key, uint64_t offset, void *bytes, size_t count, size_t *got);
	enum ind_err (*fetch)(struct archive *a, const char *key, int fd, uint64_t most);
	void (*close)(struct archive *a);
};

struct archive {
	const struct archive_kind *kind;
	char name[ARCHIVE_NAME_BYTES];
	char why[ARCHIVE_WHY_BYTES];
	bool again;
};

/* This machine's disk took no more of an object. */
enum ind_err archive_not_kept(struct archive *a, const char *key, int error);

/* Keeps what went wrong, and returns it. */
enum ind_err archive_fails(struct archive *a, enum ind_err err, bool again, const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
