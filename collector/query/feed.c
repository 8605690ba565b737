/* SPDX-License-Identifier: Apache-2.0 */
/* Where only flows are wanted they are asked for by columns: frames that a filter rules out are not inflated. Where other kinds are, too, every
 * record is asked by itself. */
#include "query/feed.h"
#include "query/parents.h"
#include "query/scan.h"
#include <stdlib.h>

struct feed {
	const struct ind_source *source;
	struct ind_reader *reader;
	struct query_filter *filter;
	enum query_kind_id filters;  /* the kind of rows that the filter is for */
	struct filter_claims *claims;
	struct filter_scan *scan;
	struct rows_context context;
	struct parents *parents;
	struct ind_record_id header_id;
	uint64_t asked;
	bool by_columns, has_header, has_parents;
	struct { struct ind_batch of; const uint8_t *truths; size_t at, count; } batch; /* rows of the batch at hand; NULL: all are selected */
};

enum ind_err feed_new(const struct ind_source *source, const struct feed_options *o, struct feed **feed)
{
	struct feed *f = calloc(1, sizeof(*f));
	*feed = NULL;
	if (!f)
		return IND_NOMEM;
	f->source = source;
	f->filter = o->filter;
	f->filters = o->filter ? query_filter_kind(o->filter) : o->want & IND_WANT(IND_REC_FLOW) ? QUERY_KIND_FLOW : QUERY_KIND_ORIGIN;
	f->by_columns = (o->want & ~IND_WANT(IND_REC_HEADER)) == IND_WANT(IND_REC_FLOW) && f->filters == QUERY_KIND_FLOW;
	enum ind_err err = ind_reader_new(source, o->want | IND_WANT(IND_REC_HEADER), &f->reader);
	if (err == IND_OK && f->filter && query_filter_asks_claims(f->filter))
		err = filter_claims_load(f->filter, source, &f->claims);
	if (err == IND_OK && f->filter && f->by_columns && !(f->scan = filter_scan_new(f->filter)))
		err = IND_NOMEM;
	if (err == IND_OK)
		*feed = f;
	else
		feed_free(f);
	return err;
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	filter_scan_free(f->scan);
	filter_claims_free(f->claims);
	parents_free(f->parents);
	ind_reader_free(f->reader);
	free(f);
}

static struct filter_context asking(const struct feed *f) { return (struct filter_context){ .rows = &f->context, .claims = f->claims }; }

/* Without the place of its parent a flow is still a flow. */
static void find_parent(struct feed *f, const struct ind_record *record)
{
	uint64_t parent = record->flow.flow.parent;
	f->context.parent[0] = '\0';
	if (!parent)
		return;
	if (!f->has_parents && parents_load(f->source, &f->parents) != IND_OK)
		f->parents = NULL;
	f->has_parents = true;
	parents_find(f->parents, parent, f->context.parent);
}

static void take_header(struct feed *f, const struct ind_record *record)
{
	rows_context_of(&f->context, &record->header);
	f->header_id = record->id;
	f->has_header = true;
}

static bool is_filtered(const struct feed *f, const struct ind_record *record)
{
	return (record->kind == IND_REC_FLOW && f->filters == QUERY_KIND_FLOW) || (record->kind == IND_REC_ORIGIN && f->filters == QUERY_KIND_ORIGIN);
}

static bool selects(struct feed *f, const struct ind_record *record)
{
	struct filter_context context = asking(f);
	if (!is_filtered(f, record))
		return true;
	f->asked++;
	return !f->filter || query_filter_matches(f->filter, record, &context) == TRUTH_YES;
}

/* On to a batch; of which rows are selected. */
static enum ind_err next_batch(struct feed *f, size_t *selected)
{
	enum ind_err err = ind_reader_batch(f->reader, &f->batch.of);
	f->batch.at = f->batch.count = 0;
	f->batch.truths = NULL;
	*selected = 0;
	if (err != IND_OK)
		return err;
	f->asked += f->batch.of.rows;
	*selected = f->batch.of.rows;
	if (f->scan) {
		struct filter_context context = asking(f);
		err = filter_scan_batch(f->scan, f->reader, &f->batch.of, &f->header_id, &context, &f->batch.truths, selected);
	}
	if (err == IND_OK && *selected)
		f->batch.count = f->batch.of.rows;
	return err;
}

static enum ind_err next_in_columns(struct feed *f, const struct ind_record **record)
{
	for (;;) {
		enum ind_err err;
		size_t selected;
		while (f->batch.at < f->batch.count) {
			size_t at = f->batch.at++;
			err = ind_reader_next(f->reader, record);
			if (err != IND_OK || !f->batch.truths || f->batch.truths[at] == TRUTH_YES)
				return err;
		}
		err = next_batch(f, &selected);
		if (err == IND_OK && selected)
			err = ind_batch_rows(f->reader);
		if (err != IND_OK)
			return err;
	}
}

enum ind_err feed_next(struct feed *f, const struct ind_record **record)
{
	enum ind_err err;
	if (f->by_columns && f->has_header) {
		err = next_in_columns(f, record);
	} else {
		do
			err = ind_reader_next(f->reader, record);
		while (err == IND_OK && (*record)->kind != IND_REC_HEADER && !selects(f, *record));
	}
	if (err == IND_OK && (*record)->kind == IND_REC_HEADER)
		take_header(f, *record);
	else if (err == IND_OK && (*record)->kind == IND_REC_FLOW)
		find_parent(f, *record);
	return err;
}

enum ind_err feed_next_batch(struct feed *f, struct feed_batch *batch)
{
	const struct ind_record *record;
	enum ind_err err = f->has_header ? IND_OK : feed_next(f, &record);
	batch->selected = 0;
	while (err == IND_OK && !batch->selected)
		err = next_batch(f, &batch->selected);
	/* Its rows are only handed out if they are asked for. */
	f->batch.at = f->batch.count;
	batch->reader = f->reader;
	batch->batch = f->batch.of;
	batch->truths = f->batch.truths;
	return err;
}

enum ind_err feed_batch_rows(struct feed *f)
{
	f->batch.at = 0;
	return ind_batch_rows(f->reader);
}

bool feed_selects_signal(struct feed *f, const struct ind_record *record, const struct ind_signal *signal, size_t place)
{
	struct filter_context context = asking(f);
	f->asked++;
	return !f->filter || query_filter_matches_signal(f->filter, record, signal, place, &context) == TRUTH_YES;
}

static enum ind_err count_columns(struct feed *f, uint64_t *count)
{
	enum ind_err err = IND_OK;
	size_t selected;
	for (; f->batch.at < f->batch.count; f->batch.at++)
		*count += !f->batch.truths || f->batch.truths[f->batch.at] == TRUTH_YES;
	while ((err = next_batch(f, &selected)) == IND_OK)
		*count += selected;
	return err;
}

enum ind_err feed_count_rest(struct feed *f, uint64_t *count)
{
	const struct ind_record *record;
	enum ind_err err = IND_OK;
	*count = 0;
	if (!f->has_header)
		err = feed_next(f, &record);
	if (err == IND_OK && f->by_columns)
		return count_columns(f, count);
	while (err == IND_OK && (err = feed_next(f, &record)) == IND_OK)
		*count += is_filtered(f, record);
	return err;
}

const struct rows_context *feed_context(const struct feed *f) { return &f->context; }
uint64_t feed_asked(const struct feed *f) { return f->asked; }
uint64_t feed_offset(const struct feed *f) { return ind_reader_offset(f->reader); }
