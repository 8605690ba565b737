/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that anyone can derive: RFC 9001 section 5 for version 1 and the drafts before it, RFC 9369 section 3.3 for version 2. */
#include "signal/quic.h"

#include "base/hkdf.h"

enum { SAMPLE_AT = 4, NUMBER_BYTES_MAX = 4, NUMBER_BITS = 0x03, PROTECTED_BITS = 0x0f };

static const struct quic_version versions[] = {
	{ 0x00000001, 0x00000001, 0,
		{ 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a },
		"quic key", "quic iv", "quic hp",
		{ 0xbe, 0x0c, 0x69, 0x0b, 0x9f, 0x66, 0x57, 0x5a, 0x1d, 0x76, 0x6b, 0x54, 0xe3, 0x68, 0xc8, 0x4e },
		{ 0x46, 0x15, 0x99, 0xd3, 0x5d, 0x63, 0x2b, 0xf2, 0x23, 0x98, 0x25, 0xbb } },
	{ 0x6b3343cf, 0x6b3343cf, 1,
		{ 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
		"quicv2 key", "quicv2 iv", "quicv2 hp",
		{ 0x8f, 0xb4, 0xb0, 0x1b, 0x56, 0xac, 0x48, 0xe2, 0x60, 0xfb, 0xcb, 0xce, 0xad, 0x7c, 0xcc, 0x92 },
		{ 0xd8, 0x69, 0x69, 0xbc, 0x2d, 0x7c, 0x6d, 0x99, 0x90, 0xef, 0xb0, 0x4a } },
	/* Drafts 29 to 32. */
	{ 0xff00001d, 0xff000020, 0,
		{ 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99 },
		"quic key", "quic iv", "quic hp",
		{ 0xcc, 0xce, 0x18, 0x7e, 0xd0, 0x9a, 0x09, 0xd0, 0x57, 0x28, 0x15, 0x5a, 0x6c, 0xb9, 0x6b, 0xe1 },
		{ 0xe5, 0x49, 0x30, 0xf9, 0x7f, 0x21, 0x36, 0xf0, 0x53, 0x0a, 0x8c, 0x1c } },
};

const struct quic_version *quic_version_of(uint32_t number)
{
	enum { VERSION_1 = 1 };
	static const uint32_t draft_33 = 0xff000021, draft_34 = 0xff000022;

	/* These had the keys of version 1 already. */
	if (number == draft_33 || number == draft_34)
		number = VERSION_1;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
		if (number >= versions[i].first && number <= versions[i].last)
			return &versions[i];
	return NULL;
}

void quic_keys_derive(struct quic_keys *keys, const struct quic_version *version, struct cursor first, enum ind_side side)
{
	struct hkdf_key key;
	uint8_t secret[HASH_SHA256_BYTES];
	hkdf_key_set(&key, version->salt, sizeof version->salt);
	hkdf_extract(&key, first.p, cursor_left(&first), secret);
	hkdf_key_set(&key, secret, sizeof secret);
	hkdf_expand_label(&key, side == IND_CLIENT ? "client in" : "server in", secret, sizeof secret);
	hkdf_key_set(&key, secret, sizeof secret);
	hkdf_expand_label(&key, version->key, keys->key, sizeof keys->key);
	hkdf_expand_label(&key, version->iv, keys->iv, sizeof keys->iv);
	hkdf_expand_label(&key, version->hp, keys->hp, sizeof keys->hp);
}

/* RFC 9000 appendix A.3: of all numbers that end in these bits the one nearest to what is expected. */
static uint64_t number_full(uint64_t expected, uint64_t low, unsigned bytes)
{
	uint64_t window = (uint64_t)1 << 8 * bytes, half = window / 2;
	uint64_t number = (expected & ~(window - 1)) | low;
	if (number + half <= expected)
		return number + window;
	return number > expected + half && number >= window ? number - window : number;
}

bool quic_packet_open(
	struct aead *aead, const struct quic_keys *keys, const struct quic_packet *p, uint64_t *expected, struct quic_plain *plain)
{
	uint8_t mask[AEAD_BLOCK_BYTES], nonce[AEAD_NONCE_BYTES], number[NUMBER_BYTES_MAX];
	size_t count = cursor_left(&p->rest);
	if (count < SAMPLE_AT + AEAD_BLOCK_BYTES || count > sizeof plain->bytes || !aead_block(keys->hp, p->rest.p + SAMPLE_AT, mask))
		return false;
	uint8_t first = p->start[0] ^ (mask[0] & PROTECTED_BITS);
	unsigned number_bytes = (first & NUMBER_BITS) + 1u;
	uint64_t low = 0;
	for (unsigned i = 0; i < number_bytes; i++) {
		number[i] = p->rest.p[i] ^ mask[1 + i];
		low = low << 8 | number[i];
	}
	uint64_t full = number_full(*expected, low, number_bytes);
	memcpy(nonce, keys->iv, sizeof nonce);
	for (unsigned i = 0; i < 8; i++)
		nonce[AEAD_NONCE_BYTES - 1 - i] ^= (uint8_t)(full >> 8 * i);
	const struct hash_part header[] = { { &first, 1 }, { p->start + 1, (size_t)(p->rest.p - p->start) - 1 }, { number, number_bytes } };
	if (!aead_open(
		    aead, (struct aead_keys) { keys->key, nonce }, header, 3, p->rest.p + number_bytes, count - number_bytes, plain->bytes))
		return false;
	plain->number = full;
	plain->count = count - number_bytes - AEAD_TAG_BYTES;
	*expected = full >= *expected ? full + 1 : *expected;
	return true;
}

bool quic_retry_fits(struct aead *aead, const struct quic_packet *p, struct cursor first)
{
	uint8_t length = (uint8_t)cursor_left(&first), nothing[1];
	const struct hash_part pseudo[] = { { &length, 1 }, { first.p, length }, { p->start, (size_t)(p->rest.p - p->start) } };
	struct aead_keys keys = { p->known->retry_key, p->known->retry_nonce };
	return aead_open(aead, keys, pseudo, 3, p->rest.p, cursor_left(&p->rest), nothing);
}
