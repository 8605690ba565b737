/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RING_H
#define DAEMON_RING_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writers and one reader, each a process, over shared memory: messages of a type and some bytes, in order for each writer. The reader trusts nothing
 * that a writer put there: it copies a message out before it looks at it, and checks every length. */

enum { RING_BYTES = 4 << 20, RING_MESSAGE_MAX = 1 << 20, RING_WRITERS_MAX = 64 }; /* RING_BYTES for each writer */

struct ring;

/* Before fork; all processes then use the same ring. */
enum ind_err ring_new(unsigned writers, struct ring **ring) IND_MUST_USE;
void ring_free(struct ring *ring);

/* Writer: which one this process is, from 0, before anything else. */
void ring_write_as(struct ring *ring, unsigned writer);

/* Writer: room for a message of at most `bytes` bytes, contiguous and 8-aligned; waits while the ring is full. NULL if the message is
 * too large. ring_commit hands over the first `bytes` bytes of it. */
void *ring_reserve(struct ring *ring, size_t bytes);
void ring_commit(struct ring *ring, uint32_t type, size_t bytes);

/* Writer: lets the reader see now what was committed. Without it, the reader is woken when enough is there to be worth it. */
void ring_flush(struct ring *ring);

struct ring_message { unsigned writer; uint32_t type; size_t bytes; };

/* Reader: copies the next message into buffer (RING_MESSAGE_MAX bytes), of the writers in turn. IND_OK; IND_END if none came within timeout_ms;
 * IND_MALFORMED if the ring's contents contradict themselves: its writer is not to be trusted any more. */
enum ind_err ring_take(struct ring *ring, int timeout_ms, void *buffer, struct ring_message *message) IND_MUST_USE;

/* Reader: messages of that writer wait in the ring, and ring_take gives none of them, until it is not held any more. */
void ring_hold(struct ring *ring, unsigned writer, bool hold);

/* Reader: bytes of that writer that wait to be taken. */
uint64_t ring_waiting(const struct ring *ring, unsigned writer);

/* Anyone: asks the writers to stop; whether they were asked, and when first (realtime; 0: they were not). Async-signal-safe. */
void ring_stop(struct ring *ring);
bool ring_stopped(const struct ring *ring);
uint64_t ring_stopped_ns(const struct ring *ring);

#endif
