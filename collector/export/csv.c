/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4180: a file for each kind of record, with every field, as the listings write it. */
#include "export/format.h"
#include "query/write.h"

static const char *const files[] = { "flows.csv", "signals.csv", "origins.csv", "claims.csv", "exhibits.csv", "clocks.csv", "losses.csv", "recoveries.csv", NULL };
static const uint8_t kinds[] = { QUERY_KIND_FLOW, QUERY_KIND_SIGNAL, QUERY_KIND_ORIGIN, QUERY_KIND_CLAIM, QUERY_KIND_EXHIBIT, QUERY_KIND_CLOCK, QUERY_KIND_LOSS,
	QUERY_KIND_RECOVERY };
enum { FILES = sizeof(kinds), SIGNALS = 1 };
_Static_assert((int)FILES <= (int)EXPORT_FILES_MAX, "every file has a place");

struct state { struct writer writer[FILES]; };

static enum ind_err start(struct export *e)
{
	struct state *s = e->state;
	struct writer_options options = { .format = QUERY_FORMAT_CSV, .csv_raw = e->options.csv_raw, .on_terminal = e->options.on_terminal };
	for (size_t i = 0; i < FILES && e->out[i]; i++)
		writer_start(&s->writer[i], e->out[i], kinds[i], &options);
	return IND_OK;
}

static void put_signals(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	for (size_t n = 0; n < r->flow.signal_count; n++) {
		row_of_signal(&e->signal_row, r, n);
		writer_row(&s->writer[SIGNALS], &e->signal_row);
	}
	for (size_t n = 0; n < e->derived.count; n++) {
		row_of_derived(&e->signal_row, r, &e->derived, n);
		writer_row(&s->writer[SIGNALS], &e->signal_row);
	}
}

static void put(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	for (size_t i = 0; i < FILES; i++)
		if (&query_kinds[kinds[i]] == e->row.kind)
			writer_row(&s->writer[i], &e->row);
	if (r->kind == IND_REC_FLOW && !e->first_only)
		put_signals(e, r);
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	for (size_t i = 0; i < FILES; i++)
		out_free(&s->writer[i].scratch);
}

const struct export_format export_csv = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_ORIGIN) | IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_EXHIBIT) | IND_WANT(IND_REC_CLOCK) |
		IND_WANT(IND_REC_LOSS) | IND_WANT(IND_REC_RECOVERY),
	.needs_signals = true, .state_bytes = sizeof(struct state), .files = files, .start = start, .put = put, .drop = drop,
};
