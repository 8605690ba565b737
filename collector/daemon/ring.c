/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/ring.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WAKE_BYTES = 256 << 10 };

/* What both processes see. Positions only grow; the ring is mapped twice in a row, so that no message is ever broken. */
struct shared {
	_Alignas(64) _Atomic uint64_t head;      /* written by the writer */
	_Atomic uint32_t head_bell;              /* rung when head moved and the reader sleeps */
	_Atomic uint32_t reader_sleeps;
	_Alignas(64) _Atomic uint64_t tail;      /* written by the reader */
	_Atomic uint32_t tail_bell;
	_Atomic uint32_t writer_sleeps;
	_Alignas(64) _Atomic uint32_t stop;
};

struct message { uint32_t bytes, type; };

struct ring {
	struct shared *shared;
	uint8_t *bytes;              /* RING_BYTES, mapped twice */
	uint64_t rung_at;            /* writer: head when the reader was woken last */
};

static long futex(_Atomic uint32_t *word, int op, uint32_t value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

static void bell_ring(_Atomic uint32_t *bell)
{
	atomic_fetch_add(bell, 1);
	futex(bell, FUTEX_WAKE, INT_MAX, NULL);
}

/* A region of memory twice in a row. */
static uint8_t *mirror_map(int fd)
{
	uint8_t *base = mmap(NULL, 2 * (size_t)RING_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED)
		return NULL;
	for (size_t i = 0; i < 2; i++)
		if (mmap(base + i * RING_BYTES, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
			munmap(base, 2 * (size_t)RING_BYTES);
			return NULL;
		}
	return base;
}

enum ind_err ring_new(struct ring **ring)
{
	struct ring *r = calloc(1, sizeof *r);
	int fd = memfd_create("indicia-ring", MFD_CLOEXEC);
	if (!r || fd < 0 || ftruncate(fd, RING_BYTES) != 0) {
		free(r);
		if (fd >= 0)
			close(fd);
		return IND_NOMEM;
	}
	r->bytes = mirror_map(fd);
	close(fd);
	r->shared = mmap(NULL, sizeof *r->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->shared == MAP_FAILED)
		r->shared = NULL;
	if (!r->bytes || !r->shared) {
		ring_free(r);
		return IND_NOMEM;
	}
	*ring = r;
	return IND_OK;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	if (r->bytes)
		munmap(r->bytes, 2 * (size_t)RING_BYTES);
	if (r->shared)
		munmap(r->shared, sizeof *r->shared);
	free(r);
}

static size_t message_room(size_t bytes) { return (sizeof(struct message) + bytes + 7) & ~(size_t)7; }

void *ring_reserve(struct ring *r, size_t bytes)
{
	struct shared *s = r->shared;
	if (bytes > RING_MESSAGE_MAX)
		return NULL;
	uint64_t head = atomic_load_explicit(&s->head, memory_order_relaxed);
	while (head + message_room(bytes) - atomic_load_explicit(&s->tail, memory_order_acquire) > RING_BYTES) {
		ring_flush(r);
		uint32_t bell = atomic_load(&s->tail_bell);
		atomic_store(&s->writer_sleeps, 1);
		if (head + message_room(bytes) - atomic_load(&s->tail) > RING_BYTES)
			futex(&s->tail_bell, FUTEX_WAIT, bell, NULL);
		atomic_store(&s->writer_sleeps, 0);
	}
	return r->bytes + head % RING_BYTES + sizeof(struct message);
}

void ring_commit(struct ring *r, uint32_t type, size_t bytes)
{
	uint64_t head = atomic_load_explicit(&r->shared->head, memory_order_relaxed);
	struct message m = { (uint32_t)bytes, type };
	memcpy(r->bytes + head % RING_BYTES, &m, sizeof m);
	atomic_store_explicit(&r->shared->head, head + message_room(bytes), memory_order_release);
	if (head + message_room(bytes) - r->rung_at > WAKE_BYTES)
		ring_flush(r);
}

void ring_flush(struct ring *r)
{
	r->rung_at = atomic_load_explicit(&r->shared->head, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(&r->shared->reader_sleeps))
		bell_ring(&r->shared->head_bell);
}

/* Sleeps until head has moved past tail, at most timeout_ms. */
static bool reader_wait(struct ring *r, uint64_t tail, int timeout_ms)
{
	struct shared *s = r->shared;
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	uint32_t bell = atomic_load(&s->head_bell);
	atomic_store(&s->reader_sleeps, 1);
	if (atomic_load(&s->head) == tail)
		futex(&s->head_bell, FUTEX_WAIT, bell, &timeout);
	atomic_store(&s->reader_sleeps, 0);
	return atomic_load(&s->head) != tail;
}

enum ind_err ring_take(struct ring *r, int timeout_ms, void *buffer, uint32_t *type, size_t *bytes)
{
	struct shared *s = r->shared;
	struct message m;
	uint64_t tail = atomic_load_explicit(&s->tail, memory_order_relaxed);
	uint64_t head = atomic_load_explicit(&s->head, memory_order_acquire);
	if (head == tail) {
		if (!reader_wait(r, tail, timeout_ms))
			return IND_END;
		head = atomic_load_explicit(&s->head, memory_order_acquire);
	}
	uint64_t there = head - tail;
	memcpy(&m, r->bytes + tail % RING_BYTES, sizeof m);
	if (there > RING_BYTES || there < sizeof m || m.bytes > RING_MESSAGE_MAX || message_room(m.bytes) > there)
		return IND_MALFORMED;
	memcpy(buffer, r->bytes + tail % RING_BYTES + sizeof m, m.bytes);
	*type = m.type;
	*bytes = m.bytes;
	uint64_t next = tail + message_room(m.bytes);
	atomic_store_explicit(&s->tail, next, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
	/* A writer that waits for room is woken when there is plenty, not for each message. */
	if (atomic_load(&s->writer_sleeps) && head - next < RING_BYTES / 2)
		bell_ring(&s->tail_bell);
	return IND_OK;
}

void ring_stop(struct ring *r) { atomic_store(&r->shared->stop, 1); }

bool ring_stopped(const struct ring *r) { return atomic_load(&r->shared->stop) != 0; }
