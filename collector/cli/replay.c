/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/replay.h"
#include "cli/cli.h"
#include "cli/collector.h"
#include "cli/lanes.h"
#include "cli/pace.h"
#include "cli/tell.h"
#include "query/rows.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct replaying {
	const struct replay_options *options;
	struct query_filter *filter;
	struct export *export;       /* NULL: NDJSON */
	struct target target;
	struct collector collector;
	struct out *out;
	bool to_network, ended;
	struct writer writer;
	struct query_row row;
	struct ind_derived derived;
	struct lanes *lanes;
	struct pace pace;
	uint64_t shown, limit;
	uint64_t first_ns, last_ns;
};

/* ---- NDJSON: every kind of record, as `show --records` ---- */

static void put(struct replaying *r) { writer_any_row(&r->writer, &r->row); }

static void put_flow(struct replaying *r, const struct lane_record *at)
{
	const struct ind_record *record = at->record;
	row_of_flow(&r->row, record, at->context);
	put(r);
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		row_of_signal(&r->row, record, i);
		put(r);
	}
	ind_flow_derive(&record->flow.flow, record->flow.signals, record->flow.signal_count, at->context->signals, &r->derived);
	for (size_t i = 0; i < r->derived.count; i++) {
		row_of_derived(&r->row, record, &r->derived, i);
		put(r);
	}
}

static void put_ndjson(struct replaying *r, const struct lane_record *at)
{
	switch (at->record->kind) {
	case IND_REC_FLOW: put_flow(r, at); return;
	case IND_REC_EXHIBIT: row_of_exhibit(&r->row, at->record); break;
	case IND_REC_ORIGIN: row_of_origin(&r->row, at->record, at->context); break;
	case IND_REC_CLAIM: row_of_claim(&r->row, at->record, at->context); break;
	case IND_REC_CLOCK: row_of_clock(&r->row, at->record); break;
	case IND_REC_LOSS: row_of_loss(&r->row, at->record); break;
	case IND_REC_RECOVERY: row_of_recovery(&r->row, at->record); break;
	default: return;
	}
	put(r);
}

/* ---- where it goes ---- */

static struct out *open_out(void *ctx, const char *file)
{
	(void)file;
	return ((struct replaying *)ctx)->out;
}

static int open_export(struct replaying *r, const char *name)
{
	struct export_options options = { .open = open_out, .ctx = r, .datagrams = r->to_network };
	enum ind_err err = export_new(export_find(name), &options, &r->export);
	if (err == IND_OK)
		return CLI_DONE;
	return tell_error("replay: %s", ind_strerror(err)), CLI_FAILED;
}

static int open_target(struct replaying *r, const char *to)
{
	const struct output_options *o = &r->options->output;
	const struct export_info *info = export_find(to);
	if (info && info->flags & EXPORT_BINARY && !o->write && isatty(STDOUT_FILENO)) {
		tell_error("--to %s is not for a terminal; use -w FILE, or a pipe", to);
		return CLI_USAGE;
	}
	int status = target_open(&r->target, o->write, o->force);
	r->out = &r->target.out;
	if (status != CLI_DONE)
		return status;
	if (info)
		return open_export(r, to);
	writer_start(&r->writer, r->out, QUERY_KIND_FLOW, &(struct writer_options){ .format = QUERY_FORMAT_NDJSON });
	return CLI_DONE;
}

static int open_network(struct replaying *r, const char *where)
{
	r->to_network = true;
	r->out = &r->collector.out;
	if (r->options->output.write) {
		tell_error("replay: to a collector or to a file (-w), not both");
		return CLI_USAGE;
	}
	int status = collector_open(&r->collector, where);
	return status == CLI_DONE ? open_export(r, "ipfix") : status;
}

static int open_outputs(struct replaying *r)
{
	static const char network[] = "ipfix:";
	const char *to = r->options->to ? r->options->to : "ndjson";
	if (strncmp(to, network, sizeof(network) - 1) == 0)
		return open_network(r, to + sizeof(network) - 1);
	if (strcmp(to, "ndjson") == 0 || strcmp(to, "eve") == 0 || strcmp(to, "pcap") == 0)
		return open_target(r, to);
	tell_error("--to %s: is none of ndjson, eve, pcap, ipfix:HOST:PORT", to);
	return CLI_USAGE;
}

static enum ind_err flush(struct replaying *r)
{
	enum ind_err err = r->export ? export_flush(r->export) : IND_OK;
	return err == IND_OK ? out_flush(r->out) : err;
}

/* ---- the replay ---- */

static bool put_record(struct replaying *r, const struct lane_record *at)
{
	if (r->export)
		return export_put(r->export, at->supply) == IND_OK;
	put_ndjson(r, at);
	return r->out->err == IND_OK;
}

/* True to go on. */
static bool put_next(struct replaying *r, const struct lane_record *at)
{
	if (at->record->kind == IND_REC_HEADER || at->record->kind == IND_REC_SEAL)
		return put_record(r, at);
	if (r->shown == r->limit)
		return false;
	if (pace_waits(&r->pace, at->has_time, at->time_ns) && flush(r) != IND_OK)
		return false;
	if (!pace_wait(&r->pace, at->has_time, at->time_ns)) {
		r->ended = true;
		return false;
	}
	r->shown++;
	if (at->has_time) {
		r->first_ns = r->first_ns ? r->first_ns : at->time_ns;
		r->last_ns = at->time_ns;
	}
	return put_record(r, at);
}

/* A replay that did not come to the end says so in its last line. */
static void put_end(struct replaying *r, bool cut)
{
	if (r->export) {
		if (export_end(r->export) != IND_OK)
			return; /* said when the output is closed */
	} else {
		if (cut) {
			row_start(&r->row, QUERY_KIND_SUMMARY);
			row_true(&r->row, QUERY_SUMMARY_truncated);
			row_u64(&r->row, QUERY_SUMMARY_shown, r->shown);
			put(r);
		}
		writer_end(&r->writer, NULL);
	}
}

static void tell_end(const struct replaying *r, bool cut)
{
	unsigned long long span_ms = (r->last_ns - r->first_ns) / 1000000;
	tell_note("%llu records, %llu.%03llu s of the recorded clock%s", (unsigned long long)r->shown, span_ms / 1000, span_ms % 1000,
		r->ended ? "; ended before the last one" : cut ? "; cut by -n" : "");
	if (r->to_network)
		tell_note("%llu messages sent to %s", (unsigned long long)r->collector.sent, r->collector.name);
}

static int replay_records(struct replaying *r, const struct inputs *inputs)
{
	struct lane_record at;
	bool more = true;
	int status = lanes_open(&r->lanes, inputs, r->export, r->filter);
	if (status == CLI_DONE)
		status = pace_start(&r->pace, r->options->speed, r->options->step);
	if (status != CLI_DONE)
		return status;
	while (more && lanes_next(r->lanes, &at))
		more = put_next(r, &at);
	pace_end(&r->pace);
	bool cut = !more && r->out->err == IND_OK;
	put_end(r, cut);
	tell_end(r, cut);
	return lanes_status(r->lanes);
}

static int close_outputs(struct replaying *r, bool keep)
{
	int status;
	if (r->to_network)
		status = collector_close(&r->collector);
	else
		status = target_close(&r->target, keep);
	export_free(r->export);
	return status;
}

int replay_run(const struct inputs *inputs, const struct replay_options *options)
{
	static struct replaying r;
	r = (struct replaying){ .options = options, .limit = options->output.has_limit ? options->output.limit : UINT64_MAX };
	int status = selection_open(&options->selection, QUERY_KIND_FLOW, &r.filter);
	if (status == CLI_DONE)
		status = open_outputs(&r);
	if (status == CLI_DONE) {
		status = replay_records(&r, inputs);
		int closed = close_outputs(&r, status != CLI_MISSING);
		status = closed != CLI_DONE ? closed : status;
	}
	lanes_close(r.lanes);
	query_filter_free(r.filter);
	return status;
}
