/* SPDX-License-Identifier: Apache-2.0 */
/* Timesketch's JSON lines: an event for each flow, signal, claim, origin, clock and loss; "message", "datetime" and "timestamp_desc" beside all fields of the row. */
#include "export/format.h"
#include <string.h>

struct state { struct out text; };

static void put_words(struct out *o, const char *before, const struct query_cell *cell)
{
	if (cell->form == CELL_ABSENT)
		return;
	out_text(o, before);
	value_plain(o, cell);
}

static void say_end(struct out *o, const struct query_row *row, unsigned addr, unsigned port)
{
	value_plain(o, &row->cell[addr]);
	put_words(o, " port ", &row->cell[port]);
}

static void say_flow(struct out *o, const struct query_row *row)
{
	value_plain(o, &row->cell[QUERY_FLOW_proto]);
	out_char(o, ' ');
	say_end(o, row, QUERY_FLOW_saddr, QUERY_FLOW_sport);
	out_text(o, " to ");
	say_end(o, row, QUERY_FLOW_daddr, QUERY_FLOW_dport);
	out_text(o, ": ");
	out_u64(o, row->cell[QUERY_FLOW_sbytes].number);
	out_text(o, " bytes there, ");
	out_u64(o, row->cell[QUERY_FLOW_dbytes].number);
	out_text(o, " back");
}

static void say_signal(struct out *o, const struct query_row *row)
{
	value_plain(o, &row->cell[QUERY_SIGNAL_signal]);
	put_words(o, " of ", &row->cell[QUERY_SIGNAL_side]);
	put_words(o, " ", &row->cell[QUERY_SIGNAL_addr]);
	put_words(o, ": ", &row->cell[QUERY_SIGNAL_value]);
}

static void say_claim(struct out *o, const struct query_row *row)
{
	out_text(o, "claim of a data set");
	put_words(o, ", ", &row->cell[QUERY_CLAIM_data_set]);
	put_words(o, ", about ", &row->cell[QUERY_CLAIM_addr]);
	put_words(o, ": AS ", &row->cell[QUERY_CLAIM_asn]);
	put_words(o, ", country ", &row->cell[QUERY_CLAIM_country]);
	put_words(o, ", registered in ", &row->cell[QUERY_CLAIM_registered_country]);
	put_words(o, ", lists ", &row->cell[QUERY_CLAIM_indicator]);
}

static void say_origin(struct out *o, const struct query_row *row)
{
	value_plain(o, &row->cell[QUERY_ORIGIN_addr]);
	put_words(o, ": flows ", &row->cell[QUERY_ORIGIN_flows]);
	put_words(o, ", families ", &row->cell[QUERY_ORIGIN_families]);
}

static void say_clock(struct out *o, const struct query_row *row)
{
	out_text(o, "clock of the sensor");
	put_words(o, ": ", &row->cell[QUERY_CLOCK_sync]);
}

static void say_loss(struct out *o, const struct query_row *row)
{
	out_text(o, "not recorded: ");
	value_plain(o, &row->cell[QUERY_LOSS_counts]);
}

/* What an event is made of: which time, what that time is, and its words. */
static const struct event { enum query_kind_id kind; unsigned time; const char *description; void (*say)(struct out *o, const struct query_row *row); } events[] = {
	{ QUERY_KIND_FLOW, QUERY_FLOW_start, "First packet of the flow", say_flow },
	{ QUERY_KIND_SIGNAL, QUERY_SIGNAL_time, "Signal seen", say_signal },
	{ QUERY_KIND_ORIGIN, QUERY_ORIGIN_first, "Address first seen", say_origin },
	{ QUERY_KIND_CLAIM, QUERY_CLAIM_build, "Data set built", say_claim },
	{ QUERY_KIND_CLOCK, QUERY_CLOCK_time, "State of the clock", say_clock },
	{ QUERY_KIND_LOSS, QUERY_LOSS_to, "Counted to here", say_loss },
};

static void put_event(struct export *e, const struct query_row *row)
{
	struct state *s = e->state;
	struct out *o = e->out[0];
	size_t i = 0;
	while (i < sizeof(events) / sizeof(events[0]) - 1 && &query_kinds[events[i].kind] != row->kind)
		i++;
	if (row->cell[events[i].time].form != CELL_TIME) {
		e->lost_kind[events[i].kind]++;
		return;
	}
	s->text.used = 0;
	events[i].say(&s->text, row);
	out_text(o, "{\"message\":");
	value_json_text(o, s->text.at, s->text.used);
	out_text(o, ",\"datetime\":");
	value_json(o, &row->cell[events[i].time]);
	out_text(o, ",\"timestamp_desc\":\"");
	out_text(o, events[i].description);
	out_text(o, "\",\"data_type\":\"indicia:");
	out_text(o, row->kind->name);
	out_char(o, '"');
	for (size_t k = 0; k < row->kind->count; k++) {
		if (row->cell[k].form == CELL_ABSENT)
			continue;
		out_bytes(o, row->kind->fields[k].json, row->kind->fields[k].json_bytes);
		value_json(o, &row->cell[k]);
	}
	out_text(o, "}\n");
	if (s->text.err != IND_OK)
		e->err = s->text.err;
}

static void put(struct export *e, const struct ind_record *r)
{
	put_event(e, &e->row);
	for (size_t n = 0; r->kind == IND_REC_FLOW && n < r->flow.signal_count + e->derived.count; n++) {
		if (n < r->flow.signal_count)
			row_of_signal(&e->signal_row, r, n);
		else
			row_of_derived(&e->signal_row, r, &e->derived, n - r->flow.signal_count);
		put_event(e, &e->signal_row);
	}
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	out_free(&s->text);
}

const struct export_format export_timesketch = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_ORIGIN) | IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_CLOCK) | IND_WANT(IND_REC_LOSS), .needs_signals = true,
	.state_bytes = sizeof(struct state), .put = put, .drop = drop,
};
