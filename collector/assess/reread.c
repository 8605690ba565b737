/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the JSON of an assessment. The text may come from anybody: its size and the number of its values are bounded before it is parsed (the
 * library bounds its depth), and each value is asked for its type. */
#include "assess/reread.h"
#include "query/out.h"
#include "base/jdoc.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_BYTES = 64, PLACE_BYTES = 160, KEYS_MAX = 16 };

struct rereading {
	reread_row *take;
	void *ctx;
	char *error;
	struct query_row row;
	struct out what, about;      /* what the row is about; the same of the hypothesis at hand */
	const char *subject;
	char place[PLACE_BYTES];     /* of the object at hand, for messages */
	enum ind_err err;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct rereading *r, const char *format, ...)
{
	va_list words;
	if (r->err != IND_OK)
		return;
	va_start(words, format);
	if (vsnprintf(r->error, ASSESS_ERROR_BYTES, format, words) >= ASSESS_ERROR_BYTES)
		r->error[ASSESS_ERROR_BYTES - 1] = '\0';
	va_end(words);
	r->err = IND_MALFORMED;
}

static void at(struct rereading *r, const char *list, size_t number)
{
	snprintf(r->place, sizeof(r->place), "%s[%zu]", list, number);
}

/* ---- values ---- */

static const char *text_of(struct rereading *r, const struct jdoc *object, const char *key, bool wanted)
{
	const struct jdoc *value = jdoc_key(object, key);
	const char *text = jdoc_text(value, NULL);
	if (!text && (value || wanted))
		refuse(r, "%s.%s: a text is wanted", r->place, key);
	return text;
}

static bool number_of(struct rereading *r, const struct jdoc *object, const char *key, bool wanted, int64_t *number)
{
	const struct jdoc *value = jdoc_key(object, key);
	bool is_number = jdoc_number(value, number);
	if (!is_number && (value || wanted))
		refuse(r, "%s.%s: an integer is wanted", r->place, key);
	return is_number;
}

static const struct jdoc *list_of(struct rereading *r, const struct jdoc *object, const char *key)
{
	const struct jdoc *value = jdoc_key(object, key);
	if (jdoc_is_list(value))
		return value;
	refuse(r, "%s.%s: a list is wanted", r->place, key);
	return NULL;
}

/* ---- cells ---- */

static void text_cell(struct rereading *r, unsigned cell, const struct jdoc *object, const char *key, bool wanted)
{
	row_text(&r->row, cell, text_of(r, object, key, wanted));
}

static void number_cell(struct rereading *r, unsigned cell, const struct jdoc *object, const char *key, bool wanted)
{
	int64_t number;
	if (number_of(r, object, key, wanted, &number))
		row_i64(&r->row, cell, number);
}

static void true_cell(struct rereading *r, unsigned cell, const struct jdoc *object, const char *key)
{
	bool truth;
	if (!jdoc_truth(jdoc_key(object, key), &truth))
		refuse(r, "%s.%s: true or false is wanted", r->place, key);
	else if (truth)
		row_true(&r->row, cell);
}

static void words_cell(struct rereading *r, unsigned cell, const struct jdoc *object, const char *key)
{
	const struct jdoc *list = list_of(r, object, key);
	size_t from = r->row.items_used;
	if (jdoc_count(list) > KEYS_MAX * 4)
		refuse(r, "%s.%s: a list that is too long", r->place, key);
	for (size_t i = 0; i < jdoc_count(list); i++) {
		const char *text = jdoc_text(jdoc_item(list, i), NULL);
		if (!text)
			refuse(r, "%s.%s[%zu]: a text is wanted", r->place, key, i);
		if (r->err == IND_OK)
			row_item(&r->row, NULL, text);
	}
	row_items(&r->row, cell, CELL_LIST, from);
}

/* Families and their sums. In canonical JSON keys are in order; here they come in the order of the text. */
static void sums_cell(struct rereading *r, unsigned cell, const struct jdoc *object, const char *key)
{
	const struct jdoc *sums = jdoc_key(object, key);
	size_t from = r->row.items_used;
	if (!jdoc_is_object(sums) || jdoc_count(sums) > KEYS_MAX)
		refuse(r, "%s.%s: sums of families are wanted", r->place, key);
	if (r->err != IND_OK)
		return;
	for (const char *family = jdoc_name(sums, NULL); family; family = jdoc_name(sums, family)) {
		int64_t sum;
		if (!jdoc_number(jdoc_key(sums, family), &sum) || sum < 0)
			refuse(r, "%s.%s.%.8s: a sum is wanted", r->place, key, family);
		else
			row_item_u64(&r->row, family, (uint64_t)sum);
	}
	row_items(&r->row, cell, CELL_MAP, from);
}

/* ---- rows ---- */

static void about(struct rereading *r, const char *first, const char *second)
{
	r->what.used = 0;
	out_text(&r->what, first ? first : "");
	if (second && *second) {
		if (r->what.used)
			out_char(&r->what, ' ');
		out_text(&r->what, second);
	}
}

static void more_about(struct rereading *r, const char *word)
{
	if (!word)
		return;
	out_char(&r->what, ' ');
	out_text(&r->what, word);
}

static void put(struct rereading *r)
{
	if (r->err == IND_OK)
		r->err = r->what.err;
	if (r->err == IND_OK)
		r->err = r->take(r->ctx, &r->row, r->what.used ? r->what.at : "", r->what.used);
}

static void item_row(struct rereading *r, const struct jdoc *item)
{
	const struct jdoc *data = jdoc_key(item, "data");
	row_start(&r->row, QUERY_KIND_ITEM);
	r->what.used = 0;
	out_bytes(&r->what, r->about.at, r->about.used);
	more_about(r, text_of(r, item, "signal", true));
	more_about(r, text_of(r, item, "rule", true));
	number_cell(r, QUERY_ITEM_weight, item, "weight", true);
	number_cell(r, QUERY_ITEM_rating, item, "rating", true);
	number_cell(r, QUERY_ITEM_quality, item, "quality", true);
	number_cell(r, QUERY_ITEM_n, item, "n", true);
	number_cell(r, QUERY_ITEM_record_count, item, "record_count", true);
	text_cell(r, QUERY_ITEM_forge, item, "forge", true);
	text_cell(r, QUERY_ITEM_sensor, item, "sensor", false);
	if (data) {
		more_about(r, text_of(r, data, "name", true));
		text_cell(r, QUERY_ITEM_data_sha256, data, "sha256", true);
	}
	put(r);
}

static void items_read(struct rereading *r, const struct jdoc *hypothesis)
{
	const struct jdoc *items = list_of(r, hypothesis, "items");
	char place[PLACE_BYTES];
	memcpy(place, r->place, sizeof(place));
	for (size_t i = 0; i < jdoc_count(items); i++) {
		snprintf(r->place, sizeof(r->place), "%.120s.items[%zu]", place, i);
		item_row(r, jdoc_item(items, i));
		if (r->err != IND_OK)
			return;
	}
}

static void hypothesis_read(struct rereading *r, const struct jdoc *h)
{
	const char *type = text_of(r, h, "type", true), *of = text_of(r, h, "about", true);
	row_start(&r->row, QUERY_KIND_HYPOTHESIS);
	about(r, r->subject, type);
	if (of && strcmp(of, r->subject) != 0)
		more_about(r, of);
	text_cell(r, QUERY_HYPOTHESIS_level, h, "level", true);
	text_cell(r, QUERY_HYPOTHESIS_level_without_t, h, "level_without_T", true);
	number_cell(r, QUERY_HYPOTHESIS_net, h, "net", true);
	number_cell(r, QUERY_HYPOTHESIS_margin, h, "margin", false);
	sums_cell(r, QUERY_HYPOTHESIS_support, h, "support");
	sums_cell(r, QUERY_HYPOTHESIS_contradiction, h, "contradiction");
	words_cell(r, QUERY_HYPOTHESIS_rules, h, "rules");
	words_cell(r, QUERY_HYPOTHESIS_hinges_on, h, "hinges_on");
	true_cell(r, QUERY_HYPOTHESIS_own, h, "own");
	r->about.used = 0;
	out_bytes(&r->about, r->what.at, r->what.used);
	put(r);
	items_read(r, h);
}

static void missing_read(struct rereading *r, const struct jdoc *m)
{
	row_start(&r->row, QUERY_KIND_MISSING);
	about(r, r->subject, text_of(r, m, "signal", true));
	text_cell(r, QUERY_MISSING_code, m, "code", true);
	put(r);
}

static void alternative_read(struct rereading *r, const struct jdoc *a)
{
	row_start(&r->row, QUERY_KIND_ALTERNATIVE);
	about(r, r->subject, text_of(r, a, "name", true));
	text_cell(r, QUERY_ALTERNATIVE_state, a, "state", true);
	put(r);
}

static void finding_read(struct rereading *r, const struct jdoc *f)
{
	row_start(&r->row, QUERY_KIND_FINDING);
	about(r, r->subject, text_of(r, f, "area", true));
	text_cell(r, QUERY_FINDING_finding, f, "finding", true);
	put(r);
}

static void seen_read(struct rereading *r, const struct jdoc *s)
{
	const struct jdoc *seen = jdoc_key(s, "seen");
	row_start(&r->row, QUERY_KIND_SUBJECT);
	about(r, r->subject, NULL);
	number_cell(r, QUERY_SUBJECT_flows, seen, "flows", true);
	number_cell(r, QUERY_SUBJECT_validated, seen, "validated", true);
	number_cell(r, QUERY_SUBJECT_sensors, seen, "sensors", true);
	number_cell(r, QUERY_SUBJECT_windows, seen, "windows", true);
	number_cell(r, QUERY_SUBJECT_cotenants, seen, "cotenants", false);
	text_cell(r, QUERY_SUBJECT_first, seen, "first", false);
	text_cell(r, QUERY_SUBJECT_last, seen, "last", false);
	put(r);
}

/* Calls `read` for each object of a list of the subject at hand. */
static void each(struct rereading *r, const struct jdoc *of, size_t number, const char *key, void (*read)(struct rereading *r, const struct jdoc *object))
{
	char name[LIST_BYTES];
	at(r, "subjects", number);
	const struct jdoc *list = list_of(r, of, key);
	for (size_t i = 0; i < jdoc_count(list) && r->err == IND_OK; i++) {
		snprintf(name, sizeof(name), "subjects[%zu].%.20s", number, key);
		at(r, name, i);
		read(r, jdoc_item(list, i));
	}
}

static void subjects_read(struct rereading *r, const struct jdoc *root)
{
	const struct jdoc *list = list_of(r, root, "subjects");
	for (size_t i = 0; i < jdoc_count(list); i++) {
		const struct jdoc *s = jdoc_item(list, i);
		at(r, "subjects", i);
		r->subject = text_of(r, s, "subject", true);
		if (r->err != IND_OK)
			return;
		seen_read(r, s);
		each(r, s, i, "findings", finding_read);
		each(r, s, i, "hypotheses", hypothesis_read);
		each(r, s, i, "missing", missing_read);
		each(r, s, i, "alternatives", alternative_read);
	}
}

/* ---- inputs ---- */

static void digest_row(struct rereading *r, const char *kind, const struct jdoc *value)
{
	const char *text = jdoc_text(value, NULL);
	row_start(&r->row, QUERY_KIND_INPUT);
	if (!text)
		refuse(r, "%s: a text is wanted", r->place);
	about(r, kind, text);
	put(r);
}

static void data_row(struct rereading *r, const struct jdoc *d)
{
	row_start(&r->row, QUERY_KIND_INPUT);
	about(r, "data", text_of(r, d, "name", true));
	text_cell(r, QUERY_INPUT_sha256, d, "sha256", true);
	int64_t built = 0;
	if (number_of(r, d, "build_s", true, &built) && built > 0 && built <= INT64_MAX / 1000000000)
		row_time(&r->row, QUERY_INPUT_built, (uint64_t)built * 1000000000);
	put(r);
}

static void position_row(struct rereading *r, const struct jdoc *p)
{
	int64_t latitude = 0, longitude = 0;
	row_start(&r->row, QUERY_KIND_INPUT);
	about(r, "position", text_of(r, p, "sensor", true));
	number_cell(r, QUERY_INPUT_error_km, p, "error_km", true);
	if (number_of(r, p, "latitude_1e4", true, &latitude) && number_of(r, p, "longitude_1e4", true, &longitude)) {
		row_1e4(&r->row, QUERY_INPUT_latitude, latitude);
		row_1e4(&r->row, QUERY_INPUT_longitude, longitude);
	}
	put(r);
}

static void inputs_read(struct rereading *r, const struct jdoc *inputs)
{
	static const char *const lists[] = { "bundles", "data", "positions", "subjects" };
	for (size_t n = 0; n < sizeof(lists) / sizeof(lists[0]); n++) {
		char name[LIST_BYTES];
		snprintf(r->place, sizeof(r->place), "inputs");
		const struct jdoc *list = list_of(r, inputs, lists[n]);
		snprintf(name, sizeof(name), "inputs.%.20s", lists[n]);
		for (size_t i = 0; i < jdoc_count(list); i++) {
			const struct jdoc *value = jdoc_item(list, i);
			at(r, name, i);
			if (n == 0)
				digest_row(r, "bundle", value);
			else if (n == 3)
				digest_row(r, "subject", value);
			else if (n == 1)
				data_row(r, value);
			else
				position_row(r, value);
			if (r->err != IND_OK)
				return;
		}
	}
}

static void assessment_read(struct rereading *r, const struct jdoc *root)
{
	const struct jdoc *inputs = jdoc_key(root, "inputs");
	if (!jdoc_is_object(inputs) || !jdoc_key(root, "assessment_id"))
		refuse(r, "it is no assessment: 'indicia assess -o json' writes one");
	snprintf(r->place, sizeof(r->place), "inputs");
	row_start(&r->row, QUERY_KIND_ASSESSMENT);
	about(r, "assessment", NULL);
	text_cell(r, QUERY_ASSESSMENT_method, inputs, "method", true);
	text_cell(r, QUERY_ASSESSMENT_method_sha256, inputs, "method_sha256", true);
	text_cell(r, QUERY_ASSESSMENT_hypotheses_sha256, inputs, "hypotheses_sha256", false);
	text_cell(r, QUERY_ASSESSMENT_policy_sha256, inputs, "policy_sha256", false);
	number_cell(r, QUERY_ASSESSMENT_data_since_s, inputs, "data_since_s", false);
	snprintf(r->place, sizeof(r->place), "assessment");
	text_cell(r, QUERY_ASSESSMENT_assessment_id, root, "assessment_id", true);
	number_cell(r, QUERY_ASSESSMENT_candidates, root, "candidates", false);
	true_cell(r, QUERY_ASSESSMENT_reviewed, root, "reviewed");
	put(r);
	if (r->err == IND_OK)
		inputs_read(r, inputs);
	snprintf(r->place, sizeof(r->place), "assessment");
	if (r->err == IND_OK)
		subjects_read(r, root);
}

/* As many values as there can be: each one but the first stands behind one of these. */
static bool is_too_much(const char *text, size_t bytes)
{
	size_t values = 1;
	for (size_t i = 0; i < bytes; i++)
		values += text[i] == ',' || text[i] == ':' || text[i] == '[';
	return bytes > REREAD_BYTES_MAX || values > REREAD_VALUES_MAX;
}

enum ind_err reread(const char *text, size_t bytes, reread_row *take, void *ctx, char error[static ASSESS_ERROR_BYTES])
{
	struct rereading *r = calloc(1, sizeof(*r));
	char fault[JDOC_ERROR_BYTES];
	if (!r)
		return IND_NOMEM;
	*r = (struct rereading){ .take = take, .ctx = ctx, .error = error };
	out_start(&r->what, NULL, NULL);
	out_start(&r->about, NULL, NULL);
	struct jdoc *root = NULL;
	if (is_too_much(text, bytes)) {
		refuse(r, "it is larger than any assessment");
		r->err = IND_LIMIT;
	} else {
		root = jdoc_read(text, bytes, fault);
		if (!root)
			refuse(r, "%s", fault);
	}
	if (root)
		assessment_read(r, root);
	jdoc_free(root);
	enum ind_err err = r->err;
	out_free(&r->what);
	out_free(&r->about);
	free(r);
	return err;
}
