/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ORIGIN_ORIGIN_H
#define ORIGIN_ORIGIN_H

#include "indicia/catalogue.h"
#include "indicia/err.h"
#include "indicia/record.h"

/* Gathers, for each address that sent anything, which independent families of signals spoke. Territory is one family among them and
 * proves nothing alone; the others' silence is recorded with its reason. */

struct origin_set;

enum { ORIGIN_ADDRESSES_MAX = 8000000 };

/* `enabled` is the set of signals that are recorded at all: a silent family of which a part was turned off is DISABLED_BY_POLICY.
 * `answerable` is the set of IND_CLAIM_* that reference data in use could make of some address: where they make none of this one, the
 * reason is that nothing was found, not that no data were there. */
enum ind_err origin_set_new(const uint64_t enabled[static IND_SIGNAL_SET_WORDS], unsigned answerable, struct origin_set **set) IND_MUST_USE;
void origin_set_free(struct origin_set *set);

/* Counts a flow and its signals for the ends that sent something. Addresses beyond the limit are counted, not kept. A few flows wait, so that
 * the memory they need is fetched while other work goes on. */
void origin_set_flow(struct origin_set *set, const struct ind_flow *flow, const struct ind_signal *signals, size_t count);

/* Addresses that were not kept, of all flows given. */
uint64_t origin_set_overflow(struct origin_set *set);

/* Visits one ORIGIN record per address, IPv4 before IPv6, in order of address. `claims` is asked first what reference data say of the
 * address and returns a set of IND_CLAIM_*. */
typedef unsigned origin_claims(void *ctx, unsigned ip_version, const uint8_t *addr);
typedef enum ind_err origin_visit(void *ctx, const struct ind_origin *origin); /* its cells are valid during the call */
enum ind_err origin_set_finish(struct origin_set *set, origin_claims *claims, origin_visit *visit, void *ctx) IND_MUST_USE;

#endif
