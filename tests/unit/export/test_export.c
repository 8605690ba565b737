/* SPDX-License-Identifier: Apache-2.0 */
/* Every format over a bundle whose records have extremes; the field table and the encoders hold each other. */
#include "export/export.h"
#include "export/json.h"
#include "export/uuid.h"
#include "query/field.h"
#include "sample.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 300, FILES_MAX = 8 };

/* What an export wrote. */
struct written {
	struct out out[FILES_MAX];
	size_t files, messages, templates;
	bool one_file;
};

static struct memory bundle;

static struct out *open_file(void *ctx, const char *file)
{
	struct written *w = ctx;
	(void)file;
	if (w->files == FILES_MAX || (w->one_file && w->files))
		return NULL;
	out_start(&w->out[w->files], NULL, NULL);
	return &w->out[w->files++];
}

static void written_free(struct written *w)
{
	for (size_t i = 0; i < w->files; i++)
		out_free(&w->out[i]);
}

static struct export_options options_for(struct written *w)
{
	return (struct export_options){ .open = open_file, .ctx = w, .tlp = IND_TLP_RED, .count_all = true };
}

static struct export *run(const struct export_info *info, const struct export_options *options, struct query_filter *filter)
{
	struct ind_source source = memory_source(&bundle);
	const struct ind_record *record;
	struct export *e;
	struct supply *s;
	ck_assert_int_eq(export_new(info, options, &e), IND_OK);
	ck_assert_int_eq(supply_open(e, &source, filter, &s), IND_OK);
	enum ind_err err;
	while ((err = supply_next(s, &record)) == IND_OK)
		ck_assert_int_eq(export_put(e, s), IND_OK);
	ck_assert_int_eq(err, IND_END);
	supply_close(s);
	ck_assert_int_eq(export_end(e), IND_OK);
	return e;
}

static bool is_database(const struct export_info *info) { return info->flags & EXPORT_DATABASE; }

START_TEST(every_format_takes_extremes)
{
	const struct export_info *info = export_at((size_t)_i);
	struct written first = { 0 }, second = { 0 };
	if (is_database(info))
		return;
	struct export_options a = options_for(&first), b = options_for(&second);
	struct export *e = run(info, &a, NULL), *again = run(info, &b, NULL);
	ck_assert_uint_eq(first.files, second.files);
	ck_assert_msg(first.out[0].used > 0, "%s writes nothing", info->name);
	for (size_t i = 0; i < first.files; i++) {
		ck_assert_uint_eq(first.out[i].used, second.out[i].used);
		ck_assert(!first.out[i].used || memcmp(first.out[i].at, second.out[i].at, first.out[i].used) == 0);
	}
	ck_assert_uint_eq(export_written(e, info->flags & EXPORT_PACKETS ? IND_REC_EXHIBIT : IND_REC_FLOW), RECORDS);
	export_free(e);
	export_free(again);
	written_free(&first);
	written_free(&second);
}
END_TEST

START_TEST(a_filter_takes_what_belongs_to_its_flows)
{
	static const char text[] = "tcp";
	struct filter_options options = { .kind = QUERY_KIND_FLOW };
	struct filter_error error;
	struct query_filter *filter;
	struct written w = { 0 };
	const struct export_info *info = export_at((size_t)_i);
	if (is_database(info) || info->flags & EXPORT_PACKETS)
		return;
	ck_assert_int_eq(query_filter_compile(text, sizeof(text) - 1, &options, &filter, &error), IND_OK);
	struct export_options o = options_for(&w);
	struct export *e = run(info, &o, filter);
	ck_assert_uint_gt(export_written(e, IND_REC_FLOW), 0);
	ck_assert_uint_lt(export_written(e, IND_REC_FLOW), RECORDS);
	export_free(e);
	query_filter_free(filter);
	written_free(&w);
}
END_TEST

/* ---- the field table ---- */

static bool is_lost(struct export *e, const char *record, const char *field)
{
	struct export_lost lost;
	for (size_t n = 0; export_lost(e, n, &lost); n++)
		if (lost.field && strcmp(lost.record, record) == 0 && strcmp(lost.field, field) == 0)
			return true;
	return false;
}

static const char *name_in(const char *format, const struct query_field *f)
{
	return strcmp(format, "zeek") == 0 ? f->zeek : strcmp(format, "ipfix") == 0 ? f->ipfix : strcmp(format, "stix") == 0 ? f->stix : "";
}

/* Fields of flows that the table names and that have no place after all: docs/export.md says so. */
static bool is_known(const char *format, const char *key)
{
	static const struct { const char *format, *keys; } known[] = { { "zeek", " tunnel " }, { "stix", " tunnel carries parent end_reason " }, { "ipfix", " " } };
	char word[64];
	snprintf(word, sizeof(word), " %s ", key);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].format, format) == 0 && strstr(known[i].keys, word))
			return true;
	return false;
}

START_TEST(what_the_table_names_is_carried)
{
	static const char *const names[] = { "zeek", "ipfix", "stix" };
	struct written w = { 0 };
	struct export_options o = options_for(&w);
	struct export *e;
	const struct query_kind *kind = &query_kinds[QUERY_KIND_FLOW];
	ck_assert_int_eq(export_new(export_find(names[_i]), &o, &e), IND_OK);
	for (size_t i = 0; i < kind->count; i++) {
		bool named = *name_in(names[_i], &kind->fields[i]) != '\0', lost = is_lost(e, "flow", kind->fields[i].key);
		if (is_known(names[_i], kind->fields[i].key))
			ck_assert_msg(lost, "%s: %s is carried", names[_i], kind->fields[i].key);
		else if (named)
			ck_assert_msg(!lost, "%s: %s has a name and no place", names[_i], kind->fields[i].key);
		else
			ck_assert_msg(lost || strcmp(kind->fields[i].key, "record") == 0, "%s: %s has no name and is not lost", names[_i], kind->fields[i].key);
	}
	export_free(e);
	written_free(&w);
}
END_TEST

START_TEST(formats_of_everything_lose_nothing)
{
	static const char *const names[] = { "eve", "ecs", "timesketch", "csv", "protobuf-rows" };
	struct written w = { 0 };
	struct export_options o = options_for(&w);
	struct export_lost lost;
	struct export *e;
	ck_assert_int_eq(export_new(export_find(names[_i]), &o, &e), IND_OK);
	for (size_t n = 0; export_lost(e, n, &lost); n++)
		ck_assert_msg(!lost.field, "%s loses %s", names[_i], lost.field);
	export_free(e);
	written_free(&w);
}
END_TEST

START_TEST(the_first_file_alone_says_what_is_missing)
{
	struct written w = { .one_file = true };
	struct export_options o = options_for(&w);
	struct export_lost lost;
	unsigned signals = 0, kinds = 0;
	struct export *e = run(export_find("csv"), &o, NULL);
	ck_assert_uint_eq(w.files, 1);
	for (size_t n = 0; export_lost(e, n, &lost); n++) {
		signals += strcmp(lost.record, "signal") == 0 && lost.field && lost.count > 0 && lost.count != IND_ABSENT_U64;
		kinds += !lost.field && lost.count == RECORDS;
	}
	ck_assert_uint_gt(signals, 0);
	ck_assert_uint_eq(kinds, 3); /* exhibits, claims, origins */
	export_free(e);
	written_free(&w);
}
END_TEST

/* ---- IPFIX as datagrams ---- */

static enum ind_err take_message(void *ctx, const void *bytes, size_t count)
{
	struct written *w = ctx;
	const uint8_t *at = bytes;
	ck_assert_uint_ge(count, 16);
	ck_assert_uint_le(count, EXPORT_MESSAGE_BYTES);
	ck_assert_uint_eq(at[0] << 8 | at[1], 10);
	ck_assert_uint_eq((size_t)(at[2] << 8 | at[3]), count);
	w->messages++;
	w->templates += (at[16] << 8 | at[17]) == 2;
	return IND_OK;
}

static struct out *open_socket(void *ctx, const char *file)
{
	struct written *w = ctx;
	(void)file;
	out_start(&w->out[0], take_message, w);
	w->files = 1;
	return &w->out[0];
}

START_TEST(datagrams_are_whole_messages)
{
	struct written w = { 0 };
	struct export_options o = { .open = open_socket, .ctx = &w, .datagrams = true };
	struct export *e = run(export_find("ipfix"), &o, NULL);
	ck_assert_int_eq(export_flush(e), IND_OK);
	ck_assert_uint_gt(w.messages, 20);
	ck_assert_uint_gt(w.templates, 1);
	export_free(e);
	written_free(&w);
}
END_TEST

START_TEST(a_flush_hands_over_what_waits)
{
	struct written w = { 0 };
	struct export_options o = { .open = open_socket, .ctx = &w, .datagrams = true };
	struct ind_source source = memory_source(&bundle);
	const struct ind_record *record;
	struct export *e;
	struct supply *s;
	size_t flows = 0;
	ck_assert_int_eq(export_new(export_find("ipfix"), &o, &e), IND_OK);
	ck_assert_int_eq(supply_open(e, &source, NULL, &s), IND_OK);
	while (supply_next(s, &record) == IND_OK) {
		ck_assert_int_eq(export_put(e, s), IND_OK);
		ck_assert_int_eq(export_flush(e), IND_OK);
		flows += record->kind == IND_REC_FLOW;
		ck_assert_uint_ge(w.messages, flows);
	}
	ck_assert_uint_eq(flows, RECORDS);
	supply_close(s);
	export_free(e);
	written_free(&w);
}
END_TEST

/* ---- pieces ---- */

START_TEST(identifiers_follow_rfc_9562)
{
	static const uint8_t dns[UUID_BYTES] = { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };
	uint8_t uuid[UUID_BYTES];
	char text[UUID_TEXT];
	struct uuid_set set = { 0 };
	bool is_new;
	uuid_of(dns, "www.example.com", 15, uuid);
	ck_assert_str_eq(uuid_text(uuid, text), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 5000; i++) {
			uuid_of(dns, &i, sizeof(i), uuid);
			ck_assert_int_eq(uuid_add(&set, uuid, &is_new), IND_OK);
			ck_assert_int_eq(is_new, round == 0);
		}
	}
	uuid_set_free(&set);
}
END_TEST

START_TEST(names_with_dots_become_objects)
{
	static struct json j;
	struct out o;
	out_start(&o, NULL, NULL);
	json_start(&j);
	ck_assert(json_text(&j, "tls.sni", "a\"b"));
	ck_assert(json_u64(&j, "tls_more", 1));
	ck_assert(json_u64(&j, "tls.client.ja3", 2));
	ck_assert(json_text(&j, "tls.list", "x"));
	json_list(&j);
	ck_assert(json_u64(&j, "b", 4));
	ck_assert(json_u64(&j, "b", 3));
	json_put(&j, &o);
	out_char(&o, '\0');
	ck_assert_str_eq(o.at, "{\"b\":[4,3],\"tls\":{\"client\":{\"ja3\":2},\"list\":[\"x\"],\"sni\":\"a\\\"b\"},\"tls_more\":1}");
	out_free(&o);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("export");
	struct keys keys;
	const uint8_t seed[32] = { 7 };
	keys_make(&keys, 1);
	sample_bundle(&bundle, RECORDS, &keys, seed);
	tcase_add_loop_test(tcase, every_format_takes_extremes, 0, (int)export_count());
	tcase_add_loop_test(tcase, a_filter_takes_what_belongs_to_its_flows, 0, (int)export_count());
	tcase_add_loop_test(tcase, what_the_table_names_is_carried, 0, 3);
	tcase_add_loop_test(tcase, formats_of_everything_lose_nothing, 0, 5);
	tcase_add_test(tcase, the_first_file_alone_says_what_is_missing);
	tcase_add_test(tcase, datagrams_are_whole_messages);
	tcase_add_test(tcase, a_flush_hands_over_what_waits);
	tcase_add_test(tcase, identifiers_follow_rfc_9562);
	tcase_add_test(tcase, names_with_dots_become_objects);
	int status = suite_run("export", tcase);
	keys_free(&keys);
	memory_free(&bundle);
	return status;
}
