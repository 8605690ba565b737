/* SPDX-License-Identifier: Apache-2.0 */
#include "query/gaps.h"
#include "indicia/catalogue.h"
#include "query/rows.h"
#include <stdlib.h>
#include <string.h>

enum { GAPS_MAX = 1 << 20 };

struct gap {
	const char *kind, *reason;
	size_t bundle;
	bool has_record, has_leaves, has_count, has_offset;
	struct ind_record_id record;
	uint64_t first_leaf, last_leaf, count, offset, from_ns, to_ns;
};

/* Where a bundle's leaves stand, and when: from its start to its last seal. */
struct span { size_t bundle; uint8_t stream[IND_STREAM_ID_BYTES]; uint64_t first, last, created_ns, sealed_ns; bool damaged; };

struct place_name { uint8_t stream[IND_STREAM_ID_BYTES]; char sensor[IND_SENSOR_ID_MAX + 1]; bool known; };

struct gaps {
	struct gap *list;
	size_t count, room;
	struct place_name *names;    /* of each bundle */
	struct span *spans;
	size_t bundles;
};

static enum ind_err add(struct gaps *g, const struct gap *gap)
{
	if (g->count == GAPS_MAX)
		return IND_LIMIT;
	if (g->count == g->room) {
		size_t room = g->room ? 2 * g->room : 16;
		struct gap *list = realloc(g->list, room * sizeof(*list));
		if (!list)
			return IND_NOMEM;
		g->list = list;
		g->room = room;
	}
	g->list[g->count++] = *gap;
	return IND_OK;
}

static enum ind_err add_losses(struct gaps *g, const struct gap *of, const struct ind_loss *loss)
{
	struct gap gap = *of;
	enum ind_err err = IND_OK;
	gap.kind = "loss";
	gap.from_ns = loss->from_ns;
	gap.to_ns = loss->to_ns;
	gap.has_count = true;
	for (unsigned cause = 1; cause < IND_LOSS_MAX && err == IND_OK; cause++) {
		gap.reason = ind_loss_name(cause);
		gap.count = loss->count[cause];
		err = gap.count ? add(g, &gap) : IND_OK;
	}
	return err;
}

/* Leaves that no seal of the run had covered, and bytes behind them that made no frame. */
static enum ind_err add_recovery(struct gaps *g, const struct gap *of, const struct ind_recovery *r, uint64_t first_leaf)
{
	struct gap gap = *of;
	gap.kind = "recovery";
	gap.reason = r->again ? "again" : "cut";
	gap.first_leaf = r->last_sealed_leaf ? r->last_sealed_leaf + 1 : first_leaf;
	gap.last_leaf = r->recovered_to_leaf;
	gap.has_leaves = !r->again && gap.first_leaf <= gap.last_leaf;
	gap.count = r->torn_bytes;
	gap.has_count = r->torn_bytes != 0;
	return add(g, &gap);
}

static const char *damage_name(enum ind_err err)
{
	switch (err) {
	case IND_SHORT: return "cut";
	case IND_MALFORMED: return "malformed";
	case IND_UNKNOWN: return "unknown";
	default: return "unreadable";
	}
}

static enum ind_err take(struct gaps *g, const struct ind_record *record, struct span *span)
{
	struct gap gap = { .bundle = span->bundle, .record = record->id, .has_record = true };
	struct place_name *name = &g->names[span->bundle];
	struct rows_context context;
	span->last = record->id.leaf + (record->kind == IND_REC_SEAL); /* whose CHECKPOINT, the leaf behind it, is no record */
	switch (record->kind) {
	case IND_REC_HEADER:
		rows_context_of(&context, &record->header);
		memcpy(name->sensor, context.sensor, sizeof(name->sensor));
		memcpy(name->stream, record->header.stream_id, sizeof(name->stream));
		memcpy(span->stream, record->header.stream_id, sizeof(span->stream));
		name->known = true;
		span->first = record->id.leaf;
		span->created_ns = record->header.created_ns;
		return IND_OK;
	case IND_REC_SEAL: span->sealed_ns = record->seal.realtime_ns; return IND_OK;
	case IND_REC_LOSS: return add_losses(g, &gap, &record->loss);
	case IND_REC_RECOVERY: return add_recovery(g, &gap, &record->recovery, span->first);
	default: return IND_OK;
	}
}

/* Records that say nothing of gaps are handed out too where the format does not let them be skipped; they tell how far the leaves go. */
static enum ind_err look_into(struct gaps *g, const struct ind_source *source, struct span *span, uint64_t *offset)
{
	const uint32_t want = IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_SEAL) | IND_WANT(IND_REC_LOSS) | IND_WANT(IND_REC_RECOVERY);
	struct ind_reader *reader = NULL;
	const struct ind_record *record;
	enum ind_err err = ind_reader_new(source, want, &reader), room = IND_OK;
	while (err == IND_OK && room == IND_OK && (err = ind_reader_next(reader, &record)) == IND_OK)
		room = take(g, record, span);
	*offset = reader ? ind_reader_offset(reader) : 0;
	ind_reader_free(reader);
	return room != IND_OK ? room : err;
}

enum ind_err gaps_look(struct gaps *g, size_t n, const struct ind_source *source, enum ind_err *read, uint64_t *offset)
{
	struct span *span = &g->spans[n];
	*offset = 0;
	*read = IND_OK;
	span->bundle = n;
	enum ind_err err = source ? look_into(g, source, span, offset) : IND_IO;
	if (err == IND_END || err == IND_NOMEM || err == IND_LIMIT)
		return err == IND_END ? IND_OK : err;
	*read = err;
	span->damaged = true;
	struct gap gap = { .kind = "damage", .reason = damage_name(err), .bundle = n, .offset = *offset, .has_offset = source != NULL };
	return add(g, &gap);
}

static int by_place(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int order = memcmp(x->stream, y->stream, sizeof(x->stream));
	if (order)
		return order;
	return x->first != y->first ? (x->first < y->first ? -1 : 1) : x->last < y->last ? -1 : x->last > y->last;
}

/* Between the bundles of one stream, and before the first. */
static enum ind_err add_leaves(struct gaps *g, const struct span *spans, size_t count)
{
	enum ind_err err = IND_OK;
	const struct span *before = NULL;
	uint64_t next = 0;
	for (size_t i = 0; i < count && err == IND_OK; i++) {
		const struct span *s = &spans[i];
		if (!g->names[s->bundle].known)
			continue;
		if (!before || memcmp(before->stream, s->stream, sizeof(s->stream)) != 0) {
			before = NULL;
			next = 0;
		}
		if (s->first > next) {
			struct gap gap = { .kind = "leaves", .reason = before && before->damaged ? "damaged" : "not_given", .bundle = s->bundle, .has_leaves = true,
				.first_leaf = next, .last_leaf = s->first - 1, .has_count = true, .count = s->first - next, .to_ns = s->created_ns,
				.from_ns = before ? before->sealed_ns : 0 };
			err = add(g, &gap);
		}
		if (!before || s->last >= next)
			before = s;
		next = s->last + 1 > next ? s->last + 1 : next;
	}
	return err;
}

struct gaps *gaps_new(size_t bundles)
{
	struct gaps *g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->bundles = bundles;
	g->names = calloc(bundles + 1, sizeof(*g->names));
	g->spans = calloc(bundles + 1, sizeof(*g->spans));
	if (g->names && g->spans)
		return g;
	gaps_free(g);
	return NULL;
}

enum ind_err gaps_end(struct gaps *g)
{
	if (g->bundles)
		qsort(g->spans, g->bundles, sizeof(*g->spans), by_place);
	return add_leaves(g, g->spans, g->bundles);
}

void gaps_free(struct gaps *g)
{
	if (!g)
		return;
	free(g->list);
	free(g->names);
	free(g->spans);
	free(g);
}

size_t gaps_count(const struct gaps *g) { return g->count; }
size_t gaps_bundle(const struct gaps *g, size_t n) { return g->list[n].bundle; }

void gaps_row(const struct gaps *g, size_t n, struct query_row *row)
{
	const struct gap *gap = &g->list[n];
	const struct place_name *name = &g->names[gap->bundle];
	row_start(row, QUERY_KIND_GAP);
	row_text(row, QUERY_GAP_kind, gap->kind);
	row_text(row, QUERY_GAP_reason, gap->reason);
	if (gap->has_record)
		row_record(row, QUERY_GAP_record, &gap->record);
	if (name->known) {
		row_hex(row, QUERY_GAP_stream, name->stream, sizeof(name->stream));
		row_text(row, QUERY_GAP_sensor, name->sensor);
	}
	if (gap->has_leaves) {
		row_u64(row, QUERY_GAP_first_leaf, gap->first_leaf);
		row_u64(row, QUERY_GAP_last_leaf, gap->last_leaf);
	}
	if (gap->from_ns)
		row_time(row, QUERY_GAP_from, gap->from_ns);
	if (gap->to_ns)
		row_time(row, QUERY_GAP_to, gap->to_ns);
	if (gap->has_count)
		row_u64(row, QUERY_GAP_count, gap->count);
	if (gap->has_offset)
		row_u64(row, QUERY_GAP_offset, gap->offset);
}
