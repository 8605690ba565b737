/* SPDX-License-Identifier: Apache-2.0 */
/* custody_outcomes DIR: writes a story of custody, NAME.a NAME.b NAME.copy, and forged ones, to DIR, and what the C library finds in them
 * and in every cut and many flips of them to DIR/outcomes.txt: one line each, "NAME FILE HOW WHERE FILES EVENTS". custody_agree.py asks the
 * Python reader the same. */
#include "base/hash.h"
#include "custody_sample.h"
#include "damage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 4096, FLIP_STEP = 37 };

static FILE *open_in(const char *dir, const char *name, const char *ending)
{
	char path[PATH_MAX_BYTES];
	snprintf(path, sizeof path, "%s/%s.%s", dir, name, ending);
	FILE *f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void write_file(const char *dir, const char *name, const char *ending, const struct memory *m)
{
	FILE *f = open_in(dir, name, ending);
	fwrite(m->at, 1, m->bytes, f);
	fclose(f);
}

static void say(FILE *out, const char *name, char which, const char *how, size_t where, const struct story *s, const struct memory *a,
	const struct memory *b, const struct memory *copy)
{
	struct ind_custody_log *log = story_log(s, a, b, copy);
	const struct ind_custody_entry *e;
	fprintf(out, "%s %c %s %zu ", name, which, how, where);
	for (size_t i = 0; i < ind_custody_log_file_count(log); i++) {
		const struct ind_custody_file *f = ind_custody_log_file(log, i);
		fprintf(out, "%s%s/%zu/%zu/%zu", i ? "," : "", ind_custody_file_state_name(f->state), f->events, (size_t)f->bad_offset,
			f->cut);
	}
	fputc(' ', out);
	for (size_t i = 0; i < ind_custody_log_count(log); i++) {
		char hex[9];
		if (ind_custody_log_event(log, i, &e) != IND_OK)
			exit(1);
		hash_hex(e->id.bytes, 4, hex);
		fprintf(out, "%s%s:%x%s%s", i ? "," : "", hex, e->codes, e->open ? "o" : "", e->has_receipt ? "r" : "");
	}
	fputc('\n', out);
	ind_custody_log_free(log);
}

static void say_damaged(FILE *out, const struct story *s, const struct memory *copy)
{
	struct memory cut = s->a.m;
	for (cut.bytes = 0; cut.bytes < s->a.m.bytes; cut.bytes++)
		say(out, "story", 'a', "cut", cut.bytes, s, &cut, &s->b.m, copy);
	for (size_t bit = 0; bit < s->b.m.bytes * 8; bit += FLIP_STEP) {
		struct memory b = damage_copy(&s->b.m);
		damage_flip(&b, bit);
		say(out, "story", 'b', "flip", bit, s, &s->a.m, &b, copy);
		iec_repair(&b);
		say(out, "story", 'b', "repaired", bit, s, &s->a.m, &b, copy);
		memory_free(&b);
	}
}

static struct ind_custody_event two_sided(
	const struct story *s, enum ind_custody_type type, const struct ind_key_public *other, struct ind_custody_id parent)
{
	struct ind_custody_event e;
	iec_event(&s->hands, type, &e);
	e.has_other_key = true;
	e.other_key = *other;
	e.parents[e.parent_count++] = parent;
	return e;
}

/* Files of B that its own writer would not make, beside A's. */
static void say_forged(FILE *out, const char *dir, const struct story *s, const struct memory *copy)
{
	static const char *const names[] = { "hand", "receipt", "parent", "revoked", "stranger", "early", "bundle", "mend", "unmended" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct iec b;
		struct ind_custody_event e;
		uint8_t mend[IND_CUSTODY_MEND_BYTES];
		iec_start(&b);
		iec_event(&s->hands, IND_CUSTODY_OPENED, &e);
		switch (i) {
		case 0:
			iec_add(&b, &e, s->hands.a);
			iec_add(&b, &e, s->hands.b);
			break;
		case 1:
			e = two_sided(s, IND_CUSTODY_RECEIVED, &s->hands.a_pub, s->a.id[A_SEALED]);
			iec_add(&b, &e, s->hands.b);
			break;
		case 2:
			memset(&e.parents[e.parent_count++], 7, sizeof e.parents[0]);
			iec_add(&b, &e, s->hands.b);
			break;
		case 3:
			e = two_sided(s, IND_CUSTODY_KEY_REVOKED, &s->hands.b_pub, s->a.id[A_RELEASED]);
			iec_add(&b, &e, s->hands.b);
			iec_event(&s->hands, IND_CUSTODY_OPENED, &e);
			e.parents[e.parent_count++] = b.id[0];
			iec_add(&b, &e, s->hands.b);
			break;
		case 4:
			e = two_sided(s, IND_CUSTODY_KEY_REVOKED, &s->hands.a_pub, s->a.id[A_RELEASED]);
			iec_add(&b, &e, s->hands.b);
			break;
		case 5:
			e.claimed_ns = 5;
			e.parents[e.parent_count++] = s->a.id[A_SEALED];
			iec_add(&b, &e, s->hands.b);
			break;
		case 6:
			e.bundle.tree_size++;
			iec_add(&b, &e, s->hands.b);
			break;
		default:
			iec_add(&b, &e, s->hands.b);
			e.parents[e.parent_count++] = b.id[0];
			e.has_torn_sha256 = true;
			hash_sha256("\5\0", 2, e.torn_sha256);
			ind_custody_mend(b.m.bytes, mend);
			iec_bytes(&b, "\5\0", i == 7 ? 2 : 0);
			iec_bytes(&b, mend, i == 7 ? sizeof mend : 0);
			iec_add(&b, &e, s->hands.b);
		}
		write_file(dir, names[i], "a", &s->a.m);
		write_file(dir, names[i], "b", &b.m);
		write_file(dir, names[i], "copy", copy);
		say(out, names[i], 'b', "forged", 0, s, &s->a.m, &b.m, copy);
		iec_free(&b);
	}
}

int main(int argc, char **argv)
{
	struct story s;
	char text[IND_KEY_TEXT_MAX];
	if (argc != 2)
		return 2;
	story_make(&s);
	struct memory copy = s.a.m;
	copy.bytes = s.a.at[A_VERIFIED];
	FILE *out = open_in(argv[1], "outcomes", "txt");
	write_file(argv[1], "story", "a", &s.a.m);
	write_file(argv[1], "story", "b", &s.b.m);
	write_file(argv[1], "story", "copy", &copy);
	say(out, "story", 'a', "whole", 0, &s, &s.a.m, &s.b.m, &copy);
	say_damaged(out, &s, &copy);
	say_forged(out, argv[1], &s, &copy);
	fclose(out);
	ind_key_public_to_text(&s.hands.a_pub, text);
	puts(text);
	ind_key_public_to_text(&s.hands.b_pub, text);
	puts(text);
	story_free(&s);
	return 0;
}
