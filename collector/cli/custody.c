/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/custody.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/tell.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_ID_DIGITS = 8 };

void custody_id_text(const struct ind_custody_id *id, char text[static CUSTODY_ID_TEXT])
{
	hash_hex(id->bytes, (CUSTODY_ID_TEXT - 1) / 2, text);
}

int custody_file_read(const char *path, size_t most, uint8_t **bytes, size_t *count)
{
	struct input in;
	if (input_open(&in, path) != CLI_DONE)
		return CLI_DAMAGED;
	int status = CLI_DAMAGED;
	*bytes = in.bytes <= most ? malloc((size_t)in.bytes + 1) : NULL;
	if (!*bytes)
		tell_error("%s: %s", path, in.bytes <= most ? "out of memory" : "is too large to be what was asked for");
	else if (in.source.read_at(in.source.ctx, 0, *bytes, (size_t)in.bytes, count) != IND_OK)
		tell_error("%s: %s", path, strerror(in.error));
	else
		status = CLI_DONE;
	input_close(&in);
	if (status != CLI_DONE) {
		free(*bytes);
		*bytes = NULL;
	}
	return status;
}

/* ---- whose word counts ---- */

int custody_trust_ca(struct custody_trust *t, const char *path)
{
	uint8_t *bytes;
	size_t count;
	t->roots_given = true;
	if (!t->roots && ind_stamp_roots_new(&t->roots) != IND_OK)
		return tell_error("out of memory"), CLI_FAILED;
	if (custody_file_read(path, CUSTODY_FILE_BYTES_MAX, &bytes, &count) != CLI_DONE)
		return CLI_MISSING;
	enum ind_err err = ind_stamp_roots_add(t->roots, bytes, count);
	free(bytes);
	if (err == IND_OK)
		return CLI_DONE;
	tell_error("%s: %s", path, err == IND_NOMEM ? "out of memory" : "holds no certificate (PEM or DER)");
	return err == IND_NOMEM ? CLI_FAILED : CLI_MISSING;
}

static int is_pem(const struct dirent *entry)
{
	size_t bytes = strlen(entry->d_name);
	return entry->d_name[0] != '.' && bytes > 4 && strcmp(entry->d_name + bytes - 4, ".pem") == 0;
}

int custody_trust_load(struct custody_trust *t)
{
	const char *given = getenv("INDICIA_TSA_DIR"), *folder = given && *given ? given : "/etc/indicia/tsa.d";
	struct dirent **entries;
	char path[CUSTODY_PATH_MAX];
	int status = trust_load(&t->keys);
	if (status != CLI_DONE || t->roots_given)
		return status;
	int count = scandir(folder, &entries, is_pem, alphasort);
	for (int i = 0; i < count; i++) {
		/* What is wrong in the default place is said and left out. */
		if (snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name) < (int)sizeof(path))
			(void)custody_trust_ca(t, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return CLI_DONE;
}

static void shelf_clear(struct custody_shelf *shelf)
{
	for (int i = 0; i < shelf->count; i++)
		free(shelf->entries[i]);
	free(shelf->entries);
	*shelf = (struct custody_shelf){ 0 };
}

void custody_trust_free(struct custody_trust *t)
{
	ind_stamp_roots_free(t->roots);
	t->roots = NULL;
	shelf_clear(&t->shelf);
}

/* ---- the files beside a bundle ---- */

static int name_keep(struct custody *c, const char *name)
{
	if (c->name_count == IND_CUSTODY_FILES_MAX)
		return tell_error("%s: more than %d files of custody events", c->bundle, IND_CUSTODY_FILES_MAX), CLI_DAMAGED;
	c->names[c->name_count] = strdup(name);
	if (!c->names[c->name_count])
		return tell_error("out of memory"), CLI_FAILED;
	c->name_count++;
	return CLI_DONE;
}

static int file_add(struct custody *c, const char *path, enum ind_custody_role role, const uint8_t *key_id)
{
	struct input in;
	int status = name_keep(c, path);
	if (status != CLI_DONE)
		return status;
	if (input_open(&in, path) != CLI_DONE)
		return CLI_DAMAGED;
	enum ind_err err = ind_custody_log_read(c->log, c->names[c->name_count - 1], role, key_id, &in.source);
	if (err != IND_OK)
		tell_error("%s: %s", path, err == IND_IO ? strerror(in.error) : ind_strerror(err));
	input_close(&in);
	return err == IND_OK ? CLI_DONE : err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

bool custody_hex(const char *text, uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < 2 * count; i++) {
		const char *at = text[i] ? strchr(digits, text[i]) : NULL;
		if (!at)
			return false;
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | (at - digits));
	}
	return true;
}

/* NAME.iec: OWNER; NAME.KEYID.iec: PARTY. */
static bool is_beside(const char *entry, const char *base, enum ind_custody_role *role, uint8_t key_id[static 4])
{
	size_t bytes = strlen(base);
	if (strncmp(entry, base, bytes) != 0)
		return false;
	*role = IND_CUSTODY_OWNER;
	if (strcmp(entry + bytes, ".iec") == 0)
		return true;
	*role = IND_CUSTODY_PARTY;
	return entry[bytes] == '.' && custody_hex(entry + bytes + 1, key_id, KEY_ID_DIGITS / 2) && strcmp(entry + bytes + 1 + KEY_ID_DIGITS, ".iec") == 0;
}

static int is_iec(const struct dirent *entry)
{
	size_t bytes = strlen(entry->d_name);
	return bytes > 4 && strcmp(entry->d_name + bytes - 4, ".iec") == 0;
}

static void shelf_list(struct custody_shelf *shelf, const char *folder)
{
	if (strcmp(shelf->folder, folder) == 0)
		return;
	shelf_clear(shelf);
	shelf->count = scandir(folder, &shelf->entries, is_iec, alphasort);
	snprintf(shelf->folder, sizeof(shelf->folder), "%s", folder);
}

static int files_beside(struct custody *c, struct custody_shelf *shelf)
{
	char folder[CUSTODY_PATH_MAX] = ".", path[CUSTODY_PATH_MAX];
	const char *slash = strrchr(c->bundle, '/'), *base = slash ? slash + 1 : c->bundle;
	int status = CLI_DONE;
	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", slash == c->bundle ? 1 : (int)(slash - c->bundle), c->bundle);
	shelf_list(shelf, folder);
	for (int i = 0; i < shelf->count && status == CLI_DONE; i++) {
		enum ind_custody_role role;
		uint8_t key_id[4];
		const char *name = shelf->entries[i]->d_name;
		if (!is_beside(name, base, &role, key_id))
			continue;
		snprintf(path, sizeof(path), "%.*s%s", (int)(base - c->bundle), c->bundle, name);
		status = file_add(c, path, role, role == IND_CUSTODY_PARTY ? key_id : NULL);
	}
	return status;
}

/* ---- the bundle ---- */

enum ind_err custody_digest(const struct ind_source *source, uint8_t digest[static IND_SHA256_BYTES])
{
	struct hash_sha256_state state;
	uint8_t bytes[65536];
	size_t got = sizeof(bytes);
	enum ind_err err = IND_OK;
	hash_sha256_start(&state);
	for (uint64_t at = 0; err == IND_OK && got == sizeof(bytes); at += got) {
		err = source->read_at(source->ctx, at, bytes, sizeof(bytes), &got);
		hash_sha256_add(&state, bytes, got);
	}
	hash_sha256_end(&state, digest);
	return err;
}

static void head_of_bundle(struct custody *c, const struct ind_source *source)
{
	const struct ind_verify_result *r = &c->result;
	if (!r->authenticated_leaves || custody_digest(source, c->head.sha256) != IND_OK)
		return;
	memcpy(c->head.stream_id, r->stream_id, sizeof(c->head.stream_id));
	memcpy(c->head.root, r->root, sizeof(c->head.root));
	c->head.tree_size = r->tree_size;
	c->has_head = true;
}

/* The owner: as the bundle says; of a bundle that is gone, whoever signed the owner's file. */
static const struct ind_key_public *owner_of(const struct custody *c)
{
	if (c->has_bundle)
		return c->result.has_header ? &c->result.identity : NULL;
	for (size_t i = 0; i < ind_custody_log_file_count(c->log); i++) {
		const struct ind_custody_file *f = ind_custody_log_file(c->log, i);
		if (f->role == IND_CUSTODY_OWNER && f->events)
			return &f->hand;
	}
	return NULL;
}

bool custody_is_owner(const struct custody *c, const struct ind_key_public *key)
{
	const struct ind_key_public *owner = owner_of(c);
	return owner && memcmp(owner->bytes, key->bytes, sizeof(key->bytes)) == 0;
}

static int log_check(struct custody *c, const struct custody_trust *trust)
{
	const struct ind_verify_result *r = &c->result;
	struct ind_custody_known known = {
		.bundle = c->has_bundle && c->has_head ? &c->head : NULL,
		.owner = owner_of(c),
		.trusted = trust->keys.keys,
		.trusted_count = trust->keys.count,
		.note_sha256 = c->has_bundle && c->has_head ? r->note_sha256 : NULL,
		.roots = trust->roots,
	};
	enum ind_err err = ind_custody_log_check(c->log, &known);
	if (err == IND_OK)
		return CLI_DONE;
	tell_error("%s: custody log: %s", c->bundle, ind_strerror(err));
	return err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

int custody_beside(struct custody *c, const char *bundle, const struct ind_source *source, const struct ind_verify_result *result,
	struct custody_trust *trust, bool named)
{
	*c = (struct custody){ .bundle = bundle, .has_bundle = true, .result = *result };
	if (ind_custody_log_new(&c->log) != IND_OK)
		return tell_error("out of memory"), CLI_FAILED;
	int status = files_beside(c, &trust->shelf);
	if (status == CLI_DONE && (named || ind_custody_log_file_count(c->log)))
		head_of_bundle(c, source);
	return status == CLI_DONE ? log_check(c, trust) : status;
}

static int bundle_read(struct custody *c, const struct custody_trust *trust)
{
	struct input in;
	struct ind_verify_options options = { .trusted = trust->keys.keys, .trusted_count = trust->keys.count };
	if (access(c->bundle, F_OK) != 0 && errno == ENOENT)
		return CLI_DONE;
	if (input_open(&in, c->bundle) != CLI_DONE)
		return CLI_DAMAGED;
	enum ind_err err = ind_verify(&in.source, &options, &c->result);
	if (err != IND_OK)
		tell_error("%s: %s", c->bundle, err == IND_IO ? strerror(in.error) : ind_strerror(err));
	c->has_bundle = err == IND_OK;
	if (err == IND_OK)
		head_of_bundle(c, &in.source);
	input_close(&in);
	return err == IND_OK ? CLI_DONE : CLI_DAMAGED;
}

/* Of a bundle that is gone: what its trusted events say of it. */
static void head_of_log(struct custody *c)
{
	const struct ind_custody_entry *e;
	for (size_t i = 0; i < ind_custody_log_count(c->log) && !c->has_head; i++) {
		if (ind_custody_log_event(c->log, i, &e) != IND_OK || !e->readable || IND_CUSTODY_FAULTS(e->codes))
			continue;
		c->head = e->event.bundle;
		c->has_head = true;
	}
}

int custody_open(struct custody *c, const char *bundle, struct custody_trust *trust, const char *const *copies, size_t copy_count)
{
	*c = (struct custody){ .bundle = bundle };
	if (ind_custody_log_new(&c->log) != IND_OK)
		return tell_error("out of memory"), CLI_FAILED;
	int status = bundle_read(c, trust);
	if (status == CLI_DONE)
		status = files_beside(c, &trust->shelf);
	for (size_t i = 0; i < copy_count && status == CLI_DONE; i++)
		status = file_add(c, copies[i], IND_CUSTODY_COPY, NULL);
	if (status == CLI_DONE)
		status = log_check(c, trust);
	if (status == CLI_DONE && !c->has_bundle) {
		head_of_log(c);
		if (!ind_custody_log_file_count(c->log))
			return tell_error("%s: no such file, and no custody log beside it", bundle), CLI_DAMAGED;
	}
	return status;
}

void custody_close(struct custody *c)
{
	ind_custody_log_free(c->log);
	for (size_t i = 0; i < c->name_count; i++)
		free(c->names[i]);
	*c = (struct custody){ 0 };
}
