/* SPDX-License-Identifier: Apache-2.0 */
/* Elastic Common Schema 8, one JSON object a line: a document for each flow with its signals, each claim and each origin. Names are those of the field table; what
 * has none stands under "indicia". What a data set says of a place stands under "indicia.claims" alone, never as the place of an address. */
#include "export/beside.h"
#include <string.h>

enum { PROTO_ICMP = 1, PROTO_ICMP6 = 58, NS_PER_US = 1000 };

struct state { struct json json; struct out raw; };

static void document(struct json *j, const char *kind, const char *dataset, uint64_t time_ns)
{
	json_start(j);
	(void)json_cell(j, "@timestamp", &(struct query_cell){ .form = CELL_TIME, .number = time_ns });
	(void)json_text(j, "ecs.version", "8.11.0");
	(void)json_text(j, "event.module", "indicia");
	(void)json_text(j, "event.dataset", dataset);
	(void)json_text(j, "event.kind", kind);
	(void)json_text(j, "event.category", "network");
	json_list(j);
	(void)json_text(j, "observer.product", "Indicia");
	(void)json_text(j, "observer.type", "sensor");
}

static void document_end(struct export *e)
{
	struct state *s = e->state;
	json_put(&s->json, e->out[0]);
	out_char(e->out[0], '\n');
}

static bool put_special(struct export *e, const struct ind_flow *f, size_t at, const char *name)
{
	struct json *j = &((struct state *)e->state)->json;
	const struct query_cell *cell = &e->row.cell[at];
	bool icmp = f->proto == PROTO_ICMP || f->proto == PROTO_ICMP6;
	switch (at) {
	case QUERY_FLOW_duration_us: (void)json_u64(j, name, cell->number * NS_PER_US); return true;
	case QUERY_FLOW_sport:
	case QUERY_FLOW_dport:
		if (icmp)
			beside_cell(j, query_kinds[QUERY_KIND_FLOW].fields[at].key, cell);
		return icmp;
	case QUERY_FLOW_proto:
		if (f->proto == PROTO_ICMP6)
			(void)json_text(j, name, "ipv6-icmp");
		else
			(void)json_cell(j, name, cell);
		return true;
	case QUERY_FLOW_vlan: /* ECS has room for one; the list stands beside it */
		(void)json_u64(j, name, f->vlan[0]);
		beside_cell(j, "vlan", cell);
		return true;
	default: return false;
	}
}

static void put_row(struct export *e, const struct ind_record *r)
{
	struct json *j = &((struct state *)e->state)->json;
	for (size_t i = 0; i < e->row.kind->count; i++) {
		const struct query_field *field = &e->row.kind->fields[i];
		const char *name = export_name_of(EXPORT_BY_ECS, field);
		if (e->row.cell[i].form == CELL_ABSENT || (r->kind == IND_REC_FLOW && put_special(e, &r->flow.flow, i, name)))
			continue;
		if (*name)
			(void)json_cell(j, name, &e->row.cell[i]);
		else
			beside_cell(j, field->key, &e->row.cell[i]);
	}
}

static bool is_said(const struct json *j, const char *name, const struct ind_signal *s)
{
	for (size_t i = 0; i < j->count; i++)
		if (strcmp(j->entry[i].name, name) == 0 && j->entry[i].cell.count == s->value_bytes && memcmp(j->entry[i].cell.text, s->value, s->value_bytes) == 0)
			return true;
	return false;
}

/* "www.lab.example A 192.0.2.1" */
static void answer_put(struct out *raw, const struct ind_signal *s)
{
	const char *end = s->value + s->value_bytes, *type = memchr(s->value, ' ', s->value_bytes);
	const char *data = type ? memchr(type + 1, ' ', (size_t)(end - type - 1)) : NULL;
	out_text(raw, raw->used > 1 ? ",{" : "{");
	if (data) {
		out_text(raw, "\"name\":");
		value_json_text(raw, s->value, (size_t)(type - s->value));
		out_text(raw, ",\"type\":");
		value_json_text(raw, type + 1, (size_t)(data - type - 1));
		out_char(raw, ',');
	}
	out_text(raw, "\"data\":");
	value_json_text(raw, data ? data + 1 : s->value, (size_t)(end - (data ? data + 1 : s->value)));
	out_char(raw, '}');
}

static void put_signal(struct state *state, const struct ind_signal *s)
{
	const char *name = export_name_of_signal(EXPORT_BY_ECS, s->id);
	if (!*name || s->id == IND_SIG_DNS_ANSWER)
		return;
	if (s->id == IND_SIG_DNS_NXDOMAIN) {
		(void)json_text(&state->json, name, "NXDOMAIN");
		return;
	}
	if (s->id == IND_SIG_SSH_BANNER || is_said(&state->json, name, s))
		return;
	(void)json_bytes(&state->json, name, s->value, s->value_bytes);
}

/* Several values of one name form a list, which is what a field of ECS may be. */
static void put_signals(struct export *e, const struct ind_record *r, struct out *answers)
{
	struct state *state = e->state;
	const struct ind_signal *s;
	bool nxdomain = false;
	out_char(answers, '[');
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++) {
		if (s->id == IND_SIG_DNS_ANSWER)
			answer_put(answers, s);
		if (s->id != IND_SIG_DNS_NXDOMAIN || !nxdomain)
			put_signal(state, s);
		nxdomain |= s->id == IND_SIG_DNS_NXDOMAIN;
	}
	out_char(answers, ']');
	if (answers->used > 2)
		(void)json_raw(&state->json, export_name_of_signal(EXPORT_BY_ECS, IND_SIG_DNS_ANSWER), answers->at, answers->used);
	if (answers->err != IND_OK)
		e->err = answers->err;
}

static void put_flow(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	const struct ind_flow *f = &r->flow.flow;
	struct out answers;
	out_start(&answers, NULL, NULL);
	document(&s->json, "event", "indicia.flow", f->start_ns);
	(void)json_text(&s->json, "event.type", "connection");
	json_list(&s->json);
	(void)json_text(&s->json, "network.type", f->ip_version == 4 ? "ipv4" : "ipv6");
	(void)json_u64(&s->json, "network.packets", f->packets[IND_SRC] + f->packets[IND_DST]);
	(void)json_u64(&s->json, "network.bytes", f->bytes[IND_SRC] + f->bytes[IND_DST]);
	(void)json_cell(&s->json, "related.ip", &e->row.cell[QUERY_FLOW_saddr]);
	(void)json_cell(&s->json, "related.ip", &e->row.cell[QUERY_FLOW_daddr]);
	put_row(e, r);
	put_signals(e, r, &answers);
	beside_signals(e, r, &s->json, &s->raw);
	document_end(e);
	out_free(&answers);
}

static void put_claim(struct export *e)
{
	struct state *s = e->state;
	const struct query_cell *build = &e->row.cell[QUERY_CLAIM_build];
	document(&s->json, "enrichment", "indicia.claim", build->form == CELL_TIME ? build->number : e->created_ns);
	(void)json_cell(&s->json, "event.id", &e->row.cell[QUERY_CLAIM_record]);
	(void)json_text(&s->json, "observer.name", e->context->sensor);
	(void)json_cell(&s->json, "related.ip", &e->row.cell[QUERY_CLAIM_addr]);
	json_list(&s->json);
	s->raw.used = 0;
	value_json_row(&s->raw, &e->row, NULL, e->row.kind->count);
	(void)json_raw(&s->json, "indicia.claims", s->raw.at, s->raw.used);
	json_list(&s->json);
	document_end(e);
}

static void put(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	if (r->kind == IND_REC_FLOW) {
		put_flow(e, r);
	} else if (r->kind == IND_REC_CLAIM) {
		put_claim(e);
	} else {
		document(&s->json, "state", "indicia.origin", r->origin.flows ? r->origin.last_ns : e->created_ns);
		put_row(e, r);
		document_end(e);
	}
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	out_free(&s->raw);
}

const struct export_format export_ecs = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_ORIGIN), .needs_signals = true, .state_bytes = sizeof(struct state), .put = put,
	.drop = drop,
};
