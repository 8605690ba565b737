/* SPDX-License-Identifier: Apache-2.0 */
/* engine_run CAPTURE...: frames of savefiles through the engine, all signals and exhibits on, in one process, nothing written. Prints how many
 * frames, flows, signals and exhibits there were. tests/bench/instructions counts what frames_feed costs. */
#include "capture/capture.h"
#include "engine/engine.h"
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kept { struct frame *frames; size_t count, room; };
struct seen { uint64_t flows, signals, exhibits; };

static void must(enum ind_err err, const char *what)
{
	if (err == IND_OK)
		return;
	fprintf(stderr, "engine_run: %s: %s\n", what, ind_strerror(err));
	exit(3);
}

static void frame_keep(struct kept *k, const struct frame *frame)
{
	if (k->count == k->room) {
		k->room = k->room * 2 + 1024;
		k->frames = realloc(k->frames, k->room * sizeof *k->frames);
	}
	uint8_t *bytes = malloc(frame->captured);
	if (!k->frames || !bytes)
		must(IND_NOMEM, "frames");
	memcpy(bytes, frame->bytes, frame->captured);
	k->frames[k->count] = *frame;
	k->frames[k->count++].bytes = bytes;
}

static void savefile_keep(struct kept *k, const char *path)
{
	struct capture_options options = { .name = path, .fd = open(path, O_RDONLY) };
	struct capture *capture;
	struct frame frames[CAPTURE_BATCH];
	char error[CAPTURE_ERROR_BYTES];
	enum ind_err err;
	size_t count;
	must(options.fd < 0 ? IND_IO : capture_open_savefile(&options, &capture, error), path);
	while ((err = capture_next(capture, frames, CAPTURE_BATCH, &count)) == IND_OK)
		for (size_t i = 0; i < count; i++)
			frame_keep(k, &frames[i]);
	must(err == IND_END ? IND_OK : err, path);
	capture_close(capture);
	close(options.fd);
}

static void flow_see(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	struct seen *seen = ctx;
	(void)flow;
	(void)signals;
	seen->flows++;
	seen->signals += count;
}

static void exhibit_see(void *ctx, const struct ind_exhibit *exhibit)
{
	(void)exhibit;
	((struct seen *)ctx)->exhibits++;
}

/* A function of its own under its own name, so that what it costs can be told from what reading costs. */
void frames_feed(struct engine *e, const struct kept *k);
__attribute__((noinline, noclone, used)) void frames_feed(struct engine *e, const struct kept *k)
{
	for (size_t at = 0; at < k->count; at += ENGINE_BATCH)
		engine_frames(e, k->frames + at, k->count - at < ENGINE_BATCH ? k->count - at : ENGINE_BATCH);
	engine_flush(e);
}

int main(int argc, char **argv)
{
	struct seen seen = { 0 };
	uint64_t frames = 0;
	for (int i = 1; i < argc; i++) {
		struct kept kept = { 0 };
		struct engine *engine;
		struct engine_options options = {
			.flows = 4096, .exhibits = true, .payload_exhibits = true, .output = { .flow = flow_see, .exhibit = exhibit_see, .ctx = &seen },
		};
		memset(options.signals, 0xff, sizeof options.signals);
		savefile_keep(&kept, argv[i]);
		must(engine_new(&options, &engine), "engine");
		frames_feed(engine, &kept);
		engine_free(engine);
		frames += kept.count;
		for (size_t f = 0; f < kept.count; f++)
			free((void *)(uintptr_t)kept.frames[f].bytes);
		free(kept.frames);
	}
	printf("frames %" PRIu64 " flows %" PRIu64 " signals %" PRIu64 " exhibits %" PRIu64 "\n", frames, seen.flows, seen.signals, seen.exhibits);
	return argc > 1 ? 0 : 2;
}
