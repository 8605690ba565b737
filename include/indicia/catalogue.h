/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_CATALOGUE_H
#define INDICIA_CATALOGUE_H

#include "indicia/err.h"
#include "indicia/record.h"

/* Ids of signals, from the one list. */
enum ind_signal_id {
#define SIGNAL(id, symbol, name, family, value, group, recorded, help) IND_SIG_##symbol = id,
#include "indicia/signals.def"
#undef SIGNAL
	IND_SIGNAL_ID_END = 128,     /* every id is smaller */
};

enum ind_signal_value { IND_VALUE_TEXT, IND_VALUE_NUMBER };
/* Derived signals follow from what is recorded (derive.h) and belong to the default set, too. */
enum ind_signal_recorded { IND_RECORDED_ON_REQUEST, IND_RECORDED_BY_DEFAULT, IND_DERIVED };
enum ind_signal_group { IND_GROUP_PATH = 4, IND_GROUP_NAMES = 5 };

struct ind_signal_info {
	const char *name;            /* "tls.ja3" */
	const char *help;
	uint16_t id;
	uint8_t family;              /* enum ind_family */
	uint8_t value;               /* enum ind_signal_value */
	uint8_t group;               /* enum ind_signal_group */
	uint8_t recorded;            /* enum ind_signal_recorded */
};

/* The row of a signal, or NULL for an id that this version does not know. Static storage. */
IND_API const struct ind_signal_info *ind_signal_info(unsigned id);

/* The rows in id order; *count of them. */
IND_API const struct ind_signal_info *ind_signal_list(size_t *count);

/* The row whose name is the `bytes` bytes at `name`, or NULL. */
IND_API const struct ind_signal_info *ind_signal_find(const char *name, size_t bytes);

/* Sets of signals: bit n is signal n. */
static inline bool ind_signal_set_has(const uint64_t set[static IND_SIGNAL_SET_WORDS], unsigned id) { return set[id / 64] >> id % 64 & 1; }
static inline void ind_signal_set_add(uint64_t set[static IND_SIGNAL_SET_WORDS], unsigned id) { set[id / 64] |= UINT64_C(1) << id % 64; }

/* The set that `--signals` and a HEADER name: "default", "all", "none", or names with commas between. Returns where
 * the first name stands that this version does not know (the others are in the set all the same), NULL if it knows all. */
IND_API const char *ind_signal_set(const char *text, size_t bytes, uint64_t set[static IND_SIGNAL_SET_WORDS]);

/* Words of the contract ("syn", "handshake", "vxlan", "NOT_SEEN", ...); "?" for a value outside the list. Static storage. */
IND_API const char *ind_orient_name(unsigned orient);
IND_API const char *ind_validated_name(unsigned validated);
IND_API const char *ind_side_name(unsigned side);
IND_API const char *ind_tunnel_name(unsigned tunnel);
IND_API const char *ind_flow_end_name(unsigned reason);
IND_API const char *ind_missing_name(unsigned missing);
IND_API const char *ind_clock_sync_name(unsigned sync);
IND_API const char *ind_loss_name(unsigned cause);
IND_API const char *ind_loss_help(unsigned cause);
IND_API const char *ind_exhibit_kind_name(unsigned kind);
IND_API char ind_family_letter(unsigned family);
IND_API const char *ind_claim_kind_name(unsigned kind);

/* "clear" to "red"; "" for none. */
IND_API const char *ind_tlp_name(unsigned tlp);

/* "tcp", "udp", "icmp", "icmp6", or the number; writes at most 8 bytes with the NUL into text. */
IND_API const char *ind_proto_name(unsigned proto, char text[8]);

#endif
