/* SPDX-License-Identifier: Apache-2.0 */
/* Options of collect: their values, a file of them, and which is in force. */
#include "daemon/config.h"
#include "indicia/catalogue.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct daemon_options d;
static struct config_file file;
static char wanted[CONFIG_WANTED_BYTES], error[CONFIG_ERROR_BYTES];

static bool has(unsigned id) { return ind_signal_set_has(d.signals, id); }
static bool takes(enum config_key key, const char *value) { return config_set(&d, key, value, wanted) == IND_OK; }

static enum ind_err parse(const char *text, size_t bytes)
{
	memset(&file, 0, sizeof file);
	memcpy(file.text, text, bytes);
	error[0] = '\0';
	return config_parse(&file, bytes, "x.conf", error);
}

static void refused(const char *text, const char *place, const char *why)
{
	ck_assert_msg(parse(text, strlen(text)) == IND_USAGE, "%s", text);
	ck_assert_msg(strncmp(error, place, strlen(place)) == 0, "%s: %s", text, error);
	ck_assert_msg(strstr(error, why) != NULL, "%s: %s", text, error);
}

START_TEST(defaults)
{
	struct config c;
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	config_start(&c);
	config_options(&c, &d);
	ck_assert_uint_eq(d.flow_table, 1048576);
	ck_assert_uint_eq(d.ring_mib, 64);
	ck_assert_uint_eq(d.ballast_kib, 1024);
	ck_assert_uint_eq(d.epoch_s, 3600);
	ck_assert(d.exhibits && d.source_digest && d.promiscuous && !d.has_position && !d.quiet && !d.rotate_s && !d.snaplen);
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
	ck_assert(takes(CONFIG_SENSOR, "fra-01.x_y"));
	ck_assert_str_eq(d.sensor, "fra-01.x_y");
	ck_assert(takes(CONFIG_SENSOR, longest + 1));
	static const char *const wrong[] = { "", "-a", "Fra", "a/b", "." };
	ck_assert(!takes(CONFIG_SENSOR, longest));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(!takes(CONFIG_SENSOR, wrong[i]), "%s", wrong[i]);
}
END_TEST

static void position_is(const char *text, int32_t latitude, int32_t longitude, uint32_t km)
{
	d.has_position = false;
	ck_assert_msg(takes(CONFIG_POSITION, text), "%s", text);
	ck_assert(d.has_position);
	ck_assert_int_eq(d.latitude_1e4, latitude);
	ck_assert_int_eq(d.longitude_1e4, longitude);
	ck_assert_uint_eq(d.position_error_km, km);
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
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		d.has_position = false;
		ck_assert_msg(!takes(CONFIG_POSITION, wrong[i]), "%s", wrong[i]);
		ck_assert(!d.has_position);
	}
}
END_TEST

START_TEST(signal_sets)
{
	ck_assert(takes(CONFIG_SIGNALS, "none"));
	ck_assert(!d.signals[0] && !d.signals[1]);
	ck_assert(takes(CONFIG_SIGNALS, "tls.ja3,ssh.banner"));
	ck_assert(has(IND_SIG_TLS_JA3) && has(IND_SIG_SSH_BANNER) && !has(IND_SIG_TLS_JA3S));
	ck_assert_str_eq(d.signals_text, "tls.ja3,ssh.banner");
	static const char *const wrong[] = { "tls.ja3,", "tls.ja5", "", "tcp.mtu_class", "tcp.mtu_class,tcp.syn" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		ck_assert_msg(!takes(CONFIG_SIGNALS, wrong[i]), "%s", wrong[i]);
	ck_assert_str_eq(d.signals_text, "tls.ja3,ssh.banner");
	ck_assert(takes(CONFIG_SIGNALS, "tcp.mtu_class,tcp.syn,tcp.synack"));
	ck_assert(takes(CONFIG_SIGNALS, "all"));
	ck_assert(has(IND_SIG_TLS_JA3S));
}
END_TEST

START_TEST(limits)
{
	ck_assert(takes(CONFIG_AUTOSTOP, "duration:60") && takes(CONFIG_AUTOSTOP, "flows:5k") && takes(CONFIG_AUTOSTOP, "size:2M"));
	ck_assert_uint_eq(d.max_duration_s, 60);
	ck_assert_uint_eq(d.max_flows, 5000);
	ck_assert_uint_eq(d.max_bytes, 2000000);
	ck_assert(!takes(CONFIG_AUTOSTOP, "duration:") && !takes(CONFIG_AUTOSTOP, "duration:0") && !takes(CONFIG_AUTOSTOP, "files:3"));
	ck_assert_uint_eq(d.max_duration_s, 60);
	ck_assert(takes(CONFIG_SNAPLEN, "96"));
	ck_assert_uint_eq(d.snaplen, 96);
	ck_assert(!takes(CONFIG_SNAPLEN, "1") && !takes(CONFIG_SNAPLEN, "5m") && !takes(CONFIG_SEAL_EVERY, "0") && !takes(CONFIG_EPOCH, "0"));
	ck_assert(takes(CONFIG_EPOCH, "60") && takes(CONFIG_SEAL_EVERY, "5m"));
	ck_assert_uint_eq(d.epoch_s, 60);
	ck_assert_uint_eq(d.rotate_s, 300);
	ck_assert(takes(CONFIG_EPOCH, "2d"));
	ck_assert_uint_eq(d.epoch_s, 172800);
	ck_assert(!takes(CONFIG_EPOCH, "49711d") && !takes(CONFIG_EPOCH, "1kh") && !takes(CONFIG_EPOCH, "h") && !takes(CONFIG_EPOCH, "1hh"));
	ck_assert(!takes(CONFIG_BUFFER, "9999"));
	ck_assert(takes(CONFIG_COUNT, "7"));
	ck_assert_uint_eq(d.max_frames, 7);
}
END_TEST

/* Every fallback is a value that the key takes, and rows are sound. */
START_TEST(rows)
{
	for (unsigned i = 0; i < CONFIG_KEYS; i++) {
		const struct config_row *row = &config_rows[i];
		ck_assert_msg(row->name && row->help && row->bytes, "%u", i);
		ck_assert_msg(!row->fallback || takes((enum config_key)i, row->fallback), "%s", row->name);
		ck_assert_msg((row->type == CONFIG_IS_TOGGLE) == !row->argument, "%s", row->name);
		for (unsigned other = 0; other < i; other++)
			ck_assert_str_ne(row->name, config_rows[other].name);
	}
}
END_TEST

START_TEST(lines)
{
	static const char text[] = "# a sensor\n\n  sensor=fra-01\r\n\tinterface =  eth1  \nauthority = CERT = on duty # today\ncustody = yes";
	ck_assert_int_eq(parse(text, sizeof text - 1), IND_OK);
	ck_assert_str_eq(file.value[CONFIG_SENSOR], "fra-01");
	ck_assert_uint_eq(file.line[CONFIG_SENSOR], 3);
	ck_assert_str_eq(file.value[CONFIG_INTERFACE], "eth1");
	ck_assert_str_eq(file.value[CONFIG_AUTHORITY], "CERT = on duty # today");
	ck_assert_str_eq(file.value[CONFIG_CUSTODY], "yes");
	ck_assert_ptr_null(file.value[CONFIG_FILTER]);
	ck_assert_int_eq(parse("", 0), IND_OK);
}
END_TEST

START_TEST(wrong_lines)
{
	refused("sensor = a\nsnaplen = 12\n", "x.conf:2: ", "snaplen = 12: a number from 64 to 262144 is wanted");
	refused("\nseal-evry = 5\n", "x.conf:2: ", "did you mean 'seal-every'?");
	refused("whatever-it-is = 5", "x.conf:1: ", "indicia.conf(5)");
	refused("sensor = a\n\nsensor = b", "x.conf:3: ", "line 1 has said it");
	refused("sensor =", "x.conf:1: ", "has no value");
	refused("flows =", "x.conf:1: ", "1048576");
	refused("custody = true", "x.conf:1: ", "yes or no");
	refused("read = /a.pcap", "x.conf:1: ", "command line only");
	refused("count = 5", "x.conf:1: ", "command line only");
	refused("write = bundles", "x.conf:1: ", "whole path");
	refused("privacy = some", "x.conf:1: ", "full reduced");
	refused("sensor", "x.conf:1: ", "key = value");
	refused("= a", "x.conf:1: ", "key = value");
	refused("case = a\x1b[2J", "x.conf:1: ", "no text in UTF-8");
	refused("case = a\xff", "x.conf:1: ", "byte 9");
	ck_assert_int_eq(parse("case = a\0b\n", 11), IND_USAGE);
}
END_TEST

static char path[] = "/tmp/indicia-config-XXXXXX";

static void write_file(const char *text)
{
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

START_TEST(flags_override)
{
	struct config c;
	struct config_file *before;
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	write_file("sensor = fra-01\nseal-every = 60\nsource-digest = none\n");
	config_start(&c);
	ck_assert_int_eq(config_open(&c, path, error), IND_USAGE);
	config_free(&c);
	write_file("sensor = fra-01\nseal-every = 60\n");
	ck_assert_int_eq(config_flag(&c, CONFIG_SEAL_EVERY, "5", error), IND_OK);
	ck_assert_int_eq(config_flag(&c, CONFIG_AUTOSTOP, "flows:3", error), IND_OK);
	ck_assert_int_eq(config_flag(&c, CONFIG_AUTOSTOP, "size:9", error), IND_OK);
	ck_assert_int_eq(config_flag(&c, CONFIG_VERBOSE, NULL, error), IND_OK);
	ck_assert_int_eq(config_flag(&c, CONFIG_SNAPLEN, "1", error), IND_USAGE);
	ck_assert_str_eq(error, "--snaplen 1: a number from 64 to 262144 is wanted");
	ck_assert_int_eq(config_open(&c, path, error), IND_OK);
	config_options(&c, &d);
	ck_assert_str_eq(d.sensor, "fra-01");
	ck_assert(d.rotate_s == 5 && d.max_flows == 3 && d.max_bytes == 9 && d.verbose && d.snaplen == 0);
	write_file("sensor = fra-02\nseal-every = 0\n");
	ck_assert_int_eq(config_again(&c, &before, error), IND_USAGE);
	ck_assert(!before && strcmp(config_value(&c, CONFIG_SENSOR), "fra-01") == 0);
	write_file("epoch = 60\n");
	ck_assert_int_eq(config_again(&c, &before, error), IND_OK);
	ck_assert_ptr_null(config_value(&c, CONFIG_SENSOR));
	ck_assert_str_eq(config_value(&c, CONFIG_EPOCH), "60");
	free(before);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(config_again(&c, &before, error), IND_MISSING);
	config_free(&c);
	ck_assert_int_eq(config_open(&c, "/tmp", error), IND_USAGE);
	config_free(&c);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("config");
	tcase_add_test(tcase, defaults);
	tcase_add_test(tcase, sensors);
	tcase_add_test(tcase, positions);
	tcase_add_test(tcase, signal_sets);
	tcase_add_test(tcase, limits);
	tcase_add_test(tcase, rows);
	tcase_add_test(tcase, lines);
	tcase_add_test(tcase, wrong_lines);
	tcase_add_test(tcase, flags_override);
	return suite_run("config", tcase);
}
