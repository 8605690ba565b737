/* SPDX-License-Identifier: Apache-2.0 */
/* tzset(3) takes any name for UTC that it does not know: names are looked for first. */
#define _DEFAULT_SOURCE
#include "cli/zone.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static bool is_name(const char *name)
{
	size_t bytes = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");
	return bytes && !name[bytes] && name[0] != '/' && !strstr(name, "..");
}

int zone_use(const char *name)
{
	const char *folder = getenv("TZDIR");
	char path[4096];
	struct stat info;
	if (!is_name(name))
		return tell_error("--tz: '%s' is no name of a time zone, such as UTC or Europe/Madrid", name), CLI_USAGE;
	snprintf(path, sizeof(path), "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name);
	if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
		tell_error("--tz: %s: there is no such time zone on this system; names are those of the IANA database, such as Europe/Madrid", name);
		return CLI_MISSING;
	}
	if (setenv("TZ", name, 1) != 0)
		return tell_error("out of memory"), CLI_FAILED;
	tzset();
	return CLI_DONE;
}

size_t zone_time(uint64_t ns, char *out, size_t size)
{
	enum { NS_PER_US = 1000 };
	const uint64_t ns_per_s = 1000000000;
	time_t seconds = (time_t)(ns / ns_per_s);
	struct tm local;
	if (!localtime_r(&seconds, &local))
		return 0;
	size_t used = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &local);
	long minutes = local.tm_gmtoff / 60;
	char sign = minutes < 0 ? '-' : '+';
	minutes = minutes < 0 ? -minutes : minutes;
	int more = snprintf(out + used, size - used, ".%06u%c%02ld:%02ld", (unsigned)(ns % ns_per_s / NS_PER_US), sign, minutes / 60, minutes % 60);
	return more > 0 && (size_t)more < size - used ? used + (size_t)more : used;
}
