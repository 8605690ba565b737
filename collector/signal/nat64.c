/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/nat64.h"

#include "base/text.h"

enum { PREFIX_BYTES = 12, TEXT_BYTES = 16 };

/* RFC 6052 section 2.1: 64:ff9b::/96. Prefixes that networks choose for themselves look like any other address. */
static const uint8_t well_known[PREFIX_BYTES] = { 0x00, 0x64, 0xff, 0x9b };

void nat64_end(struct signal_ctx *ctx, const struct signal_end *end)
{
	const struct ind_flow *flow = end->flow;
	const uint8_t *a = flow->addr[ctx->from];
	uint8_t four[IND_ADDR_BYTES] = { 0 };
	char text[TEXT_BYTES];
	if (flow->ip_version != 6 || !flow->packets[ctx->from] || memcmp(a, well_known, sizeof well_known) != 0)
		return;
	memcpy(four, a + PREFIX_BYTES, sizeof four - PREFIX_BYTES);
	signal_put_text(ctx, IND_SIG_ADDR_NAT64, end->side, text, text_addr(4, four, text, sizeof text));
}
