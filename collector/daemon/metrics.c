/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus' text format 0.0.4, for the textfile collector of node_exporter. docs/operations.md says what each of them means. */
#include "daemon/inside.h"

#include "base/text.h"
#include "indicia/catalogue.h"

#include <inttypes.h>
#include <string.h>

static void head_put(struct lines *out, const char *name, const char *type, const char *help)
{
	lines_add(out, "# HELP indicia_%s %s\n# TYPE indicia_%s %s\n", name, help, name, type);
}

/* `label` is "" or begins with a comma, as the sensor's own label stands before it. */
static void value_put(const struct keep *k, struct lines *out, const char *name, const char *label, double value)
{
	lines_add(out, "indicia_%s{sensor=\"%s\"%s} %.17g\n", name, k->sensor, label, value);
}

static void one_put(const struct keep *k, struct lines *out, const char *name, const char *type, const char *help, double value)
{
	head_put(out, name, type, help);
	value_put(k, out, name, "", value);
}

static void labelled_put(const struct keep *k, struct lines *out, const char *name, const char *label, const char *word, uint64_t value)
{
	char text[96];
	snprintf(text, sizeof text, ",%s=\"%s\"", label, word);
	value_put(k, out, name, text, (double)value);
}

static void packets_put(const struct keep *k, struct lines *out)
{
	const struct engine_counters *c = &k->status.counters;
	one_put(k, out, "packets_total", "counter", "Frames that were read.", (double)c->frames);
	one_put(k, out, "bytes_total", "counter", "Bytes of the frames that were read, as captured.", (double)c->bytes);
	head_put(out, "dropped_packets_total", "counter", "Frames that were lost before they could be read, by where.");
	labelled_put(k, out, "dropped_packets_total", "where", "kernel", k->status.kernel_drops);
	labelled_put(k, out, "dropped_packets_total", "where", "interface", k->status.interface_drops);
	head_put(out, "decode_errors_total", "counter", "Frames that could not be decoded, by kind.");
	labelled_put(k, out, "decode_errors_total", "kind", "short", c->frames_short);
	labelled_put(k, out, "decode_errors_total", "kind", "malformed", c->frames_malformed);
	labelled_put(k, out, "decode_errors_total", "kind", "unknown", c->frames_unknown);
	head_put(out, "tap_packets_total", "counter", "Frames that were read, by the process that read them.");
	for (unsigned i = 0; i < k->tap_count; i++) {
		char name[16];
		snprintf(name, sizeof name, "%u", i + 1);
		labelled_put(k, out, "tap_packets_total", "tap", name, k->taps[i].status.counters.frames);
	}
}

static void flows_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	const struct engine_counters *c = &k->status.counters;
	one_put(k, out, "flows_active", "gauge", "Flows that are open.", (double)c->flows_open);
	one_put(k, out, "flows_max", "gauge", "Flows that can be open at once.", k->options->flow_table);
	one_put(k, out, "flows_closed_total", "counter", "Flows that were recorded.", (double)f->run.flows);
	one_put(k, out, "flows_evicted_total", "counter", "Flows that were closed early for want of room in the table.", (double)c->evicted);
	head_put(out, "records_total", "counter", "Records that were written, by kind.");
	labelled_put(k, out, "records_total", "kind", "flow", f->run.flows);
	labelled_put(k, out, "records_total", "kind", "signal", f->run.signals);
	labelled_put(k, out, "records_total", "kind", "exhibit", f->run.exhibits);
	labelled_put(k, out, "records_total", "kind", "claim", f->run.claims);
	labelled_put(k, out, "records_total", "kind", "origin", f->run.origins);
	head_put(out, "not_recorded_total", "counter", "What was not recorded, by the cause that LOSS records name.");
	for (unsigned i = 1; i < IND_LOSS_MAX; i++)
		labelled_put(k, out, "not_recorded_total", "cause", ind_loss_name(i), f->loss[i]);
}

static void signals_put(const struct keep *k, struct lines *out)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	head_put(out, "signals_total", "counter", "Signals that were recorded, by name; only of those that were asked for.");
	for (size_t i = 0; i < count; i++)
		if (ind_signal_set_has(k->options->signals, list[i].id))
			labelled_put(k, out, "signals_total", "name", list[i].name, k->watch.signals[list[i].id]);
}

static void bundles_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	const struct watch *w = &k->watch;
	one_put(k, out, "bundles_total", "counter", "Bundles that were sealed and bear their name.", (double)w->bundles);
	one_put(k, out, "bundle_bytes_total", "counter", "Bytes of bundles that were written.", (double)f->run.bytes);
	one_put(k, out, "bundle_seals_total", "counter", "Seals that were made, also inside bundles.", (double)w->seals);
	one_put(k, out, "bundle_seal_seconds", "gauge", "How long the last seal took until it was on the disk.", (double)w->seal_ns / 1e9);
	one_put(k, out, "bundle_interval_seconds", "gauge", "How often another bundle is begun; 0 if never.", k->options->rotate_s);
	if (w->last_realtime_ns)
		one_put(k, out, "last_seal_timestamp_seconds", "gauge", "When the last bundle was sealed.", (double)w->last_realtime_ns / 1e9);
	if (f->has_disk)
		one_put(k, out, "disk_free_bytes", "gauge", "Space that is left where bundles are written.", (double)f->disk_free);
	one_put(k, out, "disk_waiting", "gauge", "1 while nothing is recorded for want of space.", k->waiting);
	one_put(k, out, "stream_broken", "gauge", "1 when this run could not go on with the stream of the run before.", k->stream_broken);
}

static void clock_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	one_put(k, out, "clock_synchronised", "gauge", "1 if the kernel says that something keeps the clock.", f->clock.sync == IND_SYNC_NTP);
	if (f->has_offset)
		one_put(k, out, "clock_offset_seconds", "gauge", "What the kernel still has to move the clock by.", (double)f->offset_ns / 1e9);
	if (f->clock.max_error_ns != IND_ABSENT_U64)
		one_put(k, out, "clock_error_bound_seconds", "gauge", "How far the clock can be off, at most; absent while nothing keeps it.", (double)f->clock.max_error_ns / 1e9);
}

/* A file's name is what an operator gave it: the format wants backslash, quote and line feed escaped. */
static void name_escape(const struct ind_text *name, char *out, size_t size)
{
	size_t used = 0;
	for (size_t i = 0; i < name->bytes && used + 3 < size; i++) {
		if (name->at[i] == '\\' || name->at[i] == '"' || name->at[i] == '\n')
			out[used++] = '\\';
		out[used++] = name->at[i] == '\n' ? 'n' : name->at[i];
	}
	out[used] = '\0';
}

static void data_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	char label[600], name[560];
	if (refdata_count(k->refdata) == 0)
		return;
	head_put(out, "reference_data_age_seconds", "gauge", "Age of a set of reference data.");
	for (size_t i = 0; i < refdata_count(k->refdata); i++) {
		const struct ind_data_set *set = refdata_data_set(k->refdata, i);
		name_escape(&set->name, name, sizeof name);
		snprintf(label, sizeof label, ",set=\"%s\"", name);
		value_put(k, out, "reference_data_age_seconds", label, (double)(f->realtime_ns / 1000000000u) - (double)set->build_epoch_s);
	}
	head_put(out, "reference_data_old_seconds", "gauge", "Age from which such a set says too little of the present.");
	for (size_t i = 0; i < refdata_count(k->refdata); i++) {
		name_escape(&refdata_data_set(k->refdata, i)->name, name, sizeof name);
		snprintf(label, sizeof label, ",set=\"%s\"", name);
		value_put(k, out, "reference_data_old_seconds", label, refdata_old_days(k->refdata, i) * 86400.0);
	}
}

void metrics_text(const struct keep *k, const struct figures *f, bool running, struct lines *out)
{
	const struct watch *w = &k->watch;
	head_put(out, "build_info", "gauge", "The version that runs.");
	value_put(k, out, "build_info", ",version=\"" INDICIA_VERSION "\"", 1);
	one_put(k, out, "running", "gauge", "1 while the sensor runs, 0 when it has ended.", running);
	one_put(k, out, "written_timestamp_seconds", "gauge", "When these figures were written.", (double)f->realtime_ns / 1e9);
	packets_put(k, out);
	flows_put(k, f, out);
	signals_put(k, out);
	bundles_put(k, f, out);
	clock_put(k, f, out);
	if (k->key_made_s)
		one_put(k, out, "key_made_timestamp_seconds", "gauge", "When the file of the identity key was written.", (double)k->key_made_s);
	if (keep_live(k) && k->epoch_begun_ns)
		one_put(k, out, "epoch_age_seconds", "gauge", "How long the epoch key in force has signed.", (double)(f->now_ns - k->epoch_begun_ns) / 1e9);
	data_put(k, f, out);
	one_put(k, out, "ring_used_bytes", "gauge", "Records that wait between the two processes.", (double)f->ring_waiting);
	one_put(k, out, "ring_size_bytes", "gauge", "Room for records between the two processes.", (double)k->tap_count * RING_BYTES);
	one_put(k, out, "reloads_total", "counter", "Configurations that were taken over on SIGHUP.", (double)w->reloads);
	one_put(k, out, "reloads_refused_total", "counter", "Configurations that were refused on SIGHUP.", (double)w->refused_reloads);
}
