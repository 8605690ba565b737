/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/answer.h"
#include "fleet/body.h"
#include "fleet/store.h"
#include "fleet/uploads.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PART_XML_BYTES = 128, ID_QUERY_MAX = 3 * ANSWER_TOKEN_MAX + 64 };

enum ind_err store_write(int fd, const void *bytes, size_t count)
{
	for (const char *at = bytes; count;) {
		ssize_t done = write(fd, at, count);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return IND_IO;
		at += done;
		count -= (size_t)done;
	}
	return IND_OK;
}

static enum ind_err unread(struct store *s, const char *key, enum ind_err err)
{
	if (err == IND_EXISTS)
		return archive_fails(&s->archive, err, false, "%s: the file has changed while it was read; nothing of it was kept", key);
	return archive_fails(&s->archive, err, false, "%s: cannot be read: %s", key, err == IND_IO ? strerror(errno) : ind_strerror(err));
}

static enum ind_err put_body(struct store *s, const char *key, const char *query, const struct body *body, struct http_answer *answer)
{
	struct http_request r = {
		.body = body->part, .body_bytes = body->part_bytes, .sha256 = body->part_sha256, .md5 = etag_last_md5(&body->etag), .bulk = true,
	};
	return store_ask(s, "PUT", key, query, &r, answer);
}

/* ---- in one piece ---- */

static enum ind_err put_small(struct store *s, const char *key, struct body *body)
{
	struct http_answer answer;
	enum ind_err err = body_next(body);
	if (err == IND_OK)
		err = body_check(body);
	if (err != IND_OK)
		return unread(s, key, err);
	return put_body(s, key, "", body, &answer);
}

/* ---- in parts ---- */

static enum ind_err begin(struct store *s, const char *key, char id[static ANSWER_TOKEN_MAX])
{
	struct http_answer answer;
	struct answer a;
	enum ind_err err = store_ask(s, "POST", key, "uploads=", &(struct http_request){ 0 }, &answer);
	if (err != IND_OK)
		return err;
	if (!answer.text || answer_read(answer.text, answer.bytes, NULL, NULL, &a) != IND_OK || !*a.upload || strchr(a.upload, '\n'))
		return store_nonsense(s, key, IND_MALFORMED);
	memcpy(id, a.upload, sizeof(a.upload));
	err = uploads_note(s->options.uploads, s->archive.name, key, id);
	if (err != IND_OK)
		archive_fails(&s->archive, err, false, "%s: %s", s->options.uploads, strerror(errno));
	return err;
}

static bool id_query(const char *id, unsigned part, char query[static ID_QUERY_MAX])
{
	char encoded[3 * ANSWER_TOKEN_MAX + 1], number[32] = "";
	if (part)
		snprintf(number, sizeof(number), "partNumber=%u&", part);
	return sign_encode(id, true, encoded, sizeof(encoded)) && snprintf(query, ID_QUERY_MAX, "%suploadId=%s", number, encoded) < ID_QUERY_MAX;
}

static enum ind_err put_part(struct store *s, const char *key, const char *id, const struct body *body)
{
	char query[ID_QUERY_MAX], ours[ETAG_TEXT];
	struct http_answer answer;
	if (!id_query(id, body->etag.parts, query))
		return store_nonsense(s, key, IND_MALFORMED);
	enum ind_err err = put_body(s, key, query, body, &answer);
	etag_last(&body->etag, ours);
	if (err == IND_OK && !etag_same(answer.etag, ours))
		return archive_fails(&s->archive, IND_MALFORMED, true, "%s: the store says that part %u has the ETag %s, and it has %s", key, body->etag.parts, answer.etag, ours);
	return err;
}

static char *parts_xml(const struct etag *e, size_t *bytes)
{
	size_t room = (size_t)e->parts * PART_XML_BYTES + PART_XML_BYTES, used;
	char *xml = malloc(room), hex[2 * HASH_MD5_BYTES + 1];
	if (!xml)
		return NULL;
	used = (size_t)snprintf(xml, room, "<CompleteMultipartUpload>");
	for (uint32_t i = 0; i < e->parts; i++) {
		hash_hex(e->digests + (size_t)i * HASH_MD5_BYTES, HASH_MD5_BYTES, hex);
		used += (size_t)snprintf(xml + used, room - used, "<Part><PartNumber>%u</PartNumber><ETag>\"%s\"</ETag></Part>", i + 1, hex);
	}
	used += (size_t)snprintf(xml + used, room - used, "</CompleteMultipartUpload>");
	*bytes = used;
	return xml;
}

/* A store may begin to answer with 200 before it knows, and say then that it failed. */
static enum ind_err complete(struct store *s, const char *key, const char *id, const struct body *body)
{
	char query[ID_QUERY_MAX];
	struct http_answer answer;
	struct answer a;
	size_t bytes = 0;
	char *xml = id_query(id, 0, query) ? parts_xml(&body->etag, &bytes) : NULL;
	if (!xml)
		return archive_fails(&s->archive, IND_NOMEM, false, "%s: %s", key, ind_strerror(IND_NOMEM));
	enum ind_err err = store_ask(s, "POST", key, query, &(struct http_request){ .body = xml, .body_bytes = bytes }, &answer);
	free(xml);
	if (err != IND_OK)
		return err;
	if (!answer.text || answer_read(answer.text, answer.bytes, NULL, NULL, &a) != IND_OK)
		return store_nonsense(s, key, IND_MALFORMED);
	return a.is_error ? store_refused(s, &answer, key) : IND_OK;
}

enum ind_err store_abort(struct store *s, const char *key, const char *id)
{
	char query[ID_QUERY_MAX];
	struct http_answer answer;
	if (!id_query(id, 0, query))
		return IND_OK;
	enum ind_err err = store_ask(s, "DELETE", key, query, &(struct http_request){ 0 }, &answer);
	return err == IND_MISSING ? IND_OK : err;
}

static enum ind_err put_parts(struct store *s, const char *key, const char *id, struct body *body)
{
	enum ind_err err;
	while ((err = body_next(body)) == IND_OK) {
		err = put_part(s, key, id, body);
		if (err != IND_OK)
			return err;
	}
	if (err == IND_END)
		err = body_check(body);
	return err == IND_OK ? complete(s, key, id, body) : unread(s, key, err);
}

static enum ind_err put_large(struct store *s, const char *key, struct body *body)
{
	char id[ANSWER_TOKEN_MAX], why[ARCHIVE_WHY_BYTES];
	if (!s->options.uploads)
		return archive_fails(&s->archive, IND_LIMIT, false, "%s: is too large to be sent in one piece", key);
	enum ind_err err = begin(s, key, id);
	if (err != IND_OK)
		return err;
	err = put_parts(s, key, id, body);
	bool again = s->archive.again;
	memcpy(why, s->archive.why, sizeof(why));
	/* What cannot be given up now is tried again at the next start. */
	if (err == IND_OK || store_abort(s, key, id) == IND_OK)
		uploads_forget(s->options.uploads, s->archive.name, key);
	memcpy(s->archive.why, why, sizeof(why));
	s->archive.again = again;
	return err;
}

enum ind_err store_put(struct archive *archive, const char *key, const struct archive_body *of, char etag[static ETAG_TEXT])
{
	struct store *s = (struct store *)archive;
	struct body body;
	bool small = body_is_small(of);
	enum ind_err err = body_start(&body, of);
	if (err != IND_OK)
		return archive_fails(archive, err, false, "%s: %s", key, ind_strerror(err));
	err = small ? put_small(s, key, &body) : put_large(s, key, &body);
	if (err == IND_OK)
		etag_end(&body.etag, !small, etag);
	body_end(&body);
	return err;
}
