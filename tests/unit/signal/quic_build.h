/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_QUIC_BUILD_H
#define UNIT_SIGNAL_QUIC_BUILD_H

#include "seen.h"
#include "signal/quic.h"

#include <openssl/evp.h>

/* Protects packets as a QUIC endpoint does (RFC 9001 section 5), so that tests can say what stands in them. */

enum { V1 = 0x00000001, V2 = 0x6b3343cf, DRAFT_29 = 0xff00001d };

static inline void hex(struct wire *w, const char *digits)
{
	for (unsigned high = 0, low = 0; digits[0] && digits[1]; digits += 2) {
		ck_assert_int_eq(sscanf(digits, "%1x%1x", &high, &low), 2);
		put_be(w, 1, high << 4 | low);
	}
}

static inline struct cursor bytes_of(const struct wire *w) { return cursor_of(w->bytes, w->count); }

/* A number in two bytes, or in eight. */
static inline void put_number(struct wire *w, uint64_t value)
{
	if (value < 0x4000)
		put_be(w, 2, 0x4000 | value);
	else
		put_be(w, 8, UINT64_C(0xc000000000000000) | value);
}

static inline void put_crypto(struct wire *w, uint64_t offset, const void *bytes, size_t count)
{
	put_be(w, 1, 0x06);
	put_number(w, offset);
	put_number(w, count);
	put(w, bytes, count);
}

struct shape {
	uint32_t version;
	enum ind_side side;
	const char *first, *to, *from, *token; /* hex; keys come from `first` */
	uint64_t number;
	unsigned number_bytes;
};

static inline uint8_t first_byte(uint32_t version, enum quic_type type, unsigned low)
{
	const struct quic_version *v = quic_version_of(version);
	return (uint8_t)(0xc0 | ((unsigned)type + v->type_of_initial) % 4 << 4 | low);
}

static inline void put_id(struct wire *w, const char *digits)
{
	put_be(w, 1, strlen(digits) / 2);
	hex(w, digits);
}

static inline void seal(struct wire *out, size_t header_at, size_t number_at, const struct shape *s, const struct wire *frames)
{
	static struct wire first;
	struct quic_keys keys;
	uint8_t nonce[AEAD_NONCE_BYTES], mask[32];
	int count = 0;
	first.count = 0;
	hex(&first, s->first);
	quic_keys_derive(&keys, quic_version_of(s->version), bytes_of(&first), s->side);
	memcpy(nonce, keys.iv, sizeof nonce);
	for (unsigned i = 0; i < 8; i++)
		nonce[11 - i] ^= (uint8_t)(s->number >> 8 * i);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	ck_assert_int_eq(EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, keys.key, nonce), 1);
	EVP_EncryptUpdate(c, NULL, &count, out->bytes + header_at, (int)(out->count - header_at));
	EVP_EncryptUpdate(c, out->bytes + out->count, &count, frames->bytes, (int)frames->count);
	out->count += (size_t)count;
	EVP_EncryptFinal_ex(c, out->bytes + out->count, &count);
	EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_BYTES, out->bytes + out->count);
	out->count += AEAD_TAG_BYTES;
	ck_assert_int_eq(EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, keys.hp, NULL), 1);
	EVP_EncryptUpdate(c, mask, &count, out->bytes + number_at + 4, AEAD_BLOCK_BYTES);
	EVP_CIPHER_CTX_free(c);
	out->bytes[header_at] ^= mask[0] & 0x0f;
	for (unsigned i = 0; i < s->number_bytes; i++)
		out->bytes[number_at + i] ^= mask[1 + i];
}

/* Adds an Initial packet to a datagram. */
static inline void put_initial(struct wire *w, const struct shape *s, const struct wire *frames)
{
	size_t start = w->count;
	put_be(w, 1, first_byte(s->version, QUIC_INITIAL, s->number_bytes - 1));
	put_be(w, 4, s->version);
	put_id(w, s->to);
	put_id(w, s->from);
	put_be(w, 1, s->token ? strlen(s->token) / 2 : 0);
	hex(w, s->token ? s->token : "");
	put_number(w, s->number_bytes + frames->count + AEAD_TAG_BYTES);
	size_t number_at = w->count;
	put_be(w, s->number_bytes, s->number & ((UINT64_C(1) << 8 * s->number_bytes) - 1));
	seal(w, start, number_at, s, frames);
}

/* Adds a packet of another type whose content only its receiver can read. */
static inline void put_opaque(struct wire *w, uint32_t version, enum quic_type type, const char *to, const char *from, size_t count)
{
	put_be(w, 1, first_byte(version, type, 3));
	put_be(w, 4, version);
	put_id(w, to);
	put_id(w, from);
	put_number(w, count);
	put_fill(w, 0x5a, count);
}

#endif
