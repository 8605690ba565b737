/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CHAIN_H
#define CLI_CHAIN_H

#include "indicia/verify.h"

/* Bundles of one stream, verified one after the other: which leaves of it lie between two of them and were in none. */

struct chain_end { uint8_t stream[IND_STREAM_ID_BYTES]; uint64_t leaf; };

struct chain {
	struct chain_end *ends;      /* of each stream: the leaf behind the last one that a trusted seal covered */
	size_t count, room;
};

struct chain_gap { uint64_t from, to; }; /* from <= leaf < to */

/* Takes the next result. True: there is a gap before its first leaf. A stream's first bundle has none, whatever its first leaf is;
 * without memory for another stream none is seen in it. */
bool chain_follow(struct chain *chain, const struct ind_verify_result *result, struct chain_gap *gap);
void chain_free(struct chain *chain);

#endif
