/* SPDX-License-Identifier: Apache-2.0 */
/* top('saddr/bytes','FILTER'): the groups of a statistic (stat.h), largest first, as a table. SQLite would sort every row before it added them up. */
#include "query/sql_top.h"
#include "query/sql_table.h"
#include "query/stat.h"
#include "query/value.h"
#include <stdlib.h>
#include <string.h>

/* Columns: what the groups share, what is measured, and the arguments. */
enum { TOP_KEY, TOP_FLOWS, TOP_PACKETS, TOP_BYTES, TOP_MEASURED, TOP_FIRST, TOP_LAST, TOP_SPEC, TOP_FILTER };
static const char declaration[] = "CREATE TABLE x(key TEXT,flows INTEGER,packets INTEGER,bytes INTEGER,measured INTEGER,first TEXT,last TEXT,spec HIDDEN,filter HIDDEN)";
enum { HAS_FILTER = 1, HAS_LIMIT = 2, HAS_SPEC = 4 };

struct top_table { sqlite3_vtab base; struct sql_bundles *bundles; };

struct top_cursor {
	sqlite3_vtab_cursor base;
	struct stats *stats;
	struct stat_spec spec;
	struct stat_kind kind;
	size_t count, at;
	struct query_row row;
	struct out key;
};

static int connect(sqlite3 *db, void *ctx, int argc, const char *const *argv, sqlite3_vtab **vtab, char **error)
{
	(void)argc, (void)argv, (void)error;
	struct top_table *t = calloc(1, sizeof(*t));
	if (!t)
		return SQLITE_NOMEM;
	t->bundles = ctx;
	*vtab = &t->base;
	return sqlite3_declare_vtab(db, declaration);
}

static int disconnect(sqlite3_vtab *vtab)
{
	free(vtab);
	return SQLITE_OK;
}

/* Arguments are tests of hidden columns. A limit is taken only where nothing else chooses among the rows or reorders them. */
static int best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	int place[2] = { -1, -1 }, limit = -1, next = 0;
	bool others = info->nOrderBy > 0;
	(void)vtab;
	for (int i = 0; i < info->nConstraint; i++) {
		int column = info->aConstraint[i].iColumn, op = info->aConstraint[i].op;
		bool equal = op == SQLITE_INDEX_CONSTRAINT_EQ && (column == TOP_SPEC || column == TOP_FILTER);
		if (equal && !info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		if (equal)
			place[column - TOP_SPEC] = i;
		else if (op == SQLITE_INDEX_CONSTRAINT_LIMIT && info->aConstraint[i].usable)
			limit = i;
		else
			others = true;
	}
	if (others)
		limit = -1;
	info->idxNum = (place[1] >= 0 ? HAS_FILTER : 0) | (limit >= 0 ? HAS_LIMIT : 0);
	const int asked[] = { place[0], place[1], limit };
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		if (asked[i] < 0)
			continue;
		info->aConstraintUsage[asked[i]].argvIndex = ++next;
		info->aConstraintUsage[asked[i]].omit = asked[i] != limit;
	}
	info->estimatedCost = place[0] >= 0 ? 1e5 : 1e50;
	info->estimatedRows = 1000;
	info->idxNum |= place[0] >= 0 ? HAS_SPEC : 0;
	return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *vtab, sqlite3_vtab_cursor **cursor)
{
	struct top_cursor *c = calloc(1, sizeof(*c));
	(void)vtab;
	if (!c)
		return SQLITE_NOMEM;
	out_start(&c->key, NULL, NULL);
	*cursor = &c->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	struct top_cursor *c = (struct top_cursor *)cursor;
	stats_free(c->stats);
	out_free(&c->key);
	free(c);
	return SQLITE_OK;
}

static int refuse(struct top_cursor *c, const char *what, const char *why)
{
	sqlite3_free(c->base.pVtab->zErrMsg);
	c->base.pVtab->zErrMsg = sqlite3_mprintf("top(): %s%s%s", what, *why ? ": " : "", why);
	return SQLITE_ERROR;
}

static enum ind_err count_bundle(struct top_cursor *c, struct sql_reading *r, struct query_filter *filter)
{
	const struct feed_options options = { .want = IND_WANT(IND_REC_FLOW), .filter = filter };
	struct feed *feed;
	enum ind_err err = feed_new(&r->source, &options, &feed);
	if (err != IND_OK)
		return sql_reading_failed(r, 0, err);
	err = stats_add(c->stats, feed);
	err = err == IND_END ? IND_OK : sql_reading_failed(r, feed_offset(feed), err);
	feed_free(feed);
	return err;
}

static int count_bundles(struct top_cursor *c, struct query_filter *filter)
{
	struct sql_reading reading = { 0 };
	enum ind_err err;
	sql_reading_start(&reading, ((struct top_table *)c->base.pVtab)->bundles, 0);
	while ((err = sql_reading_open(&reading, NULL, 0, SQL_BUNDLE_COLUMN)) == IND_OK) {
		err = count_bundle(c, &reading, filter);
		sql_reading_close(&reading);
		if (err != IND_OK)
			break;
	}
	sql_reading_close(&reading);
	if (reading.stopped)
		return SQLITE_INTERRUPT;
	if (err == IND_NOMEM)
		return SQLITE_NOMEM;
	return err == IND_END ? SQLITE_OK : refuse(c, reading.error, "");
}

/* A group beyond the limit is never silently missing. */
static int sort(struct top_cursor *c, uint64_t most)
{
	struct stat_totals totals;
	stats_totals(c->stats, 0, &totals);
	if (totals.untold)
		return refuse(c, "there are more groups than fit into memory", "'indicia stats' says what can be said of them");
	return stats_sort(c->stats, 0, most, &c->count) == IND_OK ? SQLITE_OK : SQLITE_NOMEM;
}

static const char *text_of(sqlite3_value *value) { return value ? (const char *)sqlite3_value_text(value) : NULL; }

static int filter_cursor(sqlite3_vtab_cursor *cursor, int plan, const char *text, int argc, sqlite3_value **argv)
{
	struct top_cursor *c = (struct top_cursor *)cursor;
	const struct filter_options options = { .kind = QUERY_KIND_FLOW };
	struct query_filter *filter = NULL;
	struct filter_error error;
	if (!(plan & HAS_SPEC))
		return refuse(c, "say what is counted, as in top('saddr/bytes')", "");
	const char *spec = text_of(argv[0]), *expression = plan & HAS_FILTER ? text_of(argv[1]) : NULL;
	(void)text;
	stats_free(c->stats);
	c->stats = NULL;
	c->at = c->count = 0;
	if (!spec)
		return SQLITE_OK;
	if (!stat_spec_parse(spec, 0, &c->spec, &error))
		return refuse(c, error.text, "");
	c->spec.by_key = false;
	if (!stat_kind_of(&c->kind, &c->spec, 1, false))
		return refuse(c, "too many keys", "");
	enum ind_err err = expression ? query_filter_compile(expression, strlen(expression), &options, &filter, &error) : IND_OK;
	if (err != IND_OK)
		return err == IND_NOMEM ? SQLITE_NOMEM : refuse(c, "filter", error.text);
	c->stats = stats_new(&c->spec, 1, STAT_GROUPS);
	int status = c->stats ? count_bundles(c, filter) : SQLITE_NOMEM;
	query_filter_free(filter);
	sqlite3_int64 most = plan & HAS_LIMIT ? sqlite3_value_int64(argv[argc - 1]) : -1;
	return status == SQLITE_OK ? sort(c, most >= 0 ? (uint64_t)most : UINT64_MAX) : status;
}

static int next(sqlite3_vtab_cursor *cursor)
{
	((struct top_cursor *)cursor)->at++;
	return SQLITE_OK;
}

static int eof(sqlite3_vtab_cursor *cursor)
{
	const struct top_cursor *c = (const struct top_cursor *)cursor;
	return c->at >= c->count;
}

/* Several keys stand with commas between, as they were asked for. */
static void put_key(struct top_cursor *c, sqlite3_context *result)
{
	c->key.used = 0;
	for (size_t i = 0; i < c->spec.count; i++) {
		if (i)
			out_char(&c->key, ',');
		value_plain(&c->key, &c->row.cell[c->kind.key_at[0][i]]);
	}
	if (c->key.err != IND_OK)
		sqlite3_result_error_nomem(result);
	else
		sqlite3_result_text(result, c->key.at, (int)c->key.used, SQLITE_TRANSIENT);
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int n)
{
	struct top_cursor *c = (struct top_cursor *)cursor;
	const unsigned at[] = {
		[TOP_FLOWS] = c->kind.measure_at[STAT_FLOWS], [TOP_PACKETS] = c->kind.measure_at[STAT_PACKETS], [TOP_BYTES] = c->kind.measure_at[STAT_BYTES],
		[TOP_FIRST] = c->kind.first_at, [TOP_LAST] = c->kind.last_at,
	};
	if (n >= TOP_SPEC)
		return SQLITE_OK;
	if (n == TOP_MEASURED) {
		sql_result_u64(result, stats_measured(c->stats, 0, c->at));
		return SQLITE_OK;
	}
	stats_row(c->stats, 0, c->at, &c->kind, 0, &c->row);
	if (n == TOP_KEY)
		put_key(c, result);
	else if (at[n] < QUERY_CELLS_MAX)
		sql_result_cell(result, &c->row.cell[at[n]], &c->key);
	return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *id)
{
	*id = (sqlite3_int64)((struct top_cursor *)cursor)->at;
	return SQLITE_OK;
}

static const sqlite3_module methods = {
	.xConnect = connect, .xBestIndex = best_index, .xDisconnect = disconnect, .xOpen = open_cursor, .xClose = close_cursor, .xFilter = filter_cursor,
	.xNext = next, .xEof = eof, .xColumn = column, .xRowid = rowid,
};

int sql_top_register(sqlite3 *db, struct sql_bundles *bundles) { return sqlite3_create_module_v2(db, "top", &methods, bundles, NULL); }
