/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "indicia/err.h"
#include "packet/packet.h"
#include <stddef.h>
#include <stdint.h>

/* What the cases of bench_rooms share. */

/* Frames of savefiles, kept in memory. */
struct bench_frames { struct frame *at; size_t count, room; };
void bench_savefile(struct bench_frames *frames, const char *path);

/* Exits with a message if err is not IND_OK. */
void bench_must(enum ind_err err, const char *what);
double bench_seconds(void);

/* Runs `once`, which does `items` of something, until that took long enough, and prints what one costs. `ready`, if there is one, makes ready for
 * each run and is not measured. Nothing is printed if `items` is 0, but that there was nothing to do. */
struct bench_work {
	const char *name;
	size_t items, bytes;         /* bytes 0: items are not bytes of something */
	void (*ready)(void *ctx);
	void (*once)(void *ctx);
	void *ctx;
};
double bench_run(const struct bench_work *work);

/* Keeps the compiler from leaving out what is computed. */
extern volatile uint64_t bench_sink;

/* The cases, each over the frames: prints a line or some. */
void bench_decode(const struct bench_frames *frames);
void bench_table(const struct bench_frames *frames);
void bench_crafted(const struct bench_frames *frames);
void bench_parsers(const struct bench_frames *frames);
void bench_engine(const struct bench_frames *frames);
void bench_bundle(const struct bench_frames *frames);
void bench_hashes(const struct bench_frames *frames);

#endif
