/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/custody.h"
#include "cli/input.h"
#include "cli/tell.h"
#include "daemon/custodyfile.h"
#include "daemon/keyfile.h"
#include "indicia/catalogue.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- options ---- */

static int type_set(struct custody_add *add, const char *value)
{
	add->type = (enum ind_custody_type)ind_custody_type_of(value);
	return CLI_DONE;
}

static int other_set(struct custody_add *add, const char *value)
{
	add->has_other_key = true;
	return trust_key_of("--to", value, &add->other_key);
}

bool custody_add_option(struct custody_add *add, int id, const char *value, int *status)
{
	switch (id) {
	case OPT_TYPE:
		*status = type_set(add, value);
		return true;
	case OPT_TO:
		*status = other_set(add, value);
		return true;
	case OPT_ACTOR:
		add->actor = value;
		return true;
	case OPT_PLACE:
		add->place = value;
		return true;
	case OPT_PURPOSE:
		add->purpose = value;
		return true;
	case OPT_LEGAL_BASIS:
		add->legal_basis = value;
		return true;
	case OPT_NOTE:
		add->note = value;
		return true;
	case OPT_TLP:
		add->tlp = value;
		return true;
	case OPT_KEY:
		add->key_file = value;
		return true;
	case OPT_AFTER_TORN:
		add->after_torn = value;
		return true;
	case OPT_OBJECT:
		add->object = value;
		return true;
	case OPT_FROM:
		add->from = value;
		return true;
	default:
		return false;
	}
}

/* ---- what the event says ---- */

static const char *or_environment(const char *value, const char *name) { return value ? value : getenv(name); }

static int text_set(const char *what, const char *value, struct ind_text *text)
{
	const uint8_t *at = (const uint8_t *)value, *end = at + (value ? strlen(value) : 0);
	if (end - at > IND_CUSTODY_TEXT_MAX)
		return tell_error("%s: is longer than %d bytes", what, IND_CUSTODY_TEXT_MAX), CLI_USAGE;
	*text = (struct ind_text){ value, (uint16_t)(end - at) };
	for (size_t bytes; at < end; at += bytes)
		if (!(bytes = text_utf8_char(at, end)))
			return tell_error("%s: is not UTF-8", what), CLI_USAGE;
	return CLI_DONE;
}

static int must_say(const char *what, const char *why, const struct ind_text *text)
{
	if (text->bytes)
		return CLI_DONE;
	tell_error("custody: say %s (%s)", why, what);
	return CLI_USAGE;
}

static int texts_set(const struct custody_add *add, struct ind_custody_event *e)
{
	const struct {
		const char *what, *value;
		struct ind_text *text;
	} texts[] = {
		{ "--actor", or_environment(add->actor, "INDICIA_ACTOR"), &e->actor },
		{ "--place", or_environment(add->place, "INDICIA_PLACE"), &e->place },
		{ "--purpose", add->purpose, &e->purpose },
		{ "--legal-basis", add->legal_basis, &e->legal_basis },
		{ "--note", add->note, &e->note },
	};
	int status = CLI_DONE;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && status == CLI_DONE; i++)
		status = text_set(texts[i].what, texts[i].value, texts[i].text);
	if (status == CLI_DONE)
		status = must_say("--actor or $INDICIA_ACTOR", "who does it", &e->actor);
	if (status == CLI_DONE)
		status = must_say("--place or $INDICIA_PLACE", "where it is done", &e->place);
	return status == CLI_DONE ? must_say("--purpose", "why it is done", &e->purpose) : status;
}

static int object_set(const char *path, struct ind_custody_event *e)
{
	struct input in;
	if (!path && (e->type == IND_CUSTODY_REVIEWED || e->type == IND_CUSTODY_CORRECTED)) {
		tell_error("custody: say what was %s: --object with %s", ind_custody_type_name(e->type), e->type == IND_CUSTODY_REVIEWED ? "the id of an assessment" : "the SHA-256 of a report");
		return CLI_USAGE;
	}
	if (!path)
		return CLI_DONE;
	e->has_object_sha256 = strlen(path) == 2 * IND_SHA256_BYTES && custody_hex(path, e->object_sha256, IND_SHA256_BYTES);
	if (e->has_object_sha256)
		return CLI_DONE;
	if (input_open(&in, path) != CLI_DONE)
		return CLI_MISSING;
	enum ind_err err = custody_digest(&in.source, e->object_sha256);
	if (err != IND_OK)
		tell_error("%s: %s", path, strerror(in.error));
	input_close(&in);
	e->has_object_sha256 = err == IND_OK;
	return err == IND_OK ? CLI_DONE : CLI_FAILED;
}

static int tlp_set(const char *value, struct ind_custody_event *e)
{
	for (unsigned i = 1; value && i < IND_TLP_COUNT; i++)
		if (strcasecmp(value, ind_tlp_name(i)) == 0)
			e->tlp = (uint8_t)i;
	if (value && !e->tlp)
		return tell_error("--tlp %s: is none of clear, green, amber, amber+strict, red", value), CLI_USAGE;
	return CLI_DONE;
}

int custody_add_check(const struct custody_add *add)
{
	struct ind_custody_event e = { 0 };
	int status = texts_set(add, &e);
	return status == CLI_DONE ? tlp_set(add->tlp, &e) : status;
}

static int other_check(const struct custody_add *add, struct ind_custody_event *e)
{
	bool two_sided = e->type == IND_CUSTODY_RELEASED || e->type == IND_CUSTODY_KEY_REVOKED || e->type == IND_CUSTODY_RECEIVED;
	if (two_sided && !add->has_other_key)
		return tell_error("custody: %s needs the other key (--to KEY)", ind_custody_type_name(e->type)), CLI_USAGE;
	if (!two_sided && add->has_other_key)
		return tell_error("custody: --to goes with released and key_revoked only"), CLI_USAGE;
	e->has_other_key = add->has_other_key;
	e->other_key = add->other_key;
	return CLI_DONE;
}

/* ---- where it goes ---- */

struct placing {
	char path[CUSTODY_PATH_MAX];
	size_t file;       /* in the log; IND_CUSTODY_FILES_MAX: not there yet */
	uint64_t expected; /* bytes that the file has */
};

static void place_find(const struct custody *c, const struct ind_key_public *key, struct placing *p)
{
	uint8_t id[4];
	char hex[9];
	ind_key_id(key, "indicia", id);
	hash_hex(id, sizeof(id), hex);
	p->file = IND_CUSTODY_FILES_MAX;
	if (custody_is_owner(c, key))
		snprintf(p->path, sizeof(p->path), "%s.iec", c->bundle);
	else
		snprintf(p->path, sizeof(p->path), "%s.%s.iec", c->bundle, hex);
	for (size_t i = 0; i < ind_custody_log_file_count(c->log); i++) {
		const struct ind_custody_file *f = ind_custody_log_file(c->log, i);
		if (f->role != IND_CUSTODY_COPY && strcmp(f->name, p->path) == 0)
			p->file = i;
	}
}

/* Behind a torn end only one who has seen it appends: docs/custody.md section 4. */
static int place_check(const struct custody *c, const struct custody_add *add, struct placing *p, struct ind_custody_event *e)
{
	const struct ind_custody_file *f = ind_custody_log_file(c->log, p->file);
	char hex[2 * IND_SHA256_BYTES + 1];
	bool torn = f && f->state == IND_CUSTODY_FILE_TORN;
	if (f && f->state != IND_CUSTODY_FILE_OK && !torn)
		return tell_error("%s: is %s; nothing is appended to it: bring it back from a copy", p->path,
			       ind_custody_file_state_name(f->state)),
		       CLI_DAMAGED;
	if (!torn && add->after_torn)
		return tell_error("--after-torn: %s has no torn end", p->path), CLI_USAGE;
	p->expected = f ? f->bytes : 0;
	if (!torn)
		return CLI_DONE;
	hash_hex(f->torn_sha256, sizeof(f->torn_sha256), hex);
	if (!add->after_torn || strlen(add->after_torn) < 8 || strncmp(hex, add->after_torn, strlen(add->after_torn)) != 0) {
		tell_error("%s: ends inside a record at byte %llu; look at 'indicia custody log %s', then append with the --after-torn "
			   "that it names",
			p->path, (unsigned long long)f->bad_offset, c->bundle);
		return CLI_DAMAGED;
	}
	e->has_torn_sha256 = true;
	memcpy(e->torn_sha256, f->torn_sha256, sizeof(e->torn_sha256));
	return CLI_DONE;
}

static int write_failed(const char *path, enum ind_err err)
{
	if (err == IND_EXISTS)
		tell_error("%s: has changed meanwhile; try again", path);
	else
		tell_error("%s: %s", path, err == IND_IO ? strerror(errno) : ind_strerror(err));
	return CLI_FAILED;
}

static int place_write(const struct custody *c, const struct placing *p, const uint8_t *record, size_t bytes)
{
	const struct ind_custody_file *f = ind_custody_log_file(c->log, p->file);
	size_t before = f && f->state == IND_CUSTODY_FILE_TORN ? IND_CUSTODY_MEND_BYTES : 0;
	uint8_t *all = malloc(before + bytes);
	if (!all)
		return tell_error("out of memory"), CLI_FAILED;
	if (before)
		ind_custody_mend(f->bad_offset, all);
	memcpy(all + before, record, bytes);
	enum ind_err err = custodyfile_append(AT_FDCWD, p->path, p->expected, all, before + bytes);
	free(all);
	return err == IND_OK ? CLI_DONE : write_failed(p->path, err);
}

/* ---- releases ---- */

static void release_tell(const struct ind_custody_entry *e)
{
	char id[CUSTODY_ID_TEXT];
	custody_id_text(&e->id, id);
	tell_note("open release %s, by %.*s", id, (int)e->event.actor.bytes, e->event.actor.at);
}

static bool id_begins(const struct ind_custody_id *id, const char *digits)
{
	char hex[2 * IND_SHA256_BYTES + 1];
	hash_hex(id->bytes, sizeof(id->bytes), hex);
	return strlen(digits) >= 8 && strncmp(hex, digits, strlen(digits)) == 0;
}

/* The release to `key` that is open: the one that --from names, or the only one. */
static int release_find(struct custody *c, const struct custody_add *add, const struct ind_key_public *key, struct ind_custody_event *event)
{
	const struct ind_custody_entry *e;
	size_t found = 0;
	for (int telling = 0; telling < 2; telling++) {
		for (size_t i = 0; i < ind_custody_log_count(c->log); i++) {
			if (ind_custody_log_event(c->log, i, &e) != IND_OK)
				return tell_error("out of memory"), CLI_FAILED;
			if (!e->open || memcmp(e->event.other_key.bytes, key->bytes, sizeof(key->bytes)) != 0 ||
				(add->from && !id_begins(&e->id, add->from)))
				continue;
			if (telling)
				release_tell(e);
			event->other_key = e->event.actor_key;
			event->parents[0] = e->id;
			found += !telling;
		}
		if (found < 2)
			break;
	}
	event->has_other_key = true;
	event->parent_count = 1;
	if (found == 1)
		return CLI_DONE;
	tell_error("custody: %s",
		found ? "more than one release to this key is open; choose one with --from EVENT" : "no release to this key is open");
	return found ? CLI_USAGE : CLI_NEGATIVE;
}

static void parents_add(const struct custody *c, size_t file, struct ind_custody_event *e)
{
	struct ind_custody_id heads[IND_CUSTODY_PARENTS_MAX];
	size_t count = ind_custody_log_heads(c->log, file, heads);
	for (size_t i = 0; i < count && e->parent_count < IND_CUSTODY_PARENTS_MAX; i++)
		if (e->parent_count == 0 || memcmp(&heads[i], &e->parents[0], sizeof(heads[i])) != 0)
			e->parents[e->parent_count++] = heads[i];
}

/* ---- all of it ---- */

static int event_write(struct custody *c, const struct custody_add *add, const struct ind_key *key, struct ind_custody_event *e)
{
	struct placing p;
	uint8_t *record;
	size_t bytes;
	char hex[CUSTODY_ID_TEXT];
	struct ind_custody_id id;
	struct ind_key_public public;
	ind_key_public(key, &public);
	place_find(c, &public, &p);
	int status = place_check(c, add, &p, e);
	if (status == CLI_DONE && e->type == IND_CUSTODY_RECEIVED)
		status = release_find(c, add, &public, e);
	if (status != CLI_DONE)
		return status;
	parents_add(c, p.file, e);
	enum ind_err err = ind_custody_pack(e, key, &record, &bytes);
	if (err != IND_OK)
		return tell_error("custody: %s", err == IND_LIMIT ? "the event is larger than the format allows" : ind_strerror(err)),
		       CLI_FAILED;
	status = place_write(c, &p, record, bytes);
	hash_sha256(record, bytes, id.bytes);
	free(record);
	custody_id_text(&id, hex);
	if (status == CLI_DONE)
		tell_note("%s %s: %s", ind_custody_type_name(e->type), hex, p.path);
	return status;
}

static int event_fill(const struct custody *c, const struct custody_add *add, struct ind_custody_event *e)
{
	custodyfile_event(add->type, e);
	e->bundle = c->head;
	int status = texts_set(add, e);
	if (status == CLI_DONE)
		status = tlp_set(add->tlp, e);
	if (status == CLI_DONE && add->type != IND_CUSTODY_RECEIVED)
		status = other_check(add, e);
	if (status == CLI_DONE)
		status = object_set(add->object, e);
	e->has_stamp = add->stamp != NULL;
	if (add->stamp)
		e->stamp = *add->stamp;
	return status;
}

static int key_load(const struct custody_add *add, struct ind_key **key)
{
	char used[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	bool made;
	if (keyfile_load(add->key_file, key, &made, used, error) != IND_OK)
		return tell_error("%s", error), CLI_MISSING;
	if (made)
		tell_note("made a new signing key, %s", used);
	return CLI_DONE;
}

int custody_add_ready(const struct custody_add *add)
{
	struct ind_key *key = NULL;
	int status = custody_add_check(add);
	if (status == CLI_DONE)
		status = key_load(add, &key);
	ind_key_free(key);
	return status;
}

int custody_append(struct custody *c, const struct custody_add *add)
{
	struct ind_key *key = NULL;
	if (!c->has_head)
		return tell_error("%s: holds no seal that an event could name", c->bundle), CLI_NEGATIVE;
	struct ind_custody_event *e = malloc(sizeof(*e));
	if (!e)
		return tell_error("out of memory"), CLI_FAILED;
	int status = event_fill(c, add, e);
	if (status == CLI_DONE)
		status = key_load(add, &key);
	if (status == CLI_DONE)
		status = event_write(c, add, key, e);
	ind_key_free(key);
	free(e);
	return status;
}
