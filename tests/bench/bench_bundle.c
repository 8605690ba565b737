/* SPDX-License-Identifier: Apache-2.0 */
/* What a flow and its signals cost on their way into a frame, step by step: the flows of the captures, again and again from other ends and at other
 * times, until a frame is full. Their values repeat more than those of real traffic. */
#include "base/hash.h"
#include "bench/bench.h"
#include "bundle/codec.h"
#include "bundle/column.h"
#include "bundle/put.h"
#include "engine/engine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLOWS = 4096, PIECE = 65536 };

struct kept_flow { struct ind_flow flow; struct ind_signal *signals; size_t count; };

struct bundle_bench {
	struct kept_flow *kept;
	size_t count;
	struct lane lane;
	uint64_t *bits;              /* of the signals of the longest flow */
	uint8_t *raw, *packed, *again;
	size_t raw_bytes, packed_bytes, raw_room;
	struct codec *codec;
	struct tree_hash *leaves;
};

/* To another end and another time. */
static void flow_move(struct ind_flow *f, size_t number)
{
	uint32_t mixed = (uint32_t)number * 2654435761u;
	uint64_t later_ns = number * 150000 + mixed % 100000 * UINT64_C(1000);
	f->serial = number;
	f->start_ns += later_ns;
	f->end_ns += later_ns;
	f->port[IND_SRC] ^= (uint16_t)(mixed >> 16);
	f->addr[IND_SRC][2] ^= (uint8_t)(mixed >> 8);
	f->addr[IND_SRC][3] ^= (uint8_t)(mixed >> 24);
}

static void flow_keep(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	struct bundle_bench *b = ctx;
	if (b->count == FLOWS)
		return;
	struct kept_flow *k = &b->kept[b->count++];
	*k = (struct kept_flow){ *flow, calloc(count + 1, sizeof *signals), count };
	if (!k->signals)
		bench_must(IND_NOMEM, "signals");
	memcpy(k->signals, signals, count * sizeof *signals);
	flow_move(&k->flow, b->count);
	for (size_t i = 0; i < count; i++) {
		char *value = malloc(signals[i].value_bytes + 1u);
		if (!value)
			bench_must(IND_NOMEM, "values");
		memcpy(value, signals[i].value, signals[i].value_bytes);
		k->signals[i].value = value;
		k->signals[i].time_ns += k->flow.start_ns - flow->start_ns;
	}
}

static void exhibit_forget(void *ctx, const struct ind_exhibit *exhibit)
{
	(void)ctx;
	(void)exhibit;
}

static void flows_keep(struct bundle_bench *b, const struct bench_frames *frames)
{
	while (b->count < FLOWS && frames->count) {
		struct engine *engine;
		struct engine_options options = { .flows = 65536, .output = { .flow = flow_keep, .exhibit = exhibit_forget, .ctx = b } };
		memset(options.signals, 0xff, sizeof options.signals);
		size_t before = b->count;
		bench_must(engine_new(&options, &engine), "engine");
		for (size_t at = 0; at < frames->count; at += ENGINE_BATCH)
			engine_frames(engine, frames->at + at, frames->count - at < ENGINE_BATCH ? frames->count - at : ENGINE_BATCH);
		engine_flush(engine);
		engine_free(engine);
		if (b->count == before)
			return;
	}
}

static void lane_ready(void *ctx)
{
	static const uint8_t salts[SALT_BYTES] = { 1 };
	lane_start(&((struct bundle_bench *)ctx)->lane, salts);
}

static void rows_once(void *ctx)
{
	struct bundle_bench *b = ctx;
	for (size_t i = 0; i < b->count; i++)
		flow_put(&b->lane.batch, &b->lane.dictionary, &b->kept[i].flow, b->kept[i].signals, b->kept[i].count);
}

static void commit_once(void *ctx)
{
	struct bundle_bench *b = ctx;
	for (size_t i = 0; i < b->count; i++)
		commit_flow(&b->lane.committer, &b->kept[i].flow, b->kept[i].signals, b->bits, b->kept[i].count);
}

static void commit_ready(void *ctx)
{
	lane_ready(ctx);
	commit_once(ctx);
}

static void root_once(void *ctx)
{
	struct tree_hash root;
	bench_must(committer_root(&((struct bundle_bench *)ctx)->lane.committer, &root), "root");
	bench_sink += root.bytes[0];
}

static void columns_once(void *ctx)
{
	struct bundle_bench *b = ctx;
	const struct batch *batch = &b->lane.batch;
	struct column_time time = { batch->rows ? batch->column[FLOW_START].numbers[0] : 0, 1 };
	b->raw_bytes = 0;
	for (unsigned i = 0; i < batch->spec->columns; i++) {
		const uint8_t *raw;
		b->raw_bytes += column_encode(&batch->spec->column[i], &batch->column[i], time, b->raw + b->raw_bytes, &raw);
	}
}

static void deflate_once(void *ctx)
{
	struct bundle_bench *b = ctx;
	b->packed_bytes = codec_deflate(b->codec, b->raw, b->raw_bytes, b->packed);
}

static void inflate_once(void *ctx)
{
	struct bundle_bench *b = ctx;
	bench_sink += codec_inflate(b->codec, b->packed, b->packed_bytes, b->again, b->raw_bytes);
}

static void crc_once(void *ctx)
{
	const struct bundle_bench *b = ctx;
	bench_sink += codec_crc32(0, b->raw, b->raw_bytes);
}

static void room_make(struct bundle_bench *b)
{
	size_t most = 0;
	for (size_t i = 0; i < b->count; i++)
		most = b->kept[i].count > most ? b->kept[i].count : most;
	lane_ready(b);
	rows_once(b);
	for (unsigned i = 0; i < b->lane.batch.spec->columns; i++)
		b->raw_room += column_raw_max(&b->lane.batch.spec->column[i], &b->lane.batch.column[i]);
	b->bits = calloc(most + 1, sizeof *b->bits);
	b->raw = malloc(b->raw_room + 1);
	b->packed = malloc(b->raw_room + 1);
	b->again = malloc(b->raw_room + 1);
	b->codec = codec_new();
	if (!b->bits || !b->raw || !b->packed || !b->again || !b->codec)
		bench_must(IND_NOMEM, "columns");
}

static void bundle_free(struct bundle_bench *b)
{
	for (size_t i = 0; i < b->count; i++) {
		for (size_t s = 0; s < b->kept[i].count; s++)
			free((void *)(uintptr_t)b->kept[i].signals[s].value);
		free(b->kept[i].signals);
	}
	free(b->kept);
	free(b->bits);
	free(b->raw);
	free(b->packed);
	free(b->again);
	codec_free(b->codec);
	lane_free(&b->lane);
}

void bench_bundle(const struct bench_frames *frames)
{
	struct bundle_bench b = { .kept = calloc(FLOWS, sizeof *b.kept) };
	if (!b.kept)
		bench_must(IND_NOMEM, "flows");
	bench_must(lane_new(&b.lane, ROW_FLOW), "lane");
	flows_keep(&b, frames);
	room_make(&b);
	bench_run(&(struct bench_work){ "bundle: a flow to its row", b.count, 0, lane_ready, rows_once, &b });
	bench_run(&(struct bench_work){ "bundle: a flow committed", b.count, 0, lane_ready, commit_once, &b });
	bench_run(&(struct bench_work){ "bundle: a leaf to the root", b.count, 0, commit_ready, root_once, &b });
	lane_ready(&b);
	rows_once(&b);
	bench_run(&(struct bench_work){ "bundle: a row to raw columns", b.count, 0, NULL, columns_once, &b });
	bench_run(&(struct bench_work){ "bundle: a row deflated", b.count, b.raw_bytes, NULL, deflate_once, &b });
	bench_run(&(struct bench_work){ "bundle: a row inflated", b.packed_bytes ? b.count : 0, b.raw_bytes, NULL, inflate_once, &b });
	bench_run(&(struct bench_work){ "bundle: a row's CRC", b.count, b.raw_bytes, NULL, crc_once, &b });
	if (b.count)
		printf("%-34s %10.1f bytes a row, %.1f deflated\n", "bundle", (double)b.raw_bytes / (double)b.count, (double)b.packed_bytes / (double)b.count);
	bundle_free(&b);
}

static uint8_t piece[PIECE];

static void short_once(void *ctx)
{
	uint8_t digest[HASH_SHA256_BYTES];
	(void)ctx;
	for (size_t i = 0; i < PIECE; i += HASH_SHA256_BYTES)
		hash_sha256(piece + i, HASH_SHA256_BYTES, digest);
	bench_sink += digest[0];
}

static void long_once(void *ctx)
{
	uint8_t digest[HASH_SHA256_BYTES];
	(void)ctx;
	hash_sha256(piece, PIECE, digest);
	bench_sink += digest[0];
}

static void md5_once(void *ctx)
{
	uint8_t digest[HASH_MD5_BYTES];
	(void)ctx;
	for (size_t i = 0; i < PIECE; i += 256)
		hash_md5(piece + i, 256, digest);
	bench_sink += digest[0];
}

void bench_hashes(const struct bench_frames *frames)
{
	(void)frames;
	bench_run(&(struct bench_work){ "SHA-256 of 32 bytes", PIECE / HASH_SHA256_BYTES, PIECE, NULL, short_once, NULL });
	bench_run(&(struct bench_work){ "SHA-256 of 64 KiB", 1, PIECE, NULL, long_once, NULL });
	bench_run(&(struct bench_work){ "MD5 of 256 bytes", PIECE / 256, PIECE, NULL, md5_once, NULL });
}
