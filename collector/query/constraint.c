/* SPDX-License-Identifier: Apache-2.0 */
#include "query/constraint.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { ADDR_TEXT = 48, TIME_TEXT = 27, NAMES = 256, NAME_TEXT = 16, ITEMS_MAX = 1 << 20 };

/* Integers up to here are exact as doubles. */
static const double whole_max = 9007199254740992.0;

static void range(struct sql_test *t, uint64_t low, uint64_t high)
{
	*t = (struct sql_test){ .column = t->column, .form = low <= high ? SQL_RANGE : SQL_NEVER, .low = low, .high = high };
}

static void never(struct sql_test *t) { t->form = SQL_NEVER; }

/* ---- numbers, which are never negative ---- */

static void compare_whole(struct sql_test *t, enum sql_op op, uint64_t n)
{
	switch (op) {
	case SQL_EQ: range(t, n, n); break;
	case SQL_LE: range(t, 0, n); break;
	case SQL_GE: range(t, n, UINT64_MAX); break;
	case SQL_LT:
		if (n)
			range(t, 0, n - 1);
		else
			never(t);
		break;
	case SQL_GT: range(t, n + 1, UINT64_MAX); break;
	default: t->form = SQL_ANY;
	}
}

static void compare_below_zero(struct sql_test *t, enum sql_op op)
{
	if (op == SQL_GT || op == SQL_GE)
		range(t, 0, UINT64_MAX);
	else
		never(t);
}

static void compare_real(struct sql_test *t, enum sql_op op, double value)
{
	if (value < 0) {
		compare_below_zero(t, op);
	} else if (value <= whole_max) {
		uint64_t whole = (uint64_t)value;
		bool is_whole = (double)whole == value;
		if (is_whole || op == SQL_LE || op == SQL_GT)
			compare_whole(t, op, whole);
		else if (op == SQL_LT || op == SQL_GE)
			compare_whole(t, op == SQL_LT ? SQL_LE : SQL_GT, whole);
		else
			never(t);
	} else {
		t->form = SQL_ANY;
	}
}

static void compare_number(struct sql_test *t, enum sql_op op, const struct sql_value *v)
{
	if (v->type == SQL_VALUE_INTEGER && v->integer >= 0)
		compare_whole(t, op, (uint64_t)v->integer);
	else if (v->type == SQL_VALUE_INTEGER)
		compare_below_zero(t, op);
	else if (v->type == SQL_VALUE_REAL)
		compare_real(t, op, v->real);
	else
		t->form = SQL_ANY;
}

/* ---- times: texts of one length sort as what they say ---- */

static const uint8_t month_days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

static unsigned digits(const char *text, unsigned count)
{
	unsigned n = 0;
	for (unsigned i = 0; i < count; i++)
		n = n * 10 + (unsigned)(text[i] - '0');
	return n;
}

static bool is_leap(unsigned year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/* Days from 1970-01-01 to the beginning of a year from 1970 on. */
static uint64_t days_before(unsigned year)
{
	uint64_t y = year - 1;
	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

/* The time of a whole text of the form of text_time; false if there is no such time. */
static bool time_of(const char text[static TIME_TEXT], uint64_t *ns)
{
	unsigned year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2), hour = digits(text + 11, 2), minute = digits(text + 14, 2),
			 second = digits(text + 17, 2), us = digits(text + 20, 6);
	if (year < 1970 || year > 2500 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
		return false;
	if (day > month_days[month - 1] + (unsigned)(month == 2 && is_leap(year)))
		return false;
	uint64_t days = days_before(year) + day - 1;
	for (unsigned m = 1; m < month; m++)
		days += month_days[m - 1] + (uint64_t)(m == 2 && is_leap(year));
	*ns = ((days * 24 + hour) * 60 + minute) * 60 + second;
	*ns = (*ns * 1000000 + us) * 1000;
	return true;
}

/* What begins like a time is completed to the first time that begins so; false if it does not begin like one. */
static bool first_time(const char *text, size_t bytes, uint64_t *ns)
{
	static const char first[] = "1970-01-01T00:00:00.000000Z";
	char whole[TIME_TEXT];
	if (bytes > TIME_TEXT || bytes < 4)
		return false;
	memcpy(whole, first, TIME_TEXT);
	for (size_t i = 0; i < bytes; i++) {
		bool digit = first[i] >= '0' && first[i] <= '9';
		if (digit ? text[i] < '0' || text[i] > '9' : text[i] != first[i])
			return false;
		whole[i] = text[i];
	}
	/* "2026-0" and "2026-11-2" begin many months and days. */
	if (bytes == 6 && whole[5] == '1')
		whole[6] = '0';
	if (bytes == 9 && whole[8] != '0')
		whole[9] = '0';
	return time_of(whole, ns);
}

enum { NS_PER_US = 1000 };

/* A text is before all longer ones that begin with it. */
static void compare_time(struct sql_test *t, enum sql_op op, const struct sql_value *v)
{
	uint64_t ns;
	t->form = SQL_ANY;
	if (v->type != SQL_VALUE_TEXT || !first_time(v->text, v->bytes, &ns))
		return;
	bool whole = v->bytes == TIME_TEXT;
	if (op == SQL_EQ && whole)
		range(t, ns, ns + NS_PER_US - 1);
	else if (op == SQL_EQ)
		never(t);
	else if (op == SQL_GE || (op == SQL_GT && !whole))
		range(t, ns, UINT64_MAX);
	else if (op == SQL_GT)
		range(t, ns + NS_PER_US, UINT64_MAX);
	else if (op == SQL_LE && whole)
		range(t, 0, ns + NS_PER_US - 1);
	else
		compare_whole(t, SQL_LT, ns);
}

/* ---- lists ---- */

static enum ind_err grow(struct sql_test *t, size_t item)
{
	if (t->count < t->room)
		return IND_OK;
	if (t->count >= ITEMS_MAX)
		return IND_NOMEM;
	size_t room = t->room ? t->room * 2 : 4;
	void *list = realloc(t->list, room * item);
	if (!list)
		return IND_NOMEM;
	t->list = list;
	t->room = room;
	return IND_OK;
}

static enum ind_err add_number(struct sql_test *t, uint64_t number)
{
	enum ind_err err = grow(t, sizeof(*t->numbers));
	if (err == IND_OK)
		t->numbers[t->count++] = number;
	return err;
}

/* Only the one way of writing an address is equal to it. */
static enum ind_err add_addr(struct sql_test *t, const struct sql_value *v)
{
	struct sql_addr a = { 0 };
	char text[ADDR_TEXT], again[ADDR_TEXT];
	if (v->type != SQL_VALUE_TEXT || v->bytes >= sizeof(text) || memchr(v->text, '\0', v->bytes))
		return IND_OK;
	memcpy(text, v->text, v->bytes);
	text[v->bytes] = '\0';
	a.ip_version = memchr(text, ':', v->bytes) ? 6 : 4;
	if (inet_pton(a.ip_version == 4 ? AF_INET : AF_INET6, text, a.addr) != 1)
		return IND_OK;
	text_addr(a.ip_version, a.addr, again, sizeof(again));
	if (strcmp(text, again) != 0)
		return IND_OK;
	enum ind_err err = grow(t, sizeof(*t->addrs));
	if (err == IND_OK)
		t->addrs[t->count++] = a;
	return err;
}

static bool number_at(const char **at, const char *end, uint64_t max, uint64_t *number)
{
	const char *start = *at;
	*number = 0;
	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++)
		if (__builtin_mul_overflow(*number, 10, number) || __builtin_add_overflow(*number, (uint64_t)(**at - '0'), number))
			return false;
	return *at > start && (*start != '0' || *at == start + 1) && *number <= max;
}

static bool part_at(const char **at, const char *end, uint64_t max, uint64_t *number)
{
	return *at < end && *(*at)++ == ':' && number_at(at, end, max, number);
}

static int hex_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/* The reverse of ind_record_id_text. */
static bool record_of(const char *text, size_t bytes, struct sql_record *r)
{
	const char *at = text, *end = text + bytes;
	uint64_t row, part = 0;
	for (size_t i = 0; i < sizeof(r->stream); i++, at += 2) {
		if (end - at < 2 || hex_of(at[0]) < 0 || hex_of(at[1]) < 0)
			return false;
		r->stream[i] = (uint8_t)(hex_of(at[0]) << 4 | hex_of(at[1]));
	}
	if (!part_at(&at, end, UINT64_MAX, &r->leaf) || !part_at(&at, end, UINT32_MAX, &row) || (at < end && (!part_at(&at, end, UINT32_MAX, &part) || !part)))
		return false;
	r->row = (uint32_t)row;
	r->part = (uint32_t)part;
	return at == end;
}

static enum ind_err add_record(struct sql_test *t, const struct sql_value *v)
{
	struct sql_record r;
	if (v->type != SQL_VALUE_TEXT || !record_of(v->text, v->bytes, &r))
		return IND_OK;
	enum ind_err err = grow(t, sizeof(*t->records));
	if (err == IND_OK)
		t->records[t->count++] = r;
	return err;
}

static enum ind_err add_text(struct sql_test *t, const struct sql_value *v)
{
	enum ind_err err = grow(t, sizeof(*t->texts));
	char *copy = err == IND_OK ? malloc(v->bytes + 1) : NULL;
	if (!copy)
		return IND_NOMEM;
	if (v->bytes)
		memcpy(copy, v->text, v->bytes);
	t->texts[t->count++] = (struct sql_string){ copy, v->bytes };
	return IND_OK;
}

static enum ind_err add_names(struct sql_test *t, sql_name_fn *name, const struct sql_value *v)
{
	enum ind_err err = IND_OK;
	char text[NAME_TEXT];
	for (unsigned i = 0; i < NAMES && err == IND_OK; i++) {
		const char *is = name(i, text);
		if (*is && strlen(is) == v->bytes && memcmp(is, v->text, v->bytes) == 0)
			err = add_number(t, i);
	}
	return err;
}

static enum sql_form list_of(enum sql_class class)
{
	switch (class) {
	case SQL_ADDR: return SQL_ADDRS;
	case SQL_RECORD: return SQL_RECORDS;
	case SQL_TEXT: return SQL_TEXTS;
	case SQL_NUMBER:
	case SQL_NAME: return SQL_SET;
	default: return SQL_ANY;
	}
}

enum ind_err sql_test_add(struct sql_test *t, enum sql_class class, sql_name_fn *name, const struct sql_value *v)
{
	if (t->form == SQL_ANY || v->type == SQL_VALUE_NULL || (v->type == SQL_VALUE_BLOB && class != SQL_NUMBER))
		return IND_OK;
	switch (class) {
	case SQL_ADDR: return add_addr(t, v);
	case SQL_RECORD: return add_record(t, v);
	case SQL_TEXT: return add_text(t, v);
	case SQL_NAME: return add_names(t, name, v);
	default: break;
	}
	if (v->type == SQL_VALUE_INTEGER)
		return v->integer >= 0 ? add_number(t, (uint64_t)v->integer) : IND_OK;
	sql_test_free(t);
	t->form = SQL_ANY;
	return IND_OK;
}

enum ind_err sql_test_start(struct sql_test *t, enum sql_class class, sql_name_fn *name, enum sql_op op, const struct sql_value *v)
{
	*t = (struct sql_test){ .column = t->column, .form = SQL_ANY };
	if (op == SQL_IS_NULL || op == SQL_NOT_NULL) {
		t->form = class == SQL_OPAQUE ? SQL_ANY : op == SQL_IS_NULL ? SQL_ABSENT : SQL_PRESENT;
		return IND_OK;
	}
	if (!v || v->type == SQL_VALUE_NULL) {
		/* Nothing compares with NULL. Without a value a list begins. */
		t->form = v ? SQL_NEVER : list_of(class);
		return IND_OK;
	}
	if (class == SQL_NUMBER)
		compare_number(t, op, v);
	else if (class == SQL_TIME)
		compare_time(t, op, v);
	else if (op == SQL_EQ && (t->form = list_of(class)) != SQL_ANY)
		return sql_test_add(t, class, name, v);
	return IND_OK;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static int by_addr(const void *a, const void *b) { return memcmp(a, b, sizeof(struct sql_addr)); }

void sql_test_ready(struct sql_test *t)
{
	if (t->form == SQL_SET && t->count)
		qsort(t->numbers, t->count, sizeof(*t->numbers), by_number);
	if (t->form == SQL_ADDRS && t->count)
		qsort(t->addrs, t->count, sizeof(*t->addrs), by_addr);
	if (t->form >= SQL_SET && t->form <= SQL_TEXTS && !t->count)
		t->form = SQL_NEVER;
}

void sql_test_free(struct sql_test *t)
{
	for (size_t i = 0; t->form == SQL_TEXTS && i < t->count; i++)
		free(t->texts[i].at);
	free(t->list);
	*t = (struct sql_test){ .column = t->column };
}

bool sql_test_is_exact(enum sql_class class, enum sql_op op, enum sql_type type)
{
	if (op == SQL_IS_NULL || op == SQL_NOT_NULL)
		return class != SQL_OPAQUE;
	switch (class) {
	case SQL_NUMBER: return type == SQL_VALUE_INTEGER;
	case SQL_NAME:
	case SQL_ADDR:
	case SQL_RECORD:
	case SQL_TEXT: return op == SQL_EQ && type == SQL_VALUE_TEXT;
	default: return false;
	}
}

bool sql_test_number(const struct sql_test *t, bool present, uint64_t number)
{
	switch ((enum sql_form)t->form) {
	case SQL_RANGE: return present && number >= t->low && number <= t->high;
	case SQL_SET: return present && bsearch(&number, t->numbers, t->count, sizeof(number), by_number);
	case SQL_ABSENT: return !present;
	case SQL_PRESENT: return present;
	case SQL_ANY: return true;
	default: return false;
	}
}

bool sql_test_addr(const struct sql_test *t, const struct sql_addr *addr)
{
	switch ((enum sql_form)t->form) {
	case SQL_ADDRS: return t->count == 1 ? memcmp(addr, t->addrs, sizeof(*addr)) == 0 : bsearch(addr, t->addrs, t->count, sizeof(*addr), by_addr) != NULL;
	case SQL_ANY:
	case SQL_PRESENT: return true;
	default: return false;
	}
}

bool sql_test_text(const struct sql_test *t, const char *text, size_t bytes)
{
	for (size_t i = 0; t->form == SQL_TEXTS && i < t->count; i++)
		if (t->texts[i].bytes == bytes && memcmp(t->texts[i].at, text, bytes) == 0)
			return true;
	return t->form == SQL_ANY || t->form == SQL_PRESENT;
}

bool sql_test_record(const struct sql_test *t, const struct ind_record_id *id, bool parts)
{
	for (size_t i = 0; t->form == SQL_RECORDS && i < t->count; i++) {
		const struct sql_record *r = &t->records[i];
		if (r->leaf == id->leaf && r->row == id->row && (!parts || r->part == id->part) && memcmp(r->stream, id->stream_id, sizeof(r->stream)) == 0)
			return true;
	}
	return t->form == SQL_ANY || t->form == SQL_PRESENT;
}
