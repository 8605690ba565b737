/* SPDX-License-Identifier: Apache-2.0 */
/* assess_driver BUNDLE SUBJECT...: what `indicia assess -o json` prints of one bundle, without the command line around it, so that a machine of another
 * byte order needs no more of the program than it tests. Without a subject those that the bundle offers are chosen. */
#include "assess/assess.h"
#include "base/hash.h"
#include <stdio.h>
#include <stdlib.h>

struct file { FILE *stream; };

static void refuse(const char *what)
{
	fprintf(stderr, "assess_driver: %s\n", what);
	exit(2);
}

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct file *f = ctx;
	*got = 0;
	if (fseeko(f->stream, (off_t)offset, SEEK_SET) != 0)
		return IND_IO;
	*got = fread(bytes, 1, count, f->stream);
	return ferror(f->stream) ? IND_IO : IND_OK;
}

static void digest_of(const struct file *f, uint8_t digest[static IND_SHA256_BYTES])
{
	struct hash_sha256_state state;
	uint8_t bytes[4096];
	hash_sha256_start(&state);
	rewind(f->stream);
	for (size_t got; (got = fread(bytes, 1, sizeof(bytes), f->stream)) > 0;)
		hash_sha256_add(&state, bytes, got);
	hash_sha256_end(&state, digest);
}

static void subjects_add(struct assess *a, char **names, int count)
{
	char error[ASSESS_ERROR_BYTES];
	for (int i = 0; i < count; i++)
		if (assess_subject(a, names[i], NULL, error) != IND_OK)
			refuse(error);
}

int main(int argc, char **argv)
{
	struct file file = { argc > 1 ? fopen(argv[1], "rb") : NULL };
	struct ind_source source = { read_at, &file };
	struct assess *a = assess_new();
	uint8_t digest[IND_SHA256_BYTES];
	uint64_t offset;
	bool again = true;
	struct out out;
	if (!file.stream || !a)
		refuse("a bundle is wanted");
	subjects_add(a, argv + 2, argc - 2);
	digest_of(&file, digest);
	while (again) {
		if (assess_bundle(a, &source, digest, &offset) != IND_END)
			refuse("the bundle is damaged");
		if (assess_next_pass(a, &again) != IND_OK)
			refuse("no memory");
	}
	if (assess_conclude(a) != IND_OK)
		refuse("no memory");
	out_start(&out, NULL, NULL);
	assess_json(a, &out);
	if (out.err != IND_OK || fwrite(out.at, 1, out.used, stdout) != out.used)
		refuse("cannot write");
	out_free(&out);
	assess_free(a);
	return 0;
}
