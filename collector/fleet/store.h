/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_STORE_H
#define FLEET_STORE_H

#include "fleet/http.h"
#include "fleet/inside.h"

/* An object store, as its files share it. */
struct store {
	struct archive archive;      /* first */
	struct archive_options options;
	struct http *http;
	char path[SIGN_PATH_MAX];
};

/* One request for a key ("" for the bucket); an answer that is a refusal becomes an error. */
enum ind_err store_ask(struct store *s, const char *method, const char *key, const char *query, struct http_request *r, struct http_answer *answer) IND_MUST_USE;

/* The error that an answer is, and the one for an answer that cannot be read. */
enum ind_err store_refused(struct store *s, const struct http_answer *answer, const char *what) IND_MUST_USE;
enum ind_err store_nonsense(struct store *s, const char *what, enum ind_err err) IND_MUST_USE;

enum ind_err store_put(struct archive *archive, const char *key, const struct archive_body *body, char etag[static ETAG_TEXT]) IND_MUST_USE;

/* Gives up a multipart upload; one that is not there any more is given up. */
enum ind_err store_abort(struct store *s, const char *key, const char *id) IND_MUST_USE;

/* All of it, or IND_IO with errno. */
enum ind_err store_write(int fd, const void *bytes, size_t count) IND_MUST_USE;

#endif
