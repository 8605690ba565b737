/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_EXHIBIT_H
#define SIGNAL_TLS_EXHIBIT_H

#include "signal/tls_hello.h"

/* Keeps the stream bytes from `start` to `end`, records included, with the hello's secrets overwritten. The hello is the first handshake
 * message in them; NULL if what stands there has no secrets. */
void tls_exhibit_put(struct signal_ctx *ctx, enum ind_side side, const uint8_t *start, const uint8_t *end, const struct tls_hello *hello);

#endif
