/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4648 section 4. */
#include "signal/ntlm.h"

enum { QUAD_CHARS = 4, QUAD_BYTES = 3, TOKEN_MAX_BYTES = IND_EXHIBIT_MAX_BYTES / QUAD_CHARS * QUAD_BYTES, PAD = 64, OTHER = 65 };

/* A token that was taken out of base64. */
struct decoded {
	size_t chars; /* whole quads that were read */
	size_t bytes;
	bool cut; /* the text ends inside a quad, or is longer than what is read */
	uint8_t token[TOKEN_MAX_BYTES];
};

static unsigned value_of(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26U;
	if (c >= '0' && c <= '9')
		return c - '0' + 52U;
	return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? PAD : OTHER;
}

/* How many bytes a quad holds, 0 if it is none. */
static unsigned quad_read(const uint8_t text[static QUAD_CHARS], uint8_t out[static QUAD_BYTES])
{
	unsigned v[QUAD_CHARS], bytes = QUAD_BYTES;
	for (int i = 0; i < QUAD_CHARS; i++)
		v[i] = value_of(text[i]);
	if (v[3] == PAD)
		bytes = v[2] == PAD ? 1 : 2;
	for (unsigned i = 0; i <= bytes; i++)
		if (v[i] >= PAD)
			return 0;
	for (unsigned i = bytes + 1; i < QUAD_CHARS; i++)
		v[i] = 0;
	out[0] = (uint8_t)(v[0] << 2 | v[1] >> 4);
	out[1] = (uint8_t)(v[1] << 4 | v[2] >> 2);
	out[2] = (uint8_t)(v[2] << 6 | v[3]);
	return bytes;
}

static void quad_write(const uint8_t in[static QUAD_BYTES], unsigned bytes, uint8_t text[static QUAD_CHARS])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t second = bytes > 1 ? in[1] : 0, third = bytes > 2 ? in[2] : 0;
	text[0] = (uint8_t)alphabet[in[0] >> 2];
	text[1] = (uint8_t)alphabet[(in[0] & 3) << 4 | second >> 4];
	text[2] = bytes > 1 ? (uint8_t)alphabet[(second & 15) << 2 | third >> 6] : '=';
	text[3] = bytes > 2 ? (uint8_t)alphabet[third & 63] : '=';
}

static void base64_read(const uint8_t *text, size_t count, struct decoded *d)
{
	uint8_t piece[QUAD_BYTES];
	d->chars = d->bytes = 0;
	d->cut = false;
	while (count - d->chars >= QUAD_CHARS && d->bytes + QUAD_BYTES <= sizeof(d->token)) {
		unsigned bytes = quad_read(text + d->chars, piece);
		if (bytes == 0)
			return;
		memcpy(d->token + d->bytes, piece, bytes);
		d->chars += QUAD_CHARS;
		d->bytes += bytes;
		if (bytes < QUAD_BYTES)
			return;
	}
	d->cut = d->chars < count && value_of(text[d->chars]) < PAD;
}

bool ntlm_base64_put(struct signal_ctx *ctx, const uint8_t *text, size_t count)
{
	struct decoded d;
	base64_read(text, count, &d);
	return ntlm_token_put(ctx, cursor_of(d.token, d.bytes), d.cut);
}

bool ntlm_base64_hide(uint8_t *text, size_t count)
{
	struct decoded d;
	base64_read(text, count, &d);
	bool found = ntlm_token_hide(d.token, d.bytes);
	size_t kept = found ? d.chars : 0;
	for (size_t quad = 0; quad < kept / QUAD_CHARS; quad++) {
		size_t left = d.bytes - quad * QUAD_BYTES;
		quad_write(d.token + quad * QUAD_BYTES, left < QUAD_BYTES ? (unsigned)left : QUAD_BYTES, text + quad * QUAD_CHARS);
	}
	if (kept < count)
		memset(text + kept, 'x', count - kept);
	return found;
}
