/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_LIST_H
#define REFDATA_LIST_H

#include "indicia/bundle.h"
#include "refdata/meta.h"
#include "refdata/pool.h"
#include "refdata/ranges.h"

/* One list: what a text file says of addresses, AS numbers and values of signals. */

enum { LIST_IP4, LIST_IP6, LIST_AS, LIST_RANGES_COUNT };
/* Values are pieces of their own pool: a signal's id, or LIST_NAME, and the text in lower case; marked with their first entry. */
enum { LIST_NAME = 0 };
enum { LIST_NOTE_BYTES = 512, LIST_MATCHES_MAX = 8, LIST_MAX_BYTES = 1 << 30 };

/* What a line says besides whom it says it of; a piece of the pool, texts are numbers of others. */
struct list_entry {
	uint32_t day;                /* since 1970-01-01, plus 1; 0 if silent */
	uint32_t status, label, source;
	uint32_t next;               /* entry of the same value of a signal */
	char country[2], grade[2];
	uint8_t tlp, pad[3];
};

struct list {
	struct ind_data_set about;   /* texts are of the pool */
	uint8_t kind;                /* enum ind_claim_kind */
	char grade[2];
	struct pool pool, values;    /* apart: what few lines differ in stays in a cache while many values are read */
	struct ranges ranges[LIST_RANGES_COUNT];
	uint64_t signals[IND_SIGNAL_SET_WORDS]; /* whose values it lists */
	uint64_t lines, wrong, unused; /* entries; lines that are none; indicators of kinds that are not looked for */
	uint64_t expected;           /* lines that the file says it has; 0 if it does not say */
	struct complaint first;      /* of the wrong lines */
	char note[LIST_NOTE_BYTES];  /* one line if not everything was read, else empty */
};

/* Reads a list. `meta` says at least of what kind it is, unless the file says so itself (a registry's). IND_MALFORMED: it is not what its
 * kind says; `error` holds one line. The bytes are not needed afterwards. On failure nothing is left. */
enum ind_err list_read(struct list *l, const char *name, const struct meta *meta, const char *bytes, size_t count,
	char error[static LIST_NOTE_BYTES]) IND_MUST_USE;
void list_free(struct list *l);

/* Whether a name of a host is looked for in values of the signal. */
bool list_is_name(unsigned signal);

/* Claims about an address (several only of indicators), about an AS, about a value of a signal, filled but for address and data set; how
 * many. The prefix is that of the range; of an AS or a value there is none, and it stays 0. */
size_t list_address(const struct list *l, unsigned ip_version, const uint8_t *addr, struct ind_claim *claims, size_t max);
size_t list_as(const struct list *l, uint32_t asn, struct ind_claim *claims, size_t max);
size_t list_value(const struct list *l, unsigned signal, const char *value, size_t bytes, struct ind_claim *claims, size_t max);

/* list_rpki.c: "valid" or "invalid", by the list of kind IND_CLAIM_RPKI, for a routing table's claim and one of its origins; NULL if nothing covers it. */
const char *list_origin_state(const struct list *l, const struct ind_claim *route, uint32_t asn);

#endif
