/* SPDX-License-Identifier: Apache-2.0 */
/* Coordinates: a record becomes a row, what the format has no place for is counted, the format writes. */
#include "export/format.h"
#include "export/loss.h"
#include "export/supply.h"
#include <stdlib.h>
#include <string.h>

static const struct { struct export_info info; const struct export_format *format; } formats[] = {
#define FORMAT(symbol, name, flags, help) { { name, help, flags }, &export_##symbol },
#include "export/formats.def"
#undef FORMAT
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

size_t export_count(void) { return FORMATS; }
const struct export_info *export_at(size_t n) { return n < FORMATS ? &formats[n].info : NULL; }

static size_t format_find(const char *name)
{
	size_t i = 0;
	while (i < FORMATS && strcmp(formats[i].info.name, name) != 0)
		i++;
	return i;
}

const struct export_info *export_find(const char *name) { return export_at(format_find(name)); }

const char *export_name_of(enum export_column column, const struct query_field *field)
{
	switch (column) {
	case EXPORT_BY_ZEEK: return field->zeek;
	case EXPORT_BY_EVE: return field->eve;
	case EXPORT_BY_ECS: return field->ecs;
	case EXPORT_BY_IPFIX: return field->ipfix;
	case EXPORT_BY_STIX: return field->stix;
	default: return "";
	}
}

const char *export_name_of_signal(enum export_column column, unsigned id)
{
	const struct ind_signal_info *info = ind_signal_info(id);
	const struct query_foreign *f = info ? query_foreign_of(info->name) : NULL;
	if (!f)
		return "";
	const char *const names[EXPORT_COLUMN_COUNT] = { f->zeek, f->eve, f->ecs, f->ipfix, f->stix };
	return names[column];
}

bool export_has_name(enum export_column column, enum query_kind_id kind, size_t field)
{
	if (kind == QUERY_KIND_SIGNAL && (field == QUERY_SIGNAL_signal || field == QUERY_SIGNAL_value))
		return true;
	return *export_name_of(column, &query_kinds[kind].fields[field]) != '\0';
}

static void open_files(struct export *e)
{
	const char *const *files = e->format->files;
	if (e->info->flags & EXPORT_DATABASE)
		return;
	if (!files) {
		e->out[0] = e->options.open(e->options.ctx, NULL);
		return;
	}
	for (size_t i = 0; files[i] && i < EXPORT_FILES_MAX; i++)
		e->out[i] = e->options.open(e->options.ctx, files[i]);
}

enum ind_err export_new(const struct export_info *info, const struct export_options *options, struct export **out)
{
	struct export *e = calloc(1, sizeof(*e));
	*out = NULL;
	if (!e)
		return IND_NOMEM;
	e->info = info;
	e->format = formats[format_find(info->name)].format;
	e->options = *options;
	e->state = calloc(1, e->format->state_bytes + 1);
	enum ind_err err = e->state ? IND_OK : IND_NOMEM;
	if (err == IND_OK)
		open_files(e);
	if (err == IND_OK && !e->out[0] && !(info->flags & EXPORT_DATABASE))
		err = IND_IO;
	if (err == IND_OK) {
		e->first_only = info->flags & EXPORT_FOLDER && !e->out[1];
		loss_start(e);
		err = e->format->start ? e->format->start(e) : IND_OK;
	}
	if (err == IND_OK)
		*out = e;
	else
		export_free(e);
	return err;
}

static enum ind_err state_of(const struct export *e)
{
	enum ind_err err = e->err;
	for (size_t i = 0; err == IND_OK && i < EXPORT_FILES_MAX; i++)
		err = e->out[i] ? e->out[i]->err : IND_OK;
	return err;
}

enum ind_err export_end(struct export *e)
{
	if (state_of(e) == IND_OK && e->format->end)
		e->format->end(e);
	return state_of(e);
}

enum ind_err export_flush(struct export *e)
{
	if (state_of(e) == IND_OK && e->format->flush)
		e->format->flush(e);
	for (size_t i = 0; i < EXPORT_FILES_MAX; i++)
		if (e->out[i])
			(void)out_flush(e->out[i]);
	return state_of(e);
}

void export_free(struct export *e)
{
	if (!e)
		return;
	if (e->state && e->format->drop)
		e->format->drop(e);
	free(e->state);
	free(e);
}

/* What a list of indicators calls an entry stays in the bundle: an export says which list, when, how graded, and what it lists. */
static void claim_row(struct export *e, const struct ind_record *r)
{
	row_of_claim(&e->row, r, e->context);
	if (r->claim.kind != IND_CLAIM_IOC)
		return;
	e->lost_label += e->row.cell[QUERY_CLAIM_label].form != CELL_ABSENT;
	e->row.cell[QUERY_CLAIM_label].form = e->row.cell[QUERY_CLAIM_source].form = CELL_ABSENT;
}

static bool make_row(struct export *e, const struct ind_record *r)
{
	switch (r->kind) {
	case IND_REC_FLOW: row_of_flow(&e->row, r, e->context); return true;
	case IND_REC_EXHIBIT: row_of_exhibit(&e->row, r); return true;
	case IND_REC_CLAIM: claim_row(e, r); return true;
	case IND_REC_ORIGIN: row_of_origin(&e->row, r, e->context); return true;
	case IND_REC_CLOCK: row_of_clock(&e->row, r); return true;
	case IND_REC_LOSS: row_of_loss(&e->row, r); return true;
	case IND_REC_RECOVERY: row_of_recovery(&e->row, r); return true;
	default: return false;
	}
}

enum ind_err export_put(struct export *e, struct supply *s)
{
	const struct ind_record *r = supply_record(s);
	if (state_of(e) != IND_OK || !r)
		return state_of(e);
	e->supply = s;
	e->context = supply_context(s);
	if (r->kind == IND_REC_HEADER) {
		e->created_ns = r->header.created_ns;
		if (e->format->bundle)
			e->format->bundle(e, r);
		return state_of(e);
	}
	if (!make_row(e, r))
		return IND_OK;
	if (r->kind == IND_REC_FLOW && e->format->needs_signals)
		ind_flow_derive(&r->flow.flow, r->flow.signals, r->flow.signal_count, e->context->signals, &e->derived);
	else
		e->derived.count = 0;
	if (loss_count(e, r)) {
		e->format->put(e, r);
		e->written[r->kind]++;
	}
	return state_of(e);
}

const struct ind_signal *export_signal(const struct export *e, const struct ind_record *r, size_t n)
{
	if (n < r->flow.signal_count)
		return &r->flow.signals[n];
	n -= r->flow.signal_count;
	return n < e->derived.count ? &e->derived.signal[n] : NULL;
}

uint64_t export_written(const struct export *e, enum ind_record_kind kind) { return e->written[kind]; }
