/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/store.h"
#include "indicia/catalogue.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct flow_table table;
static struct flow *flow;
static struct ind_signal signals[STORE_SIGNALS_MAX];
static char text[STORE_BYTES_MAX];

static void setup(void)
{
	struct flow_limits limits = { .flows = 16, .head_buffers = 2, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	ck_assert_int_eq(flow_table_init(&table, &limits), IND_OK);
	uint32_t index = pool_take(&table.flows);
	flow = pool_at(&table.flows, index);
	*flow = (struct flow){ .start_ns = 0 };
	*flow_cold(&table, flow) = (struct flow_cold){ .serial_low = 1 };
}

static void teardown(void)
{
	store_free(&table, flow);
	ck_assert_uint_eq(table.chunks.in_use, 0);
	flow_table_release(&table);
}

static enum store add(unsigned id, const char *value, size_t bytes, unsigned side, unsigned way)
{
	struct ind_signal s = {
		.id = (uint16_t)id, .side = (uint8_t)side, .value = value, .value_bytes = (uint16_t)bytes, .time_ns = 5 + id, .packet = id,
	};
	return store_add(&table, flow, &s, way);
}

START_TEST(signals_come_back_in_order)
{
	ck_assert_int_eq(add(IND_SIG_TCP_SYN, "v4:t64", 6, IND_CLIENT, 0), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_TLS_SNI, "a.example", 9, IND_CLIENT, 0), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_TLS_JA3S, "0123", 4, IND_SERVER, 1), STORE_ADDED);
	ck_assert_uint_eq(store_read(&table, flow, signals, text), 3);
	ck_assert_uint_eq(signals[0].id, IND_SIG_TCP_SYN);
	ck_assert_uint_eq(signals[1].value_bytes, 9);
	ck_assert_mem_eq(signals[1].value, "a.example", 9);
	ck_assert_uint_eq(signals[1].packet, IND_SIG_TLS_SNI);
	ck_assert_uint_eq(signals[2].side, IND_SERVER);
	ck_assert_uint_eq(signals[2].from, IND_DST);
	flow->state |= FLOW_SRC_HIGH;
	store_read(&table, flow, signals, text);
	ck_assert_uint_eq(signals[2].from, IND_SRC);
}
END_TEST

/* What the SYN and the SYN-ACK of a connection say stands in the first chunk. */
START_TEST(a_handshake_fits_the_first_chunk)
{
	static const char syn[] = "v4:t64:w64240:m1460:s7:o2-4-8-1-3:qdi", synack[] = "v4:t57:w65160:m1460:s7:o2-4-8-1-3:qd";
	ck_assert_int_eq(add(IND_SIG_TCP_SYN, syn, sizeof syn - 1, IND_CLIENT, 0), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_TCP_SYNACK, synack, sizeof synack - 1, IND_SERVER, 1), STORE_ADDED);
	ck_assert_uint_eq(table.firsts.in_use, 1);
	ck_assert_uint_eq(table.chunks.in_use, 0);
	ck_assert_uint_eq(store_read(&table, flow, signals, text), 2);
	ck_assert_mem_eq(signals[0].value, syn, sizeof syn - 1);
	ck_assert_mem_eq(signals[1].value, synack, sizeof synack - 1);
	ck_assert_uint_eq(signals[1].time_ns, 5 + IND_SIG_TCP_SYNACK);
}
END_TEST

START_TEST(a_value_is_kept_once_per_side_and_name)
{
	ck_assert_int_eq(add(IND_SIG_DNS_QNAME, "a", 1, IND_CLIENT, 0), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_DNS_QNAME, "a", 1, IND_CLIENT, 0), STORE_KNOWN);
	ck_assert_int_eq(add(IND_SIG_DNS_QNAME, "a", 1, IND_CLIENT, 1), STORE_KNOWN);
	ck_assert_int_eq(add(IND_SIG_DNS_QNAME, "b", 1, IND_CLIENT, 0), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_DNS_QNAME, "a", 1, IND_SERVER, 1), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_DNS_NXDOMAIN, "a", 1, IND_CLIENT, 0), STORE_ADDED);
	ck_assert_uint_eq(store_read(&table, flow, signals, text), 4);
}
END_TEST

START_TEST(many_values_of_every_length)
{
	char value[IND_VALUE_MAX_BYTES];
	for (size_t n = 1; n <= 300; n++) {
		memset(value, 'a' + (int)(n % 26), n);
		ck_assert_int_eq(add(IND_SIG_HTTP_HOST, value, n, IND_CLIENT, 0), STORE_ADDED);
	}
	ck_assert_uint_eq(store_read(&table, flow, signals, text), 300);
	for (size_t n = 1; n <= 300; n++) {
		ck_assert_uint_eq(signals[n - 1].value_bytes, n);
		ck_assert_int_eq(signals[n - 1].value[n - 1], 'a' + (int)(n % 26));
	}
}
END_TEST

START_TEST(a_cut_value_keeps_its_digest)
{
	uint8_t digest[IND_SHA256_BYTES];
	char value[IND_VALUE_MAX_BYTES];
	memset(digest, 0x5a, sizeof digest);
	memset(value, 'v', sizeof value);
	struct ind_signal s = {
		.id = IND_SIG_TLS_CERT_SUBJECT, .side = IND_SERVER, .flags = IND_SIGNAL_CUT, .value = value, .value_bytes = sizeof value, .sha256 = digest,
	};
	ck_assert_int_eq(store_add(&table, flow, &s, 1), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_TLS_SNI, "x", 1, IND_CLIENT, 0), STORE_ADDED);
	ck_assert_uint_eq(store_read(&table, flow, signals, text), 2);
	ck_assert_uint_eq(signals[0].flags, IND_SIGNAL_CUT);
	ck_assert_mem_eq(signals[0].sha256, digest, sizeof digest);
	ck_assert_mem_eq(signals[1].value, "x", 1);
}
END_TEST

START_TEST(a_flow_has_a_bounded_number_of_signals)
{
	char value[16];
	for (int i = 0; i < STORE_SIGNALS_MAX; i++)
		ck_assert_int_eq(add(IND_SIG_DNS_QNAME, value, (size_t)snprintf(value, sizeof value, "n%d", i), IND_CLIENT, 0), STORE_ADDED);
	ck_assert_int_eq(add(IND_SIG_DNS_QNAME, "one more", 8, IND_CLIENT, 0), STORE_FULL);
	ck_assert_uint_eq(table.signals_lost, 1);
	ck_assert_uint_eq(store_read(&table, flow, signals, text), STORE_SIGNALS_MAX);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("store");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, signals_come_back_in_order);
	tcase_add_test(t, a_handshake_fits_the_first_chunk);
	tcase_add_test(t, a_value_is_kept_once_per_side_and_name);
	tcase_add_test(t, many_values_of_every_length);
	tcase_add_test(t, a_cut_value_keeps_its_digest);
	tcase_add_test(t, a_flow_has_a_bounded_number_of_signals);
	return suite_run("flow.store", t);
}
