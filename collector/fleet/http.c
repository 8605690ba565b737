/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/http.h"
#include "bundle/base64.h"
#include "fleet/answer.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { ANSWER_S = 300, CONNECT_S = 20, STALL_BYTES_S = 16, HEADER_MAX = SIGN_TOKEN_MAX + 64, ERROR_STATUS = 300 };

struct http {
	CURL *curl;
	struct archive_options options;
	char scheme[8], host[HTTP_HOST_MAX], base[256];
	char error[CURL_ERROR_SIZE];
	/* of the request at hand */
	const struct http_request *request;
	struct http_answer *answer;
	size_t sent, room;
	enum ind_err err;
	char *text;
};

/* ---- where the store is ---- */

static enum ind_err usage(char *why, const char *endpoint, const char *what)
{
	snprintf(why, ARCHIVE_WHY_BYTES, "%s: %s; an endpoint is https://HOST or https://HOST:PORT", endpoint, what);
	return IND_USAGE;
}

static bool bucket_ok(const char *bucket)
{
	size_t bytes = strlen(bucket);
	return bytes >= 3 && bytes <= 63 && strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789.-") == bytes && bucket[0] != '.' && bucket[0] != '-';
}

/* Takes what is needed of a parsed address, and refuses what would be left out silently. */
static const char *parts_take(struct http *h, CURLU *url)
{
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, *user = NULL, *query = NULL;
	const char *wrong = NULL;
	curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
	curl_url_get(url, CURLUPART_HOST, &host, 0);
	curl_url_get(url, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
	curl_url_get(url, CURLUPART_PATH, &path, 0);
	if (!scheme || !host || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
		wrong = "is neither https nor http";
	else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK || curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_OK || (path && strcmp(path, "/") != 0))
		wrong = "says more than a host and a port";
	else if (snprintf(h->host, sizeof(h->host), "%s%s%s%s%s", h->options.virtual_host ? h->options.bucket : "", h->options.virtual_host ? "." : "", host, port ? ":" : "",
			 port ? port : "") >= (int)sizeof(h->host))
		wrong = "is too long";
	else
		snprintf(h->scheme, sizeof(h->scheme), "%s", scheme);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_free(user);
	curl_free(query);
	return wrong;
}

static enum ind_err place(struct http *h, char *why)
{
	CURLU *url = curl_url();
	if (!url)
		return IND_NOMEM;
	const char *wrong = curl_url_set(url, CURLUPART_URL, h->options.endpoint, 0) == CURLUE_OK ? parts_take(h, url) : "is no address";
	curl_url_cleanup(url);
	if (wrong)
		return usage(why, h->options.endpoint, wrong);
	if (!bucket_ok(h->options.bucket)) {
		snprintf(why, ARCHIVE_WHY_BYTES, "%s: is no name of a bucket: 3 to 63 of a-z, 0-9, '.' and '-'", h->options.bucket);
		return IND_USAGE;
	}
	snprintf(h->base, sizeof(h->base), h->options.virtual_host ? "/" : "/%s/", h->options.bucket);
	return IND_OK;
}

/* ---- a transfer ---- */

static size_t on_read(char *to, size_t size, size_t count, void *ctx)
{
	struct http *h = ctx;
	size_t left = h->request->body_bytes - h->sent, room = size * count, bytes = left < room ? left : room;
	memcpy(to, (const char *)h->request->body + h->sent, bytes);
	h->sent += bytes;
	return bytes;
}

/* libcurl begins again where a connection that it had kept was closed by the other side. */
static int on_seek(void *ctx, curl_off_t offset, int origin)
{
	struct http *h = ctx;
	if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > h->request->body_bytes)
		return CURL_SEEKFUNC_CANTSEEK;
	h->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static enum ind_err keep(struct http *h, const void *bytes, size_t count)
{
	size_t used = h->answer->bytes;
	if (count > ANSWER_BYTES_MAX - used)
		return IND_LIMIT;
	if (used + count + 1 > h->room) {
		size_t room = (used + count + 1) * 2;
		char *text = realloc(h->text, room);
		if (!text)
			return IND_NOMEM;
		h->text = text;
		h->room = room;
	}
	memcpy(h->text + used, bytes, count);
	h->answer->bytes = used + count;
	h->text[used + count] = '\0';
	h->answer->text = h->text;
	return IND_OK;
}

static size_t on_write(char *bytes, size_t size, size_t count, void *ctx)
{
	struct http *h = ctx;
	long status = 0;
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	h->err = h->request->sink && status < ERROR_STATUS ? h->request->sink(h->request->ctx, bytes, size * count) : keep(h, bytes, size * count);
	return h->err == IND_OK ? size * count : 0;
}

static void header_take(const char *line, size_t bytes, const char *name, char *to, size_t size)
{
	size_t at = strlen(name);
	if (bytes < at || strncasecmp(line, name, at) != 0)
		return;
	while (at < bytes && line[at] == ' ')
		at++;
	while (bytes > at && (line[bytes - 1] == '\r' || line[bytes - 1] == '\n' || line[bytes - 1] == ' '))
		bytes--;
	if (bytes - at < size)
		snprintf(to, size, "%.*s", (int)(bytes - at), line + at);
}

static size_t on_header(char *line, size_t size, size_t count, void *ctx)
{
	struct http *h = ctx;
	header_take(line, size * count, "ETag:", h->answer->etag, sizeof(h->answer->etag));
	header_take(line, size * count, "Date:", h->answer->date, sizeof(h->answer->date));
	return size * count;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct http *h = ctx;
	(void)a, (void)b, (void)c, (void)d;
	return h->options.stop && atomic_load(h->options.stop);
}

/* What holds for every request. */
static void set_up(struct http *h)
{
	CURL *c = h->curl;
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (h->options.ca) {
		curl_easy_setopt(c, CURLOPT_CAINFO, h->options.ca);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, h->options.timeout_s < CONNECT_S ? (long)h->options.timeout_s : (long)CONNECT_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)h->options.timeout_s);
	curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, 1L << 20);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 256L << 10);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(c, CURLOPT_READDATA, h);
	curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(c, CURLOPT_SEEKDATA, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
}

static void set_method(struct http *h, const struct http_request *r)
{
	bool sends = strcmp(r->method, "PUT") == 0 || strcmp(r->method, "POST") == 0;
	curl_off_t limit = r->bulk ? (curl_off_t)h->options.limit_bytes_s : 0;
	curl_easy_setopt(h->curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(h->curl, CURLOPT_UPLOAD, sends ? 1L : 0L);
	curl_easy_setopt(h->curl, CURLOPT_INFILESIZE_LARGE, sends ? (curl_off_t)r->body_bytes : (curl_off_t)-1);
	curl_easy_setopt(h->curl, CURLOPT_CUSTOMREQUEST, r->method);
	curl_easy_setopt(h->curl, CURLOPT_MAX_SEND_SPEED_LARGE, limit);
	curl_easy_setopt(h->curl, CURLOPT_MAX_RECV_SPEED_LARGE, limit);
	curl_easy_setopt(h->curl, CURLOPT_TIMEOUT, r->bulk ? 0L : (long)ANSWER_S);
}

static bool header_add(struct curl_slist **list, const char *name, const char *value)
{
	char line[HEADER_MAX];
	if (snprintf(line, sizeof(line), "%s: %s", name, value) >= (int)sizeof(line))
		return false;
	struct curl_slist *longer = curl_slist_append(*list, line);
	if (longer)
		*list = longer;
	return longer != NULL;
}

static bool md5_add(struct curl_slist **list, const uint8_t *md5)
{
	char text[2 * HASH_MD5_BYTES];
	if (!md5)
		return true;
	*base64_put(md5, HASH_MD5_BYTES, text) = '\0';
	return header_add(list, "Content-MD5", text);
}

static enum ind_err headers_make(const struct http *h, const struct http_request *r, struct curl_slist **list)
{
	char time_text[SIGN_TIME_BYTES], hex[2 * HASH_SHA256_BYTES + 1], authorization[SIGN_AUTHORIZATION_MAX];
	uint8_t digest[HASH_SHA256_BYTES];
	if (!r->sha256)
		hash_sha256(r->body, r->body_bytes, digest);
	hash_hex(r->sha256 ? r->sha256 : digest, sizeof(digest), hex);
	sign_time((uint64_t)time(NULL), time_text);
	const struct sign_request request = { r->method, h->host, r->path, r->query, hex, time_text, h->options.region };
	enum ind_err err = sign_authorization(&request, h->options.keys, authorization);
	if (err != IND_OK)
		return err;
	bool ok = header_add(list, "Host", h->host) && header_add(list, "x-amz-content-sha256", hex) && header_add(list, "x-amz-date", time_text) &&
		  header_add(list, "Authorization", authorization) && (!*h->options.keys->token || header_add(list, "x-amz-security-token", h->options.keys->token)) &&
		  (!r->range || header_add(list, "Range", r->range)) && md5_add(list, r->md5);
	/* Not asked before a body is sent, and no type of content that would have to be signed. */
	for (size_t i = 0; i < 2 && ok; i++) {
		struct curl_slist *longer = curl_slist_append(*list, i ? "Content-Type:" : "Expect:");
		ok = longer != NULL;
		if (ok)
			*list = longer;
	}
	return ok ? IND_OK : IND_NOMEM;
}

/* ---- what became of it ---- */

static enum ind_err failed(const struct http *h, CURLcode code, char *why, bool *again)
{
	const char *what = *h->error ? h->error : curl_easy_strerror(code);
	*again = true;
	switch (code) {
	case CURLE_ABORTED_BY_CALLBACK:
		snprintf(why, ARCHIVE_WHY_BYTES, "stopped");
		return IND_END;
	case CURLE_WRITE_ERROR:
		snprintf(why, ARCHIVE_WHY_BYTES, "%s: %s", h->host, h->err == IND_LIMIT ? "answers with more than was asked for" : ind_strerror(h->err));
		return h->err ? h->err : IND_IO;
	case CURLE_OUT_OF_MEMORY:
		return IND_NOMEM;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		*again = false;
		snprintf(why, ARCHIVE_WHY_BYTES, "%s: its certificate is refused (%s); nothing was sent. Renew it, or name the right authority with --ca", h->host, what);
		return IND_KEY;
	default:
		snprintf(why, ARCHIVE_WHY_BYTES, "%s: %s", h->host, what);
		return IND_IO;
	}
}

enum ind_err http_ask(struct http *h, const struct http_request *r, struct http_answer *answer, char why[static ARCHIVE_WHY_BYTES], bool *again)
{
	char url[HTTP_URL_MAX];
	struct curl_slist *headers = NULL;
	*answer = (struct http_answer){ 0 };
	*again = false;
	h->request = r;
	h->answer = answer;
	h->sent = 0;
	h->err = IND_OK;
	h->error[0] = why[0] = '\0';
	if (snprintf(url, sizeof(url), "%s://%s%s%s%s", h->scheme, h->host, r->path, *r->query ? "?" : "", r->query) >= (int)sizeof(url))
		return IND_LIMIT;
	enum ind_err err = headers_make(h, r, &headers);
	if (err == IND_OK) {
		long status = 0;
		set_method(h, r);
		curl_easy_setopt(h->curl, CURLOPT_URL, url);
		curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
		CURLcode code = curl_easy_perform(h->curl);
		curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
		answer->status = status > 0 ? (unsigned)status : 0;
		if (code != CURLE_OK)
			err = failed(h, code, why, again);
	}
	curl_slist_free_all(headers);
	return err;
}

enum ind_err http_new(const struct archive_options *options, struct http **out, char why[static ARCHIVE_WHY_BYTES])
{
	struct http *h = calloc(1, sizeof(*h));
	*out = NULL;
	why[0] = '\0';
	if (!h)
		return IND_NOMEM;
	h->options = *options;
	enum ind_err err = place(h, why);
	if (err == IND_OK && !(h->curl = curl_easy_init()))
		err = IND_NOMEM;
	if (err == IND_OK) {
		set_up(h);
		*out = h;
	} else {
		http_free(h);
	}
	return err;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	curl_easy_cleanup(h->curl);
	free(h->text);
	free(h);
}

const char *http_base(const struct http *h) { return h->base; }
