/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include "daemon/lines.h"
#include "daemon/outfile.h"
#include "indicia/bundle.h"
#include <stdbool.h>
#include <stdint.h>

/* What a running sensor tells of itself, beside its evidence: the status socket, the file of metrics, lines on standard error. Nothing that a packet
 * said is in it: no address, no name, only counts. */

struct keep;

enum { WATCH_SECONDS = 60, WATCH_TEXT_BYTES = 32768, WATCH_PATH_MAX = 4096 };

/* A file or socket in a folder that is opened before the rights are dropped. */
struct watch_place { int folder_fd; char folder[WATCH_PATH_MAX], name[OUTFILE_NAME_MAX + 1]; };

struct watch {
	struct watch_place metrics, socket;
	int listening;               /* -1: no socket */
	bool metrics_failed;         /* said once, until it can be written again */
	uint64_t begun_ns, turned_ns, second_ns, metrics_ns, stats_ns; /* boottime of the last one; 0: none yet */
	uint64_t seconds;            /* that are measured */
	uint64_t frames_then, bytes_then;
	uint32_t frames_per_s[WATCH_SECONDS]; /* by second modulo 60 */
	double bits_per_s;

	/* of the run, over all bundles */
	uint64_t signals[IND_SIGNAL_SET_WORDS * 64];
	struct ind_writer_totals sealed; /* of bundles that have ended */
	uint64_t bundles, seals, seal_ns, reloads, refused_reloads;

	/* the bundle that was sealed last */
	char last_name[OUTFILE_NAME_MAX + 1];
	uint8_t last_sha256[IND_SHA256_BYTES];
	uint64_t last_bytes, last_realtime_ns;
};

/* Before the rights are dropped. Returns an exit status; says what is wrong. */
int watch_open(struct keep *k);
void watch_close(struct keep *k);

/* Each turn of keep's loop: does what is due. */
void watch_turn(struct keep *k);

/* The end of the run: metrics say so. */
void watch_end(struct keep *k);

/* Told by the life of a bundle. */
void watch_sealed(struct keep *k, uint64_t took_ns);
void watch_published(struct keep *k, const uint8_t sha256[static IND_SHA256_BYTES]);
void watch_ended(struct keep *k);

/* SIGUSR1. Async-signal-safe. */
void watch_ask(void);

/* ---- what is told (figures.c, metrics.c) ---- */

struct figures {
	struct ind_writer_totals run; /* of the run, over all bundles */
	uint64_t loss[IND_LOSS_MAX];
	struct ind_clock clock;
	int64_t offset_ns;
	bool has_offset, has_disk;
	uint64_t disk_free;
	double disk_hours;           /* at the pace of this run; below 0: not known yet */
	uint64_t ring_waiting;
	uint64_t now_ns, realtime_ns;
};

void figures_gather(const struct keep *k, struct figures *f);

/* One object of JSON and a line feed, flat but for lists (docs/operations.md). */
void figures_json(const struct keep *k, const struct figures *f, struct lines *out);

/* The line on a terminal, at most `columns` wide. */
void figures_line(const struct keep *k, const struct figures *f, size_t columns, struct lines *out);

/* Prometheus' text format. */
void metrics_text(const struct keep *k, const struct figures *f, bool running, struct lines *out);

#endif
