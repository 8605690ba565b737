/* SPDX-License-Identifier: Apache-2.0 */
/* C2SP signed-note: verifier keys, "name+hash+base64(type || key)". Of ECDSA the key is a SubjectPublicKeyInfo, and its digest the key id. */
#include "indicia/key.h"

#include "base/hash.h"
#include "bundle/base64.h"
#include "bundle/key_ecdsa.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char own_name[] = "indicia";
enum { NOTE_ED25519 = 1, NOTE_ECDSA = 2, TYPED_MAX = 1 + ECDSA_SPKI_BYTES, ID_BYTES = 4 };

static size_t key_typed(const struct ind_key_public *pub, uint8_t typed[static TYPED_MAX])
{
	if (pub->type == IND_KEY_P256) {
		typed[0] = NOTE_ECDSA;
		ecdsa_spki_put(pub, typed + 1);
		return 1 + ECDSA_SPKI_BYTES;
	}
	typed[0] = NOTE_ED25519;
	memcpy(typed + 1, pub->bytes, IND_KEY_BYTES);
	return 1 + IND_KEY_BYTES;
}

void ind_key_id(const struct ind_key_public *pub, const char *name, uint8_t id[static 4])
{
	uint8_t typed[TYPED_MAX], digest[HASH_SHA256_BYTES];
	size_t bytes = key_typed(pub, typed);
	const struct hash_part parts[] = { { name, strlen(name) }, { "\n", 1 }, { typed, bytes } };
	if (pub->type == IND_KEY_P256)
		hash_sha256(typed + 1, bytes - 1, digest);
	else
		hash_sha256_parts(parts, 3, digest);
	memcpy(id, digest, ID_BYTES);
}

void ind_key_public_to_text(const struct ind_key_public *pub, char text[static IND_KEY_TEXT_MAX])
{
	uint8_t id[ID_BYTES], typed[TYPED_MAX];
	char hex[2 * ID_BYTES + 1];
	ind_key_id(pub, own_name, id);
	hash_hex(id, sizeof id, hex);
	size_t typed_bytes = key_typed(pub, typed);
	int bytes = snprintf(text, IND_KEY_TEXT_MAX, "%s+%s+", own_name, hex);
	*base64_put(typed, typed_bytes, text + bytes) = '\0';
}

static bool typed_get(const char *text, size_t bytes, struct ind_key_public *key)
{
	uint8_t typed[TYPED_MAX];
	if (base64_get(text, bytes, typed, 1 + IND_KEY_BYTES) && typed[0] == NOTE_ED25519) {
		memcpy(key->bytes, typed + 1, IND_KEY_BYTES);
		return true;
	}
	return base64_get(text, bytes, typed, 1 + ECDSA_SPKI_BYTES) && typed[0] == NOTE_ECDSA && ecdsa_spki_get(typed + 1, key);
}

/* There is one text for a key: what reads back must write the same. */
enum ind_err ind_key_public_from_text(const char *text, size_t bytes, struct ind_key_public *pub)
{
	char again[IND_KEY_TEXT_MAX];
	struct ind_key_public key = { 0 };
	size_t head = sizeof own_name + 2 * ID_BYTES + 1;
	if (bytes < head || !typed_get(text + head, bytes - head, &key))
		return IND_MALFORMED;
	ind_key_public_to_text(&key, again);
	if (strlen(again) != bytes || memcmp(again, text, bytes) != 0)
		return IND_MALFORMED;
	*pub = key;
	return IND_OK;
}
