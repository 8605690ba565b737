/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/answer.h"
#include "fleet/http.h"
#include "fleet/inside.h"
#include "fleet/store.h"
#include "fleet/uploads.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGES_MAX = 1 << 20, GET_BYTES = 64, TRIES = 3, PAUSE_NS = 150000000 };

/* ---- what a refusal means ---- */

static const struct { const char *code; enum ind_err err; bool again; const char *what; } refusals[] = {
	{ "AccessDenied", IND_KEY, false, "the store refuses the credentials for this" },
	{ "InvalidAccessKeyId", IND_KEY, false, "the store does not know the access key" },
	{ "SignatureDoesNotMatch", IND_KEY, false, "the store refuses the signature: is the secret key the right one, and the region?" },
	{ "AuthorizationHeaderMalformed", IND_KEY, false, "the store refuses the signature: is the region the right one?" },
	{ "ExpiredToken", IND_KEY, false, "the session of the credentials has ended" },
	{ "RequestTimeTooSkewed", IND_KEY, true, "this machine's clock and the store's differ too much: set the clock" },
	{ "PermanentRedirect", IND_MISSING, false, "the bucket is at another endpoint: is the region the right one?" },
	{ "TemporaryRedirect", IND_IO, true, "the bucket is at another endpoint for now" },
	{ "NoSuchBucket", IND_MISSING, false, "there is no such bucket" },
	{ "NoSuchKey", IND_MISSING, false, "there is no such object" },
	{ "NoSuchUpload", IND_MISSING, true, "the store has no such upload any more" },
	{ "QuotaExceeded", IND_FULL, true, "the store has no room left for this bucket or user" },
	{ "InsufficientStorage", IND_FULL, true, "the store has no room left" },
	{ "XMinioStorageFull", IND_FULL, true, "the store has no room left" },
	{ "SlowDown", IND_IO, true, "the store is busy" },
	{ "InternalError", IND_IO, true, "the store failed" },
};

enum ind_err store_refused(struct store *s, const struct http_answer *answer, const char *what)
{
	struct answer a;
	bool is_error = answer->text && answer_read(answer->text, answer->bytes, NULL, NULL, &a) == IND_OK && a.is_error;
	if (!is_error)
		a = (struct answer){ 0 };
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]) && is_error; i++)
		if (strcmp(refusals[i].code, a.code) == 0)
			return archive_fails(&s->archive, refusals[i].err, refusals[i].again, "%s: %s (%s%s%s)%s%s", what, refusals[i].what, a.code, *a.text ? ": " : "", a.text,
				strcmp(a.code, "RequestTimeTooSkewed") == 0 && *answer->date ? "; the store's clock says " : "",
				strcmp(a.code, "RequestTimeTooSkewed") == 0 ? answer->date : "");
	enum ind_err err = answer->status == 507 ? IND_FULL : answer->status == 404 ? IND_MISSING : answer->status == 403 || answer->status == 401 ? IND_KEY : IND_IO;
	bool again = answer->status >= 500 || answer->status == 429 || answer->status == 408;
	return archive_fails(&s->archive, err, again, "%s: the store answers with status %u%s%s%s%s", what, answer->status, *a.code ? ", " : "", a.code, *a.text ? ": " : "", a.text);
}

/* ---- requests ---- */

/* A store that is busy says so, and means the next moment. What does not pass so fast is tried again by the caller. */
static enum ind_err ask_patiently(struct store *s, const struct http_request *r, struct http_answer *answer)
{
	struct timespec pause = { 0, PAUSE_NS };
	enum ind_err err;
	for (unsigned tries = 1;; tries++, pause.tv_nsec *= 2) {
		err = http_ask(s->http, r, answer, s->archive.why, &s->archive.again);
		if (err != IND_OK || (answer->status != 503 && answer->status != 429 && answer->status != 500) || tries == TRIES)
			return err;
		nanosleep(&pause, NULL);
	}
}

enum ind_err store_ask(struct store *s, const char *method, const char *key, const char *query, struct http_request *r, struct http_answer *answer)
{
	size_t base = strlen(http_base(s->http));
	memcpy(s->path, http_base(s->http), base + 1);
	if (!sign_encode(key, false, s->path + base, sizeof(s->path) - base))
		return archive_fails(&s->archive, IND_LIMIT, false, "%s: the name is too long", key);
	r->method = method;
	r->path = s->path;
	r->query = query;
	enum ind_err err = ask_patiently(s, r, answer);
	if (err != IND_OK)
		return *s->archive.why ? err : archive_fails(&s->archive, err, false, "%s", ind_strerror(err));
	return answer->status < 300 ? IND_OK : store_refused(s, answer, *key ? key : "list");
}

enum ind_err store_nonsense(struct store *s, const char *what, enum ind_err err)
{
	if (err != IND_MALFORMED)
		return archive_fails(&s->archive, err, false, "%s: %s", what, ind_strerror(err));
	return archive_fails(&s->archive, err, true, "%s: what the store answers makes no sense", what);
}

/* ---- lists ---- */

struct page { archive_see *see; void *ctx; const char *prefix; char last[ARCHIVE_KEY_MAX + 1]; };

/* A store that gives what was not asked for, or goes back, would keep us for ever or have us believe something of another place. */
static enum ind_err page_see(void *ctx, const struct archive_entry *entry)
{
	struct page *p = ctx;
	if (strncmp(entry->key, p->prefix, strlen(p->prefix)) != 0 || (*p->last && strcmp(entry->key, p->last) <= 0))
		return IND_MALFORMED;
	snprintf(p->last, sizeof(p->last), "%s", entry->key);
	return p->see(p->ctx, entry);
}

static bool list_query(const char *prefix, const char *token, char query[static SIGN_QUERY_MAX])
{
	char encoded_prefix[3 * ARCHIVE_KEY_MAX + 1], encoded_token[3 * ANSWER_TOKEN_MAX + 1] = "";
	if (!sign_encode(prefix, true, encoded_prefix, sizeof(encoded_prefix)) || (*token && !sign_encode(token, true, encoded_token, sizeof(encoded_token))))
		return false;
	return snprintf(query, SIGN_QUERY_MAX, "%s%s%slist-type=2&max-keys=1000&prefix=%s", *token ? "continuation-token=" : "", encoded_token, *token ? "&" : "",
		       encoded_prefix) < SIGN_QUERY_MAX;
}

static enum ind_err store_list(struct archive *archive, const char *prefix, bool checked, archive_see *see, void *ctx)
{
	(void)checked;
	struct store *s = (struct store *)archive;
	struct page page = { .see = see, .ctx = ctx, .prefix = prefix };
	struct answer a = { 0 };
	struct http_answer answer;
	char query[SIGN_QUERY_MAX];
	for (unsigned pages = 0; pages < PAGES_MAX; pages++) {
		if (!list_query(prefix, a.token, query))
			return store_nonsense(s, "list", IND_MALFORMED);
		enum ind_err err = store_ask(s, "GET", "", query, &(struct http_request){ 0 }, &answer);
		if (err != IND_OK)
			return err;
		if (!answer.text)
			return store_nonsense(s, "list", IND_MALFORMED);
		err = answer_read(answer.text, answer.bytes, page_see, &page, &a);
		if (err == IND_OK && a.is_error)
			return store_refused(s, &answer, "list");
		if (err != IND_OK)
			return store_nonsense(s, "list", err);
		if (!a.cut)
			return IND_OK;
		if (!a.entries)
			return store_nonsense(s, "list", IND_MALFORMED);
	}
	return store_nonsense(s, "list", IND_LIMIT);
}

/* ---- getting ---- */

struct into { uint8_t *at; size_t room, used; int fd, error; uint64_t left; };

static enum ind_err into_memory(void *ctx, const void *bytes, size_t count)
{
	struct into *into = ctx;
	if (count > into->room - into->used)
		return IND_LIMIT;
	memcpy(into->at + into->used, bytes, count);
	into->used += count;
	return IND_OK;
}

static enum ind_err store_get(struct archive *archive, const char *key, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	struct store *s = (struct store *)archive;
	struct into into = { .at = bytes, .room = count };
	struct http_answer answer;
	char range[GET_BYTES];
	if (!count)
		return IND_OK;
	snprintf(range, sizeof(range), "bytes=%llu-%llu", (unsigned long long)offset, (unsigned long long)(offset + count - 1));
	enum ind_err err = store_ask(s, "GET", key, "", &(struct http_request){ .range = range, .sink = into_memory, .ctx = &into }, &answer);
	if (err != IND_OK && answer.status == 416)
		return IND_OK;
	/* The whole object in the place of a part of it would be taken for bytes from elsewhere. */
	if (err == IND_OK && answer.status != 206 && !(answer.status == 200 && offset == 0))
		return store_nonsense(s, key, IND_MALFORMED);
	*got = into.used;
	return err;
}

static enum ind_err into_file(void *ctx, const void *bytes, size_t count)
{
	struct into *into = ctx;
	if (count > into->left)
		return IND_LIMIT;
	into->left -= count;
	enum ind_err err = store_write(into->fd, bytes, count);
	into->error = err == IND_OK ? 0 : errno;
	return err;
}

static enum ind_err store_fetch(struct archive *archive, const char *key, int fd, uint64_t most)
{
	struct into into = { .fd = fd, .left = most };
	struct http_answer answer;
	enum ind_err err = store_ask((struct store *)archive, "GET", key, "", &(struct http_request){ .bulk = true, .sink = into_file, .ctx = &into }, &answer);
	return into.error ? archive_not_kept(archive, key, into.error) : err;
}

/* ---- opening ---- */

static void store_close(struct archive *archive)
{
	struct store *s = (struct store *)archive;
	http_free(s->http);
	free(s);
}

static enum ind_err stale(void *ctx, const struct uploads_entry *e)
{
	struct store *s = ctx;
	return strcmp(e->archive, s->archive.name) == 0 ? store_abort(s, e->key, e->id) : IND_USAGE;
}

void archive_give_up_uploads(struct archive *a)
{
	struct store *s = (struct store *)a;
	if (a->kind->put == store_put && s->options.uploads)
		uploads_each(s->options.uploads, stale, s);
}

static const struct archive_kind kind = { store_list, store_put, store_get, store_fetch, store_close };

enum ind_err archive_store(const struct archive_options *options, struct archive **out, char why[static ARCHIVE_WHY_BYTES])
{
	struct store *s = calloc(1, sizeof(*s));
	*out = NULL;
	why[0] = '\0';
	if (!s)
		return IND_NOMEM;
	s->archive.kind = &kind;
	s->options = *options;
	snprintf(s->archive.name, sizeof(s->archive.name), "%s, bucket %s", options->endpoint, options->bucket);
	enum ind_err err = http_new(options, &s->http, why);
	if (err == IND_OK)
		*out = &s->archive;
	else
		free(s);
	return err;
}
