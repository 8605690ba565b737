/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tool_syn.h"

/* ZMap and masscan: their manuals and what they send. Mirai: Antonakakis et al., USENIX Security 2017, section 4.1. */

enum { ZMAP_ID = 54321, MASSCAN_WINDOW = 1024, TCP_FIXED_BYTES = 20 };

static uint32_t be32(const uint8_t *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }

void tool_syn_see(struct signal_ctx *ctx, const struct packet *p)
{
	if (p->ip_version != 4 || p->tcp_flags & TCP_ACK)
		return;
	uint32_t target = be32(p->addr[1]);
	bool is_bare = p->tcp_options_bytes == 0;
	if (p->seq == target)
		signal_put_text(ctx, IND_SIG_TOOL_CONSTANT, IND_CLIENT, "mirai", 5);
	/* Stacks that number datagrams by chance meet this number too, but ask not to be fragmented. */
	if (p->ip_id == ZMAP_ID && !p->dont_fragment)
		signal_put_text(ctx, IND_SIG_TOOL_CONSTANT, IND_CLIENT, "zmap", 4);
	if (p->window == MASSCAN_WINDOW && is_bare && p->ip_id == ((target ^ p->port[1] ^ p->seq) & 0xffff))
		signal_put_text(ctx, IND_SIG_TOOL_CONSTANT, IND_CLIENT, "masscan", 7);
}
