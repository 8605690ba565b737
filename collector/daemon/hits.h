/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_HITS_H
#define DAEMON_HITS_H

#include "base/hash.h"
#include "indicia/record.h"

/* Which values of signals, named by a list, came from which address in this bundle: each makes its claims once. */

struct hit {
	uint64_t value;              /* hash of signal and value; 0 stands for any */
	uint8_t addr[IND_ADDR_BYTES];
	uint8_t ip_version;          /* 0: free */
};

struct hits {
	struct hash_key key;
	struct hit *slots;
	size_t slot_count, count;
};

/* Frees and empties. */
void hits_clear(struct hits *h);

/* True if it was not there. When there is no more room all are new: a claim made twice is no loss. */
bool hits_add(struct hits *h, unsigned ip_version, const uint8_t *addr, const struct ind_signal *signal);

/* Whether any value came from the address. */
bool hits_any(const struct hits *h, unsigned ip_version, const uint8_t *addr);

#endif
