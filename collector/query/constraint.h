/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_CONSTRAINT_H
#define QUERY_CONSTRAINT_H

#include "indicia/bundle.h"
#include "query/field.h"

/* What SQL asks of a column, as a test of the numbers that stand in a bundle's columns. A test never refuses a value that SQL would take;
 * where it also takes none that SQL would refuse it is exact, and SQLite need not ask again. Nothing here knows SQLite. */

enum sql_op { SQL_EQ = '=', SQL_LT = '<', SQL_LE = 'l', SQL_GT = '>', SQL_GE = 'g', SQL_IS_NULL = 'n', SQL_NOT_NULL = 'N' };

/* How a column stands in a bundle. */
enum sql_class {
	SQL_OPAQUE,                  /* not as one number */
	SQL_NUMBER,
	SQL_TIME,                    /* RFC 3339 text of nanoseconds */
	SQL_NAME,                    /* text that stands for a number below 256 */
	SQL_ADDR,
	SQL_RECORD,                  /* text of a record's id */
	SQL_TEXT,                    /* any other text that is compared by bytes */
};

/* A value of SQL. */
enum sql_type { SQL_VALUE_NULL, SQL_VALUE_INTEGER, SQL_VALUE_REAL, SQL_VALUE_TEXT, SQL_VALUE_BLOB };
struct sql_value {
	enum sql_type type;
	int64_t integer;
	double real;
	const char *text;            /* of TEXT, and of numbers as SQL turns them into text */
	size_t bytes;
};

enum sql_form { SQL_ANY, SQL_NEVER, SQL_RANGE, SQL_SET, SQL_ADDRS, SQL_RECORDS, SQL_TEXTS, SQL_ABSENT, SQL_PRESENT };

struct sql_addr { uint8_t ip_version, addr[IND_ADDR_BYTES]; };
struct sql_record { uint8_t stream[4]; uint64_t leaf; uint32_t row, part; };
struct sql_string { char *at; size_t bytes; };

struct sql_test {
	uint8_t column;
	uint8_t form;                /* enum sql_form */
	uint64_t low, high;          /* RANGE, both inside */
	size_t count, room;          /* of the list */
	union {
		uint64_t *numbers;       /* SET */
		struct sql_addr *addrs;
		struct sql_record *records;
		struct sql_string *texts;
		void *list;
	};
};

/* The text of a number of a column of class NAME; "" if it has none. */
typedef const char *sql_name_fn(unsigned number, char text[static 16]);

/* The test for `column op value`. IND_NOMEM or IND_OK. The caller frees the test. `name` is for SQL_NAME. */
enum ind_err sql_test_start(struct sql_test *t, enum sql_class class, sql_name_fn *name, enum sql_op op, const struct sql_value *value) IND_MUST_USE;

/* One more value that a column may be equal to, of a test that was begun with SQL_EQ. */
enum ind_err sql_test_add(struct sql_test *t, enum sql_class class, sql_name_fn *name, const struct sql_value *value) IND_MUST_USE;

/* Sorts what was added. */
void sql_test_ready(struct sql_test *t);
void sql_test_free(struct sql_test *t);

/* Is the test for this the same as SQL's, whatever rows there are? */
bool sql_test_is_exact(enum sql_class class, enum sql_op op, enum sql_type type);

/* Whether a number, an address, or one that is not there passes. */
bool sql_test_number(const struct sql_test *t, bool present, uint64_t number);
bool sql_test_addr(const struct sql_test *t, const struct sql_addr *addr);
bool sql_test_text(const struct sql_test *t, const char *text, size_t bytes);

/* A record with this id passes; `part` is compared only if `parts`. */
bool sql_test_record(const struct sql_test *t, const struct ind_record_id *id, bool parts);

#endif
