/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/record_rows.h"
#include "base/hash.h"
#include "base/near.h"
#include "cli/cli.h"
#include "cli/data.h"
#include "cli/tell.h"
#include "daemon/hits.h"
#include "export/export.h"
#include "indicia/catalogue.h"
#include "query/value.h"
#include <string.h>

#define BIT(kind, key) (UINT64_C(1) << QUERY_##kind##_##key)

/* What is of the file, or stands in what the row is about. */
static const uint64_t of_the_file[QUERY_KIND_COUNT] = {
	[QUERY_KIND_FLOW] = BIT(FLOW, record) | BIT(FLOW, parent) | BIT(FLOW, proto) | BIT(FLOW, saddr) | BIT(FLOW, sport) | BIT(FLOW, daddr) |
		BIT(FLOW, dport) | BIT(FLOW, start),
	[QUERY_KIND_SIGNAL] = BIT(SIGNAL, record) | BIT(SIGNAL, flow) | BIT(SIGNAL, signal) | BIT(SIGNAL, side) | BIT(SIGNAL, value),
	[QUERY_KIND_ORIGIN] = BIT(ORIGIN, record) | BIT(ORIGIN, addr),
	[QUERY_KIND_CLAIM] = BIT(CLAIM, record) | BIT(CLAIM, build) | BIT(CLAIM, addr) | BIT(CLAIM, data_set) | BIT(CLAIM, kind) |
		BIT(CLAIM, signal) | BIT(CLAIM, indicator),
	[QUERY_KIND_EXHIBIT] = BIT(EXHIBIT, record) | BIT(EXHIBIT, serial) | BIT(EXHIBIT, hex) | BIT(EXHIBIT, time) | BIT(EXHIBIT, packet) |
		BIT(EXHIBIT, from) | BIT(EXHIBIT, kind),
	[QUERY_KIND_LOSS] = BIT(LOSS, record) | BIT(LOSS, from) | BIT(LOSS, to),
	[QUERY_KIND_RECOVERY] = BIT(RECOVERY, record),
	[QUERY_KIND_BUNDLE] = BIT(BUNDLE, file) | BIT(BUNDLE, created) | BIT(BUNDLE, stream) | BIT(BUNDLE, first_leaf),
};

/* Of one bundle at hand. */
struct reading {
	struct record_rows *r;
	struct rowset *set;
	const struct rows_context *context;
	struct query_row row;
	struct out what, flow;       /* what the row, and its flow, are about */
	struct hits hits;            /* values that reference data were asked for */
	enum ind_err err;
};

static void say_cell(struct out *o, const struct query_row *row, unsigned at)
{
	if (row->cell[at].form == CELL_ABSENT)
		return;
	if (o->used)
		out_char(o, ' ');
	value_plain(o, &row->cell[at]);
}

static void add(struct reading *x, uint64_t date_s, const struct ind_record *record)
{
	enum query_kind_id kind = (enum query_kind_id)(x->row.kind - query_kinds);
	char id[IND_RECORD_ID_TEXT] = "";
	if (record)
		ind_record_id_text(&record->id, id);
	if (x->err == IND_OK)
		x->err = x->what.err;
	if (x->err == IND_OK)
		x->err = rowset_add(x->set, &x->row, x->what.used ? x->what.at : "", x->what.used, of_the_file[kind] | x->r->ignored[kind], date_s, id);
}

static void say_flow(struct out *o, const struct query_row *row)
{
	o->used = 0;
	say_cell(o, row, QUERY_FLOW_proto);
	say_cell(o, row, QUERY_FLOW_saddr);
	say_cell(o, row, QUERY_FLOW_sport);
	out_text(o, " >");
	say_cell(o, row, QUERY_FLOW_daddr);
	say_cell(o, row, QUERY_FLOW_dport);
	say_cell(o, row, QUERY_FLOW_start);
}

static void take_flow(struct reading *x, const struct ind_record *record)
{
	row_of_flow(&x->row, record, x->context);
	say_flow(&x->flow, &x->row);
	x->what.used = 0;
	out_bytes(&x->what, x->flow.at, x->flow.used);
	add(x, 0, record);
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		struct ind_record of_signal = { .id = record->id };
		of_signal.id.part = (uint32_t)i + 1;
		row_of_signal(&x->row, record, i);
		x->what.used = x->flow.used;
		say_cell(&x->what, &x->row, QUERY_SIGNAL_signal);
		say_cell(&x->what, &x->row, QUERY_SIGNAL_side);
		say_cell(&x->what, &x->row, QUERY_SIGNAL_value);
		add(x, 0, &of_signal);
	}
}

static void take_exhibit(struct reading *x, const struct ind_record *record)
{
	uint8_t digest[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	hash_sha256(record->exhibit.bytes, record->exhibit.bytes_count, digest);
	hash_hex(digest, sizeof(digest), hex);
	row_of_exhibit(&x->row, record);
	x->what.used = 0;
	say_cell(&x->what, &x->row, QUERY_EXHIBIT_time);
	say_cell(&x->what, &x->row, QUERY_EXHIBIT_packet);
	say_cell(&x->what, &x->row, QUERY_EXHIBIT_from);
	say_cell(&x->what, &x->row, QUERY_EXHIBIT_kind);
	out_text(&x->what, " sha256:");
	out_text(&x->what, hex);
	add(x, 0, record);
}

/* The registry's claims of AS numbers, and those on origins of routes, are several of one address. */
static void add_claim(struct reading *x, const struct ind_record *record, const struct rows_context *context)
{
	const struct ind_claim *c = &record->claim;
	uint64_t date_s = c->data_set < context->data_set_count ? context->data_sets[c->data_set].build_epoch_s : 0;
	row_of_claim(&x->row, record, context);
	x->what.used = 0;
	say_cell(&x->what, &x->row, QUERY_CLAIM_addr);
	say_cell(&x->what, &x->row, QUERY_CLAIM_data_set);
	say_cell(&x->what, &x->row, QUERY_CLAIM_kind);
	if (c->kind == IND_CLAIM_RIR_AS || c->kind == IND_CLAIM_RPKI)
		say_cell(&x->what, &x->row, QUERY_CLAIM_asn);
	say_cell(&x->what, &x->row, QUERY_CLAIM_signal);
	say_cell(&x->what, &x->row, QUERY_CLAIM_indicator);
	add(x, date_s, x->r->refdata ? NULL : record);
}

static void take_header(struct reading *x, const struct ind_record *record)
{
	static struct query_row sets[IND_DATA_SETS_MAX];
	row_start(&x->row, QUERY_KIND_BUNDLE);
	row_of_header(&x->row, &record->header, sets);
	x->what.used = 0;
	/* What is not compared does not tell rows apart either. */
	static const unsigned names[] = { QUERY_BUNDLE_sensor, QUERY_BUNDLE_source_file, QUERY_BUNDLE_interface };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!(x->r->ignored[QUERY_KIND_BUNDLE] >> names[i] & 1))
			say_cell(&x->what, &x->row, names[i]);
	add(x, 0, record);
}

static void take_record(struct reading *x, const struct ind_record *record)
{
	x->what.used = 0;
	switch (record->kind) {
	case IND_REC_HEADER: take_header(x, record); return;
	case IND_REC_FLOW: take_flow(x, record); return;
	case IND_REC_EXHIBIT: take_exhibit(x, record); return;
	case IND_REC_CLAIM: add_claim(x, record, x->context); return;
	case IND_REC_ORIGIN:
		row_of_origin(&x->row, record, x->context);
		say_cell(&x->what, &x->row, QUERY_ORIGIN_addr);
		break;
	case IND_REC_LOSS: row_of_loss(&x->row, record); break;
	case IND_REC_RECOVERY: row_of_recovery(&x->row, record); break;
	default: return;
	}
	add(x, 0, record);
}

/* ---- what reference data say ---- */

static void data_context(const struct refdata *refdata, struct rows_context *context)
{
	static struct ind_header header;
	header = (struct ind_header){ .data_set_count = refdata_count(refdata) };
	for (size_t i = 0; i < header.data_set_count; i++)
		header.data_sets[i] = *refdata_data_set(refdata, i);
	rows_context_of(context, &header);
}

static void add_said(struct reading *x, const struct ind_claim *claims, size_t count)
{
	static struct rows_context context;
	static struct ind_record record;
	data_context(x->r->refdata, &context);
	record.kind = IND_REC_CLAIM;
	for (size_t i = 0; i < count; i++) {
		record.claim = claims[i];
		add_claim(x, &record, &context);
	}
}

/* As a bundle's writer asks them: each remote address once, each value of an address once. */
static void ask_data(struct reading *x, const struct ind_record *record)
{
	static struct ind_claim claims[REFDATA_CLAIMS_MAX];
	struct refdata *data = x->r->refdata;
	if (record->kind == IND_REC_ORIGIN)
		add_said(x, claims, refdata_claims(data, record->origin.ip_version, record->origin.addr, claims, REFDATA_CLAIMS_MAX));
	if (record->kind != IND_REC_FLOW || !refdata_scope(data).values)
		return;
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		const struct ind_signal *s = &record->flow.signals[i];
		const uint8_t *addr = record->flow.flow.addr[s->from & 1];
		size_t count = refdata_value_claims(data, record->flow.flow.ip_version, addr, s, claims, REFDATA_CLAIMS_MAX);
		if (count && hits_add(&x->hits, record->flow.flow.ip_version, addr, s))
			add_said(x, claims, count);
	}
}

/* ---- bundles ---- */

static uint32_t kinds_of(const struct record_rows *r)
{
	if (r->refdata)
		return IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_ORIGIN) | (refdata_scope(r->refdata).values ? IND_WANT(IND_REC_FLOW) : 0);
	return r->only_claims ? IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_CLAIM) : IND_WANT_ALL;
}

static enum ind_err read_records(struct reading *x, struct supply *supply)
{
	const struct ind_record *record;
	enum ind_err err = IND_OK;
	while (x->err == IND_OK && (err = supply_next(supply, &record)) == IND_OK) {
		x->context = supply_context(supply);
		if (x->r->refdata)
			ask_data(x, record);
		else if (!x->r->only_claims || record->kind == IND_REC_CLAIM)
			take_record(x, record);
	}
	return err;
}

static int read_bundle(struct record_rows *r, struct input *in, struct rowset *set, bool first_pass)
{
	static struct reading x;
	struct supply *supply;
	x = (struct reading){ .r = r, .set = set };
	enum ind_err err = supply_open_kinds(NULL, kinds_of(r), &in->source, r->filter, &supply);
	if (err != IND_OK) {
		if (first_pass)
			input_tell_damage(in, 0, err);
		return err == IND_NOMEM || err == IND_LIMIT ? CLI_FAILED : CLI_DAMAGED;
	}
	out_start(&x.what, NULL, NULL);
	out_start(&x.flow, NULL, NULL);
	err = read_records(&x, supply);
	if (x.err == IND_OK && err != IND_END && first_pass)
		input_tell_damage(in, supply_offset(supply), err);
	supply_close(supply);
	out_free(&x.what);
	out_free(&x.flow);
	hits_clear(&x.hits);
	if (x.err != IND_OK)
		return tell_error("out of memory"), CLI_FAILED;
	return err == IND_END ? CLI_DONE : err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

int record_rows_start(struct record_rows *r)
{
	if (!r->inputs.has_stdin)
		return CLI_DONE;
	int status = input_open(&r->standard, "-");
	r->has_standard = status == CLI_DONE;
	return status;
}

void record_rows_end(struct record_rows *r)
{
	if (r->has_standard)
		input_close(&r->standard);
	r->has_standard = false;
}

int record_rows_read(void *ctx, struct rowset *set, bool first_pass)
{
	struct record_rows *r = ctx;
	int status = CLI_DONE;
	for (size_t i = 0; i < r->inputs.count && status != CLI_FAILED; i++) {
		struct input opened, *in = &r->standard;
		bool is_standard = strcmp(r->inputs.names[i], "-") == 0;
		int one = is_standard ? CLI_DONE : input_open(&opened, r->inputs.names[i]);
		if (one == CLI_DONE && !is_standard)
			in = &opened;
		if (one == CLI_DONE)
			one = read_bundle(r, in, set, first_pass);
		if (in == &opened)
			input_close(&opened);
		status = one > status ? one : status;
	}
	return status;
}

int record_rows_ignore(struct record_rows *r, const char *names)
{
	for (const char *at = names; *at;) {
		size_t bytes = strcspn(at, ",");
		bool known = false;
		for (size_t kind = 0; kind < QUERY_KIND_COUNT; kind++) {
			size_t field = query_field_find(&query_kinds[kind], at, bytes);
			if (field < query_kinds[kind].count)
				r->ignored[kind] |= UINT64_C(1) << field;
			known |= field < query_kinds[kind].count;
		}
		if (!known) {
			tell_error("--ignore: no record has a field '%.*s'; 'indicia fields' lists them", (int)bytes, at);
			return CLI_USAGE;
		}
		at += bytes;
		at += *at == ',';
	}
	return CLI_DONE;
}

int record_rows_data(const char *folder, struct refdata **refdata)
{
	char error[REFDATA_ERROR_BYTES] = "", found[DATA_PATH_MAX];
	const char *path;
	int status = data_folder(folder, found, &path);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = refdata_open(path, refdata, error);
	if (err != IND_OK) {
		tell_error("%s", error[0] ? error : ind_strerror(err));
		return err == IND_IO || err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
	}
	if (refdata_count(*refdata))
		return CLI_DONE;
	tell_error("%s: holds no data set; 'indicia data list -d %s' says what is in it", folder, folder);
	return CLI_MISSING;
}
