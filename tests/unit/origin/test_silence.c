/* SPDX-License-Identifier: Apache-2.0 */
/* Why families and signals are silent: docs/method.md, "Silence". The client is record 0, the server record 1. */
#include "gather.h"

static struct gathered seen;

static void one_flow(const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	struct origin_set *set = gather_new();
	gather_flow(set, flow, signals, count);
	gather_all(set, &seen);
}

static void tls(uint8_t proto, uint16_t port, const char *version)
{
	struct ind_flow f = gather_exchange(1, 1, port, 0);
	struct ind_signal s[] = { gather_signal(IND_SIG_TLS_VERSION, IND_SRC, "1.3"),
		gather_signal(IND_SIG_TLS_VERSION, IND_DST, version) };
	f.proto = proto;
	one_flow(&f, s, 2);
}

START_TEST(certificates_of_tls_13_are_hidden)
{
	static const struct {
		uint8_t proto;
		const char *version;
		bool hidden;
	} cases[] = {
		{ 6, "1.3", true },
		{ 6, "1.3-draft23", true },
		{ 6, "1.2", false },
		{ 6, "1.", false },
		{ 17, "1.3", true },
		{ 17, "dtls1.3", true },
		{ 17, "dtls1.2", false },
		{ 17, "dtls1.0", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		tls(cases[i].proto, 443, cases[i].version);
		const struct ind_origin *client = &seen.origin[0], *server = &seen.origin[1];
		ck_assert_uint_eq(server->silent[IND_WATCHED_TLS_CERT], cases[i].hidden ? IND_MISSING_ENCRYPTED : IND_MISSING_NONE);
		ck_assert_uint_eq(server->silent[IND_WATCHED_TLS_ISSUER], server->silent[IND_WATCHED_TLS_CERT]);
		ck_assert_uint_eq(server->silent[IND_WATCHED_TLS_TICKET], server->silent[IND_WATCHED_TLS_CERT]);
		ck_assert_uint_eq(server->missing[IND_FAMILY_I], cases[i].hidden ? IND_MISSING_ENCRYPTED : IND_MISSING_NOT_SEEN);
		ck_assert_uint_eq(server->silent[IND_WATCHED_HTTP_DATE], IND_MISSING_ENCRYPTED);
		ck_assert_uint_eq(client->silent[IND_WATCHED_HTTP_HOST], IND_MISSING_ENCRYPTED);
		ck_assert_uint_eq(client->silent[IND_WATCHED_TLS_CERT], IND_MISSING_NONE);
		ck_assert_uint_eq(client->missing[IND_FAMILY_I], IND_MISSING_ENCRYPTED);
		ck_assert_uint_eq(client->missing[IND_FAMILY_L], IND_MISSING_ENCRYPTED);
		ck_assert_uint_eq(client->missing[IND_FAMILY_A], IND_MISSING_NONE);
	}
}
END_TEST

START_TEST(names_inside_tls_are_hidden_by_port)
{
	tls(6, 853, "1.3");
	ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_DNS_QNAME], IND_MISSING_ENCRYPTED);
	tls(6, 443, "1.3");
	ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_DNS_QNAME], IND_MISSING_NONE);
}
END_TEST

START_TEST(ssh_and_esp_hide_what_they_carry)
{
	struct ind_flow f = gather_exchange(1, 1, 22, 0);
	struct ind_signal s = gather_signal(IND_SIG_SSH_HASSH, IND_SRC, "x");
	one_flow(&f, &s, 1);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_I], IND_MISSING_ENCRYPTED);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_L], IND_MISSING_ENCRYPTED);
	ck_assert_uint_eq(seen.origin[1].missing[IND_FAMILY_L], IND_MISSING_NOT_SEEN);
	f.proto = 50;
	one_flow(&f, NULL, 0);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_A], IND_MISSING_ENCRYPTED);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_H], IND_MISSING_NOT_SEEN);
}
END_TEST

START_TEST(numbers_of_packets_take_packets)
{
	struct ind_flow f = gather_exchange(1, 1, 22, 0);
	struct ind_signal s = gather_signal(IND_SIG_IP_ID_CLASS, IND_DST, "zero");
	one_flow(&f, &s, 1);
	ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_IP_ID_CLASS], f.ip_version == 4 ? IND_MISSING_BELOW_MIN_SAMPLE : IND_MISSING_NONE);
	ck_assert_uint_eq(seen.origin[1].silent[IND_WATCHED_IP_ID_CLASS], IND_MISSING_NONE);
	f.ip_version = f.ip_version == 4 ? 6 : 4;
	one_flow(&f, &s, 1);
	ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_IP_ID_CLASS], f.ip_version == 4 ? IND_MISSING_BELOW_MIN_SAMPLE : IND_MISSING_NONE);
}
END_TEST

START_TEST(a_clock_takes_time)
{
	static const struct {
		const char *syn, *synack, *skew;
		enum ind_missing client, server;
	} cases[] = {
		{ "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-", "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-", NULL, IND_MISSING_BELOW_MIN_SAMPLE,
			IND_MISSING_BELOW_MIN_SAMPLE },
		{ "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-", "v4:t64:w64240:m1460:s7:o2-4-1-3:q-", NULL, IND_MISSING_BELOW_MIN_SAMPLE,
			IND_MISSING_NONE },
		{ "v4:t8:w8:m8:s8:o2-4-1-3:q-", "v4:t8:w8:m8:s8:o2-18:q-", NULL, IND_MISSING_NONE, IND_MISSING_NONE },
		{ "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-", "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-", "1.00+-0.20", IND_MISSING_NONE,
			IND_MISSING_BELOW_MIN_SAMPLE },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ind_flow f = gather_exchange(1, 1, 22, 0);
		struct ind_signal s[] = {
			gather_signal(IND_SIG_TCP_SYN, IND_SRC, cases[i].syn),
			gather_signal(IND_SIG_TCP_SYNACK, IND_DST, cases[i].synack),
			gather_signal(IND_SIG_TCP_CLOCK_SKEW, IND_SRC, cases[i].skew ? cases[i].skew : "-"),
		};
		one_flow(&f, s, cases[i].skew ? 3 : 2);
		ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_CLOCK_SKEW], cases[i].client);
		ck_assert_uint_eq(seen.origin[1].silent[IND_WATCHED_CLOCK_SKEW], cases[i].server);
		ck_assert_uint_eq(seen.origin[1].silent[IND_WATCHED_TS_HZ], cases[i].server);
	}
}
END_TEST

START_TEST(what_the_capture_lacks_is_the_sensors_limit)
{
	struct ind_flow f = gather_exchange(1, 1, 80, 0);
	f.tcp_flags[IND_SRC] = f.tcp_flags[IND_DST] = 0x18;
	one_flow(&f, NULL, 0);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_uint_eq(seen.origin[i].missing[IND_FAMILY_H], IND_MISSING_SENSOR_LIMIT);
		ck_assert_uint_eq(seen.origin[i].missing[IND_FAMILY_A], IND_MISSING_SENSOR_LIMIT);
		ck_assert_uint_eq(seen.origin[i].silent[IND_WATCHED_PATH_RTT_MIN], IND_MISSING_SENSOR_LIMIT);
	}
	f = gather_exchange(1, 1, 80, 0);
	f.packets[IND_DST] = f.payload[IND_DST] = 0;
	f.validated = IND_VALID_ONE_WAY;
	one_flow(&f, NULL, 0);
	ck_assert_uint_eq(seen.count, 1);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_V], IND_MISSING_SENSOR_LIMIT);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_P], IND_MISSING_NONE);
	ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_PATH_RTT_MIN], IND_MISSING_SENSOR_LIMIT);
	/* A lone SYN that nobody answered is no fault of the sensor. */
	f.validated = IND_VALID_UNTESTABLE;
	f.payload[IND_SRC] = 0;
	f.tcp_flags[IND_SRC] = 2;
	one_flow(&f, NULL, 0);
	ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_PATH_RTT_MIN], IND_MISSING_NONE);
}
END_TEST

START_TEST(reference_data_without_an_answer_are_not_missing)
{
	static const uint64_t all[IND_SIGNAL_SET_WORDS] = { UINT64_MAX, UINT64_MAX };
	struct ind_flow f = gather_exchange(1, 1, 80, 0);
	struct origin_set *set;
	ck_assert_int_eq(origin_set_new(all, IND_CLAIM_COUNTRY, &set), IND_OK);
	gather_flow(set, &f, NULL, 0);
	gather_all(set, &seen);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_T], IND_MISSING_NOT_SEEN);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_E], IND_MISSING_REFDATA);
}
END_TEST

START_TEST(what_is_not_recorded_says_so)
{
	uint64_t some[IND_SIGNAL_SET_WORDS] = {
		UINT64_MAX & ~(UINT64_C(1) << IND_SIG_TLS_CERT_SHA256) & ~(UINT64_C(1) << IND_SIG_TIME_CELLS), UINT64_MAX
	};
	struct ind_flow f = gather_exchange(1, 1, 443, 0);
	struct ind_signal s = gather_signal(IND_SIG_TLS_VERSION, IND_DST, "1.3");
	struct origin_set *set;
	ck_assert_int_eq(origin_set_new(some, 0, &set), IND_OK);
	gather_flow(set, &f, &s, 1);
	gather_all(set, &seen);
	ck_assert_uint_eq(seen.origin[1].silent[IND_WATCHED_TLS_CERT], IND_MISSING_POLICY);
	ck_assert_uint_eq(seen.origin[1].silent[IND_WATCHED_TLS_SPKI], IND_MISSING_ENCRYPTED);
	ck_assert_uint_eq(seen.origin[1].missing[IND_FAMILY_I], IND_MISSING_POLICY);
	ck_assert_uint_eq(seen.origin[0].silent[IND_WATCHED_TIME_CELLS], IND_MISSING_POLICY);
	ck_assert_uint_eq(seen.origin[0].cell_count, 0);
	ck_assert_uint_eq(seen.origin[0].missing[IND_FAMILY_C], IND_MISSING_POLICY);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("silence");
	tcase_add_test(t, certificates_of_tls_13_are_hidden);
	tcase_add_test(t, names_inside_tls_are_hidden_by_port);
	tcase_add_test(t, ssh_and_esp_hide_what_they_carry);
	tcase_add_test(t, numbers_of_packets_take_packets);
	tcase_add_test(t, a_clock_takes_time);
	tcase_add_test(t, what_the_capture_lacks_is_the_sensors_limit);
	tcase_add_test(t, reference_data_without_an_answer_are_not_missing);
	tcase_add_test(t, what_is_not_recorded_says_so);
	return suite_run("origin.silence", t);
}
