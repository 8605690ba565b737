/* SPDX-License-Identifier: Apache-2.0 */
/* STIX 2.1 objects: identifiers (section 2.9), markings (TLP 2.0 as an extension of marking-definition). Nobody and nothing is accused in them: traffic, addresses and
 * names as observed, and notes of what data sets claim. */
#include "export/stix.h"
#include "export/claim_text.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

enum { TIME_BYTES = 32, ADDR_BYTES = 48 };
#define TLP_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

static const struct { const char *id, *name; } markings[IND_TLP_COUNT] = {
	[IND_TLP_CLEAR] = { "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR" },
	[IND_TLP_GREEN] = { "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN" },
	[IND_TLP_AMBER] = { "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER" },
	[IND_TLP_AMBER_STRICT] = { "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT" },
	[IND_TLP_RED] = { "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED" },
};

void stix_canonical(struct json *j, const char *name, const char *text, size_t bytes)
{
	static const char digits[] = "0123456789abcdef", letters[] = "\b\t\n\f\r", named[] = "btnfr";
	char *at = json_room(j, 6 * bytes + 2), *end = at;
	if (!at)
		return;
	*end++ = '"';
	for (size_t i = 0; i < bytes; i++) {
		uint8_t c = (uint8_t)text[i];
		const char *known = c ? strchr(letters, c) : NULL;
		if (c == '"' || c == '\\' || known) {
			*end++ = '\\';
			*end++ = known ? named[known - letters] : (char)c;
		} else if (c < 0x20) {
			memcpy(end, "\\u00", 4);
			end[4] = digits[c >> 4];
			end[5] = digits[c & 15];
			end += 6;
		} else {
			*end++ = (char)c;
		}
	}
	*end++ = '"';
	(void)json_raw(j, name, at, (size_t)(end - at));
}

void stix_time_ms(struct json *j, const char *name, uint64_t ns)
{
	enum { MICROSECONDS = 3 };
	char *text = json_room(j, TIME_BYTES);
	if (!text)
		return;
	size_t bytes = text_time(ns, text, TIME_BYTES);
	text[bytes - 1 - MICROSECONDS] = 'Z';
	(void)json_bytes(j, name, text, bytes - MICROSECONDS);
}

static bool begin(struct export *e, const char *type, const uint8_t uuid[static UUID_BYTES], char id[static STIX_ID_TEXT])
{
	struct stix *s = e->state;
	bool is_new;
	size_t bytes = strlen(type);
	memcpy(id, type, bytes);
	memcpy(id + bytes, "--", 2);
	(void)uuid_text(uuid, id + bytes + 2);
	enum ind_err err = e->err != IND_OK ? e->err : uuid_add(&s->written, uuid, &is_new);
	e->err = err;
	if (err != IND_OK || !is_new)
		return false;
	json_start(&s->json);
	(void)json_text(&s->json, "type", type);
	(void)json_text(&s->json, "spec_version", "2.1");
	(void)json_text(&s->json, "id", id);
	(void)json_text(&s->json, "object_marking_refs", markings[e->options.tlp].id);
	json_list(&s->json);
	return true;
}

bool stix_observable(struct export *e, const char *type, char id[static STIX_ID_TEXT])
{
	struct stix *s = e->state;
	uint8_t uuid[UUID_BYTES];
	s->name.used = 0;
	json_put(&s->id_json, &s->name);
	if (s->name.err != IND_OK)
		e->err = s->name.err;
	uuid_of(uuid_stix, s->name.at, s->name.used, uuid);
	return begin(e, type, uuid, id);
}

bool stix_object(struct export *e, const char *type, const char *name, size_t name_bytes, uint64_t created_ns, char id[static STIX_ID_TEXT])
{
	struct stix *s = e->state;
	uint8_t uuid[UUID_BYTES];
	s->name.used = 0;
	out_text(&s->name, type);
	out_char(&s->name, ' ');
	out_bytes(&s->name, name, name_bytes);
	if (s->name.err != IND_OK)
		e->err = s->name.err;
	uuid_of(uuid_own, s->name.at, s->name.used, uuid);
	if (!begin(e, type, uuid, id))
		return false;
	stix_time_ms(&s->json, "created", created_ns);
	stix_time_ms(&s->json, "modified", created_ns);
	return true;
}

static void write_object(struct export *e)
{
	struct stix *s = e->state;
	out_text(e->out[0], s->objects++ ? ",\n" : "\n");
	out_bytes(e->out[0], s->object.at, s->object.used);
	hash_sha256_add(&s->digest, s->object.at, s->object.used);
}

void stix_end(struct export *e)
{
	struct stix *s = e->state;
	s->object.used = 0;
	json_put(&s->json, &s->object);
	if (s->object.err != IND_OK)
		e->err = s->object.err;
	else
		write_object(e);
}

void stix_address(struct export *e, unsigned ip_version, const uint8_t *addr, char id[static STIX_ID_TEXT])
{
	struct stix *s = e->state;
	char text[ADDR_BYTES];
	(void)text_addr(ip_version, addr, text, sizeof(text));
	json_start(&s->id_json);
	(void)json_text(&s->id_json, "value", text);
	if (!stix_observable(e, ip_version == 4 ? "ipv4-addr" : "ipv6-addr", id))
		return;
	(void)json_text(&s->json, "value", text);
	stix_end(e);
}

void stix_source(struct export *e, const struct ind_record *r)
{
	struct stix *s = e->state;
	char id[IND_RECORD_ID_TEXT], *text = json_room(&s->json, 160);
	struct out o = { .at = text, .size = 160 };
	if (!text)
		return;
	out_text(&o, "[{\"external_id\":\"");
	out_text(&o, ind_record_id_text(&r->id, id));
	out_text(&o, "\",\"source_name\":\"indicia record\"}]");
	(void)json_raw(&s->json, "external_references", text, o.used);
}

static enum ind_err start(struct export *e)
{
	struct stix *s = e->state;
	const char *name = markings[e->options.tlp].name;
	s->refs = malloc(STIX_REFS_MAX * sizeof(*s->refs));
	if (!s->refs)
		return IND_NOMEM;
	hash_sha256_start(&s->digest);
	out_text(e->out[0], "{\"type\":\"bundle\",\"objects\":[");
	out_text(&s->object, "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"");
	out_text(&s->object, markings[e->options.tlp].id);
	out_text(&s->object, "\",\"created\":\"2022-10-01T00:00:00.000Z\",\"name\":\"");
	out_text(&s->object, name);
	out_text(&s->object, "\",\"extensions\":{\"" TLP_EXTENSION "\":{\"extension_type\":\"property-extension\",\"tlp_2_0\":\"");
	out_text(&s->object, ind_tlp_name(e->options.tlp));
	out_text(&s->object, "\"}}}");
	write_object(e);
	return s->object.err;
}

/* The id of the bundle follows from its objects, and so stands behind them. */
static void end(struct export *e)
{
	struct stix *s = e->state;
	uint8_t digest[HASH_SHA256_BYTES], uuid[UUID_BYTES];
	char text[UUID_TEXT];
	hash_sha256_end(&s->digest, digest);
	uuid_of(uuid_own, digest, sizeof(digest), uuid);
	out_text(e->out[0], "\n],\"id\":\"bundle--");
	out_text(e->out[0], uuid_text(uuid, text));
	out_text(e->out[0], "\"}\n");
}

static void drop(struct export *e)
{
	struct stix *s = e->state;
	out_free(&s->object);
	out_free(&s->name);
	uuid_set_free(&s->written);
	free(s->refs);
}

/* Whether a flow is over is said by its end; encapsulations are not resolved to objects. */
static bool carries(enum query_kind_id kind, size_t at)
{
	if (kind == QUERY_KIND_CLAIM)
		return claim_says(at);
	if (kind == QUERY_KIND_FLOW && (at == QUERY_FLOW_end_reason || at == QUERY_FLOW_tunnel || at == QUERY_FLOW_carries || at == QUERY_FLOW_parent))
		return false;
	if (kind != QUERY_KIND_SIGNAL && at == 0)
		return true; /* the id of the record */
	return export_has_name(EXPORT_BY_STIX, kind, at) || (kind == QUERY_KIND_ORIGIN && at == QUERY_ORIGIN_flows);
}

/* An HTTP request needs its method and target there, which are not recorded. */
static bool carries_signal(const struct ind_signal_info *info)
{
	const char *name = export_name_of_signal(EXPORT_BY_STIX, info->id);
	return *name && strncmp(name, "network-traffic", 15) != 0;
}

const struct export_format export_stix = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_ORIGIN), .state_bytes = sizeof(struct stix), .carries = carries,
	.carries_signal = carries_signal, .start = start, .put = stix_record, .end = end, .drop = drop,
};
