/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_QUIC_SEAL_H
#define SUPPORT_QUIC_SEAL_H

#include "signal/quic.h"

#include <openssl/evp.h>
#include <stdlib.h>

/* Protects a packet as a QUIC endpoint does (RFC 9001 section 5). Behind its header of `header_bytes`, which ends with the packet number
 * in clear, `packet` has room for the frames and a tag. Returns the length of all. */
static inline size_t quic_seal(const struct quic_keys *keys, uint8_t *packet, size_t header_bytes, unsigned number_bytes, uint64_t number,
	const uint8_t *frames, size_t count)
{
	uint8_t nonce[AEAD_NONCE_BYTES], mask[2 * AEAD_BLOCK_BYTES], *at = packet + header_bytes, *number_at = at - number_bytes;
	int used = 0;
	memcpy(nonce, keys->iv, sizeof nonce);
	for (unsigned i = 0; i < 8; i++)
		nonce[11 - i] ^= (uint8_t)(number >> 8 * i);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	bool good = EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, keys->key, nonce) == 1;
	good = good && EVP_EncryptUpdate(c, NULL, &used, packet, (int)header_bytes) == 1;
	good = good && EVP_EncryptUpdate(c, at, &used, frames, (int)count) == 1;
	good = good && EVP_EncryptFinal_ex(c, at + count, &used) == 1;
	good = good && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_BYTES, at + count) == 1;
	good = good && EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, keys->hp, NULL) == 1;
	good = good && EVP_EncryptUpdate(c, mask, &used, number_at + 4, AEAD_BLOCK_BYTES) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!good)
		abort();
	packet[0] ^= mask[0] & 0x0f;
	for (unsigned i = 0; i < number_bytes; i++)
		number_at[i] ^= mask[1 + i];
	return header_bytes + count + AEAD_TAG_BYTES;
}

#endif
