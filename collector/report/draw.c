/* SPDX-License-Identifier: Apache-2.0 */
#include "report/draw.h"
#include "base/text.h"
#include <string.h>

enum { WAYS = 8, STEPS = 5, PER_CENT_OF_LETTER = 64, SHOWN_BYTES = 4096 };

struct label label_of(const char *text, size_t columns_max)
{
	struct label l = { .text = "" };
	char shown[SHOWN_BYTES];
	size_t bytes = text_to_display(text, strlen(text), shown, sizeof(shown));
	const uint8_t *at = (const uint8_t *)shown, *end = at + bytes;
	columns_max = columns_max > LABEL_COLUMNS_MAX ? LABEL_COLUMNS_MAX : columns_max;
	bool whole = text_columns(shown, bytes) <= columns_max;
	while (at < end) {
		size_t one = text_utf8_char(at, end);
		one = one ? one : 1;
		size_t columns = text_columns((const char *)at, one);
		if (l.columns + columns + !whole > columns_max || l.bytes + one + sizeof("…") > sizeof(l.text))
			break;
		memcpy(l.text + l.bytes, at, one);
		l.bytes += one;
		l.columns += columns;
		at += one;
	}
	if (at < end) {
		memcpy(l.text + l.bytes, "…", sizeof("…") - 1);
		l.bytes += sizeof("…") - 1;
		l.columns++;
	}
	l.text[l.bytes] = '\0';
	return l;
}

int32_t label_width(const struct label *label, int32_t size) { return (int32_t)label->columns * size * PER_CENT_OF_LETTER / 100; }

void layout_take(struct layout *l, struct box box)
{
	if (l->count < BOXES_MAX)
		l->taken[l->count++] = box;
}

static bool is_free(const struct layout *l, const struct box *b)
{
	if (b->x < l->bounds.x || b->y < l->bounds.y || b->x + b->width > l->bounds.x + l->bounds.width || b->y + b->height > l->bounds.y + l->bounds.height)
		return false;
	for (size_t i = 0; i < l->count; i++) {
		const struct box *t = &l->taken[i];
		if (b->x < t->x + t->width && t->x < b->x + b->width && b->y < t->y + t->height && t->y < b->y + b->height)
			return false;
	}
	return l->count < BOXES_MAX;
}

/* The eight ways out of a spot: right, left, above, below, then the corners; each step is further away. */
bool layout_place(struct layout *l, struct spot around, int32_t gap, int32_t width, int32_t height, struct box *place, unsigned *step)
{
	static const struct { int8_t x, y; } ways[WAYS] = { { 1, 0 }, { -1, 0 }, { 0, -1 }, { 0, 1 }, { 1, -1 }, { -1, -1 }, { 1, 1 }, { -1, 1 } };
	for (*step = 0; *step < STEPS; ++*step) {
		int32_t away = gap * (1 + 2 * (int32_t)*step);
		for (size_t i = 0; i < WAYS; i++) {
			int32_t x = ways[i].x > 0 ? away : ways[i].x < 0 ? -away - width : -width / 2, y = ways[i].y > 0 ? away : ways[i].y < 0 ? -away - height : -height / 2;
			*place = (struct box){ around.x + x, around.y + y, width, height };
			if (is_free(l, place)) {
				layout_take(l, *place);
				return true;
			}
		}
	}
	return false;
}

static const char *anchor_name(enum anchor anchor)
{
	return anchor == ANCHOR_START ? "start" : anchor == ANCHOR_MIDDLE ? "middle" : "end";
}

static void text_once(struct page *p, struct spot at, enum anchor anchor, const struct label *label)
{
	put_attr_number(p, "x", at.x);
	put_attr_number(p, "y", at.y);
	put_attr(p, "text-anchor", anchor_name(anchor));
	put_literal(p, ">");
	put_plain(p, label->text, label->bytes);
	put_literal(p, "</text>");
}

void draw_label(struct page *p, struct spot at, enum anchor anchor, const struct label *label)
{
	put_literal(p, "<text class=\"p-halo\" fill=\"none\" stroke=\"#fff\" stroke-width=\"40\" stroke-linejoin=\"round\"");
	text_once(p, at, anchor, label);
	put_literal(p, "<text class=\"p-ink\" fill=\"#10222d\"");
	text_once(p, at, anchor, label);
}

void draw_key(struct page *p, const char *picture, const char *words)
{
	put_literal(p, "<li><svg class=\"p-key\" viewBox=\"0 0 320 180\" width=\"32\" height=\"18\" aria-hidden=\"true\">");
	put_constant(p, picture);
	put_literal(p, "</svg> ");
	put_words(p, words);
	put_literal(p, "</li>\n");
}

void draw_path_end(struct page *p) { put_literal(p, "\"/>\n"); }
