/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/custody_show.h"
#include "base/hash.h"
#include "base/text.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include <stdio.h>
#include <string.h>

enum { NS_PER_US = 1000 };

static void key_put(const struct ind_key_public *key, char id[static 9], char text[static IND_KEY_TEXT_MAX])
{
	uint8_t bytes[4];
	ind_key_id(key, "indicia", bytes);
	hash_hex(bytes, sizeof(bytes), id);
	ind_key_public_to_text(key, text);
}

/* "ok", or the names of the codes with commas between. */
static void state_put(uint32_t codes, char state[static 256])
{
	size_t used = 0;
	state[0] = '\0';
	for (unsigned i = 0; i < IND_CUSTODY_CODE_END; i++)
		if (codes >> i & 1)
			used += (size_t)snprintf(
				state + used, 256 - used, "%s%s", used ? "," : "", ind_custody_code_name((enum ind_custody_code)i));
	if (!used)
		snprintf(state, 256, "ok");
}

static void row_parents(struct custody_row *r, const struct ind_custody_entry *e)
{
	size_t from = r->row.items_used;
	for (size_t i = 0; i < e->event.parent_count; i++) {
		custody_id_text(&e->event.parents[i], r->parents[i]);
		row_item(&r->row, NULL, r->parents[i]);
	}
	row_items(&r->row, QUERY_CUSTODY_parents, CELL_LIST, from);
	if (e->missing_parents)
		row_u64(&r->row, QUERY_CUSTODY_parents_missing, e->missing_parents);
}

static void row_stamp(struct query_row *row, const struct ind_custody_entry *e)
{
	const struct ind_stamp_result *s = &e->stamp;
	if (!e->event.has_stamp || (!s->has_time && s->reason == IND_STAMP_OK))
		return;
	if (s->has_time)
		row_time(row, QUERY_CUSTODY_stamp_time, s->time_ns);
	if (s->has_time && s->accuracy_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_CUSTODY_stamp_accuracy_us, s->accuracy_ns / NS_PER_US);
	row_text(row, QUERY_CUSTODY_stamp_authority, s->authority);
	row_text(row, QUERY_CUSTODY_stamp_state, s->reason == IND_STAMP_OK ? "ok" : ind_stamp_reason_name(s->reason));
	if (s->reason != IND_STAMP_OK)
		return;
	row_time(row, QUERY_CUSTODY_stamp_not_after, s->not_after_ns);
	row_text(row, QUERY_CUSTODY_stamp_revocation, s->revocation_checked ? "checked" : "not_checked");
}

static void row_said(struct query_row *row, const struct ind_custody_event *e)
{
	row_time(row, QUERY_CUSTODY_time, e->claimed_ns);
	row_text(row, QUERY_CUSTODY_event, ind_custody_type_name(e->type));
	row_ind_text(row, QUERY_CUSTODY_actor, e->actor);
	row_ind_text(row, QUERY_CUSTODY_purpose, e->purpose);
	row_ind_text(row, QUERY_CUSTODY_place, e->place);
	row_ind_text(row, QUERY_CUSTODY_legal_basis, e->legal_basis);
	row_ind_text(row, QUERY_CUSTODY_note, e->note);
	row_text(row, QUERY_CUSTODY_tlp, ind_tlp_name(e->tlp));
	if (e->clock_error_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_CUSTODY_clock_error_us, e->clock_error_ns / NS_PER_US);
	row_ind_text(row, QUERY_CUSTODY_tool, e->tool);
	if (e->has_tool_sha256)
		row_hex(row, QUERY_CUSTODY_tool_sha256, e->tool_sha256, sizeof(e->tool_sha256));
	if (e->has_object_sha256)
		row_hex(row, QUERY_CUSTODY_object_sha256, e->object_sha256, sizeof(e->object_sha256));
	row_hex(row, QUERY_CUSTODY_stream, e->bundle.stream_id, sizeof(e->bundle.stream_id));
	row_u64(row, QUERY_CUSTODY_tree_size, e->bundle.tree_size);
	row_hex(row, QUERY_CUSTODY_root, e->bundle.root, sizeof(e->bundle.root));
	row_hex(row, QUERY_CUSTODY_bundle_sha256, e->bundle.sha256, sizeof(e->bundle.sha256));
}

static void row_keys(struct custody_row *r, const struct ind_custody_entry *e)
{
	struct query_row *row = &r->row;
	key_put(&e->event.actor_key, r->key, r->key_text);
	row_text(row, QUERY_CUSTODY_key, r->key);
	row_text(row, QUERY_CUSTODY_key_text, r->key_text);
	row_text(row, QUERY_CUSTODY_key_state, e->key_trusted ? "trusted" : "unknown");
	row_text(row, QUERY_CUSTODY_signature, e->signature_ok ? "ok" : "wrong");
	if (!e->event.has_other_key)
		return;
	key_put(&e->event.other_key, r->other, r->other_text);
	row_text(row, QUERY_CUSTODY_other_key, r->other);
	row_text(row, QUERY_CUSTODY_other_key_text, r->other_text);
}

const struct query_row *custody_row_of(struct custody_row *r, const struct ind_custody_entry *e, const struct ind_custody_log *log)
{
	struct query_row *row = &r->row;
	row_start(row, QUERY_KIND_CUSTODY);
	custody_id_text(&e->id, r->id);
	row_text(row, QUERY_CUSTODY_id, r->id);
	state_put(e->codes, r->state);
	row_text(row, QUERY_CUSTODY_state, r->state);
	row_text(row, QUERY_CUSTODY_file, ind_custody_log_file(log, e->file)->name);
	row_hex(row, QUERY_CUSTODY_sha256, e->id.bytes, sizeof(e->id.bytes));
	if (!e->readable)
		return row;
	row_said(row, &e->event);
	row_keys(r, e);
	row_parents(r, e);
	row_stamp(row, e);
	if (e->has_receipt) {
		custody_id_text(&e->receipt, r->receipt);
		row_text(row, QUERY_CUSTODY_receipt, r->receipt);
	} else if (e->open) {
		row_text(row, QUERY_CUSTODY_receipt, "open");
	}
	return row;
}

const struct query_row *custody_file_row_of(struct custody_row *r, const struct ind_custody_file *f)
{
	static const char *const roles[] = { "owner", "party", "copy" };
	struct query_row *row = &r->row;
	row_start(row, QUERY_KIND_CUSTODY_FILE);
	row_text(row, QUERY_CUSTODY_FILE_file, f->name);
	row_text(row, QUERY_CUSTODY_FILE_role, roles[f->role]);
	if (f->events) {
		key_put(&f->hand, r->key, r->key_text);
		row_text(row, QUERY_CUSTODY_FILE_key, r->key);
	}
	row_u64(row, QUERY_CUSTODY_FILE_events, f->events);
	row_text(row, QUERY_CUSTODY_FILE_state, ind_custody_file_state_name(f->state));
	row_u64(row, QUERY_CUSTODY_FILE_cut, f->cut);
	if (f->state != IND_CUSTODY_FILE_TORN && f->state != IND_CUSTODY_FILE_DAMAGED)
		return row;
	row_u64(row, QUERY_CUSTODY_FILE_offset, f->bad_offset);
	row_u64(row, QUERY_CUSTODY_FILE_bytes, f->bad_bytes);
	row_hex(row, QUERY_CUSTODY_FILE_torn_sha256, f->torn_sha256, sizeof(f->torn_sha256));
	return row;
}

/* ---- lines for people ---- */

static void file_tell(const struct ind_custody_file *f)
{
	char hex[2 * IND_SHA256_BYTES + 1];
	hash_hex(f->torn_sha256, sizeof(f->torn_sha256), hex);
	if (f->cut)
		tell_error("%s: is cut: %zu events of its key are in other files and not in it", f->name, f->cut);
	switch (f->state) {
	case IND_CUSTODY_FILE_OK:
		break;
	case IND_CUSTODY_FILE_TORN:
		tell_error("%s: ends inside a record: %llu bytes from byte %llu on, SHA-256 %s; who appends behind them says so: "
			   "--after-torn %.8s",
			f->name, (unsigned long long)f->bad_bytes, (unsigned long long)f->bad_offset, hex, hex);
		break;
	case IND_CUSTODY_FILE_DAMAGED:
		tell_error("%s: byte %llu: a record is damaged; %llu bytes from there on are not read", f->name,
			(unsigned long long)f->bad_offset, (unsigned long long)f->bad_bytes);
		break;
	default:
		tell_error("%s: is no file of custody events that this program knows (%s)", f->name, ind_custody_file_state_name(f->state));
	}
}

static void entry_tell(const struct ind_custody_entry *e)
{
	char id[CUSTODY_ID_TEXT];
	custody_id_text(&e->id, id);
	for (unsigned i = 0; i < IND_CUSTODY_CODE_END; i++)
		if (e->codes >> i & 1)
			tell_note("event %s: %s%s%s", id, ind_custody_code_help((enum ind_custody_code)i),
				i == IND_CUSTODY_CODE_STAMP ? ": " : "",
				i == IND_CUSTODY_CODE_STAMP ? ind_stamp_reason_help(e->stamp.reason) : "");
	if (e->open)
		tell_note("event %s: is an open release, its recipient has given no receipt", id);
}

static void interval_tell(struct custody *c)
{
	char from[32], to[32];
	struct ind_stamp_result s;
	if (!c->has_bundle || !c->has_head)
		return;
	text_time(ind_not_before_ns(&c->result), from, sizeof(from));
	if (!ind_custody_log_not_after(c->log, &s)) {
		text_time(c->result.not_after_ns, to, sizeof(to));
		tell_note("made not before %s, not after %s, by the sensor's own clock only", from, to);
		return;
	}
	text_time(s.not_after_ns, to, sizeof(to));
	tell_note("made not before %s by the sensor's own clock, not after %s by the time stamp of %s%s%s", from, to, s.authority,
		s.accuracy_ns == IND_ABSENT_U64 ? ", which states no accuracy" : "",
		s.revocation_checked ? "" : "; whether its certificate was revoked was not checked");
}

void custody_tell(struct custody *c)
{
	const struct ind_custody_entry *e;
	for (size_t i = 0; i < ind_custody_log_count(c->log); i++)
		if (ind_custody_log_event(c->log, i, &e) == IND_OK)
			entry_tell(e);
	for (size_t i = 0; i < ind_custody_log_file_count(c->log); i++)
		file_tell(ind_custody_log_file(c->log, i));
	interval_tell(c);
}

void custody_interval(const struct custody *c, struct verdict *v) { v->has_stamp = c->log && ind_custody_log_not_after(c->log, &v->stamp); }
