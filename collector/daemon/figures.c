/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of a running sensor, and two forms of them: an object of JSON, a line for a terminal. */
#define _DEFAULT_SOURCE
#include "daemon/inside.h"

#include "base/text.h"
#include "daemon/clock.h"
#include "indicia/catalogue.h"

#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#define SECOND_NS UINT64_C(1000000000)

static void totals_add(struct ind_writer_totals *to, const struct ind_writer_totals *t)
{
	to->bytes += t->bytes;
	to->frames += t->frames;
	to->flows += t->flows;
	to->signals += t->signals;
	to->exhibits += t->exhibits;
	to->claims += t->claims;
	to->origins += t->origins;
}

void watch_ended(struct keep *k)
{
	struct ind_writer_totals t;
	ind_writer_totals(k->writer, &t);
	totals_add(&k->watch.sealed, &t);
}

static void disk_gather(const struct keep *k, struct figures *f)
{
	struct statvfs disk;
	double seconds = (double)(f->now_ns - k->watch.begun_ns) / 1e9;
	f->has_disk = fstatvfs(k->place->folder_fd, &disk) == 0;
	f->disk_free = f->has_disk ? (uint64_t)disk.f_bavail * disk.f_frsize : 0;
	f->disk_hours = f->has_disk && f->run.bytes && seconds >= 1 ? (double)f->disk_free / ((double)f->run.bytes / seconds) / 3600 : -1;
}

void figures_gather(const struct keep *k, struct figures *f)
{
	*f = (struct figures){ .run = k->watch.sealed, .now_ns = clock_boottime_ns(), .realtime_ns = clock_realtime_ns() };
	for (unsigned i = 0; i < k->tap_count; i++)
		f->ring_waiting += ring_waiting(k->ring, i);
	if (k->writing) {
		struct ind_writer_totals t;
		ind_writer_totals(k->writer, &t);
		totals_add(&f->run, &t);
	}
	bundle_losses(k, f->loss);
	clock_read(NULL, &f->clock);
	f->has_offset = clock_offset_ns(&f->offset_ns);
	disk_gather(k, f);
}

/* ---- JSON ---- */

static void text_put(struct lines *out, const char *key, const char *text, size_t bytes)
{
	char escaped[WATCH_TEXT_BYTES / 8];
	text_to_json(text, bytes, escaped, sizeof escaped);
	lines_add(out, ",\"%s\":\"%s\"", key, escaped);
}

static void word_put(struct lines *out, const char *key, const char *text) { text_put(out, key, text, strlen(text)); }
static void number_put(struct lines *out, const char *key, uint64_t number) { lines_add(out, ",\"%s\":%" PRIu64, key, number); }

static void time_put(struct lines *out, const char *key, uint64_t ns)
{
	char text[32];
	text_time(ns, text, sizeof text);
	word_put(out, key, text);
}

static void traffic_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	const struct engine_counters *c = &k->status.counters;
	const struct watch *w = &k->watch;
	uint64_t first = w->seconds > WATCH_SECONDS ? w->seconds - WATCH_SECONDS : 0;
	number_put(out, "packets", c->frames);
	number_put(out, "bytes", c->bytes);
	lines_add(out, ",\"bits_per_s\":%.0f,\"packets_per_s\":[", w->bits_per_s);
	for (uint64_t i = first; i < w->seconds; i++)
		lines_add(out, "%s%" PRIu32, i > first ? "," : "", w->frames_per_s[i % WATCH_SECONDS]);
	lines_add(out, "]");
	lines_add(out, ",\"taps\":[");
	for (unsigned i = 0; i < k->tap_count; i++)
		lines_add(out, "%s{\"packets\":%" PRIu64 ",\"kernel_drops\":%" PRIu64 "}", i ? "," : "", k->taps[i].status.counters.frames, k->taps[i].status.kernel_drops);
	lines_add(out, "]");
	number_put(out, "kernel_drops", k->status.kernel_drops);
	number_put(out, "interface_drops", k->status.interface_drops);
	number_put(out, "ring_used", f->ring_waiting);
	number_put(out, "ring_size", (uint64_t)k->tap_count * RING_BYTES);
	number_put(out, "flows_open", c->flows_open);
	number_put(out, "flows_max", k->options->flow_table);
	number_put(out, "flows_evicted", c->evicted);
}

static void records_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	const char *before = "";
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	lines_add(out, ",\"records\":{\"flow\":%" PRIu64 ",\"signal\":%" PRIu64 ",\"exhibit\":%" PRIu64 ",\"claim\":%" PRIu64 ",\"origin\":%" PRIu64 "},\"signals\":{", f->run.flows,
		f->run.signals, f->run.exhibits, f->run.claims, f->run.origins);
	for (size_t i = 0; i < count; i++) {
		if (!k->watch.signals[list[i].id])
			continue;
		lines_add(out, "%s\"%s\":%" PRIu64, before, list[i].name, k->watch.signals[list[i].id]);
		before = ",";
	}
	lines_add(out, "},\"not_recorded\":{");
	before = "";
	for (unsigned i = 1; i < IND_LOSS_MAX; i++) {
		if (!f->loss[i])
			continue;
		lines_add(out, "%s\"%s\":%" PRIu64, before, ind_loss_name(i), f->loss[i]);
		before = ",";
	}
	lines_add(out, "}");
}

static void clock_put(const struct figures *f, struct lines *out)
{
	word_put(out, "clock", f->clock.sync == IND_SYNC_NTP ? "synchronised" : f->clock.sync == IND_SYNC_NONE ? "not synchronised" : "unknown");
	if (f->has_offset)
		lines_add(out, ",\"clock_offset_ns\":%" PRId64, f->offset_ns);
	if (f->clock.max_error_ns != IND_ABSENT_U64)
		number_put(out, "clock_error_ns", f->clock.max_error_ns);
}

static void bundle_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	const struct watch *w = &k->watch;
	char hex[2 * IND_SHA256_BYTES + 1];
	if (k->writing) {
		uint64_t age_s = (f->now_ns - k->begun_ns) / SECOND_NS;
		word_put(out, "bundle", k->file.name);
		number_put(out, "bundle_bytes", k->file.bytes);
		number_put(out, "bundle_age_s", age_s);
		if (k->options->rotate_s)
			number_put(out, "next_bundle_s", age_s < k->options->rotate_s ? k->options->rotate_s - age_s : 0);
	}
	number_put(out, "bundles", w->bundles);
	number_put(out, "bundle_bytes_total", f->run.bytes);
	if (w->last_name[0]) {
		hash_hex(w->last_sha256, IND_SHA256_BYTES, hex);
		word_put(out, "last_bundle", w->last_name);
		word_put(out, "last_sha256", hex);
		number_put(out, "last_bytes", w->last_bytes);
		time_put(out, "last_sealed", w->last_realtime_ns);
	}
	if (f->has_disk)
		number_put(out, "disk_free", f->disk_free);
	if (f->disk_hours >= 0)
		lines_add(out, ",\"disk_hours\":%.1f", f->disk_hours);
}

static void keys_put(const struct keep *k, const struct figures *f, struct lines *out)
{
	struct ind_key_public public;
	uint8_t id[4];
	char hex[2 * sizeof id + 1];
	ind_key_public(k->identity, &public);
	ind_key_id(&public, "indicia", id);
	hash_hex(id, sizeof id, hex);
	word_put(out, "key", hex);
	if (keep_live(k) && k->epoch_begun_ns) {
		number_put(out, "epoch_age_s", (f->now_ns - k->epoch_begun_ns) / SECOND_NS);
		number_put(out, "epoch_s", k->options->epoch_s);
	}
	lines_add(out, ",\"data\":[");
	for (size_t i = 0; i < refdata_count(k->refdata); i++) {
		const struct ind_data_set *set = refdata_data_set(k->refdata, i);
		lines_add(out, "%s{\"type\":\"data\"", i ? "," : "");
		text_put(out, "name", set->name.at, set->name.bytes);
		time_put(out, "built", set->build_epoch_s * SECOND_NS);
		lines_add(out, "}");
	}
	lines_add(out, "]");
}

void figures_json(const struct keep *k, const struct figures *f, struct lines *out)
{
	lines_add(out, "{\"type\":\"sensor\",\"format\":1");
	word_put(out, "sensor", k->sensor);
	word_put(out, "version", INDICIA_VERSION);
	if (k->options->interface)
		word_put(out, "interface", k->options->interface);
	word_put(out, "state", k->waiting ? "waiting for disk space" : k->writing ? "recording" : k->watch.bundles ? "ended" : "starting");
	time_put(out, "time", f->realtime_ns);
	number_put(out, "uptime_s", (f->now_ns - k->watch.begun_ns) / SECOND_NS);
	traffic_put(k, f, out);
	records_put(k, f, out);
	clock_put(f, out);
	bundle_put(k, f, out);
	keys_put(k, f, out);
	lines_add(out, "}\n");
}

/* ---- a line ---- */

/* Groups of three digits, with the narrow space of SI. */
static const char *grouped(uint64_t number, char text[static 32])
{
	char digits[24];
	size_t used = 0, count = text_u64(number, digits, sizeof digits);
	for (size_t i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			text[used++] = ' ';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	return text;
}

static void part_put(struct lines *out, size_t columns, const char *part)
{
	if (out->used + 2 + strlen(part) <= columns)
		lines_add(out, "%s%s", out->used ? "  " : "", part);
}

void figures_line(const struct keep *k, const struct figures *f, size_t columns, struct lines *out)
{
	const struct watch *w = &k->watch;
	uint64_t drops = k->status.kernel_drops + k->status.interface_drops, all = k->status.counters.frames + drops;
	char part[160], one[32], two[32];
	time_t seconds = (time_t)(f->realtime_ns / SECOND_NS);
	struct tm utc;
	gmtime_r(&seconds, &utc);
	strftime(part, sizeof part, "%H:%M:%SZ", &utc);
	part_put(out, columns, part);
	snprintf(part, sizeof part, "%.1f kpps  %.1f Mb/s", w->seconds ? (double)w->frames_per_s[(w->seconds - 1) % WATCH_SECONDS] / 1000 : 0, w->bits_per_s / 1e6);
	part_put(out, columns, part);
	snprintf(part, sizeof part, "dropped %s (%.2f%%)", grouped(drops, one), all ? (double)drops * 100 / (double)all : 0);
	part_put(out, columns, part);
	snprintf(part, sizeof part, "flows %s open, %s closed", grouped(k->status.counters.flows_open, one), grouped(f->run.flows, two));
	part_put(out, columns, part);
	snprintf(part, sizeof part, "signals %s", grouped(f->run.signals, one));
	part_put(out, columns, part);
	if (k->waiting)
		snprintf(part, sizeof part, "no disk space");
	else if (k->options->rotate_s)
		snprintf(part, sizeof part, "bundle %" PRIu64 "/%" PRIu32 " s %.1f MiB", (f->now_ns - k->begun_ns) / SECOND_NS, k->options->rotate_s, (double)k->file.bytes / 1048576);
	else
		snprintf(part, sizeof part, "bundle %.1f MiB", (double)k->file.bytes / 1048576);
	part_put(out, columns, part);
}
