/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rederive.h"
#include "cli/cli.h"
#include "cli/rederive_flow.h"
#include "cli/stretch.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include "query/feed.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct rederiving {
	struct writer writer;
	struct query_row row;
	struct query_filter *filter;
	struct rederive_flow_options flow;
	struct held held;
	size_t bytes_max;
	uint64_t limit, shown;       /* rows */
};

static const struct { const char *name, *text; } reasons[REDERIVE_REASON_COUNT] = {
#define REDERIVE_REASON(id, name, text) { name, text },
	REDERIVE_REASONS(REDERIVE_REASON)
#undef REDERIVE_REASON
};

static void put_values(struct query_row *row, const struct rederive_difference *d)
{
	const struct ind_signal *r = d->recorded, *n = d->other_end ? d->recorded : d->derived;
	if (r)
		row_bytes(row, QUERY_REDERIVE_recorded, r->value, r->value_bytes);
	if (n)
		row_bytes(row, QUERY_REDERIVE_derived, n->value, n->value_bytes);
	if (r && r->sha256)
		row_hex(row, QUERY_REDERIVE_recorded_sha256, r->sha256, IND_SHA256_BYTES);
	if (n && n->sha256)
		row_hex(row, QUERY_REDERIVE_derived_sha256, n->sha256, IND_SHA256_BYTES);
}

static void put_difference(void *ctx, const struct rederive_difference *d)
{
	struct rederiving *r = ctx;
	struct query_row *row = &r->row;
	const struct ind_signal *s = d->recorded ? d->recorded : d->derived;
	const struct ind_flow *flow = &d->flow->flow;
	const struct ind_signal_info *info = ind_signal_info(s->id);
	struct ind_record_id id = d->flow->id;
	if (r->shown == r->limit)
		return;
	r->shown++;
	row_start(row, QUERY_KIND_REDERIVE);
	row_record(row, QUERY_REDERIVE_flow, &id);
	id.part = (uint32_t)d->place + 1;
	if (d->recorded)
		row_record(row, QUERY_REDERIVE_record, &id);
	if (d->exhibit)
		row_record(row, QUERY_REDERIVE_exhibit, &d->exhibit->id);
	row_time(row, QUERY_REDERIVE_time, s->time_ns);
	row_text(row, QUERY_REDERIVE_signal, info ? info->name : NULL);
	row_text(row, QUERY_REDERIVE_side, ind_side_name(s->side));
	row_addr(row, QUERY_REDERIVE_addr, flow->ip_version, flow->addr[s->from & 1]);
	if (d->other_end)
		row_addr(row, QUERY_REDERIVE_derived_addr, flow->ip_version, flow->addr[!(s->from & 1)]);
	put_values(row, d);
	if (s->packet)
		row_u64(row, QUERY_REDERIVE_packet, s->packet);
	writer_row(&r->writer, row);
}

/* Exhibits whose flow a filter left out are no loss. */
static enum ind_err compare_held(struct rederiving *r)
{
	enum ind_err err = IND_OK;
	struct held *h = &r->held;
	held_sort(h);
	for (size_t from = 0, to; from < h->count && err == IND_OK; from = to) {
		for (to = from + 1; to < h->count && h->items[to]->serial == h->items[from]->serial && !h->items[to]->is_flow;)
			to++;
		if (h->items[from]->is_flow)
			err = rederive_flow_compare(&r->flow, h->items + from, to - from);
		else if (!r->filter)
			r->flow.counts.reason[REDERIVE_BY_NO_FLOW] += to - from;
	}
	return err;
}

static bool text_is(struct ind_text text, const char *word) { return text.bytes == strlen(word) && memcmp(text.at, word, text.bytes) == 0; }

static void take_header(struct rederiving *r, const struct ind_header *header, const struct rows_context *context)
{
	memcpy(r->flow.wanted, context->signals, sizeof(r->flow.wanted));
	r->flow.exhibits_none = text_is(header->exhibits, "none");
	r->flow.privacy_reduced = text_is(header->privacy, "reduced");
}

static enum ind_err hold_records(struct rederiving *r, struct feed *feed)
{
	const struct ind_record *record;
	enum ind_err err;
	while ((err = feed_next(feed, &record)) == IND_OK) {
		if (record->kind == IND_REC_HEADER)
			take_header(r, &record->header, feed_context(feed));
		else if ((err = held_add(&r->held, record)) != IND_OK)
			break;
	}
	return err;
}

static int status_of(enum ind_err err) { return err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED; }

/* What a bundle holds of the range. Of a damaged one what could be read is compared; it is told in the first pass. */
static int hold_one(void *ctx, struct input *in, bool first_pass)
{
	struct rederiving *r = ctx;
	struct feed *feed;
	struct feed_options options = { .want = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_EXHIBIT), .filter = r->filter };
	enum ind_err err = feed_new(&in->source, &options, &feed);
	if (err != IND_OK) {
		if (first_pass)
			input_tell_damage(in, 0, err);
		return status_of(err);
	}
	err = hold_records(r, feed);
	if (err == IND_LIMIT)
		tell_error("%s: what was kept of one flow takes more than %zu MiB", in->name, r->bytes_max >> 20);
	else if (err != IND_END && first_pass)
		input_tell_damage(in, feed_offset(feed), err);
	feed_free(feed);
	return err == IND_END ? CLI_DONE : status_of(err);
}

/* Bundles that belong together, in as many passes as memory asks for. */
static int rederive_stretch(struct rederiving *r, struct stretches *all, size_t which)
{
	int status = CLI_DONE;
	bool more = true;
	for (uint64_t from = 0, pass = 0; more; from = r->held.before, pass++) {
		held_start(&r->held, from, r->bytes_max);
		int one = stretch_read(all, which, pass == 0, hold_one, r);
		status = one > status ? one : status;
		if (one == CLI_FAILED || compare_held(r) != IND_OK)
			return tell_error("out of memory"), CLI_FAILED;
		more = held_end(&r->held) && r->writer.out->err == IND_OK;
	}
	return status;
}

static void summary_row(struct rederiving *r)
{
	const struct rederive_counts *c = &r->flow.counts;
	row_start(&r->row, QUERY_KIND_SUMMARY);
	row_u64(&r->row, QUERY_SUMMARY_compared, c->compared);
	row_u64(&r->row, QUERY_SUMMARY_differing, c->differing);
	for (size_t i = 0; i < REDERIVE_REASON_COUNT; i++)
		if (c->reason[i])
			row_item_u64(&r->row, reasons[i].name, c->reason[i]);
	row_items(&r->row, QUERY_SUMMARY_not_compared, CELL_MAP, 0);
}

/* The last line is the summary, whatever the format; in JSON, CSV and TSV, which hold rows of one kind, it goes to people. */
static void put_summary(struct rederiving *r)
{
	const struct rederive_counts *c = &r->flow.counts;
	enum query_format format = r->writer.options.format;
	if (format == QUERY_FORMAT_NDJSON) {
		summary_row(r);
		writer_any_row(&r->writer, &r->row);
	}
	writer_end(&r->writer, NULL);
	char line[80];
	snprintf(line, sizeof(line), "%" PRIu64 " signals compared, %" PRIu64 " differ", c->compared, c->differing);
	if (format == QUERY_FORMAT_TABLE) {
		out_text(r->writer.out, line);
		out_char(r->writer.out, '\n');
	} else {
		tell_note("%s", line);
	}
	for (size_t i = 0; i < REDERIVE_REASON_COUNT; i++)
		if (c->reason[i])
			tell_note("%" PRIu64 " not compared: %s (%s)", c->reason[i], reasons[i].text, reasons[i].name);
	if (r->shown < c->differing)
		tell_note("%" PRIu64 " of %" PRIu64 " rows shown (-n)", r->shown, c->differing);
	if (!c->compared)
		tell_note("nothing was compared: this shows nothing");
}

static int rederive_all(struct rederiving *r, const struct inputs *inputs, const struct output_options *output, const struct writer_options *options)
{
	struct target target;
	struct stretches all = { 0 };
	int status = target_open(&target, output->write, output->force);
	if (status != CLI_DONE)
		return status;
	writer_start(&r->writer, &target.out, QUERY_KIND_REDERIVE, options);
	status = stretches_find(&all, inputs);
	for (size_t i = 0; i < all.count && status != CLI_FAILED && target.out.err == IND_OK; i++) {
		int one = rederive_stretch(r, &all, i);
		status = one > status ? one : status;
	}
	put_summary(r);
	stretches_free(&all);
	int closed = target_close(&target, true);
	if (closed != CLI_DONE)
		return closed;
	return status == CLI_DONE && r->flow.counts.differing ? CLI_NEGATIVE : status;
}

int rederive_run(const struct inputs *inputs, const struct output_options *output, const struct selection_options *selection, size_t bytes_max)
{
	static struct rederiving r;
	struct writer_options options;
	struct output_options as = *output;
	as.format = as.format ? as.format : "ndjson";
	r = (struct rederiving){ .bytes_max = bytes_max, .limit = output->has_limit ? output->limit : UINT64_MAX, .flow = { .differs = put_difference, .ctx = &r } };
	int status = output_writer_options(&as, QUERY_KIND_REDERIVE, &options);
	if (status == CLI_DONE)
		status = selection_open(selection, QUERY_KIND_FLOW, &r.filter);
	if (status == CLI_DONE && rederive_new(&r.flow.door) != IND_OK)
		status = (tell_error("out of memory"), CLI_FAILED);
	if (status == CLI_DONE)
		status = rederive_all(&r, inputs, output, &options);
	rederive_free(r.flow.door);
	query_filter_free(r.filter);
	held_free(&r.held);
	return status;
}
