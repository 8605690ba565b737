/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md: files into a log, and its events out of it. */
#include "bundle/custody_log.h"

#include "base/hash.h"
#include "bundle/message.h"
#include <string.h>

enum { PIECE_BYTES = 1 << 16 };

const char *ind_custody_code_name(enum ind_custody_code code)
{
	static const char *const names[] = {
#define CODE_NAME(name, text, help) text,
		IND_CUSTODY_CODE_LIST(CODE_NAME)
#undef CODE_NAME
	};
	return code < IND_CUSTODY_CODE_END ? names[code] : "?";
}

const char *ind_custody_code_help(enum ind_custody_code code)
{
	static const char *const texts[] = {
#define CODE_HELP(name, text, help) help,
		IND_CUSTODY_CODE_LIST(CODE_HELP)
#undef CODE_HELP
	};
	return code < IND_CUSTODY_CODE_END ? texts[code] : "?";
}

enum ind_err ind_custody_log_new(struct ind_custody_log **log)
{
	*log = calloc(1, sizeof **log);
	return *log ? IND_OK : IND_NOMEM;
}

void ind_custody_log_free(struct ind_custody_log *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->file_count; i++)
		free(log->images[i]);
	message_free(log->message);
	buffer_free(&log->parents);
	free(log->nodes);
	free(log->by_id);
	free(log->order);
	free(log);
}

/* The whole file; as much as the log has room for, and not one byte more is asked of a file that has no end. */
static enum ind_err image_read(const struct ind_source *source, size_t room, struct buffer *image, size_t *count)
{
	size_t got = PIECE_BYTES;
	for (*count = 0; got == PIECE_BYTES; *count += got) {
		if (*count > room)
			return IND_LIMIT;
		if (!buffer_reserve(image, *count + PIECE_BYTES))
			return IND_NOMEM;
		enum ind_err err = source->read_at(source->ctx, *count, image->at + *count, PIECE_BYTES, &got);
		if (err != IND_OK)
			return err;
	}
	return *count > room ? IND_LIMIT : IND_OK;
}

static struct custody_node *node_new(struct ind_custody_log *log)
{
	if (log->node_count == log->node_room) {
		size_t room = log->node_room ? 2 * log->node_room : 64;
		struct custody_node *nodes = realloc(log->nodes, room * sizeof *nodes);
		if (!nodes)
			return NULL;
		log->nodes = nodes;
		log->node_room = room;
	}
	struct custody_node *n = &log->nodes[log->node_count];
	*n = (struct custody_node){ .receipt = CUSTODY_NONE, .stamp = CUSTODY_NONE };
	return n;
}

static enum ind_err parents_keep(struct ind_custody_log *log, struct custody_node *n, const struct ind_custody_event *e)
{
	n->parents_at = log->parents_used;
	n->parent_count = e->parent_count;
	size_t used = (log->parents_used + e->parent_count) * sizeof e->parents[0];
	if (!buffer_reserve(&log->parents, used))
		return IND_NOMEM;
	if (e->parent_count)
		memcpy(log->parents.at + n->parents_at * sizeof e->parents[0], e->parents, e->parent_count * sizeof e->parents[0]);
	log->parents_used += e->parent_count;
	return IND_OK;
}

/* Only behind a mend does an event account for torn bytes, and there it must. */
static bool torn_ok(const struct custody_record *r, const struct ind_custody_event *e)
{
	return e->has_torn_sha256 == r->mended && (!r->mended || memcmp(e->torn_sha256, r->torn_sha256, sizeof e->torn_sha256) == 0);
}

static enum ind_err node_fill(struct ind_custody_log *log, struct custody_node *n, const struct ind_custody_event *e)
{
	const struct custody_record *r = &n->record;
	n->readable = true;
	n->type = (uint8_t)e->type;
	n->actor_key = e->actor_key;
	n->other_key = e->other_key;
	n->claimed_ns = e->claimed_ns;
	if (!torn_ok(r, e))
		custody_mark(n, IND_CUSTODY_CODE_FORM);
	bool costly = e->type == IND_CUSTODY_TIMESTAMPED || e->type == IND_CUSTODY_KEY_REVOKED;
	log->costly += costly;
	if (log->costly > IND_CUSTODY_COSTLY_MAX)
		return IND_LIMIT;
	enum ind_err err = custody_signature_check(&e->actor_key, custody_record_event(r), r->event_bytes, custody_record_signature(r));
	n->signature_ok = err == IND_OK;
	if (!n->signature_ok)
		custody_mark(n, IND_CUSTODY_CODE_SIGNATURE);
	return err == IND_NOMEM ? err : parents_keep(log, n, e);
}

static enum ind_err record_keep(
	struct ind_custody_log *log, const struct custody_record *r, struct ind_custody_file *file, struct ind_custody_event *e)
{
	Indicia__V1__CustodyEvent *message;
	struct custody_node *n = log->node_count < IND_CUSTODY_RECORDS_MAX ? node_new(log) : NULL;
	if (!n)
		return log->node_count < IND_CUSTODY_RECORDS_MAX ? IND_NOMEM : IND_LIMIT;
	/* What stands behind a mend is searched for. */
	log->costly += r->mended;
	if (log->costly > IND_CUSTODY_COSTLY_MAX)
		return IND_LIMIT;
	n->record = *r;
	n->file = log->file_count;
	n->place = file->events;
	hash_sha256(r->at, custody_record_bytes(r), n->id.bytes);
	enum ind_err err = custody_unpack(custody_record_event(r), r->event_bytes, e, &message);
	if (err == IND_MALFORMED) {
		custody_mark(n, IND_CUSTODY_CODE_FORM);
		err = IND_OK;
	} else if (err == IND_OK) {
		err = node_fill(log, n, e);
		message_free(message);
	}
	if (err != IND_OK)
		return err;
	if (file->events == 0)
		file->hand = n->actor_key;
	file->last = n->id;
	file->events++;
	log->node_count++;
	return IND_OK;
}

static enum ind_err records_keep(struct ind_custody_log *log, const uint8_t *image, size_t count, struct ind_custody_file *file)
{
	struct custody_walk walk;
	struct custody_record record;
	enum ind_err err = IND_OK;
	struct ind_custody_event *event = malloc(sizeof *event);
	if (!event)
		return IND_NOMEM;
	custody_walk_start(&walk, image, count);
	while (err == IND_OK && custody_walk_next(&walk, &record))
		err = record_keep(log, &record, file, event);
	free(event);
	file->state = walk.state;
	if (walk.state == IND_CUSTODY_FILE_TORN || walk.state == IND_CUSTODY_FILE_DAMAGED) {
		file->bad_offset = walk.torn_at;
		file->bad_bytes = count - walk.torn_at;
		hash_sha256(image + walk.torn_at, count - walk.torn_at, file->torn_sha256);
	}
	return err;
}

enum ind_err ind_custody_log_read(
	struct ind_custody_log *log, const char *name, enum ind_custody_role role, const uint8_t *key_id, const struct ind_source *source)
{
	struct buffer image = { 0 };
	size_t count, nodes_before = log->node_count;
	if (log->file_count == IND_CUSTODY_FILES_MAX)
		return IND_LIMIT;
	struct ind_custody_file *file = &log->files[log->file_count];
	*file = (struct ind_custody_file){ .name = name, .role = role, .has_key_id = key_id != NULL };
	if (key_id)
		memcpy(file->key_id, key_id, sizeof file->key_id);
	log->checked = false;
	enum ind_err err = image_read(source, IND_CUSTODY_BYTES_MAX - log->bytes, &image, &count);
	if (err == IND_OK)
		err = records_keep(log, image.at, count, file);
	if (err != IND_OK) {
		buffer_free(&image);
		log->node_count = nodes_before;
		return err;
	}
	file->bytes = count;
	log->images[log->file_count++] = image.at;
	log->bytes += count;
	return IND_OK;
}

size_t ind_custody_log_count(const struct ind_custody_log *log) { return log->checked ? log->unique : 0; }

size_t ind_custody_log_file_count(const struct ind_custody_log *log) { return log->file_count; }

const struct ind_custody_file *ind_custody_log_file(const struct ind_custody_log *log, size_t at)
{
	return at < log->file_count ? &log->files[at] : NULL;
}

static enum ind_err entry_event(struct ind_custody_log *log, const struct custody_node *n)
{
	message_free(log->message);
	log->message = NULL;
	return n->readable ? custody_unpack(custody_record_event(&n->record), n->record.event_bytes, &log->entry.event, &log->message)
			   : IND_OK;
}

enum ind_err ind_custody_log_event(struct ind_custody_log *log, size_t at, const struct ind_custody_entry **entry)
{
	struct ind_custody_entry *e = &log->entry;
	if (at >= ind_custody_log_count(log))
		return IND_USAGE;
	const struct custody_node *n = &log->nodes[log->order[at]];
	enum ind_err err = entry_event(log, n);
	if (err != IND_OK)
		return err;
	e->id = n->id;
	e->codes = n->codes;
	e->file = n->file;
	e->missing_parents = n->missing;
	e->readable = n->readable;
	e->signature_ok = n->signature_ok;
	e->key_trusted = n->readable && !(n->codes >> IND_CUSTODY_CODE_KEY_UNKNOWN & 1);
	e->has_receipt = n->receipt != CUSTODY_NONE;
	e->open = n->type == IND_CUSTODY_RELEASED && n->signature_ok && !e->has_receipt;
	if (e->has_receipt)
		e->receipt = log->nodes[n->receipt].id;
	if (n->stamp != CUSTODY_NONE)
		e->stamp = log->stamps[n->stamp];
	*entry = e;
	return IND_OK;
}

bool ind_custody_log_sound(const struct ind_custody_log *log)
{
	for (size_t i = 0; i < ind_custody_log_count(log); i++)
		if (IND_CUSTODY_FAULTS(log->nodes[log->order[i]].codes))
			return false;
	for (size_t i = 0; i < log->file_count; i++)
		if (log->files[i].state != IND_CUSTODY_FILE_OK || log->files[i].cut)
			return false;
	return log->checked;
}
