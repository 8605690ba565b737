/* SPDX-License-Identifier: Apache-2.0 */
/* The maps' figure: pictures, caption, legend, list of claims; and the table beside it. */
#include "base/i18n.h"
#include "report/map.h"
#include "report/picture.h"

/* Two digits that count: no more are meant. */
static uint64_t two_digits(uint64_t value)
{
	uint64_t unit = 1;
	while (value / unit >= 100)
		unit *= 10;
	return (value + unit / 2) / unit * unit;
}

static void say_common(struct page *p, const struct map *map)
{
	const struct sphere_common *c = &map->common;
	if (map->disc_count < 2)
		return;
	put_literal(p, " ");
	if (c->empty)
		put_words(p, _("The discs have no place in common: several hosts answer at this address, a relay answers near some sensor, or a position or a clock is wrong."));
	else if (c->below)
		put_said(p, _("What all discs have in common is smaller than {1} km²."), COUNT(two_digits(c->km2 + 1)));
	else
		put_said(p, _("What all discs have in common, hatched, is about {1} km²."), COUNT(two_digits(c->km2)));
	if (!c->empty && map->in_fibre.empty) {
		put_literal(p, " ");
		put_words(p, _("In fibre the discs have nothing in common."));
	}
}

static void say_left_out(struct page *p, const struct map *map)
{
	if (map->rim_count < map->disc_count) {
		put_literal(p, " ");
		put_said(p, _("Rims are drawn of the {1} smallest of {2} discs; all of them count for what they have in common."), NUMBER(map->rim_count), NUMBER(map->disc_count));
	}
	if (map->without_position) {
		put_literal(p, " ");
		put_said(p, _("Sensors without a stated position, not drawn: {1}."), NUMBER(map->without_position));
	}
	if (map->claims_without_place) {
		put_literal(p, " ");
		put_said(p, _("Claims without coordinates, not drawn: {1}. An area is not a place, and no borders are drawn."), NUMBER(map->claims_without_place));
	}
	if (map->claims_left_out) {
		put_literal(p, " ");
		put_said(p, _("Claimed places not drawn for want of room: {1}."), NUMBER(map->claims_left_out));
	}
}

static void caption(struct page *p, const struct map *map)
{
	put_literal(p, "<figcaption id=\"map-");
	put_number(p, (int64_t)map->number);
	put_literal(p, "\">");
	put_said(p, _("How far away the host that answered as {1} can be: each disc is as wide as light gets in half of the shortest of at least {2} round trips, in vacuum (dashed) and in fibre (line), widened by the error of the sensor's "
		"position and 25 km. A disc excludes what is outside; it does not say where inside."), TEXT(map->subject->text), NUMBER(GEO_TRIPS_LEAST));
	say_common(p, map);
	say_left_out(p, map);
	put_literal(p, "</figcaption>\n");
}

static void legend(struct page *p, const struct map *map)
{
	put_literal(p, "<ul class=\"p-legend\">");
	draw_key(p, "<path class=\"p-sensor\" fill=\"#0b4a66\" d=\"M160 35l55 110-110 0z\"/>", _("sensor"));
	if (map->disc_count) {
		draw_key(p, "<path class=\"p-rim\" fill=\"none\" stroke=\"#0b5f83\" stroke-width=\"14\" stroke-dasharray=\"50 34\" d=\"M10 90l300 0\"/>", _("as far as light gets in vacuum"));
		draw_key(p, "<path class=\"p-rim\" fill=\"none\" stroke=\"#0b5f83\" stroke-width=\"14\" d=\"M10 90l300 0\"/>", _("as far as light gets in fibre"));
		if (!map->common.empty)
			draw_key(p, "<path class=\"p-hatch\" fill=\"none\" stroke=\"#0b5f83\" stroke-width=\"10\" d=\"M0 180l180-180M70 180l180-180M140 180l180-180M210 180l110-110M0 110l110-110\"/>",
				_("inside all discs, vacuum"));
		if (!map->in_fibre.empty)
			draw_key(p, "<path class=\"p-tint\" fill=\"#0b5f83\" fill-opacity=\".28\" d=\"M0 0l320 0 0 180-320 0z\"/>", _("inside all discs, fibre"));
	}
	if (map->claim_count) {
		draw_key(p, "<path class=\"p-claim\" fill=\"#b0450c\" d=\"M160 20l70 70-70 70-70-70z\"/>", _("place that a data set claims"));
		draw_key(p, "<path class=\"p-radius\" fill=\"none\" stroke=\"#b0450c\" stroke-width=\"14\" stroke-dasharray=\"14 22\" d=\"M10 90l300 0\"/>", _("how exact the data set says it is"));
	}
	put_literal(p, "</ul>\n");
}

static void claims(struct page *p, const struct report_model *m, const struct map *map, bool links)
{
	if (!map->claim_count)
		return;
	put_literal(p, "<ul class=\"p-claims\">");
	for (size_t i = 0; i < map->claim_count; i++) {
		const struct model_record *r = &m->records[map->claims[i].record];
		const struct piece id = links ? (struct piece)RECORD(r->id) : (struct piece)CODE(r->id);
		put_literal(p, "<li><b>");
		put_plain(p, (char[]){ (char)('A' + i), '\0' }, 1);
		put_literal(p, "</b> ");
		if (r->radius_km >= 0)
			put_said(p, _("{1}, {2}, within {3} km: claim of {4} of {5}, record {6}"), FIXED(r->latitude_1e4, 4), FIXED(r->longitude_1e4, 4), COUNT(r->radius_km), TEXT(r->data_set), DAY(r->build_s), id);
		else
			put_said(p, _("{1}, {2}: claim of {3} of {4}, record {5}"), FIXED(r->latitude_1e4, 4), FIXED(r->longitude_1e4, 4), TEXT(r->data_set), DAY(r->build_s), id);
		put_literal(p, "</li>\n");
	}
	put_literal(p, "</ul>\n");
}

void picture_map(struct page *p, const struct report_model *m, size_t subject, bool *land, bool links)
{
	struct map map;
	map_make(&map, m, subject);
	if (!map.disc_count) {
		put_literal(p, "<p>");
		put_said(p, _("No map: no sensor whose position is stated measured {1} or more round trips to {2}."), NUMBER(GEO_TRIPS_LEAST), TEXT(map.subject->text));
		put_literal(p, "</p>\n");
		return;
	}
	put_literal(p, "<figure class=\"p-figure\"><div class=\"p-maps\"><div class=\"p-world\">");
	map_world(p, &map, land);
	put_literal(p, "</div>");
	if (map.has_detail) {
		put_literal(p, "<div class=\"p-detail\">");
		map_detail(p, &map);
		put_literal(p, "</div>");
	}
	put_literal(p, "</div>\n");
	caption(p, &map);
	put_literal(p, "</figure>\n");
	legend(p, &map);
	claims(p, m, &map, links);
	put_literal(p, "<p class=\"note\">");
	put_words(p, i18n_fixed(I18N_FIXED_MAP));
	put_literal(p, " ");
	put_words(p, _("No boundary is drawn. Coastlines: Natural Earth, public domain."));
	put_literal(p, "</p>\n");
}

/* ---- the table beside it ---- */

enum { CLAIM_COLUMNS_MAX = 4 };

static void head(struct page *p, const struct map *map)
{
	const char *names[] = { _("Sensor"), _("Position, error"), _("Round trips"), _("Shortest (ms)"), _("Vacuum, at most (km)"), _("Fibre, at most (km)") };
	put_literal(p, "<thead><tr>");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put_literal(p, "<th scope=\"col\"");
		if (i)
			put_literal(p, " class=\"n\"");
		put_literal(p, ">");
		put_words(p, names[i]);
		put_literal(p, "</th>");
	}
	for (size_t i = 0; i < map->claim_count && i < CLAIM_COLUMNS_MAX; i++) {
		put_literal(p, "<th scope=\"col\" class=\"n\">");
		put_said(p, _("To claim {1} (km)"), TEXT(((char[]){ (char)('A' + i), '\0' })));
		put_literal(p, "</th>");
	}
	put_literal(p, "</tr></thead>\n");
}

static void number_cell(struct page *p, int64_t value, unsigned decimals, bool has)
{
	put_literal(p, "<td class=\"n\">");
	if (has)
		put_decimal(p, (uint64_t)value, decimals);
	else
		put_literal(p, "–");
	put_literal(p, "</td>");
}

/* How far the claimed place is, and whether the discs reach it or what the data set says around it. */
static void claim_cell(struct page *p, const struct sight *s, const struct claimed *c)
{
	uint32_t km = geo_distance_km(s->at, c->at), radius = c->radius_km > 0 && c->radius_km < GEO_HALF_ROUND_KM ? (uint32_t)c->radius_km : 0;
	put_literal(p, "<td class=\"n\">");
	put_count(p, km);
	put_literal(p, " ");
	if (!s->trip)
		put_words(p, _("not measured"));
	else if (!geo_reaches_circle(&s->vacuum, c->at, radius))
		put_words(p, _("outside"));
	else if (!geo_reaches_circle(&s->fibre, c->at, radius))
		put_words(p, _("outside in fibre"));
	else
		put_words(p, _("inside"));
	put_literal(p, "</td>");
}

static void row(struct page *p, const struct map *map, const struct sight *s)
{
	struct sphere_place at = sphere_place_of(s->at);
	put_literal(p, "<tr><th scope=\"row\">");
	put_text(p, s->sensor);
	put_literal(p, "</th><td class=\"n\">");
	put_said(p, _("{1}, {2} ± {3} km"), FIXED(at.latitude_1e4, 4), FIXED(at.longitude_1e4, 4), NUMBER(s->error_km));
	put_literal(p, "</td>");
	number_cell(p, s->trip ? s->trip->handshakes : 0, 0, s->trip);
	number_cell(p, s->trip ? s->trip->least_us : 0, 3, s->trip);
	number_cell(p, s->vacuum.km, 0, s->trip);
	number_cell(p, s->fibre.km, 0, s->trip);
	for (size_t i = 0; i < map->claim_count && i < CLAIM_COLUMNS_MAX; i++)
		claim_cell(p, s, &map->claims[i]);
	put_literal(p, "</tr>\n");
}

void picture_map_table(struct page *p, const struct report_model *m, size_t subject)
{
	struct map map;
	map_make(&map, m, subject);
	if (!map.sight_count)
		return;
	put_literal(p, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	put_attr(p, "aria-label", _("Sensors and how far light gets"));
	put_literal(p, "><table>");
	head(p, &map);
	put_literal(p, "<tbody>\n");
	for (size_t i = 0; i < map.sight_count; i++)
		row(p, &map, &map.sights[i]);
	put_literal(p, "</tbody></table></div>\n");
}
