/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/difference.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <inttypes.h>
#include <string.h>

enum { LEFT, RIGHT, SIDES, LIMIT_FACTOR = 4 };

struct differing {
	const struct difference_options *options;
	struct rowset set[SIDES];
	struct writer writer;
	struct query_row row;
	struct out text;             /* of a whole row */
	uint64_t compared, only[SIDES], changed, shown, limit;
};

static void row_begin(struct differing *d, const char *change, const struct rowset_item *l, const struct rowset_item *r)
{
	const struct rowset_item *any = l ? l : r;
	row_start(&d->row, QUERY_KIND_DIFFERENCE);
	row_text(&d->row, QUERY_DIFFERENCE_change, change);
	row_text(&d->row, QUERY_DIFFERENCE_of, query_kinds[any->kind].name);
	row_bytes(&d->row, QUERY_DIFFERENCE_what, any->what, any->what_bytes);
	if (l && l->date_s)
		row_time(&d->row, QUERY_DIFFERENCE_a_date, l->date_s * 1000000000);
	if (r && r->date_s)
		row_time(&d->row, QUERY_DIFFERENCE_b_date, r->date_s * 1000000000);
	row_text(&d->row, QUERY_DIFFERENCE_a_record, l && l->record[0] ? l->record : NULL);
	row_text(&d->row, QUERY_DIFFERENCE_b_record, r && r->record[0] ? r->record : NULL);
}

static void row_put(struct differing *d)
{
	if (d->shown == d->limit)
		return;
	d->shown++;
	writer_row(&d->writer, &d->row);
}

/* All that a row says: key=JSON, with spaces between. */
static void put_whole(struct differing *d, unsigned side, const struct rowset_item *item)
{
	struct rowset_cell cell;
	d->text.used = 0;
	for (size_t at = 0; rowset_cell_next(item, &at, &cell);) {
		if (d->text.used)
			out_char(&d->text, ' ');
		out_text(&d->text, query_kinds[item->kind].fields[cell.place].key);
		out_char(&d->text, '=');
		out_bytes(&d->text, cell.json, cell.bytes);
	}
	row_begin(d, side == LEFT ? "removed" : "added", side == LEFT ? item : NULL, side == RIGHT ? item : NULL);
	row_bytes(&d->row, side == LEFT ? QUERY_DIFFERENCE_a : QUERY_DIFFERENCE_b, d->text.at, d->text.used);
	d->only[side]++;
	row_put(d);
}

static void put_field(struct differing *d, const struct rowset_item *l, const struct rowset_item *r, unsigned place, const struct rowset_cell *in_l,
	const struct rowset_cell *in_r)
{
	row_begin(d, "changed", l, r);
	row_text(&d->row, QUERY_DIFFERENCE_field, query_kinds[l->kind].fields[place].key);
	if (in_l)
		row_bytes(&d->row, QUERY_DIFFERENCE_a, in_l->json, in_l->bytes);
	if (in_r)
		row_bytes(&d->row, QUERY_DIFFERENCE_b, in_r->json, in_r->bytes);
	row_put(d);
}

/* Cells stand in the order of their places. */
static void compare_items(struct differing *d, const struct rowset_item *l, const struct rowset_item *r)
{
	struct rowset_cell in_l, in_r;
	size_t at_l = 0, at_r = 0;
	bool has_l = rowset_cell_next(l, &at_l, &in_l), has_r = rowset_cell_next(r, &at_r, &in_r), differs = false;
	while (has_l || has_r) {
		bool take_l = has_l && (!has_r || in_l.place <= in_r.place), take_r = has_r && (!has_l || in_r.place <= in_l.place);
		bool same = take_l && take_r && in_l.bytes == in_r.bytes && memcmp(in_l.json, in_r.json, in_l.bytes) == 0;
		if (!same) {
			put_field(d, l, r, take_l ? in_l.place : in_r.place, take_l ? &in_l : NULL, take_r ? &in_r : NULL);
			differs = true;
		}
		has_l = take_l ? rowset_cell_next(l, &at_l, &in_l) : has_l;
		has_r = take_r ? rowset_cell_next(r, &at_r, &in_r) : has_r;
	}
	d->changed += differs;
}

static void compare_sets(struct differing *d)
{
	const struct rowset *l = &d->set[LEFT], *r = &d->set[RIGHT];
	rowset_sort(&d->set[LEFT]);
	rowset_sort(&d->set[RIGHT]);
	for (size_t i = 0, k = 0; i < l->count || k < r->count; d->compared++) {
		int order = i == l->count ? 1 : k == r->count ? -1 : rowset_about(l->items[i], r->items[k]);
		if (order < 0)
			put_whole(d, LEFT, l->items[i++]);
		else if (order > 0)
			put_whole(d, RIGHT, r->items[k++]);
		else
			compare_items(d, l->items[i++], r->items[k++]);
	}
}

static int read_part(struct differing *d, const struct difference_side *sides, unsigned part, unsigned parts, bool first_pass)
{
	int status = CLI_DONE;
	uint64_t max = d->options->bytes_max * (parts > 1 ? LIMIT_FACTOR : 1);
	for (unsigned i = 0; i < SIDES; i++) {
		rowset_start(&d->set[i], part, parts, max);
		int one = sides[i].read(sides[i].ctx, &d->set[i], first_pass);
		status = one > status ? one : status;
	}
	return status;
}

static uint64_t larger(const struct differing *d)
{
	return d->set[LEFT].bytes > d->set[RIGHT].bytes ? d->set[LEFT].bytes : d->set[RIGHT].bytes;
}

/* The first look tells how many parts there must be. */
static int compare_all(struct differing *d, const struct difference_side *sides)
{
	uint64_t max = d->options->bytes_max;
	unsigned parts = 1;
	int status = read_part(d, sides, 0, 1, true);
	if (larger(d) > max)
		parts = larger(d) / max < ROWSET_PARTS_MAX / 2 ? (unsigned)(larger(d) / max) * 2 + 1 : ROWSET_PARTS_MAX;
	for (unsigned part = 0; part < parts && status != CLI_FAILED && d->writer.out->err == IND_OK; part++) {
		int again = parts > 1 ? read_part(d, sides, part, parts, false) : CLI_DONE;
		status = again > status ? again : status;
		if (larger(d) > d->set[LEFT].bytes_max)
			return tell_error("too much to compare of one kind; select less, or bundle by bundle"), CLI_FAILED;
		compare_sets(d);
	}
	return status;
}

static void put_summary(struct differing *d)
{
	uint64_t differing = d->only[LEFT] + d->only[RIGHT] + d->changed;
	if (d->writer.options.format == QUERY_FORMAT_NDJSON) {
		row_start(&d->row, QUERY_KIND_SUMMARY);
		row_u64(&d->row, QUERY_SUMMARY_compared, d->compared);
		row_u64(&d->row, QUERY_SUMMARY_differing, differing);
		row_u64(&d->row, QUERY_SUMMARY_removed, d->only[LEFT]);
		row_u64(&d->row, QUERY_SUMMARY_added, d->only[RIGHT]);
		row_u64(&d->row, QUERY_SUMMARY_changed, d->changed);
		writer_any_row(&d->writer, &d->row);
	}
	writer_end(&d->writer, NULL);
	tell_note("%" PRIu64 " %s compared: %" PRIu64 " only in %s, %" PRIu64 " only in %s, %" PRIu64 " changed", d->compared, d->options->noun, d->only[LEFT],
		d->options->left, d->only[RIGHT], d->options->right, d->changed);
	if (d->limit != UINT64_MAX && d->shown == d->limit)
		tell_note("%" PRIu64 " rows shown (-n)", d->shown);
	if (!d->compared)
		tell_note("nothing was compared: this shows nothing");
}

int difference_run(const struct difference_options *o, const struct difference_side sides[static 2])
{
	static struct differing d;
	struct writer_options options;
	struct target target;
	d = (struct differing){ .options = o, .limit = o->output.has_limit ? o->output.limit : UINT64_MAX };
	int status = output_writer_options(&o->output, QUERY_KIND_DIFFERENCE, &options);
	if (status == CLI_DONE)
		status = target_open(&target, o->output.write, o->output.force);
	if (status != CLI_DONE)
		return status;
	out_start(&d.text, NULL, NULL);
	writer_start(&d.writer, &target.out, QUERY_KIND_DIFFERENCE, &options);
	status = compare_all(&d, sides);
	put_summary(&d);
	out_free(&d.text);
	rowset_free(&d.set[LEFT]);
	rowset_free(&d.set[RIGHT]);
	int closed = target_close(&target, true);
	if (closed != CLI_DONE)
		return closed;
	return status == CLI_DONE && d.only[LEFT] + d.only[RIGHT] + d.changed ? CLI_NEGATIVE : status;
}
