/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_UTF16_H
#define SIGNAL_UTF16_H

#include "signal/signal.h"

/* A text value that stands as UTF-16LE on the wire: as signal_put_wire does it. */
void utf16_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const uint8_t *bytes, size_t count);

#endif
