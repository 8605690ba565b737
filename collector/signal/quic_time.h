/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_QUIC_TIME_H
#define SIGNAL_QUIC_TIME_H

#include "signal/signal.h"

/* Round trips of a QUIC connection that the end at the other side of them cannot make shorter: from the first packet with something that
 * it cannot know before to the first that shows that it has it. For the server that is the client's first connection id, which the keys
 * of its answer are made from; for the client the id that the server chose. Each end's stands for itself. */

enum quic_wait { QUIC_WAIT_NOT_YET, QUIC_WAIT, QUIC_WAIT_OVER };

struct quic_times {
	uint64_t asked_ns[2]; /* by side of the end that is to answer */
	uint64_t oldest;      /* number of a client's Initial packet, the smallest that was seen while the server's answer is awaited */
	uint8_t wait[2];      /* enum quic_wait, by the same */
};

/* The end has got, or will get, what it cannot know before. */
void quic_time_ask(struct quic_times *t, const struct signal_ctx *ctx, enum ind_side end);

/* It has shown that it has it; ctx->way is its own. */
void quic_time_answer(struct quic_times *t, struct signal_ctx *ctx, enum ind_side end);

/* What it answers, or when, will not be known. */
void quic_time_spoil(struct quic_times *t, enum ind_side end);

/* An Initial packet of the client. `is_new`: it brought something that was not sent before. */
void quic_time_client_initial(struct quic_times *t, const struct signal_ctx *ctx, uint64_t number, bool is_new);

/* Is so much of the server's id its own that the client could not guess it? */
bool quic_time_id_is_own(struct cursor server, struct cursor first, struct cursor client);

#endif
