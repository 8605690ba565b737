/* SPDX-License-Identifier: Apache-2.0 */
/* What is gathered does not depend on the order of records; windows, hours, systems; texts of own files, also broken ones. */
#include "assess/assess.h"
#include "indicia/catalogue.h"
#include "support/suite.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOWS = 200, SIGNALS = 5, VALUE = 64 };
#define SECOND_NS UINT64_C(1000000000)
#define HOUR_NS (3600 * SECOND_NS)
#define START_NS (UINT64_C(1790000000) * SECOND_NS)

static uint64_t state = 7;

static uint32_t rnd(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static struct ind_record records[FLOWS];
static struct ind_signal signals[FLOWS][SIGNALS];
static char values[FLOWS][SIGNALS][VALUE];

static void signal_make(size_t flow, size_t at, unsigned id, const char *value)
{
	snprintf(values[flow][at], VALUE, "%s", value);
	signals[flow][at] = (struct ind_signal){ .id = (uint16_t)id, .from = IND_SRC, .value = values[flow][at], .value_bytes = (uint16_t)strlen(value), .time_ns = START_NS + flow * SECOND_NS };
}

static void flow_make(size_t i)
{
	static const char *const languages[] = { "de-DE,de;q=0.9", "pt", "en-US", "ES", "x" };
	char number[24];
	records[i] = (struct ind_record){ .kind = IND_REC_FLOW, .id = { .leaf = i / 7, .row = (uint32_t)(i % 7) } };
	struct ind_flow *f = &records[i].flow.flow;
	*f = (struct ind_flow){
		.start_ns = START_NS + rnd(100) * HOUR_NS / 2, .packets = { 10, 10 }, .client_rtt_us = 1000 + rnd(20), .server_rtt_us = 5, .addr = { { 192, 0, 2, 1 }, { 198, 51, 100, 2 } },
		.port = { 40000, (uint16_t)(443 + rnd(2)) }, .ip_version = 4, .proto = 6, .validated = (uint8_t)rnd(5), .ttl_min = { (uint8_t)(50 + rnd(2)), 60 },
	};
	f->ttl_max[0] = f->ttl_min[0];
	f->end_ns = f->start_ns + SECOND_NS;
	snprintf(number, sizeof(number), "%d", (int)rnd(90000) - 2000);
	signal_make(i, 0, IND_SIG_PATH_CROSS_LAYER, number);
	signal_make(i, 1, IND_SIG_TLS_JA4, rnd(2) ? "t13d1516h2_8daaf6152771_b0da82dd1658" : "t13d190900_9dc949149365_97f8aa674fd9");
	signal_make(i, 2, IND_SIG_HTTP_ACCEPT_LANG, languages[rnd(5)]);
	signal_make(i, 3, IND_SIG_TCP_SYN, "v4:t52:w64240:m1380:s7:o2-4-8-1-3:qdi");
	signal_make(i, 4, IND_SIG_MAIL_DATE, rnd(2) ? "Mon, 23 Nov 2026 10:00:00 +0530" : "Mon, 23 Nov 2026 10:00:00 -0300 (x)");
	records[i].flow.signals = signals[i];
	records[i].flow.signal_count = SIGNALS;
}

static struct subject *gather(const size_t *order)
{
	struct subject *s = calloc(1, sizeof(*s));
	ck_assert_ptr_nonnull(s);
	subject_start(s);
	s->kind = SUBJECT_ADDRESS;
	for (size_t i = 0; i < FLOWS; i++)
		ck_assert(subject_flow(s, &records[order[i]], IND_SRC, 0, true));
	subject_settle(s);
	return s;
}

static void same_evidence(const struct evidence *a, const struct evidence *b)
{
	ck_assert_uint_eq(a->n, b->n);
	ck_assert_uint_eq(a->id_count, b->id_count);
	ck_assert_mem_eq(a->id, b->id, a->id_count * sizeof(a->id[0]));
}

static void same_subject(const struct subject *a, const struct subject *b)
{
	same_evidence(&a->flows, &b->flows);
	same_evidence(&a->validated, &b->validated);
	same_evidence(&a->unanswered, &b->unanswered);
	same_evidence(&a->rtt[0].least, &b->rtt[0].least);
	ck_assert_uint_eq(subject_windows(a), subject_windows(b));
	ck_assert_uint_eq(a->cluster_count, b->cluster_count);
	for (size_t i = 0; i < a->cluster_count; i++) {
		ck_assert_uint_eq(a->clusters[i].key, b->clusters[i].key);
		ck_assert_int_eq(a->clusters[i].turn_us, b->clusters[i].turn_us);
		same_evidence(&a->clusters[i].turns, &b->clusters[i].turns);
	}
	ck_assert_uint_eq(a->language_count, b->language_count);
	for (size_t i = 0; i < a->language_count; i++) {
		ck_assert_str_eq(a->languages[i].tag, b->languages[i].tag);
		same_evidence(&a->languages[i].asked, &b->languages[i].asked);
	}
	ck_assert_uint_eq(a->offset_count, b->offset_count);
	for (size_t i = 0; i < a->offset_count; i++)
		ck_assert_int_eq(a->offsets[i].minutes, b->offsets[i].minutes);
	ck_assert_uint_eq(a->mark_count, b->mark_count);
	for (size_t i = 0; i < a->mark_count; i++)
		same_evidence(&a->marks[i].seen, &b->marks[i].seen);
}

START_TEST(order_of_records_never_matters)
{
	size_t order[FLOWS];
	for (size_t i = 0; i < FLOWS; i++) {
		flow_make(i);
		order[i] = i;
	}
	struct subject *first = gather(order);
	ck_assert_uint_eq(first->flows.n, FLOWS);
	ck_assert_uint_eq(first->cluster_count, 4);
	ck_assert_uint_eq(first->language_count, 4);
	ck_assert_uint_eq(first->offset_count, 2);
	ck_assert_int_eq(first->offsets[0].minutes, -180);
	ck_assert_int_eq(first->offsets[1].minutes, 330);
	ck_assert_uint_eq(first->mark_count, 3);
	for (unsigned round = 0; round < 20; round++) {
		for (size_t i = FLOWS - 1; i > 0; i--) {
			size_t k = rnd((uint32_t)i + 1), swap = order[i];
			order[i] = order[k];
			order[k] = swap;
		}
		struct subject *again = gather(order);
		same_subject(first, again);
		subject_free(again);
		free(again);
	}
	subject_free(first);
	free(first);
}
END_TEST

/* Starts at these hours; windows as counted by the rule. */
static unsigned windows_of(const unsigned *hours, size_t count)
{
	struct hour_span spans[8];
	struct subject s = { .hours = spans, .hour_count = count };
	for (size_t i = 0; i < count; i++)
		spans[i] = (struct hour_span){ hours[i], hours[i] * HOUR_NS, hours[i] * HOUR_NS + HOUR_NS / 2 };
	return subject_windows(&s);
}

/* Values that no collector writes are no values. */
START_TEST(numbers_out_of_form_say_nothing)
{
	static const char *const broken[] = { "", "-", "x", "12x", "9223372036854775807", "-9223372036854775808", "99999999999999999999999999", " 1" };
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct subject *b = calloc(1, sizeof(*b));
		ck_assert_ptr_nonnull(b);
		flow_make(0);
		signal_make(0, 0, IND_SIG_PATH_CROSS_LAYER, broken[i]);
		subject_start(b);
		b->kind = SUBJECT_ADDRESS;
		ck_assert(subject_flow(b, &records[0], IND_SRC, 0, true));
		ck_assert_msg(b->cluster_count == 0, "'%s'", broken[i]);
		subject_free(b);
		free(b);
	}
}
END_TEST

/* Is the sender of one packet told to have an address that can never be a source? */
static bool is_bogon_from(unsigned version, const char *from, const char *to, uint8_t proto, uint16_t sport, uint16_t dport)
{
	struct subject *b = calloc(1, sizeof(*b));
	struct ind_record record = { .kind = IND_REC_FLOW };
	struct ind_flow *f = &record.flow.flow;
	ck_assert_ptr_nonnull(b);
	*f = (struct ind_flow){ .start_ns = START_NS, .end_ns = START_NS, .packets = { 1, 0 }, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32,
		.port = { sport, dport }, .ip_version = (uint8_t)version, .proto = proto };
	ck_assert_int_eq(inet_pton(version == 4 ? AF_INET : AF_INET6, from, f->addr[0]), 1);
	ck_assert_int_eq(inet_pton(version == 4 ? AF_INET : AF_INET6, to, f->addr[1]), 1);
	subject_start(b);
	b->kind = SUBJECT_FILTER;
	ck_assert(subject_flow(b, &record, IND_SRC, 0, false));
	bool bogon = b->bogon.n != 0;
	subject_free(b);
	free(b);
	return bogon;
}

START_TEST(addresses_that_are_no_source)
{
	enum { IGMP = 2, TCP = 6, UDP = 17, ICMP6 = 58 };
	static const char *const never[] = { "0.1.2.3", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "127.0.0.1" };
	static const char *const some[] = { "10.0.0.1", "192.168.1.1", "198.51.100.1", "169.254.1.1", "223.255.255.254", "1.0.0.0" };
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		ck_assert_msg(is_bogon_from(4, never[i], "198.51.100.7", TCP, 40000, 80), "%s", never[i]);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		ck_assert_msg(!is_bogon_from(4, some[i], "198.51.100.7", TCP, 40000, 80), "%s", some[i]);
	ck_assert(!is_bogon_from(4, "127.0.0.1", "127.0.0.2", TCP, 40000, 80));
	ck_assert(!is_bogon_from(6, "::1", "::1", TCP, 40000, 80));
	ck_assert(is_bogon_from(6, "::1", "2001:db8::1", TCP, 40000, 80));
	ck_assert(is_bogon_from(6, "ff02::1", "2001:db8::1", UDP, 40000, 53));
	ck_assert(!is_bogon_from(6, "fe80::1", "ff02::1", ICMP6, 134, 0));
	/* Hosts that have no address yet. */
	ck_assert(!is_bogon_from(4, "0.0.0.0", "255.255.255.255", UDP, 68, 67));
	ck_assert(!is_bogon_from(4, "0.0.0.0", "224.0.0.1", IGMP, 0, 0));
	ck_assert(!is_bogon_from(6, "::", "ff02::1:ff76:6c14", ICMP6, 135, 0));
	ck_assert(is_bogon_from(4, "0.0.0.0", "198.51.100.7", TCP, 40000, 80));
	ck_assert(is_bogon_from(4, "0.0.0.0", "198.51.100.7", UDP, 67, 68));
	ck_assert(is_bogon_from(6, "::", "2001:db8::1", TCP, 40000, 80));
}
END_TEST

START_TEST(windows_are_a_day_apart)
{
	ck_assert_uint_eq(windows_of(NULL, 0), 0);
	ck_assert_uint_eq(windows_of((unsigned[]){ 10 }, 1), 1);
	ck_assert_uint_eq(windows_of((unsigned[]){ 10, 20, 33 }, 3), 1);
	ck_assert_uint_eq(windows_of((unsigned[]){ 10, 34 }, 2), 2);
	ck_assert_uint_eq(windows_of((unsigned[]){ 10, 33, 34, 57, 58 }, 5), 3);
}
END_TEST

/* Hours 9 to 17 of working days at an offset. */
static struct hours_fit at_work(int offset, unsigned days)
{
	uint64_t cells[1024];
	size_t count = 0;
	for (unsigned d = 1; d <= days; d++)
		for (int h = 9; h < 17; h += 2)
			cells[count++] = (uint64_t)((int)d * 24 + h - offset);
	return hours_fit_of(cells, count);
}

START_TEST(hours_fit_their_offset)
{
	for (int offset = -8; offset <= 8; offset++) {
		struct hours_fit fit = at_work(offset, 28);
		ck_assert(fit.judged && fit.uneven);
		ck_assert_msg(fit.first <= offset && offset <= fit.last, "%d not in %d..%d", offset, fit.first, fit.last);
		ck_assert_uint_ge(fit.width, 6);
		ck_assert_uint_le(fit.width, 12);
	}
	ck_assert(!at_work(0, 8).judged);
	uint64_t even[480];
	for (size_t i = 0; i < 480; i++)
		even[i] = i;
	struct hours_fit fit = hours_fit_of(even, 480);
	ck_assert(fit.judged && !fit.uneven);
	ck_assert(!hours_fit_of(even, 0).judged);
}
END_TEST

static enum system syn_of(const char *text)
{
	struct ind_signal syn = { .id = IND_SIG_TCP_SYN, .value = text, .value_bytes = (uint16_t)strlen(text) };
	return system_of_syn(&syn);
}

static enum system named(unsigned id, const char *text)
{
	struct ind_signal signal = { .id = (uint16_t)id, .value = text, .value_bytes = (uint16_t)strlen(text) };
	return system_declared(&signal);
}

START_TEST(systems)
{
	ck_assert_int_eq(syn_of("v4:t52:w64240:m1460:s7:o2-4-8-1-3:qdi"), SYSTEM_LINUX);
	ck_assert_int_eq(syn_of("v4:t117:w64240:m1460:s8:o2-1-3-1-1-4:qdi"), SYSTEM_WINDOWS);
	ck_assert_int_eq(syn_of("v4:t57:w65535:m1460:s6:o2-1-3-1-1-8-4-0-0:qd"), SYSTEM_APPLE);
	ck_assert_int_eq(syn_of("v4:t57:w1024:m-:s-:o-:q"), SYSTEM_UNKNOWN);
	ck_assert_int_eq(syn_of(""), SYSTEM_UNKNOWN);
	ck_assert_int_eq(syn_of(":o"), SYSTEM_UNKNOWN);
	ck_assert_int_eq(named(IND_SIG_HTTP_USER_AGENT, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"), SYSTEM_APPLE);
	ck_assert_int_eq(named(IND_SIG_HTTP_USER_AGENT, "Mozilla/5.0 (Linux; Android 14)"), SYSTEM_LINUX);
	ck_assert_int_eq(named(IND_SIG_SSH_BANNER, "SSH-2.0-OpenSSH_for_Windows_9.5"), SYSTEM_WINDOWS);
	ck_assert_int_eq(named(IND_SIG_TLS_SNI, "windows.example"), SYSTEM_UNKNOWN);
}
END_TEST

/* Broken texts are refused or taken, and never do harm; what is refused says why. */
START_TEST(broken_texts)
{
	static const char *const words[] = { "ORIGIN_NET", "ORIGIN_AREA", "OPERATOR_ENV", "AS64500", "ES", "utc:", "+1..+9", "lang:es", "#", "disable", "S10", "require", "ACC", "LIMITED", "net", "80",
		"\n", " ", "\t", "-", "99999999999", "AS", "\xff", "x", "S99", "breadth", "2", "9.0.0.0/8", "::/0", "STRONG" };
	for (unsigned round = 0; round < 3000; round++) {
		char text[256] = "", error[ASSESS_ERROR_BYTES] = "";
		struct assess *a = assess_new();
		ck_assert_ptr_nonnull(a);
		for (size_t used = 0, n = rnd(14); n && used < sizeof(text) - 40; n--)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", words[rnd(sizeof(words) / sizeof(words[0]))], rnd(3) ? " " : "");
		enum ind_err err = assess_hypotheses(a, text, strlen(text), error);
		ck_assert(err == IND_OK || (err == IND_MALFORMED && error[0]));
		error[0] = '\0';
		err = assess_policy(a, text, strlen(text), error);
		ck_assert(err == IND_OK || (err == IND_MALFORMED && error[0]));
		error[0] = '\0';
		err = assess_subject(a, text, NULL, error);
		ck_assert(err == IND_OK || error[0]);
		assess_free(a);
	}
}
END_TEST

START_TEST(subjects)
{
	char error[ASSESS_ERROR_BYTES];
	struct assess *a = assess_new();
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(assess_subject(a, "192.0.2.1", NULL, error), IND_OK);
	ck_assert_int_eq(assess_subject(a, "2001:db8::/32", NULL, error), IND_OK);
	ck_assert_int_eq(assess_subject(a, "2001:DB8:0::/32", NULL, error), IND_USAGE);
	ck_assert_int_eq(assess_subject(a, "192.0.2.1/24", NULL, error), IND_USAGE);
	ck_assert_int_eq(assess_subject(a, "192.0.2.0/33", NULL, error), IND_USAGE);
	ck_assert_int_eq(assess_subject(a, "192.0.2.0/", NULL, error), IND_USAGE);
	ck_assert_int_eq(assess_subject(a, "Freedonia", NULL, error), IND_USAGE);
	ck_assert_ptr_nonnull(strstr(error, "State"));
	ck_assert_uint_eq(assess_subject_count(a), 2);
	assess_free(a);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("subject");
	tcase_add_test(c, order_of_records_never_matters);
	tcase_add_test(c, numbers_out_of_form_say_nothing);
	tcase_add_test(c, addresses_that_are_no_source);
	tcase_add_test(c, windows_are_a_day_apart);
	tcase_add_test(c, hours_fit_their_offset);
	tcase_add_test(c, systems);
	tcase_add_test(c, broken_texts);
	tcase_add_test(c, subjects);
	return suite_run("subject", c);
}
