/* SPDX-License-Identifier: Apache-2.0 */
/* A single block goes through libcrypto's low-level calls: through EVP a new key costs many times what the block does. They are deprecated in
 * OpenSSL 3.0 but not removed. Their tables can be watched by a neighbour, which matters nothing for keys that anyone can derive. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/aead.h"

#include <limits.h>
#include <openssl/aes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct aead {
	EVP_CIPHER *gcm;
	EVP_CIPHER_CTX *open;
};

enum ind_err aead_new(struct aead **aead)
{
	struct aead *a = calloc(1, sizeof *a);
	if (!a)
		return IND_NOMEM;
	a->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	a->open = EVP_CIPHER_CTX_new();
	bool good = a->gcm && a->open && EVP_DecryptInit_ex2(a->open, a->gcm, NULL, NULL, NULL) == 1;
	if (!good) {
		aead_free(a);
		return IND_CRYPTO;
	}
	*aead = a;
	return IND_OK;
}

void aead_free(struct aead *a)
{
	if (!a)
		return;
	EVP_CIPHER_CTX_free(a->open);
	EVP_CIPHER_free(a->gcm);
	free(a);
}

bool aead_block(const uint8_t key[static AEAD_KEY_BYTES], const uint8_t in[static AEAD_BLOCK_BYTES], uint8_t out[static AEAD_BLOCK_BYTES])
{
	AES_KEY schedule;
	if (AES_set_encrypt_key(key, AEAD_KEY_BYTES * 8, &schedule) != 0)
		return false;
	AES_encrypt(in, out, &schedule);
	return true;
}

bool aead_open(struct aead *a, struct aead_keys keys, const struct hash_part *parts, size_t part_count, const uint8_t *in, size_t count,
	uint8_t *out)
{
	int bytes;
	uint8_t tag[AEAD_TAG_BYTES];
	if (count < sizeof tag || count > INT_MAX || EVP_DecryptInit_ex2(a->open, NULL, keys.key, keys.nonce, NULL) != 1)
		return false;
	for (size_t i = 0; i < part_count; i++)
		if (parts[i].bytes && EVP_DecryptUpdate(a->open, NULL, &bytes, parts[i].at, (int)parts[i].bytes) != 1)
			return false;
	count -= sizeof tag;
	if (count && EVP_DecryptUpdate(a->open, out, &bytes, in, (int)count) != 1)
		return false;
	memcpy(tag, in + count, sizeof tag);
	return EVP_CIPHER_CTX_ctrl(a->open, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 && EVP_DecryptFinal_ex(a->open, tag, &bytes) == 1;
}
