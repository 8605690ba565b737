/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of SQL. First byte: class and operator; the rest is the text, or a number. What a test refuses SQL must refuse, and the other way round
 * where the test is one at all; an address or a record that is understood is one that is printed so. */
#include "base/text.h"
#include "query/constraint.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool holds(int order, char op)
{
	switch (op) {
	case SQL_EQ: return order == 0;
	case SQL_LT: return order < 0;
	case SQL_LE: return order <= 0;
	case SQL_GT: return order > 0;
	default: return order >= 0;
	}
}

static int compare(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
	int order = memcmp(a, b, a_bytes < b_bytes ? a_bytes : b_bytes);
	return order ? order : a_bytes < b_bytes ? -1 : a_bytes > b_bytes;
}

static void ask_time(const struct sql_test *t, char op, const struct sql_value *v, uint64_t ns)
{
	char text[32];
	size_t bytes = text_time(ns, text, sizeof(text));
	if (t->form != SQL_ANY && sql_test_number(t, true, ns) != holds(compare(text, bytes, v->text, v->bytes), op))
		abort();
}

static void ask_whole(const struct sql_test *t, char op, const struct sql_value *v, uint64_t number)
{
	int order = v->integer < 0 || number > (uint64_t)v->integer ? 1 : number < (uint64_t)v->integer ? -1 : 0;
	if (sql_test_number(t, true, number) != holds(order, op))
		abort();
}

static void ask_printed(const struct sql_test *t, enum sql_class class, const struct sql_value *v)
{
	char text[IND_RECORD_ID_TEXT];
	struct ind_record_id id = { .leaf = 0 };
	if (!t->count)
		return;
	if (class == SQL_ADDR) {
		text_addr(t->addrs[0].ip_version, t->addrs[0].addr, text, sizeof(text));
	} else {
		memcpy(id.stream_id, t->records[0].stream, sizeof(t->records[0].stream));
		id.leaf = t->records[0].leaf;
		id.row = t->records[0].row;
		id.part = t->records[0].part;
		ind_record_id_text(&id, text);
	}
	if (compare(text, strlen(text), v->text, v->bytes) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sql_class classes[] = { SQL_TIME, SQL_NUMBER, SQL_ADDR, SQL_RECORD };
	static const char ops[] = { SQL_EQ, SQL_LT, SQL_LE, SQL_GT, SQL_GE };
	struct sql_value v = { .type = SQL_VALUE_TEXT };
	struct sql_test t = { .column = 0 };
	if (size < 9)
		return 0;
	enum sql_class class = classes[data[0] % 4];
	char op = ops[data[0] / 4 % 5];
	memcpy(&v.integer, data + 1, sizeof(v.integer));
	v.text = (const char *)data + 1;
	v.bytes = size - 1;
	if (class == SQL_NUMBER)
		v.type = SQL_VALUE_INTEGER;
	if (sql_test_start(&t, class, NULL, (enum sql_op)op, &v) != IND_OK)
		abort();
	const uint64_t at = (uint64_t)v.integer, some[] = { 0, 1, at, at - 1, at + 1, UINT64_MAX, 1795165923118402999, t.low, t.high, t.low - 1, t.high + 1 };
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		if (class == SQL_TIME)
			ask_time(&t, op, &v, some[i]);
		if (class == SQL_NUMBER)
			ask_whole(&t, op, &v, some[i]);
	}
	if ((class == SQL_ADDR || class == SQL_RECORD) && op == SQL_EQ)
		ask_printed(&t, class, &v);
	sql_test_ready(&t);
	sql_test_free(&t);
	return 0;
}
