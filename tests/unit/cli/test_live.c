/* SPDX-License-Identifier: Apache-2.0 */
/* The screen of a running sensor. */
#include "cli/live.h"
#include "base/text.h"
#include "support/suite.h"
#include <stdint.h>
#include <string.h>

static const char sensor[] =
	"{\"type\":\"sensor\",\"format\":1,\"sensor\":\"fra-01\",\"interface\":\"eth1\",\"state\":\"recording\",\"time\":\"2026-11-29T06:00:00.000000Z\",\"uptime_s\":7260,"
	"\"packets\":123456789,\"bytes\":98765432100,\"bits_per_s\":318000000,\"packets_per_s\":[0,10000,20000,41200],\"kernel_drops\":12,\"interface_drops\":0,"
	"\"ring_used\":8192,\"ring_size\":4194304,\"flows_open\":12884,\"flows_max\":1048576,\"flows_evicted\":3,"
	"\"records\":{\"flow\":214901,\"signal\":3117,\"exhibit\":9,\"claim\":4,\"origin\":2},\"signals\":{\"tcp.syn\":3000,\"tls.ja4\":117},\"not_recorded\":{\"kernel_drop\":12},"
	"\"clock\":\"synchronised\",\"clock_offset_ns\":-120000,\"clock_error_ns\":4200000,\"bundle\":\"fra-01-x.ieb\",\"bundle_bytes\":8493465,\"bundle_age_s\":4,"
	"\"next_bundle_s\":296,\"bundles\":7,\"last_bundle\":\"fra-01-w.ieb\",\"last_sha256\":\"15b01018aa3f1d\",\"last_bytes\":5,"
	"\"last_sealed\":\"2026-11-29T05:59:56.000000Z\",\"disk_free\":109521666048,\"disk_hours\":812.0,\"key\":\"7c1e90ab\",\"epoch_age_s\":120,\"epoch_s\":3600,\"data\":[]}\n";

static char text[LIVE_BYTES];

static bool screen(const char *json, size_t width)
{
	struct lines out = { .text = text, .size = sizeof(text) };
	text[0] = '\0';
	bool good = live_screen(json, width, false, &out);
	ck_assert(!out.full && good == (out.used > 0));
	for (const char *at = text; *at;) {
		size_t bytes = strcspn(at, "\n");
		ck_assert_uint_le(text_columns(at, bytes), width);
		ck_assert_ptr_null(memchr(at, '\033', bytes));
		at += bytes + 1;
	}
	return good;
}

static void says(const char *what) { ck_assert_msg(strstr(text, what) != NULL, "%s\nlacks: %s", text, what); }

START_TEST(wide)
{
	ck_assert(screen(sensor, 200));
	says("sensor    fra-01 on eth1, recording for 2.0 h, 2026-11-29T06:00:00Z\n");
	says("packets   41.2 kpps    ▁▂▄█\n");
	says("traffic   318.0 Mb/s   123 456 789 packets, 92.0 GiB\n");
	says("dropped   0.000 %: kernel 12, interface 0\n");
	says("ring      8.0 KiB of 4.0 MiB");
	says("flows     12 884 open (1.2 % of the table), 214 901 recorded, 3 evicted\n");
	says("signals   3 117: tcp.syn 3 000  tls.ja4 117\n");
	says("lost      kernel_drop 12\n");
	says("bundle    8.1 MiB, next in 5 min: fra-01-x.ieb\n");
	says("sealed    2026-11-29T05:59:56Z 15b01018…3f1d fra-01-w.ieb\n");
	says("disk      102.0 GiB free, 33.8 days at this pace\n");
	says("clock     synchronised, offset -0.120 ms, error at most 4.200 ms\n");
	says("key       7c1e90ab, epoch 2 min of 60 min\n");
}
END_TEST

START_TEST(narrow)
{
	static const size_t widths[] = { 80, 40, 1 + 10 };
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		ck_assert(screen(sensor, widths[i]));
}
END_TEST

/* What a sensor does not say is a dash, never 0. */
START_TEST(silent)
{
	ck_assert(screen("{\"type\":\"sensor\"}", 200));
	says("sensor    - on -, - for -, -Z\n");
	says("packets   -            \n");
	says("traffic   -            - packets, -\n");
	says("dropped   -: kernel -, interface -\n");
	says("ring      - of - wait between the processes\n");
	says("flows     - open (- of the table), - recorded, - evicted\n");
	says("signals   -: -\n");
	says("lost      -\n");
	says("bundle    none is being written\n");
	says("sealed    no bundle of this run yet\n");
	says("disk      - free\n");
	says("clock     -\n");
	says("key       -\n");
	/* Nothing was seen yet: what share was lost cannot be said. */
	ck_assert(screen("{\"type\":\"sensor\",\"packets\":0,\"kernel_drops\":0,"
			 "\"interface_drops\":0,\"not_recorded\":{},\"signals\":{},\"records\":{\"signal\":0}}", 200));
	says("dropped   -: kernel 0, interface 0\n");
	says("signals   0: none yet\n");
	says("lost      nothing\n");
	/* Values of another type are none. */
	ck_assert(screen("{\"type\":\"sensor\",\"packets\":\"7\",\"records\":7,\"signals\":[],\"bundle\":7,\"packets_per_s\":{},\"key\":null}", 200));
	says("traffic   -            - packets, -\n");
	says("bundle    -: -\n");
	says("key       -\n");
}
END_TEST

/* A text that looks like a key, and one that would move the cursor. */
START_TEST(texts)
{
	ck_assert(screen("{\"type\":\"sensor\",\"sensor\":\"\\\"packets\\\":5\",\"interface\":\"\\u001b[2J\\n\",\"signals\":{\"\\u001b[H\":1}}", 200));
	says("sensor    \"packets\":5 on ⟨U+001B⟩[2J⟨U+000A⟩, - for -");
	says("traffic   -            - packets");
	says("signals   -: ⟨U+001B⟩[H 1\n");
}
END_TEST

/* Something else answers. */
START_TEST(strange)
{
	static const char *const other[] = {
		"", "{", "{}\n", "[\"sensor\"]", "{\"type\":\"bundle\"}", "{\"type\":\"sensor\",\"type\":\"sensor\"}", "{\"type\":\"sensor\",\"packets_per_s\":[1,",
		"{\"type\":\"sensor\"} more", "{\"type\":\"sensor\",\"sensor\":\"\xff\"}", "{\"type\":\"sensor\",\"packets\":nan}",
	};
	static const char *const odd[] = {
		"{\"type\":\"sensor\",\"packets_per_s\":[1,2,null,-5,1e300,\"x\"]}",
		"{\"type\":\"sensor\",\"packets\":1e300,\"kernel_drops\":-1e300,\"clock_offset_ns\":1e300,\"clock_error_ns\":-1e300}",
		"{\"type\":\"sensor\",\"disk_free\":1844674407370955161.50e1,\"disk_hours\":-1,\"bundle\":\"\",\"next_bundle_s\":1e17}",
	};
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		ck_assert_msg(!screen(other[i], 60), "%s", other[i]);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		ck_assert_msg(screen(odd[i], 60), "%s", odd[i]);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("live");
	tcase_add_test(tcase, wide);
	tcase_add_test(tcase, narrow);
	tcase_add_test(tcase, silent);
	tcase_add_test(tcase, texts);
	tcase_add_test(tcase, strange);
	return suite_run("live", tcase);
}
