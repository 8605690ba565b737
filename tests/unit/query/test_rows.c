/* SPDX-License-Identifier: Apache-2.0 */
/* Records become the rows of the contract: every key, and nothing for what was not seen. */
#include "indicia/catalogue.h"
#include "query/rows.h"
#include "query/value.h"
#include "support/suite.h"
#include <string.h>

static struct query_row row;
static struct rows_context context = {
	.sensor = "fra-01", .data_set_count = 1, .data_sets = { { "geo.mmdb", 1795000000 } }, .parent = "3f9a6c01:9:1",
};

static void json_is(const char *want)
{
	struct out out;
	out_start(&out, NULL, NULL);
	value_json_row(&out, &row, NULL, row.kind->count);
	out_char(&out, '\0');
	ck_assert_int_eq(out.err, IND_OK);
	ck_assert_str_eq(out.at, want);
	out_free(&out);
}

static struct ind_record record_of(enum ind_record_kind kind)
{
	return (struct ind_record){ .kind = kind, .id = { .stream_id = { 0x3f, 0x9a, 0x6c, 0x01 }, .leaf = 12, .row = 345 } };
}

static struct ind_record tcp_flow(void)
{
	struct ind_record r = record_of(IND_REC_FLOW);
	r.flow.flow = (struct ind_flow){
		.serial = 7, .start_ns = 1795252323118402000, .end_ns = 1795252323218403999, .packets = { 6, 5 }, .bytes = { 600, 5000 },
		.payload = { 340, 4740 }, .client_rtt_us = 0, .server_rtt_us = 21004, .addr = { { 192, 0, 2, 1 }, { 198, 51, 100, 2 } },
		.port = { 51144, 443 }, .ip_version = 4, .proto = 6, .orient = IND_ORIENT_SYN, .validated = IND_VALID_HANDSHAKE,
		.tcp_flags = { 0x1b, 0x12 }, .ttl_min = { 64, 50 }, .ttl_max = { 64, 51 }, .end_reason = IND_END_FIN,
	};
	return r;
}

START_TEST(flow_with_everything)
{
	struct ind_record r = tcp_flow();
	struct ind_flow *f = &r.flow.flow;
	f->parent = 3;
	f->fragments[1] = 4;
	f->retransmits[0] = 1;
	f->vlan_count = 2;
	f->vlan[0] = 100;
	f->vlan[1] = 7;
	f->tunnel_count = 1;
	f->tunnel[0] = IND_TUNNEL_VXLAN;
	f->carries = IND_TUNNEL_GENEVE;
	row_of_flow(&row, &r, &context);
	json_is("{\"type\":\"flow\",\"record\":\"3f9a6c01:12:345\",\"sensor\":\"fra-01\",\"start\":\"2026-11-21T09:12:03.118402Z\","
		"\"end\":\"2026-11-21T09:12:03.218403Z\",\"duration_us\":100001,\"proto\":\"tcp\",\"saddr\":\"192.0.2.1\",\"sport\":51144,"
		"\"daddr\":\"198.51.100.2\",\"dport\":443,\"orient\":\"syn\",\"spkts\":6,\"dpkts\":5,\"sbytes\":600,\"dbytes\":5000,"
		"\"spayload\":340,\"dpayload\":4740,\"sflags\":\"SPAF\",\"dflags\":\"SA\",\"sttl_min\":64,\"sttl_max\":64,\"dttl_min\":50,"
		"\"dttl_max\":51,\"client_rtt_us\":0,\"server_rtt_us\":21004,\"validated\":\"handshake\",\"vlan\":[100,7],\"tunnel\":[\"vxlan\"],"
		"\"community_id\":\"1:QU0AzsvVSPNvnc7Tw+rIX9JcNeY=\",\"carries\":\"geneve\",\"parent\":\"3f9a6c01:9:1\",\"dfrags\":4,\"sretrans\":1,"
		"\"end_reason\":\"fin\"}");
}
END_TEST

START_TEST(flow_of_one_direction)
{
	struct ind_record r = tcp_flow();
	struct ind_flow *f = &r.flow.flow;
	*f = (struct ind_flow){
		.start_ns = 1000, .end_ns = 1000, .packets = { 1, 0 }, .bytes = { 40, 0 }, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32,
		.addr = { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, { 0xff, 0x02, [15] = 2 } }, .ip_version = 6, .proto = 47, .orient = IND_ORIENT_FIRST,
		.validated = IND_VALID_UNTESTABLE, .ttl_min = { 255, 0 }, .ttl_max = { 255, 0 }, .end_reason = IND_END_IDLE,
	};
	row_of_flow(&row, &r, &context);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sport].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_dport].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_dttl_min].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sflags].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_client_rtt_us].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_server_rtt_us].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_vlan].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_tunnel].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_carries].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_parent].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sfrags].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sretrans].form, CELL_ABSENT);
	/* What was counted is a number, also when it is zero. */
	ck_assert_int_eq(row.cell[QUERY_FLOW_dpkts].form, CELL_U64);
	ck_assert_uint_eq(row.cell[QUERY_FLOW_dpkts].number, 0);
}
END_TEST

START_TEST(port_zero_is_a_port_and_an_unseen_one_is_absent)
{
	struct ind_record r = tcp_flow();
	r.flow.flow.port[0] = r.flow.flow.port[1] = 0;
	row_of_flow(&row, &r, &context);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sport].form, CELL_U64);
	ck_assert_int_eq(row.cell[QUERY_FLOW_dport].form, CELL_U64);
	ck_assert_int_ne(row.cell[QUERY_FLOW_community_id].form, CELL_ABSENT);
	r.flow.flow.no_ports = 1;
	row_of_flow(&row, &r, &context);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sport].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_dport].form, CELL_ABSENT);
	ck_assert_int_eq(row.cell[QUERY_FLOW_community_id].form, CELL_ABSENT);
}
END_TEST

START_TEST(icmp_code_zero_is_a_code)
{
	struct ind_record r = tcp_flow();
	r.flow.flow.proto = 1;
	r.flow.flow.port[0] = r.flow.flow.port[1] = 0;
	row_of_flow(&row, &r, &context);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sport].form, CELL_U64);
	ck_assert_int_eq(row.cell[QUERY_FLOW_dport].form, CELL_U64);
	ck_assert_int_eq(row.cell[QUERY_FLOW_sflags].form, CELL_ABSENT);
}
END_TEST

START_TEST(signals_name_their_flow_and_sender)
{
	struct ind_record r = tcp_flow();
	uint8_t digest[IND_SHA256_BYTES] = { 0xab };
	struct ind_signal signals[] = {
		{ .id = IND_SIG_PATH_PREHELLO, .side = IND_CLIENT, .from = IND_SRC, .value = "21004", .value_bytes = 5, .time_ns = 1000, .packet = 9 },
		{ .id = IND_SIG_TLS_SNI, .side = IND_SERVER, .from = IND_DST, .flags = IND_SIGNAL_CUT, .value = "a\"b", .value_bytes = 3, .sha256 = digest },
		{ .id = 127, .side = IND_CLIENT, .from = IND_SRC, .value = "12", .value_bytes = 2 },
	};
	r.flow.signals = signals;
	r.flow.signal_count = 3;
	row_of_signal(&row, &r, 0);
	json_is("{\"type\":\"signal\",\"record\":\"3f9a6c01:12:345:1\",\"flow\":\"3f9a6c01:12:345\",\"time\":\"1970-01-01T00:00:00.000001Z\","
		"\"signal\":\"path.prehello_us\",\"side\":\"client\",\"addr\":\"192.0.2.1\",\"value\":21004,\"packet\":9}");
	row_of_signal(&row, &r, 1);
	json_is("{\"type\":\"signal\",\"record\":\"3f9a6c01:12:345:2\",\"flow\":\"3f9a6c01:12:345\",\"time\":\"1970-01-01T00:00:00.000000Z\","
		"\"signal\":\"tls.sni\",\"side\":\"server\",\"addr\":\"198.51.100.2\",\"value\":\"a\\\"b\",\"truncated\":true,"
		"\"sha256\":\"ab00000000000000000000000000000000000000000000000000000000000000\"}");
	row_of_signal(&row, &r, 2);
	ck_assert_mem_eq(row.cell[QUERY_SIGNAL_signal].text, "unknown.127", 11);
	ck_assert_int_eq(row.cell[QUERY_SIGNAL_value].form, CELL_TEXT);
}
END_TEST

START_TEST(derived_signals_stand_behind_the_recorded_ones)
{
	struct ind_record r = tcp_flow();
	const struct ind_derived derived = {
		.signal[1] = { .id = IND_SIG_PATH_HOPS, .side = IND_SERVER, .from = IND_DST, .value = "7", .value_bytes = 1, .time_ns = 2000 },
	};
	r.flow.signal_count = 3;
	row_of_derived(&row, &r, &derived, 1);
	json_is("{\"type\":\"signal\",\"record\":\"3f9a6c01:12:345:5\",\"flow\":\"3f9a6c01:12:345\",\"time\":\"1970-01-01T00:00:00.000002Z\","
		"\"signal\":\"path.hops\",\"side\":\"server\",\"addr\":\"198.51.100.2\",\"value\":7,\"derived\":true}");
}
END_TEST

/* A bundle may come from anybody: what is not a JSON number is not printed as one. */
START_TEST(hostile_numbers_are_texts)
{
	static const struct { const char *text; enum query_form form; } cases[] = {
		{ "0", CELL_DECIMAL }, { "-12", CELL_DECIMAL }, { "1.5", CELL_DECIMAL }, { "007", CELL_TEXT }, { "1.", CELL_TEXT }, { "-", CELL_TEXT },
		{ "1e5", CELL_TEXT }, { "1,\"x\":2", CELL_TEXT }, { ".5", CELL_TEXT }, { "NaN", CELL_TEXT }, { "+1", CELL_TEXT },
	};
	struct ind_record r = tcp_flow();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ind_signal s = { .id = IND_SIG_PATH_PREHELLO, .value = cases[i].text, .value_bytes = (uint16_t)strlen(cases[i].text) };
		r.flow.signals = &s;
		row_of_signal(&row, &r, 0);
		ck_assert_msg(row.cell[QUERY_SIGNAL_value].form == cases[i].form, "%s", cases[i].text);
	}
}
END_TEST

START_TEST(origin_families_and_reasons)
{
	struct ind_record r = record_of(IND_REC_ORIGIN);
	r.origin = (struct ind_origin){
		.addr = { 192, 0, 2, 1 }, .ip_version = 4, .claims = IND_CLAIM_COUNTRY | IND_CLAIM_AS, .first_ns = 0, .last_ns = 1000, .flows = 3, .validated = 2,
		.observations = { [IND_FAMILY_V] = 2, [IND_FAMILY_T] = 2, [IND_FAMILY_A] = 5 },
		.hops_min = IND_HOPS_ABSENT, .hops_max = IND_HOPS_ABSENT, .hops_mode = IND_HOPS_ABSENT,
	};
	r.origin.signals[0] = UINT64_C(1) << IND_SIG_TLS_JA3 | UINT64_C(1) << IND_SIG_TLS_JA4;
	for (unsigned i = 0; i < IND_FAMILY_COUNT; i++)
		r.origin.missing[i] = r.origin.observations[i] ? IND_MISSING_NONE : IND_MISSING_NOT_SEEN;
	r.origin.missing[IND_FAMILY_L] = IND_MISSING_ENCRYPTED;
	row_of_origin(&row, &r, &context);
	json_is("{\"type\":\"origin\",\"record\":\"3f9a6c01:12:345\",\"addr\":\"192.0.2.1\",\"flows\":3,\"validated\":2,"
		"\"families\":{\"V\":[\"flow.validated\"],\"T\":[\"claim.country\",\"claim.as\"],\"A\":[\"tls.ja3\",\"tls.ja4\"]},"
		"\"missing\":{\"P\":\"NOT_SEEN\",\"H\":\"NOT_SEEN\",\"L\":\"ENCRYPTED\",\"C\":\"NOT_SEEN\",\"I\":\"NOT_SEEN\",\"E\":\"NOT_SEEN\"},"
		"\"observations\":{\"V\":2,\"T\":2,\"A\":5},\"first\":\"1970-01-01T00:00:00.000000Z\",\"last\":\"1970-01-01T00:00:00.000001Z\","
		"\"sensor\":\"fra-01\"}");
}
END_TEST

static struct ind_record measured(uint32_t samples, uint32_t min_us, uint32_t p50_us, uint32_t span_s)
{
	struct ind_record r = record_of(IND_REC_ORIGIN);
	r.origin = (struct ind_origin){
		.addr = { 192, 0, 2, 1 }, .ip_version = 4, .hops_min = 9, .hops_max = 12, .hops_mode = 10, .cotenants = 3, .rtt_samples = samples,
		.rtt_min_us = min_us, .rtt_p50_us = p50_us, .rtt_span_s = span_s,
	};
	return r;
}

START_TEST(origin_behaviour_of_an_address)
{
	static const uint64_t cells[] = { 498681, 498682, 498700 };
	struct ind_record r = measured(60, 477000, 500000, 600);
	r.origin.silent[IND_WATCHED_TLS_CERT] = IND_MISSING_ENCRYPTED;
	r.origin.silent[IND_WATCHED_TIME_CELLS] = IND_MISSING_BELOW_MIN_SAMPLE;
	r.origin.beacons = 2;
	r.origin.beacon = (struct ind_beacon){ .period_ms = 60000, .mad_ms = 40, .flows = 99, .port = 8443, .proto = 6, .intervals = 61 };
	r.origin.cells = cells;
	r.origin.cell_count = 3;
	row_of_origin(&row, &r, &context);
	json_is("{\"type\":\"origin\",\"record\":\"3f9a6c01:12:345\",\"addr\":\"192.0.2.1\",\"flows\":0,\"validated\":0,"
		"\"missing_signals\":{\"tls.cert_sha256\":\"ENCRYPTED\",\"time.cells\":\"BELOW_MIN_SAMPLE\"},"
		"\"hops_min\":9,\"hops_max\":12,\"hops_mode\":10,\"rtt_samples\":60,\"rtt_min_us\":477000,\"rtt_p50_us\":500000,\"rtt_span_s\":600,"
		"\"access\":\"geo_satellite\",\"cotenants\":3,\"beacons\":2,\"beacon\":{\"port\":8443,\"proto\":\"tcp\",\"period_ms\":60000,"
		"\"mad_ms\":40,\"intervals\":61,\"flows\":99},\"cells\":[\"2026-11-21T09\",\"2026-11-21T10\",\"2026-11-22T04\"],"
		"\"sensor\":\"fra-01\"}");
}
END_TEST

START_TEST(access_needs_samples_and_time)
{
	static const struct { uint32_t samples, min_us, p50_us, span_s; const char *access; } cases[] = {
		{ 49, 480000, 490000, 3600, NULL }, { 50, 480000, 490000, 599, NULL }, { 50, 480000, 490000, 600, "geo_satellite" },
		{ 50, 480000, 540000, 600, "geo_satellite" }, { 50, 480000, 540001, 600, NULL }, { 50, 476999, 540001, 600, "not_geo" },
		{ 50, 0, 8, 600, "not_geo" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ind_record r = measured(cases[i].samples, cases[i].min_us, cases[i].p50_us, cases[i].span_s);
		row_of_origin(&row, &r, &context);
		const struct query_cell *cell = &row.cell[QUERY_ORIGIN_access];
		ck_assert_int_eq(cell->form, cases[i].access ? CELL_TEXT : CELL_ABSENT);
		if (cases[i].access)
			ck_assert_str_eq(cell->text, cases[i].access);
	}
}
END_TEST

START_TEST(claims_name_their_data_set)
{
	struct ind_record r = record_of(IND_REC_CLAIM);
	r.claim = (struct ind_claim){
		.addr = { 192, 0, 2, 1 }, .ip_version = 4, .prefix_bits = 24, .flags = IND_CLAIM_ANYCAST | IND_CLAIM_HAS_POSITION, .asn = 64496,
		.radius_km = IND_ABSENT_U32, .latitude_1e4 = -5, .longitude_1e4 = 134050, .country = { 'X', 'A' }, .holder = { "Example", 7 },
	};
	row_of_claim(&row, &r, &context);
	json_is("{\"type\":\"claim\",\"record\":\"3f9a6c01:12:345\",\"addr\":\"192.0.2.1\",\"data_set\":\"geo.mmdb\",\"build\":\"2026-11-18T11:06:40.000000Z\","
		"\"prefix\":24,\"country\":\"XA\",\"latitude\":-0.0005,\"longitude\":13.405,\"asn\":64496,\"holder\":\"Example\",\"flags\":[\"anycast\"],\"kind\":\"database\"}");
	r.claim = (struct ind_claim){
		.addr = { 192, 0, 2, 1 }, .ip_version = 4, .prefix_bits = 24, .kind = IND_CLAIM_PFX2AS, .flags = IND_CLAIM_AS_SET, .asn = 64496, .more_asn_count = 2,
		.more_asn = { 64497, 4200000000 }, .radius_km = IND_ABSENT_U32,
	};
	row_of_claim(&row, &r, &context);
	json_is("{\"type\":\"claim\",\"record\":\"3f9a6c01:12:345\",\"addr\":\"192.0.2.1\",\"data_set\":\"geo.mmdb\",\"build\":\"2026-11-18T11:06:40.000000Z\","
		"\"prefix\":24,\"asn\":64496,\"flags\":[\"as_set\"],\"kind\":\"pfx2as\",\"asns\":[64496,64497,4200000000]}");
	r.claim = (struct ind_claim){
		.addr = { 192, 0, 2, 1 }, .ip_version = 4, .prefix_bits = 32, .kind = IND_CLAIM_IOC, .day = 20000, .grade = { 'B', '2' }, .tlp = IND_TLP_AMBER_STRICT,
		.signal = IND_SIG_TLS_JA3, .radius_km = IND_ABSENT_U32, .source = { "a CERT", 6 }, .indicator = { "ff00", 4 }, .label = { "Example", 7 },
		.status = { "assigned", 8 },
	};
	row_of_claim(&row, &r, &context);
	json_is("{\"type\":\"claim\",\"record\":\"3f9a6c01:12:345\",\"addr\":\"192.0.2.1\",\"data_set\":\"geo.mmdb\",\"build\":\"2026-11-18T11:06:40.000000Z\","
		"\"prefix\":32,\"kind\":\"ioc\",\"status\":\"assigned\",\"date\":\"2024-10-03\",\"grade\":\"B2\",\"tlp\":\"amber+strict\",\"source\":\"a CERT\","
		"\"signal\":\"tls.ja3\",\"indicator\":\"ff00\",\"label\":\"Example\"}");
	r.claim.data_set = 1;
	row_of_claim(&row, &r, &context);
	ck_assert_int_eq(row.cell[QUERY_CLAIM_data_set].form, CELL_ABSENT);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("rows");
	tcase_add_test(tcase, flow_with_everything);
	tcase_add_test(tcase, flow_of_one_direction);
	tcase_add_test(tcase, port_zero_is_a_port_and_an_unseen_one_is_absent);
	tcase_add_test(tcase, icmp_code_zero_is_a_code);
	tcase_add_test(tcase, signals_name_their_flow_and_sender);
	tcase_add_test(tcase, derived_signals_stand_behind_the_recorded_ones);
	tcase_add_test(tcase, hostile_numbers_are_texts);
	tcase_add_test(tcase, origin_families_and_reasons);
	tcase_add_test(tcase, origin_behaviour_of_an_address);
	tcase_add_test(tcase, access_needs_samples_and_time);
	tcase_add_test(tcase, claims_name_their_data_set);
	return suite_run("rows", tcase);
}
