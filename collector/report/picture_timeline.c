/* SPDX-License-Identifier: Apache-2.0 */
/* What was recorded when. A sensor's lane is hatched wherever no bundle of it covers the time, so that nobody reads an absence there as an observation. */
#include "report/axis.h"
#include "report/picture.h"
#include "base/i18n.h"
#include "base/text.h"
#include "report/words.h"
#include <string.h>

enum {
	WIDTH = 9000, LEFT = 2400, RIGHT = 300, LANE = 270, BAR = 150, TEXT_SIZE = 125, SENSORS_DRAWN = 10, MARKS_MAX = 120, MARK = 48, HISTOGRAM = 700,
	PANEL_GAP = 300, LABEL_COLUMNS = 28, WORDS_COLUMNS = 34, ZOOM = 4, HATCH = 60,
};

struct lanes {
	const char *sensors[SENSORS_DRAWN];
	size_t sensor_count, sensors_left_out;
	char families[MODEL_FAMILIES]; /* that have a mark */
	size_t family_count;
	uint64_t from_ns, to_ns;       /* of all that was recorded */
	bool any;
};

static size_t sensor_find(const struct lanes *l, const char *sensor)
{
	for (size_t i = 0; i < l->sensor_count; i++)
		if (strcmp(l->sensors[i], sensor) == 0)
			return i;
	return l->sensor_count;
}

/* Has a bundle before this one the same sensor? */
static bool is_drawn_before(const struct report_model *m, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (m->bundles[i].sensor && m->bundles[i].sealed_ns && m->bundles[i].sealed_ns >= m->bundles[i].open_ns && strcmp(m->bundles[i].sensor, m->bundles[at].sensor) == 0)
			return true;
	return false;
}

static void lanes_of_sensors(const struct report_model *m, struct lanes *l)
{
	for (size_t i = 0; i < m->bundle_count; i++) {
		const struct model_bundle *b = &m->bundles[i];
		if (!b->sensor || b->sealed_ns < b->open_ns || !b->sealed_ns)
			continue;
		l->from_ns = !l->any || b->open_ns < l->from_ns ? b->open_ns : l->from_ns;
		l->to_ns = !l->any || b->sealed_ns > l->to_ns ? b->sealed_ns : l->to_ns;
		l->any = true;
		if (sensor_find(l, b->sensor) < l->sensor_count)
			continue;
		if (l->sensor_count < SENSORS_DRAWN)
			l->sensors[l->sensor_count++] = b->sensor;
		else
			l->sensors_left_out += !is_drawn_before(m, i);
	}
}

/* Where the records stand that items of a family cite; records of one place once. Claims have no time. */
struct marks { int32_t x[MARKS_MAX]; size_t count; };

static void mark_add(struct marks *marks, const struct report_model *m, const struct axis *a, const char *id)
{
	size_t at = model_record_find(m, id);
	if (at == SIZE_MAX || !m->records[at].time_ns || m->records[at].time_ns < a->from_ns || m->records[at].time_ns > a->to_ns)
		return;
	int32_t x = axis_x(a, m->records[at].time_ns) / MARK * MARK;
	for (size_t i = 0; i < marks->count; i++)
		if (marks->x[i] == x)
			return;
	if (marks->count < MARKS_MAX)
		marks->x[marks->count++] = x;
}

static void marks_of(const struct report_model *m, const struct axis *a, char family, struct marks *marks)
{
	marks->count = 0;
	for (size_t s = 0; s < m->subject_count; s++)
		for (size_t h = 0; h < m->subjects[s].hypothesis_count; h++)
			for (size_t i = 0; i < m->subjects[s].hypotheses[h].item_count; i++) {
				const struct model_item *item = &m->subjects[s].hypotheses[h].items[i];
				for (size_t r = 0; item->family == family && r < item->records_count; r++)
					mark_add(marks, m, a, item->records[r]);
			}
}

static void lane_label(struct page *p, int32_t y, const char *text, size_t columns)
{
	struct label said = label_of(text, columns);
	draw_label(p, (struct spot){ LEFT - 150, y + LANE / 2 + TEXT_SIZE / 3 }, ANCHOR_END, &said);
	put_literal(p, "\n");
}

static void rectangle(struct page *p, int32_t x, int32_t y, int32_t width, int32_t height)
{
	put_attr_number(p, "x", x);
	put_attr_number(p, "y", y);
	put_attr_number(p, "width", width);
	put_attr_number(p, "height", height);
	put_literal(p, "/>");
}

/* Slanted lines that begin on a common grid, inside a bar: no clip is needed, each line is cut here. */
static void hatch(struct pen *pen, int32_t x, int32_t y, int32_t width, int32_t height)
{
	for (int32_t at = x - height + HATCH - (x - height) % HATCH; at < x + width; at += HATCH) {
		int32_t from = at < x ? x - at : 0, until = at + height > x + width ? x + width - at : height;
		if (until <= from)
			continue;
		pen_to(pen, (struct spot){ at + from, y + height - from });
		pen_to(pen, (struct spot){ at + until, y + height - until });
		pen_up(pen, false);
	}
}

static void sensor_lane(struct page *p, const struct report_model *m, const struct axis *a, const char *sensor, int32_t y)
{
	struct pen pen;
	int32_t top = y + (LANE - BAR) / 2;
	lane_label(p, y, sensor, LABEL_COLUMNS);
	draw_path(p, "class=\"p-gap\" fill=\"none\" stroke=\"#8a5a33\" stroke-width=\"9\"", pen);
	hatch(&pen, a->left, top, a->width, BAR);
	draw_path_end(p);
	for (size_t i = 0; i < m->bundle_count; i++) {
		const struct model_bundle *b = &m->bundles[i];
		if (!b->sensor || strcmp(b->sensor, sensor) != 0 || b->sealed_ns < a->from_ns || b->open_ns > a->to_ns || !b->sealed_ns)
			continue;
		int32_t from = axis_x(a, b->open_ns), width = axis_x(a, b->sealed_ns) - from;
		put_literal(p, "<rect class=\"p-cover\" fill=\"#bcd7e6\" stroke=\"#33566b\" stroke-width=\"8\"");
		rectangle(p, from, top, width < 20 ? 20 : width, BAR);
	}
	put_literal(p, "\n");
}

/* Named by what stands before the colon of its name: "path: distance and physics". */
static void family_lane(struct page *p, const struct marks *marks, const struct axis *a, char family, int32_t y)
{
	const char *name = words_family(family), *colon = name ? strchr(name, ':') : NULL;
	char brief[LABEL_BYTES];
	struct pen pen;
	if (colon && (size_t)(colon - name) < sizeof(brief)) {
		memcpy(brief, name, (size_t)(colon - name));
		brief[colon - name] = '\0';
		name = brief;
	}
	lane_label(p, y, name ? name : (char[]){ family, '\0' }, WORDS_COLUMNS);
	draw_path(p, "class=\"p-grid\" fill=\"none\" stroke=\"#c3ced5\" stroke-width=\"8\"", pen);
	pen_to(&pen, (struct spot){ a->left, y + LANE / 2 });
	pen_to(&pen, (struct spot){ a->left + a->width, y + LANE / 2 });
	pen_up(&pen, false);
	draw_path_end(p);
	for (size_t i = 0; i < marks->count; i++) {
		put_literal(p, "<circle class=\"p-mark\" fill=\"#0b4a66\" stroke=\"#fff\" stroke-width=\"12\"");
		put_attr_number(p, "cx", marks->x[i]);
		put_attr_number(p, "cy", y + LANE / 2);
		put_attr_number(p, "r", MARK);
		put_literal(p, "/>");
	}
	put_literal(p, "\n");
}

/* How many flows of the subjects were under way: the window in equal parts. */
static void histogram(struct page *p, const struct report_model *m, const struct axis *a, int32_t y)
{
	uint64_t most = 1, span = m->last_ns - m->first_ns, part = span / MODEL_BINS;
	struct pen pen;
	for (size_t i = 0; i < MODEL_BINS; i++)
		most = m->bins[i].flows > most ? m->bins[i].flows : most;
	lane_label(p, y + (HISTOGRAM - LANE) / 2, _("flows of the subjects"), WORDS_COLUMNS);
	struct label scale = { .text = "" };
	scale.bytes = scale.columns = text_u64(most, scale.text, sizeof(scale.text));
	draw_label(p, (struct spot){ a->left - 40, y + TEXT_SIZE }, ANCHOR_END, &scale);
	draw_path(p, "class=\"p-bars\" fill=\"#2f7fa8\"", pen);
	for (size_t i = 0; i < MODEL_BINS; i++) {
		int32_t from = axis_x(a, m->first_ns + part * i), until = axis_x(a, i + 1 < MODEL_BINS ? m->first_ns + part * (i + 1) : m->last_ns);
		int32_t height = (int32_t)(m->bins[i].flows * HISTOGRAM / most);
		if (!m->bins[i].flows)
			continue;
		height = height < 12 ? 12 : height;
		until = until < from + 12 ? from + 12 : until;
		pen_to(&pen, (struct spot){ from, y + HISTOGRAM });
		pen_to(&pen, (struct spot){ from, y + HISTOGRAM - height });
		pen_to(&pen, (struct spot){ until, y + HISTOGRAM - height });
		pen_to(&pen, (struct spot){ until, y + HISTOGRAM });
		pen_up(&pen, true);
	}
	draw_path_end(p);
}

/* The window of the subjects' flows in the picture of all that was recorded, and lines that lead to the part below. */
static void window_mark(struct page *p, const struct report_model *m, const struct axis *a, int32_t top, int32_t bottom, int32_t below)
{
	int32_t from = axis_x(a, m->first_ns), width = axis_x(a, m->last_ns) - from;
	struct pen pen;
	width = width < 40 ? 40 : width;
	put_literal(p, "<rect class=\"p-window\" fill=\"#b0450c\" fill-opacity=\".12\" stroke=\"#b0450c\" stroke-width=\"12\"");
	rectangle(p, from, top, width, bottom - top);
	draw_path(p, "class=\"p-lead\" fill=\"none\" stroke=\"#b0450c\" stroke-width=\"8\" stroke-dasharray=\"30 30\"", pen);
	pen_to(&pen, (struct spot){ from, bottom });
	pen_to(&pen, (struct spot){ a->left, below });
	pen_up(&pen, false);
	pen_to(&pen, (struct spot){ from + width, bottom });
	pen_to(&pen, (struct spot){ a->left + a->width, below });
	pen_up(&pen, false);
	draw_path_end(p);
}

/* ---- the two parts ---- */

static int32_t overview(struct page *p, const struct report_model *m, const struct lanes *l, int32_t y)
{
	struct axis a = axis_of(l->from_ns, l->to_ns, 2, LEFT, WIDTH - LEFT - RIGHT);
	y += AXIS_ROOM;
	int32_t bottom = y + (int32_t)l->sensor_count * LANE;
	axis_draw(p, &a, y, bottom, true);
	for (size_t i = 0; i < l->sensor_count; i++)
		sensor_lane(p, m, &a, l->sensors[i], y + (int32_t)i * LANE);
	window_mark(p, m, &a, y, bottom, bottom + PANEL_GAP);
	return bottom + PANEL_GAP;
}

static int32_t close_view(struct page *p, const struct report_model *m, const struct lanes *l, int32_t y)
{
	struct axis a = axis_of(m->first_ns, m->last_ns, 2, LEFT, WIDTH - LEFT - RIGHT);
	int32_t lanes = y + HISTOGRAM + 80, bottom = lanes + (int32_t)(l->sensor_count + l->family_count) * LANE;
	struct marks marks;
	axis_draw(p, &a, y, bottom, false);
	histogram(p, m, &a, y);
	for (size_t i = 0; i < l->sensor_count; i++)
		sensor_lane(p, m, &a, l->sensors[i], lanes + (int32_t)i * LANE);
	for (size_t i = 0; i < l->family_count; i++) {
		marks_of(m, &a, l->families[i], &marks);
		family_lane(p, &marks, &a, l->families[i], lanes + (int32_t)(l->sensor_count + i) * LANE);
	}
	return bottom + AXIS_ROOM;
}

static void lanes_of_families(const struct report_model *m, struct lanes *l)
{
	struct axis a = axis_of(m->first_ns, m->last_ns, 2, LEFT, WIDTH - LEFT - RIGHT);
	struct marks marks;
	for (size_t f = 0; f < MODEL_FAMILIES; f++) {
		marks_of(m, &a, MODEL_FAMILY_LETTERS[f], &marks);
		if (marks.count)
			l->families[l->family_count++] = MODEL_FAMILY_LETTERS[f];
	}
}

static void caption(struct page *p, const struct report_model *m, const struct lanes *l, bool both)
{
	put_literal(p, "<figcaption id=\"timeline\">");
	if (both)
		put_said(p, _("UTC. Above: what the sensors recorded, and the window in which flows of the subjects lie. Below: that window, from {1} to {2}."), TIME(m->first_ns), TIME(m->last_ns));
	else
		put_said(p, _("UTC, from {1} to {2}."), TIME(m->first_ns), TIME(m->last_ns));
	put_literal(p, " ");
	put_words(p, _("Where a sensor's lane is hatched no bundle of this report covers it: an absence there means nothing. Claims have no time and are not drawn."));
	if (l->sensors_left_out) {
		put_literal(p, " ");
		put_said(p, _("Sensors not drawn for want of room: {1}."), NUMBER(l->sensors_left_out));
	}
	put_literal(p, "</figcaption></figure>\n<ul class=\"p-legend\">");
	draw_key(p, "<rect class=\"p-cover\" fill=\"#bcd7e6\" stroke=\"#33566b\" stroke-width=\"8\" x=\"10\" y=\"30\" width=\"300\" height=\"120\"/>", _("recorded"));
	draw_key(p, "<path class=\"p-gap\" fill=\"none\" stroke=\"#8a5a33\" stroke-width=\"9\" d=\"M10 150l120-120M70 150l120-120M130 150l120-120M190 150l120-120\"/>", _("covered by no bundle of this report"));
	draw_key(p, "<circle class=\"p-mark\" fill=\"#0b4a66\" cx=\"160\" cy=\"90\" r=\"48\"/>", _("a record that a finding cites, by family of signals"));
	if (both)
		draw_key(p, "<rect class=\"p-window\" fill=\"#b0450c\" fill-opacity=\".12\" stroke=\"#b0450c\" stroke-width=\"12\" x=\"80\" y=\"20\" width=\"160\" height=\"140\"/>", _("window of the subjects' flows"));
	put_literal(p, "</ul>\n");
}

void picture_timeline(struct page *p, const struct report_model *m)
{
	struct lanes l = { .any = false };
	lanes_of_sensors(m, &l);
	if (!l.any || !m->last_ns || m->last_ns < m->first_ns) {
		put_literal(p, "<p>");
		put_words(p, _("No timeline: the bundles hold no flow of the subjects."));
		put_literal(p, "</p>\n");
		return;
	}
	lanes_of_families(m, &l);
	bool both = (l.to_ns - l.from_ns) / ZOOM > m->last_ns - m->first_ns;
	int32_t height = HISTOGRAM + 80 + (int32_t)(l.sensor_count + l.family_count) * LANE + AXIS_ROOM + (both ? AXIS_ROOM + (int32_t)l.sensor_count * LANE + PANEL_GAP : 0);
	put_literal(p, "<figure class=\"p-figure\"><div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	put_attr(p, "aria-label", _("Timeline"));
	put_literal(p, "><svg class=\"p-plan\" role=\"img\" aria-labelledby=\"timeline\" font-size=\"125\"" DRAW_FONT " viewBox=\"0 -60 9000 ");
	put_number(p, height + 60);
	put_literal(p, "\">\n");
	close_view(p, m, &l, both ? overview(p, m, &l, 0) : 0);
	put_literal(p, "</svg></div>\n");
	caption(p, m, &l, both);
}
