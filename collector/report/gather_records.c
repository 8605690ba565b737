/* SPDX-License-Identifier: Apache-2.0 */
/* One record as the report shows it, with the digest of the line that `show --records` prints of it. */
#include "base/hash.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include "query/value.h"
#include "report/gather_inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHAT_BYTES = 160, WHAT_CITED_BYTES = 640, VALUE_BYTES = 64, READ_BYTES = 480, EXHIBITS_MAX = 48, EXHIBIT_FLOWS_WITHOUT_CITED = 3, ADDR_TEXT = 46 };

const char *gather_text(struct gather *g, struct ind_text text) { return text.bytes ? arena_text(&g->m->arena, text.at, text.bytes) : NULL; }

/* What fits of a text, cut between characters, with an ellipsis where it was cut. */
static size_t cut(const char *text, size_t bytes, size_t most)
{
	if (bytes <= most)
		return bytes;
	while (most && ((uint8_t)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

static void say(struct out *o, const char *text, size_t bytes, size_t most)
{
	size_t shown = cut(text, bytes, most);
	out_bytes(o, text, shown);
	if (shown < bytes)
		out_text(o, "…");
}

static const char *kept(struct gather *g, const struct out *o) { return o->used ? arena_text(&g->m->arena, o->at, o->used) : NULL; }

struct model_record *gather_keep(struct gather *g, enum model_record_kind kind, const struct ind_record_id *id, bool cited)
{
	struct report_model *m = g->m;
	char text[IND_RECORD_ID_TEXT];
	struct model_record *list = arena_grow(&m->arena, m->records, m->record_count, sizeof(*list));
	g->line.used = 0;
	value_json_row(&g->line, &g->row, NULL, g->row.kind->count);
	out_char(&g->line, '\n');
	if (!list || g->line.err != IND_OK)
		return NULL;
	m->records = list;
	struct model_record *r = &list[m->record_count];
	*r = (struct model_record){ .kind = kind, .leaf = id->leaf, .row = id->row, .part = id->part, .cited = cited, .bundle = m->bundle_count - 1, .asn = MODEL_ABSENT,
		.radius_km = MODEL_ABSENT };
	ind_record_id_text(id, text);
	r->id = arena_text(&m->arena, text, strlen(text));
	hash_sha256(g->line.at, g->line.used, r->sha256);
	if (!r->id)
		return NULL;
	m->record_count++;
	g->uncited += !cited;
	return r;
}

static const char *end_text(struct gather *g, const struct ind_flow *f, enum ind_dir dir)
{
	char text[ADDR_TEXT];
	size_t bytes = text_addr(f->ip_version, f->addr[dir], text, sizeof(text));
	bool ports = !f->no_ports && (f->proto == 6 || f->proto == 17);
	g->line.used = 0;
	if (ports && f->ip_version == 6)
		out_char(&g->line, '[');
	out_bytes(&g->line, text, bytes);
	if (ports)
		out_text(&g->line, f->ip_version == 6 ? "]:" : ":");
	if (ports)
		out_u64(&g->line, f->port[dir]);
	return kept(g, &g->line);
}

static const char *proto_text(struct gather *g, unsigned proto)
{
	switch (proto) {
	case 1: return "icmp";
	case 6: return "tcp";
	case 17: return "udp";
	case 58: return "icmp6";
	default: g->line.used = 0; out_u64(&g->line, proto); return kept(g, &g->line);
	}
}

static void say_signal(struct out *o, const struct ind_signal *s)
{
	const struct ind_signal_info *info = ind_signal_info(s->id);
	if (!info)
		return;
	out_text(o, o->used ? "; " : "");
	out_text(o, info->name);
	out_char(o, ' ');
	say(o, s->value, s->value_bytes, VALUE_BYTES);
}

/* What exhibits show of a signal: headers, payload, or neither, as it was measured. */
enum read_from { READ_HEADERS, READ_PAYLOAD, READ_NOWHERE };

static enum read_from read_from(const struct ind_signal_info *info)
{
	static const char *const measured[] = { "path.", "time.", "addr.", "tcp.", "ip." };
	switch (info->id) {
	case IND_SIG_TCP_SYN:
	case IND_SIG_TCP_SYNACK:
	case IND_SIG_ICMP_TIMESTAMP:
	case IND_SIG_TOOL_CONSTANT: return READ_HEADERS;
	default: break;
	}
	for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++)
		if (strncmp(info->name, measured[i], strlen(measured[i])) == 0)
			return READ_NOWHERE;
	return READ_PAYLOAD;
}

/* Which signals of a flow: all of them, or those of one sender that were read from one kind of bytes. */
struct choice { bool all; enum ind_dir sender; enum read_from from; };

static bool is_chosen(const struct choice *c, const struct ind_signal *s)
{
	const struct ind_signal_info *info = ind_signal_info(s->id);
	return info && (c->all || (s->from == c->sender && read_from(info) == c->from));
}

static const char *signals_text(struct gather *g, const struct ind_record *record, size_t most, const struct choice *choice)
{
	g->line.used = 0;
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		size_t before = g->line.used;
		if (!is_chosen(choice, &record->flow.signals[i]))
			continue;
		say_signal(&g->line, &record->flow.signals[i]);
		if (g->line.used <= most)
			continue;
		g->line.used = before;
		out_text(&g->line, before ? "; …" : "…");
		break;
	}
	return kept(g, &g->line);
}

struct model_record *gather_flow(struct gather *g, const struct ind_record *record, bool cited)
{
	const struct ind_flow *f = &record->flow.flow;
	struct model_record *r = gather_keep(g, MODEL_FLOW, &record->id, cited);
	if (!r)
		return NULL;
	r->time_ns = f->start_ns;
	r->end_ns = f->end_ns;
	r->source = end_text(g, f, IND_SRC);
	r->destination = end_text(g, f, IND_DST);
	r->proto = proto_text(g, f->proto);
	r->validated = ind_validated_name(f->validated);
	r->packets = f->packets[IND_SRC] + f->packets[IND_DST];
	r->bytes = f->bytes[IND_SRC] + f->bytes[IND_DST];
	r->serial = f->serial;
	r->what = signals_text(g, record, cited ? WHAT_CITED_BYTES : WHAT_BYTES, &(struct choice){ .all = true });
	for (unsigned sender = 0; sender < 2; sender++)
		for (unsigned from = READ_HEADERS; from <= READ_PAYLOAD; from++)
			r->read[sender][from] = signals_text(g, record, READ_BYTES, &(struct choice){ .sender = (enum ind_dir)sender, .from = (enum read_from)from });
	return r;
}

static enum ind_err keep_signal(struct gather *g, const struct ind_record *record, const struct ind_signal *s, uint32_t part)
{
	struct ind_record_id id = record->id;
	id.part = part;
	struct model_record *r = gather_keep(g, MODEL_SIGNAL, &id, true);
	if (!r)
		return IND_NOMEM;
	r->time_ns = s->time_ns;
	r->source = end_text(g, &record->flow.flow, s->from);
	r->side = ind_side_name(s->side);
	g->line.used = 0;
	say_signal(&g->line, s);
	r->what = kept(g, &g->line);
	return IND_OK;
}

enum ind_err gather_signals(struct gather *g, const struct ind_record *record, const struct cited *from, const struct cited *end, const uint64_t *signals)
{
	struct ind_derived derived = { .count = 0 };
	size_t recorded = record->flow.signal_count;
	enum ind_err err = IND_OK;
	if (from < end)
		ind_flow_derive(&record->flow.flow, record->flow.signals, recorded, signals, &derived);
	for (uint32_t before = 0; from < end && err == IND_OK; before = from++->part) {
		if (from->part == before || from->part > recorded + derived.count)
			continue;
		size_t at = from->part - 1;
		if (at < recorded)
			row_of_signal(&g->row, record, at);
		else
			row_of_derived(&g->row, record, &derived, at - recorded);
		err = keep_signal(g, record, at < recorded ? &record->flow.signals[at] : &derived.signal[at - recorded], from->part);
	}
	return err;
}

/* ---- what stands beside flows ---- */

static const char *addr_text(struct gather *g, unsigned ip_version, const uint8_t *addr)
{
	char text[ADDR_TEXT];
	size_t bytes = text_addr(ip_version, addr, text, sizeof(text));
	return arena_text(&g->m->arena, text, bytes);
}

/* "invalid AS64500": what RPKI says of an origin is no AS that the address is said to be of. */
static const char *origin_text(struct gather *g, const struct ind_claim *c)
{
	static const char *const states[] = { "valid", "invalid" };
	const char *state = "?";
	char text[64];
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (c->status.bytes == strlen(states[i]) && memcmp(c->status.at, states[i], c->status.bytes) == 0)
			state = states[i];
	int bytes = snprintf(text, sizeof(text), "%s AS%u", state, c->asn);
	return arena_text(&g->m->arena, text, bytes > 0 ? (size_t)bytes : 0);
}

static void detail_add(struct out *o, const char *text, size_t bytes)
{
	if (bytes && o->used)
		out_text(o, "; ");
	out_bytes(o, text, bytes);
}

/* What a data set says of this entry beyond the address: the label is the source's own, and is not said. */
static void take_entry(struct gather *g, struct model_record *r, const struct ind_claim *c)
{
	const struct ind_signal_info *info = c->signal ? ind_signal_info(c->signal) : NULL;
	static const struct { unsigned flag; const char *name; } flags[] = {
		{ IND_CLAIM_AS_SET, "AS set" }, { IND_CLAIM_ANYCAST, "anycast" }, { IND_CLAIM_SATELLITE, "satellite" }, { IND_CLAIM_ANONYMISER, "anonymiser" },
		{ IND_CLAIM_HOSTING, "hosting" },
	};
	char text[32];
	g->line.used = 0;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		detail_add(&g->line, flags[i].name, c->flags & flags[i].flag ? strlen(flags[i].name) : 0);
	for (unsigned i = 0; i < c->more_asn_count; i++) {
		int bytes = snprintf(text, sizeof(text), "AS%u", c->more_asn[i]);
		detail_add(&g->line, text, bytes > 0 ? (size_t)bytes : 0);
	}
	if (c->kind != IND_CLAIM_RPKI)
		detail_add(&g->line, c->status.at, c->status.bytes);
	detail_add(&g->line, c->grade, c->grade[0] ? sizeof(c->grade) : 0);
	if (c->day) {
		text_time((c->day - 1) * UINT64_C(86400000000000), text, sizeof(text));
		detail_add(&g->line, text, strcspn(text, "T"));
	}
	r->detail = kept(g, &g->line);
	r->tlp = c->tlp;
	if (!info)
		return;
	g->line.used = 0;
	out_text(&g->line, info->name);
	out_char(&g->line, ' ');
	say(&g->line, c->indicator.at, c->indicator.bytes, VALUE_BYTES);
	r->indicator = kept(g, &g->line);
}

static void take_claim(struct gather *g, struct model_record *r, const struct ind_claim *c, const struct rows_context *context)
{
	const struct model_bundle *b = &g->m->bundles[r->bundle];
	r->source = addr_text(g, c->ip_version, c->addr);
	bool origin = c->kind == IND_CLAIM_RPKI;
	r->what = ind_claim_kind_name(c->kind);
	const char *country = c->country[0] ? c->country : c->registered_country;
	if (country[0])
		r->country = arena_text(&g->m->arena, country, sizeof(c->country));
	r->holder = gather_text(g, c->holder);
	r->origin = origin ? origin_text(g, c) : NULL;
	if (c->asn && !origin)
		r->asn = c->asn;
	if (c->radius_km != IND_ABSENT_U32)
		r->radius_km = c->radius_km;
	r->has_position = c->flags & IND_CLAIM_HAS_POSITION;
	take_entry(g, r, c);
	r->latitude_1e4 = c->latitude_1e4;
	r->longitude_1e4 = c->longitude_1e4;
	if (c->data_set < b->data_count)
		r->data_set = b->data[c->data_set].name;
	if (c->data_set < context->data_set_count)
		r->build_s = context->data_sets[c->data_set].build_epoch_s;
}

static void take_origin(struct gather *g, struct model_record *r, const struct ind_origin *o)
{
	r->source = addr_text(g, o->ip_version, o->addr);
	r->time_ns = o->first_ns;
	r->end_ns = o->last_ns;
	g->line.used = 0;
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++)
		if (o->missing[f] == IND_MISSING_NONE) {
			out_text(&g->line, g->line.used ? ", " : "");
			out_char(&g->line, ind_family_letter(f));
		}
	r->what = kept(g, &g->line);
}

static int shown_order(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;
	return (x->serial > y->serial) - (x->serial < y->serial);
}

/* Flows that findings cite, or where there are none, the first ones. */
enum ind_err gather_choose_shown(struct gather *g)
{
	struct report_model *m = g->m;
	size_t first = m->record_count, flows = 0;
	bool any_cited = false;
	g->shown_count = 0;
	while (first > 0 && m->records[first - 1].bundle == m->bundle_count - 1)
		any_cited |= m->records[--first].cited;
	for (size_t i = first; i < m->record_count; i++) {
		const struct model_record *r = &m->records[i];
		bool chosen = r->kind == MODEL_FLOW && (any_cited ? r->cited : flows++ < EXHIBIT_FLOWS_WITHOUT_CITED);
		struct shown *list = chosen ? arena_grow(&m->arena, g->shown, g->shown_count, sizeof(*list)) : NULL;
		if (chosen && !list)
			return IND_NOMEM;
		if (chosen) {
			g->shown = list;
			g->shown[g->shown_count++] = (struct shown){ r->serial, i };
		}
	}
	if (g->shown_count)
		qsort(g->shown, g->shown_count, sizeof(*g->shown), shown_order);
	return IND_OK;
}

static const struct shown *shown_flow(const struct gather *g, uint64_t serial)
{
	struct shown want = { .serial = serial };
	return g->shown_count ? bsearch(&want, g->shown, g->shown_count, sizeof(want), shown_order) : NULL;
}

static enum ind_err take_exhibit(struct gather *g, const struct ind_record *record)
{
	const struct ind_exhibit *e = &record->exhibit;
	const struct shown *shown_of = g->exhibits < EXHIBITS_MAX ? shown_flow(g, e->flow_serial) : NULL;
	if (!shown_of)
		return IND_OK;
	const struct model_record *flow = &g->m->records[shown_of->record];
	const char *source = e->from == IND_SRC ? flow->source : flow->destination, *of = flow->id;
	const char *read = flow->read[e->from == IND_SRC ? IND_SRC : IND_DST][e->kind == IND_EXHIBIT_PACKET ? READ_HEADERS : READ_PAYLOAD];
	row_of_exhibit(&g->row, record);
	struct model_record *r = gather_keep(g, MODEL_EXHIBIT, &record->id, true);
	if (!r)
		return IND_NOMEM;
	size_t shown = e->bytes_count < MODEL_EXHIBIT_SHOWN ? e->bytes_count : MODEL_EXHIBIT_SHOWN;
	r->exhibit = (const uint8_t *)arena_text(&g->m->arena, (const char *)e->bytes, shown);
	r->exhibit_bytes = e->bytes_count;
	r->exhibit_kind = ind_exhibit_kind_name(e->kind);
	r->side = ind_side_name(e->side);
	r->masked = e->masked;
	r->time_ns = e->time_ns;
	r->source = source;
	r->read[0][0] = read;
	r->what = of;
	g->exhibits++;
	if (!g->m->records[shown_of->record].shown_as) /* which may have moved */
		g->m->records[shown_of->record].shown_as = r->id;
	return IND_OK;
}

enum ind_err gather_other(struct gather *g, const struct ind_record *record, const struct rows_context *context)
{
	const struct cited *end;
	bool cited = cited_of(g, &record->id, &end);
	if (record->kind == IND_REC_EXHIBIT)
		return take_exhibit(g, record);
	g->m->records_matching++;
	if (!cited && g->uncited >= g->records_max)
		return IND_OK;
	if (record->kind == IND_REC_CLAIM)
		row_of_claim(&g->row, record, context);
	else
		row_of_origin(&g->row, record, context);
	struct model_record *r = gather_keep(g, record->kind == IND_REC_CLAIM ? MODEL_CLAIM : MODEL_ORIGIN, &record->id, cited);
	if (!r)
		return IND_NOMEM;
	if (record->kind == IND_REC_CLAIM)
		take_claim(g, r, &record->claim, context);
	else
		take_origin(g, r, &record->origin);
	return IND_OK;
}
