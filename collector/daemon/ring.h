/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RING_H
#define DAEMON_RING_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One writer, one reader, in two processes, over shared memory: messages of a type and some bytes, in order. The reader trusts nothing
 * that the writer put there: it copies a message out before it looks at it, and checks every length. */

enum { RING_BYTES = 4 << 20, RING_MESSAGE_MAX = 1 << 20 };

struct ring;

/* Before fork; both processes then use the same ring. */
enum ind_err ring_new(struct ring **ring) IND_MUST_USE;
void ring_free(struct ring *ring);

/* Writer: room for a message of at most `bytes` bytes, contiguous and 8-aligned; waits while the ring is full. NULL if the message is
 * too large. ring_commit hands over the first `bytes` bytes of it. */
void *ring_reserve(struct ring *ring, size_t bytes);
void ring_commit(struct ring *ring, uint32_t type, size_t bytes);

/* Writer: lets the reader see now what was committed. Without it, the reader is woken when enough is there to be worth it. */
void ring_flush(struct ring *ring);

/* Reader: copies the next message into buffer (RING_MESSAGE_MAX bytes). IND_OK; IND_END if none came within timeout_ms; IND_MALFORMED if
 * the ring's contents contradict themselves: its writer is not to be trusted any more. */
enum ind_err ring_take(struct ring *ring, int timeout_ms, void *buffer, uint32_t *type, size_t *bytes) IND_MUST_USE;

/* Reader: asks the writer to stop; writer: whether it was asked. Async-signal-safe. */
void ring_stop(struct ring *ring);
bool ring_stopped(const struct ring *ring);

#endif
