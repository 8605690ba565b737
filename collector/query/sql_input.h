/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQL_INPUT_H
#define QUERY_SQL_INPUT_H

#include "indicia/bundle.h"

/* The bundles that tables are made of. Who gives them opens files; tables ask for one after the other, several times if a query needs it. */
struct sql_inputs {
	size_t count;
	const char *const *names;

	/* Opens number n; *source is valid until close. What it does not return as IND_OK it has told by itself. */
	enum ind_err (*open)(void *ctx, size_t n, struct ind_source *source, void **handle);
	void (*close)(void *ctx, void *handle);

	/* Number n could be read up to `offset` only: reading goes on with the next one. NULL: the statement fails. */
	void (*damaged)(void *ctx, size_t n, uint64_t offset, enum ind_err err);

	/* Shall reading stop? NULL: never. */
	bool (*stopped)(void *ctx);
	void *ctx;
};

enum { SQL_INPUTS_MAX = 65535 };

#endif
