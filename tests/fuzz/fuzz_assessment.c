/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of an assessment, as anybody may have written it: it gives rows or is refused with one line, and whatever it gives can be written. */
#include "assess/reread.h"
#include "query/write.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ind_err take(void *ctx, const struct query_row *row, const char *what, size_t what_bytes)
{
	struct writer *w = ctx;
	if (!what || memchr(what, '\0', what_bytes))
		abort();
	writer_any_row(w, row);
	return w->out->err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[ASSESS_ERROR_BYTES] = "";
	const struct writer_options options = { .format = QUERY_FORMAT_NDJSON };
	struct writer w;
	struct out out;
	out_start(&out, NULL, NULL);
	writer_start(&w, &out, QUERY_KIND_HYPOTHESIS, &options);
	enum ind_err err = reread((const char *)data, size, take, &w, error);
	writer_end(&w, NULL);
	if ((err == IND_OK) != (error[0] == '\0') || strchr(error, '\n'))
		abort();
	out_free(&out);
	return 0;
}
