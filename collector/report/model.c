/* SPDX-License-Identifier: Apache-2.0 */
/* An assessment's JSON into the model, by tables of what each object holds. What is there must be of its form; what is not there is not said. Nothing is
 * believed of it here: the words that sentences hang on are looked up in words.c, all others are shown as data. */
#include "report/model.h"
#include "base/hash.h"
#include "base/jdoc.h"
#include <stddef.h>
#include <string.h>

struct reading {
	struct arena *arena;
	char *error;
	bool failed;
};

/* Of signals that are missing, explanations and gates there is one each of what the method knows. They are compared with each other. */
enum { LIST_MAX = 1 << 16, ITEMS_MOST = 1 << 14, KINDS_MOST = 256 };

/* No count, weight, time or distance of an assessment is larger; what is smaller can be added and converted without a thought. */
static const int64_t number_max = INT64_C(1) << 50;

static void fail(struct reading *r, const char *what, const char *key)
{
	if (r->failed)
		return;
	r->failed = true;
	strncpy(r->error, what, MODEL_ERROR_BYTES - 1);
	strncat(r->error, key, MODEL_ERROR_BYTES - 1 - strlen(r->error));
}

/* ---- what an object may hold ---- */

enum form {
	TEXT,                           /* const char * */
	TEXT_NEEDED,
	NUMBER,                         /* int64_t */
	TRUTH,                          /* bool */
	FAMILY,                         /* char: a letter of the eight, or 0 */
	LETTERS,                        /* const char *: "P", "E" become "PE", in the order of MODEL_FAMILY_LETTERS */
	SUMS,                           /* int64_t[MODEL_FAMILIES] */
	TEXTS,                          /* const char ** and how many */
	OBJECTS,                        /* of a shape, and how many */
	OBJECT,                         /* one of a shape, or NULL */
	INSIDE,                         /* an object whose fields stand in the same structure */
};

struct shape;
struct field { const char *key; enum form form; size_t at, count_at; const struct shape *of; };

struct shape {
	size_t size;
	const struct field *fields;
	size_t field_count;
	const char *(*wrong)(const void *one); /* which number is none that there can be; NULL: all are */
	size_t most;                    /* of a list of it */
};

static void fields_read(struct reading *r, const struct jdoc *object, const struct shape *shape, void *one);

/* The arena is cleared: without memory, or without the text, nothing is said. */
static const char *text_copy(struct reading *r, const struct jdoc *value)
{
	size_t bytes;
	const char *text = jdoc_text(value, &bytes);
	return text ? arena_text(r->arena, text, bytes) : NULL;
}

static const char *text_of(struct reading *r, const struct jdoc *object, const char *key)
{
	const struct jdoc *value = jdoc_key(object, key);
	if (value && !jdoc_text(value, NULL))
		fail(r, "not an assessment: no text is ", key);
	return text_copy(r, value);
}

static const char *text_needed(struct reading *r, const struct jdoc *object, const char *key)
{
	const char *text = text_of(r, object, key);
	if (!text)
		fail(r, "not an assessment: it lacks ", key);
	return text ? text : "";
}

static int64_t number_of(struct reading *r, const struct jdoc *object, const char *key)
{
	const struct jdoc *value = jdoc_key(object, key);
	int64_t number;
	if (jdoc_number(value, &number) && number <= number_max && number >= -number_max)
		return number;
	if (value)
		fail(r, "not an assessment: no whole number of its size is ", key);
	return MODEL_ABSENT;
}

static bool truth_of(struct reading *r, const struct jdoc *object, const char *key)
{
	const struct jdoc *value = jdoc_key(object, key);
	bool truth;
	if (!jdoc_truth(value, &truth) && value)
		fail(r, "not an assessment: neither true nor false is ", key);
	return truth;
}

static char family_of(struct reading *r, const struct jdoc *object, const char *key)
{
	const char *family = text_needed(r, object, key);
	return *family && strchr(MODEL_FAMILY_LETTERS, *family) ? *family : '\0';
}

/* A list of the object, NULL if there is none; *count of it. */
static const struct jdoc *list_of(struct reading *r, const struct jdoc *object, const char *key, size_t most, size_t *count)
{
	const struct jdoc *value = jdoc_key(object, key);
	if (value && (!jdoc_is_list(value) || jdoc_count(value) > most)) {
		fail(r, "not an assessment: no list, or too long a one, is ", key);
		value = NULL;
	}
	*count = value ? jdoc_count(value) : 0;
	return value;
}

static const char **texts_of(struct reading *r, const struct jdoc *object, const char *key, size_t *count)
{
	const struct jdoc *list = list_of(r, object, key, LIST_MAX, count);
	const char **texts = *count ? arena_take(r->arena, *count * sizeof(*texts)) : NULL;
	for (size_t i = 0; texts && i < *count; i++) {
		texts[i] = text_copy(r, jdoc_item(list, i));
		if (!jdoc_text(jdoc_item(list, i), NULL))
			fail(r, "not an assessment: no texts are in ", key);
		if (!texts[i])
			texts[i] = "";
	}
	if (!texts)
		*count = 0;
	return texts;
}

static const char *letters_of(struct reading *r, const struct jdoc *object, const char *key)
{
	size_t count, used = 0;
	const char **list = texts_of(r, object, key, &count);
	char *letters = arena_take(r->arena, MODEL_FAMILIES + 1);
	for (const char *letter = MODEL_FAMILY_LETTERS; letters && *letter; letter++)
		for (size_t i = 0; i < count; i++)
			if (list[i][0] == *letter && list[i][1] == '\0') {
				letters[used++] = *letter;
				break;
			}
	return letters ? letters : "";
}

static void sums_of(struct reading *r, const struct jdoc *object, const char *key, int64_t sums[static MODEL_FAMILIES])
{
	const struct jdoc *value = jdoc_key(object, key);
	if (value && !jdoc_is_object(value))
		fail(r, "not an assessment: no sums are ", key);
	for (size_t i = 0; i < MODEL_FAMILIES; i++)
		sums[i] = number_of(r, value, (char[]){ MODEL_FAMILY_LETTERS[i], '\0' });
}

static void object_read(struct reading *r, const struct jdoc *value, const char *key, const struct shape *shape, void *one)
{
	if (!jdoc_is_object(value))
		fail(r, "not an assessment: no objects are in ", key);
	fields_read(r, value, shape, one);
	const char *wrong = shape->wrong ? shape->wrong(one) : NULL;
	if (wrong)
		fail(r, "not an assessment: no such number can be ", wrong);
}

static void *objects_of(struct reading *r, const struct jdoc *object, const struct field *f, size_t *count)
{
	const struct jdoc *list = list_of(r, object, f->key, f->of->most, count);
	char *all = *count ? arena_take(r->arena, *count * f->of->size) : NULL;
	for (size_t i = 0; all && i < *count; i++)
		object_read(r, jdoc_item(list, i), f->key, f->of, all + i * f->of->size);
	if (!all)
		*count = 0;
	return all;
}

static void *object_of(struct reading *r, const struct jdoc *object, const struct field *f)
{
	const struct jdoc *value = jdoc_key(object, f->key);
	void *one = value ? arena_take(r->arena, f->of->size) : NULL;
	if (one)
		object_read(r, value, f->key, f->of, one);
	return one;
}

static void field_read(struct reading *r, const struct jdoc *object, const struct field *f, void *one)
{
	void *at = (char *)one + f->at;
	size_t *count = (void *)((char *)one + f->count_at);
	switch (f->form) {
	case TEXT: *(const char **)at = text_of(r, object, f->key); break;
	case TEXT_NEEDED: *(const char **)at = text_needed(r, object, f->key); break;
	case NUMBER: *(int64_t *)at = number_of(r, object, f->key); break;
	case TRUTH: *(bool *)at = truth_of(r, object, f->key); break;
	case FAMILY: *(char *)at = family_of(r, object, f->key); break;
	case LETTERS: *(const char **)at = letters_of(r, object, f->key); break;
	case SUMS: sums_of(r, object, f->key, at); break;
	case TEXTS: *(const char ***)at = texts_of(r, object, f->key, count); break;
	case OBJECTS: *(void **)at = objects_of(r, object, f, count); break;
	case OBJECT: *(void **)at = object_of(r, object, f); break;
	case INSIDE: fields_read(r, jdoc_key(object, f->key), f->of, one); break;
	}
}

static void fields_read(struct reading *r, const struct jdoc *object, const struct shape *shape, void *one)
{
	for (size_t i = 0; i < shape->field_count; i++)
		field_read(r, object, &shape->fields[i], one);
}

/* ---- what an assessment holds ---- */

#define FIELD(type, name, form) { #name, form, offsetof(struct type, name), 0, NULL }
#define LIST(type, name, form, at, count, of) { name, form, offsetof(struct type, at), offsetof(struct type, count), of }
#define SHAPE_MOST(type, fields, wrong, most) { sizeof(struct type), fields, sizeof(fields) / sizeof((fields)[0]), wrong, most }
#define SHAPE(type, fields, wrong) SHAPE_MOST(type, fields, wrong, LIST_MAX)

/* What is not said is smaller than any number, and so wrong where it is needed. */
static const char *data_wrong(const void *one)
{
	const struct model_data *d = one;
	return d->build_s < 0 ? "build_s" : NULL;
}

static const struct field data_fields[] = {
	FIELD(model_data, name, TEXT_NEEDED), FIELD(model_data, sha256, TEXT_NEEDED), FIELD(model_data, build_s, NUMBER),
};
static const struct shape data_shape = SHAPE(model_data, data_fields, data_wrong);

static const char *position_wrong(const void *one)
{
	const struct model_position *p = one;
	bool right = p->latitude_1e4 >= -900000 && p->latitude_1e4 <= 900000 && p->longitude_1e4 >= -1800000 && p->longitude_1e4 <= 1800000 && p->error_km >= 0;
	return right ? NULL : "positions";
}

static const struct field position_fields[] = {
	FIELD(model_position, sensor, TEXT_NEEDED), FIELD(model_position, latitude_1e4, NUMBER), FIELD(model_position, longitude_1e4, NUMBER),
	FIELD(model_position, error_km, NUMBER),
};
static const struct shape position_shape = SHAPE(model_position, position_fields, position_wrong);

static const char *item_wrong(const void *one)
{
	const struct model_item *i = one;
	return i->rating < -4 || i->rating > 4 ? "rating" : NULL;
}

static const struct field item_fields[] = {
	LIST(model_item, "data", OBJECT, data, data, &data_shape), FIELD(model_item, family, FAMILY), FIELD(model_item, forge, TEXT_NEEDED),
	FIELD(model_item, rule, TEXT_NEEDED), FIELD(model_item, sensor, TEXT), FIELD(model_item, signal, TEXT_NEEDED), FIELD(model_item, n, NUMBER),
	FIELD(model_item, quality, NUMBER), FIELD(model_item, rating, NUMBER), FIELD(model_item, tier, NUMBER), FIELD(model_item, weight, NUMBER),
	FIELD(model_item, record_count, NUMBER), LIST(model_item, "records", TEXTS, records, records_count, NULL),
};
static const struct shape item_shape = SHAPE_MOST(model_item, item_fields, item_wrong, ITEMS_MOST);

static const struct field gate_fields[] = {
	FIELD(model_gate, fails, TEXT_NEEDED), LIST(model_gate, "for", TEXT_NEEDED, for_level, for_level, NULL), FIELD(model_gate, is, NUMBER),
	FIELD(model_gate, wants, NUMBER),
};
static const struct shape gate_shape = SHAPE_MOST(model_gate, gate_fields, NULL, KINDS_MOST);

static const struct field hypothesis_fields[] = {
	FIELD(model_hypothesis, about, TEXT_NEEDED), LIST(model_hypothesis, "class", TEXT_NEEDED, class_name, class_name, NULL),
	FIELD(model_hypothesis, type, TEXT_NEEDED), FIELD(model_hypothesis, level, TEXT_NEEDED),
	LIST(model_hypothesis, "level_without_T", TEXT_NEEDED, level_without_t, level_without_t, NULL), FIELD(model_hypothesis, net, NUMBER),
	FIELD(model_hypothesis, margin, NUMBER), FIELD(model_hypothesis, support, SUMS), FIELD(model_hypothesis, contradiction, SUMS),
	FIELD(model_hypothesis, families, LETTERS), FIELD(model_hypothesis, hard, LETTERS), FIELD(model_hypothesis, own, TRUTH),
	LIST(model_hypothesis, "hinges_on", TEXTS, hinges_on, hinges_count, NULL), LIST(model_hypothesis, "rules", TEXTS, rules, rules_count, NULL),
	LIST(model_hypothesis, "gates", OBJECTS, gates, gate_count, &gate_shape), LIST(model_hypothesis, "items", OBJECTS, items, item_count, &item_shape),
};
static const struct shape hypothesis_shape = SHAPE(model_hypothesis, hypothesis_fields, NULL);

static const struct field alternative_fields[] = {
	FIELD(model_alternative, name, TEXT_NEEDED), FIELD(model_alternative, state, TEXT_NEEDED), FIELD(model_alternative, text, TEXT_NEEDED),
};
static const struct shape alternative_shape = SHAPE_MOST(model_alternative, alternative_fields, NULL, KINDS_MOST);

static const struct field missing_fields[] = {
	FIELD(model_missing, code, TEXT_NEEDED), FIELD(model_missing, resolves, TEXT_NEEDED), FIELD(model_missing, signal, TEXT_NEEDED),
};
static const struct shape missing_shape = SHAPE_MOST(model_missing, missing_fields, NULL, KINDS_MOST);

static const struct field finding_fields[] = { FIELD(model_finding, area, TEXT_NEEDED), FIELD(model_finding, finding, TEXT_NEEDED) };
static const struct shape finding_shape = SHAPE(model_finding, finding_fields, NULL);

static const struct field trip_fields[] = {
	FIELD(model_trip, sensor, TEXT_NEEDED), FIELD(model_trip, handshakes, NUMBER), FIELD(model_trip, least_us, NUMBER),
	FIELD(model_trip, vacuum_km, NUMBER), FIELD(model_trip, fibre_km, NUMBER),
};
static const struct shape trip_shape = SHAPE(model_trip, trip_fields, NULL);

static const struct field seen_fields[] = {
	FIELD(model_subject, first, TEXT), FIELD(model_subject, last, TEXT), FIELD(model_subject, flows, NUMBER), FIELD(model_subject, validated, NUMBER),
	FIELD(model_subject, sensors, NUMBER), FIELD(model_subject, windows, NUMBER), FIELD(model_subject, cotenants, NUMBER),
	FIELD(model_subject, repeated, NUMBER), FIELD(model_subject, addresses, NUMBER),
	FIELD(model_subject, cut, TRUTH), LIST(model_subject, "round_trips", OBJECTS, trips, trip_count, &trip_shape),
};
static const struct shape seen_shape = SHAPE(model_subject, seen_fields, NULL);

static const struct field subject_fields[] = {
	LIST(model_subject, "subject", TEXT_NEEDED, text, text, NULL), LIST(model_subject, "seen", INSIDE, text, text, &seen_shape),
	FIELD(model_subject, areas_disagree, TRUTH), FIELD(model_subject, clusters_disagree, TRUTH),
	LIST(model_subject, "hypotheses", OBJECTS, hypotheses, hypothesis_count, &hypothesis_shape),
	LIST(model_subject, "alternatives", OBJECTS, alternatives, alternative_count, &alternative_shape),
	LIST(model_subject, "missing", OBJECTS, missing, missing_count, &missing_shape),
	LIST(model_subject, "findings", OBJECTS, findings, finding_count, &finding_shape),
};
static const struct shape subject_shape = SHAPE(model_subject, subject_fields, NULL);

static const struct field inputs_fields[] = {
	FIELD(report_model, method_sha256, TEXT_NEEDED), FIELD(report_model, policy_sha256, TEXT), FIELD(report_model, hypotheses_sha256, TEXT),
	LIST(report_model, "bundles", TEXTS, digests, digest_count, NULL), LIST(report_model, "data", OBJECTS, data, data_count, &data_shape),
	LIST(report_model, "positions", OBJECTS, positions, position_count, &position_shape),
};
static const struct shape inputs_shape = SHAPE(report_model, inputs_fields, NULL);

static const struct field model_fields[] = {
	FIELD(report_model, assessment_id, TEXT_NEEDED), FIELD(report_model, method, TEXT_NEEDED), FIELD(report_model, reviewed, TRUTH),
	FIELD(report_model, candidates, NUMBER), LIST(report_model, "inputs", INSIDE, digests, digests, &inputs_shape),
};
static const struct shape model_shape = SHAPE(report_model, model_fields, NULL);

static void subjects_read(struct reading *r, const struct jdoc *root, struct report_model *m)
{
	size_t count;
	const struct jdoc *list = list_of(r, root, "subjects", LIST_MAX, &count);
	m->subject_count = count < MODEL_SUBJECTS_MAX ? count : MODEL_SUBJECTS_MAX;
	m->subjects_left_out = count - m->subject_count;
	m->subjects = arena_take(r->arena, MODEL_SUBJECTS_MAX * sizeof(*m->subjects));
	for (size_t i = 0; m->subjects && i < m->subject_count; i++)
		object_read(r, jdoc_item(list, i), "subjects", &subject_shape, &m->subjects[i]);
}

enum ind_err model_read(struct report_model *m, const char *json, size_t bytes, char error[static MODEL_ERROR_BYTES])
{
	struct reading r = { .arena = &m->arena, .error = error };
	char fault[JDOC_ERROR_BYTES];
	memset(error, 0, MODEL_ERROR_BYTES);
	if (bytes > MODEL_JSON_MAX)
		return IND_LIMIT;
	struct jdoc *root = jdoc_read(json, bytes, fault);
	if (!root)
		fail(&r, "not JSON: ", fault);
	else if (!jdoc_is_object(root) || !jdoc_is_object(jdoc_key(root, "inputs")))
		fail(&r, "not an assessment: it lacks ", "inputs");
	if (!r.failed) {
		hash_sha256(json, bytes, m->json_sha256);
		fields_read(&r, root, &model_shape, m);
		subjects_read(&r, root, m);
	}
	jdoc_free(root);
	if (m->arena.failed)
		return IND_NOMEM;
	return r.failed ? IND_MALFORMED : IND_OK;
}

void model_free(struct report_model *m) { arena_free(&m->arena); }
