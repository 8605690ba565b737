/* SPDX-License-Identifier: Apache-2.0 */
/* A live interface through libpcap: a kernel ring, non-blocking, waited for with poll(2). Frames are copied out of the ring, so that the
 * kernel has its block back before the batch is worked on. */
#include "capture/room.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 100, LOOK_MS = 1000, EMPTY_READS = 2, LEAVE_FRAMES = 4096 };

struct batch {
	struct capture *c;
	struct frame *frames;
	size_t count;
};

static uint64_t time_of(const struct capture *c, const struct pcap_pkthdr *header)
{
	return (uint64_t)header->ts.tv_sec * 1000000000 + (uint64_t)header->ts.tv_usec * (c->nanoseconds ? 1 : 1000);
}

static void frame_take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct batch *batch = (struct batch *)(void *)user;
	struct capture *c = batch->c;
	uint32_t captured = header->caplen < c->snaplen ? header->caplen : c->snaplen;
	uint8_t *copy = c->buffer + batch->count * c->snaplen;
	uint64_t time_ns = time_of(c, header);

	if (time_ns < c->from_ns) {
		c->early++;
		return;
	}
	c->from_ns = 0; /* frames come in their order, and a clock may be set back */
	if (c->until_ns && time_ns > c->until_ns) {
		c->rest_reads = 0;
		return;
	}
	c->links[0].told.seen = true;
	memcpy(copy, bytes, captured);
	batch->frames[batch->count++] = (struct frame) {
		.bytes = copy,
		.captured = captured,
		.wire = header->len < captured ? captured : header->len,
		.time_ns = time_ns,
		.number = ++c->number,
		.link = c->links[0].told.number,
	};
}

/* Frames taken before a failure are given first; the ring tells of the failure again. */
static enum ind_err ring_take(struct capture *c, struct batch *batch, size_t max)
{
	int result = pcap_dispatch(c->pcap, (int)max, frame_take, (u_char *)batch);

	if (result >= 0)
		return IND_OK;
	if (result == PCAP_ERROR_BREAK)
		return IND_END;
	return capture_fail(c, IND_IO, "%s: %.150s", c->name, pcap_geterr(c->pcap));
}

/* The kernel's number of the interface of that name, 0 if there is none. Asked through the capture's own socket, since a confined
 * process may not make another. */
static int index_of(const struct capture *c)
{
	struct ifreq request = { 0 };

	if (strlen(c->name) >= sizeof request.ifr_name)
		return 0;
	memcpy(request.ifr_name, c->name, strlen(c->name));
	return ioctl(pcap_fileno(c->pcap), SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
}

/* libpcap tells when an interface is gone but goes on when its name is given to something else; once a second is often enough. */
static enum ind_err name_check(struct capture *c)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	uint64_t now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	if (c->interface_index == 0 || now_ms - c->looked_ms < LOOK_MS)
		return IND_OK;
	c->looked_ms = now_ms;
	if (index_of(c) == c->interface_index)
		return IND_OK;
	return capture_fail(c, IND_IO, "%s: the interface disappeared or was renamed", c->name);
}

/* The interface is gone. What had come by then may wait in the ring, the last of it in a block that is handed over when it has waited as long as a read does. */
static enum ind_err rest_take(struct capture *c, struct batch *batch, size_t max)
{
	const struct timespec pause = { .tv_nsec = WAIT_MS * 1000000L };

	while (c->rest_reads) {
		(void)pcap_dispatch(c->pcap, (int)max, frame_take, (u_char *)batch);
		if (batch->count)
			return IND_OK;
		if (c->rest_reads && --c->rest_reads)
			nanosleep(&pause, NULL);
	}
	return IND_IO;
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static enum ind_err live_next(struct capture *c, struct frame *frames, size_t max, size_t *count)
{
	struct batch batch = { .c = c, .frames = frames };
	struct pollfd ready = { .fd = pcap_get_selectable_fd(c->pcap), .events = POLLIN };
	uint64_t early = c->early;

	enum ind_err err = c->until_ns ? rest_take(c, &batch, max) : ring_take(c, &batch, max);
	if (!err && batch.count == 0 && poll(&ready, 1, WAIT_MS) > 0)
		err = ring_take(c, &batch, max);
	*count = batch.count;
	/* Nothing of before is left: what the clock says then does not matter. */
	if (c->from_ns && batch.count == 0 && c->early == early && ++c->empty_reads == EMPTY_READS)
		c->from_ns = 0;
	if (c->until_ns)
		return err;
	err = err ? err : name_check(c);
	if (err != IND_IO)
		return err;
	c->until_ns = clock_ns(CLOCK_REALTIME);
	c->rest_reads = EMPTY_READS + 1;
	return IND_OK;
}

/* The interface's own counters, opened before rights are given up. libpcap's ps_ifdrop opens them anew each time. */
static void drops_open(struct capture *c, const char *interface)
{
	static const char *const files[2] = { "rx_missed_errors", "rx_fifo_errors" };
	char path[PATH_MAX];

	if (strchr(interface, '/'))
		return;
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", interface, files[i]);
		c->drops_fd[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
}

/* Each counts on from where it was; a driver that begins anew begins with 0, and what cannot be read has not changed. How many there were since the last look. */
static uint64_t drops_read(struct capture *c)
{
	uint64_t more = 0;

	for (size_t i = 0; i < 2; i++) {
		char text[32] = "";
		if (c->drops_fd[i] < 0 || pread(c->drops_fd[i], text, sizeof text - 1, 0) <= 0)
			continue;
		uint64_t now = strtoull(text, NULL, 10);
		more += now - (now < c->drops_seen[i] ? 0 : c->drops_seen[i]);
		c->drops_seen[i] = now;
	}
	return more;
}

void capture_stats(struct capture *c, struct capture_stats *stats)
{
	struct pcap_stat now;

	if (!c->live) {
		c->stats.received = c->number;
		*stats = c->stats;
		return;
	}
	if (pcap_stats(c->pcap, &now) == 0) {
		c->stats.received += (uint32_t)(now.ps_recv - c->kernel_received);
		c->stats.kernel_drops += (uint32_t)(now.ps_drop - c->kernel_dropped);
		c->kernel_received = now.ps_recv;
		c->kernel_dropped = now.ps_drop;
	}
	c->stats.interface_drops += drops_read(c);
	*stats = c->stats;
	stats->received -= c->early < stats->received ? c->early : stats->received;
}

/* ---- frames that are left ---- */

struct leaving {
	struct capture *c;
	uint64_t until_ns, count;
	bool later;
};

static void frame_leave(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct leaving *l = (struct leaving *)(void *)user;
	uint64_t time_ns = time_of(l->c, header);

	(void)bytes;
	if (time_ns < l->c->from_ns)
		l->c->early++;
	else if (time_ns <= l->until_ns)
		l->count++;
	else
		l->later = true;
}

uint64_t capture_leave(struct capture *c, uint64_t until_ns, uint64_t most_ns)
{
	struct leaving l = { .c = c, .until_ns = until_ns };
	struct pollfd ready = { .fd = pcap_get_selectable_fd(c->pcap), .events = POLLIN };
	struct capture_stats stats;
	uint64_t began_ns = clock_ns(CLOCK_MONOTONIC);
	unsigned empty = 0;

	while (empty < EMPTY_READS && !l.later) {
		if (clock_ns(CLOCK_MONOTONIC) - began_ns >= most_ns)
			break;
		int taken = pcap_dispatch(c->pcap, LEAVE_FRAMES, frame_leave, (u_char *)&l);
		empty = taken > 0 ? 0 : empty + 1;
		if (taken <= 0)
			(void)!poll(&ready, 1, WAIT_MS);
	}
	if (empty == EMPTY_READS || l.later)
		return l.count;
	capture_stats(c, &stats);
	uint64_t gone = stats.kernel_drops + c->number + l.count;
	return l.count + (stats.received > gone ? stats.received - gone : 0);
}

/* ---- opening ---- */

static enum ind_err settings_make(struct capture *c, const struct capture_options *options)
{
	size_t ring = options->ring_bytes ? options->ring_bytes : CAPTURE_RING_BYTES;

	if (ring > INT_MAX || c->snaplen > CAPTURE_FRAME_MAX_BYTES)
		return capture_fail(c, IND_USAGE, "%s: the ring or the snapshot length is too large", c->name);
	pcap_set_snaplen(c->pcap, (int)c->snaplen);
	pcap_set_promisc(c->pcap, options->promiscuous);
	pcap_set_buffer_size(c->pcap, (int)ring);
	pcap_set_timeout(c->pcap, WAIT_MS);
	c->nanoseconds = pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
	return IND_OK;
}

static enum ind_err ring_open(struct capture *c)
{
	int result = pcap_activate(c->pcap);

	if (result == 0)
		return IND_OK;
	const char *reason = pcap_geterr(c->pcap);
	if (!*reason)
		reason = pcap_statustostr(result);
	if (result == PCAP_ERROR_IFACE_NOT_UP)
		return capture_fail(c, IND_MISSING, "%s: the interface is down; bring it up first (ip link set %s up)", c->name, c->name);
	if (result == PCAP_ERROR_NO_SUCH_DEVICE)
		return capture_fail(c, IND_MISSING, "%s: there is no such network interface", c->name);
	if (result == PCAP_ERROR_PERM_DENIED || result == PCAP_ERROR_PROMISC_PERM_DENIED)
		return capture_fail(c, IND_MISSING, "%s: no right to capture here; it needs root or CAP_NET_RAW", c->name);
	(void)capture_fail(c, IND_IO, "%s: %.150s", c->name, reason);
	return result > 0 ? IND_OK : IND_IO;
}

static enum ind_err live_filter(struct capture *c)
{
	enum ind_err err = link_add(c, c->pcap);

	if (err || !c->links[0].has_filter)
		return err;
	if (pcap_setfilter(c->pcap, &c->links[0].program) != 0)
		return capture_fail(c, IND_USAGE, "capture filter \"%.80s\": %.120s", c->filter, pcap_geterr(c->pcap));
	return IND_OK;
}

static enum ind_err live_start(struct capture *c, const struct capture_options *options)
{
	char error[PCAP_ERRBUF_SIZE] = "";

	c->pcap = pcap_create(options->interface, error);
	if (!c->pcap)
		return capture_fail(c, IND_IO, "%s: %.150s", c->name, error);
	c->snaplen = options->snaplen ? options->snaplen : CAPTURE_SNAPLEN;
	enum ind_err err = settings_make(c, options);
	if (!err && options->gate)
		err = gate_wait(c, options->gate, options->sharer);
	if (!err)
		err = ring_open(c);
	if (err)
		return err;
	c->buffer = malloc((size_t)CAPTURE_BATCH * c->snaplen);
	if (!c->buffer)
		return capture_fail(c, IND_NOMEM, "%s: out of memory", c->name);
	if (pcap_setnonblock(c->pcap, 1, error) != 0)
		return capture_fail(c, IND_IO, "%s: %.150s", c->name, error);
	c->interface_index = index_of(c);
	drops_open(c, options->interface);
	(void)drops_read(c); /* those of before */
	err = live_filter(c);
	return err || !options->gate ? err : gate_join(c, options->gate, options->sharer);
}

enum ind_err capture_open_live(const struct capture_options *options, struct capture **capture, char error[static CAPTURE_ERROR_BYTES])
{
	struct capture *c = capture_new(options->interface);

	if (!c || !options->interface) {
		snprintf(error, CAPTURE_ERROR_BYTES, "%s", c ? "no interface is named" : "out of memory");
		capture_close(c);
		return c ? IND_USAGE : IND_NOMEM;
	}
	c->live = true;
	c->next = live_next;
	c->reader = "libpcap";
	c->filter = options->filter;
	return capture_finish(c, live_start(c, options), capture, error);
}
