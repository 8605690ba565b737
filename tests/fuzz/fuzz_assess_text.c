/* SPDX-License-Identifier: Apache-2.0 */
/* What a person hands to an assessment: the first byte says whether the rest is a file of hypotheses, a policy, a subject, or all three in turn.
 * It is taken or refused with one line; gates are never looser than the method's; what was taken can be weighed. */
#include "assess/inside.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_line(enum ind_err err, const char *error)
{
	if (err != IND_OK && err != IND_NOMEM && (!error[0] || strchr(error, '\n') || strlen(error) >= ASSESS_ERROR_BYTES))
		abort();
}

static void subject_read(struct assess *a, const char *text, size_t size)
{
	char error[ASSESS_ERROR_BYTES] = "", *copy = malloc(size + 1);
	if (!copy)
		return;
	memcpy(copy, text, size);
	copy[size] = '\0';
	is_line(assess_subject(a, copy, NULL, error), error);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[ASSESS_ERROR_BYTES] = "";
	struct assess *a = assess_new();
	if (!a || !size) {
		assess_free(a);
		return 0;
	}
	const char *text = (const char *)data + 1;
	unsigned what = data[0] % 4;
	if (what == 0 || what == 3)
		is_line(assess_hypotheses(a, text, size - 1, error), error);
	if (what == 1 || what == 3)
		is_line(assess_policy(a, text, size - 1, error), error);
	if (what == 2 || what == 3)
		subject_read(a, text, size - 1);
	if (!assess_subject_count(a))
		subject_read(a, "192.0.2.1", 9);
	if (!ledger_gates_tight(&a->policy.gates) && a->policy.given && !error[0])
		abort();
	if (assess_conclude(a) != IND_OK)
		abort();
	assess_free(a);
	return 0;
}
