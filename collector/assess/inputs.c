/* SPDX-License-Identifier: Apache-2.0 */
/* What an assessment is made of, in one canonical text: its digest is the assessment_id. */
#include "assess/inside.h"
#include "assess/canonical.h"
#include "base/hash.h"
#include <stdlib.h>
#include <string.h>

static int by_digest(const void *a, const void *b) { return memcmp(a, b, IND_SHA256_BYTES); }

static int by_data(const void *a, const void *b)
{
	const struct assess_data *const *x = a, *const *y = b;
	return memcmp((*x)->sha256, (*y)->sha256, IND_SHA256_BYTES);
}

static int by_sensor(const void *a, const void *b)
{
	const struct assess_sensor *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

static void data_json(const struct assess *a, struct canonical *j)
{
	const struct assess_data *order[DATA_SETS_MAX];
	for (size_t i = 0; i < a->data_count; i++)
		order[i] = &a->data[i];
	if (a->data_count)
		qsort(order, a->data_count, sizeof(*order), by_data);
	canonical_open(j, "data", '[');
	for (size_t i = 0; i < a->data_count; i++) {
		canonical_open(j, NULL, '{');
		canonical_number(j, "build_s", (int64_t)order[i]->build_s);
		canonical_text(j, "name", order[i]->name);
		canonical_hex(j, "sha256", order[i]->sha256, IND_SHA256_BYTES);
		canonical_close(j, '}');
	}
	canonical_close(j, ']');
}

static void positions_json(const struct assess *a, struct canonical *j)
{
	const struct assess_sensor *order[SENSORS_MAX];
	for (size_t i = 0; i < a->sensor_count; i++)
		order[i] = &a->sensors[i];
	if (a->sensor_count)
		qsort(order, a->sensor_count, sizeof(*order), by_sensor);
	canonical_open(j, "positions", '[');
	for (size_t i = 0; i < a->sensor_count; i++) {
		if (!order[i]->has_position)
			continue;
		canonical_open(j, NULL, '{');
		canonical_number(j, "error_km", order[i]->error_km);
		canonical_number(j, "latitude_1e4", order[i]->latitude_1e4);
		canonical_number(j, "longitude_1e4", order[i]->longitude_1e4);
		canonical_text(j, "sensor", order[i]->id);
		canonical_close(j, '}');
	}
	canonical_close(j, ']');
}

void inputs_json(const struct assess *a, struct canonical *j, const char *key)
{
	canonical_open(j, key, '{');
	canonical_open(j, "bundles", '[');
	for (size_t i = 0; i < a->bundle_count; i++)
		canonical_hex(j, NULL, a->bundles[i], IND_SHA256_BYTES);
	canonical_close(j, ']');
	data_json(a, j);
	if (a->refdata)
		canonical_true(j, "data_given", true);
	if (a->since_s)
		canonical_number(j, "data_since_s", (int64_t)a->since_s);
	if (a->extra_count)
		canonical_hex(j, "hypotheses_sha256", a->extra_sha256, IND_SHA256_BYTES);
	canonical_text(j, "method", METHOD_ID);
	canonical_hex(j, "method_sha256", a->method_sha256, IND_SHA256_BYTES);
	if (a->policy.given)
		canonical_hex(j, "policy_sha256", a->policy.sha256, IND_SHA256_BYTES);
	positions_json(a, j);
	canonical_open(j, "subjects", '[');
	for (size_t i = 0; i < a->subject_count; i++)
		canonical_text(j, NULL, a->subjects[i].text);
	canonical_close(j, ']');
	canonical_close(j, '}');
}

void assess_inputs_json(const struct assess *a, struct out *out) { inputs_json(a, &(struct canonical){ .out = out }, NULL); }

enum ind_err inputs_identify(struct assess *a)
{
	struct out out;
	enum ind_err err = method_digest(a->method_sha256);
	if (a->bundle_count)
		qsort(a->bundles, a->bundle_count, sizeof(*a->bundles), by_digest);
	out_start(&out, NULL, NULL);
	assess_inputs_json(a, &out);
	err = err == IND_OK ? out.err : err;
	if (err == IND_OK)
		hash_sha256(out.at, out.used, a->id);
	out_free(&out);
	return err;
}
