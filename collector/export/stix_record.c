/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of records in STIX 2.1: a flow is network-traffic (section 6.12) within observed-data (section 4.14), with the names and certificates seen in it. */
#include "export/stix.h"
#include "base/text.h"
#include <string.h>

enum { PROTO_TCP = 6, PROTO_ICMP = 1, PROTO_ICMP6 = 58, OBSERVED_MAX = 999999999 };

static void add_ref(struct stix *s, const char *id)
{
	for (size_t i = 0; i < s->ref_count; i++)
		if (strcmp(s->refs[i], id) == 0)
			return;
	if (s->ref_count < STIX_REFS_MAX)
		memcpy(s->refs[s->ref_count++], id, strlen(id) + 1);
}

static void put_refs(struct stix *s)
{
	for (size_t i = 0; i < s->ref_count; i++) {
		(void)json_text(&s->json, "object_refs", s->refs[i]);
		json_list(&s->json);
	}
}

static void hex_put(struct json *j, const char *name, uint8_t value)
{
	char *text = json_room(j, 3);
	if (!text)
		return;
	hash_hex(&value, 1, text);
	(void)json_text(j, name, text);
}

/* The properties that the id of network-traffic follows from (section 6.12): all but the counters. */
static void traffic_key(const struct export *e, const struct ind_flow *f, struct json *j, const char *src, const char *dst)
{
	bool icmp = f->proto == PROTO_ICMP || f->proto == PROTO_ICMP6, ports = e->row.cell[QUERY_FLOW_sport].form != CELL_ABSENT;
	(void)json_cell(j, "start", &e->row.cell[QUERY_FLOW_start]);
	(void)json_cell(j, "end", &e->row.cell[QUERY_FLOW_end]);
	(void)json_text(j, "src_ref", src);
	(void)json_text(j, "dst_ref", dst);
	(void)json_text(j, "protocols", f->ip_version == 4 ? "ipv4" : "ipv6");
	json_list(j);
	(void)json_cell(j, "protocols", &e->row.cell[QUERY_FLOW_proto]);
	if (ports && !icmp) {
		(void)json_cell(j, "src_port", &e->row.cell[QUERY_FLOW_sport]);
		(void)json_cell(j, "dst_port", &e->row.cell[QUERY_FLOW_dport]);
	}
	if (ports && icmp) {
		hex_put(j, "extensions.icmp-ext.icmp_type_hex", (uint8_t)f->port[IND_SRC]);
		hex_put(j, "extensions.icmp-ext.icmp_code_hex", (uint8_t)f->port[IND_DST]);
	}
	if (f->proto == PROTO_TCP && f->packets[IND_SRC])
		hex_put(j, "extensions.tcp-ext.src_flags_hex", f->tcp_flags[IND_SRC]);
	if (f->proto == PROTO_TCP && f->packets[IND_DST])
		hex_put(j, "extensions.tcp-ext.dst_flags_hex", f->tcp_flags[IND_DST]);
}

static void put_traffic(struct export *e, const struct ind_flow *f)
{
	struct stix *s = e->state;
	char src[STIX_ID_TEXT], dst[STIX_ID_TEXT], id[STIX_ID_TEXT];
	stix_address(e, f->ip_version, f->addr[IND_SRC], src);
	stix_address(e, f->ip_version, f->addr[IND_DST], dst);
	json_start(&s->id_json);
	traffic_key(e, f, &s->id_json, src, dst);
	bool is_new = stix_observable(e, "network-traffic", id);
	add_ref(s, id);
	add_ref(s, src);
	add_ref(s, dst);
	if (!is_new)
		return;
	traffic_key(e, f, &s->json, src, dst);
	(void)json_raw(&s->json, "is_active", "false", 5);
	(void)json_u64(&s->json, "src_packets", f->packets[IND_SRC]);
	(void)json_u64(&s->json, "dst_packets", f->packets[IND_DST]);
	(void)json_u64(&s->json, "src_byte_count", f->bytes[IND_SRC]);
	(void)json_u64(&s->json, "dst_byte_count", f->bytes[IND_DST]);
	if (f->vlan_count)
		(void)json_u64(&s->json, "ipfix.vlanId", f->vlan[0]);
	e->lost_field[QUERY_KIND_FLOW][QUERY_FLOW_vlan] += f->vlan_count > 1;
	stix_end(e);
}

/* An object of one text property. */
static void put_named(struct export *e, const char *type, const char *property, const char *text, size_t bytes)
{
	struct stix *s = e->state;
	char id[STIX_ID_TEXT];
	json_start(&s->id_json);
	stix_canonical(&s->id_json, property, text, bytes);
	if (stix_observable(e, type, id)) {
		(void)json_bytes(&s->json, property, text, bytes);
		stix_end(e);
	}
	add_ref(s, id);
}

static const struct ind_signal *of_side(const struct ind_record *r, unsigned id, unsigned side)
{
	for (size_t i = 0; i < r->flow.signal_count; i++)
		if (r->flow.signals[i].id == id && r->flow.signals[i].side == side)
			return &r->flow.signals[i];
	return NULL;
}

static size_t count_of(const struct ind_record *r, unsigned id)
{
	size_t count = 0;
	for (size_t i = 0; i < r->flow.signal_count; i++)
		count += r->flow.signals[i].id == id;
	return count;
}

/* Which subject belongs to which digest is only sure if there is one of each. */
static void put_certificate(struct export *e, const struct ind_record *r, const struct ind_signal *digest)
{
	struct stix *s = e->state;
	char id[STIX_ID_TEXT];
	const struct ind_signal *subject = of_side(r, IND_SIG_TLS_CERT_SUBJECT, digest->side), *issuer = of_side(r, IND_SIG_TLS_CERT_ISSUER, digest->side);
	bool single = count_of(r, IND_SIG_TLS_CERT_SHA256) == 1 && count_of(r, IND_SIG_TLS_CERT_SUBJECT) <= 1 && count_of(r, IND_SIG_TLS_CERT_ISSUER) <= 1;
	json_start(&s->id_json);
	(void)json_bytes(&s->id_json, "hashes.SHA-256", digest->value, digest->value_bytes);
	bool is_new = stix_observable(e, "x509-certificate", id);
	add_ref(s, id);
	if (!single) {
		e->lost_signal[IND_SIG_TLS_CERT_SUBJECT] += subject != NULL;
		e->lost_signal[IND_SIG_TLS_CERT_ISSUER] += issuer != NULL;
	}
	if (!is_new)
		return;
	(void)json_bytes(&s->json, "hashes.SHA-256", digest->value, digest->value_bytes);
	if (subject && single)
		(void)json_bytes(&s->json, "subject", subject->value, subject->value_bytes);
	if (issuer && single)
		(void)json_bytes(&s->json, "issuer", issuer->value, issuer->value_bytes);
	stix_end(e);
}

static void put_signal(struct export *e, const struct ind_record *r, const struct ind_signal *s)
{
	const char *name = export_name_of_signal(EXPORT_BY_STIX, s->id), *space;
	if (s->id >= IND_SIGNAL_ID_END || e->signal_is_lost[s->id] || !s->value_bytes)
		return;
	if (s->id == IND_SIG_DNS_ANSWER) {
		space = memchr(s->value, ' ', s->value_bytes);
		put_named(e, "domain-name", "value", s->value, space ? (size_t)(space - s->value) : s->value_bytes);
	} else if (strncmp(name, "domain-name:", 12) == 0) {
		put_named(e, "domain-name", "value", s->value, s->value_bytes);
	} else if (strcmp(name, "user-account:account_login") == 0) {
		put_named(e, "user-account", "account_login", s->value, s->value_bytes);
	} else if (s->id == IND_SIG_TLS_CERT_SHA256) {
		put_certificate(e, r, s);
	}
}

static void put_observed(struct export *e, const struct ind_record *r, const struct query_cell *first, const struct query_cell *last, uint64_t number)
{
	struct stix *s = e->state;
	char name[IND_RECORD_ID_TEXT], stream[2 * IND_STREAM_ID_BYTES + IND_RECORD_ID_TEXT + 1], id[STIX_ID_TEXT];
	hash_hex(r->id.stream_id, IND_STREAM_ID_BYTES, stream);
	const char *record = ind_record_id_text(&r->id, name);
	memcpy(stream + 2 * IND_STREAM_ID_BYTES, record, strlen(record) + 1);
	if (!stix_object(e, "observed-data", stream, strlen(stream), last->number, id))
		return;
	(void)json_cell(&s->json, "first_observed", first);
	(void)json_cell(&s->json, "last_observed", last);
	(void)json_u64(&s->json, "number_observed", number < 1 ? 1 : number > OBSERVED_MAX ? OBSERVED_MAX : number);
	put_refs(s);
	stix_source(e, r);
	stix_end(e);
}

static void put_flow(struct export *e, const struct ind_record *r)
{
	put_traffic(e, &r->flow.flow);
	for (size_t i = 0; i < r->flow.signal_count; i++)
		put_signal(e, r, &r->flow.signals[i]);
	put_observed(e, r, &e->row.cell[QUERY_FLOW_start], &e->row.cell[QUERY_FLOW_end], 1);
}

static void put_origin(struct export *e, const struct ind_record *r)
{
	char id[STIX_ID_TEXT];
	if (e->row.cell[QUERY_ORIGIN_first].form != CELL_TIME || e->row.cell[QUERY_ORIGIN_last].form != CELL_TIME) {
		e->lost_kind[QUERY_KIND_ORIGIN]++;
		return;
	}
	stix_address(e, r->origin.ip_version, r->origin.addr, id);
	add_ref(e->state, id);
	put_observed(e, r, &e->row.cell[QUERY_ORIGIN_first], &e->row.cell[QUERY_ORIGIN_last], r->origin.flows);
}

void stix_record(struct export *e, const struct ind_record *r)
{
	struct stix *s = e->state;
	s->ref_count = 0;
	switch (r->kind) {
	case IND_REC_FLOW: put_flow(e, r); break;
	case IND_REC_ORIGIN: put_origin(e, r); break;
	default: stix_claim(e, r); break;
	}
}
