/* SPDX-License-Identifier: Apache-2.0 */
/* Any answer of a time stamp authority, certificate and revocation list: reading and checking end, and nobody is trusted. */
#include "indicia/stamp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t imprint[IND_SHA256_BYTES] = { 5 };
	struct ind_der_list certificates = { 0 }, crls = { 0 };
	struct ind_stamp_result result;
	char refusal[IND_STAMP_NAME_MAX];
	uint8_t *token;
	size_t bytes;
	struct ind_stamp stamp = { .token = { data, size },
		.certificate_count = 1,
		.crl_count = 1,
		.certificates = { { data, size } },
		.crls = { { data, size } } };
	if (ind_stamp_check(&stamp, imprint, NULL, &result, NULL) == IND_OK && result.reason == IND_STAMP_OK)
		abort();
	if (ind_stamp_token(data, size, &token, &bytes, refusal) == IND_OK) {
		stamp = (struct ind_stamp){ .token = { token, bytes } };
		if (ind_stamp_check(&stamp, imprint, NULL, &result, NULL) == IND_OK && result.reason == IND_STAMP_OK)
			abort();
		free(token);
	}
	if (ind_der_list_certificates(&certificates, data, size) == IND_OK && certificates.count == 0)
		abort();
	if (ind_der_list_crls(&crls, data, size) == IND_OK && crls.count == 0)
		abort();
	ind_der_list_free(&certificates);
	ind_der_list_free(&crls);
	return 0;
}
