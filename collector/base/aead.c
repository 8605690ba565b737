/* SPDX-License-Identifier: Apache-2.0 */
#include "base/aead.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct aead {
	EVP_CIPHER *gcm, *ecb;
	EVP_CIPHER_CTX *open, *block;
};

enum ind_err aead_new(struct aead **aead)
{
	struct aead *a = calloc(1, sizeof *a);
	if (!a)
		return IND_NOMEM;
	a->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	a->ecb = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	a->open = EVP_CIPHER_CTX_new();
	a->block = EVP_CIPHER_CTX_new();
	bool good = a->gcm && a->ecb && a->open && a->block && EVP_DecryptInit_ex2(a->open, a->gcm, NULL, NULL, NULL) == 1 &&
		EVP_EncryptInit_ex2(a->block, a->ecb, NULL, NULL, NULL) == 1 && EVP_CIPHER_CTX_set_padding(a->block, 0) == 1;
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
	EVP_CIPHER_CTX_free(a->block);
	EVP_CIPHER_free(a->gcm);
	EVP_CIPHER_free(a->ecb);
	free(a);
}

/* Padding would only matter at the end of a message, which never comes. */
bool aead_block(struct aead *a, const uint8_t key[static AEAD_KEY_BYTES], const uint8_t in[static AEAD_BLOCK_BYTES],
	uint8_t out[static AEAD_BLOCK_BYTES])
{
	int bytes = 0;
	return EVP_EncryptInit_ex2(a->block, NULL, key, NULL, NULL) == 1 &&
		EVP_EncryptUpdate(a->block, out, &bytes, in, AEAD_BLOCK_BYTES) == 1 && bytes == AEAD_BLOCK_BYTES;
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
