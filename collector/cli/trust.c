/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trust.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include "daemon/keynote.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct ind_verify_options trust_options(const struct trust *t)
{
	return (struct ind_verify_options){ .trusted = t->keys, .trusted_count = t->count, .revoked_ns = t->revoked_ns };
}

const char *trust_folder(void)
{
	const char *folder = getenv("INDICIA_TRUST_DIR");
	return folder && *folder ? folder : "/etc/indicia/trust.d";
}

int trust_give(struct trust *t, const char *path)
{
	if (t->given_count == TRUST_GIVEN_MAX)
		return tell_error("--trust: more than %d times; put the keys into a folder", TRUST_GIVEN_MAX), CLI_USAGE;
	t->given[t->given_count++] = path;
	return CLI_DONE;
}

static int has_ending(const struct dirent *entry, const char *ending)
{
	size_t bytes = strlen(entry->d_name), tail = strlen(ending);
	return entry->d_name[0] != '.' && bytes > tail && strcmp(entry->d_name + bytes - tail, ending) == 0;
}

static int is_public_file(const struct dirent *entry) { return has_ending(entry, ".pub"); }
static int is_note_file(const struct dirent *entry) { return has_ending(entry, ".note"); }

/* What a walk does with what it finds; `whose` is "own" or "trusted". */
struct walk {
	const char *whose;
	trust_see *see;
	void *ctx;
	bool quiet;                  /* another walk says what is wrong */
};

static bool walk_file(const struct walk *w, const char *path)
{
	struct ind_key_public keys[TRUST_KEYS_MAX];
	char error[KEYFILE_ERROR_BYTES];
	size_t count = 0;
	enum ind_err err = keyfile_public_load(path, keys, TRUST_KEYS_MAX, &count, error);
	if (err != IND_OK && !w->quiet)
		tell_error("%s", error);
	for (size_t i = 0; err == IND_OK && i < count; i++)
		w->see(w->ctx, w->whose, path, &keys[i]);
	return err == IND_OK;
}

static bool note_file(const struct walk *w, const char *path)
{
	struct trust *t = w->ctx;
	char error[KEYFILE_ERROR_BYTES];
	if (t->statement_count == TRUST_STATEMENTS_MAX)
		return tell_error("%s: more than %d statements about keys", path, TRUST_STATEMENTS_MAX), false;
	if (keynote_load(path, &t->statements[t->statement_count], error) != IND_OK)
		return tell_error("%s", error), false;
	t->statement_count++;
	return true;
}

/* The files of a kind in name order; a folder that is not there holds none. */
static bool walk_folder(const struct walk *w, const char *folder, int (*is)(const struct dirent *), bool (*file)(const struct walk *, const char *))
{
	struct dirent **entries;
	char path[KEYFILE_PATH_MAX + 256];
	bool ok = true;
	int count = scandir(folder, &entries, is, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		ok = file(w, path) && ok;
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return ok;
}

static void walk_default(trust_see *see, void *ctx, bool quiet)
{
	char state[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	if (keyfile_state_dir(state, error) == IND_OK)
		(void)walk_folder(&(struct walk){ "own", see, ctx, quiet }, state, is_public_file, walk_file);
	(void)walk_folder(&(struct walk){ "trusted", see, ctx, quiet }, trust_folder(), is_public_file, walk_file);
}

void trust_walk(trust_see *see, void *ctx) { walk_default(see, ctx, false); }

static void remember(void *ctx, const char *whose, const char *file, const struct ind_key_public *key)
{
	struct trust *t = ctx;
	(void)whose;
	(void)file;
	if (t->count < TRUST_KEYS_MAX)
		t->keys[t->count++] = *key;
}

static void load_default(struct trust *t)
{
	struct walk w = { .ctx = t };
	char state[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	walk_default(remember, t, t->quiet);
	if (keyfile_state_dir(state, error) == IND_OK)
		(void)walk_folder(&w, state, is_note_file, note_file);
	(void)walk_folder(&w, trust_folder(), is_note_file, note_file);
}

static int load_given(struct trust *t, const char *path)
{
	struct walk w = { .whose = "trusted", .see = remember, .ctx = t };
	struct stat info;
	size_t before = t->count + t->statement_count;
	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return (keynote_is(path) ? note_file(&w, path) : walk_file(&w, path)) ? CLI_DONE : CLI_MISSING;
	if (!walk_folder(&w, path, is_public_file, walk_file) || !walk_folder(&w, path, is_note_file, note_file))
		return CLI_MISSING;
	if (t->count + t->statement_count == before)
		return tell_error("%s: no key file (*.pub) is in this folder", path), CLI_MISSING;
	return CLI_DONE;
}

int trust_as_of(struct trust *t, const char *time)
{
	t->has_as_of = true;
	if (ind_statement_time(time, strlen(time), &t->as_of_s) == IND_OK)
		return CLI_DONE;
	tell_error("--at %s: not a time like 2026-11-28T22:00:00Z", time);
	return CLI_USAGE;
}

static void later_drop(struct trust *t)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->statement_count; i++)
		if (!t->has_as_of || t->statements[i].time_s <= t->as_of_s)
			t->statements[kept++] = t->statements[i];
	t->statement_count = kept;
}

int trust_load(struct trust *t)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < t->given_count && status == CLI_DONE; i++)
		status = load_given(t, t->given[i]);
	if (!t->given_count)
		load_default(t);
	later_drop(t);
	t->count = ind_trust_resolve(t->keys, t->revoked_ns, t->count, TRUST_KEYS_MAX, t->statements, t->statement_count);
	return status;
}

int trust_key_of(const char *what, const char *operand, struct ind_key_public *key)
{
	char error[KEYFILE_ERROR_BYTES];
	size_t count;
	if (ind_key_public_from_text(operand, strlen(operand), key) == IND_OK)
		return CLI_DONE;
	enum ind_err err = keyfile_public_load(operand, key, 1, &count, error);
	if (err == IND_OK)
		return CLI_DONE;
	if (strncmp(operand, "indicia+", 8) == 0)
		tell_error("%s: '%s' is no public key: it is cut or mistyped", what, operand);
	else
		tell_error("%s", error);
	return err == IND_MISSING || err == IND_KEY ? CLI_MISSING : CLI_FAILED;
}
