/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/chain.h"
#include <stdlib.h>
#include <string.h>

static struct chain_end *chain_find(const struct chain *chain, const uint8_t *stream)
{
	for (size_t i = chain->count; i > 0; i--)
		if (memcmp(chain->ends[i - 1].stream, stream, IND_STREAM_ID_BYTES) == 0)
			return &chain->ends[i - 1];
	return NULL;
}

static void chain_add(struct chain *chain, const uint8_t *stream, uint64_t leaf)
{
	if (chain->count == chain->room) {
		size_t room = chain->room ? 2 * chain->room : 16;
		struct chain_end *more = realloc(chain->ends, room * sizeof(*more));
		if (!more)
			return;
		chain->ends = more;
		chain->room = room;
	}
	struct chain_end *end = &chain->ends[chain->count++];
	memcpy(end->stream, stream, sizeof(end->stream));
	end->leaf = leaf;
}

bool chain_follow(struct chain *chain, const struct ind_verify_result *result, struct chain_gap *gap)
{
	/* Of anything else it is not known what the stream held. */
	if (result->verdict != IND_VERDICT_VALID && result->verdict != IND_VERDICT_INCOMPLETE)
		return false;
	uint64_t leaf = result->first_leaf + result->authenticated_leaves;
	struct chain_end *end = chain_find(chain, result->stream_id);
	if (!end) {
		chain_add(chain, result->stream_id, leaf);
		return false;
	}
	*gap = (struct chain_gap){ end->leaf, result->first_leaf };
	end->leaf = leaf > end->leaf ? leaf : end->leaf;
	return gap->from < gap->to;
}

void chain_free(struct chain *chain)
{
	free(chain->ends);
	*chain = (struct chain){ 0 };
}
