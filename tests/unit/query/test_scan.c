/* SPDX-License-Identifier: Apache-2.0 */
/* Random filters over a bundle: asked of columns they select what they select asked of one record after the other.
 * test_scan [BUNDLE...]: over these bundles, else over one of samples. */
#include "indicia/catalogue.h"
#include "query/scan.h"
#include "sample.h"
#include "support/suite.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILTERS = 200, RECORDS = 1200, FLOWS_KEPT = 256, TEXT_BYTES = 16384 };

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64* (Vigna 2016). */
static uint64_t draw(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d % below;
}

/* Some flows of the bundle, so that filters have something to hit. */
struct kept { struct ind_flow flow; struct ind_record_id id; uint16_t signal; char value[64]; };
static struct kept kept[FLOWS_KEPT];
static size_t kept_count;

struct text { char at[TEXT_BYTES]; size_t used; };

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int bytes = vsnprintf(t->at + t->used, sizeof(t->at) - t->used, format, list);
	va_end(list);
	ck_assert(bytes >= 0 && t->used + (size_t)bytes < sizeof(t->at));
	t->used += (size_t)bytes;
}

static void put_addr(struct text *t, const struct ind_flow *f, unsigned dir, unsigned bytes)
{
	const uint8_t *a = f->addr[dir];
	if (f->ip_version == 4)
		put(t, "%u.%u.%u.%u", a[0], bytes > 1 ? a[1] : 0u, bytes > 2 ? a[2] : 0u, bytes > 3 ? a[3] : 0u);
	else
		for (unsigned i = 0; i < 8; i++)
			put(t, "%s%x", i ? ":" : "", i < bytes * 2 ? a[2 * i] * 256u + a[2 * i + 1] : 0u);
}

static void put_net(struct text *t, const struct ind_flow *f, unsigned dir)
{
	unsigned bytes = 1 + (unsigned)draw(4);
	put_addr(t, f, dir, bytes);
	put(t, "/%u", f->ip_version == 4 ? bytes * 8 : bytes * 32);
}

static const char *one_of(const char *const *list, size_t count) { return list[draw(count)]; }
#define ONE_OF(...) one_of((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void put_quoted(struct text *t, const char *value)
{
	put(t, "\"");
	for (; *value; value++)
		put(t, "\\x%02x", (unsigned char)*value);
	put(t, "\"");
}

static uint64_t number_of(const struct ind_flow *f)
{
	const uint64_t some[] = { f->bytes[0], f->bytes[1], f->packets[0], f->packets[1], f->bytes[0] + f->bytes[1], f->ttl_min[0], f->ttl_max[1], draw(1000), 0, f->fragments[0] };
	return some[draw(sizeof(some) / sizeof(some[0]))];
}

static void put_evidence(struct text *t, const struct kept *k)
{
	const struct ind_signal_info *info = ind_signal_info(k->signal);
	const char *name = info ? info->name : "tls.ja4";
	switch (draw(8)) {
	case 0: put(t, "signal %s", name); break;
	case 1: put(t, "signal %s %s ", name, info && info->value == IND_VALUE_TEXT ? ONE_OF("=", "!=", "~") : "~"); put_quoted(t, k->value); break;
	case 2: put(t, "signal %s ~ %c", name, (char)('a' + draw(26))); break;
	case 3: put(t, "%s", ONE_OF("path.hops > 5", "path.hops", "path.cross_layer_us < 100", "tls.ticket", "exists sni", "sni ~ e")); break;
	case 4: put(t, "family %c", "VTPHALCIE"[draw(9)]); break;
	case 5: put(t, "%s", ONE_OF("sensor fra-01", "sensor ~ a", "exists sensor", "community_id ~ 1:A", "exists community_id")); break;
	case 6: {
		char id[IND_RECORD_ID_TEXT];
		put(t, "record %s", ind_record_id_text(&k->id, id));
		break;
	}
	default: put(t, "%s", ONE_OF("claim country XA", "src as 64496", "exists claim", "dst claim kind database", "claim country != XB")); break;
	}
}

static void put_term(struct text *t)
{
	const struct kept *k = &kept[draw(kept_count)];
	const struct ind_flow *f = &k->flow;
	const char *side = ONE_OF("", "src ", "dst ", "src and dst ", "src or dst ");
	const char *cmp = ONE_OF("<", "<=", "=", "!=", ">", ">=");
	unsigned dir = (unsigned)draw(2);
	switch (draw(16)) {
	case 0: put(t, "%shost ", side); put_addr(t, f, dir, 8); break;
	case 1: put(t, "%snet ", side); put_net(t, f, dir); break;
	case 2: put(t, "%sip in [", side); put_net(t, f, dir); put(t, " "); put_addr(t, f, 1 - dir, 8); put(t, "]"); break;
	case 3: put(t, "%sport %s %u", side, cmp, f->port[dir]); break;
	case 4: put(t, "%sport in [%u, 80-90]", side, f->port[dir]); break;
	case 5: put(t, "%s", ONE_OF("tcp", "udp", "icmp", "ip6", "ip", "proto in [6 17]", "sport 8", "dport != 0", "icmp-type 8", "any")); break;
	case 6: put(t, "proto %s %u", ONE_OF("=", "!=", "<"), f->proto); break;
	case 7: put(t, "%s%s %s %llu", side, ONE_OF("bytes", "packets", "payload", "frags", "retrans", "ttl"), cmp, (unsigned long long)number_of(f)); break;
	case 8: put(t, "%s %s %llu", ONE_OF("bps", "pps", "bpp", "duration", "rtt", "client_rtt_us", "server_rtt_us", "sttl_max", "dttl_min", "sbytes", "dretrans"), cmp, (unsigned long long)(number_of(f) % 1000000000000)); break;
	case 9: put(t, "%sflags %s%s", side, ONE_OF("", "= "), ONE_OF("S", "SA", "F", "R", "X", "AP", "sapf")); break;
	case 10: put(t, "%s %s @%llu.%09llu", ONE_OF("start", "end"), cmp, (unsigned long long)(f->start_ns / 1000000000 % 18000000000), (unsigned long long)(f->start_ns % 1000000000)); break;
	case 11: put(t, "%s", ONE_OF("vlan", "vlan 100", "vlan in [1-50]", "tunnel", "tunnel vxlan", "carries geneve", "carries != gre", "parent", "tunnel != gre")); break;
	case 12: put(t, "%s", ONE_OF("validated handshake", "validated in [quic no]", "orient != syn", "end_reason idle", "end_reason in [fin, rst]", "orient role")); break;
	case 13: put(t, "exists %s", ONE_OF("rtt", "vlan", "port", "sport", "dttl_min", "bps", "parent", "flags", "carries", "client_rtt_us", "start", "proto")); break;
	default: put_evidence(t, k); break;
	}
}

static void put_filter(struct text *t, unsigned depth)
{
	if (depth == 0 || draw(4) == 0) {
		put_term(t);
		return;
	}
	switch (draw(6)) {
	case 0: put(t, "not "); put_filter(t, depth - 1); break;
	case 1: put(t, "("); put_filter(t, depth - 1); put(t, ")"); break;
	case 2: put(t, "("); put_filter(t, depth - 1); put(t, ") or ("); put_filter(t, depth - 1); put(t, ")"); break;
	case 3: put_filter(t, depth - 1); put(t, " or "); put_filter(t, depth - 1); break;
	default: put_filter(t, depth - 1); put(t, " and "); put_filter(t, depth - 1); break;
	}
}

static struct query_filter *compiled(const char *text)
{
	struct filter_options options = { .kind = QUERY_KIND_FLOW };
	struct filter_error error;
	struct query_filter *f = NULL;
	enum ind_err err = query_filter_compile(text, strlen(text), &options, &f, &error);
	ck_assert_msg(err == IND_OK, "%s: at %zu: %s", text, error.at, error.text);
	return f;
}

static void keep_some(const struct ind_source *source)
{
	const struct ind_record *record;
	struct ind_reader *reader = NULL;
	size_t seen = 0;
	ck_assert_int_eq(ind_reader_new(source, IND_WANT(IND_REC_FLOW), &reader), IND_OK);
	kept_count = 0;
	while (ind_reader_next(reader, &record) == IND_OK) {
		size_t at = kept_count < FLOWS_KEPT ? kept_count : draw(++seen + FLOWS_KEPT);
		if (at >= FLOWS_KEPT)
			continue;
		struct kept *k = &kept[at];
		*k = (struct kept){ .flow = record->flow.flow, .id = record->id };
		if (record->flow.signal_count) {
			const struct ind_signal *s = &record->flow.signals[draw(record->flow.signal_count)];
			size_t bytes = s->value_bytes < sizeof(k->value) ? s->value_bytes : sizeof(k->value) - 1;
			k->signal = s->id;
			memcpy(k->value, s->value, bytes);
		}
		kept_count += kept_count < FLOWS_KEPT;
	}
	ind_reader_free(reader);
}

/* The truths that columns give, in recorded order; a frame that is not looked into is one of NO. */
static size_t by_columns(const struct ind_source *source, const char *text, uint8_t *truths, bool *looked, size_t room)
{
	struct rows_context rows = { .sensor = "" };
	const struct ind_record *record;
	struct ind_reader *reader = NULL;
	struct ind_batch batch;
	struct query_filter *filter = compiled(text);
	struct filter_claims *claims = NULL;
	struct filter_scan *scan = filter_scan_new(filter);
	size_t count = 0;
	ck_assert_ptr_nonnull(scan);
	ck_assert_int_eq(filter_claims_load(filter, source, &claims), IND_OK);
	ck_assert_int_eq(ind_reader_new(source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_FLOW), &reader), IND_OK);
	ck_assert_int_eq(ind_reader_next(reader, &record), IND_OK);
	rows_context_of(&rows, &record->header);
	struct ind_record_id id = record->id;
	struct filter_context context = { &rows, claims };
	while (ind_reader_batch(reader, &batch) == IND_OK) {
		const uint8_t *found;
		size_t selected;
		ck_assert_int_eq(filter_scan_batch(scan, reader, &batch, &id, &context, &found, &selected), IND_OK);
		ck_assert_uint_le(count + batch.rows, room);
		memset(looked + count, found != NULL, batch.rows);
		if (found)
			memcpy(truths + count, found, batch.rows);
		else
			memset(truths + count, TRUTH_NO, batch.rows);
		count += batch.rows;
	}
	ind_reader_free(reader);
	filter_scan_free(scan);
	filter_claims_free(claims);
	query_filter_free(filter);
	return count;
}

/* The same record by record, compared; how many are selected. */
static size_t by_records(const struct ind_source *source, const char *text, const uint8_t *truths, const bool *looked, size_t count)
{
	struct rows_context rows = { .sensor = "" };
	const struct ind_record *record;
	struct ind_reader *reader = NULL;
	struct query_filter *filter = compiled(text);
	struct filter_claims *claims = NULL;
	size_t at = 0, selected = 0;
	ck_assert_int_eq(filter_claims_load(filter, source, &claims), IND_OK);
	ck_assert_int_eq(ind_reader_new(source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_FLOW), &reader), IND_OK);
	struct filter_context context = { &rows, claims };
	while (ind_reader_next(reader, &record) == IND_OK) {
		if (record->kind == IND_REC_HEADER) {
			rows_context_of(&rows, &record->header);
			continue;
		}
		ck_assert_uint_lt(at, count);
		enum truth truth = query_filter_matches(filter, record, &context);
		bool same = looked[at] ? truths[at] == truth : truth != TRUTH_YES;
		ck_assert_msg(same, "%s: flow %zu: %d by columns, %d by its record", text, at, truths[at], truth);
		selected += truth == TRUTH_YES;
		at++;
	}
	ck_assert_uint_eq(at, count);
	ind_reader_free(reader);
	filter_claims_free(claims);
	query_filter_free(filter);
	return selected;
}

static void compare(const struct ind_source *source, unsigned filters)
{
	enum { ROOM = 1 << 20 };
	static uint8_t truths[ROOM];
	static bool looked[ROOM];
	size_t hits = 0, partly = 0;
	keep_some(source);
	for (unsigned i = 0; kept_count && i < filters; i++) {
		static struct text t;
		t.used = 0;
		put_filter(&t, (unsigned)draw(5));
		size_t count = by_columns(source, t.at, truths, looked, ROOM);
		size_t selected = by_records(source, t.at, truths, looked, count);
		hits += selected != 0;
		partly += selected && selected < count;
	}
	/* Filters that never select anything would compare nothing. */
	ck_assert_msg(!kept_count || kept_count < 8 || (hits > filters / 4 && partly > filters / 8), "%zu of %u filters select, %zu some", hits, filters, partly);
}

START_TEST(columns_and_records_agree)
{
	struct memory m = { 0 };
	struct keys keys;
	keys_make(&keys, 7);
	sample_bundle(&m, RECORDS, &keys, NULL);
	struct ind_source source = memory_source(&m);
	compare(&source, FILTERS);
	memory_free(&m);
	keys_free(&keys);
}
END_TEST

START_TEST(one_column_needs_no_other)
{
	struct memory m = { 0 };
	struct keys keys;
	struct ind_reader *reader = NULL;
	struct ind_batch batch;
	const uint64_t *numbers;
	const uint8_t *bytes;
	size_t count, distinct;
	keys_make(&keys, 7);
	sample_bundle(&m, 100, &keys, NULL);
	struct ind_source source = memory_source(&m);
	ck_assert_int_eq(ind_reader_new(&source, IND_WANT(IND_REC_FLOW), &reader), IND_OK);
	ck_assert_int_eq(ind_batch_numbers(reader, IND_COL_PROTO, &numbers, &count), IND_USAGE);
	ck_assert_int_eq(ind_batch_rows(reader), IND_USAGE);
	ck_assert_int_eq(ind_reader_batch(reader, &batch), IND_OK);
	ck_assert_int_eq(ind_batch_numbers(reader, IND_COL_ADDR, &numbers, &count), IND_USAGE);
	ck_assert_int_eq(ind_batch_numbers(reader, (enum ind_flow_column)43, &numbers, &count), IND_USAGE);
	ck_assert_int_eq(ind_batch_numbers(reader, (enum ind_flow_column)0, &numbers, &count), IND_USAGE);
	ck_assert_int_eq(ind_batch_values(reader, &numbers, &count, &distinct), IND_OK);
	ck_assert_int_eq(ind_batch_addresses(reader, IND_DST, &bytes, &count), IND_OK);
	ck_assert_int_eq(ind_batch_numbers(reader, IND_COL_PROTO, &numbers, &count), IND_OK);
	ck_assert_uint_eq(count, batch.rows);
	/* In any order, and then all of it. */
	const struct ind_record *record;
	ck_assert_int_eq(ind_batch_rows(reader), IND_OK);
	for (unsigned i = 0; i < batch.rows; i++) {
		struct ind_flow f;
		struct ind_signal s[SAMPLE_SIGNALS];
		struct sample_values values;
		sample_flow(i, &f);
		ck_assert_int_eq(ind_reader_next(reader, &record), IND_OK);
		ck_assert_uint_eq(record->id.row, i);
		ck_assert_uint_eq(record->flow.flow.serial, f.serial);
		ck_assert_uint_eq(record->flow.signal_count, sample_signals(i, &f, s, &values));
		for (size_t k = 0; k < record->flow.signal_count; k++)
			ck_assert_mem_eq(record->flow.signals[k].value, s[k].value, s[k].value_bytes);
	}
	ind_reader_free(reader);
	memory_free(&m);
	keys_free(&keys);
}
END_TEST

static bool read_whole(const char *path, struct memory *m)
{
	FILE *file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) != 0)
		return false;
	long bytes = ftell(file);
	m->at = bytes > 0 ? malloc((size_t)bytes) : NULL;
	rewind(file);
	m->bytes = m->at ? fread(m->at, 1, (size_t)bytes, file) : 0;
	fclose(file);
	return m->bytes > 0;
}

static char **paths;

START_TEST(files_agree)
{
	struct memory m = { 0 };
	ck_assert_msg(read_whole(paths[_i], &m), "%s cannot be read", paths[_i]);
	struct ind_source source = memory_source(&m);
	compare(&source, FILTERS / 4);
	memory_free(&m);
}
END_TEST

int main(int argc, char **argv)
{
	TCase *t = tcase_create("scan");
	paths = argv + 1;
	if (argc > 1) {
		tcase_add_loop_test(t, files_agree, 0, argc - 1);
		return suite_run("scan of files", t);
	}
	tcase_add_test(t, columns_and_records_agree);
	tcase_add_test(t, one_column_needs_no_other);
	return suite_run("scan", t);
}
