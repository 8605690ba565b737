/* SPDX-License-Identifier: Apache-2.0 */
/* C2SP signed-note: verifier keys, "name+hash+base64(0x01 || key)". */
#include "indicia/key.h"

#include "base/hash.h"
#include "bundle/base64.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char own_name[] = "indicia";
enum { ALGORITHM_ED25519 = 1, TYPED_BYTES = 1 + IND_KEY_BYTES, ID_BYTES = 4 };

static void key_typed(const struct ind_key_public *pub, uint8_t typed[static TYPED_BYTES])
{
	typed[0] = ALGORITHM_ED25519;
	memcpy(typed + 1, pub->bytes, IND_KEY_BYTES);
}

void ind_key_id(const struct ind_key_public *pub, const char *name, uint8_t id[static 4])
{
	uint8_t typed[TYPED_BYTES], digest[HASH_SHA256_BYTES];
	key_typed(pub, typed);
	const struct hash_part parts[] = { { name, strlen(name) }, { "\n", 1 }, { typed, sizeof typed } };
	hash_sha256_parts(parts, 3, digest);
	memcpy(id, digest, ID_BYTES);
}

void ind_key_public_to_text(const struct ind_key_public *pub, char text[static IND_KEY_TEXT_MAX])
{
	uint8_t id[ID_BYTES], typed[TYPED_BYTES];
	char hex[2 * ID_BYTES + 1];
	ind_key_id(pub, own_name, id);
	hash_hex(id, sizeof id, hex);
	key_typed(pub, typed);
	int bytes = snprintf(text, IND_KEY_TEXT_MAX, "%s+%s+", own_name, hex);
	*base64_put(typed, sizeof typed, text + bytes) = '\0';
}

/* There is one text for a key: what reads back must write the same. */
enum ind_err ind_key_public_from_text(const char *text, size_t bytes, struct ind_key_public *pub)
{
	uint8_t typed[TYPED_BYTES];
	char again[IND_KEY_TEXT_MAX];
	struct ind_key_public key;
	size_t tail = base64_text_bytes(sizeof typed);
	if (bytes < tail || !base64_get(text + bytes - tail, tail, typed, sizeof typed) || typed[0] != ALGORITHM_ED25519)
		return IND_MALFORMED;
	memcpy(key.bytes, typed + 1, IND_KEY_BYTES);
	ind_key_public_to_text(&key, again);
	if (strlen(again) != bytes || memcmp(again, text, bytes) != 0)
		return IND_MALFORMED;
	*pub = key;
	return IND_OK;
}
