/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_HTTP_H
#define FLEET_HTTP_H

#include "fleet/archive.h"

/* Signed requests to one store over one connection; libcurl stands behind this door. Nothing is followed anywhere else, certificates are always checked, answers are bounded. */

enum { HTTP_HOST_MAX = 512, HTTP_URL_MAX = 8192 };

struct http;

struct http_request {
	const char *method;          /* "GET", "PUT", "POST", "DELETE" */
	const char *path, *query;    /* as in struct sign_request */
	const void *body;            /* of PUT and POST */
	size_t body_bytes;
	const uint8_t *sha256;       /* of the body; NULL: not known yet */
	const uint8_t *md5;          /* of the body; NULL: not said. A bucket with a retention lock may take nothing without it */
	const char *range;           /* "bytes=0-99"; NULL: none */
	bool bulk;                   /* a long transfer: --limit holds for it, and there is no end but a stall */
	/* Where a good answer goes; NULL: into memory. What is not IND_OK ends it. */
	enum ind_err (*sink)(void *ctx, const void *bytes, size_t count);
	void *ctx;
};

struct http_answer {
	unsigned status;
	char *text;                  /* a good answer without a sink, and any other one; borrowed until the next request */
	size_t bytes;
	char etag[ARCHIVE_ETAG_MAX];
	char date[64];               /* the store's clock, as it says it */
};

/* "scheme://host[:port]" and the bucket to the host to speak to and the path before keys. IND_USAGE with a line in `why`. */
enum ind_err http_new(const struct archive_options *options, struct http **h, char why[static ARCHIVE_WHY_BYTES]) IND_MUST_USE;
void http_free(struct http *h);
const char *http_base(const struct http *h);    /* path before a key: "/bucket/" or "/" */

/* IND_OK: there is an answer, whatever it says. IND_IO, IND_KEY, IND_END, IND_LIMIT, IND_NOMEM with a line in `why`; *again: it may be different soon. */
enum ind_err http_ask(struct http *h, const struct http_request *request, struct http_answer *answer, char why[static ARCHIVE_WHY_BYTES], bool *again) IND_MUST_USE;

#endif
