/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 6. */
#include "bundle/epoch.h"

#include "bundle/bytes.h"
#include "indicia/verify.h"
#include <string.h>

static const char domain[] = "IEB1-EPOCH"; /* its NUL is part of what is signed */
enum { IMAGE_BYTES = sizeof domain + IND_STREAM_ID_BYTES + 3 * 8 + 2 * IND_KEY_BYTES };

bool epoch_key_is_set(const struct ind_key_public *key)
{
	static const struct ind_key_public none;
	return memcmp(key, &none, sizeof none) != 0;
}

static size_t image_of(const struct epoch *e, uint8_t image[static IMAGE_BYTES])
{
	uint8_t *p = put_bytes(image, domain, sizeof domain);
	p = put_bytes(p, e->stream_id, IND_STREAM_ID_BYTES);
	p = put_be64(put_be64(put_be64(p, e->number), e->leaves), e->start_ns);
	p = put_bytes(p, e->key.bytes, IND_KEY_BYTES);
	if (epoch_key_is_set(&e->boot_key))
		p = put_bytes(p, e->boot_key.bytes, IND_KEY_BYTES);
	return (size_t)(p - image);
}

enum ind_err epoch_sign(const struct epoch *e, const struct ind_key *by, uint8_t signature[static IND_SIGNATURE_BYTES])
{
	uint8_t image[IMAGE_BYTES];
	return ind_key_sign(by, image, image_of(e, image), signature);
}

enum ind_err epoch_check(const struct epoch *e, const struct ind_key_public *by, const uint8_t signature[static IND_SIGNATURE_BYTES])
{
	uint8_t image[IMAGE_BYTES];
	return ind_key_check(by, image, image_of(e, image), signature);
}

bool ind_epoch_continues(const struct ind_epoch *end, const struct ind_epoch *begin)
{
	return end->number == begin->number && memcmp(&end->key, &begin->key, sizeof end->key) == 0 &&
		memcmp(&end->boot_key, &begin->boot_key, sizeof end->boot_key) == 0;
}
