/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ARCHIVE_H
#define FLEET_ARCHIVE_H

#include "fleet/etag.h"
#include "fleet/sign.h"
#include <stdatomic.h>

/* Where sealed bundles go: an object store that speaks S3, or a folder of the same layout on a removable medium. */

enum { ARCHIVE_KEY_MAX = 1024, ARCHIVE_ETAG_MAX = 128, ARCHIVE_WHY_BYTES = 1024 };

struct archive_entry {
	const char *key;
	uint64_t bytes;
	const char *etag;
};

/* What is not IND_OK ends the list. */
typedef enum ind_err archive_see(void *ctx, const struct archive_entry *entry);

/* What is to be put: a file from its beginning to its end. */
struct archive_body {
	int fd;
	uint64_t bytes;
	const uint8_t *sha256;       /* of all of it, checked on the way; NULL: not known */
};

struct archive;

struct archive_options {
	const char *endpoint;        /* "https://host[:port]" */
	const char *bucket, *region;
	bool virtual_host;           /* the bucket is the first label of the host's name */
	const char *ca;              /* PEM: trust these certificates and no others; NULL: the system's */
	const struct sign_keys *keys; /* borrowed */
	uint64_t limit_bytes_s;      /* 0: none */
	unsigned timeout_s;          /* without a byte worth speaking of */
	const char *uploads;         /* folder in which multipart uploads that are under way are noted; NULL: no such uploads */
	const atomic_bool *stop;     /* ends what is under way; NULL: nothing does */
};

/* `why` is one line of an error. IND_USAGE, IND_NOMEM. The caller owns *a. */
enum ind_err archive_store(const struct archive_options *options, struct archive **a, char why[static ARCHIVE_WHY_BYTES]) IND_MUST_USE;
enum ind_err archive_folder(const char *path, struct archive **a, char why[static ARCHIVE_WHY_BYTES]) IND_MUST_USE;
void archive_close(struct archive *a);

/* Ends multipart uploads that an earlier run left in this store. */
void archive_give_up_uploads(struct archive *a);

/* All objects whose keys begin so, those of one folder together. With `checked` each comes with its ETag, for which a medium is read; else it may be "". */
enum ind_err archive_list(struct archive *a, const char *prefix, bool checked, archive_see *see, void *ctx) IND_MUST_USE;

/* That the archive says it has it is no confirmation: archive_list is. *etag is what it must show. IND_EXISTS: the file is not the one that was announced. */
enum ind_err archive_put(struct archive *a, const char *key, const struct archive_body *body, char etag[static ETAG_TEXT]) IND_MUST_USE;

/* What archive_list must show of a file that is there already, when it says `said` of it. */
enum ind_err archive_expects(const struct archive_body *body, const char *said, char etag[static ETAG_TEXT]) IND_MUST_USE;

/* Up to `count` bytes from `offset`; fewer only at the end. IND_MISSING: there is no such object. */
enum ind_err archive_get(struct archive *a, const char *key, uint64_t offset, void *bytes, size_t count, size_t *got) IND_MUST_USE;

/* The whole object into a file, up to `most` bytes. */
enum ind_err archive_fetch(struct archive *a, const char *key, int fd, uint64_t most) IND_MUST_USE;

/* Of the last thing that failed: one line, and whether it may be different soon. Errors of the functions above: IND_IO the archive was not reached or answers wrongly,
 * IND_KEY it refuses the credentials or the certificate is refused, IND_FULL it has no room, IND_MISSING there is no such bucket or object, IND_MALFORMED what it says makes no
 * sense, IND_END it was stopped, IND_LIMIT, IND_NOMEM. */
const char *archive_why(const struct archive *a);
bool archive_again(const struct archive *a);

/* "https://host:port, bucket NAME", or the folder: what a receipt names. */
const char *archive_name(const struct archive *a);

#endif
