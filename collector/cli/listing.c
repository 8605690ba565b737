/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/listing.h"
#include "cli/args.h"
#include "cli/input.h"
#include "cli/selection.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "query/parents.h"
#include "query/rows.h"
#include "query/scan.h"
#include <string.h>

struct listing {
	enum query_kind_id kind;
	bool all;                    /* every kind of record */
	struct writer writer;
	uint64_t shown, matched, limit;
	struct rows_context context;
	struct parents *parents;
	struct query_row row;
	struct ind_derived derived;
	const struct input *input;
	struct query_filter *filter; /* NULL: everything */
	struct filter_claims *claims;
	struct filter_scan *scan;    /* the same, asked of columns */
	bool count_only;
	uint64_t asked;              /* rows that there were */
};

static struct filter_context asking(const struct listing *l) { return (struct filter_context){ .rows = &l->context, .claims = l->claims }; }

static bool selects(struct listing *l, const struct ind_record *record)
{
	struct filter_context context = asking(l);
	l->asked++;
	return !l->filter || query_filter_matches(l->filter, record, &context) == TRUTH_YES;
}

static bool selects_signal(struct listing *l, const struct ind_record *record, const struct ind_signal *signal, size_t place)
{
	struct filter_context context = asking(l);
	l->asked++;
	return !l->filter || query_filter_matches_signal(l->filter, record, signal, place, &context) == TRUTH_YES;
}

/* True if one more row is to be made. */
static bool counts(struct listing *l)
{
	l->matched++;
	if (l->count_only || l->shown == l->limit)
		return false;
	l->shown++;
	return true;
}

static void put(struct listing *l)
{
	if (l->all)
		writer_any_row(&l->writer, &l->row);
	else
		writer_row(&l->writer, &l->row);
}

/* Of a flow that is selected. */
static void put_flow(struct listing *l, const struct ind_record *record)
{
	if (!counts(l))
		return;
	uint64_t parent = record->flow.flow.parent;
	/* Without the place of its parent a flow is still a flow. */
	if (parent && !l->parents && parents_load(&l->input->source, &l->parents) != IND_OK)
		l->parents = NULL;
	if (parent)
		parents_find(l->parents, parent, l->context.parent);
	row_of_flow(&l->row, record, &l->context);
	put(l);
}

static void put_signals(struct listing *l, const struct ind_record *record)
{
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		if (!selects_signal(l, record, &record->flow.signals[i], i) || !counts(l))
			continue;
		row_of_signal(&l->row, record, i);
		put(l);
	}
	ind_flow_derive(&record->flow.flow, record->flow.signals, record->flow.signal_count, l->context.signals, &l->derived);
	for (size_t i = 0; i < l->derived.count; i++) {
		if (!selects_signal(l, record, &l->derived.signal[i], record->flow.signal_count + i) || !counts(l))
			continue;
		row_of_derived(&l->row, record, &l->derived, i);
		put(l);
	}
}

static void put_other(struct listing *l, const struct ind_record *record)
{
	if (!selects(l, record))
		return;
	switch (record->kind) {
	case IND_REC_ORIGIN: row_of_origin(&l->row, record, &l->context); break;
	case IND_REC_CLAIM: row_of_claim(&l->row, record, &l->context); break;
	case IND_REC_EXHIBIT: row_of_exhibit(&l->row, record); break;
	case IND_REC_CLOCK: row_of_clock(&l->row, record); break;
	case IND_REC_LOSS: row_of_loss(&l->row, record); break;
	case IND_REC_RECOVERY: row_of_recovery(&l->row, record); break;
	default: return;
	}
	if (counts(l))
		put(l);
}

static void put_record(struct listing *l, const struct ind_record *record)
{
	if (record->kind == IND_REC_HEADER) {
		rows_context_of(&l->context, &record->header);
	} else if (record->kind == IND_REC_FLOW) {
		if (l->all || (l->kind == QUERY_KIND_FLOW && selects(l, record)))
			put_flow(l, record);
		if (l->all || l->kind == QUERY_KIND_SIGNAL)
			put_signals(l, record);
	} else {
		put_other(l, record);
	}
}

static uint32_t wanted(const struct listing *l)
{
	if (l->all)
		return IND_WANT_ALL;
	return IND_WANT(IND_REC_HEADER) | (l->kind == QUERY_KIND_ORIGIN ? IND_WANT(IND_REC_ORIGIN) : IND_WANT(IND_REC_FLOW));
}

static int status_of(enum ind_err err) { return err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED; }

/* The selected rows of a batch. When no more are to be shown, they are only counted. */
static enum ind_err put_batch(struct listing *l, struct ind_reader *reader, const uint8_t *rows, size_t count, size_t selected)
{
	const struct ind_record *record;
	if (l->count_only || l->shown == l->limit) {
		l->matched += selected;
		return IND_OK;
	}
	enum ind_err err = ind_batch_rows(reader);
	for (size_t i = 0; err == IND_OK && i < count && l->writer.out->err == IND_OK; i++) {
		err = ind_reader_next(reader, &record);
		if (err == IND_OK && (!rows || rows[i] == TRUTH_YES))
			put_flow(l, record);
	}
	return err;
}

/* Flows by columns: most of a bundle is not looked into then. */
static enum ind_err list_batches(struct listing *l, struct ind_reader *reader)
{
	const struct ind_record *record;
	struct ind_batch batch;
	enum ind_err err = ind_reader_next(reader, &record);
	if (err != IND_OK)
		return err;
	put_record(l, record);
	struct ind_record_id id = record->id;
	while (l->writer.out->err == IND_OK && (err = ind_reader_batch(reader, &batch)) == IND_OK) {
		struct filter_context context = asking(l);
		const uint8_t *rows = NULL;
		size_t selected = batch.rows;
		l->asked += batch.rows;
		if (l->scan)
			err = filter_scan_batch(l->scan, reader, &batch, &id, &context, &rows, &selected);
		if (err == IND_OK && selected)
			err = put_batch(l, reader, rows, batch.rows, selected);
		if (err != IND_OK)
			break;
	}
	return err;
}

static enum ind_err list_records(struct listing *l, struct ind_reader *reader)
{
	const struct ind_record *record;
	enum ind_err err = IND_OK;
	while (l->writer.out->err == IND_OK && (err = ind_reader_next(reader, &record)) == IND_OK)
		put_record(l, record);
	return err;
}

static int list_open(struct listing *l, const struct input *in)
{
	struct ind_reader *reader = NULL;
	enum ind_err err = ind_reader_new(&in->source, wanted(l), &reader);
	if (err == IND_OK && l->filter && query_filter_asks_claims(l->filter))
		err = filter_claims_load(l->filter, &in->source, &l->claims);
	if (err != IND_OK) {
		ind_reader_free(reader);
		input_tell_damage(in, 0, err);
		return status_of(err);
	}
	l->input = in;
	memset(&l->context, 0, sizeof(l->context));
	err = l->scan || (l->count_only && l->kind == QUERY_KIND_FLOW) ? list_batches(l, reader) : list_records(l, reader);
	if (err != IND_OK && err != IND_END)
		input_tell_damage(in, ind_reader_offset(reader), err);
	ind_reader_free(reader);
	parents_free(l->parents);
	l->parents = NULL;
	filter_claims_free(l->claims);
	l->claims = NULL;
	return err == IND_OK || err == IND_END ? CLI_DONE : status_of(err);
}

static int list_one(struct listing *l, const char *name)
{
	struct input in;
	int status = input_open(&in, name);
	if (status != CLI_DONE)
		return status;
	status = list_open(l, &in);
	input_close(&in);
	return status;
}

static const char *plural(enum query_kind_id kind) { return kind == QUERY_KIND_FLOW ? "flows" : kind == QUERY_KIND_SIGNAL ? "signals" : "origins"; }

/* For a shell the bare number. */
static void put_count(struct listing *l)
{
	if (l->writer.options.format == QUERY_FORMAT_TABLE) {
		out_u64(l->writer.out, l->matched);
		out_char(l->writer.out, '\n');
		return;
	}
	row_start(&l->row, QUERY_KIND_TALLY);
	row_u64(&l->row, QUERY_TALLY_matched, l->matched);
	put(l);
	writer_end(&l->writer, NULL);
}

static void end_rows(struct listing *l)
{
	bool cut = !l->count_only && l->shown < l->matched;
	if (l->count_only)
		put_count(l);
	else
		writer_end(&l->writer, &(struct writer_summary){ cut, l->shown, l->matched });
	if (cut)
		tell_note("%llu of %llu rows shown (-n)", (unsigned long long)l->shown, (unsigned long long)l->matched);
	if (!l->filter)
		return;
	if (!l->count_only)
		tell_note("%llu of %llu %s matched", (unsigned long long)l->matched, (unsigned long long)l->asked, plural(l->kind));
	selection_tell_undecided(l->filter, plural(l->kind));
}

static int list_all(struct listing *l, const struct inputs *inputs, const struct output_options *output, const struct writer_options *options)
{
	struct target target;
	int status = target_open(&target, output->write, output->force);
	if (status != CLI_DONE)
		return status;
	l->limit = output->has_limit ? output->limit : UINT64_MAX;
	writer_start(&l->writer, &target.out, l->count_only ? QUERY_KIND_TALLY : l->kind, options);
	for (size_t i = 0; i < inputs->count && target.out.err == IND_OK; i++) {
		int one = list_one(l, inputs->names[i]);
		status = one > status ? one : status;
	}
	end_rows(l);
	int closed = target_close(&target, true);
	return closed != CLI_DONE ? closed : status;
}

int listing_records(const struct inputs *inputs, const struct output_options *output)
{
	struct listing l = { .all = true };
	struct writer_options options = { .format = QUERY_FORMAT_NDJSON };
	return list_all(&l, inputs, output, &options);
}

static int list_selected(struct listing *l, const struct inputs *inputs, const struct output_options *output, const struct selection_options *selection)
{
	struct writer_options options;
	int status = output_writer_options(output, l->count_only ? QUERY_KIND_TALLY : l->kind, &options);
	if (status == CLI_DONE)
		status = selection_open(selection, l->kind, &l->filter);
	if (status == CLI_DONE && l->filter && l->kind == QUERY_KIND_FLOW && !(l->scan = filter_scan_new(l->filter)))
		status = (tell_error("out of memory"), CLI_FAILED);
	if (status == CLI_DONE)
		status = list_all(l, inputs, output, &options);
	filter_scan_free(l->scan);
	query_filter_free(l->filter);
	return status;
}

int listing_run(const struct cli_verb *verb, enum query_kind_id kind, int argc, char **argv)
{
	struct args args;
	struct inputs inputs = { 0 };
	struct output_options output = { 0 };
	struct selection_options selection = { 0 };
	struct listing l = { .kind = kind };
	int status = CLI_DONE;
	args_start(&args, verb->options, verb->option_count, argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args)) {
		if (id == OPT_COUNT_ONLY)
			l.count_only = true;
		else if (!output_option(&output, id, args.value, &status) && !selection_option(&selection, id, args.value, &status))
			status = inputs_add(&inputs, args.value);
	}
	if (status == CLI_DONE && !inputs.count) {
		tell_error("%s: name a bundle, a folder of bundles, or '-'; see 'indicia %s -h'", verb->name, verb->name);
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = list_selected(&l, &inputs, &output, &selection);
	inputs_free(&inputs);
	return status;
}
