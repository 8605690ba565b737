/* SPDX-License-Identifier: Apache-2.0 */
/* Values of collect's options. */
#include "cli/cli.h"
#include "cli/collect.h"
#include "indicia/catalogue.h"
#include "support/suite.h"
#include <string.h>

static struct daemon_options d;

static bool has(unsigned id) { return ind_signal_set_has(d.signals, id); }

START_TEST(defaults)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	collect_defaults(&d);
	ck_assert_uint_eq(d.flow_table, 1048576);
	ck_assert_uint_eq(d.ring_mib, 64);
	ck_assert(d.exhibits && d.promiscuous && !d.has_position);
	ck_assert_str_eq(d.privacy, "full");
	for (size_t i = 0; i < count; i++)
		ck_assert(has(list[i].id) == (list[i].recorded != IND_RECORDED_ON_REQUEST));
}
END_TEST

START_TEST(sensors)
{
	char longest[65];
	memset(longest, 'a', 64);
	longest[64] = '\0';
	ck_assert_int_eq(collect_sensor(&d, "fra-01.x_y"), CLI_DONE);
	ck_assert_str_eq(d.sensor, "fra-01.x_y");
	ck_assert_int_eq(collect_sensor(&d, longest + 1), CLI_DONE);
	ck_assert_int_eq(collect_sensor(&d, longest), CLI_USAGE);
	ck_assert_int_eq(collect_sensor(&d, ""), CLI_USAGE);
	ck_assert_int_eq(collect_sensor(&d, "-a"), CLI_USAGE);
	ck_assert_int_eq(collect_sensor(&d, "Fra"), CLI_USAGE);
	ck_assert_int_eq(collect_sensor(&d, "a/b"), CLI_USAGE);
}
END_TEST

static void position_is(const char *text, int32_t latitude, int32_t longitude, uint32_t error)
{
	collect_defaults(&d);
	ck_assert_msg(collect_position(&d, text) == CLI_DONE, "%s", text);
	ck_assert(d.has_position);
	ck_assert_int_eq(d.latitude_1e4, latitude);
	ck_assert_int_eq(d.longitude_1e4, longitude);
	ck_assert_uint_eq(d.position_error_km, error);
}

START_TEST(positions)
{
	static const char *const wrong[] = {
		"", "52.5", "52.5,13.4", "52.5,13.4,", "91,0,1", "0,181,1", "-90.1,0,1", "a,b,c", "1,2,3,4", "1;2;3", "1,2,-3", "1,,2",
		"99999999999999999999,0,1", "90.0001,0,1", "1,2,3x",
	};
	position_is("52.52,13.405,5", 525200, 134050, 5);
	position_is("-0.00019,-180,0", -1, -1800000, 0);
	position_is("+90,180.0,1", 900000, 1800000, 1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		collect_defaults(&d);
		ck_assert_msg(collect_position(&d, wrong[i]) == CLI_USAGE, "%s", wrong[i]);
		ck_assert(!d.has_position);
	}
}
END_TEST

START_TEST(signal_sets)
{
	collect_defaults(&d);
	ck_assert_int_eq(collect_signals(&d, "none"), CLI_DONE);
	ck_assert(!d.signals[0] && !d.signals[1]);
	ck_assert_int_eq(collect_signals(&d, "tls.ja3,ssh.banner"), CLI_DONE);
	ck_assert(has(IND_SIG_TLS_JA3) && has(IND_SIG_SSH_BANNER) && !has(IND_SIG_TLS_JA3S));
	ck_assert_str_eq(d.signals_text, "tls.ja3,ssh.banner");
	ck_assert_int_eq(collect_signals(&d, "tls.ja3,"), CLI_USAGE);
	ck_assert_int_eq(collect_signals(&d, "tls.ja5"), CLI_USAGE);
	ck_assert_int_eq(collect_signals(&d, ""), CLI_USAGE);
	ck_assert_int_eq(collect_signals(&d, "tcp.mtu_class"), CLI_USAGE);
	ck_assert_int_eq(collect_signals(&d, "tcp.mtu_class,tcp.syn"), CLI_USAGE);
	ck_assert_int_eq(collect_signals(&d, "tcp.mtu_class,tcp.syn,tcp.synack"), CLI_DONE);
	ck_assert_int_eq(collect_signals(&d, "all"), CLI_DONE);
	ck_assert(has(IND_SIG_TLS_JA3S));
}
END_TEST

START_TEST(limits)
{
	collect_defaults(&d);
	ck_assert_int_eq(collect_autostop(&d, "duration:60"), CLI_DONE);
	ck_assert_int_eq(collect_autostop(&d, "flows:5k"), CLI_DONE);
	ck_assert_int_eq(collect_autostop(&d, "size:2M"), CLI_DONE);
	ck_assert_uint_eq(d.max_duration_s, 60);
	ck_assert_uint_eq(d.max_flows, 5000);
	ck_assert_uint_eq(d.max_bytes, 2000000);
	ck_assert_int_eq(collect_autostop(&d, "duration:"), CLI_USAGE);
	ck_assert_int_eq(collect_autostop(&d, "duration:0"), CLI_USAGE);
	ck_assert_int_eq(collect_autostop(&d, "files:3"), CLI_USAGE);
	ck_assert_int_eq(collect_number(&d, OPT_SNAPLEN, "96"), CLI_DONE);
	ck_assert_uint_eq(d.snaplen, 96);
	ck_assert_int_eq(collect_number(&d, OPT_SNAPLEN, "1"), CLI_USAGE);
	ck_assert_int_eq(collect_number(&d, OPT_SEAL_EVERY, "0"), CLI_USAGE);
	ck_assert_int_eq(collect_number(&d, OPT_EPOCH, "0"), CLI_USAGE);
	ck_assert_int_eq(collect_number(&d, OPT_EPOCH, "60"), CLI_DONE);
	ck_assert_uint_eq(d.epoch_s, 60);
	ck_assert_int_eq(collect_number(&d, OPT_BUFFER, "9999"), CLI_USAGE);
	ck_assert_int_eq(collect_number(&d, OPT_COUNT, "7"), CLI_DONE);
	ck_assert_uint_eq(d.max_frames, 7);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("collect");
	tcase_add_test(tcase, defaults);
	tcase_add_test(tcase, sensors);
	tcase_add_test(tcase, positions);
	tcase_add_test(tcase, signal_sets);
	tcase_add_test(tcase, limits);
	return suite_run("collect", tcase);
}
