/* SPDX-License-Identifier: Apache-2.0 */
/* CASE/UCO 1.x as JSON-LD with its context inside. A bundle is a file with its digest, made by the action that recorded it; flows are network connections between
 * addresses; a claim is a location, or a text, that a data set is the source of, and is related to an address by the words "claimed by". */
#include "export/claim_text.h"
#include "export/format.h"
#include "export/json.h"
#include "export/supply.h"
#include "export/uuid.h"
#include "base/hash.h"
#include "base/text.h"
#include <string.h>

enum { ID_TEXT = 96, ADDR_BYTES = 48, READ_BYTES = 65536 };

struct state {
	struct json json;
	struct out name, text;
	struct uuid_set written;
	uint64_t nodes;
	char bundle[ID_TEXT];        /* the one at hand */
	uint8_t bytes[READ_BYTES];
};

static const char context[] =
	"{\"@context\":{\"kb\":\"urn:uuid:\",\"case-investigation\":\"https://ontology.caseontology.org/case/investigation/\","
	"\"uco-action\":\"https://ontology.unifiedcyberontology.org/uco/action/\",\"uco-core\":\"https://ontology.unifiedcyberontology.org/uco/core/\","
	"\"uco-location\":\"https://ontology.unifiedcyberontology.org/uco/location/\",\"uco-observable\":\"https://ontology.unifiedcyberontology.org/uco/observable/\","
	"\"uco-vocabulary\":\"https://ontology.unifiedcyberontology.org/uco/vocabulary/\",\"uco-tool\":\"https://ontology.unifiedcyberontology.org/uco/tool/\",\"uco-types\":\"https://ontology.unifiedcyberontology.org/uco/types/\","
	"\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"},\"@graph\":[";

/* Begins a node whose id follows from its type and name. False if it is written already, or after an error. */
static bool node_start(struct export *e, const char *type, const char *name, size_t bytes, char id[static ID_TEXT])
{
	struct state *s = e->state;
	uint8_t uuid[UUID_BYTES];
	char text[UUID_TEXT];
	bool is_new = false;
	struct out w = { .at = id, .size = ID_TEXT };
	s->name.used = 0;
	out_text(&s->name, type);
	out_char(&s->name, ' ');
	out_bytes(&s->name, name, bytes);
	uuid_of(uuid_own, s->name.at, s->name.used, uuid);
	out_text(&w, "kb:");
	out_text(&w, uuid_text(uuid, text));
	out_char(&w, '\0');
	if (s->name.err != IND_OK)
		e->err = s->name.err;
	if (e->err == IND_OK)
		e->err = uuid_add(&s->written, uuid, &is_new);
	if (e->err != IND_OK || !is_new)
		return false;
	json_start(&s->json);
	(void)json_text(&s->json, "@id", id);
	(void)json_text(&s->json, "@type", type);
	return true;
}

static void node_end(struct export *e)
{
	struct state *s = e->state;
	out_text(e->out[0], s->nodes++ ? ",\n" : "\n");
	json_put(&s->json, e->out[0]);
}

/* A literal with its type: {"@type":"xsd:dateTime","@value":...}. */
static void put_typed(struct json *j, const char *name, const char *type, const struct query_cell *cell)
{
	size_t bytes = strlen(name);
	char *typed = json_room(j, bytes + 7), *value = json_room(j, bytes + 8);
	if (!typed || !value || cell->form == CELL_ABSENT)
		return;
	memcpy(typed, name, bytes);
	memcpy(typed + bytes, ".@type", 7);
	memcpy(value, name, bytes);
	memcpy(value + bytes, ".@value", 8);
	(void)json_text(j, typed, type);
	if (cell->form != CELL_1E4) {
		(void)json_cell(j, value, cell);
		return;
	}
	struct out o = { .at = json_room(j, 64), .size = 64 };
	if (!o.at)
		return;
	value_plain(&o, cell);
	(void)json_bytes(j, value, o.at, o.used);
}

static void put_time(struct json *j, const char *name, uint64_t ns)
{
	put_typed(j, name, "xsd:dateTime", &(struct query_cell){ .form = CELL_TIME, .number = ns });
}

static void put_ref(struct json *j, const char *name, const char *id) { (void)json_text(j, name, id); }

static void put_address(struct export *e, unsigned ip_version, const uint8_t *addr, char id[static ID_TEXT])
{
	struct state *s = e->state;
	char text[ADDR_BYTES];
	size_t bytes = text_addr(ip_version, addr, text, sizeof(text));
	if (!node_start(e, ip_version == 4 ? "uco-observable:IPv4Address" : "uco-observable:IPv6Address", text, bytes, id))
		return;
	(void)json_text(&s->json, "uco-core:hasFacet.@type", ip_version == 4 ? "uco-observable:IPv4AddressFacet" : "uco-observable:IPv6AddressFacet");
	(void)json_bytes(&s->json, "uco-core:hasFacet.uco-observable:addressValue", text, bytes);
	node_end(e);
}

static size_t name_of(const struct ind_record *r, char text[static 2 * IND_STREAM_ID_BYTES + IND_RECORD_ID_TEXT])
{
	char id[IND_RECORD_ID_TEXT];
	hash_hex(r->id.stream_id, IND_STREAM_ID_BYTES, text);
	const char *record = ind_record_id_text(&r->id, id);
	memcpy(text + 2 * IND_STREAM_ID_BYTES, record, strlen(record) + 1);
	return strlen(text);
}

static void put_record(struct json *j, const struct query_cell *record)
{
	(void)json_text(j, "uco-core:externalReference.@type", "uco-core:ExternalReference");
	(void)json_text(j, "uco-core:externalReference.uco-core:definingContext", "indicia record");
	(void)json_cell(j, "uco-core:externalReference.uco-core:externalIdentifier", record);
}

/* ---- a bundle ---- */

static bool digest_of(struct export *e, char text[static 2 * IND_SHA256_BYTES + 1], uint64_t *size)
{
	struct state *s = e->state;
	const struct ind_source *source = supply_source(e->supply);
	struct hash_sha256_state hash;
	uint8_t digest[HASH_SHA256_BYTES];
	size_t got = 0;
	hash_sha256_start(&hash);
	*size = 0;
	do {
		if (source->read_at(source->ctx, *size, s->bytes, READ_BYTES, &got) != IND_OK)
			return false;
		hash_sha256_add(&hash, s->bytes, got);
		*size += got;
	} while (got == READ_BYTES);
	hash_sha256_end(&hash, digest);
	hash_hex(digest, sizeof(digest), text);
	return true;
}

static void put_file(struct export *e, const char *digest, uint64_t size)
{
	struct state *s = e->state;
	if (!node_start(e, "uco-observable:File", digest, strlen(digest), s->bundle))
		return;
	(void)json_text(&s->json, "uco-core:description", "evidence bundle (IEB1)");
	(void)json_text(&s->json, "uco-core:hasFacet.@type", "uco-observable:ContentDataFacet");
	(void)json_u64(&s->json, "uco-core:hasFacet.uco-observable:sizeInBytes", size);
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:hash.@type", "uco-types:Hash");
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:hash.uco-types:hashMethod.@type", "uco-vocabulary:HashNameVocab");
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:hash.uco-types:hashMethod.@value", "SHA256");
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:hash.uco-types:hashValue.@type", "xsd:hexBinary");
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:hash.uco-types:hashValue.@value", digest);
	node_end(e);
}

static void put_tool(struct export *e, const struct ind_header *h, char id[static ID_TEXT])
{
	struct state *s = e->state;
	if (!node_start(e, "uco-tool:Tool", h->build_id.at, h->build_id.bytes, id))
		return;
	(void)json_text(&s->json, "uco-core:name", "indicia");
	(void)json_bytes(&s->json, "uco-tool:version", h->build_id.at, h->build_id.bytes);
	node_end(e);
}

static void put_sensor(struct export *e, const struct ind_header *h, char id[static ID_TEXT])
{
	struct state *s = e->state;
	if (!node_start(e, "uco-observable:Device", h->sensor.at, h->sensor.bytes, id))
		return;
	(void)json_bytes(&s->json, "uco-core:name", h->sensor.at, h->sensor.bytes);
	node_end(e);
}

static void put_investigation(struct export *e, const struct ind_header *h, const char *action)
{
	struct state *s = e->state;
	char id[ID_TEXT];
	if (!node_start(e, "case-investigation:Investigation", action, strlen(action), id))
		return;
	if (h->case_id.bytes)
		(void)json_bytes(&s->json, "uco-core:name", h->case_id.at, h->case_id.bytes);
	if (h->authority.bytes)
		(void)json_bytes(&s->json, "uco-core:description", h->authority.at, h->authority.bytes);
	put_ref(&s->json, "uco-core:object.@id", action);
	node_end(e);
}

static void bundle(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	const struct ind_header *h = &r->header;
	char digest[2 * IND_SHA256_BYTES + 1], tool[ID_TEXT], sensor[ID_TEXT], action[ID_TEXT], provenance[ID_TEXT];
	uint64_t size;
	if (!digest_of(e, digest, &size)) {
		e->err = IND_IO;
		return;
	}
	put_file(e, digest, size);
	put_tool(e, h, tool);
	put_sensor(e, h, sensor);
	if (node_start(e, "case-investigation:InvestigativeAction", digest, strlen(digest), action)) {
		(void)json_text(&s->json, "uco-core:name", "recorded and sealed");
		put_time(&s->json, "uco-action:startTime", h->created_ns);
		put_ref(&s->json, "uco-action:instrument.@id", tool);
		put_ref(&s->json, "uco-action:performer.@id", sensor);
		put_ref(&s->json, "uco-action:result.@id", s->bundle);
		node_end(e);
	}
	if (node_start(e, "case-investigation:ProvenanceRecord", digest, strlen(digest), provenance)) {
		put_ref(&s->json, "uco-core:object.@id", s->bundle);
		node_end(e);
	}
	put_investigation(e, h, action);
}

/* ---- records ---- */

static void put_flow(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	const struct ind_flow *f = &r->flow.flow;
	char src[ID_TEXT], dst[ID_TEXT], id[ID_TEXT], name[2 * IND_STREAM_ID_BYTES + IND_RECORD_ID_TEXT];
	size_t bytes = name_of(r, name);
	put_address(e, f->ip_version, f->addr[IND_SRC], src);
	put_address(e, f->ip_version, f->addr[IND_DST], dst);
	if (!node_start(e, "uco-observable:NetworkConnection", name, bytes, id))
		return;
	(void)json_text(&s->json, "uco-core:hasFacet.@type", "uco-observable:NetworkConnectionFacet");
	put_ref(&s->json, "uco-core:hasFacet.uco-observable:src.@id", src);
	put_ref(&s->json, "uco-core:hasFacet.uco-observable:dst.@id", dst);
	(void)json_cell(&s->json, "uco-core:hasFacet.uco-observable:sourcePort", &e->row.cell[QUERY_FLOW_sport]);
	(void)json_cell(&s->json, "uco-core:hasFacet.uco-observable:destinationPort", &e->row.cell[QUERY_FLOW_dport]);
	put_time(&s->json, "uco-core:hasFacet.uco-observable:startTime", f->start_ns);
	put_time(&s->json, "uco-core:hasFacet.uco-observable:endTime", f->end_ns);
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:protocols.@type", "uco-types:ControlledDictionary");
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:protocols.uco-types:entry.@type", "uco-types:ControlledDictionaryEntry");
	(void)json_text(&s->json, "uco-core:hasFacet.uco-observable:protocols.uco-types:entry.uco-types:key", "transport");
	(void)json_cell(&s->json, "uco-core:hasFacet.uco-observable:protocols.uco-types:entry.uco-types:value", &e->row.cell[QUERY_FLOW_proto]);
	put_record(&s->json, &e->row.cell[QUERY_FLOW_record]);
	node_end(e);
}

static void put_place(struct export *e, const char *name, size_t bytes, const struct out *sentence, char id[static ID_TEXT])
{
	struct state *s = e->state;
	bool position = e->row.cell[QUERY_CLAIM_latitude].form != CELL_ABSENT;
	bool place = position || e->row.cell[QUERY_CLAIM_country].form != CELL_ABSENT;
	if (!node_start(e, place ? "uco-location:Location" : "uco-core:Annotation", name, bytes, id))
		return;
	(void)json_bytes(&s->json, "uco-core:description", sentence->at, sentence->used);
	if (position) {
		(void)json_text(&s->json, "uco-core:hasFacet.@type", "uco-location:LatLongCoordinatesFacet");
		put_typed(&s->json, "uco-core:hasFacet.uco-location:latitude", "xsd:decimal", &e->row.cell[QUERY_CLAIM_latitude]);
		put_typed(&s->json, "uco-core:hasFacet.uco-location:longitude", "xsd:decimal", &e->row.cell[QUERY_CLAIM_longitude]);
	} else if (place) {
		(void)json_text(&s->json, "uco-core:hasFacet.@type", "uco-location:SimpleAddressFacet");
		(void)json_cell(&s->json, "uco-core:hasFacet.uco-location:country", &e->row.cell[QUERY_CLAIM_country]);
		(void)json_cell(&s->json, "uco-core:hasFacet.uco-location:region", &e->row.cell[QUERY_CLAIM_region]);
		(void)json_cell(&s->json, "uco-core:hasFacet.uco-location:locality", &e->row.cell[QUERY_CLAIM_city]);
	}
	put_record(&s->json, &e->row.cell[QUERY_CLAIM_record]);
	node_end(e);
}

static void put_claim(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	char address[ID_TEXT], place[ID_TEXT], id[ID_TEXT], name[2 * IND_STREAM_ID_BYTES + IND_RECORD_ID_TEXT];
	size_t bytes = name_of(r, name);
	s->text.used = 0;
	claim_sentence(&s->text, &e->row);
	put_address(e, r->claim.ip_version, r->claim.addr, address);
	put_place(e, name, bytes, &s->text, place);
	if (!node_start(e, "uco-core:Relationship", name, bytes, id))
		return;
	put_ref(&s->json, "uco-core:source.@id", address);
	put_ref(&s->json, "uco-core:target.@id", place);
	(void)json_text(&s->json, "uco-core:kindOfRelationship", "claimed by");
	(void)json_cell(&s->json, "uco-core:description", &e->row.cell[QUERY_CLAIM_data_set]);
	(void)json_raw(&s->json, "uco-core:isDirectional", "true", 4);
	node_end(e);
}

static void put(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	if (r->kind == IND_REC_FLOW)
		put_flow(e, r);
	else
		put_claim(e, r);
	if (s->text.err != IND_OK)
		e->err = s->text.err;
}

static bool carries(enum query_kind_id kind, size_t at)
{
	if (kind == QUERY_KIND_FLOW)
		return at == QUERY_FLOW_record || at == QUERY_FLOW_sensor || at == QUERY_FLOW_start || at == QUERY_FLOW_end || (at >= QUERY_FLOW_proto && at <= QUERY_FLOW_dport);
	return kind == QUERY_KIND_CLAIM && claim_says(at);
}

static bool carries_signal(const struct ind_signal_info *info)
{
	(void)info;
	return false;
}

static enum ind_err start(struct export *e)
{
	out_text(e->out[0], context);
	return IND_OK;
}

static void end(struct export *e) { out_text(e->out[0], "\n]}\n"); }

static void drop(struct export *e)
{
	struct state *s = e->state;
	out_free(&s->name);
	out_free(&s->text);
	uuid_set_free(&s->written);
}

const struct export_format export_case = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_CLAIM), .state_bytes = sizeof(struct state), .carries = carries, .carries_signal = carries_signal,
	.start = start, .bundle = bundle, .put = put, .end = end, .drop = drop,
};
