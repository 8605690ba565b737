/* SPDX-License-Identifier: Apache-2.0 */
/* What an assessment is made of, in one canonical text: its digest is the assessment_id. */
#include "assess/inside.h"
#include "assess/json.h"
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

static void data_json(const struct assess *a, struct json *j)
{
	const struct assess_data *order[DATA_SETS_MAX];
	for (size_t i = 0; i < a->data_count; i++)
		order[i] = &a->data[i];
	if (a->data_count)
		qsort(order, a->data_count, sizeof(*order), by_data);
	json_open(j, "data", '[');
	for (size_t i = 0; i < a->data_count; i++) {
		json_open(j, NULL, '{');
		json_number(j, "build_s", (int64_t)order[i]->build_s);
		json_text(j, "name", order[i]->name);
		json_hex(j, "sha256", order[i]->sha256, IND_SHA256_BYTES);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void positions_json(const struct assess *a, struct json *j)
{
	const struct assess_sensor *order[SENSORS_MAX];
	for (size_t i = 0; i < a->sensor_count; i++)
		order[i] = &a->sensors[i];
	if (a->sensor_count)
		qsort(order, a->sensor_count, sizeof(*order), by_sensor);
	json_open(j, "positions", '[');
	for (size_t i = 0; i < a->sensor_count; i++) {
		if (!order[i]->has_position)
			continue;
		json_open(j, NULL, '{');
		json_number(j, "error_km", order[i]->error_km);
		json_number(j, "latitude_1e4", order[i]->latitude_1e4);
		json_number(j, "longitude_1e4", order[i]->longitude_1e4);
		json_text(j, "sensor", order[i]->id);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void inputs_json(const struct assess *a, struct json *j, const char *key)
{
	json_open(j, key, '{');
	json_open(j, "bundles", '[');
	for (size_t i = 0; i < a->bundle_count; i++)
		json_hex(j, NULL, a->bundles[i], IND_SHA256_BYTES);
	json_close(j, ']');
	data_json(a, j);
	if (a->since_s)
		json_number(j, "data_since_s", (int64_t)a->since_s);
	if (a->extra_count)
		json_hex(j, "hypotheses_sha256", a->extra_sha256, IND_SHA256_BYTES);
	json_text(j, "method", METHOD_ID);
	json_hex(j, "method_sha256", a->method_sha256, IND_SHA256_BYTES);
	if (a->policy.given)
		json_hex(j, "policy_sha256", a->policy.sha256, IND_SHA256_BYTES);
	positions_json(a, j);
	json_open(j, "subjects", '[');
	for (size_t i = 0; i < a->subject_count; i++)
		json_text(j, NULL, a->subjects[i].text);
	json_close(j, ']');
	json_close(j, '}');
}

void assess_inputs_json(const struct assess *a, struct out *out) { inputs_json(a, &(struct json){ .out = out }, NULL); }

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
