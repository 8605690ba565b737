/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an assessment: read or refused with one line; what was read makes a page that holds no script but the program's own. */
#include "report/report.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t times(const char *text, const char *word)
{
	size_t count = 0;
	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		count++;
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report_model model = { .assessment_id = NULL };
	struct report_options options = { .tlp = IND_TLP_CLEAR, .language = "en", .command = "indicia report" };
	char error[MODEL_ERROR_BYTES];
	enum ind_err err = model_read(&model, (const char *)data, size, error);
	if (err == IND_OK) {
		struct out out;
		out_start(&out, NULL, NULL);
		report_html(&model, &options, &out);
		out_char(&out, '\0');
		if (out.err == IND_OK && (times(out.at, "<script") != 1 || times(out.at, "</html>") != 1))
			abort();
		out_free(&out);
	} else if (err == IND_MALFORMED && (!*error || strchr(error, '\n')))
		abort();
	model_free(&model);
	return 0;
}
