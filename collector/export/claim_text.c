/* SPDX-License-Identifier: Apache-2.0 */
#include "export/claim_text.h"
#include "query/value.h"

static const struct { unsigned at; const char *word; } words[] = {
	{ QUERY_CLAIM_country, "country" }, { QUERY_CLAIM_registered_country, "registered in" }, { QUERY_CLAIM_region, "region" }, { QUERY_CLAIM_city, "city" }, { QUERY_CLAIM_latitude, "latitude" },
	{ QUERY_CLAIM_longitude, "longitude" }, { QUERY_CLAIM_radius_km, "radius in km" }, { QUERY_CLAIM_timezone, "time zone" }, { QUERY_CLAIM_asn, "autonomous system" }, { QUERY_CLAIM_asns, "autonomous systems" },
	{ QUERY_CLAIM_holder, "holder" }, { QUERY_CLAIM_flags, "flags" }, { QUERY_CLAIM_status, "status" }, { QUERY_CLAIM_signal, "signal listed" }, { QUERY_CLAIM_indicator, "listed" },
	{ QUERY_CLAIM_date, "date of the entry" }, { QUERY_CLAIM_grade, "grade" }, { QUERY_CLAIM_prefix, "length of the network" },
};

void claim_who(struct out *o, const struct query_row *row)
{
	out_text(o, "data set ");
	value_plain(o, &row->cell[QUERY_CLAIM_data_set]);
	if (row->cell[QUERY_CLAIM_build].form == CELL_ABSENT)
		return;
	out_text(o, ", built ");
	value_plain(o, &row->cell[QUERY_CLAIM_build]);
}

void claim_sentence(struct out *o, const struct query_row *row)
{
	out_text(o, "Claim of a data set, not an observation. ");
	claim_who(o, row);
	out_text(o, ", of kind ");
	value_plain(o, &row->cell[QUERY_CLAIM_kind]);
	out_text(o, ", about ");
	value_plain(o, &row->cell[QUERY_CLAIM_addr]);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (row->cell[words[i].at].form == CELL_ABSENT)
			continue;
		out_text(o, "; ");
		out_text(o, words[i].word);
		out_text(o, ": ");
		value_plain(o, &row->cell[words[i].at]);
	}
}

bool claim_says(size_t field) { return field != QUERY_CLAIM_tlp && field != QUERY_CLAIM_source && field != QUERY_CLAIM_label; }
