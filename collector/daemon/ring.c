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

/* What is seen of one writer. Positions only grow. */
struct lane {
	_Alignas(64) _Atomic uint64_t head;      /* written by the writer */
	_Alignas(64) _Atomic uint64_t tail;      /* written by the reader */
	_Atomic uint32_t tail_bell;              /* rung when tail moved and the writer sleeps */
	_Atomic uint32_t writer_sleeps;
};

/* What all processes see. */
struct shared {
	_Alignas(64) _Atomic uint32_t head_bell; /* rung when a head moved and the reader sleeps */
	_Atomic uint32_t reader_sleeps;
	_Alignas(64) _Atomic uint64_t stopped_ns;
	struct lane lanes[];
};

struct message { uint32_t bytes, type; };

struct ring {
	struct shared *shared;
	unsigned writers, next;      /* reader: whose turn it is */
	bool held[RING_WRITERS_MAX]; /* reader: it takes nothing of that writer */
	struct lane *lane;           /* writer: its own, and its bytes */
	uint8_t *own;
	uint64_t rung_at;            /* writer: head when the reader was woken last */
	uint8_t *bytes[RING_WRITERS_MAX]; /* RING_BYTES, mapped twice in a row, so that no message is ever broken */
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

static uint8_t *bytes_new(void)
{
	uint8_t *bytes = NULL;
	int fd = memfd_create("indicia-ring", MFD_CLOEXEC);
	if (fd >= 0 && ftruncate(fd, RING_BYTES) == 0)
		bytes = mirror_map(fd);
	if (fd >= 0)
		close(fd);
	return bytes;
}

static size_t shared_bytes(unsigned writers) { return sizeof(struct shared) + writers * sizeof(struct lane); }

enum ind_err ring_new(unsigned writers, struct ring **ring)
{
	if (writers < 1 || writers > RING_WRITERS_MAX)
		return IND_USAGE;
	struct ring *r = calloc(1, sizeof *r);
	if (!r)
		return IND_NOMEM;
	r->writers = writers;
	r->shared = mmap(NULL, shared_bytes(writers), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->shared == MAP_FAILED)
		r->shared = NULL;
	bool good = r->shared;
	for (unsigned i = 0; i < writers && good; i++)
		good = (r->bytes[i] = bytes_new());
	if (!good) {
		ring_free(r);
		return IND_NOMEM;
	}
	ring_write_as(r, 0);
	*ring = r;
	return IND_OK;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	for (unsigned i = 0; i < r->writers; i++)
		if (r->bytes[i])
			munmap(r->bytes[i], 2 * (size_t)RING_BYTES);
	if (r->shared)
		munmap(r->shared, shared_bytes(r->writers));
	free(r);
}

void ring_write_as(struct ring *r, unsigned writer)
{
	r->lane = &r->shared->lanes[writer];
	r->own = r->bytes[writer];
}

static size_t message_room(size_t bytes) { return (sizeof(struct message) + bytes + 7) & ~(size_t)7; }

void *ring_reserve(struct ring *r, size_t bytes)
{
	struct lane *s = r->lane;
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
	return r->own + head % RING_BYTES + sizeof(struct message);
}

void ring_commit(struct ring *r, uint32_t type, size_t bytes)
{
	uint64_t head = atomic_load_explicit(&r->lane->head, memory_order_relaxed);
	struct message m = { (uint32_t)bytes, type };
	memcpy(r->own + head % RING_BYTES, &m, sizeof m);
	atomic_store_explicit(&r->lane->head, head + message_room(bytes), memory_order_release);
	if (head + message_room(bytes) - r->rung_at > WAKE_BYTES)
		ring_flush(r);
}

void ring_flush(struct ring *r)
{
	r->rung_at = atomic_load_explicit(&r->lane->head, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(&r->shared->reader_sleeps))
		bell_ring(&r->shared->head_bell);
}

/* The next writer, from the one whose turn it is, of which something waits; `writers` if there is none. */
static unsigned writer_find(const struct ring *r)
{
	for (unsigned i = 0; i < r->writers; i++) {
		unsigned writer = r->next + i < r->writers ? r->next + i : r->next + i - r->writers;
		const struct lane *l = &r->shared->lanes[writer];
		if (!r->held[writer] && atomic_load_explicit(&l->head, memory_order_acquire) != atomic_load_explicit(&l->tail, memory_order_relaxed))
			return writer;
	}
	return r->writers;
}

/* Sleeps until something waits, at most timeout_ms. */
static unsigned writer_wait(struct ring *r, int timeout_ms)
{
	struct shared *s = r->shared;
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	uint32_t bell = atomic_load(&s->head_bell);
	atomic_store(&s->reader_sleeps, 1);
	atomic_thread_fence(memory_order_seq_cst);
	if (writer_find(r) == r->writers)
		futex(&s->head_bell, FUTEX_WAIT, bell, &timeout);
	atomic_store(&s->reader_sleeps, 0);
	return writer_find(r);
}

enum ind_err ring_take(struct ring *r, int timeout_ms, void *buffer, struct ring_message *message)
{
	struct message m;
	unsigned writer = writer_find(r);
	if (writer == r->writers)
		writer = writer_wait(r, timeout_ms);
	if (writer == r->writers)
		return IND_END;
	r->next = writer + 1 < r->writers ? writer + 1 : 0;
	struct lane *l = &r->shared->lanes[writer];
	uint64_t tail = atomic_load_explicit(&l->tail, memory_order_relaxed), head = atomic_load_explicit(&l->head, memory_order_acquire);
	uint64_t there = head - tail;
	const uint8_t *at = r->bytes[writer] + tail % RING_BYTES;
	memcpy(&m, at, sizeof m);
	if (there > RING_BYTES || there < sizeof m || m.bytes > RING_MESSAGE_MAX || message_room(m.bytes) > there)
		return IND_MALFORMED;
	memcpy(buffer, at + sizeof m, m.bytes);
	*message = (struct ring_message){ writer, m.type, m.bytes };
	uint64_t next = tail + message_room(m.bytes);
	atomic_store_explicit(&l->tail, next, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
	/* A writer that waits for room is woken when there is plenty, not for each message. */
	if (atomic_load(&l->writer_sleeps) && head - next < RING_BYTES / 2)
		bell_ring(&l->tail_bell);
	return IND_OK;
}

void ring_hold(struct ring *r, unsigned writer, bool hold) { r->held[writer] = hold; }

uint64_t ring_waiting(const struct ring *r, unsigned writer)
{
	const struct lane *l = &r->shared->lanes[writer];
	uint64_t waiting = atomic_load(&l->head) - atomic_load(&l->tail);
	return waiting <= RING_BYTES ? waiting : RING_BYTES;
}

void ring_stop(struct ring *r)
{
	struct timespec now;
	uint64_t never = 0;
	clock_gettime(CLOCK_REALTIME, &now);
	atomic_compare_exchange_strong(&r->shared->stopped_ns, &never, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
}

uint64_t ring_stopped_ns(const struct ring *r) { return atomic_load(&r->shared->stopped_ns); }

bool ring_stopped(const struct ring *r) { return ring_stopped_ns(r) != 0; }
