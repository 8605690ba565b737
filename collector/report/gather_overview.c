/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle as a whole: HEADER, totals, verdict, custody. */
#include "base/hash.h"
#include "indicia/catalogue.h"
#include "query/whole.h"
#include "report/gather_inside.h"
#include <stddef.h>
#include <string.h>

enum { KEY_ID_BYTES = 4, EVENT_ID_BYTES = 8 };

static const char *hex_text(struct gather *g, const uint8_t *bytes, size_t count)
{
	char text[2 * IND_SHA256_BYTES + 1];
	hash_hex(bytes, count, text);
	return arena_text(&g->m->arena, text, 2 * count);
}

static const char *key_text(struct gather *g, const struct ind_key_public *key)
{
	uint8_t id[KEY_ID_BYTES];
	ind_key_id(key, "indicia", id);
	return hex_text(g, id, sizeof(id));
}

static enum ind_err take_data(struct gather *g, struct model_bundle *b, const struct ind_header *h)
{
	b->data = arena_take(&g->m->arena, (h->data_set_count + 1) * sizeof(*b->data));
	for (size_t i = 0; b->data && i < h->data_set_count; i++) {
		const struct ind_data_set *from = &h->data_sets[i];
		struct model_bundle_data *to = &b->data[b->data_count++];
		*to = (struct model_bundle_data){ gather_text(g, from->name), gather_text(g, from->type), gather_text(g, from->title), gather_text(g, from->licence),
			from->build_epoch_s, { 0 } };
		memcpy(to->sha256, from->sha256, sizeof(to->sha256));
	}
	return b->data ? IND_OK : IND_NOMEM;
}

/* Texts of a HEADER that the model shows as they are. */
#define SAME(name) { offsetof(struct ind_header, name), offsetof(struct model_bundle, name) }
static const struct { size_t from, to; } texts[] = {
	SAME(sensor), SAME(interface), SAME(source_file), SAME(link_type), SAME(capture_filter), SAME(authority), SAME(case_id), SAME(clock_source), SAME(build_id), SAME(signals), SAME(exhibits), SAME(privacy),
};

static enum ind_err take_header(struct gather *g, struct model_bundle *b, const struct ind_header *h)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*(const char **)(void *)((char *)b + texts[i].to) = gather_text(g, *(const struct ind_text *)(const void *)((const char *)h + texts[i].from));
	b->sensor = b->sensor ? b->sensor : "";
	char key[IND_KEY_TEXT_MAX];
	ind_key_public_to_text(&h->identity, key);
	b->key = key_text(g, &h->identity);
	b->public_key = arena_text(&g->m->arena, key, strlen(key));
	memcpy(b->stream_id, h->stream_id, sizeof(b->stream_id));
	b->has_position = h->has_position;
	b->deterministic = h->deterministic;
	b->latitude_1e4 = h->latitude_1e4;
	b->longitude_1e4 = h->longitude_1e4;
	b->position_error_km = h->position_error_km;
	b->snaplen = h->snaplen;
	b->retain_until_s = h->retain_until_s;
	b->first_leaf = h->first_leaf;
	b->open_ns = h->created_ns;
	return take_data(g, b, h);
}

static uint64_t number(const struct query_row *row, unsigned at) { return row->cell[at].form == CELL_ABSENT ? 0 : row->cell[at].number; }

static void take_loss(struct model_bundle *b, const struct query_cell *losses)
{
	for (size_t i = 0; losses->form == CELL_MAP && i < losses->count; i++)
		for (unsigned cause = 1; cause < IND_LOSS_MAX; cause++)
			if (strcmp(losses->items[i].key, ind_loss_name(cause)) == 0)
				b->loss[cause] = losses->items[i].number;
}

static void take_totals(struct model_bundle *b, const struct query_row *row)
{
	const struct query_cell *source = &row->cell[QUERY_BUNDLE_source_sha256];
	b->has_flows = row->cell[QUERY_BUNDLE_from].form == CELL_TIME;
	b->from_ns = number(row, QUERY_BUNDLE_from);
	b->to_ns = number(row, QUERY_BUNDLE_to);
	b->flows = number(row, QUERY_BUNDLE_flows);
	b->packets = number(row, QUERY_BUNDLE_packets);
	b->flow_bytes = number(row, QUERY_BUNDLE_flow_bytes);
	b->signal_count = number(row, QUERY_BUNDLE_signals);
	b->exhibit_count = number(row, QUERY_BUNDLE_exhibits);
	b->claims = number(row, QUERY_BUNDLE_claims);
	b->origins = number(row, QUERY_BUNDLE_origins);
	take_loss(b, &row->cell[QUERY_BUNDLE_losses]);
	b->has_source_sha256 = source->form == CELL_HEX && source->count == IND_SHA256_BYTES;
	if (b->has_source_sha256)
		memcpy(b->source_sha256, source->bytes, IND_SHA256_BYTES);
}

static enum ind_err whole_take(struct gather *g, struct model_bundle *b, const struct ind_source *source)
{
	struct whole *whole = whole_new();
	uint64_t offset;
	if (!whole)
		return IND_NOMEM;
	enum ind_err err = whole_read(whole, source, NULL, &offset);
	if (whole_row(whole)) {
		enum ind_err taken = take_header(g, b, whole_header(whole));
		take_totals(b, whole_row(whole));
		err = taken == IND_OK ? err : taken;
	}
	whole_free(whole);
	return err;
}

static void take_verdict(struct model_bundle *b, const struct ind_verify_result *r)
{
	b->verdict = ind_verdict_name(r->verdict);
	b->reason = r->reason && *r->reason ? r->reason : NULL;
	b->not_before_ns = r->not_before_ns ? r->not_before_ns : IND_ABSENT_U64;
	b->not_after_ns = r->not_after_ns ? r->not_after_ns : IND_ABSENT_U64;
	b->clock_error_ns = r->clock_error_ns;
	b->clock_sync = ind_clock_sync_name(r->clock.worst_sync);
	b->clock_steps = r->clock.steps;
	b->clock_undeclared = r->clock.undeclared;
	b->leaves = r->leaves;
	b->records = r->records;
	b->sealed_ns = r->not_after_ns;
}

/* A savefile covers the time of its packets, not that of its reading. */
static void take_coverage(struct model_bundle *b)
{
	if (b->interface && b->sealed_ns >= b->open_ns)
		return;
	b->open_ns = b->from_ns;
	b->sealed_ns = b->to_ns;
}

static const char *fault_of(uint32_t codes)
{
	for (unsigned code = 0; code < IND_CUSTODY_CODE_END; code++)
		if (codes >> code & 1)
			return ind_custody_code_name((enum ind_custody_code)code);
	return NULL;
}

static enum ind_err take_event(struct gather *g, struct model_event *to, const struct ind_custody_entry *e)
{
	*to = (struct model_event){ .key_trusted = e->key_trusted, .id = hex_text(g, e->id.bytes, EVENT_ID_BYTES), .type = "?",
		.fault = fault_of(IND_CUSTODY_FAULTS(e->codes)) };
	if (!e->readable)
		return IND_OK;
	to->time_ns = e->event.claimed_ns;
	to->type = ind_custody_type_name(e->event.type);
	to->actor = gather_text(g, e->event.actor);
	to->place = gather_text(g, e->event.place);
	to->purpose = gather_text(g, e->event.purpose);
	to->note = gather_text(g, e->event.note);
	to->key = key_text(g, &e->event.actor_key);
	to->object = e->event.has_object_sha256 ? hex_text(g, e->event.object_sha256, IND_SHA256_BYTES) : NULL;
	return IND_OK;
}

/* A log may be beside several bundles. */
static enum ind_err statement_add(struct report_model *m, const struct model_event *e)
{
	if (strcmp(e->type, ind_custody_type_name(IND_CUSTODY_REVIEWED)) != 0 || !e->object || strcmp(e->object, m->assessment_id) != 0)
		return IND_OK;
	for (size_t i = 0; i < m->statement_count; i++)
		if (strcmp(m->statements[i].id, e->id) == 0)
			return IND_OK;
	struct model_event *list = arena_grow(&m->arena, m->statements, m->statement_count, sizeof(*list));
	if (!list)
		return IND_NOMEM;
	m->statements = list;
	m->statements[m->statement_count++] = *e;
	return IND_OK;
}

/* What a statement is worth does not hang on the log that it came in: of a file by itself events are missing. */
static const uint32_t worthless = UINT32_C(1) << IND_CUSTODY_CODE_FORM | UINT32_C(1) << IND_CUSTODY_CODE_SIGNATURE | UINT32_C(1) << IND_CUSTODY_CODE_REVOKED;

static enum ind_err event_at(struct gather *g, struct ind_custody_log *log, size_t at, struct model_event *event)
{
	const struct ind_custody_entry *entry;
	enum ind_err err = ind_custody_log_event(log, at, &entry);
	if (err == IND_OK)
		err = take_event(g, event, entry);
	if (err != IND_OK)
		return err;
	struct model_event statement = *event;
	statement.fault = fault_of(entry->codes & worthless);
	return statement_add(g->m, &statement);
}

enum ind_err gather_statements(struct gather *g, struct ind_custody_log *log)
{
	struct model_event event;
	enum ind_err err = IND_OK;
	for (size_t i = 0; i < ind_custody_log_count(log) && err == IND_OK; i++)
		err = event_at(g, log, i, &event);
	return g->m->arena.failed ? IND_NOMEM : err;
}

static enum ind_err take_custody_faults(struct gather *g, struct model_bundle *b, struct ind_custody_log *log)
{
	b->custody_file_count = log ? ind_custody_log_file_count(log) : 0;
	b->custody_faults = b->custody_file_count ? arena_take(&g->m->arena, b->custody_file_count * sizeof(*b->custody_faults)) : NULL;
	for (size_t i = 0; b->custody_faults && i < b->custody_file_count; i++) {
		const struct ind_custody_file *f = ind_custody_log_file(log, i);
		const char *slash = strrchr(f->name, '/'), *name = slash ? slash + 1 : f->name;
		if (f->state == IND_CUSTODY_FILE_OK && !f->cut)
			continue;
		struct model_custody_fault *fault = &b->custody_faults[b->custody_fault_count++];
		*fault = (struct model_custody_fault){ arena_text(&g->m->arena, name, strlen(name)), f->state == IND_CUSTODY_FILE_OK ? NULL : ind_custody_file_state_name(f->state), f->bad_bytes, f->cut };
	}
	return b->custody_file_count && !b->custody_faults ? IND_NOMEM : IND_OK;
}

static enum ind_err take_custody(struct gather *g, struct model_bundle *b, struct ind_custody_log *log)
{
	size_t count = log ? ind_custody_log_count(log) : 0;
	enum ind_err err = take_custody_faults(g, b, log);
	if (err != IND_OK)
		return err;
	b->events = count ? arena_take(&g->m->arena, count * sizeof(*b->events)) : NULL;
	for (size_t i = 0; b->events && i < count && err == IND_OK; i++)
		err = event_at(g, log, i, &b->events[b->event_count++]);
	return count && !b->events ? IND_NOMEM : err;
}

enum ind_err gather_overview(struct gather *g, struct model_bundle *b, const struct report_source *source)
{
	const char *slash = strrchr(source->name, '/'), *name = slash ? slash + 1 : source->name;
	b->name = arena_text(&g->m->arena, name, strlen(name));
	b->sensor = "";
	memcpy(b->sha256, source->sha256, sizeof(b->sha256));
	take_verdict(b, source->result);
	enum ind_err err = b->name ? whole_take(g, b, source->source) : IND_NOMEM;
	take_coverage(b);
	enum ind_err custody = take_custody(g, b, source->log);
	return custody == IND_OK ? err : custody;
}
