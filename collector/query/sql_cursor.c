/* SPDX-License-Identifier: Apache-2.0 */
/* A scan goes from bundle to bundle. Flows and signals come batch by batch: what a zone map rules out is not inflated, of the rest the columns
 * that tests and results need; records are made only for what does not stand in columns. */
#include "query/sql_table.h"
#include "query/gaps.h"
#include "query/whole.h"
#include <stdlib.h>
#include <string.h>

enum { BUNDLE_SHIFT = 47, ROW_SHIFT = 16 };

static int status_of(struct sql_cursor *c, enum ind_err err)
{
	if (err == IND_OK || err == IND_END)
		return SQLITE_OK;
	if (c->reading.stopped)
		return SQLITE_INTERRUPT;
	if (err == IND_NOMEM)
		return SQLITE_NOMEM;
	sqlite3_free(c->table->base.zErrMsg);
	c->table->base.zErrMsg = sqlite3_mprintf("%s", c->reading.error[0] ? c->reading.error : ind_strerror(err));
	return SQLITE_ERROR;
}

static enum ind_err open_next(struct sql_cursor *c)
{
	return sql_reading_open(&c->reading, c->tests, c->test_count, c->table->spec->records);
}

/* The same row has the same number in every scan: SQLite tells rows by it where it joins the results of several. */
sqlite3_int64 sql_cursor_rowid(const struct sql_cursor *c)
{
	bool batches = c->table->spec->id == SQL_FLOWS || c->table->spec->id == SQL_SIGNALS;
	uint64_t row = batches ? c->reading.rows + c->flows.rows[c->at - 1] : c->reading.rows;
	return (sqlite3_int64)((uint64_t)c->reading.at << BUNDLE_SHIFT | row << ROW_SHIFT | c->place);
}

/* ---- flows and signals: batches ---- */

/* The test for the one record that is looked up, or NULL. */
static const struct sql_test *records_test(const struct sql_cursor *c)
{
	for (size_t i = 0; i < c->test_count; i++)
		if (c->tests[i].form == SQL_RECORDS && c->tests[i].count == 1)
			return &c->tests[i];
	return NULL;
}

static const struct sql_record *looked_up(const struct sql_cursor *c)
{
	const struct sql_test *t = records_test(c);
	return t ? t->records : NULL;
}

/* Is the bundle at hand the only one in which the record can be? */
static bool is_only_bundle(const struct sql_cursor *c)
{
	const struct sql_bundles *b = c->reading.bundles;
	const struct sql_test *t = records_test(c);
	if (b->inputs->count == 1)
		return true;
	for (size_t n = 0; b->places && n < b->inputs->count; n++)
		if (n != c->reading.at && sql_bundles_may_hold(b, n, t))
			return false;
	return b->places != NULL && sql_bundles_may_hold(b, c->reading.at, t);
}

static enum ind_err select_rows(struct sql_cursor *c)
{
	enum ind_err err = c->table->spec->id == SQL_SIGNALS ? sql_signals_select(c) : sql_flows_select(&c->flows, c->tests, c->test_count);
	c->at = 0;
	if (err == IND_OK && c->flows.count)
		err = sql_flows_load(&c->flows, c->fields);
	return err;
}

static enum ind_err take_batch(struct sql_cursor *c)
{
	struct ind_batch batch;
	if (c->has_batch)
		c->reading.rows += c->flows.batch.rows;
	c->has_batch = false;
	enum ind_err err = ind_reader_batch(c->reading.reader, &batch);
	if (err == IND_OK)
		err = sql_flows_start(&c->flows, c->reading.reader, &batch);
	c->has_batch = err == IND_OK;
	c->flows.stream = c->reading.id.stream_id;
	c->read = SIZE_MAX;
	return err == IND_OK ? select_rows(c) : err;
}

/* Leaves ascend: behind that of the record that is looked up there is nothing more. */
static bool is_behind(const struct sql_cursor *c)
{
	const struct sql_record *r = looked_up(c);
	return r && c->reading.is_open && c->has_batch && c->flows.batch.leaf >= r->leaf;
}

static enum ind_err next_batch(struct sql_cursor *c)
{
	enum ind_err err = IND_OK;
	do {
		if (is_behind(c)) {
			if (is_only_bundle(c))
				return IND_END;
			sql_reading_close(&c->reading);
		}
		if (!c->reading.is_open) {
			c->has_batch = false;
			err = open_next(c);
		}
		if (err == IND_OK && sql_reading_stopped(&c->reading))
			err = IND_LIMIT;
		if (err != IND_OK)
			return err;
		err = take_batch(c);
		if (err != IND_OK) {
			c->flows.count = 0;
			err = sql_reading_ended(&c->reading, err);
		}
	} while (err == IND_OK && !c->flows.count);
	return err;
}

/* Goes on to this row of the batch as a record. */
static enum ind_err read_row(struct sql_cursor *c, size_t row)
{
	enum ind_err err = IND_OK;
	if (c->read == SIZE_MAX || c->read > row + 1) {
		err = ind_batch_rows(c->reading.reader);
		c->read = 0;
	}
	while (err == IND_OK && c->read <= row) {
		err = ind_reader_next(c->reading.reader, &c->record);
		c->read++;
	}
	return err;
}

/* On to the next selected flow. */
static enum ind_err next_flow(struct sql_cursor *c)
{
	enum ind_err err = IND_OK;
	for (;;) {
		if (!c->reading.is_open || !c->has_batch || c->at >= c->flows.count)
			err = next_batch(c);
		if (err != IND_OK)
			return err;
		size_t row = c->flows.rows[c->at++];
		err = c->by_record ? read_row(c, row) : IND_OK;
		if (err == IND_OK)
			return IND_OK;
		c->has_batch = false;
		err = sql_reading_ended(&c->reading, err);
	}
}

static enum ind_err next_signal(struct sql_cursor *c)
{
	enum ind_err err = IND_OK;
	for (;;) {
		if (c->in_flow && sql_signals_next(c)) {
			c->place++;
			return IND_OK;
		}
		c->in_flow = false;
		err = next_flow(c);
		if (err != IND_OK)
			return err;
		c->in_flow = true;
		c->place = 0;
		c->has_derived = false;
	}
}

/* ---- records of one kind ---- */

static bool record_passes(const struct sql_cursor *c, const struct ind_record *r)
{
	bool is_claim = r->kind == IND_REC_CLAIM;
	struct sql_addr addr = { .ip_version = is_claim ? r->claim.ip_version : r->origin.ip_version };
	for (size_t i = 0; i < c->test_count; i++) {
		const struct sql_test *t = &c->tests[i];
		if (t->form == SQL_NEVER)
			return false;
		if (t->column == SQL_BUNDLE_COLUMN)
			continue;
		if (t->column == c->table->spec->records) {
			if (!sql_test_record(t, &r->id, true))
				return false;
			continue;
		}
		memcpy(addr.addr, is_claim ? r->claim.addr : r->origin.addr, sizeof(addr.addr));
		if (!sql_test_addr(t, &addr))
			return false;
	}
	return true;
}

static bool is_wanted(const struct sql_cursor *c, const struct ind_record *r) { return r->kind != IND_REC_HEADER && c->table->spec->want & IND_WANT(r->kind); }

static enum ind_err next_record(struct sql_cursor *c)
{
	for (;;) {
		enum ind_err err = c->reading.is_open ? IND_OK : open_next(c);
		while (err == IND_OK) {
			err = ind_reader_next(c->reading.reader, &c->record);
			if (err != IND_OK)
				break;
			c->reading.rows++;
			if (is_wanted(c, c->record) && record_passes(c, c->record))
				return IND_OK;
			if (c->reading.rows % SQL_BATCH_ROWS_MAX == 0 && sql_reading_stopped(&c->reading))
				return IND_LIMIT;
		}
		if (!c->reading.is_open)
			return err;
		err = sql_reading_ended(&c->reading, err);
		if (err != IND_OK)
			return err;
	}
}

/* ---- bundles and gaps ---- */

/* A bundle that is damaged has a row of what could be read, as long as there is a header. */
static enum ind_err next_bundle(struct sql_cursor *c)
{
	if (c->reading.is_open)
		sql_reading_close(&c->reading);
	enum ind_err err = open_next(c);
	if (err != IND_OK)
		return err;
	const char *name = c->reading.bundles->inputs->names[c->reading.at];
	uint64_t offset = 0;
	if (!c->whole && !(c->whole = whole_new()))
		return IND_NOMEM;
	err = whole_read(c->whole, &c->reading.source, name, &offset);
	if (err == IND_NOMEM || (err != IND_OK && !c->reading.bundles->inputs->damaged))
		return sql_reading_failed(&c->reading, offset, err);
	if (err != IND_OK)
		return sql_reading_failed(&c->reading, offset, err) == IND_OK && whole_row(c->whole) ? IND_OK : next_bundle(c);
	return IND_OK;
}

static enum ind_err look_for_gaps(struct sql_cursor *c, size_t n)
{
	const struct sql_inputs *in = c->reading.bundles->inputs;
	struct ind_source source;
	uint64_t offset;
	void *handle;
	enum ind_err read;
	if (sql_reading_stopped(&c->reading))
		return IND_LIMIT;
	bool opened = in->open(in->ctx, n, &source, &handle) == IND_OK;
	enum ind_err err = gaps_look(c->gaps, n, opened ? &source : NULL, &read, &offset);
	if (opened)
		in->close(in->ctx, handle);
	if (opened && read != IND_OK && in->damaged)
		in->damaged(in->ctx, n, offset, read);
	return err;
}

/* The reading is not moved. */
static enum ind_err find_gaps(struct sql_cursor *c)
{
	size_t count = c->reading.bundles->inputs->count;
	enum ind_err err = (c->gaps = gaps_new(count)) ? IND_OK : IND_NOMEM;
	for (size_t n = 0; n < count && err == IND_OK; n++)
		err = look_for_gaps(c, n);
	if (err == IND_OK)
		err = gaps_end(c->gaps);
	if (err == IND_OK)
		return IND_OK;
	gaps_free(c->gaps);
	c->gaps = NULL;
	return err;
}

static enum ind_err next_gap(struct sql_cursor *c)
{
	enum ind_err err = c->gaps ? IND_OK : find_gaps(c);
	if (err != IND_OK)
		return err;
	if (c->place >= gaps_count(c->gaps))
		return IND_END;
	c->place++;
	return IND_OK;
}

/* ---- any ---- */

int sql_cursor_next(struct sql_cursor *c)
{
	enum ind_err err;
	c->has_row = c->at_end = false;
	/* Most steps are to a row of the batch at hand. */
	if (c->at < c->flows.count && c->has_batch && !c->by_record) {
		c->at++;
		return SQLITE_OK;
	}
	switch (c->table->spec->id) {
	case SQL_FLOWS: err = next_flow(c); break;
	case SQL_SIGNALS: err = next_signal(c); break;
	case SQL_BUNDLES: err = next_bundle(c); break;
	case SQL_GAPS: err = next_gap(c); break;
	default: err = next_record(c); break;
	}
	c->at_end = err == IND_END;
	return status_of(c, err);
}

/* Look-ups that go on forward in the bundle at hand need not begin it again. */
static bool goes_on(struct sql_cursor *c)
{
	const struct sql_record *r = looked_up(c);
	return r && c->reading.is_open && c->has_batch && r->leaf >= c->flows.batch.leaf && is_only_bundle(c);
}

int sql_cursor_scan(struct sql_cursor *c)
{
	enum ind_err err = IND_OK;
	bool batches = c->table->spec->id == SQL_FLOWS || c->table->spec->id == SQL_SIGNALS;
	c->reading.error[0] = '\0';
	c->reading.stopped = false;
	c->place = 0;
	c->in_flow = false;
	if (looked_up(c))
		err = sql_bundles_look_up(c->table->bundles);
	if (err == IND_OK && batches && goes_on(c)) {
		c->reading.next = c->reading.at + 1;
		err = select_rows(c);
		if (err != IND_OK)
			err = sql_reading_ended(&c->reading, err);
	} else if (err == IND_OK) {
		sql_reading_start(&c->reading, c->table->bundles, c->table->spec->want);
		c->has_batch = false;
		c->flows.count = c->at = 0;
	}
	return err == IND_OK ? sql_cursor_next(c) : status_of(c, err);
}

static void make_row(struct sql_cursor *c)
{
	const struct ind_record *r = c->record;
	switch (c->table->spec->id) {
	case SQL_FLOWS:
		sql_reading_parent(&c->reading, r);
		row_of_flow(&c->row, r, &c->reading.context);
		break;
	case SQL_SIGNALS:
		if (c->place - 1 < r->flow.signal_count)
			row_of_signal(&c->row, r, c->place - 1);
		else
			row_of_derived(&c->row, r, &c->derived, c->place - 1 - r->flow.signal_count);
		break;
	case SQL_CLAIMS: row_of_claim(&c->row, r, &c->reading.context); break;
	case SQL_ORIGINS: row_of_origin(&c->row, r, &c->reading.context); break;
	case SQL_EXHIBITS: row_of_exhibit(&c->row, r); break;
	case SQL_GAPS: gaps_row(c->gaps, c->place - 1, &c->row); break;
	default: break;
	}
}

const struct query_row *sql_cursor_row(struct sql_cursor *c)
{
	if (c->table->spec->id == SQL_BUNDLES)
		return whole_row(c->whole);
	if (!c->has_row)
		make_row(c);
	c->has_row = true;
	return &c->row;
}

void sql_cursor_forget(struct sql_cursor *c)
{
	for (size_t i = 0; i < c->test_count; i++)
		sql_test_free(&c->tests[i]);
	free(c->tests);
	c->tests = NULL;
	c->test_count = 0;
}

void sql_cursor_close(struct sql_cursor *c)
{
	sql_cursor_forget(c);
	sql_reading_close(&c->reading);
	sql_flows_free(&c->flows);
	whole_free(c->whole);
	gaps_free(c->gaps);
	out_free(&c->text);
}
