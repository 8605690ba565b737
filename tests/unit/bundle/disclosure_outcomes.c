/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure_outcomes make DIR: writes sample bundles NAME.ieb and proofs NAME.iep of them, and prints the identity key.
 * disclosure_outcomes check FILE: FILE holds proofs, each behind its length (le32); prints "VERDICT REASON" for each. disclosures.py asks the
 * Python verifier the same. */
#include "disclosed.h"
#include "forge.h"
#include "forge_tools.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 4096, PROOF_MAX_BYTES = 64 << 20 };

static void file_put(const char *dir, const char *name, const char *ending, const struct memory *m)
{
	char path[PATH_MAX_BYTES];
	snprintf(path, sizeof path, "%s/%s.%s", dir, name, ending);
	FILE *f = fopen(path, "wb");
	must(f != NULL);
	must(fwrite(m->at, 1, m->bytes, f) == m->bytes && fclose(f) == 0);
}

static void proof_put(const char *dir, const char *name, const struct memory *bundle, const struct keys *keys, struct pick pick)
{
	struct memory proof = { 0 };
	disclosed_make(bundle, keys, &pick, &proof);
	file_put(dir, name, "iep", &proof);
	file_put(dir, name, "ieb", bundle);
	memory_free(&proof);
}

static const struct pick everything = { .all = true, .opened = 63 };

static void samples_put(const char *dir, const struct keys *keys)
{
	static const uint8_t seed[32] = { 1, 2, 3 };
	struct memory small = { 0 }, nine = { 0 };
	sample_bundle(&small, 3, keys, seed);
	sample_bundle(&nine, 9, keys, seed);
	proof_put(dir, "small", &small, keys, (struct pick){ .only = true, .kind = IND_REC_FLOW, .number = 2, .opened = IND_OPEN_SRC_PREFIX | IND_OPEN_NAMES });
	proof_put(dir, "claim", &small, keys, (struct pick){ .only = true, .kind = IND_REC_CLAIM, .number = 1, .opened = IND_OPEN_CONTENT });
	proof_put(dir, "all", &nine, keys, everything);
	proof_put(dir, "hidden", &nine, keys, (struct pick){ .all = true });
	memory_free(&small);
	memory_free(&nine);
}

/* The forged bundles that are right: of several epochs, and in the middle of a stream. */
static void forged_put(const char *dir, const struct keys *keys)
{
	for (size_t i = 0; i < forgery_count(); i++) {
		struct memory m = { 0 };
		struct forgery f = forgery_make(i, keys, &m);
		if (f.verdict == IND_VERDICT_VALID && (strncmp(f.name, "chain", 5) == 0 || strcmp(f.name, "epochs_good") == 0))
			proof_put(dir, f.name, &m, keys, everything);
		memory_free(&m);
	}
}

/* Two bundles of one stream under one epoch key. */
static void rotated_put(const char *dir, const struct keys *keys)
{
	struct memory first = { 0 }, second = { 0 };
	struct forge a = { .file = &first, .keys = keys };
	sample_stream(&a.stream);
	start(&a);
	data_frame(&a, ROW_CLAIM, NULL, false);
	seal(&a, true);
	struct forge b = { .file = &second, .keys = keys, .stream = a.stream };
	start(&b);
	data_frame(&b, ROW_CLAIM, NULL, false);
	seal(&b, true);
	proof_put(dir, "first", &first, keys, everything);
	proof_put(dir, "second", &second, keys, everything);
	memory_free(&first);
	memory_free(&second);
}

static int make(const char *dir, const struct keys *keys)
{
	char text[IND_KEY_TEXT_MAX];
	struct ind_key_public identity;
	samples_put(dir, keys);
	forged_put(dir, keys);
	rotated_put(dir, keys);
	ind_key_public(keys->identity, &identity);
	ind_key_public_to_text(&identity, text);
	puts(text);
	return 0;
}

static int check(const char *path, const struct keys *keys)
{
	uint8_t length[4];
	FILE *f = fopen(path, "rb");
	must(f != NULL);
	while (fread(length, 1, sizeof length, f) == sizeof length) {
		struct memory proof = { .bytes = (size_t)length[3] << 24 | (size_t)length[2] << 16 | (size_t)length[1] << 8 | length[0] };
		must(proof.bytes <= PROOF_MAX_BYTES);
		proof.at = malloc(proof.bytes + 1);
		must(proof.at && fread(proof.at, 1, proof.bytes, f) == proof.bytes);
		struct ind_disclosure_result r = disclosed_check(&proof, keys, NULL);
		printf("%s %s\n", ind_verdict_name(r.verify.verdict), r.verify.reason);
		free(proof.at);
	}
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	struct keys keys;
	if (argc != 3)
		return 2;
	keys_make(&keys, 11);
	int status = strcmp(argv[1], "make") == 0 ? make(argv[2], &keys) : check(argv[2], &keys);
	keys_free(&keys);
	return status;
}
