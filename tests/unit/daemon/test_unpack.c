/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/unpack.h"
#include "indicia/catalogue.h"
#include "support/suite.h"

#include <string.h>

static _Alignas(8) uint8_t message[4096];
static struct ind_signal signals[UNPACK_SIGNALS_MAX];

/* A flow with two signals, the second one cut. */
static size_t good_message(void)
{
	struct message_flow m = { .flow = { .serial = 1, .start_ns = 5, .end_ns = 9, .ip_version = 4, .proto = 6 }, .signal_count = 2 };
	struct message_signal one = { .id = IND_SIG_TCP_SYN, .value_bytes = 5 }, two = { .id = IND_SIG_TLS_SNI, .value_bytes = 3, .flags = IND_SIGNAL_CUT };
	size_t at = 0;
	memset(message, 0, sizeof message);
	memcpy(message, &m, sizeof m), at += sizeof m;
	memcpy(message + at, &one, sizeof one);
	memcpy(message + at + sizeof one, "v4:t6", 5), at += message_padded(sizeof one + 5);
	memcpy(message + at, &two, sizeof two);
	memcpy(message + at + sizeof two, "abc", 3), at += message_padded(sizeof two + 3 + IND_SHA256_BYTES);
	return at;
}

static struct message_flow *flow_part(void) { return (struct message_flow *)message; }

START_TEST(a_good_message_is_a_record)
{
	struct ind_flow flow;
	size_t count, bytes = good_message();
	ck_assert_int_eq(unpack_flow(message, bytes, &flow, signals, &count), IND_OK);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(flow.serial, 1);
	ck_assert_mem_eq(signals[0].value, "v4:t6", 5);
	ck_assert_ptr_null(signals[0].sha256);
	ck_assert_mem_eq(signals[1].value, "abc", 3);
	ck_assert_ptr_nonnull(signals[1].sha256);
}
END_TEST

START_TEST(every_cut_and_every_addition_is_malformed)
{
	struct ind_flow flow;
	size_t count, bytes = good_message();
	for (size_t n = 0; n < bytes; n++)
		ck_assert_int_eq(unpack_flow(message, n, &flow, signals, &count), IND_MALFORMED);
	ck_assert_int_eq(unpack_flow(message, bytes + 8, &flow, signals, &count), IND_MALFORMED);
}
END_TEST

START_TEST(what_no_tap_says_is_malformed)
{
	struct ind_flow flow;
	size_t count, bytes = good_message();
	flow_part()->flow.ip_version = 5;
	ck_assert_int_eq(unpack_flow(message, bytes, &flow, signals, &count), IND_MALFORMED);
	bytes = good_message();
	flow_part()->flow.vlan_count = IND_VLAN_MAX + 1;
	ck_assert_int_eq(unpack_flow(message, bytes, &flow, signals, &count), IND_MALFORMED);
	bytes = good_message();
	flow_part()->flow.end_ns = 4;
	ck_assert_int_eq(unpack_flow(message, bytes, &flow, signals, &count), IND_MALFORMED);
	bytes = good_message();
	flow_part()->signal_count = UINT32_MAX;
	ck_assert_int_eq(unpack_flow(message, bytes, &flow, signals, &count), IND_MALFORMED);
	bytes = good_message();
	struct message_signal *first = (struct message_signal *)(message + sizeof(struct message_flow));
	first->id = 127;
	ck_assert_int_eq(unpack_flow(message, bytes, &flow, signals, &count), IND_MALFORMED);
}
END_TEST

START_TEST(exhibits_are_checked_too)
{
	struct ind_exhibit x;
	struct message_exhibit m = { .flow_serial = 3, .bytes_count = 4, .kind = IND_EXHIBIT_STREAM };
	memcpy(message, &m, sizeof m);
	memcpy(message + sizeof m, "wxyz", 4);
	ck_assert_int_eq(unpack_exhibit(message, sizeof m + 4, &x), IND_OK);
	ck_assert_mem_eq(x.bytes, "wxyz", 4);
	ck_assert_int_eq(unpack_exhibit(message, sizeof m + 3, &x), IND_MALFORMED);
	ck_assert_int_eq(unpack_exhibit(message, sizeof m + 5, &x), IND_MALFORMED);
	m.kind = 9;
	memcpy(message, &m, sizeof m);
	ck_assert_int_eq(unpack_exhibit(message, sizeof m + 4, &x), IND_MALFORMED);
}
END_TEST

static void end_is(const struct message_end *m, enum ind_err expected)
{
	struct message_end end;
	ck_assert_int_eq(unpack_end(m, sizeof *m, &end), expected);
}

START_TEST(the_end_is_checked)
{
	struct message_end m = { .link_count = 2, .links = { { 1, "EN10MB" }, { 12, "RAW" } } }, end;
	memset(m.text, 'x', sizeof m.text);
	ck_assert_int_eq(unpack_end(&m, sizeof m, &end), IND_OK);
	ck_assert_uint_eq(strlen(end.text), sizeof m.text - 1);
	ck_assert_int_eq(unpack_end(&m, sizeof m - 1, &end), IND_MALFORMED);
	m.links[1].number = 1;
	end_is(&m, IND_MALFORMED);
	m.links[1].number = 2;
	m.links[0].name[2] = '\n';
	end_is(&m, IND_MALFORMED);
	m.links[0].name[0] = '\0';
	end_is(&m, IND_MALFORMED);
	memset(m.links[0].name, 'E', sizeof m.links[0].name);
	end_is(&m, IND_MALFORMED);
	m.link_count = 0;
	end_is(&m, IND_OK);
	m.link_count = 1;
	end_is(&m, IND_MALFORMED);
	m.link_count = IND_LINK_TYPES_MAX + 1;
	end_is(&m, IND_MALFORMED);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("unpack");
	tcase_add_test(t, a_good_message_is_a_record);
	tcase_add_test(t, every_cut_and_every_addition_is_malformed);
	tcase_add_test(t, what_no_tap_says_is_malformed);
	tcase_add_test(t, exhibits_are_checked_too);
	tcase_add_test(t, the_end_is_checked);
	return suite_run("daemon.unpack", t);
}
