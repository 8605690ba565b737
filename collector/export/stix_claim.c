/* SPDX-License-Identifier: Apache-2.0 */
/* A claim is what a named, dated data set says of an address: a note (STIX 2.1 section 4.13) on the address, and if it claims a place a location that is called a claim and is only
 * related to the address. Nothing here says that an address is at a place. */
#include "export/claim_text.h"
#include "export/stix.h"
#include <string.h>

enum { M_PER_KM = 1000 };

/* A text in the object's own memory. */
static void copy_text(struct json *j, const char *name, const struct out *text)
{
	char *at = json_room(j, text->used);
	if (!at)
		return;
	memcpy(at, text->at, text->used);
	(void)json_bytes(j, name, at, text->used);
}

static bool has_place(const struct query_row *row)
{
	return row->cell[QUERY_CLAIM_country].form != CELL_ABSENT || row->cell[QUERY_CLAIM_latitude].form != CELL_ABSENT;
}

static uint64_t time_of(const struct export *e)
{
	const struct query_cell *build = &e->row.cell[QUERY_CLAIM_build];
	return build->form == CELL_TIME ? build->number : e->created_ns;
}

static void put_location(struct export *e, const struct out *who, char id[static STIX_ID_TEXT])
{
	static const struct { unsigned at; const char *property; } properties[] = {
		{ QUERY_CLAIM_country, "country" }, { QUERY_CLAIM_region, "administrative_area" }, { QUERY_CLAIM_city, "city" }, { QUERY_CLAIM_latitude, "latitude" },
		{ QUERY_CLAIM_longitude, "longitude" },
	};
	struct stix *s = e->state;
	struct out name;
	out_start(&name, NULL, NULL);
	out_text(&name, "Claim:");
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++) {
		if (e->row.cell[properties[i].at].form == CELL_ABSENT)
			continue;
		out_char(&name, ' ');
		value_plain(&name, &e->row.cell[properties[i].at]);
	}
	size_t shown = name.used;
	out_text(&name, "; ");
	out_bytes(&name, who->at, who->used);
	if (name.err == IND_OK && stix_object(e, "location", name.at, name.used, time_of(e), id)) {
		name.used = shown;
		copy_text(&s->json, "name", &name);
		copy_text(&s->json, "description", who);
		for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
			(void)json_cell(&s->json, properties[i].property, &e->row.cell[properties[i].at]);
		if (e->row.cell[QUERY_CLAIM_radius_km].form != CELL_ABSENT && e->row.cell[QUERY_CLAIM_latitude].form != CELL_ABSENT)
			(void)json_u64(&s->json, "precision", e->row.cell[QUERY_CLAIM_radius_km].number * M_PER_KM);
		stix_end(e);
	}
	out_free(&name);
}

static void put_relation(struct export *e, const struct ind_record *r, const char *from, const char *to, const struct out *who)
{
	struct stix *s = e->state;
	char id[STIX_ID_TEXT], name[2 * STIX_ID_TEXT];
	size_t bytes = strlen(from);
	memcpy(name, from, bytes);
	memcpy(name + bytes, to, strlen(to));
	if (!stix_object(e, "relationship", name, bytes + strlen(to), time_of(e), id))
		return;
	(void)json_text(&s->json, "relationship_type", "related-to");
	(void)json_text(&s->json, "source_ref", from);
	(void)json_text(&s->json, "target_ref", to);
	copy_text(&s->json, "description", who);
	stix_source(e, r);
	stix_end(e);
}

static void put_as(struct export *e, uint64_t number, char id[static STIX_ID_TEXT])
{
	struct stix *s = e->state;
	json_start(&s->id_json);
	(void)json_u64(&s->id_json, "number", number);
	if (!stix_observable(e, "autonomous-system", id))
		return;
	(void)json_u64(&s->json, "number", number);
	stix_end(e);
}

void stix_claim(struct export *e, const struct ind_record *r)
{
	struct stix *s = e->state;
	const struct query_row *row = &e->row;
	char address[STIX_ID_TEXT], place[STIX_ID_TEXT] = "", as[STIX_ID_TEXT] = "", id[STIX_ID_TEXT];
	struct out who, content;
	out_start(&who, NULL, NULL);
	out_start(&content, NULL, NULL);
	claim_who(&who, row);
	claim_sentence(&content, row);
	stix_address(e, r->claim.ip_version, r->claim.addr, address);
	if (r->claim.asn)
		put_as(e, r->claim.asn, as);
	if (has_place(row)) {
		put_location(e, &who, place);
		put_relation(e, r, address, place, &who);
	}
	if (who.err == IND_OK && content.err == IND_OK && stix_object(e, "note", content.at, content.used, time_of(e), id)) {
		copy_text(&s->json, "abstract", &who);
		copy_text(&s->json, "content", &content);
		(void)json_text(&s->json, "object_refs", address);
		json_list(&s->json);
		if (*as)
			(void)json_text(&s->json, "object_refs", as);
		if (*place)
			(void)json_text(&s->json, "object_refs", place);
		stix_source(e, r);
		stix_end(e);
	}
	if (content.err != IND_OK || who.err != IND_OK)
		e->err = IND_NOMEM;
	out_free(&who);
	out_free(&content);
}
