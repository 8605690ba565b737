/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_ask KEY: reads bundles from standard input, each as its length (le32) and its bytes, and writes what the C verifier says of each with
 * KEY trusted: one line, "VERDICT RECORDS AUTHENTICATED_LEAVES REASON". tests/vectors/mutate.py asks it. */
#include "indicia/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 24 };
struct file { uint8_t *at; size_t bytes; };

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct file *f = ctx;
	*got = offset < f->bytes ? f->bytes - (size_t)offset : 0;
	*got = *got < count ? *got : count;
	if (*got)
		memcpy(bytes, f->at + offset, *got);
	return IND_OK;
}

int main(int argc, char **argv)
{
	struct ind_key_public key;
	uint8_t length[4];
	if (argc != 2 || ind_key_public_from_text(argv[1], strlen(argv[1]), &key) != IND_OK)
		return 2;
	while (fread(length, 1, 4, stdin) == 4) {
		struct file f = { .bytes = (size_t)length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24 };
		/* A buffer of exactly this size, so that a sanitizer sees any byte read behind it. */
		f.at = f.bytes <= MOST ? malloc(f.bytes ? f.bytes : 1) : NULL;
		if (!f.at || fread(f.at, 1, f.bytes, stdin) != f.bytes)
			return 1;
		struct ind_source source = { read_at, &f };
		struct ind_verify_options options = { .trusted = &key, .trusted_count = 1 };
		struct ind_verify_result r;
		if (ind_verify(&source, &options, &r) != IND_OK)
			return 1;
		printf("%s %" PRIu64 " %" PRIu64 " %s\n", ind_verdict_name(r.verdict), r.records, r.authenticated_leaves, r.reason);
		fflush(stdout);
		free(f.at);
	}
	return 0;
}
