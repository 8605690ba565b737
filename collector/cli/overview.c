/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/overview.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include "indicia/catalogue.h"
#include "query/value.h"
#include "query/whole.h"
#include <stdlib.h>
#include <string.h>

enum { NS_PER_US = 1000 };

struct overview {
	struct whole *whole;
	struct trust trust;
};

struct overview *overview_new(void)
{
	struct overview *o = calloc(1, sizeof(*o));
	if (o && !(o->whole = whole_new())) {
		free(o);
		return NULL;
	}
	if (o)
		(void)trust_load(&o->trust);
	return o;
}

void overview_free(struct overview *o)
{
	if (o)
		whole_free(o->whole);
	free(o);
}

const struct query_row *overview_row(const struct overview *o) { return whole_row(o->whole); }

static void row_clock(struct query_row *row, const struct ind_verify_result *r)
{
	if (r->not_after_ns)
		row_time(row, QUERY_BUNDLE_sealed, r->not_after_ns);
	if (r->clock_error_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_BUNDLE_clock_error_us, r->clock_error_ns / NS_PER_US);
	if (!r->clock.frames)
		return;
	row_text(row, QUERY_BUNDLE_clock_sync, ind_clock_sync_name(r->clock.worst_sync));
	row_u64(row, QUERY_BUNDLE_clock_steps, r->clock.steps);
	row_u64(row, QUERY_BUNDLE_clock_undeclared, r->clock.undeclared);
}

static void row_verdict(const struct overview *o, struct query_row *row, const struct input *in, const char *name)
{
	struct ind_verify_options options = trust_options(&o->trust);
	struct ind_verify_result result;
	if (ind_verify(&in->source, &options, &result) != IND_OK)
		return;
	row_clock(row, &result);
	if (result.clock.undeclared)
		tell_note("%s: the clock of its sensor moved %llu times without a record that says so", name, (unsigned long long)result.clock.undeclared);
	row_text(row, QUERY_BUNDLE_verdict, ind_verdict_name(result.verdict));
	row_text(row, QUERY_BUNDLE_reason, result.reason);
}

int overview_read(struct overview *o, const char *name)
{
	struct input in;
	uint64_t offset = 0;
	int status = input_open(&in, name);
	if (status != CLI_DONE)
		return whole_forget(o->whole), status;
	enum ind_err err = whole_read(o->whole, &in.source, name, &offset);
	if (err != IND_OK)
		input_tell_damage(&in, offset, err);
	if (whole_row(o->whole))
		row_verdict(o, whole_row(o->whole), &in, name);
	input_close(&in);
	return err == IND_OK ? CLI_DONE : err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

enum { NAME_COLUMNS = 20, DISPLAY_GROWTH = 11 };

static void block_name(struct out *out, const char *name)
{
	out_text(out, name);
	out_fill(out, ' ', NAME_COLUMNS - strlen(name));
}

static void block_value(struct out *out, const struct query_cell *cell)
{
	struct out plain;
	out_start(&plain, NULL, NULL);
	value_plain(&plain, cell);
	size_t room = plain.used * DISPLAY_GROWTH + 1;
	char *at = out_room(out, room);
	if (at)
		out_used(out, text_to_display(plain.at, plain.used, at, room));
	out_free(&plain);
}

static void block_data_set(struct out *out, const struct query_row *set)
{
	block_name(out, "data_set");
	block_value(out, &set->cell[QUERY_DATA_name]);
	out_text(out, ", ");
	block_value(out, &set->cell[QUERY_DATA_kind]);
	if (set->cell[QUERY_DATA_build].form != CELL_ABSENT) {
		out_text(out, ", built ");
		block_value(out, &set->cell[QUERY_DATA_build]);
	}
	if (set->cell[QUERY_DATA_age_days].form != CELL_ABSENT) {
		out_text(out, ", ");
		block_value(out, &set->cell[QUERY_DATA_age_days]);
		out_text(out, " days old when the bundle was started");
	}
	out_char(out, '\n');
}

static void block_data_sets(struct out *out, const struct query_cell *cell)
{
	if (cell->form == CELL_ABSENT) {
		block_name(out, "data_set");
		out_text(out, "none was in use\n");
		return;
	}
	for (size_t i = 0; i < cell->count; i++)
		block_data_set(out, &cell->rows[i]);
}

/* What a reader of evidence asks for, and must not have to wonder whether it was left out. */
static const char *asked_for(size_t field)
{
	switch (field) {
	case QUERY_BUNDLE_authority: return "authority";
	case QUERY_BUNDLE_case: return "case";
	case QUERY_BUNDLE_latitude: return "position";
	default: return NULL;
	}
}

static void block_field(const struct query_row *row, size_t field, struct out *out)
{
	const struct query_cell *cell = &row->cell[field];
	const char *asked = asked_for(field);
	if (cell->form != CELL_ABSENT) {
		block_name(out, row->kind->fields[field].key);
		block_value(out, cell);
		out_char(out, '\n');
	} else if (asked) {
		block_name(out, asked);
		out_text(out, "not stated\n");
	}
}

void overview_block(const struct overview *o, struct out *out)
{
	const struct query_row *row = whole_row(o->whole);
	for (size_t i = 0; i < row->kind->count; i++) {
		if (i == QUERY_BUNDLE_data_sets)
			block_data_sets(out, &row->cell[i]);
		else
			block_field(row, i, out);
	}
}
