/* SPDX-License-Identifier: Apache-2.0 */
/* Several processes share the packets of one interface. Each socket gets every packet until it has joined; so none counts what came before all had.
 * The program gives the place of a socket among those that have joined. When the interface goes down all leave, and when it is up again the kernel has them join in the order in which
 * they were made: so each is made when the one before it has joined, and every pair of addresses keeps its process. */
#include "capture/room.h"
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

enum { GATE_TRIES = 10000, GATE_WAIT_NS = 1000000 };

/* In memory that all of them have. */
struct capture_gate {
	uint32_t sharers;
	_Atomic uint32_t group;      /* its number, known once the first has joined */
	_Atomic uint32_t joined;
	_Atomic uint64_t open_ns;    /* realtime; 0: not all are there */
};

enum ind_err capture_gate_new(uint32_t sharers, struct capture_gate **gate)
{
	if (sharers < 1 || sharers > CAPTURE_SHARERS_MAX)
		return IND_USAGE;
	struct capture_gate *g = mmap(NULL, sizeof *g, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (g == MAP_FAILED)
		return IND_NOMEM;
	g->sharers = sharers;
	*gate = g;
	return IND_OK;
}

void capture_gate_free(struct capture_gate *gate)
{
	if (gate)
		munmap(gate, sizeof *gate);
}

static enum ind_err refused(struct capture *c)
{
	int reason = errno;
	bool missing = reason == ENOPROTOOPT || reason == EOPNOTSUPP || reason == EINVAL;
	return capture_fail(c, missing ? IND_MISSING : IND_IO, "%s: its packets cannot be shared by several processes: %s", c->name, strerror(reason));
}

/* A group with a number that no other program's has, and the program that chooses among its members. */
static enum ind_err group_make(struct capture *c, struct capture_gate *gate)
{
	int socket = pcap_fileno(c->pcap);
	uint32_t group = (uint32_t)(PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
	socklen_t bytes = sizeof group;
	struct share share;
	share_program(&share, pcap_datalink(c->pcap) == DLT_EN10MB);
	struct sock_fprog program = { share.count, share.steps };
	if (setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &group, sizeof group) != 0 || getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &group, &bytes) != 0 ||
		setsockopt(socket, SOL_PACKET, PACKET_FANOUT_DATA, &program, sizeof program) != 0)
		return refused(c);
	atomic_store(&gate->group, group & UINT16_MAX);
	return IND_OK;
}

/* Others start beside this one; who waits for ten seconds in which none of them comes waits in vain. */
static bool is_turn(const struct capture_gate *gate, uint32_t sharer) { return atomic_load(&gate->joined) >= sharer; }

static bool is_open(const struct capture_gate *gate, uint32_t sharer)
{
	(void)sharer;
	return atomic_load(&gate->open_ns) != 0;
}

static enum ind_err wait_until(struct capture *c, const struct capture_gate *gate, uint32_t sharer, bool (*come)(const struct capture_gate *, uint32_t))
{
	const struct timespec pause = { .tv_nsec = GATE_WAIT_NS };
	uint32_t joined = 0;
	for (unsigned i = 0; i < GATE_TRIES; i++) {
		if (come(gate, sharer))
			return IND_OK;
		uint32_t now = atomic_load(&gate->joined);
		i = now == joined ? i : 0;
		joined = now;
		nanosleep(&pause, NULL);
	}
	return capture_fail(c, IND_IO, "%s: the other processes that share its packets did not come", c->name);
}

enum ind_err gate_wait(struct capture *c, const struct capture_gate *gate, uint32_t sharer) { return wait_until(c, gate, sharer, is_turn); }

static enum ind_err group_join(struct capture *c, const struct capture_gate *gate)
{
	uint32_t group = atomic_load(&gate->group) | (uint32_t)PACKET_FANOUT_CBPF << 16;
	return setsockopt(pcap_fileno(c->pcap), SOL_PACKET, PACKET_FANOUT, &group, sizeof group) == 0 ? IND_OK : refused(c);
}

enum ind_err gate_join(struct capture *c, struct capture_gate *gate, uint32_t sharer)
{
	enum ind_err err = sharer == 0 ? group_make(c, gate) : group_join(c, gate);
	if (err)
		return err;
	if (atomic_fetch_add(&gate->joined, 1) + 1 == gate->sharers) {
		struct timespec now;
		clock_gettime(CLOCK_REALTIME, &now);
		atomic_store(&gate->open_ns, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
	}
	err = wait_until(c, gate, sharer, is_open);
	c->from_ns = atomic_load(&gate->open_ns);
	return err;
}
