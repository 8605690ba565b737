/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/path.h"

void path_turn(struct signal_ctx *ctx, uint64_t turn_ns, uint32_t rtt_us)
{
	signal_put_number(ctx, IND_SIG_PATH_CROSS_LAYER, IND_CLIENT, (int64_t)(turn_ns / 1000) - rtt_us);
}

void path_prehello(struct signal_ctx *ctx, uint64_t gap_ns)
{
	signal_put_number(ctx, IND_SIG_PATH_PREHELLO, IND_CLIENT, (int64_t)(gap_ns / 1000));
}
