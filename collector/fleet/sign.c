/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/sign.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BLOCK_BYTES = 64, DAY_BYTES = 8, SCOPE_MAX = 128, HEADERS_MAX = SIGN_TOKEN_MAX + 1024 };

/* The names of the signed headers, in order. */
static const char plain_headers[] = "host;x-amz-content-sha256;x-amz-date", token_headers[] = "host;x-amz-content-sha256;x-amz-date;x-amz-security-token";

void sign_time(uint64_t seconds, char text[static SIGN_TIME_BYTES])
{
	time_t t = (time_t)seconds;
	struct tm tm;
	text[0] = '\0';
	if (gmtime_r(&t, &tm) && strftime(text, SIGN_TIME_BYTES, "%Y%m%dT%H%M%SZ", &tm) == 0)
		text[0] = '\0';
}

void sign_hmac(const void *key, size_t key_bytes, const void *text, size_t bytes, uint8_t mac[static HASH_SHA256_BYTES])
{
	uint8_t block[BLOCK_BYTES] = { 0 }, inner[BLOCK_BYTES], outer[BLOCK_BYTES], digest[HASH_SHA256_BYTES];
	if (key_bytes > BLOCK_BYTES)
		hash_sha256(key, key_bytes, block);
	else
		memcpy(block, key, key_bytes);
	for (size_t i = 0; i < BLOCK_BYTES; i++) {
		inner[i] = block[i] ^ 0x36;
		outer[i] = block[i] ^ 0x5c;
	}
	hash_sha256_parts((const struct hash_part[]){ { inner, sizeof(inner) }, { text, bytes } }, 2, digest);
	hash_sha256_parts((const struct hash_part[]){ { outer, sizeof(outer) }, { digest, sizeof(digest) } }, 2, mac);
}

bool sign_encode(const char *text, bool slashes, char *encoded, size_t size)
{
	static const char digits[] = "0123456789ABCDEF", unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	size_t used = 0;
	for (; *text; text++) {
		if (used + 4 > size)
			return false;
		if (strchr(unreserved, *text) || (*text == '/' && !slashes)) {
			encoded[used++] = *text;
			continue;
		}
		encoded[used++] = '%';
		encoded[used++] = digits[(uint8_t)*text >> 4];
		encoded[used++] = digits[(uint8_t)*text & 15];
	}
	if (used >= size)
		return false;
	encoded[used] = '\0';
	return true;
}

/* Task 1 of the specification: the digest of the canonical request. */
static void request_digest(const struct sign_request *r, const struct sign_keys *keys, char hex[static 2 * HASH_SHA256_BYTES + 1])
{
	struct hash_sha256_state s;
	uint8_t digest[HASH_SHA256_BYTES];
	const char *const pieces[] = {
		r->method, "\n", r->path, "\n", r->query, "\nhost:", r->host, "\nx-amz-content-sha256:", r->payload_sha256, "\nx-amz-date:", r->time, "\n",
		*keys->token ? "x-amz-security-token:" : "", keys->token, *keys->token ? "\n" : "", "\n", *keys->token ? token_headers : plain_headers, "\n",
		r->payload_sha256,
	};
	hash_sha256_start(&s);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		hash_sha256_add(&s, pieces[i], strlen(pieces[i]));
	hash_sha256_end(&s, digest);
	hash_hex(digest, sizeof(digest), hex);
}

/* Task 3: the key of this day, region and service. */
static bool signing_key(const struct sign_request *r, const struct sign_keys *keys, uint8_t key[static HASH_SHA256_BYTES])
{
	char first[SIGN_KEY_MAX + 8];
	if (snprintf(first, sizeof(first), "AWS4%s", keys->secret) >= (int)sizeof(first))
		return false;
	sign_hmac(first, strlen(first), r->time, DAY_BYTES, key);
	sign_hmac(key, HASH_SHA256_BYTES, r->region, strlen(r->region), key);
	sign_hmac(key, HASH_SHA256_BYTES, "s3", 2, key);
	sign_hmac(key, HASH_SHA256_BYTES, "aws4_request", 12, key);
	return true;
}

enum ind_err sign_authorization(const struct sign_request *r, const struct sign_keys *keys, char text[static SIGN_AUTHORIZATION_MAX])
{
	char scope[SCOPE_MAX], to_sign[SCOPE_MAX + 128], hex[2 * HASH_SHA256_BYTES + 1];
	uint8_t key[HASH_SHA256_BYTES], mac[HASH_SHA256_BYTES];
	if (snprintf(scope, sizeof(scope), "%.8s/%s/s3/aws4_request", r->time, r->region) >= (int)sizeof(scope) || !signing_key(r, keys, key))
		return IND_LIMIT;
	request_digest(r, keys, hex);
	snprintf(to_sign, sizeof(to_sign), "AWS4-HMAC-SHA256\n%s\n%s\n%s", r->time, scope, hex);
	sign_hmac(key, sizeof(key), to_sign, strlen(to_sign), mac);
	hash_hex(mac, sizeof(mac), hex);
	int bytes = snprintf(text, SIGN_AUTHORIZATION_MAX, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", keys->access, scope,
		*keys->token ? token_headers : plain_headers, hex);
	return bytes < SIGN_AUTHORIZATION_MAX ? IND_OK : IND_LIMIT;
}
