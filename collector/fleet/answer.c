/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/answer.h"
#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 8, VALUE_MAX = 4096, PIECE_BYTES = 65536 };

enum element { OTHER, LIST, CONTENTS, KEY, SIZE, ETAG, IS_CUT, TOKEN, ERROR, CODE, MESSAGE, UPLOAD, UPLOAD_ID, COMPLETED };

static const struct { const char *name; enum element element; } names[] = {
	{ "ListBucketResult", LIST }, { "Contents", CONTENTS }, { "Key", KEY }, { "Size", SIZE }, { "ETag", ETAG }, { "IsTruncated", IS_CUT },
	{ "NextContinuationToken", TOKEN }, { "Error", ERROR }, { "Code", CODE }, { "Message", MESSAGE }, { "InitiateMultipartUploadResult", UPLOAD },
	{ "UploadId", UPLOAD_ID }, { "CompleteMultipartUploadResult", COMPLETED },
};

struct reading {
	XML_Parser parser;
	struct answer *answer;
	archive_see *see;
	void *ctx;
	enum ind_err err;
	unsigned depth;
	enum element path[DEPTH_MAX];
	char value[VALUE_MAX];
	size_t value_bytes;
	bool has_size, has_key, has_etag, known;
	char key[ARCHIVE_KEY_MAX + 1], etag[ARCHIVE_ETAG_MAX];
	uint64_t size;
};

static void stop(struct reading *r, enum ind_err err)
{
	if (r->err == IND_OK)
		r->err = err;
	XML_StopParser(r->parser, XML_FALSE);
}

/* Stores put their elements into one namespace or none: the name behind the last ':' of a prefix counts. */
static enum element element_of(const char *name)
{
	const char *colon = strrchr(name, ':');
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, colon ? colon + 1 : name) == 0)
			return names[i].element;
	return OTHER;
}

static void XMLCALL begin(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = ctx;
	(void)attributes;
	if (r->depth == DEPTH_MAX) {
		stop(r, IND_MALFORMED);
		return;
	}
	enum element e = element_of(name);
	r->path[r->depth++] = e;
	r->value_bytes = 0;
	if (r->depth == 1) {
		r->known = e == LIST || e == ERROR || e == UPLOAD || e == COMPLETED;
		r->answer->is_error = e == ERROR;
	}
	if (e == CONTENTS)
		r->has_size = r->has_key = r->has_etag = false;
}

static void XMLCALL text(void *ctx, const XML_Char *at, int bytes)
{
	struct reading *r = ctx;
	if (bytes < 0 || (size_t)bytes >= sizeof(r->value) - r->value_bytes) {
		stop(r, IND_MALFORMED);
		return;
	}
	memcpy(r->value + r->value_bytes, at, (size_t)bytes);
	r->value_bytes += (size_t)bytes;
}

static bool copy(const struct reading *r, char *to, size_t size)
{
	if (r->value_bytes >= size)
		return false;
	memcpy(to, r->value, r->value_bytes);
	to[r->value_bytes] = '\0';
	return true;
}

/* What is too long to be shown is cut: it is for people. */
static void copy_cut(const struct reading *r, char *to, size_t size)
{
	size_t bytes = r->value_bytes < size - 1 ? r->value_bytes : size - 1;
	memcpy(to, r->value, bytes);
	to[bytes] = '\0';
}

static bool number(const struct reading *r, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < r->value_bytes; i++) {
		unsigned digit = (unsigned)(r->value[i] - '0');
		if (digit > 9 || *n > ((uint64_t)INT64_MAX - digit) / 10)
			return false;
		*n = *n * 10 + digit;
	}
	return r->value_bytes > 0;
}

/* An entry that lacks something says nothing that could be relied on. */
static void entry_end(struct reading *r)
{
	if (!r->has_key || !r->has_size || !r->has_etag) {
		stop(r, IND_MALFORMED);
		return;
	}
	r->answer->entries++;
	struct archive_entry entry = { r->key, r->size, r->etag };
	enum ind_err err = r->see ? r->see(r->ctx, &entry) : IND_OK;
	if (err != IND_OK)
		stop(r, err);
}

/* The end of an element inside <Contents>, as `inside` says, or right below the root. */
static bool value_end(struct reading *r, enum element root, enum element parent, enum element e)
{
	if (root == LIST && parent == CONTENTS) {
		switch (e) {
		case KEY: return r->has_key = copy(r, r->key, sizeof(r->key)), r->has_key;
		case SIZE: return r->has_size = number(r, &r->size), r->has_size;
		case ETAG: return r->has_etag = copy(r, r->etag, sizeof(r->etag)), r->has_etag;
		default: return true;
		}
	}
	if (r->depth != 2)
		return true;
	if (root == LIST && e == IS_CUT)
		r->answer->cut = r->value_bytes == 4 && memcmp(r->value, "true", 4) == 0;
	else if (root == LIST && e == TOKEN)
		return copy(r, r->answer->token, sizeof(r->answer->token));
	else if (root == UPLOAD && e == UPLOAD_ID)
		return copy(r, r->answer->upload, sizeof(r->answer->upload));
	else if (root == COMPLETED && e == ETAG)
		return copy(r, r->answer->etag, sizeof(r->answer->etag));
	else if (root == ERROR && e == CODE)
		copy_cut(r, r->answer->code, sizeof(r->answer->code));
	else if (root == ERROR && e == MESSAGE)
		copy_cut(r, r->answer->text, sizeof(r->answer->text));
	return true;
}

static void XMLCALL end(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;
	(void)name;
	enum element e = r->path[r->depth - 1], parent = r->depth > 1 ? r->path[r->depth - 2] : OTHER;
	if (memchr(r->value, '\0', r->value_bytes) || !value_end(r, r->path[0], parent, e))
		stop(r, IND_MALFORMED);
	r->depth--;
	r->value_bytes = 0;
	if (e == CONTENTS && r->depth == 1 && r->path[0] == LIST && r->err == IND_OK)
		entry_end(r);
}

/* No answer of a store has a document type; entities come with one. */
static void XMLCALL doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(ctx, IND_MALFORMED);
}

static enum ind_err parse(struct reading *r, const char *xml, size_t bytes)
{
	for (size_t at = 0; at < bytes && r->err == IND_OK; at += PIECE_BYTES) {
		size_t piece = bytes - at < PIECE_BYTES ? bytes - at : PIECE_BYTES;
		if (XML_Parse(r->parser, xml + at, (int)piece, at + piece == bytes) != XML_STATUS_OK && r->err == IND_OK)
			r->err = XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY ? IND_NOMEM : IND_MALFORMED;
	}
	if (r->err == IND_OK && (!r->known || (r->answer->cut && !*r->answer->token)))
		r->err = IND_MALFORMED;
	return r->err;
}

enum ind_err answer_read(const char *xml, size_t bytes, archive_see *see, void *ctx, struct answer *answer)
{
	struct reading *r = calloc(1, sizeof(*r));
	*answer = (struct answer){ 0 };
	if (!bytes || bytes > ANSWER_BYTES_MAX) {
		free(r);
		return IND_MALFORMED;
	}
	if (r)
		r->parser = XML_ParserCreate(NULL);
	if (!r || !r->parser) {
		free(r);
		return IND_NOMEM;
	}
	r->answer = answer;
	r->see = see;
	r->ctx = ctx;
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, begin, end);
	XML_SetCharacterDataHandler(r->parser, text);
	XML_SetStartDoctypeDeclHandler(r->parser, doctype);
	enum ind_err err = parse(r, xml, bytes);
	XML_ParserFree(r->parser);
	free(r);
	return err;
}
