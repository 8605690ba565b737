/* SPDX-License-Identifier: Apache-2.0 */
/* Embedded addresses (S06), declarations against what else a connection sent (S20, S22), names of accounts and computers (S26), clocks (S29),
 * keys in use (S31), sessions (S32), indicators (S35): each at its threshold, and one step below. */
#include "assess/inside.h"
#include "indicia/catalogue.h"
#include "support/suite.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNALS = 4, VALUE = 128 };
#define SECOND_NS UINT64_C(1000000000)
#define NOW_S UINT64_C(1790000000) /* 2026-09-21T14:13:20Z */

static struct assess *a;
static struct ind_signal signals[SIGNALS];
static char values[SIGNALS][VALUE];
static size_t signal_count;
static uint64_t leaf;

static void setup(void)
{
	char error[ASSESS_ERROR_BYTES];
	a = assess_new();
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(assess_subject(a, "192.0.2.1", NULL, error), IND_OK);
	ck_assert_int_eq(assess_subject(a, "192.0.2.2", NULL, error), IND_OK);
	signal_count = 0;
	leaf = 0;
}

static void teardown(void) { assess_free(a); }

static void signal_at(unsigned id, enum ind_dir from, uint64_t time_ns, const char *value)
{
	snprintf(values[signal_count], VALUE, "%s", value);
	signals[signal_count] = (struct ind_signal){ .id = (uint16_t)id, .side = (uint8_t)from, .from = (uint8_t)from, .value = values[signal_count], .value_bytes = (uint16_t)strlen(value), .time_ns = time_ns };
	signal_count++;
}

static void signal_add(unsigned id, const char *value) { signal_at(id, IND_SRC, NOW_S * SECOND_NS, value); }

/* One validated flow of a subject, as the client or as the server, with the signals added since the last one. */
static void flow_add(size_t subject, enum ind_dir me)
{
	struct ind_record record = { .kind = IND_REC_FLOW, .id = { .leaf = leaf++ }, .flow.signals = signals, .flow.signal_count = signal_count };
	record.flow.flow = (struct ind_flow){ .start_ns = NOW_S * SECOND_NS, .end_ns = (NOW_S + 1) * SECOND_NS, .packets = { 9, 9 }, .ip_version = 4, .proto = 6,
		.validated = IND_VALID_HANDSHAKE, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32 };
	record.flow.flow.addr[me][0] = 192;
	record.flow.flow.addr[me][2] = 2;
	record.flow.flow.addr[me][3] = (uint8_t)(subject + 1);
	ck_assert(subject_flow(&a->subjects[subject], &record, me, 0, true));
	signal_count = 0;
}

static void conclude(void)
{
	shared_find(a);
	ck_assert_int_eq(assess_conclude(a), IND_OK);
}

static size_t fired(enum method_rule_id rule)
{
	size_t count = 0;
	for (size_t i = 0; i < a->conclusions[0].item_count; i++)
		count += a->conclusions[0].notes[i].rule == rule;
	return count;
}

static int32_t weight_of(enum method_rule_id rule)
{
	for (size_t i = 0; i < a->conclusions[0].item_count; i++)
		if (a->conclusions[0].notes[i].rule == rule)
			return a->conclusions[0].weights[i];
	return -1;
}

static const char *missing_code(unsigned signal)
{
	struct missing list[LEDGER_SIGNALS_END];
	size_t count = missing_of(a, 0, list);
	for (size_t i = 0; i < count; i++)
		if (list[i].signal == signal)
			return list[i].code;
	return "";
}

/* ---- S06 ---- */

static void claims_are(const char *outer, const char *embedded)
{
	const struct ind_claim of_outer = { .kind = IND_CLAIM_RIR, .registered_country = { outer[0], outer[1] }, .ip_version = 4 };
	const struct ind_claim of_embedded = { .kind = IND_CLAIM_RIR, .registered_country = { embedded[0], embedded[0] ? embedded[1] : '\0' }, .ip_version = 4 };
	a->data_count = 1;
	ck_assert(subject_claim(&a->subjects[0], &of_outer, 0, NULL));
	if (embedded[0])
		ck_assert(subject_embedded_claim(&a->subjects[0], &of_embedded, 0, NULL));
}

static const struct { unsigned id; const char *value, *embedded; size_t fires; const char *missing; } embedded[] = {
	{ IND_SIG_ADDR_6TO4, "198.51.100.7", "FR", 1, "" }, { IND_SIG_ADDR_NAT64, "198.51.100.7", "ES", 0, "" },
	{ IND_SIG_ADDR_TEREDO, "203.0.113.9 198.51.100.7:40000", "FR", 1, "" }, { IND_SIG_ADDR_6TO4, "198.51.100.7", "", 0, "NOT_SEEN" },
};

START_TEST(embedded_address_elsewhere)
{
	static const uint8_t inside[IND_ADDR_BYTES] = { 198, 51, 100, 7 }, server[IND_ADDR_BYTES] = { 203, 0, 113, 9 };
	signal_add(embedded[_i].id, embedded[_i].value);
	flow_add(0, IND_SRC);
	ck_assert(embedded_has(&a->subjects[0], 4, inside));
	ck_assert(!embedded_has(&a->subjects[0], 4, server));
	ck_assert(!embedded_has(&a->subjects[0], 6, inside));
	claims_are("ES", embedded[_i].embedded);
	conclude();
	ck_assert_uint_eq(fired(RULE_S06_ELSEWHERE), embedded[_i].fires);
	ck_assert_str_eq(missing_code(6), embedded[_i].missing);
	if (embedded[_i].fires)
		ck_assert_int_eq(weight_of(RULE_S06_ELSEWHERE), 7);
}
END_TEST

/* ---- S20, S22 ---- */

#define FIREFOX "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
#define CHROME "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"

static const struct { const char *agent, *ja4; bool other; } hellos[] = {
	{ FIREFOX, "t13d1715h2_5b57614c22b0_3d5424432f57", false }, { FIREFOX, "t12d1715h2_5b57614c22b0_3d5424432f57", true }, { CHROME, "t13d171500_5b57614c22b0_3d5424432f57", true },
	{ CHROME, "q13d0310h3_55b375c5d22e_cd85d2d88918", false }, { "curl/7.88.1", "t12d171500_5b57614c22b0_3d5424432f57", false },
	{ "Mozilla/5.0 Firefox/65.0", "t12d171500_5b57614c22b0_3d5424432f57", false }, { "Mozilla/5.0 Firefox/66", "t12d171500_5b57614c22b0_3d5424432f57", true }, { FIREFOX, "t12", false },
};

START_TEST(hello_of_another_program)
{
	signal_add(IND_SIG_HTTP_USER_AGENT, hellos[_i].agent);
	signal_add(IND_SIG_TLS_JA4, hellos[_i].ja4);
	flow_add(0, IND_SRC);
	ck_assert_uint_eq(a->subjects[0].hello_other.n, hellos[_i].other);
	conclude();
	ck_assert_uint_eq(fired(RULE_S20_STAGED), hellos[_i].other);
}
END_TEST

static const struct { const char *agent, *order; bool other; } orders[] = {
	{ FIREFOX, "Host,User-Agent,Accept,Accept-Language,Accept-Encoding,Connection", false }, { FIREFOX, "Host,User-Agent,Accept,Accept-Language", true },
	{ FIREFOX, "Host,Connection,User-Agent,Accept,Accept-Encoding", true }, { FIREFOX, "User-Agent,Proxy-Connection,Connection,Host", false },
	{ CHROME, "Host,Connection,Upgrade-Insecure-Requests,User-Agent,Accept,Accept-Encoding,Accept-Language", false }, { CHROME, "Host,User-Agent,Accept", true },
	{ CHROME, "Host,Proxy-Connection,User-Agent", false }, { "curl/7.88.1", "Host,User-Agent,Accept", false },
};

START_TEST(order_of_another_program)
{
	for (unsigned n = 0; n < 3; n++) {
		signal_add(IND_SIG_HTTP_USER_AGENT, orders[_i].agent);
		signal_add(IND_SIG_HTTP_HEADER_ORDER, orders[_i].order);
		flow_add(0, IND_SRC);
	}
	conclude();
	ck_assert_uint_eq(fired(RULE_S22_STAGED), orders[_i].other);
}
END_TEST

START_TEST(two_requests_are_too_few)
{
	for (unsigned n = 0; n < 2; n++) {
		signal_add(IND_SIG_HTTP_USER_AGENT, FIREFOX);
		signal_add(IND_SIG_HTTP_HEADER_ORDER, "Host,User-Agent,Accept");
		flow_add(0, IND_SRC);
	}
	conclude();
	ck_assert_uint_eq(fired(RULE_S22_STAGED), 0);
}
END_TEST

/* ---- S26 ---- */

static const struct { const char *user; size_t languages; } users[] = {
	{ "Administrador", 2 }, { "Administrateur", 1 }, { "Administratör", 1 }, { "Администратор", 1 }, { "Administrator", 0 }, { "administrador", 0 }, { "jane", 0 },
};

START_TEST(accounts_have_a_language)
{
	signal_add(IND_SIG_NTLM_USER, users[_i].user);
	flow_add(0, IND_SRC);
	conclude();
	ck_assert_uint_eq(fired(RULE_S26_ACCOUNT), users[_i].languages);
}
END_TEST

START_TEST(a_name_of_another_language_than_is_asked_for)
{
	for (unsigned n = 0; n < 3; n++) {
		signal_add(IND_SIG_HTTP_ACCEPT_LANG, _i ? "pt-BR" : "fr-FR");
		signal_add(IND_SIG_NTLM_USER, "Administrador");
		flow_add(0, IND_SRC);
	}
	conclude();
	ck_assert_uint_eq(fired(RULE_S24_STAGED), !_i);
}
END_TEST

static const struct { const char *first, *second; int rule; } computers[] = {
	{ "SRV-0417", "SRV-0417", RULE_S26_NAME }, { "WIN-0A1B2C3D4E5", "WIN-0A1B2C3D4E5", RULE_S26_INSTALLER }, { "WIN-backoffice1", "WIN-backoffice1", RULE_S26_NAME },
	{ "WORKSTATION", "WORKSTATION", -1 }, { "Kali", "Kali", -1 }, { "SRV-0417", "SRV-0418", -1 },
};

START_TEST(names_of_computers)
{
	signal_add(IND_SIG_NTLM_WORKSTATION, computers[_i].first);
	flow_add(0, IND_SRC);
	signal_add(IND_SIG_NTLM_WORKSTATION, computers[_i].second);
	flow_add(1, IND_SRC);
	conclude();
	for (int rule = RULE_S26_NAME; rule <= RULE_S26_INSTALLER; rule++)
		ck_assert_uint_eq(fired((enum method_rule_id)rule), rule == computers[_i].rule);
}
END_TEST

/* Which of two subjects is named first does not matter: a shared address or a capture of one side halves the sample of their link, whosever it is. */
START_TEST(a_link_is_as_good_as_its_worse_end)
{
	bool shared = _i / 2 % 2, half = _i / 4;
	for (size_t subject = 0; subject < 2; subject++)
		for (unsigned n = 0; n < 3; n++) {
			signal_add(IND_SIG_NTLM_WORKSTATION, "SRV-0417");
			flow_add(subject, IND_SRC);
		}
	a->subjects[_i % 2].cotenants = shared ? 9 : 1;
	a->subjects[_i % 2].one_way.n = half ? 4 : 0;
	conclude();
	ck_assert_int_eq(weight_of(RULE_S26_NAME), shared && half ? 8 : shared || half ? 17 : 35);
}
END_TEST

/* ---- S35 ---- */

static const struct { const char *first, *second, *label; enum method_rule_id rule; int32_t weight; } indicators[] = {
	{ "A2", "A1", "x", RULE_S35_GRADED, 35 }, { "A2", "C3", "x", RULE_S35_SAME, 15 }, { "C3", "D3", "x", RULE_S35_SAME, 0 }, { "B4", "B1", "x", RULE_S35_SAME, 0 }, { "", "A1", "x", RULE_S35_SAME, 0 },
	{ "A1", "A1", "y", RULE_S35_SAME, -1 },
};

START_TEST(labels_of_one_source)
{
	for (size_t subject = 0; subject < 2; subject++) {
		const char *grade = subject ? indicators[_i].second : indicators[_i].first;
		const struct ind_claim claim = { .kind = IND_CLAIM_IOC, .ip_version = 4, .grade = { grade[0], grade[0] ? grade[1] : '\0' }, .label = { subject ? indicators[_i].label : "x", 1 } };
		ck_assert(subject_claim(&a->subjects[subject], &claim, 0, NULL));
		flow_add(subject, IND_SRC);
	}
	a->data_count = 1;
	a->data[0].build_s = NOW_S;
	conclude();
	ck_assert_uint_eq(fired(RULE_S35_SAME) + fired(RULE_S35_GRADED), indicators[_i].weight >= 0);
	ck_assert_int_eq(weight_of(indicators[_i].rule), indicators[_i].weight);
}
END_TEST

/* ---- S32 ---- */

/* A client of two addresses is linked with itself, and not with the server that issued the ticket. */
START_TEST(tickets_link_those_who_show_them)
{
	for (size_t subject = 0; subject < 2; subject++) {
		for (unsigned n = 0; n < 4; n++)
			signal_at(IND_SIG_TLS_TICKET, subject || !_i ? IND_SRC : IND_DST, NOW_S * SECOND_NS, n % 2 ? "6f1e" : "9b07");
		flow_add(subject, subject || !_i ? IND_SRC : IND_DST);
	}
	conclude();
	ck_assert_uint_eq(fired(RULE_S32_SAME), !_i);
	ck_assert_uint_eq(fired(RULE_S32_NEAR), !_i);
	if (!_i)
		ck_assert_int_eq(weight_of(RULE_S32_NEAR), 22);
}
END_TEST

/* ---- S29 ---- */

static void ntp_add(size_t subject, unsigned n, int64_t ahead_ms, uint64_t after_s)
{
	char text[VALUE];
	for (unsigned i = 0; i < n; i++) {
		uint64_t ms = (uint64_t)((int64_t)((NOW_S + after_s + i) * 1000) + ahead_ms - (int64_t)i), day_s = ms / 1000 - (NOW_S - 51200); /* since 2026-09-21 */
		snprintf(text, sizeof(text), "2026-09-%02uT%02u:%02u:%02u.%03uZ", (unsigned)(21 + day_s / 86400), (unsigned)(day_s % 86400 / 3600), (unsigned)(day_s % 3600 / 60),
			(unsigned)(day_s % 60), (unsigned)(ms % 1000));
		signal_at(IND_SIG_NTP_TIMESTAMP, IND_SRC, (NOW_S + after_s + i) * SECOND_NS, text);
		flow_add(subject, IND_SRC);
	}
}

/* The first subject is ahead by so much at the beginning and at the end; the second one is ahead by 5 s. */
static const struct { int64_t first_ms, last_ms; unsigned n; bool same; } clocks[] = {
	{ 5000, 5000, 3, true }, { 5050, 5050, 3, true }, { 5051, 5051, 3, false }, { 5000, 5050, 3, true }, { 5000, 4900, 3, false }, { 5000, 5000, 2, false }, { 900, 900, 3, false },
};

START_TEST(clocks_that_agree)
{
	ntp_add(0, clocks[_i].n, clocks[_i].first_ms, 0);
	ntp_add(0, clocks[_i].n, clocks[_i].last_ms, 3600);
	ntp_add(1, 3, 5000, 0);
	ntp_add(1, 3, 5000, 3600);
	conclude();
	ck_assert_uint_eq(fired(RULE_S29_SAME), clocks[_i].same);
}
END_TEST

START_TEST(clocks_that_follow_ntp_link_nobody)
{
	for (size_t subject = 0; subject < 2; subject++) {
		ntp_add(subject, 6, 20, 0);
		ntp_add(subject, 6, 20, 3600);
	}
	conclude();
	ck_assert_uint_eq(fired(RULE_S29_SAME), 0);
	ck_assert_uint_eq(fired(RULE_S29_HOURS), 0);
}
END_TEST

START_TEST(clocks_that_were_seen_at_once_have_no_drift)
{
	for (size_t subject = 0; subject < 2; subject++)
		ntp_add(subject, 12, 5000, 0);
	conclude();
	ck_assert_uint_eq(fired(RULE_S29_SAME), 0);
}
END_TEST

static const struct { int64_t ahead_ms; int hours; } hours[] = {
	{ 3 * 3600000, 3 }, { 3 * 3600000 + 60000, 3 }, { 3 * 3600000 + 60004, 0 }, { -5 * 3600000 - 59000, -5 }, { 15 * 3600000, 0 }, { 1800000, 0 }, { 10, 0 },
};

START_TEST(clocks_set_to_local_time)
{
	ntp_add(0, 5, hours[_i].ahead_ms, 0);
	struct clock_state state = clock_state_of(&a->subjects[0], false);
	ck_assert_int_eq(clock_hours(&state), hours[_i].hours);
	conclude();
	ck_assert_uint_eq(fired(RULE_S29_HOURS), hours[_i].hours != 0);
}
END_TEST

START_TEST(dates_of_requests_and_of_the_day)
{
	signal_at(IND_SIG_HTTP_DATE, IND_SRC, NOW_S * SECOND_NS, "Mon, 21 Sep 2026 14:13:25 GMT");
	flow_add(0, IND_SRC);
	signal_at(IND_SIG_ICMP_TIMESTAMP, IND_SRC, NOW_S * SECOND_NS, "51201250");
	flow_add(0, IND_SRC);
	static const char *const broken[] = { "Mon, 21 Foo 2026 14:13:25 GMT", "Monday, 21-Sep-26 14:13:25 GMT", "Mon, 21 Sep 2026 14:13:25 CET", "Mon, 21 Sep 2026 99:13:25 GMT", "" };
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		signal_at(IND_SIG_HTTP_DATE, IND_SRC, NOW_S * SECOND_NS, broken[i]);
		flow_add(0, IND_SRC);
	}
	signal_at(IND_SIG_ICMP_TIMESTAMP, IND_SRC, NOW_S * SECOND_NS, "86400000");
	flow_add(0, IND_SRC);
	ck_assert_uint_eq(a->subjects[0].reading_count, 2);
	ck_assert_int_eq(a->subjects[0].readings[0].ahead_ms, 5000);
	ck_assert(!a->subjects[0].readings[0].fine);
	ck_assert_int_eq(a->subjects[0].readings[1].ahead_ms, 1250);
	ck_assert(a->subjects[0].readings[1].fine);
}
END_TEST

/* ---- S31 ---- */

/* A key, and what the client says once it has found it in use. */
static const struct { unsigned key, went_on; const char *value; } keys[] = {
	{ IND_SIG_TLS_SPKI_SHA256, IND_SIG_PATH_CROSS_LAYER, "400" }, { IND_SIG_SSH_HOSTKEY, IND_SIG_SSH_NEWKEYS, "21" },
};

static void key_shown(size_t subject, size_t at, bool completed)
{
	signal_at(keys[at].key, IND_DST, NOW_S * SECOND_NS, "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
	if (completed)
		signal_at(keys[at].went_on, IND_SRC, NOW_S * SECOND_NS, keys[at].value);
	flow_add(subject, IND_DST);
}

START_TEST(a_key_that_is_only_shown_is_none)
{
	key_shown(0, (size_t)_i, false);
	ck_assert_uint_eq(a->subjects[0].mark_count, 0);
	key_shown(0, (size_t)_i, true);
	ck_assert_uint_eq(a->subjects[0].mark_count, 1);
}
END_TEST

START_TEST(keys_link_those_who_have_them)
{
	bool copied = _i % 2;
	key_shown(0, (size_t)_i / 2, true);
	key_shown(1, (size_t)_i / 2, !copied);
	conclude();
	ck_assert_uint_eq(fired(RULE_S31_SAME), !copied);
	if (!copied)
		ck_assert_int_eq(weight_of(RULE_S31_SAME), 75);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

int main(void)
{
	TCase *c = tcase_create("declared");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, embedded_address_elsewhere, 0, COUNT(embedded));
	tcase_add_loop_test(c, hello_of_another_program, 0, COUNT(hellos));
	tcase_add_loop_test(c, order_of_another_program, 0, COUNT(orders));
	tcase_add_test(c, two_requests_are_too_few);
	tcase_add_loop_test(c, accounts_have_a_language, 0, COUNT(users));
	tcase_add_loop_test(c, a_name_of_another_language_than_is_asked_for, 0, 2);
	tcase_add_loop_test(c, a_link_is_as_good_as_its_worse_end, 0, 8);
	tcase_add_loop_test(c, names_of_computers, 0, COUNT(computers));
	tcase_add_loop_test(c, labels_of_one_source, 0, COUNT(indicators));
	tcase_add_loop_test(c, tickets_link_those_who_show_them, 0, 2);
	tcase_add_loop_test(c, clocks_that_agree, 0, COUNT(clocks));
	tcase_add_test(c, clocks_that_follow_ntp_link_nobody);
	tcase_add_test(c, clocks_that_were_seen_at_once_have_no_drift);
	tcase_add_loop_test(c, clocks_set_to_local_time, 0, COUNT(hours));
	tcase_add_test(c, dates_of_requests_and_of_the_day);
	tcase_add_loop_test(c, a_key_that_is_only_shown_is_none, 0, COUNT(keys));
	tcase_add_loop_test(c, keys_link_those_who_have_them, 0, 2 * COUNT(keys));
	return suite_run("declared", c);
}
