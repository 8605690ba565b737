/* SPDX-License-Identifier: Apache-2.0 */
/* Suricata's EVE: for each flow an event of type flow, and one for each protocol of which something was seen (of DNS one for each name). Names are those of the
 * field table; what has none stands under "indicia", so nothing of a flow is lost. */
#include "base/hash.h"
#include "base/text.h"
#include "export/beside.h"
#include "export/json.h"
#include <string.h>

enum { TIME_BYTES = 32, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP = 1, PROTO_ICMP6 = 58, US_PER_S = 1000000 };

struct state {
	struct json json;
	struct out raw;
	uint8_t protocol[IND_SIGNAL_ID_END]; /* of each signal, PROTOCOLS if it has none */
};

static const char *const protocols[] = { "dns", "http", "krb5", "rdp", "smb", "ssh", "tls" };
enum { PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]), DNS = 0 };

/* "2026-11-20T09:12:03.118402+0000" */
static void put_time(struct json *j, const char *name, uint64_t ns)
{
	char *text = json_room(j, TIME_BYTES + 4);
	if (!text)
		return;
	size_t bytes = text_time(ns, text, TIME_BYTES);
	memcpy(text + bytes - 1, "+0000", 5);
	json_bytes(j, name, text, bytes + 4);
}

/* A number that stays exact in JavaScript, from the id of the record. */
static uint64_t number_of(const char *record, size_t bytes)
{
	uint8_t digest[HASH_SHA256_BYTES];
	uint64_t number = 0;
	hash_sha256(record, bytes, digest);
	for (size_t i = 0; i < 6; i++)
		number = number << 8 | digest[i];
	return number;
}

static const char *proto_of(const struct ind_flow *f, char text[8])
{
	switch (f->proto) {
	case PROTO_TCP: return "TCP";
	case PROTO_UDP: return "UDP";
	case PROTO_ICMP: return "ICMP";
	case PROTO_ICMP6: return "IPv6-ICMP";
	default: return ind_proto_name(f->proto, text);
	}
}

static void put_hex(struct json *j, const char *name, uint8_t flags)
{
	char *text = json_room(j, 3);
	if (!text)
		return;
	hash_hex(&flags, 1, text);
	json_bytes(j, name, text, 2);
}

/* What EVE writes in another form than rows do. True if it is done. */
static bool put_special(struct export *e, const struct ind_record *r, size_t at, const char *name)
{
	struct json *j = &((struct state *)e->state)->json;
	const struct ind_flow *f = &r->flow.flow;
	const struct query_cell *cell = &e->row.cell[at];
	char *text;
	switch (at) {
	case QUERY_FLOW_record: json_u64(j, name, number_of(cell->text, cell->count)); break;
	case QUERY_FLOW_parent: json_u64(j, name, number_of(cell->text, cell->count)); break;
	case QUERY_FLOW_start: put_time(j, name, f->start_ns); return true;
	case QUERY_FLOW_end: put_time(j, name, f->end_ns); return true;
	case QUERY_FLOW_duration_us: json_u64(j, name, cell->number / US_PER_S); break;
	case QUERY_FLOW_sflags: put_hex(j, name, f->tcp_flags[IND_SRC]); break;
	case QUERY_FLOW_dflags: put_hex(j, name, f->tcp_flags[IND_DST]); break;
	case QUERY_FLOW_proto:
		text = json_room(j, 8);
		if (text)
			json_text(j, name, proto_of(f, text));
		return true;
	case QUERY_FLOW_sport:
	case QUERY_FLOW_dport:
		if (f->proto != PROTO_ICMP && f->proto != PROTO_ICMP6)
			return false;
		json_cell(j, at == QUERY_FLOW_sport ? "icmp_type" : "icmp_code", cell);
		return true;
	case QUERY_FLOW_end_reason: json_text(j, name, f->end_reason == IND_END_IDLE ? "timeout" : "forced"); break;
	case QUERY_FLOW_tunnel: break; /* in Suricata an object */
	default: return false;
	}
	beside_cell(j, query_kinds[QUERY_KIND_FLOW].fields[at].key, cell);
	return true;
}

static bool is_common(size_t at)
{
	return at == QUERY_FLOW_record || at == QUERY_FLOW_sensor || at == QUERY_FLOW_proto || (at >= QUERY_FLOW_saddr && at <= QUERY_FLOW_dport) || at == QUERY_FLOW_community_id ||
		at == QUERY_FLOW_vlan;
}

/* The members that all events of a flow have, or all members of the event of the flow itself. */
static void put_flow(struct export *e, const struct ind_record *r, bool common_only)
{
	struct json *j = &((struct state *)e->state)->json;
	const struct query_kind *kind = &query_kinds[QUERY_KIND_FLOW];
	for (size_t i = 0; i < kind->count; i++) {
		const char *name = export_name_of(EXPORT_BY_EVE, &kind->fields[i]);
		if (e->row.cell[i].form == CELL_ABSENT || (common_only && !is_common(i)))
			continue;
		if (put_special(e, r, i, name))
			continue;
		if (*name)
			json_cell(j, name, &e->row.cell[i]);
		else
			beside_cell(j, kind->fields[i].key, &e->row.cell[i]);
	}
}

static size_t protocol_of(const char *name)
{
	size_t i = 0;
	while (i < PROTOCOLS && (strncmp(name, protocols[i], strlen(protocols[i])) != 0 || name[strlen(protocols[i])] != '.'))
		i++;
	return i;
}

static size_t protocol_of_signal(const struct export *e, const struct ind_signal *s)
{
	return s->id < IND_SIGNAL_ID_END ? ((const struct state *)e->state)->protocol[s->id] : PROTOCOLS;
}

static enum ind_err start(struct export *e)
{
	struct state *s = e->state;
	for (unsigned id = 0; id < IND_SIGNAL_ID_END; id++)
		s->protocol[id] = (uint8_t)protocol_of(id == IND_SIG_DNS_NXDOMAIN ? "dns.rrname" : export_name_of_signal(EXPORT_BY_EVE, id));
	return IND_OK;
}

static const char *app_proto_of(const struct export *e, const struct ind_record *r)
{
	const struct ind_signal *s;
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++)
		if (protocol_of_signal(e, s) < PROTOCOLS)
			return protocols[protocol_of_signal(e, s)];
	return NULL;
}

static void event_start(struct export *e, const struct ind_record *r, const char *type, uint64_t time_ns)
{
	struct json *j = &((struct state *)e->state)->json;
	const char *app = app_proto_of(e, r);
	json_start(j);
	put_time(j, "timestamp", time_ns);
	json_text(j, "event_type", type);
	if (app)
		json_text(j, "app_proto", app);
}

static void event_end(struct export *e)
{
	struct state *s = e->state;
	json_put(&s->json, e->out[0]);
	out_char(e->out[0], '\n');
}

/* "h2,http/1.1" */
static void put_alpns(struct json *j, const struct ind_signal *s, const char *name)
{
	const char *end = s->value + s->value_bytes;
	for (const char *at = s->value; at <= end; at++) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t bytes = (size_t)((comma ? comma : end) - at);
		json_bytes(j, name, at, bytes);
		json_list(j);
		at += bytes;
	}
}

/* "TLS 1.3" of "1.3" */
static void put_version(struct json *j, const struct ind_signal *s, const char *name)
{
	char *text = s->value_bytes && s->value[0] >= '0' && s->value[0] <= '9' ? json_room(j, 4 + (size_t)s->value_bytes) : NULL;
	if (!text) {
		json_bytes(j, name, s->value, s->value_bytes);
		return;
	}
	memcpy(text, "TLS ", 4);
	memcpy(text + 4, s->value, s->value_bytes);
	json_bytes(j, name, text, 4 + (size_t)s->value_bytes);
}

/* RFC 4253 section 4.2: SSH-protoversion-softwareversion SP comments. */
static void put_banner(struct json *j, const struct ind_signal *s)
{
	bool client = s->side == IND_CLIENT;
	const char *end = s->value + s->value_bytes, *version = memchr(s->value, '-', s->value_bytes);
	const char *software = version ? memchr(version + 1, '-', (size_t)(end - version - 1)) : NULL;
	if (software)
		json_bytes(j, client ? "ssh.client.proto_version" : "ssh.server.proto_version", version + 1, (size_t)(software - version - 1));
	software = software ? software + 1 : s->value;
	json_bytes(j, client ? "ssh.client.software_version" : "ssh.server.software_version", software, (size_t)(end - software));
}

static void put_value(struct json *j, const struct ind_signal *s)
{
	const char *name = export_name_of_signal(EXPORT_BY_EVE, s->id);
	switch (s->id) {
	case IND_SIG_SSH_BANNER: put_banner(j, s); break;
	case IND_SIG_TLS_VERSION: put_version(j, s, name); break;
	case IND_SIG_TLS_ALPN: put_alpns(j, s, name); break;
	default: json_bytes(j, name, s->value, s->value_bytes); break;
	}
}

/* Of several values of one side the first: EVE has room for one. */
static bool is_first(const struct export *e, const struct ind_record *r, size_t n)
{
	const struct ind_signal *s = export_signal(e, r, n);
	const char *name = export_name_of_signal(EXPORT_BY_EVE, s->id);
	bool one_side = s->id != IND_SIG_SSH_BANNER;
	for (size_t i = 0; i < n; i++) {
		const struct ind_signal *before = export_signal(e, r, i);
		if (strcmp(export_name_of_signal(EXPORT_BY_EVE, before->id), name) == 0 && (one_side || before->side == s->side))
			return false;
	}
	return true;
}

static void put_protocol(struct export *e, const struct ind_record *r, size_t protocol)
{
	struct json *j = &((struct state *)e->state)->json;
	const struct ind_signal *s, *first = NULL;
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++) {
		if (protocol_of_signal(e, s) != protocol)
			continue;
		if (!first) {
			first = s;
			event_start(e, r, protocols[protocol], s->time_ns);
		}
		if (is_first(e, r, n))
			put_value(j, s);
	}
	if (!first)
		return;
	json_u64(j, "pcap_cnt", first->packet);
	put_flow(e, r, true);
	event_end(e);
}

static void answer_part(struct out *raw, const char *name, const char *at, size_t bytes)
{
	out_text(raw, name);
	value_json_text(raw, at, bytes);
}

/* "www.lab.example A 192.0.2.1" */
static void put_answer(struct state *state, const struct ind_signal *s)
{
	const char *end = s->value + s->value_bytes, *type = memchr(s->value, ' ', s->value_bytes);
	const char *data = type ? memchr(type + 1, ' ', (size_t)(end - type - 1)) : NULL;
	struct out *raw = &state->raw;
	raw->used = 0;
	if (data) {
		json_bytes(&state->json, "dns.rrname", s->value, (size_t)(type - s->value));
		answer_part(raw, "[{\"rrname\":", s->value, (size_t)(type - s->value));
		answer_part(raw, ",\"rrtype\":", type + 1, (size_t)(data - type - 1));
		answer_part(raw, ",\"rdata\":", data + 1, (size_t)(end - data - 1));
	} else {
		answer_part(raw, "[{\"rdata\":", s->value, s->value_bytes);
	}
	out_text(raw, "}]");
	json_raw(&state->json, "dns.answers", raw->at, raw->used);
}

static void put_dns(struct export *e, const struct ind_record *r)
{
	struct json *j = &((struct state *)e->state)->json;
	const struct ind_signal *s;
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++) {
		if (protocol_of_signal(e, s) != DNS)
			continue;
		event_start(e, r, "dns", s->time_ns);
		json_text(j, "dns.type", s->id == IND_SIG_DNS_QNAME ? "query" : "answer");
		if (s->id == IND_SIG_DNS_NXDOMAIN)
			json_text(j, "dns.rcode", "NXDOMAIN");
		if (s->id == IND_SIG_DNS_ANSWER)
			put_answer(e->state, s);
		else
			json_bytes(j, "dns.rrname", s->value, s->value_bytes);
		json_u64(j, "pcap_cnt", s->packet);
		put_flow(e, r, true);
		event_end(e);
	}
}

static void put(struct export *e, const struct ind_record *r)
{
	event_start(e, r, "flow", r->flow.flow.end_ns);
	put_flow(e, r, false);
	beside_signals(e, r, &((struct state *)e->state)->json, &((struct state *)e->state)->raw);
	event_end(e);
	put_dns(e, r);
	for (size_t i = DNS + 1; i < PROTOCOLS; i++)
		put_protocol(e, r, i);
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	out_free(&s->raw);
}

const struct export_format export_eve = {
	.wants = IND_WANT(IND_REC_FLOW), .needs_signals = true, .state_bytes = sizeof(struct state), .start = start, .put = put, .drop = drop,
};
