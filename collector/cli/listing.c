/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/listing.h"
#include "cli/args.h"
#include "cli/input.h"
#include "cli/selection.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "query/feed.h"
#include "query/sort.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

struct listing {
	enum query_kind_id kind;
	bool all;                    /* every kind of record */
	struct writer writer;
	uint64_t shown, matched, limit;
	struct query_row row;
	struct ind_derived derived;
	struct query_filter *filter; /* NULL: everything */
	struct feed *feed;           /* of the bundle at hand */
	bool count_only;
	uint64_t asked;              /* rows that there were */
	struct sort *sort;           /* NULL: as recorded */
	enum ind_err sort_err;
	struct { int fd, error; } store; /* of rows that are sorted and do not fit into memory */
	bool expects;                /* nothing is a finding */
};

/* ---- order ---- */

static enum ind_err store_append(void *ctx, const void *bytes, size_t count)
{
	struct listing *l = ctx;
	const char *at = bytes;
	if (l->store.fd < 0 && (l->store.fd = input_temporary()) < 0)
		return l->store.error = errno, IND_IO;
	while (count) {
		ssize_t done = write(l->store.fd, at, count);
		if (done < 0 && errno != EINTR)
			return l->store.error = errno, IND_IO;
		at += done > 0 ? done : 0;
		count -= done > 0 ? (size_t)done : 0;
	}
	return IND_OK;
}

static enum ind_err store_read_at(void *ctx, uint64_t offset, void *bytes, size_t count)
{
	struct listing *l = ctx;
	for (size_t used = 0; used < count;) {
		ssize_t done = pread(l->store.fd, (char *)bytes + used, count - used, (off_t)(offset + used));
		if (done == 0 || (done < 0 && errno != EINTR))
			return l->store.error = done ? errno : EIO, IND_IO;
		used += done > 0 ? (size_t)done : 0;
	}
	return IND_OK;
}

static int start_sort(struct listing *l, const char *keys, uint64_t most)
{
	struct sort_options o = { .most = most, .memory_bytes = SORT_MEMORY_BYTES, .append = store_append, .read_at = store_read_at, .ctx = l };
	const char *bad = NULL;
	size_t bad_bytes = 0;
	if (!sort_keys_parse(keys, &query_kinds[l->kind], &o, &bad, &bad_bytes))
		return bad ? output_no_field("-s", &query_kinds[l->kind], bad, bad_bytes) : (tell_error("-s: more than %d fields", SORT_KEYS_MAX), CLI_USAGE);
	l->sort = sort_new(&query_kinds[l->kind], &o);
	return l->sort ? CLI_DONE : (tell_error("out of memory"), CLI_FAILED);
}

/* What was put in, in order. */
static void put_sorted(struct listing *l)
{
	enum ind_err err = l->sort_err == IND_OK ? sort_end(l->sort) : l->sort_err;
	while (err == IND_OK && l->shown < l->limit && l->writer.out->err == IND_OK && (err = sort_next(l->sort, &l->row)) == IND_OK) {
		writer_row(&l->writer, &l->row);
		l->shown++;
	}
	l->sort_err = err == IND_END ? IND_OK : err;
}

static int end_sort(struct listing *l)
{
	if (l->store.fd >= 0)
		close(l->store.fd);
	sort_free(l->sort);
	if (!l->sort || l->sort_err == IND_OK)
		return CLI_DONE;
	tell_error("-s: %s", l->sort_err == IND_IO ? strerror(l->store.error) : ind_strerror(l->sort_err));
	return CLI_FAILED;
}

/* ---- rows ---- */

/* True if one more row is to be made. */
static bool counts(struct listing *l)
{
	l->matched++;
	if (l->count_only || l->shown == l->limit)
		return false;
	l->shown += !l->sort;
	return true;
}

static void put(struct listing *l)
{
	if (l->sort && l->sort_err == IND_OK)
		l->sort_err = sort_add(l->sort, &l->row);
	if (l->sort)
		return;
	if (l->all)
		writer_any_row(&l->writer, &l->row);
	else
		writer_row(&l->writer, &l->row);
}

static void put_flow(struct listing *l, const struct ind_record *record)
{
	if (!counts(l))
		return;
	row_of_flow(&l->row, record, feed_context(l->feed));
	put(l);
}

static void put_signals(struct listing *l, const struct ind_record *record)
{
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		if (!feed_selects_signal(l->feed, record, &record->flow.signals[i], i) || !counts(l))
			continue;
		row_of_signal(&l->row, record, i);
		put(l);
	}
	ind_flow_derive(&record->flow.flow, record->flow.signals, record->flow.signal_count, feed_context(l->feed)->signals, &l->derived);
	for (size_t i = 0; i < l->derived.count; i++) {
		if (!feed_selects_signal(l->feed, record, &l->derived.signal[i], record->flow.signal_count + i) || !counts(l))
			continue;
		row_of_derived(&l->row, record, &l->derived, i);
		put(l);
	}
}

static void put_other(struct listing *l, const struct ind_record *record)
{
	switch (record->kind) {
	case IND_REC_ORIGIN: row_of_origin(&l->row, record, feed_context(l->feed)); break;
	case IND_REC_CLAIM: row_of_claim(&l->row, record, feed_context(l->feed)); break;
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
	if (record->kind != IND_REC_FLOW) {
		put_other(l, record);
		return;
	}
	if (l->kind == QUERY_KIND_FLOW)
		put_flow(l, record);
	if (l->all || l->kind == QUERY_KIND_SIGNAL)
		put_signals(l, record);
}

static uint32_t wanted(const struct listing *l)
{
	if (l->all)
		return IND_WANT_ALL;
	return l->kind == QUERY_KIND_ORIGIN ? IND_WANT(IND_REC_ORIGIN) : IND_WANT(IND_REC_FLOW);
}

static int status_of(enum ind_err err) { return err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED; }

static enum ind_err list_records(struct listing *l)
{
	const struct ind_record *record;
	enum ind_err err = IND_OK;
	bool countable = !l->all && l->kind != QUERY_KIND_SIGNAL;
	while (l->writer.out->err == IND_OK && l->sort_err == IND_OK && err == IND_OK) {
		uint64_t rest;
		if (countable && (l->count_only || l->shown == l->limit)) {
			err = feed_count_rest(l->feed, &rest);
			l->matched += rest;
		} else if ((err = feed_next(l->feed, &record)) == IND_OK) {
			put_record(l, record);
		}
	}
	return err;
}

static int list_open(struct listing *l, const struct input *in)
{
	struct feed_options options = { .want = wanted(l), .filter = l->filter };
	enum ind_err err = feed_new(&in->source, &options, &l->feed);
	if (err != IND_OK) {
		input_tell_damage(in, 0, err);
		return status_of(err);
	}
	err = list_records(l);
	if (err != IND_OK && err != IND_END)
		input_tell_damage(in, feed_offset(l->feed), err);
	l->asked += feed_asked(l->feed);
	feed_free(l->feed);
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
	writer_row(&l->writer, &l->row);
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
	if (l->sort && !l->count_only)
		put_sorted(l);
	end_rows(l);
	int sorted = end_sort(l);
	status = sorted > status ? sorted : status;
	if (status == CLI_DONE && l->expects && !l->matched)
		status = CLI_NEGATIVE;
	int closed = target_close(&target, true);
	return closed != CLI_DONE ? closed : status;
}

int listing_records(const struct inputs *inputs, const struct output_options *output)
{
	struct listing l = { .all = true, .kind = QUERY_KIND_FLOW, .store.fd = -1 };
	struct writer_options options = { .format = QUERY_FORMAT_NDJSON };
	return list_all(&l, inputs, output, &options);
}

static int list_selected(struct listing *l, const struct inputs *inputs, const struct output_options *output, const struct selection_options *selection,
	const char *sort)
{
	struct writer_options options;
	int status = output_writer_options(output, l->count_only ? QUERY_KIND_TALLY : l->kind, &options);
	if (status == CLI_DONE)
		status = selection_open(selection, l->kind, &l->filter);
	if (status == CLI_DONE && sort)
		status = start_sort(l, sort, output->has_limit ? output->limit : UINT64_MAX);
	if (status == CLI_DONE)
		status = list_all(l, inputs, output, &options);
	query_filter_free(l->filter);
	return status;
}

int listing_run(const struct cli_verb *verb, enum query_kind_id kind, int argc, char **argv)
{
	struct args args;
	struct inputs inputs = { 0 };
	struct output_options output = { 0 };
	struct selection_options selection = { 0 };
	struct listing l = { .kind = kind, .store.fd = -1 };
	const char *sort = NULL;
	int status = CLI_DONE;
	args_start(&args, verb->options, verb->option_count, argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args)) {
		if (id == OPT_COUNT_ONLY)
			l.count_only = true;
		else if (id == OPT_EXPECT)
			l.expects = true;
		else if (id == OPT_SORT)
			sort = args.value;
		else if (!output_option(&output, id, args.value, &status) && !selection_option(&selection, id, args.value, &status))
			status = inputs_add(&inputs, args.value);
	}
	if (status == CLI_DONE && !inputs.count) {
		tell_error("%s: name a bundle, a folder of bundles, or '-'; see 'indicia %s -h'", verb->name, verb->name);
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = list_selected(&l, &inputs, &output, &selection, sort);
	inputs_free(&inputs);
	return status;
}
