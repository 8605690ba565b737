/* SPDX-License-Identifier: Apache-2.0 */
/* Signals for SQL: tests are asked before a row is made. */
#include "indicia/catalogue.h"
#include "indicia/derive.h"
#include "query/sql_table.h"
#include <stdio.h>
#include <string.h>

static const char *signal_name(unsigned id, char text[static 16])
{
	const struct ind_signal_info *info = id && id < IND_SIGNAL_ID_END ? ind_signal_info(id) : NULL;
	if (info || !id || id >= IND_SIGNAL_ID_END)
		return info ? info->name : "";
	snprintf(text, 16, "unknown.%u", id);
	return text;
}

static const char *side_name(unsigned n, char text[static 16]) { return (void)text, n <= IND_SERVER ? ind_side_name(n) : ""; }

/* A value may be a number: only as text it is compared by its bytes, and SQLite asks again. */
enum sql_class sql_signal_class(unsigned field)
{
	switch (field) {
	case QUERY_SIGNAL_record:
	case QUERY_SIGNAL_flow: return SQL_RECORD;
	case QUERY_SIGNAL_time: return SQL_TIME;
	case QUERY_SIGNAL_signal:
	case QUERY_SIGNAL_side: return SQL_NAME;
	case QUERY_SIGNAL_addr: return SQL_ADDR;
	case QUERY_SIGNAL_packet: return SQL_NUMBER;
	default: return SQL_OPAQUE;
	}
}

sql_name_fn *sql_signal_name(unsigned field) { return field == QUERY_SIGNAL_side ? side_name : signal_name; }

static bool is_derived(uint64_t id)
{
	const struct ind_signal_info *info = ind_signal_info((unsigned)id);
	return info && info->recorded == IND_DERIVED;
}

static bool may_hold_signal(const struct sql_test *t, const struct ind_reader *reader)
{
	for (size_t i = 0; t->form == SQL_SET && i < t->count; i++)
		if (is_derived(t->numbers[i]) || ind_batch_may_hold_signal(reader, (unsigned)t->numbers[i]))
			return true;
	return t->form != SQL_SET;
}

static bool possible(const struct sql_cursor *c, const struct sql_test *t)
{
	if (t->form == SQL_NEVER)
		return false;
	switch (t->column) {
	case QUERY_SIGNAL_record:
	case QUERY_SIGNAL_flow: return sql_may_hold_record(t, c->flows.batch.leaf);
	case QUERY_SIGNAL_signal: return may_hold_signal(t, c->flows.reader);
	case QUERY_SIGNAL_addr: return sql_may_hold_addr(t, c->flows.reader);
	default: return true;
	}
}

static bool holds_row(const struct sql_test *t, uint64_t leaf, uint32_t row)
{
	for (size_t i = 0; t->form == SQL_RECORDS && i < t->count; i++)
		if (t->records[i].leaf == leaf && t->records[i].row == row)
			return true;
	return t->form != SQL_RECORDS;
}

enum ind_err sql_signals_select(struct sql_cursor *c)
{
	struct sql_flows *f = &c->flows;
	f->count = 0;
	for (size_t i = 0; i < c->test_count; i++)
		if (!possible(c, &c->tests[i]))
			return IND_OK;
	sql_flows_begin(f, c->tests, c->test_count);
	for (size_t i = 0; i < c->test_count; i++) {
		size_t kept = 0;
		if (c->tests[i].column != QUERY_SIGNAL_record && c->tests[i].column != QUERY_SIGNAL_flow)
			continue;
		for (size_t k = 0; k < f->count; k++) {
			f->rows[kept] = f->rows[k];
			kept += holds_row(&c->tests[i], f->batch.leaf, f->rows[k]);
		}
		f->count = kept;
	}
	return IND_OK;
}

static bool passes(const struct sql_cursor *c, const struct sql_test *t, const struct ind_signal *s)
{
	const struct ind_flow *flow = &c->record->flow.flow;
	struct sql_addr addr = { .ip_version = flow->ip_version };
	struct ind_record_id id = c->record->id;
	switch (t->column) {
	case QUERY_SIGNAL_record: id.part = (uint32_t)c->place + 1; return sql_test_record(t, &id, true);
	case QUERY_SIGNAL_flow: id.part = 0; return sql_test_record(t, &id, true);
	case QUERY_SIGNAL_time: return sql_test_number(t, true, s->time_ns);
	case QUERY_SIGNAL_signal: return sql_test_number(t, true, s->id);
	case QUERY_SIGNAL_side: return sql_test_number(t, true, s->side);
	case QUERY_SIGNAL_packet: return sql_test_number(t, s->packet != 0, s->packet);
	case QUERY_SIGNAL_addr: memcpy(addr.addr, flow->addr[s->from & 1], sizeof(addr.addr)); return sql_test_addr(t, &addr);
	default: return true;
	}
}

static bool passes_all(const struct sql_cursor *c, const struct ind_signal *s)
{
	for (size_t i = 0; i < c->test_count; i++)
		if (!passes(c, &c->tests[i], s))
			return false;
	return true;
}

/* Are derived signals asked for at all? */
static bool wants_derived(const struct sql_cursor *c)
{
	for (size_t i = 0; i < c->test_count; i++) {
		const struct sql_test *t = &c->tests[i];
		bool any = t->column != QUERY_SIGNAL_signal || t->form != SQL_SET;
		for (size_t k = 0; !any && k < t->count; k++)
			any = is_derived(t->numbers[k]);
		if (!any)
			return false;
	}
	return true;
}

bool sql_signals_next(struct sql_cursor *c)
{
	const struct ind_record *r = c->record;
	for (; c->place < r->flow.signal_count; c->place++)
		if (passes_all(c, &r->flow.signals[c->place]))
			return true;
	if (!c->has_derived) {
		c->derived.count = 0;
		if (wants_derived(c))
			ind_flow_derive(&r->flow.flow, r->flow.signals, r->flow.signal_count, c->reading.context.signals, &c->derived);
		c->has_derived = true;
	}
	for (; c->place < r->flow.signal_count + c->derived.count; c->place++)
		if (passes_all(c, &c->derived.signal[c->place - r->flow.signal_count]))
			return true;
	return false;
}
