/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the program cost, each by itself: bench_rooms [CASE|all] [CAPTURE...]; without captures those of tests/data. Each line says how
 * long one item takes and how many there are in a second, processor time of one core, in the median of several runs. A program, not a test: figures
 * are for people. All the data of a case that is not about a table fits the caches: these are costs of computing, not of memory. */
#include "bench/bench.h"
#include "capture/capture.h"
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 7, RUNS_MAX_S = 20 };
static const double run_s = 0.1;

volatile uint64_t bench_sink;

struct bench_case { const char *name, *what; void (*run)(const struct bench_frames *frames); };
static const struct bench_case cases[] = {
	{ "decode", "a frame to its innermost layer", bench_decode },
	{ "table", "keys, and flows found in and added to tables of several sizes", bench_table },
	{ "crafted", "1,000,000 tuples aimed at the hash, and random ones", bench_crafted },
	{ "parsers", "every parser of signals, on the messages of it that are in the captures", bench_parsers },
	{ "engine", "the whole way of a frame, all signals on", bench_engine },
	{ "bundle", "rows, columns, codec, commitments, tree", bench_bundle },
	{ "hashes", "what libcrypto takes", bench_hashes },
};

void bench_must(enum ind_err err, const char *what)
{
	if (err == IND_OK)
		return;
	fprintf(stderr, "bench_rooms: %s: %s\n", what, ind_strerror(err));
	exit(3);
}

double bench_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* As many times as a run takes to be long enough for the clock. */
static double run_once(const struct bench_work *w)
{
	double spent = 0;
	size_t times = 0;
	do {
		if (w->ready)
			w->ready(w->ctx);
		double start = bench_seconds();
		w->once(w->ctx);
		spent += bench_seconds() - start;
		times++;
	} while (spent < run_s);
	return spent / (double)times;
}

double bench_run(const struct bench_work *w)
{
	double run[RUNS], begun = bench_seconds();
	size_t runs = 0;
	if (w->items == 0) {
		printf("%-34s nothing of it in the captures\n", w->name);
		return 0;
	}
	while (runs < RUNS && (runs == 0 || bench_seconds() - begun < RUNS_MAX_S))
		run[runs++] = run_once(w);
	qsort(run, runs, sizeof *run, order);
	double each = run[runs / 2] / (double)w->items;
	printf("%-34s %10.1f ns %14.0f a second", w->name, each * 1e9, 1 / each);
	if (w->bytes)
		printf(" %10.2f GB/s", (double)w->bytes / run[runs / 2] / 1e9);
	printf("   (%zu items)\n", w->items);
	return each;
}

static void frame_keep(struct bench_frames *k, const struct frame *frame)
{
	if (k->count == k->room) {
		k->room = k->room * 2 + 1024;
		k->at = realloc(k->at, k->room * sizeof *k->at);
	}
	uint8_t *bytes = malloc(frame->captured + 1u);
	if (!k->at || !bytes)
		bench_must(IND_NOMEM, "frames");
	memcpy(bytes, frame->bytes, frame->captured);
	k->at[k->count] = *frame;
	k->at[k->count++].bytes = bytes;
}

void bench_savefile(struct bench_frames *k, const char *path)
{
	struct capture_options options = { .name = path, .fd = open(path, O_RDONLY) };
	struct capture *capture;
	struct frame frames[CAPTURE_BATCH];
	char error[CAPTURE_ERROR_BYTES];
	size_t count;
	bench_must(options.fd < 0 ? IND_IO : capture_open_savefile(&options, &capture, error), path);
	while (capture_next(capture, frames, CAPTURE_BATCH, &count) == IND_OK)
		for (size_t i = 0; i < count; i++)
			frame_keep(k, &frames[i]);
	capture_close(capture);
	close(options.fd);
}

static void frames_read(struct bench_frames *k, int count, char **paths)
{
	glob_t found = { 0 };
	if (count == 0 && glob(BENCH_CAPTURES "/*.pcap", 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			bench_savefile(k, found.gl_pathv[i]);
	for (int i = 0; i < count; i++)
		bench_savefile(k, paths[i]);
	globfree(&found);
}

static int usage(void)
{
	fputs("usage: bench_rooms [CASE|all] [CAPTURE...]\n", stderr);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		fprintf(stderr, "  %-10s %s\n", cases[i].name, cases[i].what);
	return 2;
}

int main(int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : "all";
	struct bench_frames frames = { 0 };
	unsigned ran = 0;
	frames_read(&frames, argc > 2 ? argc - 2 : 0, argv + 2);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (strcmp(wanted, "all") != 0 && strcmp(wanted, cases[i].name) != 0)
			continue;
		cases[i].run(&frames);
		ran++;
	}
	for (size_t i = 0; i < frames.count; i++)
		free((void *)(uintptr_t)frames.at[i].bytes);
	free(frames.at);
	return ran ? 0 : usage();
}
