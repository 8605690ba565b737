/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/collect.h"
#include "cli/args.h"
#include "base/near.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include <stdio.h>
#include <string.h>

enum { BALLAST_KIB = 1024, BALLAST_KIB_MAX = 1 << 20, RING_MIB = 64, RING_MIB_MAX = 2047, FLOWS = 1 << 20, EPOCH_S = 3600, FLOWS_MAX = 1 << 27, SNAPLEN_MAX = 262144, ERROR_KM_MAX = 20016 };

void collect_defaults(struct daemon_options *d)
{
	*d = (struct daemon_options){
		.signals_text = "default", .privacy = "full", .exhibits = true, .source_digest = true, .promiscuous = true, .ring_mib = RING_MIB, .ballast_kib = BALLAST_KIB, .flow_table = FLOWS, .epoch_s = EPOCH_S,
	};
	ind_signal_set(d->signals_text, strlen(d->signals_text), d->signals);
}

int collect_sensor(struct daemon_options *d, const char *value)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789", other[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t bytes = strlen(value);
	if (bytes == 0 || bytes > 63 || !strchr(first, value[0]) || strspn(value, other) != bytes) {
		tell_error("--sensor %s: a sensor's name has 1 to 63 of a-z 0-9 . _ - and begins with a letter or digit", value);
		return CLI_USAGE;
	}
	d->sensor = value;
	return CLI_DONE;
}

/* Digits and at most four decimals that count, as 1/10,000; the place after them, or NULL. */
static const char *parse_1e4(const char *at, int32_t limit, int32_t *value)
{
	bool minus = *at == '-';
	int64_t number = 0;
	at += minus || *at == '+';
	if (*at < '0' || *at > '9')
		return NULL;
	for (; *at >= '0' && *at <= '9'; at++)
		number = number > limit ? number : number * 10 + (*at - '0');
	number *= 10000;
	if (*at == '.') {
		int64_t unit = 1000;
		for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
			number += (*at - '0') * unit;
	}
	if (number > (int64_t)limit * 10000)
		return NULL;
	*value = (int32_t)(minus ? -number : number);
	return at;
}

bool position_read(const char *text, struct position *p)
{
	uint64_t error_km;
	const char *at = parse_1e4(text, 90, &p->latitude_1e4);
	if (!at || *at != ',')
		return false;
	at = parse_1e4(at + 1, 180, &p->longitude_1e4);
	if (!at || *at != ',' || !args_number(at + 1, ERROR_KM_MAX, &error_km))
		return false;
	p->error_km = (uint32_t)error_km;
	return true;
}

int collect_position(struct daemon_options *d, const char *value)
{
	struct position p;
	if (!position_read(value, &p)) {
		tell_error("--position %s: latitude, longitude and error are wanted, as in 52.52,13.40,5", value);
		return CLI_USAGE;
	}
	d->latitude_1e4 = p.latitude_1e4;
	d->longitude_1e4 = p.longitude_1e4;
	d->position_error_km = p.error_km;
	d->has_position = true;
	return CLI_DONE;
}

static int unknown_signal(const char *at)
{
	char word[64];
	size_t count, bytes = strcspn(at, ",");
	const struct ind_signal_info *list = ind_signal_list(&count);
	struct near near;
	snprintf(word, sizeof(word), "%.*s", (int)(bytes < sizeof(word) ? bytes : sizeof(word) - 1), at);
	near_start(&near, word);
	for (size_t i = 0; i < count; i++)
		near_offer(&near, list[i].name);
	const char *best = near_best(&near);
	tell_error("--signals: there is no signal '%s'%s%s%s; 'indicia fields catalogue' lists them", word, best ? "; did you mean " : "", best ? best : "",
		best ? "?" : "");
	return CLI_USAGE;
}

int collect_signals(struct daemon_options *d, const char *value)
{
	const char *unknown = ind_signal_set(value, strlen(value), d->signals);
	d->signals_text = value;
	if (unknown)
		return unknown_signal(unknown);
	bool has_syns = ind_signal_set_has(d->signals, IND_SIG_TCP_SYN) && ind_signal_set_has(d->signals, IND_SIG_TCP_SYNACK);
	if (has_syns || !ind_signal_set_has(d->signals, IND_SIG_TCP_MTU_CLASS))
		return CLI_DONE;
	tell_error("--signals: tcp.mtu_class is derived from tcp.syn and tcp.synack: name them, too");
	return CLI_USAGE;
}

int collect_autostop(struct daemon_options *d, const char *value)
{
	const struct { const char *name; uint64_t *limit; } limits[] = {
		{ "duration:", &d->max_duration_s }, { "flows:", &d->max_flows }, { "size:", &d->max_bytes },
	};
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		size_t bytes = strlen(limits[i].name);
		if (strncmp(value, limits[i].name, bytes) == 0 && args_number(value + bytes, UINT64_MAX / 2, limits[i].limit) && *limits[i].limit)
			return CLI_DONE;
	}
	tell_error("-a %s: wanted is duration:SECONDS, flows:COUNT or size:BYTES, above 0", value);
	return CLI_USAGE;
}

int collect_number(struct daemon_options *d, int id, const char *value)
{
	const struct { int id; const char *name; uint64_t least, most; uint32_t *small; uint64_t *large; } numbers[] = {
		{ OPT_SNAPLEN, "-s", 64, SNAPLEN_MAX, &d->snaplen, NULL },
		{ OPT_BALLAST, "--ballast", 64, BALLAST_KIB_MAX, &d->ballast_kib, NULL },
		{ OPT_BUFFER, "-B", 1, RING_MIB_MAX, &d->ring_mib, NULL },
		{ OPT_SEAL_EVERY, "-G", 1, UINT32_MAX, &d->rotate_s, NULL },
		{ OPT_EPOCH, "--epoch", 1, UINT32_MAX, &d->epoch_s, NULL },
		{ OPT_FLOWS, "--flows", 16, FLOWS_MAX, &d->flow_table, NULL },
		{ OPT_COUNT, "-c", 1, UINT64_MAX, NULL, &d->max_frames },
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint64_t number;
		if (numbers[i].id != id)
			continue;
		if (!args_number(value, numbers[i].most, &number) || number < numbers[i].least) {
			tell_error("%s %s: a number from %llu to %llu is wanted", numbers[i].name, value, (unsigned long long)numbers[i].least,
				(unsigned long long)numbers[i].most);
			return CLI_USAGE;
		}
		if (numbers[i].small)
			*numbers[i].small = (uint32_t)number;
		else
			*numbers[i].large = number;
	}
	return CLI_DONE;
}
