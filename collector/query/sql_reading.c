/* SPDX-License-Identifier: Apache-2.0 */
#include "query/sql_reading.h"
#include "query/parents.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sql_bundles_free(struct sql_bundles *b)
{
	free(b->places);
	b->places = NULL;
}

/* Of a bundle that ends as it should the last seal says where. */
static void find_place(const struct ind_source *source, struct sql_place *p)
{
	const struct ind_record *record;
	struct ind_reader *reader = NULL;
	enum ind_err err = ind_reader_new(source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_SEAL), &reader);
	while (err == IND_OK && (err = ind_reader_next(reader, &record)) == IND_OK) {
		p->last = record->id.leaf;
		if (record->kind != IND_REC_HEADER)
			continue;
		memcpy(p->stream, record->header.stream_id, sizeof(p->stream));
		p->first = record->id.leaf;
	}
	p->known = err == IND_END;
	ind_reader_free(reader);
}

enum ind_err sql_bundles_look_up(struct sql_bundles *b)
{
	const struct sql_inputs *in = b->inputs;
	if (b->lookups++ == 0 || b->places || !in->count)
		return IND_OK;
	b->places = calloc(in->count, sizeof(*b->places));
	for (size_t n = 0; b->places && n < in->count; n++) {
		struct ind_source source;
		void *handle;
		if (in->open(in->ctx, n, &source, &handle) != IND_OK)
			continue;
		find_place(&source, &b->places[n]);
		in->close(in->ctx, handle);
	}
	return b->places ? IND_OK : IND_NOMEM;
}

bool sql_bundles_may_hold(const struct sql_bundles *b, size_t n, const struct sql_test *t)
{
	const struct sql_place *p = b->places ? &b->places[n] : NULL;
	if (t->form == SQL_NEVER)
		return false;
	if (t->form != SQL_RECORDS || !p || !p->known)
		return true;
	for (size_t i = 0; i < t->count; i++)
		if (t->records[i].leaf >= p->first && t->records[i].leaf <= p->last && memcmp(t->records[i].stream, p->stream, sizeof(t->records[i].stream)) == 0)
			return true;
	return false;
}

void sql_reading_start(struct sql_reading *r, struct sql_bundles *b, uint32_t want)
{
	sql_reading_close(r);
	r->bundles = b;
	r->want = want;
	r->next = 0;
}

void sql_reading_close(struct sql_reading *r)
{
	if (!r->is_open)
		return;
	parents_free(r->parents);
	ind_reader_free(r->reader);
	r->bundles->inputs->close(r->bundles->inputs->ctx, r->handle);
	r->parents = NULL;
	r->reader = NULL;
	r->is_open = r->has_parents = false;
}

/* Where nobody is told that a bundle is damaged, the statement fails. */
enum ind_err sql_reading_failed(struct sql_reading *r, uint64_t offset, enum ind_err err)
{
	const struct sql_inputs *in = r->bundles->inputs;
	if (err == IND_NOMEM)
		return err;
	if (in->damaged) {
		in->damaged(in->ctx, r->at, offset, err);
		return IND_OK;
	}
	snprintf(r->error, sizeof(r->error), "%.200s: byte %llu: %s; the rows before were given", in->names[r->at], (unsigned long long)offset, ind_strerror(err));
	return err;
}

enum ind_err sql_reading_ended(struct sql_reading *r, enum ind_err err)
{
	if (err != IND_END)
		err = sql_reading_failed(r, ind_reader_offset(r->reader), err);
	else
		err = IND_OK;
	sql_reading_close(r);
	return err;
}

static enum ind_err open_reader(struct sql_reading *r)
{
	const struct ind_record *record;
	enum ind_err err = ind_reader_new(&r->source, r->want | IND_WANT(IND_REC_HEADER), &r->reader);
	if (err == IND_OK)
		err = ind_reader_next(r->reader, &record);
	if (err != IND_OK)
		return err;
	if (record->kind != IND_REC_HEADER)
		return IND_MALFORMED;
	rows_context_of(&r->context, &record->header);
	r->id = record->id;
	r->rows = 0;
	return IND_OK;
}

static bool passes(const struct sql_reading *r, const struct sql_test *tests, size_t count, unsigned records_column)
{
	const char *name = r->bundles->inputs->names[r->next];
	for (size_t i = 0; i < count; i++) {
		if (tests[i].column == SQL_BUNDLE_COLUMN && !sql_test_text(&tests[i], name, strlen(name)))
			return false;
		if (tests[i].column == records_column && !sql_bundles_may_hold(r->bundles, r->next, &tests[i]))
			return false;
	}
	return true;
}

/* The stream's id in a record's id is the start of the whole one. */
static bool is_of_stream(const struct sql_reading *r, const struct sql_test *tests, size_t count, unsigned records_column)
{
	for (size_t i = 0; i < count; i++) {
		bool found = tests[i].form != SQL_RECORDS || tests[i].column != records_column;
		for (size_t k = 0; !found && k < tests[i].count; k++)
			found = memcmp(tests[i].records[k].stream, r->id.stream_id, sizeof(tests[i].records[k].stream)) == 0;
		if (!found)
			return false;
	}
	return true;
}

bool sql_reading_stopped(struct sql_reading *r)
{
	const struct sql_inputs *in = r->bundles->inputs;
	r->stopped = in->stopped && in->stopped(in->ctx);
	return r->stopped;
}

enum ind_err sql_reading_open(struct sql_reading *r, const struct sql_test *tests, size_t count, unsigned records_column)
{
	const struct sql_inputs *in = r->bundles->inputs;
	while (r->next < in->count) {
		if (sql_reading_stopped(r))
			return IND_LIMIT;
		bool wanted = passes(r, tests, count, records_column);
		r->at = r->next++;
		if (!wanted)
			continue;
		enum ind_err err = in->open(in->ctx, r->at, &r->source, &r->handle);
		if (err != IND_OK) {
			if (in->damaged && err != IND_NOMEM)
				continue;
			snprintf(r->error, sizeof(r->error), "%.200s: cannot be opened", in->names[r->at]);
			return err;
		}
		r->is_open = true;
		err = open_reader(r);
		if (err == IND_OK && is_of_stream(r, tests, count, records_column))
			return IND_OK;
		if (err != IND_OK)
			err = sql_reading_failed(r, r->reader ? ind_reader_offset(r->reader) : 0, err == IND_END ? IND_SHORT : err);
		sql_reading_close(r);
		if (err != IND_OK)
			return err;
	}
	return IND_END;
}

/* Without the place of its parent a flow is still a flow. */
void sql_reading_parent(struct sql_reading *r, const struct ind_record *record)
{
	uint64_t parent = record->flow.flow.parent;
	r->context.parent[0] = '\0';
	if (!parent)
		return;
	if (!r->has_parents && parents_load(&r->source, &r->parents) != IND_OK)
		r->parents = NULL;
	r->has_parents = true;
	parents_find(r->parents, parent, r->context.parent);
}
