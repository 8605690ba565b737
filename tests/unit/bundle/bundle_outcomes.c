/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_outcomes DIR: writes sample bundles NAME.ieb and what the C verifier says of them, of truncations and flips of the
 * smallest, and of forged ones, to DIR/outcomes.txt: one line each, "NAME HOW WHERE VERDICT RECORDS REASON". agree.py asks the Python verifier the same. */
#include "damage.h"
#include "forge.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLIP_STEP = 293, CUT_STEP = 5, PATH_MAX_BYTES = 4096 };

static FILE *open_in(const char *dir, const char *name, const char *ending)
{
	char path[PATH_MAX_BYTES];
	snprintf(path, sizeof path, "%s/%s%s", dir, name, ending);
	FILE *f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void say(FILE *out, const char *name, const char *how, size_t where, const struct memory *m, const struct keys *k)
{
	struct ind_verify_result v = sample_verify(m, k);
	fprintf(out, "%s %s %zu %s %llu %s\n", name, how, where, ind_verdict_name(v.verdict), (unsigned long long)v.records, v.reason);
}

static void say_damaged(FILE *out, const char *name, struct memory *m, const struct keys *k)
{
	size_t whole = m->bytes;
	size_t step = getenv("INDICIA_LONG") ? 1 : CUT_STEP;
	for (m->bytes = 0; m->bytes < whole; m->bytes += step)
		say(out, name, "cut", m->bytes, m, k);
	m->bytes = whole;
	for (size_t bit = 0; bit < whole * 8; bit += FLIP_STEP) {
		struct memory copy = damage_copy(m);
		damage_flip(&copy, bit);
		say(out, name, "flip", bit, &copy, k);
		damage_repair(&copy);
		say(out, name, "repaired", bit, &copy, k);
		memory_free(&copy);
	}
}

static void write_file(const char *dir, const char *name, const struct memory *m)
{
	FILE *f = open_in(dir, name, ".ieb");
	fwrite(m->at, 1, m->bytes, f);
	fclose(f);
}

static void say_forged(FILE *out, const char *dir, const struct keys *k)
{
	for (size_t i = 0; i < forgery_count(); i++) {
		struct memory m = { 0 };
		struct forgery f = forgery_make(i, k, &m);
		write_file(dir, f.name, &m);
		say(out, f.name, "forged", 0, &m, k);
		memory_free(&m);
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *name; unsigned records; } samples[] = {
		{ "empty", 0 }, { "one", 1 }, { "three", 3 }, { "nine", 9 }, { "hundred", 100 }, { "large", 9000 },
	};
	static const uint8_t seed[32] = { 1, 2, 3 };
	struct keys keys;
	if (argc != 2)
		return 2;
	keys_make(&keys, 11);
	FILE *out = open_in(argv[1], "outcomes", ".txt");
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct memory m = { 0 };
		sample_bundle(&m, samples[i].records, &keys, seed);
		write_file(argv[1], samples[i].name, &m);
		say(out, samples[i].name, "whole", 0, &m, &keys);
		if (samples[i].records == 3)
			say_damaged(out, samples[i].name, &m, &keys);
		memory_free(&m);
	}
	struct memory first = { 0 }, second = { 0 };
	sample_restarted(&first, &second, &keys);
	write_file(argv[1], "stopped", &first);
	say(out, "stopped", "whole", 0, &first, &keys);
	write_file(argv[1], "restarted", &second);
	say(out, "restarted", "whole", 0, &second, &keys);
	say_damaged(out, "restarted", &second, &keys);
	memory_free(&first);
	memory_free(&second);
	say_forged(out, argv[1], &keys);
	fclose(out);
	char text[IND_KEY_TEXT_MAX];
	struct ind_key_public identity;
	ind_key_public(keys.identity, &identity);
	ind_key_public_to_text(&identity, text);
	puts(text);
	keys_free(&keys);
	return 0;
}
