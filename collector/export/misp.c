/* SPDX-License-Identifier: Apache-2.0 */
/* A MISP event (MISP core format): flows as objects of the template netflow, claims of places and autonomous systems as objects that name their data set, and each
 * distinct fingerprint or name as an attribute. Nothing is an indicator: to_ids is false throughout. */
#include "export/claim_text.h"
#include "export/format.h"
#include "export/json.h"
#include "export/supply.h"
#include "export/uuid.h"
#include "base/hash.h"
#include "base/text.h"
#include <string.h>

enum { ATTRIBUTES_MAX_BYTES = 64 << 20, DATE_BYTES = 10, TIME_BYTES = 32 };

struct state {
	struct out attributes, text;
	struct uuid_set written;
	uint64_t objects, first_ns;
	size_t attribute_count;
	char sensor[IND_SENSOR_ID_MAX + 1];
};

/* What MISP calls a signal; what is not here is text. */
static const struct { uint8_t signal; const char *type; } types[] = {
	{ IND_SIG_TLS_JA3, "ja3-fingerprint-md5" }, { IND_SIG_TLS_SNI, "hostname" }, { IND_SIG_HTTP_HOST, "hostname" }, { IND_SIG_HTTP_USER_AGENT, "user-agent" },
	{ IND_SIG_SSH_HASSH, "hassh-md5" }, { IND_SIG_SSH_HASSH_SERVER, "hasshserver-md5" }, { IND_SIG_TLS_CERT_SHA256, "x509-fingerprint-sha256" },
	{ IND_SIG_DNS_QNAME, "hostname" }, { IND_SIG_TLS_JA3S, "text" }, { IND_SIG_TLS_JA4, "text" }, { IND_SIG_TLS_SPKI_SHA256, "text" },
	{ IND_SIG_SSH_BANNER, "text" }, { IND_SIG_SSH_HOSTKEY, "text" }, { IND_SIG_HTTP_SERVER, "text" }, { IND_SIG_TLS_CERT_SUBJECT, "text" }, { IND_SIG_TLS_CERT_ISSUER, "text" },
	{ IND_SIG_TOOL_CONSTANT, "text" }, { IND_SIG_RDP_COOKIE, "text" }, { IND_SIG_RDP_CLIENT_NAME, "text" }, { IND_SIG_NTLM_USER, "text" }, { IND_SIG_KRB_CNAME, "text" },
};

static const char *type_of(unsigned id)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].signal == id)
			return types[i].type;
	return NULL;
}

/* The value may be any bytes: only what can be a host's name is called one. */
static const char *type_of_value(const struct ind_signal *s)
{
	const char *type = type_of(s->id);
	for (size_t i = 0; strcmp(type, "hostname") == 0 && i < s->value_bytes; i++) {
		char c = s->value[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_')
			return "text";
	}
	return type;
}

static bool carries_signal(const struct ind_signal_info *info) { return type_of(info->id) != NULL; }

static const struct flow_attribute { uint8_t at; const char *relation, *type; } flow_attributes[] = {
	{ QUERY_FLOW_saddr, "ip-src", "ip-src" }, { QUERY_FLOW_sport, "src-port", "port" }, { QUERY_FLOW_daddr, "ip-dst", "ip-dst" }, { QUERY_FLOW_dport, "dst-port", "port" },
	{ QUERY_FLOW_proto, "protocol", "text" }, { QUERY_FLOW_start, "first-packet-seen", "datetime" }, { QUERY_FLOW_end, "last-packet-seen", "datetime" },
	{ QUERY_FLOW_community_id, "community-id", "community-id" },
};
static const struct flow_attribute place_attributes[] = {
	{ QUERY_CLAIM_latitude, "latitude", "float" }, { QUERY_CLAIM_longitude, "longitude", "float" }, { QUERY_CLAIM_country, "countrycode", "text" },
	{ QUERY_CLAIM_region, "region", "text" }, { QUERY_CLAIM_city, "city", "text" }, { QUERY_CLAIM_radius_km, "accuracy-radius", "float" },
};
static const struct flow_attribute as_attributes[] = { { QUERY_CLAIM_asn, "asn", "AS" }, { QUERY_CLAIM_holder, "description", "text" } };

static bool carries(enum query_kind_id kind, size_t at)
{
	if (kind == QUERY_KIND_SIGNAL)
		return at == QUERY_SIGNAL_signal || at == QUERY_SIGNAL_value || at == QUERY_SIGNAL_flow;
	if (kind == QUERY_KIND_CLAIM)
		return claim_says(at);
	for (size_t i = 0; i < sizeof(flow_attributes) / sizeof(flow_attributes[0]); i++)
		if (flow_attributes[i].at == at)
			return true;
	return at == QUERY_FLOW_record || (at >= QUERY_FLOW_spkts && at <= QUERY_FLOW_dbytes);
}

static void put_uuid(struct out *o, const void *name, size_t bytes)
{
	uint8_t uuid[UUID_BYTES];
	char text[UUID_TEXT];
	uuid_of(uuid_own, name, bytes, uuid);
	out_text(o, "\"uuid\":\"");
	out_text(o, uuid_text(uuid, text));
	out_char(o, '"');
}

/* `owner` makes the identifier of an attribute one of its own. */
static void attribute_start(struct out *o, const char *owner, const char *relation, const char *type)
{
	char name[256];
	size_t a = strlen(owner), b = strlen(relation);
	memcpy(name, owner, a);
	memcpy(name + a, relation, b);
	out_char(o, '{');
	put_uuid(o, name, a + b);
	out_text(o, ",\"object_relation\":\"");
	out_text(o, relation);
	out_text(o, "\",\"type\":\"");
	out_text(o, type);
	out_text(o, "\",\"category\":\"");
	out_text(o, strcmp(type, "ip-src") == 0 || strcmp(type, "ip-dst") == 0 ? "Network activity" : "Other");
	out_text(o, "\",\"to_ids\":false,\"disable_correlation\":");
	out_text(o, type[0] == 'i' ? "false" : "true");
	out_text(o, ",\"value\":");
}

static void attribute_end(struct out *o) { out_char(o, '}'); }

/* MISP's values are strings. */
static void put_attribute(struct export *e, const char *owner, const struct flow_attribute *a, bool *any)
{
	struct state *s = e->state;
	const struct query_cell *cell = &e->row.cell[a->at];
	if (cell->form == CELL_ABSENT)
		return;
	out_text(e->out[0], *any ? "," : "");
	*any = true;
	attribute_start(e->out[0], owner, a->relation, a->type);
	s->text.used = 0;
	value_plain(&s->text, cell);
	value_json_text(e->out[0], s->text.at, s->text.used);
	attribute_end(e->out[0]);
}

static void put_sum(struct export *e, const char *owner, const char *relation, uint64_t sum)
{
	out_char(e->out[0], ',');
	attribute_start(e->out[0], owner, relation, "counter");
	out_char(e->out[0], '"');
	out_u64(e->out[0], sum);
	out_char(e->out[0], '"');
	attribute_end(e->out[0]);
}

/* `owner` gets the name from which identifiers follow: the whole stream, the record, and what. */
static void object_start(struct export *e, const struct ind_record *r, const char *name, const char *template_uuid, const struct out *comment, char owner[static 160])
{
	struct state *s = e->state;
	struct out *o = e->out[0];
	char id[IND_RECORD_ID_TEXT], stream[2 * IND_STREAM_ID_BYTES + 1];
	struct out w = { .at = owner, .size = 160 };
	hash_hex(r->id.stream_id, IND_STREAM_ID_BYTES, stream);
	out_text(&w, stream);
	out_text(&w, ind_record_id_text(&r->id, id));
	out_text(&w, name);
	out_char(&w, '\0');
	out_text(o, s->objects++ ? ",\n{" : "\n{");
	put_uuid(o, owner, w.used);
	out_text(o, ",\"name\":\"");
	out_text(o, name);
	out_text(o, "\",\"meta-category\":\"network\"");
	if (template_uuid) {
		out_text(o, ",\"template_uuid\":\"");
		out_text(o, template_uuid);
		out_text(o, "\",\"template_version\":\"2\"");
	}
	out_text(o, ",\"distribution\":\"0\",\"comment\":");
	s->text.used = 0;
	out_text(&s->text, "record ");
	out_text(&s->text, id);
	if (comment) {
		out_text(&s->text, ". ");
		out_bytes(&s->text, comment->at, comment->used);
	}
	value_json_text(o, s->text.at, s->text.used);
	out_text(o, ",\"Attribute\":[");
}

static void object_end(struct export *e) { out_text(e->out[0], "]}"); }

static enum ind_err room_for(const struct state *s) { return s->attributes.used > ATTRIBUTES_MAX_BYTES ? IND_LIMIT : IND_OK; }

/* An attribute of the event, once for each type and value. */
static void put_event_attribute(struct export *e, const char *type, const char *value, size_t bytes, const char *what, const struct ind_record *r)
{
	struct state *s = e->state;
	uint8_t uuid[UUID_BYTES];
	char id[IND_RECORD_ID_TEXT], text[UUID_TEXT];
	bool is_new, correlates = strcmp(type, "text") != 0;
	s->text.used = 0;
	out_text(&s->text, what);
	out_char(&s->text, ' ');
	out_bytes(&s->text, value, bytes);
	uuid_of(uuid_own, s->text.at, s->text.used, uuid);
	if (e->err == IND_OK)
		e->err = uuid_add(&s->written, uuid, &is_new);
	if (e->err == IND_OK)
		e->err = room_for(s);
	if (e->err != IND_OK || !is_new)
		return;
	struct out *o = &s->attributes;
	out_text(o, s->attribute_count++ ? ",\n{\"uuid\":\"" : "\n{\"uuid\":\"");
	out_text(o, uuid_text(uuid, text));
	out_text(o, "\",\"type\":\"");
	out_text(o, type);
	out_text(o, correlates ? "\",\"category\":\"Network activity\",\"to_ids\":false,\"disable_correlation\":false,\"comment\":\"" :
		"\",\"category\":\"Other\",\"to_ids\":false,\"disable_correlation\":true,\"comment\":\"");
	out_text(o, what);
	out_text(o, ", first seen in record ");
	out_text(o, ind_record_id_text(&r->id, id));
	out_text(o, "\",\"value\":");
	value_json_text(o, value, bytes);
	out_char(o, '}');
}

static void put_flow(struct export *e, const struct ind_record *r)
{
	const struct ind_flow *f = &r->flow.flow;
	struct state *s = e->state;
	char owner[160];
	bool any = false;
	if (!s->first_ns || f->start_ns < s->first_ns)
		s->first_ns = f->start_ns;
	object_start(e, r, "netflow", "bf148c58-3e7e-414e-8de8-5d96379ca77e", NULL, owner);
	for (size_t i = 0; i < sizeof(flow_attributes) / sizeof(flow_attributes[0]); i++)
		put_attribute(e, owner, &flow_attributes[i], &any);
	put_sum(e, owner, "byte-count", f->bytes[IND_SRC] + f->bytes[IND_DST]);
	put_sum(e, owner, "packet-count", f->packets[IND_SRC] + f->packets[IND_DST]);
	object_end(e);
	for (size_t i = 0; i < r->flow.signal_count; i++) {
		const struct ind_signal *g = &r->flow.signals[i];
		if (g->id < IND_SIGNAL_ID_END && !e->signal_is_lost[g->id] && type_of(g->id) && g->value_bytes)
			put_event_attribute(e, type_of_value(g), g->value, g->value_bytes, ind_signal_info(g->id)->name, r);
	}
}

static void put_claim_object(struct export *e, const struct ind_record *r, const char *name, const struct flow_attribute *list, size_t count, const struct out *sentence)
{
	char owner[160];
	bool any = false;
	object_start(e, r, name, NULL, sentence, owner);
	for (size_t i = 0; i < count; i++)
		put_attribute(e, owner, &list[i], &any);
	out_text(e->out[0], any ? "," : "");
	attribute_start(e->out[0], owner, "text", "text");
	value_json_text(e->out[0], sentence->at, sentence->used);
	attribute_end(e->out[0]);
	object_end(e);
}

static void put_claim(struct export *e, const struct ind_record *r)
{
	struct out sentence;
	bool place = e->row.cell[QUERY_CLAIM_country].form != CELL_ABSENT || e->row.cell[QUERY_CLAIM_latitude].form != CELL_ABSENT;
	out_start(&sentence, NULL, NULL);
	claim_sentence(&sentence, &e->row);
	if (place)
		put_claim_object(e, r, "geolocation", place_attributes, sizeof(place_attributes) / sizeof(place_attributes[0]), &sentence);
	if (r->claim.asn)
		put_claim_object(e, r, "asn", as_attributes, sizeof(as_attributes) / sizeof(as_attributes[0]), &sentence);
	if (!place && !r->claim.asn)
		put_event_attribute(e, "text", sentence.at, sentence.used, "claim", r);
	if (sentence.err != IND_OK)
		e->err = sentence.err;
	out_free(&sentence);
}

static void put(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	if (!s->sensor[0])
		memcpy(s->sensor, e->context->sensor, sizeof(s->sensor));
	if (r->kind == IND_REC_FLOW)
		put_flow(e, r);
	else
		put_claim(e, r);
	if (s->text.err != IND_OK || s->attributes.err != IND_OK)
		e->err = IND_NOMEM;
}

static enum ind_err start(struct export *e)
{
	out_text(e->out[0], "{\"Event\":{\"threat_level_id\":\"4\",\"analysis\":\"1\",\"distribution\":\"0\",\"published\":false,\"Tag\":[{\"name\":\"tlp:");
	out_text(e->out[0], ind_tlp_name(e->options.tlp));
	out_text(e->out[0], "\"}],\"Object\":[");
	return IND_OK;
}

static void end(struct export *e)
{
	struct state *s = e->state;
	struct out *o = e->out[0];
	char time[TIME_BYTES];
	(void)text_time(s->first_ns, time, sizeof(time));
	s->text.used = 0;
	out_text(&s->text, "Network evidence of sensor ");
	out_text(&s->text, s->sensor);
	out_text(&s->text, "; as observed, nobody is accused");
	out_text(o, "\n],\"Attribute\":[");
	out_bytes(o, s->attributes.at, s->attributes.used);
	out_text(o, "\n],\"info\":");
	value_json_text(o, s->text.at, s->text.used);
	out_text(o, ",\"date\":\"");
	out_bytes(o, time, DATE_BYTES);
	out_text(o, "\",");
	out_text(&s->text, time);
	out_u64(&s->text, s->objects);
	put_uuid(o, s->text.at, s->text.used);
	out_text(o, "}}\n");
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	out_free(&s->attributes);
	out_free(&s->text);
	uuid_set_free(&s->written);
}

const struct export_format export_misp = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_CLAIM), .state_bytes = sizeof(struct state), .carries = carries, .carries_signal = carries_signal,
	.start = start, .put = put, .end = end, .drop = drop,
};
