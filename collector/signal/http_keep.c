/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/http.h"
#include "signal/ntlm.h"

/* What of a head may be kept. Overwritten, length kept: credentials and cookies (RFC 9110 section 11, RFC 6265), user information and
 * queries of references (RFC 3986 sections 3.2.1 and 3.4), lines that are no field. None of them is read for a signal, but for a logon token:
 * in it only what proves and opens something is overwritten. */

enum secret { SECRET_ALL, SECRET_REFERENCE, SECRET_CREDENTIAL, SECRET_CHALLENGE };

struct secret_field { const char *lower; size_t bytes; enum secret secret; };

static const struct secret_field secret_fields[] = {
	{ "cookie", 6, SECRET_ALL }, { "set-cookie", 10, SECRET_ALL },
	{ "authorization", 13, SECRET_CREDENTIAL }, { "proxy-authorization", 19, SECRET_CREDENTIAL },
	{ "www-authenticate", 16, SECRET_CHALLENGE }, { "proxy-authenticate", 18, SECRET_CHALLENGE },
	{ "referer", 7, SECRET_REFERENCE }, { "location", 8, SECRET_REFERENCE }, { "content-location", 16, SECRET_REFERENCE },
};

/* Line ends and what begins a continuation line stay, so that the head falls into the same fields again. */
static bool hide(uint8_t *at, const uint8_t *end)
{
	bool hidden = false, line_start = false;
	for (; at < end; at++) {
		bool stays = *at == '\r' || *at == '\n' || (line_start && (*at == ' ' || *at == '\t'));
		line_start = *at == '\n';
		if (stays)
			continue;
		*at = 'x';
		hidden = true;
	}
	return hidden;
}

static bool hide_reference(uint8_t *at, uint8_t *end)
{
	bool hidden = false;
	uint8_t *query = at < end ? memchr(at, '?', (size_t)(end - at)) : NULL;
	if (query)
		hidden = hide(query + 1, end);
	uint8_t *stop = query ? query : end;
	for (uint8_t *p = at; p + 2 < stop; p++) {
		if (p[0] != '/' || p[1] != '/')
			continue;
		uint8_t *slash = memchr(p + 2, '/', (size_t)(stop - (p + 2)));
		uint8_t *authority_end = slash ? slash : stop;
		for (uint8_t *sign = authority_end; --sign >= p + 2;)
			if (*sign == '@')
				return hide(p + 2, sign) || hidden;
		break;
	}
	return hidden;
}

/* The target is what stands between the method and the last space, behind which the version is. */
static bool hide_target(uint8_t *at, uint8_t *end)
{
	if (end - at >= 7 && memcmp(at, "HTTP/1.", 7) == 0)
		return false;
	uint8_t *target = at < end ? memchr(at, ' ', (size_t)(end - at)) : NULL;
	while (end > at && end[-1] == ' ')
		end--;
	while (end > at && end[-1] != ' ')
		end--;
	return target && target < end && hide_reference(target + 1, end - 1);
}

/* Of a credential that holds no logon token nothing stays; a challenge without one is no secret. */
static bool hide_logon(const struct http_field *field, uint8_t *value, bool is_challenge)
{
	size_t at = field->folded ? 0 : http_logon_at(field->value, field->value_bytes);
	if (at && (ntlm_base64_hide(value + at, field->value_bytes - at) || is_challenge))
		return true;
	return !is_challenge && hide(value, value + field->value_bytes);
}

static bool hide_field(const struct http_field *field, uint8_t *value)
{
	if (field->name_bytes == 0)
		return hide(value, value + field->value_bytes);
	for (size_t i = 0; i < sizeof(secret_fields) / sizeof(secret_fields[0]); i++) {
		const struct secret_field *secret = &secret_fields[i];
		if (!http_field_is(field, secret->lower, secret->bytes))
			continue;
		switch (secret->secret) {
		case SECRET_ALL: return hide(value, value + field->value_bytes);
		case SECRET_REFERENCE: return hide_reference(value, value + field->value_bytes);
		case SECRET_CREDENTIAL: case SECRET_CHALLENGE: return hide_logon(field, value, secret->secret == SECRET_CHALLENGE);
		}
	}
	return false;
}

void http_head_keep(struct signal_ctx *ctx, struct cursor block, enum ind_side side)
{
	uint8_t kept[IND_EXHIBIT_MAX_BYTES];
	if (!ctx->sink->wants_exhibits)
		return;
	size_t bytes = cursor_left(&block) < sizeof(kept) ? cursor_left(&block) : sizeof(kept);
	memcpy(kept, block.p, bytes);
	struct cursor rest = cursor_of(kept, bytes), line;
	struct http_field field;
	bool masked = http_line(&rest, &line) && hide_target(kept, kept + cursor_left(&line));
	while (http_field_next(&rest, &field))
		masked |= hide_field(&field, kept + (field.value - kept));
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, side, kept, bytes, masked);
}
