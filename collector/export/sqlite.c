/* SPDX-License-Identifier: Apache-2.0 */
/* An SQLite file with a table for each kind of record, and one for the bundles that it is made of. */
#include "export/format.h"
#include "query/tables_file.h"

static const uint8_t kinds[] = { QUERY_KIND_BUNDLE, QUERY_KIND_FLOW, QUERY_KIND_SIGNAL, QUERY_KIND_ORIGIN, QUERY_KIND_CLAIM, QUERY_KIND_EXHIBIT, QUERY_KIND_CLOCK,
	QUERY_KIND_LOSS, QUERY_KIND_RECOVERY };

static const struct { uint8_t kind; const char *name, *columns; } indexes[] = {
	{ QUERY_KIND_FLOW, "record", "record" }, { QUERY_KIND_FLOW, "start", "start" }, { QUERY_KIND_FLOW, "saddr", "saddr" }, { QUERY_KIND_FLOW, "daddr", "daddr, dport" },
	{ QUERY_KIND_SIGNAL, "flow", "flow" }, { QUERY_KIND_SIGNAL, "value", "signal, value" }, { QUERY_KIND_SIGNAL, "addr", "addr" }, { QUERY_KIND_ORIGIN, "addr", "addr" },
	{ QUERY_KIND_CLAIM, "addr", "addr" },
};

struct state { struct tables_file *file; struct query_row sets[IND_DATA_SETS_MAX]; };

static void keep(struct export *e, enum ind_err err)
{
	if (e->err == IND_OK)
		e->err = err;
}

static enum ind_err start(struct export *e)
{
	struct state *s = e->state;
	enum ind_err err = tables_file_new(e->options.path, &s->file);
	for (size_t i = 0; err == IND_OK && i < sizeof(kinds); i++)
		err = tables_file_kind(s->file, kinds[i]);
	return err;
}

static void bundle(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	row_start(&e->row, QUERY_KIND_BUNDLE);
	row_of_header(&e->row, &r->header, s->sets);
	keep(e, tables_file_row(s->file, &e->row));
}

static void put(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	keep(e, tables_file_row(s->file, &e->row));
	for (size_t n = 0; r->kind == IND_REC_FLOW && n < r->flow.signal_count + e->derived.count; n++) {
		if (n < r->flow.signal_count)
			row_of_signal(&e->signal_row, r, n);
		else
			row_of_derived(&e->signal_row, r, &e->derived, n - r->flow.signal_count);
		keep(e, tables_file_row(s->file, &e->signal_row));
	}
}

static void end(struct export *e)
{
	struct state *s = e->state;
	for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]) && e->err == IND_OK; i++)
		keep(e, tables_file_index(s->file, indexes[i].kind, indexes[i].name, indexes[i].columns));
	keep(e, tables_file_end(s->file));
	tables_file_free(s->file);
	s->file = NULL;
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	tables_file_free(s->file);
}

const struct export_format export_sqlite = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_ORIGIN) | IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_EXHIBIT) | IND_WANT(IND_REC_CLOCK) |
		IND_WANT(IND_REC_LOSS) | IND_WANT(IND_REC_RECOVERY),
	.needs_signals = true, .state_bytes = sizeof(struct state), .start = start, .bundle = bundle, .put = put, .end = end, .drop = drop,
};
