/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 6. */
#include "bundle/epoch.h"

#include "bundle/bytes.h"

static const char domain[] = "IEB1-EPOCH"; /* its NUL is part of what is signed */
enum { IMAGE_BYTES = sizeof domain + IND_STREAM_ID_BYTES + 3 * 8 + IND_KEY_BYTES };

static void image_of(const struct epoch *e, uint8_t image[static IMAGE_BYTES])
{
	uint8_t *p = put_bytes(image, domain, sizeof domain);
	p = put_bytes(p, e->stream_id, IND_STREAM_ID_BYTES);
	p = put_be64(put_be64(put_be64(p, e->number), e->leaves), e->start_ns);
	put_bytes(p, e->key.bytes, IND_KEY_BYTES);
}

enum ind_err epoch_sign(const struct epoch *e, const struct ind_key *by, uint8_t signature[static IND_SIGNATURE_BYTES])
{
	uint8_t image[IMAGE_BYTES];
	image_of(e, image);
	return ind_key_sign(by, image, sizeof image, signature);
}

enum ind_err epoch_check(const struct epoch *e, const struct ind_key_public *by, const uint8_t signature[static IND_SIGNATURE_BYTES])
{
	uint8_t image[IMAGE_BYTES];
	image_of(e, image);
	return ind_key_check(by, image, sizeof image, signature);
}
