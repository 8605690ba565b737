/* SPDX-License-Identifier: Apache-2.0 */
/* The list of signals as a table, and the words of the contract for each enumeration of record.h. */
#include "indicia/catalogue.h"

#include <string.h>

static const struct ind_signal_info signals[] = {
#define TEXT IND_VALUE_TEXT
#define NUMBER IND_VALUE_NUMBER
#define PATH IND_GROUP_PATH
#define NAMES IND_GROUP_NAMES
#define ON IND_RECORDED_BY_DEFAULT
#define OFF IND_RECORDED_ON_REQUEST
#define DERIVED IND_DERIVED
#define SIGNAL(id, symbol, name, family, value, group, recorded, help) { name, help, id, IND_FAMILY_##family, value, group, recorded },
#include "indicia/signals.def"
#undef SIGNAL
#undef TEXT
#undef NUMBER
#undef PATH
#undef NAMES
#undef ON
#undef OFF
#undef DERIVED
};

enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

/* Rows are numbered in the order of the list; asked for once per signal that passes, so by id and not by search. */
enum row {
#define SIGNAL(id, symbol, name, family, value, group, recorded, help) ROW_##symbol,
#include "indicia/signals.def"
#undef SIGNAL
};

static const struct ind_signal_info *const by_id[IND_SIGNAL_ID_END] = {
#define SIGNAL(id, symbol, name, family, value, group, recorded, help) [id] = &signals[ROW_##symbol],
#include "indicia/signals.def"
#undef SIGNAL
};

const struct ind_signal_info *ind_signal_info(unsigned id) { return id < IND_SIGNAL_ID_END ? by_id[id] : NULL; }

const struct ind_signal_info *ind_signal_list(size_t *count)
{
	*count = SIGNAL_COUNT;
	return signals;
}

const struct ind_signal_info *ind_signal_find(const char *name, size_t bytes)
{
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		if (strlen(signals[i].name) == bytes && memcmp(signals[i].name, name, bytes) == 0)
			return &signals[i];
	return NULL;
}

static bool is_word(const char *text, size_t bytes, const char *word) { return strlen(word) == bytes && memcmp(text, word, bytes) == 0; }

const char *ind_signal_set(const char *text, size_t bytes, uint64_t set[static IND_SIGNAL_SET_WORDS])
{
	const char *unknown = NULL, *end = text + bytes, *comma;
	bool all = is_word(text, bytes, "all");
	memset(set, 0, IND_SIGNAL_SET_WORDS * sizeof *set);
	if (!bytes)
		return text;
	if (is_word(text, bytes, "none"))
		return NULL;
	if (all || is_word(text, bytes, "default")) {
		for (size_t i = 0; i < SIGNAL_COUNT; i++)
			if (all || signals[i].recorded != IND_RECORDED_ON_REQUEST)
				ind_signal_set_add(set, signals[i].id);
		return NULL;
	}
	for (const char *at = text; at <= end; at = comma + 1) {
		comma = memchr(at, ',', (size_t)(end - at));
		comma = comma ? comma : end;
		const struct ind_signal_info *info = ind_signal_find(at, (size_t)(comma - at));
		if (info)
			ind_signal_set_add(set, info->id);
		else if (!unknown)
			unknown = at;
	}
	return unknown;
}

static const char *word(const char *const *words, size_t count, unsigned at)
{
	return at < count && words[at] ? words[at] : "?";
}
#define WORD(words, at) word(words, sizeof(words) / sizeof *(words), at)

const char *ind_orient_name(unsigned orient)
{
	static const char *const words[] = { "syn", "port", "first", "role" };
	return WORD(words, orient);
}

const char *ind_validated_name(unsigned validated)
{
	static const char *const words[] = { "untestable", "handshake", "quic", "no", "one_way" };
	return WORD(words, validated);
}

const char *ind_side_name(unsigned side)
{
	static const char *const words[] = { "client", "server" };
	return WORD(words, side);
}

const char *ind_tunnel_name(unsigned tunnel)
{
	static const char *const words[] = {
		[IND_TUNNEL_NONE] = "none", [IND_TUNNEL_MPLS] = "mpls", [IND_TUNNEL_PPPOE] = "pppoe", [IND_TUNNEL_GRE] = "gre",
		[IND_TUNNEL_ERSPAN] = "erspan", [IND_TUNNEL_IPIP] = "ipip", [IND_TUNNEL_6IN4] = "6in4", [IND_TUNNEL_6TO4] = "6to4",
		[IND_TUNNEL_TEREDO] = "teredo", [IND_TUNNEL_VXLAN] = "vxlan", [IND_TUNNEL_GENEVE] = "geneve", [IND_TUNNEL_GTPU] = "gtpu",
		[IND_TUNNEL_AH] = "ah", [IND_TUNNEL_PBB] = "pbb",
	};
	return WORD(words, tunnel);
}

const char *ind_flow_end_name(unsigned reason)
{
	static const char *const words[] = { "idle", "active", "fin", "rst", "evicted", "capture", "reused" };
	return WORD(words, reason);
}

const char *ind_missing_name(unsigned missing)
{
	static const char *const words[] = {
		[IND_MISSING_NONE] = "NONE", [IND_MISSING_NOT_SEEN] = "NOT_SEEN", [IND_MISSING_ENCRYPTED] = "ENCRYPTED",
		[IND_MISSING_BELOW_MIN_SAMPLE] = "BELOW_MIN_SAMPLE", [IND_MISSING_SENSOR_LIMIT] = "SENSOR_LIMIT",
		[IND_MISSING_REFDATA] = "REFDATA_MISSING", [IND_MISSING_POLICY] = "DISABLED_BY_POLICY",
		[IND_MISSING_COTENANCY] = "SUPPRESSED_COTENANCY",
	};
	return WORD(words, missing);
}

const char *ind_clock_sync_name(unsigned sync)
{
	static const char *const names[] = { "unknown", "none", "ntp", "ptp", "gnss" };
	return sync < sizeof names / sizeof names[0] ? names[sync] : "?";
}

const char *ind_loss_name(unsigned cause)
{
	static const char *const words[] = {
#define NAME(id, number, name, text) [number] = name,
		IND_LOSS_LIST(NAME)
#undef NAME
	};
	return WORD(words, cause);
}

const char *ind_loss_help(unsigned cause)
{
	static const char *const words[] = {
#define HELP(id, number, name, text) [number] = text,
		IND_LOSS_LIST(HELP)
#undef HELP
	};
	return WORD(words, cause);
}

const char *ind_exhibit_kind_name(unsigned kind)
{
	static const char *const words[] = { "packet", "stream", "datagram" };
	return WORD(words, kind);
}

const char *ind_claim_kind_name(unsigned kind)
{
	static const char *const words[] = {
		[IND_CLAIM_DATABASE] = "database", [IND_CLAIM_RIR] = "rir", [IND_CLAIM_RIR_AS] = "rir_as", [IND_CLAIM_PFX2AS] = "pfx2as",
		[IND_CLAIM_TOR] = "tor", [IND_CLAIM_VPN] = "vpn", [IND_CLAIM_HOSTS] = "hosting", [IND_CLAIM_SCANNER] = "scanner",
		[IND_CLAIM_IOC] = "ioc", [IND_CLAIM_RPKI] = "rpki",
	};
	return WORD(words, kind);
}

const char *ind_tlp_name(unsigned tlp)
{
	static const char *const words[] = { "", "clear", "green", "amber", "amber+strict", "red" };
	return WORD(words, tlp);
}

char ind_family_letter(unsigned family) { return family < IND_FAMILY_COUNT ? "VTPHALCIE"[family] : '?'; }

const char *ind_proto_name(unsigned proto, char text[8])
{
	switch (proto) {
	case 1: return "icmp";
	case 6: return "tcp";
	case 17: return "udp";
	case 58: return "icmp6";
	}
	char *p = text;
	if (proto >= 100)
		*p++ = (char)('0' + proto / 100 % 10);
	if (proto >= 10)
		*p++ = (char)('0' + proto / 10 % 10);
	*p++ = (char)('0' + proto % 10);
	*p = '\0';
	return text;
}
