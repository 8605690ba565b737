/* SPDX-License-Identifier: Apache-2.0 */
/* The two maps. Both are drawn in tenths of a point, so that all numbers are whole. What discs have in common is hatched by clipping the hatch by one
 * disc after the other: no corner has to be found, and it holds for discs wider than half the globe. */
#include "report/map.h"

enum { WORLD_TEXT = 190, DETAIL_TEXT = 140, CLIPS_MAX = 8, MARKER = 55 };

/* Where points and shapes go: on the world, or in the detail. */
struct sheet { const struct map *map; bool world; int32_t text; };

static bool spot_on(const struct sheet *s, struct geo_point at, struct spot *spot)
{
	if (!s->world)
		return detail_spot(&s->map->detail, at, spot);
	*spot = world_spot(sphere_place_of(at));
	return true;
}

static void disc_on(struct pen *pen, const struct sheet *s, const struct sphere_cap *cap)
{
	if (s->world)
		world_disc(pen, cap);
	else
		detail_disc(pen, &s->map->detail, cap);
}

static void rim_on(struct pen *pen, const struct sheet *s, const struct sphere_cap *cap)
{
	if (s->world)
		world_rim(pen, cap);
	else
		detail_disc(pen, &s->map->detail, cap);
}

/* id="world-0-v1": sheet, subject, kind of disc and its number. */
static void name(struct page *p, const struct sheet *s, char kind, size_t at)
{
	put_constant(p, s->world ? "world-" : "detail-");
	put_number(p, (int64_t)s->map->number);
	put_constant(p, kind == 'v' ? "-v" : kind == 'f' ? "-f" : "-c");
	put_number(p, (int64_t)at);
}

static void clip_open(struct page *p, const struct sheet *s, char kind, size_t at)
{
	put_literal(p, "<g clip-path=\"url(#");
	name(p, s, kind, at);
	put_literal(p, ")\">");
}

/* Which discs bound what is common: not those that hold another one whole. The smallest come first. */
static size_t bounding(const struct geo_disc *discs, size_t count, size_t chosen[CLIPS_MAX])
{
	size_t found = 0;
	bool used[SPHERE_DISCS_MAX] = { false };
	for (size_t n = 0; n < count && found < CLIPS_MAX; n++) {
		size_t least = SIZE_MAX;
		for (size_t i = 0; i < count; i++)
			if (!used[i] && (least == SIZE_MAX || discs[i].km < discs[least].km))
				least = i;
		used[least] = true;
		bool holds = false;
		for (size_t k = 0; k < found; k++)
			holds |= geo_distance_km(discs[chosen[k]].at, discs[least].at) + discs[chosen[k]].km <= discs[least].km;
		if (!holds)
			chosen[found++] = least;
	}
	return found;
}

static void clip_path(struct page *p, const struct sheet *s, char kind, size_t at, const struct geo_disc *disc)
{
	struct sphere_cap cap = sphere_cap_of(disc, 0);
	struct pen pen;
	put_literal(p, "<clipPath id=\"");
	name(p, s, kind, at);
	put_literal(p, "\">");
	draw_path(p, "", pen);
	disc_on(&pen, s, &cap);
	draw_path_end(p);
	put_literal(p, "</clipPath>");
}

/* Parallel lines are one line from corner to corner that is as wide as the picture, in dashes. */
static void hatch(struct page *p, const struct box *in)
{
	int32_t x = in->x + in->width / 2, y = in->y + in->height / 2, half = (in->width + in->height) / 4;
	struct pen pen;
	put_literal(p, "<path class=\"p-hatch\" fill=\"none\" stroke=\"#0b5f83\" stroke-dasharray=\"10 40\"");
	put_attr_number(p, "stroke-width", in->width + in->height);
	draw_data(p, pen);
	pen_to(&pen, (struct spot){ x - half, y - half });
	pen_to(&pen, (struct spot){ x + half, y + half });
	pen_up(&pen, false);
	draw_path_end(p);
}

/* What all discs have in common: tinted (fibre) or hatched (vacuum). */
static void common(struct page *p, const struct sheet *s, char kind, const struct geo_disc *discs, const struct box *in)
{
	size_t chosen[CLIPS_MAX], count = bounding(discs, s->map->disc_count, chosen);
	struct pen pen;
	for (size_t i = 0; i < count; i++)
		clip_path(p, s, kind, i, &discs[chosen[i]]);
	for (size_t i = 0; i < count; i++)
		clip_open(p, s, kind, i);
	if (kind == 'v') {
		hatch(p, in);
	} else {
		draw_path(p, "class=\"p-tint\" fill=\"#0b5f83\" fill-opacity=\".28\"", pen);
		pen_to(&pen, (struct spot){ in->x, in->y });
		pen_to(&pen, (struct spot){ in->x + in->width, in->y });
		pen_to(&pen, (struct spot){ in->x + in->width, in->y + in->height });
		pen_to(&pen, (struct spot){ in->x, in->y + in->height });
		pen_up(&pen, true);
		draw_path_end(p);
	}
	for (size_t i = 0; i < count; i++)
		put_literal(p, "</g>");
}

static void rims(struct page *p, const struct sheet *s)
{
	for (size_t i = 0; i < s->map->sight_count; i++) {
		const struct sight *sight = &s->map->sights[i];
		struct sphere_cap vacuum = sphere_cap_of(&sight->vacuum, 0), fibre = sphere_cap_of(&sight->fibre, 0);
		struct pen pen;
		if (!sight->rim)
			continue;
		draw_path(p, "class=\"p-rim\" fill=\"none\" stroke=\"#0b5f83\" stroke-width=\"14\" stroke-dasharray=\"50 34\"", pen);
		rim_on(&pen, s, &vacuum);
		draw_path_end(p);
		draw_path(p, "class=\"p-rim\" fill=\"none\" stroke=\"#0b5f83\" stroke-width=\"14\"", pen);
		rim_on(&pen, s, &fibre);
		draw_path_end(p);
	}
}

static void marker(struct page *p, struct spot at, bool claim)
{
	struct pen pen;
	if (claim)
		draw_path(p, "class=\"p-claim\" fill=\"#b0450c\" stroke=\"#fff\" stroke-width=\"16\"", pen);
	else
		draw_path(p, "class=\"p-sensor\" fill=\"#0b4a66\" stroke=\"#fff\" stroke-width=\"16\"", pen);
	pen_to(&pen, (struct spot){ at.x, at.y - MARKER });
	pen_to(&pen, (struct spot){ at.x + MARKER, at.y + (claim ? 0 : MARKER) });
	if (claim)
		pen_to(&pen, (struct spot){ at.x, at.y + MARKER });
	pen_to(&pen, (struct spot){ at.x - MARKER, at.y + (claim ? 0 : MARKER) });
	pen_up(&pen, true);
	draw_path_end(p);
}

static void leader(struct page *p, struct spot from, const struct box *to)
{
	struct pen pen;
	draw_path(p, "class=\"p-leader\" fill=\"none\" stroke=\"#4a5b66\" stroke-width=\"7\"", pen);
	pen_to(&pen, from);
	pen_to(&pen, (struct spot){ from.x < to->x ? to->x : from.x > to->x + to->width ? to->x + to->width : from.x,
		from.y < to->y ? to->y : from.y > to->y + to->height ? to->y + to->height : from.y });
	pen_up(&pen, false);
	draw_path_end(p);
}

static void label(struct page *p, const struct sheet *s, struct layout *l, struct spot at, const char *text)
{
	struct label said = label_of(text, 18);
	struct box place;
	unsigned step;
	if (!layout_place(l, at, MARKER + 30, label_width(&said, s->text) + 30, s->text * 5 / 4, &place, &step))
		return;
	if (step)
		leader(p, at, &place);
	if (place.x > at.x)
		draw_label(p, (struct spot){ place.x, place.y + s->text }, ANCHOR_START, &said);
	else if (place.x + place.width < at.x)
		draw_label(p, (struct spot){ place.x + place.width, place.y + s->text }, ANCHOR_END, &said);
	else
		draw_label(p, (struct spot){ place.x + place.width / 2, place.y + s->text }, ANCHOR_MIDDLE, &said);
}

static struct box around(struct spot at) { return (struct box){ at.x - MARKER - 10, at.y - MARKER - 10, 2 * MARKER + 20, 2 * MARKER + 20 }; }

/* Claims are called by a letter, which the list below the map explains: no name of an area stands in a picture. */
static void marks(struct page *p, const struct sheet *s, struct layout *l)
{
	struct spot at;
	for (size_t i = 0; i < s->map->claim_count; i++)
		if (spot_on(s, s->map->claims[i].at, &at)) {
			marker(p, at, true);
			layout_take(l, around(at));
		}
	for (size_t i = 0; i < s->map->sight_count; i++)
		if (spot_on(s, s->map->sights[i].at, &at)) {
			marker(p, at, false);
			layout_take(l, around(at));
		}
	for (size_t i = 0; i < s->map->sight_count; i++)
		if (spot_on(s, s->map->sights[i].at, &at))
			label(p, s, l, at, s->map->sights[i].sensor);
	for (size_t i = 0; i < s->map->claim_count; i++)
		if (spot_on(s, s->map->claims[i].at, &at))
			label(p, s, l, at, (char[]){ (char)('A' + i), '\0' });
}

/* How exact the data sets say their places are. */
static void radii(struct page *p, const struct sheet *s)
{
	for (size_t i = 0; i < s->map->claim_count; i++) {
		const struct claimed *c = &s->map->claims[i];
		if (c->radius_km <= 0 || c->radius_km >= GEO_HALF_ROUND_KM)
			continue;
		struct geo_disc disc = { c->at, (uint32_t)c->radius_km };
		struct sphere_cap cap = sphere_cap_of(&disc, 0);
		struct pen pen;
		draw_path(p, "class=\"p-radius\" fill=\"none\" stroke=\"#b0450c\" stroke-width=\"12\" stroke-dasharray=\"14 22\"", pen);
		rim_on(&pen, s, &cap);
		draw_path_end(p);
	}
}

static void contents(struct page *p, const struct sheet *s, const struct box *in)
{
	if (!s->map->in_fibre.empty)
		common(p, s, 'f', s->map->fibre, in);
	if (!s->map->common.empty)
		common(p, s, 'v', s->map->vacuum, in);
	rims(p, s);
	radii(p, s);
}

static void open(struct page *p, const struct sheet *s)
{
	if (s->world)
		put_literal(p, "<svg class=\"p-map\" viewBox=\"-3240 -1600 6480 3200\" role=\"img\" font-size=\"110\"" DRAW_FONT);
	else
		put_literal(p, "<svg class=\"p-map\" viewBox=\"-2040 -2040 4080 4400\" role=\"img\" font-size=\"140\"" DRAW_FONT);
	put_literal(p, " aria-labelledby=\"map-");
	put_number(p, (int64_t)s->map->number);
	put_literal(p, "\">\n");
}

/* Once on a page: it is most of what a map is made of. */
static void land_of_world(struct page *p, bool *land)
{
	struct pen pen;
	if (land && *land) {
		put_literal(p, "<use href=\"#land\"/>\n");
		return;
	}
	if (land)
		draw_path(p, "id=\"land\" class=\"p-land\" fill=\"#cdd7dd\"", pen);
	else
		draw_path(p, "class=\"p-land\" fill=\"#cdd7dd\"", pen);
	if (land)
		*land = true;
	pen.slack = 8;
	world_land(&pen);
	draw_path_end(p);
}

void map_world(struct page *p, const struct map *map, bool *land)
{
	struct sheet s = { map, true, WORLD_TEXT };
	struct box all = { -WORLD_HALF_WIDTH, -WORLD_HALF_HEIGHT, 2 * WORLD_HALF_WIDTH, 2 * WORLD_HALF_HEIGHT };
	struct layout l = { .bounds = all };
	struct pen pen;
	open(p, &s);
	draw_path(p, "class=\"p-sea\" fill=\"#f2f7fa\" stroke=\"#8a9ba6\" stroke-width=\"10\"", pen);
	world_outline(&pen);
	draw_path_end(p);
	land_of_world(p, land);
	draw_path(p, "class=\"p-grid\" fill=\"none\" stroke=\"#9fb0ba\" stroke-width=\"4\"", pen);
	world_grid(&pen);
	draw_path_end(p);
	contents(p, &s, &all);
	marks(p, &s, &l);
	put_literal(p, "</svg>\n");
}

/* In the middle of the detail. */
static int32_t units_of(const struct detail *d, uint32_t km) { return (int32_t)(d->scale * sphere_angle_of_km(km) * 314159 / 100000 / SPHERE_HALF); }

/* 1, 2 or 5 times a power of ten, no longer than half the width. */
static uint32_t scale_km(const struct detail *d)
{
	uint32_t km = 1, next = 1;
	for (unsigned i = 0; next < GEO_HALF_ROUND_KM && units_of(d, next) <= DETAIL_RADIUS; i++) {
		km = next;
		next = i % 3 == 1 ? km * 5 / 2 : km * 2;
	}
	return km;
}

static void scale(struct page *p, const struct map *map)
{
	uint32_t km = scale_km(&map->detail);
	int32_t units = units_of(&map->detail, km);
	const int32_t y = DETAIL_RADIUS + 130;
	struct pen pen;
	draw_path(p, "class=\"p-bar\" fill=\"none\" stroke=\"#10222d\" stroke-width=\"16\"", pen);
	pen_to(&pen, (struct spot){ -units / 2, y - 50 });
	pen_to(&pen, (struct spot){ -units / 2, y });
	pen_to(&pen, (struct spot){ units - units / 2, y });
	pen_to(&pen, (struct spot){ units - units / 2, y - 50 });
	pen_up(&pen, false);
	draw_path_end(p);
	put_literal(p, "<text class=\"p-ink\" fill=\"#10222d\" text-anchor=\"middle\" x=\"0\"");
	put_attr_number(p, "y", y + 170);
	put_literal(p, ">");
	put_number(p, km);
	put_literal(p, " km</text>\n");
}

void map_detail(struct page *p, const struct map *map)
{
	struct sheet s = { map, false, DETAIL_TEXT };
	struct box all = { -DETAIL_RADIUS, -DETAIL_RADIUS, 2 * DETAIL_RADIUS, 2 * DETAIL_RADIUS };
	struct layout l = { .bounds = { -DETAIL_RADIUS, -DETAIL_RADIUS, 2 * DETAIL_RADIUS, 2 * DETAIL_RADIUS } };
	struct pen pen;
	open(p, &s);
	put_literal(p, "<clipPath id=\"");
	name(p, &s, 'c', 0);
	put_literal(p, "\"><circle r=\"2000\"/></clipPath><circle class=\"p-sea\" r=\"2000\" fill=\"#f2f7fa\"/>");
	clip_open(p, &s, 'c', 0);
	draw_path(p, "class=\"p-land\" fill=\"#cdd7dd\"", pen);
	pen.slack = 8;
	detail_land(&pen, &map->detail);
	draw_path_end(p);
	draw_path(p, "class=\"p-grid\" fill=\"none\" stroke=\"#9fb0ba\" stroke-width=\"4\"", pen);
	detail_grid(&pen, &map->detail);
	draw_path_end(p);
	contents(p, &s, &all);
	put_literal(p, "</g><circle r=\"2000\" class=\"p-frame\" fill=\"none\" stroke=\"#8a9ba6\" stroke-width=\"10\"/>\n");
	marks(p, &s, &l);
	scale(p, map);
	put_literal(p, "</svg>\n");
}
