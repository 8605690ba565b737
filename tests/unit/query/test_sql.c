/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of SQL as tests of columns: what each is turned into, and over two bundles of samples random ones select what SQLite selects without
 * them ("+column" keeps a condition away from the tables). */
#include "query/constraint.h"
#include "query/out.h"
#include "query/sql.h"
#include "sample.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 140, BUNDLES = 2, CONDITIONS = 70, TEXT = 2048 };

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64* (Vigna 2016). */
static uint64_t draw(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d % below;
}

/* ---- single tests ---- */

static struct sql_value text_value(const char *text) { return (struct sql_value){ .type = SQL_VALUE_TEXT, .text = text, .bytes = strlen(text) }; }

static bool passes(enum sql_class class, enum sql_op op, struct sql_value v, uint64_t number)
{
	struct sql_test t = { .column = 0 };
	ck_assert_int_eq(sql_test_start(&t, class, NULL, op, &v), IND_OK);
	sql_test_ready(&t);
	bool yes = sql_test_number(&t, true, number);
	if (op != SQL_IS_NULL)
		ck_assert(t.form == SQL_ANY || !sql_test_number(&t, false, number));
	sql_test_free(&t);
	return yes;
}

START_TEST(numbers_compare_as_in_sql)
{
	static const struct { enum sql_op op; enum sql_type type; int64_t integer; double real; uint64_t number; bool yes; } cases[] = {
		{ SQL_EQ, SQL_VALUE_INTEGER, 443, 0, 443, true }, { SQL_EQ, SQL_VALUE_INTEGER, 443, 0, 442, false }, { SQL_EQ, SQL_VALUE_INTEGER, -1, 0, UINT64_MAX, false },
		{ SQL_LT, SQL_VALUE_INTEGER, 0, 0, 0, false }, { SQL_LE, SQL_VALUE_INTEGER, 0, 0, 0, true }, { SQL_GT, SQL_VALUE_INTEGER, -5, 0, 0, true },
		{ SQL_LT, SQL_VALUE_INTEGER, -5, 0, 0, false }, { SQL_GE, SQL_VALUE_INTEGER, INT64_MAX, 0, UINT64_MAX, true }, { SQL_GT, SQL_VALUE_INTEGER, 7, 0, 7, false },
		{ SQL_EQ, SQL_VALUE_REAL, 0, 5.0, 5, true }, { SQL_EQ, SQL_VALUE_REAL, 0, 5.5, 5, false }, { SQL_LT, SQL_VALUE_REAL, 0, 5.5, 5, true }, { SQL_LT, SQL_VALUE_REAL, 0, 5.0, 5, false },
		{ SQL_GE, SQL_VALUE_REAL, 0, 5.5, 5, false }, { SQL_GE, SQL_VALUE_REAL, 0, 5.5, 6, true }, { SQL_GT, SQL_VALUE_REAL, 0, 5.5, 6, true }, { SQL_LE, SQL_VALUE_REAL, 0, 5.5, 5, true },
		{ SQL_GT, SQL_VALUE_REAL, 0, -0.5, 0, true }, { SQL_LT, SQL_VALUE_REAL, 0, -0.5, 0, false }, { SQL_EQ, SQL_VALUE_NULL, 0, 0, 0, false },
		{ SQL_NOT_NULL, SQL_VALUE_NULL, 0, 0, 0, true }, { SQL_IS_NULL, SQL_VALUE_NULL, 0, 0, 0, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sql_value v = { .type = cases[i].type, .integer = cases[i].integer, .real = cases[i].real };
		ck_assert_msg(passes(SQL_NUMBER, cases[i].op, v, cases[i].number) == cases[i].yes, "case %zu", i);
	}
}
END_TEST

START_TEST(times_compare_as_texts)
{
	/* 2026-11-20T09:12:03.118402Z and 999 ns more. */
	const uint64_t ns = 1795165923118402999;
	static const struct { enum sql_op op; const char *text; bool yes; } cases[] = {
		{ SQL_EQ, "2026-11-20T09:12:03.118402Z", true }, { SQL_EQ, "2026-11-20T09:12:03.118403Z", false }, { SQL_EQ, "2026-11-20", false },
		{ SQL_GE, "2026-11-20", true }, { SQL_GE, "2026-11-20T09:12:03.118402Z", true }, { SQL_GT, "2026-11-20T09:12:03.118402Z", false },
		{ SQL_LE, "2026-11-20T09:12:03.118402Z", true }, { SQL_LT, "2026-11-20T09:12:03.118402Z", false }, { SQL_LT, "2026-11-20T09:12:03.118403Z", true },
		{ SQL_LT, "2026-11-20T09", false }, { SQL_LT, "2026-11-20T1", true }, { SQL_GT, "2026-1", true }, { SQL_LE, "2026-12", true }, { SQL_GE, "2026-11-3", false },
		/* Not of the form: SQLite decides. */
		{ SQL_GE, "2026-11-20 10:00", true }, { SQL_LT, "2026-02-30", true }, { SQL_LT, "yesterday", true }, { SQL_EQ, "", true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(passes(SQL_TIME, cases[i].op, text_value(cases[i].text), ns) == cases[i].yes, "%s", cases[i].text);
}
END_TEST

static size_t count_of(enum sql_class class, const char *text)
{
	struct sql_test t = { .column = 0 };
	struct sql_value v = text_value(text);
	ck_assert_int_eq(sql_test_start(&t, class, NULL, SQL_EQ, &v), IND_OK);
	size_t count = t.count;
	sql_test_free(&t);
	return count;
}

START_TEST(only_the_form_that_is_printed_is_equal)
{
	static const char *const addrs[] = { "192.0.2.1", "::", "2001:db8::1", "::ffff:1.2.3.4" }, *const none[] = { "192.0.2.01", "192.0.2.1 ", "2001:DB8::1", "0:0::1", "1.2.3", "", "tcp" };
	static const char *const records[] = { "3f9a6c01:12:345", "3f9a6c01:18446744073709551615:0:7" },
		*const no_records[] = { "3f9a6c01:12", "3F9a6c01:12:345", "3f9a6c01:012:345", "3f9a6c01:12:345:0", "3f9a6c01:12:345:", "3f9a6c01:12:4294967296", "3f9a6c0:12:345", "3f9a6c01:18446744073709551616:0" };
	for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++)
		ck_assert_uint_eq(count_of(SQL_ADDR, addrs[i]), 1);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ck_assert_uint_eq(count_of(SQL_ADDR, none[i]), 0);
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		ck_assert_uint_eq(count_of(SQL_RECORD, records[i]), 1);
	for (size_t i = 0; i < sizeof(no_records) / sizeof(no_records[0]); i++)
		ck_assert_uint_eq(count_of(SQL_RECORD, no_records[i]), 0);
}
END_TEST

/* ---- over bundles ---- */

static struct memory bundles[BUNDLES];
static struct sql *sql;
static unsigned damages;
static bool stop;

static enum ind_err open_memory(void *ctx, size_t n, struct ind_source *source, void **handle)
{
	*handle = ctx;
	*source = memory_source(&bundles[n]);
	return IND_OK;
}
static void close_memory(void *ctx, void *handle) { ck_assert_ptr_eq(ctx, handle); }
static void damaged(void *ctx, size_t n, uint64_t offset, enum ind_err err)
{
	(void)ctx;
	ck_assert_uint_lt(n, BUNDLES);
	ck_assert_uint_le(offset, bundles[n].bytes);
	ck_assert_int_ne(err, IND_OK);
	damages++;
}
static bool is_stopped(void *ctx) { return (void)ctx, stop; }

static const char *const names[BUNDLES] = { "one.ieb", "folder/two.ieb" };
static const struct sql_inputs inputs = { BUNDLES, names, open_memory, close_memory, damaged, is_stopped, &damages };

static void set_up(void)
{
	struct keys keys;
	keys_make(&keys, 1);
	sample_bundle(&bundles[0], RECORDS, &keys, NULL);
	sample_bundle(&bundles[1], RECORDS / 7, &keys, NULL);
	keys_free(&keys);
	ck_assert_int_eq(sql_open(&inputs, &sql), IND_OK);
}

static void tear_down(void)
{
	sql_close(sql);
	for (size_t i = 0; i < BUNDLES; i++)
		memory_free(&bundles[i]);
}

static struct query_row row;

/* All rows as one text: cells with "|" between. The caller frees it. */
static char *answer(const char *text)
{
	struct sql_statement *s;
	struct sql_error error;
	struct out out;
	size_t used;
	enum sql_outcome outcome = sql_prepare(sql, text, strlen(text), &used, &s, &error);
	ck_assert_msg(outcome == SQL_ROW, "%s: %s", text, error.text);
	out_start(&out, NULL, NULL);
	while ((outcome = sql_step(s, &row, &error)) == SQL_ROW) {
		for (size_t i = 0; i < row.kind->count; i++) {
			const struct query_cell *c = &row.cell[i];
			if (c->form == CELL_I64)
				out_i64(&out, c->sign);
			else if (c->form == CELL_TEXT || c->form == CELL_DECIMAL)
				out_bytes(&out, c->text, c->count);
			out_char(&out, c->form == CELL_ABSENT ? '-' : '|');
		}
		out_char(&out, '\n');
	}
	ck_assert_msg(outcome == SQL_DONE, "%s: %s", text, error.text);
	sql_statement_free(s);
	out_char(&out, '\0');
	char *at = strdup(out.at);
	out_free(&out);
	return at;
}

static void same(const char *one, const char *other)
{
	char *a = answer(one), *b = answer(other);
	ck_assert_msg(strcmp(a, b) == 0, "%s\n%.300s\n%s\n%.300s", one, a, other, b);
	free(a);
	free(b);
}

static const char *const flow_columns[] = {
	"record", "start", "end", "duration_us", "proto", "saddr", "sport", "daddr", "dport", "orient", "spkts", "dpkts", "sbytes", "dbytes", "spayload", "dpayload",
	"sflags", "dflags", "sttl_min", "sttl_max", "dttl_min", "dttl_max", "client_rtt_us", "server_rtt_us", "validated", "carries", "sfrags", "dfrags", "sretrans",
	"dretrans", "end_reason", "start_ns", "end_ns", "sensor", "bundle",
};
static const char *const signal_columns[] = { "record", "flow", "time", "signal", "side", "addr", "packet", "value", "bundle" };
enum { FLOW_COLUMNS = sizeof(flow_columns) / sizeof(flow_columns[0]), SIGNAL_COLUMNS = sizeof(signal_columns) / sizeof(signal_columns[0]) };

/* A literal: what stands in a row, something beside it, or of another type. */
static void literal(const char *table, const char *column, char out[static TEXT])
{
	char text[TEXT];
	static const char *const others[] = { "0", "-1", "1.5", "'tcp'", "'443'", "NULL", "x'00'", "''", "'2026'", "9223372036854775807", "'192.0.2.1'", "'one.ieb'", "6", "1e300" };
	if (draw(5) == 0) {
		snprintf(out, TEXT, "%s", others[draw(sizeof(others) / sizeof(others[0]))]);
		return;
	}
	/* Whether a value is a number or a text is kept. */
	snprintf(text, sizeof(text), "SELECT quote(%s) FROM %s LIMIT 1 OFFSET %llu", column, table, (unsigned long long)draw(RECORDS));
	char *value = answer(text);
	value[strcspn(value, "|\n")] = '\0';
	if (!*value || strcmp(value, "-") == 0 || strcmp(value, "NULL") == 0)
		snprintf(out, TEXT, "NULL");
	else if (value[0] == '\'' && draw(4) == 0)
		snprintf(out, TEXT, "substr(%s,1,%u)", value, 4 + (unsigned)draw(24));
	else if (value[0] != '\'' && draw(3) == 0)
		snprintf(out, TEXT, "%s%s", value, draw(2) ? "+1" : ".5");
	else
		snprintf(out, TEXT, "%s", value);
	free(value);
}

static void condition(const char *table, const char *column, char text[static TEXT])
{
	static const char *const ops[] = { "=", "<", "<=", ">", ">=", "=", "=", "IS", "<>" };
	const char *op = ops[draw(sizeof(ops) / sizeof(ops[0]))];
	char a[TEXT], b[TEXT];
	literal(table, column, a);
	literal(table, column, b);
	switch (draw(7)) {
	case 0: snprintf(text, TEXT, "%s IN (%.900s,%.900s)", column, a, b); break;
	case 1: snprintf(text, TEXT, "%s BETWEEN %.900s AND %.900s", column, a, b); break;
	case 2: snprintf(text, TEXT, "%s IS %sNULL", column, draw(2) ? "NOT " : ""); break;
	case 3: snprintf(text, TEXT, "%s %s %.900s COLLATE NOCASE", column, op, a); break;
	default: snprintf(text, TEXT, "%s %s %.900s", column, op, a); break;
	}
}

static void random_conditions(const char *table, const char *const *columns, size_t count)
{
	static const char *const joins[] = { "AND", "AND", "OR" };
	for (unsigned i = 0; i < CONDITIONS; i++) {
		const char *column[2] = { columns[draw(count)], columns[draw(count)] }, *join = joins[draw(3)];
		char text[2][TEXT], one[4 * TEXT], other[4 * TEXT];
		for (unsigned k = 0; k < 2; k++)
			condition(table, column[k], text[k]);
		snprintf(one, sizeof(one), "SELECT count(*),sum(rowid%%65537),min(record) FROM %s WHERE %s %s %s", table, text[0], join, text[1]);
		snprintf(other, sizeof(other), "SELECT count(*),sum(n%%65537),min(r) FROM (SELECT rowid AS n,record AS r,%s%s%s FROM %s LIMIT -1) WHERE %s %s %s", column[0],
			column[1] == column[0] ? "" : ",", column[1] == column[0] ? "" : column[1], table, text[0], join, text[1]);
		same(one, other);
	}
}

START_TEST(columns_select_what_sqlite_selects)
{
	random_conditions("flows", flow_columns, FLOW_COLUMNS);
	random_conditions("signals", signal_columns, SIGNAL_COLUMNS);
	static const char *const claims[] = { "record", "addr", "bundle", "asn" }, *const origins[] = { "record", "addr", "flows" };
	random_conditions("claims", claims, 4);
	random_conditions("origins", origins, 3);
}
END_TEST

/* Also where the order of the groups is that of the result. */
START_TEST(groups_are_those_of_sqlite)
{
	static const char *const keys[] = { "saddr", "dport", "saddr,dport", "client_rtt_us", "sflags,proto", "start_ns", "start" };
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char one[TEXT], other[TEXT];
		snprintf(one, sizeof(one), "SELECT %s,count(*),sum(sbytes),count(server_rtt_us) FROM flows WHERE dpkts>=0 GROUP BY %s ORDER BY %s", keys[i], keys[i], keys[i]);
		snprintf(other, sizeof(other), "SELECT %s,count(*),sum(sbytes),count(server_rtt_us) FROM (SELECT *,start_ns FROM flows LIMIT -1) WHERE dpkts>=0 GROUP BY %s ORDER BY %s", keys[i],
			keys[i], keys[i]);
		same(one, other);
	}
}
END_TEST

/* `community_id` is in no column: with it, rows are made of records. */
START_TEST(columns_hold_what_records_say)
{
	char list[2 * TEXT] = "", one[4 * TEXT], other[4 * TEXT];
	for (size_t i = 0; i < FLOW_COLUMNS; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s\"%s\"", i ? "," : "", flow_columns[i]);
	snprintf(one, sizeof(one), "SELECT %s FROM flows", list);
	snprintf(other, sizeof(other), "SELECT %s FROM (SELECT *,start_ns,end_ns FROM flows WHERE length(community_id)<>1 OR community_id IS NULL)", list);
	same(one, other);
}
END_TEST

START_TEST(look_ups_find_flows_and_signals)
{
	same("SELECT count(*),sum(f.sbytes) FROM signals s CROSS JOIN flows f ON f.record=s.flow", "SELECT count(*),sum(f.sbytes) FROM signals s CROSS JOIN flows f ON +f.record=+s.flow");
	same("SELECT count(*) FROM flows f CROSS JOIN signals s ON s.flow=f.record WHERE f.rowid%3=0", "SELECT count(*) FROM signals s CROSS JOIN flows f ON +f.record=+s.flow WHERE f.rowid%3=0");
	same("SELECT count(*),0 FROM signals s LEFT JOIN flows f ON f.record=s.flow WHERE f.record IS NULL", "SELECT 0,0");
	same("SELECT count(DISTINCT key) FROM json_each('[1,2]')", "SELECT 2");
	same("SELECT count(*) FROM (SELECT record FROM signals ORDER BY record DESC) a JOIN signals s ON s.record=a.record", "SELECT sum(n*n) FROM (SELECT count(*) AS n FROM signals GROUP BY record)");
}
END_TEST

START_TEST(a_damaged_bundle_gives_its_rows_and_the_next_one)
{
	char *whole = answer("SELECT bundle,count(*) FROM exhibits GROUP BY 1 ORDER BY 2");
	ck_assert_uint_eq(damages, 0);
	bundles[0].bytes -= bundles[0].bytes / 4;
	char *part = answer("SELECT bundle,count(*) FROM flows GROUP BY 1 ORDER BY 2");
	ck_assert_uint_ge(damages, 1);
	ck_assert_ptr_nonnull(strstr(part, "folder/two.ieb|20|"));
	char *gap = answer("SELECT kind,reason,bundle FROM gaps WHERE kind='damage'");
	ck_assert_str_eq(gap, "damage|cut|one.ieb|\n");
	free(whole);
	free(part);
	free(gap);
}
END_TEST

START_TEST(nothing_but_reading_is_allowed)
{
	static const char *const refused[] = {
		"ATTACH 'x' AS y", "DETACH main", "CREATE TABLE t(a)", "CREATE TEMP TABLE t(a)", "CREATE TEMP VIEW v AS SELECT 1", "CREATE VIRTUAL TABLE t USING indicia_flows('x')",
		"DROP TABLE flows", "INSERT INTO flows(record) VALUES(1)", "UPDATE flows SET dport=1", "DELETE FROM flows", "VACUUM", "VACUUM INTO 'x'", "PRAGMA journal_mode=WAL",
		"PRAGMA writable_schema=1", "PRAGMA temp_store_directory='/'", "SELECT load_extension('x')", "BEGIN", "SAVEPOINT a", "ANALYZE", "ALTER TABLE flows RENAME TO f",
		"SELECT * FROM pragma_database_list", "CREATE TRIGGER t INSERT ON flows BEGIN SELECT 1; END", "SELECT writefile('x','y')", "SELECT readfile('x')", "SELECT fts3_tokenizer('x',x'00')",
		"PRAGMA hard_heap_limit=0", "DELETE FROM sqlite_schema", "EXPLAIN ATTACH 'x' AS y",
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct sql_statement *s = NULL;
		struct sql_error error;
		size_t used;
		enum sql_outcome outcome = sql_prepare(sql, refused[i], strlen(refused[i]), &used, &s, &error);
		if (outcome == SQL_ROW)
			outcome = sql_step(s, &row, &error);
		ck_assert_msg(outcome == SQL_WRONG && error.text[0], "%s", refused[i]);
		sql_statement_free(s);
	}
}
END_TEST

START_TEST(it_stops_when_asked)
{
	struct sql_statement *s;
	struct sql_error error;
	size_t used;
	const char text[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n";
	ck_assert_int_eq(sql_prepare(sql, text, sizeof(text) - 1, &used, &s, &error), SQL_ROW);
	stop = true;
	ck_assert_int_eq(sql_step(s, &row, &error), SQL_STOPPED);
	sql_statement_free(s);
	ck_assert_int_eq(sql_prepare(sql, "SELECT * FROM flows", 19, &used, &s, &error), SQL_ROW);
	ck_assert_int_eq(sql_step(s, &row, &error), SQL_STOPPED);
	stop = false;
	sql_statement_free(s);
}
END_TEST

START_TEST(results_are_rows_of_a_kind_of_their_own)
{
	struct sql_statement *s;
	struct sql_error error;
	size_t used;
	const char text[] = "SELECT 1 AS a, 2 AS a, '' AS \"x\"\"y\", NULL, 2.0, x'00ff', 'z';";
	ck_assert_int_eq(sql_prepare(sql, text, sizeof(text) - 1, &used, &s, &error), SQL_ROW);
	ck_assert_int_eq(sql_step(s, &row, &error), SQL_ROW);
	const struct query_kind *k = sql_statement_kind(s);
	ck_assert_uint_eq(k->count, 7);
	ck_assert_str_eq(k->fields[1].key, "a_2");
	ck_assert_int_eq(memcmp(k->fields[2].json, ",\"x\\\"y\":", k->fields[2].json_bytes), 0);
	ck_assert_int_eq(row.cell[2].form, CELL_TEXT);
	ck_assert_uint_eq(row.cell[2].count, 0);
	ck_assert_int_eq(row.cell[3].form, CELL_ABSENT);
	ck_assert_int_eq(memcmp(row.cell[4].text, "2.0", 3), 0);
	ck_assert_int_eq(row.cell[5].form, CELL_HEX);
	ck_assert_int_eq(sql_step(s, &row, &error), SQL_DONE);
	sql_statement_free(s);
	ck_assert_int_eq(sql_prepare(sql, " -- nothing", 11, &used, &s, &error), SQL_DONE);
	ck_assert_int_eq(sql_prepare(sql, "SELECT nope FROM flows", 22, &used, &s, &error), SQL_WRONG);
	ck_assert(error.has_place);
	ck_assert_uint_eq(error.at, 7);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("sql");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, numbers_compare_as_in_sql);
	tcase_add_test(t, times_compare_as_texts);
	tcase_add_test(t, only_the_form_that_is_printed_is_equal);
	tcase_add_test(t, columns_select_what_sqlite_selects);
	tcase_add_test(t, groups_are_those_of_sqlite);
	tcase_add_test(t, columns_hold_what_records_say);
	tcase_add_test(t, look_ups_find_flows_and_signals);
	tcase_add_test(t, a_damaged_bundle_gives_its_rows_and_the_next_one);
	tcase_add_test(t, nothing_but_reading_is_allowed);
	tcase_add_test(t, it_stops_when_asked);
	tcase_add_test(t, results_are_rows_of_a_kind_of_their_own);
	return suite_run("query sql", t);
}
