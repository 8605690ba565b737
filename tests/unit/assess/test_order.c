/* SPDX-License-Identifier: Apache-2.0 */
/* The same records in another order are the same assessment, to the byte: flows, ORIGIN records and claims of two subjects, shuffled together. */
#include "assess/inside.h"
#include "indicia/catalogue.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOWS = 160, ORIGINS = 12, CLAIMS = 40, RECORDS = FLOWS + ORIGINS + CLAIMS, SIGNALS = 10, VALUE = 80, CELLS = 90, ROUNDS = 30 };
#define SECOND_NS UINT64_C(1000000000)
#define HOUR_NS (3600 * SECOND_NS)
#define NOW_S UINT64_C(1790000000)

static uint64_t state = 11;

static uint32_t rnd(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static struct ind_record records[RECORDS];
static struct ind_signal signals[FLOWS][SIGNALS];
static char values[FLOWS][SIGNALS][VALUE];
static uint64_t cells[ORIGINS][CELLS];
static uint8_t subject_of[RECORDS];

static const struct { uint16_t id; const char *values[3]; } said[SIGNALS] = {
	{ IND_SIG_PATH_CROSS_LAYER, { "71000", "1200", "-300" } }, { IND_SIG_PATH_PREHELLO, { "73000", "200", "9000" } },
	{ IND_SIG_TLS_JA4, { "t13d1516h2_8daaf6152771_b0da82dd1658", "t13d190900_9dc949149365_97f8aa674fd9", "t12d190900_9dc949149365_97f8aa674fd9" } },
	{ IND_SIG_TCP_SYN, { "v4:t52:w64240:m1380:s7:o2-4-8-1-3:qdi", "v4:t117:w64240:m1460:s8:o2-1-3-1-1-4:qdi", "v4:t52:w64240:m1420:s7:o2-4-8-1-3:qdi" } },
	{ IND_SIG_HTTP_USER_AGENT, { "Mozilla/5.0 (Windows NT 10.0; rv:115.0) Firefox/115.0", "curl/8 (Linux)", "x" } },
	{ IND_SIG_HTTP_HEADER_ORDER, { "Host,User-Agent,Accept", "Host,User-Agent", "Host,Connection" } }, { IND_SIG_HTTP_ACCEPT_LANG, { "pt-BR", "fr", "en-US" } },
	{ IND_SIG_MAIL_DATE, { "Mon, 23 Nov 2026 10:00:00 +0530", "Mon, 23 Nov 2026 10:00:00 -0300", "Mon, 23 Nov 2026 10:00:00 +0100" } },
	{ IND_SIG_TLS_TICKET, { "0a", "0b", "0c" } }, { IND_SIG_NTP_TIMESTAMP, { "2026-09-21T17:13:20.1Z", "2026-09-21T17:13:20.2Z", "2026-09-21T17:13:21Z" } },
};

static void flow_make(size_t i)
{
	struct ind_record *r = &records[i];
	struct ind_flow *f = &r->flow.flow;
	*r = (struct ind_record){ .kind = IND_REC_FLOW };
	*f = (struct ind_flow){
		.start_ns = NOW_S * SECOND_NS + rnd(100) * HOUR_NS / 2, .packets = { 10, 10 }, .client_rtt_us = 1000 + rnd(20), .server_rtt_us = 5, .addr = { { 192, 0, 2, (uint8_t)(1 + subject_of[i]) }, { 198, 51, 100, 2 } },
		.port = { 40000, (uint16_t)(443 + rnd(2)) }, .ip_version = 4, .proto = 6, .validated = (uint8_t)rnd(5), .ttl_min = { (uint8_t)(50 + rnd(2)), 60 }, .ttl_max = { 52, 60 },
	};
	f->end_ns = f->start_ns + SECOND_NS;
	for (size_t k = 0; k < SIGNALS; k++) {
		snprintf(values[i][k], VALUE, "%s", said[k].values[rnd(3)]);
		signals[i][k] = (struct ind_signal){ .id = said[k].id, .value = values[i][k], .value_bytes = (uint16_t)strlen(values[i][k]), .time_ns = NOW_S * SECOND_NS + rnd(100) };
	}
	r->flow.signals = signals[i];
	r->flow.signal_count = SIGNALS;
}

static void origin_make(size_t i, uint64_t list[static CELLS])
{
	struct ind_origin *o = &records[i].origin;
	records[i] = (struct ind_record){ .kind = IND_REC_ORIGIN };
	for (size_t k = 0; k < CELLS; k++)
		list[k] = 497000 + k / 4 * 24 + 7 + k % 4 * 2;
	*o = (struct ind_origin){ .cotenants = (uint16_t)(1 + rnd(3)), .cell_count = CELLS, .cells = list, .rtt_samples = 60 + rnd(3), .rtt_min_us = 900 + rnd(9), .rtt_p50_us = 1100 + rnd(9), .rtt_span_s = 700,
		.beacons = rnd(2), .beacon = { .period_ms = 60000 + rnd(5), .intervals = (uint8_t)(30 + rnd(3)), .port = 443, .proto = 6 } };
	for (unsigned n = 0; n < IND_WATCHED_PLACES; n++)
		o->silent[n] = (uint8_t)rnd(IND_MISSING_COUNT);
	for (unsigned n = 0; n < IND_FAMILY_COUNT; n++)
		o->missing[n] = (uint8_t)rnd(IND_MISSING_COUNT);
}

static void claim_make(size_t i)
{
	static const char places[][2] = { { 'E', 'S' }, { 'J', 'P' }, { 'F', 'R' } }, status[] = "invalid";
	struct ind_claim *c = &records[i].claim;
	records[i] = (struct ind_record){ .kind = IND_REC_CLAIM };
	*c = (struct ind_claim){ .kind = (uint8_t)rnd(IND_CLAIM_KIND_COUNT), .data_set = (uint16_t)rnd(3), .asn = 64500 + rnd(3), .radius_km = rnd(2) ? 50 : IND_ABSENT_U32, .day = rnd(2) ? 20717 : 0,
		.more_asn_count = (uint8_t)rnd(2), .more_asn = { 64510 }, .status = { status + (rnd(2) ? 2 : 0), 5 }, .label = { status, (uint16_t)rnd(3) } };
	memcpy(c->country, places[rnd(3)], 2);
	memcpy(c->registered_country, places[rnd(3)], 2);
}

static void all_make(void)
{
	for (size_t i = 0; i < RECORDS; i++) {
		subject_of[i] = (uint8_t)rnd(2);
		if (i < FLOWS)
			flow_make(i);
		else if (i < FLOWS + ORIGINS)
			origin_make(i, cells[i - FLOWS]);
		else
			claim_make(i);
		records[i].id = (struct ind_record_id){ .leaf = i / 7, .row = (uint32_t)(i % 7) };
	}
}

static void take(struct subject *s, const struct ind_record *r)
{
	if (r->kind == IND_REC_FLOW)
		ck_assert(subject_flow(s, r, IND_SRC, 0, true));
	else if (r->kind == IND_REC_ORIGIN)
		ck_assert(subject_origin(s, r));
	else
		ck_assert(subject_claim(s, &r->claim, r->claim.data_set, &r->id));
}

static struct assess *assessed(const size_t *order)
{
	char error[ASSESS_ERROR_BYTES];
	struct assess *a = assess_new();
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(assess_subject(a, "192.0.2.1", NULL, error), IND_OK);
	ck_assert_int_eq(assess_subject(a, "192.0.2.2", NULL, error), IND_OK);
	a->sensor_count = 1;
	a->sensors[0] = (struct assess_sensor){ "near", true, true, 404200, -37000, 5, geo_point_of(404200, -37000) };
	for (; a->data_count < 3; a->data_count++)
		a->data[a->data_count] = (struct assess_data){ .name = "set", .sha256 = { (uint8_t)a->data_count }, .build_s = NOW_S };
	for (size_t i = 0; i < RECORDS; i++)
		take(&a->subjects[subject_of[order[i]]], &records[order[i]]);
	shared_find(a);
	ck_assert_int_eq(assess_conclude(a), IND_OK);
	return a;
}

static void same_text(const struct assess *a, const struct assess *b, void (*write)(const struct assess *a, struct out *out))
{
	struct out one, other;
	out_start(&one, NULL, NULL);
	out_start(&other, NULL, NULL);
	write(a, &one);
	write(b, &other);
	ck_assert_int_eq(one.err, IND_OK);
	ck_assert_uint_gt(one.used, 4000);
	ck_assert_uint_eq(one.used, other.used);
	ck_assert_mem_eq(one.at, other.at, one.used);
	out_free(&one);
	out_free(&other);
}

static void table_whole(const struct assess *a, struct out *out) { assess_table(a, out, 0); }

/* The next word of a text; 0 bytes at its end. */
static struct ind_text word_of(const struct out *o, size_t *at)
{
	while (*at < o->used && strchr(" \n", o->at[*at]))
		++*at;
	size_t from = *at;
	while (*at < o->used && !strchr(" \n", o->at[*at]))
		++*at;
	return (struct ind_text){ o->at + from, (uint16_t)(*at - from) };
}

/* At a terminal of 80 columns no line but one of a single long word is longer, and no word is lost. */
START_TEST(a_table_for_a_terminal)
{
	enum { COLUMNS = 80 };
	size_t order[RECORDS], one = 0, other = 0, column = 0, longest = 0;
	struct out whole, broken;
	all_make();
	for (size_t i = 0; i < RECORDS; i++)
		order[i] = i;
	struct assess *made = assessed(order);
	out_start(&whole, NULL, NULL);
	out_start(&broken, NULL, NULL);
	assess_table(made, &whole, 0);
	assess_table(made, &broken, COLUMNS);
	for (size_t i = 0; i < broken.used; i++) {
		column = broken.at[i] == '\n' ? 0 : column + 1;
		longest = column > longest ? column : longest;
	}
	ck_assert_uint_le(longest, COLUMNS);
	for (struct ind_text word = word_of(&whole, &one); word.bytes; word = word_of(&whole, &one)) {
		struct ind_text same = word_of(&broken, &other);
		ck_assert_uint_eq(same.bytes, word.bytes);
		ck_assert_mem_eq(same.at, word.at, word.bytes);
	}
	ck_assert_uint_eq(word_of(&broken, &other).bytes, 0);
	out_free(&whole);
	out_free(&broken);
	assess_free(made);
}
END_TEST

START_TEST(records_in_any_order)
{
	size_t order[RECORDS];
	all_make();
	for (size_t i = 0; i < RECORDS; i++)
		order[i] = i;
	struct assess *first = assessed(order);
	ck_assert_uint_gt(first->conclusions[0].item_count, 20);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = RECORDS - 1; i > 0; i--) {
			size_t k = rnd((uint32_t)i + 1), swap = order[i];
			order[i] = order[k];
			order[k] = swap;
		}
		struct assess *again = assessed(order);
		same_text(first, again, assess_json);
		same_text(first, again, table_whole);
		assess_free(again);
	}
	assess_free(first);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("order");
	tcase_set_timeout(c, 120);
	tcase_add_test(c, records_in_any_order);
	tcase_add_test(c, a_table_for_a_terminal);
	return suite_run("order", c);
}
