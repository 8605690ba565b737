/* SPDX-License-Identifier: Apache-2.0 */
/* What keep tells a service manager: that it records, that both processes move, that it ends. */
#include "daemon/inside.h"

#include "daemon/clock.h"

#include <inttypes.h>

#define STATUS_EVERY_NS UINT64_C(5000000000)

static void status_tell(struct keep *k)
{
	const struct message_status *s = &k->status;
	if (k->waiting)
		notify_send(&k->notify, "STATUS=no space is left: nothing is recorded, %" PRIu64 " records lost so far", k->disk_lost);
	else
		notify_send(&k->notify, "STATUS=recording %s into %s: %" PRIu64 " packets, %" PRIu64 " dropped, %" PRIu64 " flows open, %u bundles begun",
			k->options->interface ? k->options->interface : k->options->savefile, k->file.name, s->counters.frames, s->kernel_drops + s->interface_drops,
			s->counters.flows_open, k->bundles);
}

/* The capture runs since tap has said so; a bundle is begun, so that a seal can be. */
void service_ready(struct keep *k)
{
	k->status_told_ns = k->watchdog_told_ns = clock_boottime_ns();
	notify_send(&k->notify, "READY=1");
	k->notify.phase = NOTIFY_RUNNING;
	status_tell(k);
}

void service_stopping(struct keep *k)
{
	if (k->notify.phase != NOTIFY_STOPPING)
		notify_send(&k->notify, "STOPPING=1\nSTATUS=sealing");
	k->notify.phase = NOTIFY_STOPPING;
}

/* A live tap says something five times a second. If it does not, nobody should think that all is well. */
void service_tick(struct keep *k, uint64_t now_ns)
{
	uint64_t watchdog_ns = k->notify.watchdog_ns;
	if (ring_stopped(k->ring))
		service_stopping(k);
	if (k->notify.fd < 0)
		return;
	bool moves = !keep_live(k) || now_ns - seats_moved_ns(k) < watchdog_ns / 2;
	if (watchdog_ns && moves && now_ns - k->watchdog_told_ns >= watchdog_ns / 4) {
		notify_send(&k->notify, "WATCHDOG=1");
		k->watchdog_told_ns = now_ns;
	}
	if (k->notify.phase != NOTIFY_STOPPING && now_ns - k->status_told_ns >= STATUS_EVERY_NS) {
		status_tell(k);
		k->status_told_ns = now_ns;
	}
}
