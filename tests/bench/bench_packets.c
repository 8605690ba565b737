/* SPDX-License-Identifier: Apache-2.0 */
/* Frames to packets, packets to flows. */
#include "bench/bench.h"
#include "engine/engine.h"
#include "support/tuples.h"
#include <stdio.h>
#include <stdlib.h>

enum { CRAFTED = 1000000, SLOTS = 1 << 21, AIMED = 1 << 13, BATCH = 32 };

static void decode_once(void *ctx)
{
	const struct bench_frames *frames = ctx;
	for (size_t i = 0; i < frames->count; i++) {
		struct packet packet[2];
		unsigned which = 0;
		packet_decode(&frames->at[i], &packet[0]);
		while (packet[which].inner) {
			packet_decode_inner(&packet[which], &packet[!which]);
			if (!packet[!which].ip || packet[!which].tunnel_count == packet[which].tunnel_count)
				break;
			which = !which;
		}
		bench_sink += packet[which].payload_bytes;
	}
}

void bench_decode(const struct bench_frames *frames)
{
	bench_run(&(struct bench_work){ "decode", frames->count, 0, NULL, decode_once, (void *)(uintptr_t)frames });
}

struct flows {
	struct flow_table table;
	struct flow_key *keys;
	size_t count;
	struct frame frame;
	bool filled;
};

static void ended_forget(void *ctx, struct flow *f, enum ind_flow_end reason)
{
	(void)ctx;
	(void)reason;
	bench_sink += f->packets[0];
}

static void hash_once(void *ctx)
{
	const struct flows *f = ctx;
	uint64_t sum = 0;
	for (size_t i = 0; i < f->count; i++)
		sum += flow_hash(&f->table, &f->keys[i]);
	bench_sink += sum;
}

/* As the engine does: a batch is hashed and fetched ahead, then looked up. */
static void flows_see(void *ctx)
{
	struct flows *f = ctx;
	uint64_t hash[BATCH];
	bool is_new;
	for (size_t at = 0; at < f->count; at += BATCH) {
		size_t n = f->count - at < BATCH ? f->count - at : BATCH;
		for (size_t i = 0; i < n; i++) {
			hash[i] = flow_hash(&f->table, &f->keys[at + i]);
			flow_prefetch_slot(&f->table, hash[i]);
		}
		for (size_t i = 0; i < n; i++)
			flow_prefetch(&f->table, hash[i]);
		for (size_t i = 0; i < n; i++) {
			const struct flow_key *key = &f->keys[at + i];
			struct packet p = { .frame = &f->frame, .proto = key->proto, .ip_version = key->ip_version, .has_ports = true, .port = { key->port[0], key->port[1] } };
			flow_of(&f->table, key, hash[i], 0, &p, &is_new);
		}
	}
}

static void table_new(void *ctx)
{
	struct flows *f = ctx;
	struct flow_limits limits = { .flows = ENGINE_FLOWS_DEFAULT, .head_buffers = 1, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	if (f->filled)
		flow_table_release(&f->table);
	bench_must(flow_table_init(&f->table, &limits), "table");
	f->table.ended = ended_forget;
	f->filled = true;
}

static struct flows flows_new(size_t count, bool crafted)
{
	struct flows f = { .keys = calloc(count, sizeof *f.keys), .count = count, .frame = { .time_ns = UINT64_C(1700000000000000000) } };
	uint64_t state = 88172645463325252;
	if (!f.keys)
		bench_must(IND_NOMEM, "keys");
	for (size_t i = 0; i < count; i++)
		if (crafted)
			tuple_crafted(&state, SLOTS, AIMED, &f.keys[i]);
		else
			tuple_random(&state, &f.keys[i]);
	return f;
}

static void flows_free(struct flows *f)
{
	if (f->filled)
		flow_table_release(&f->table);
	free(f->keys);
}

void bench_table(const struct bench_frames *frames)
{
	static const size_t sizes[] = { 1000, 10000, 100000, 1000000 };
	(void)frames;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct flows f = flows_new(sizes[i], false);
		char name[64];
		if (i == 0)
			bench_run(&(struct bench_work){ "table: key to hash", f.count, 0, NULL, hash_once, &f });
		snprintf(name, sizeof name, "table: %zu flows added", f.count);
		bench_run(&(struct bench_work){ name, f.count, 0, table_new, flows_see, &f });
		snprintf(name, sizeof name, "table: one of %zu flows found", f.count);
		bench_run(&(struct bench_work){ name, f.count, 0, NULL, flows_see, &f });
		flows_free(&f);
	}
}

/* The tuples fall into one place of 256 if the key of the hash is zero; the table draws its own. */
void bench_crafted(const struct bench_frames *frames)
{
	double each[2][2];
	(void)frames;
	for (int crafted = 0; crafted < 2; crafted++) {
		struct flows f = flows_new(CRAFTED, crafted);
		const char *const names[2][2] = { { "random tuples added", "random tuples found" }, { "crafted tuples added", "crafted tuples found" } };
		each[crafted][0] = bench_run(&(struct bench_work){ names[crafted][0], f.count, 0, table_new, flows_see, &f });
		each[crafted][1] = bench_run(&(struct bench_work){ names[crafted][1], f.count, 0, NULL, flows_see, &f });
		flows_free(&f);
	}
	printf("%-34s %10.2f times when added, %.2f times when found (goal: 1.5 at most)\n", "crafted to random", each[1][0] / each[0][0], each[1][1] / each[0][1]);
}

static void flow_forget(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx;
	(void)signals;
	bench_sink += flow->packets[0] + count;
}

static void exhibit_forget(void *ctx, const struct ind_exhibit *exhibit)
{
	(void)ctx;
	bench_sink += exhibit->bytes_count;
}

struct engine_bench { const struct bench_frames *frames; struct engine *engine; };

static void engine_ready(void *ctx)
{
	struct engine_bench *b = ctx;
	struct engine_options options = { .flows = 65536, .exhibits = true, .payload_exhibits = true };
	options.output = (struct engine_output){ .flow = flow_forget, .exhibit = exhibit_forget };
	for (size_t i = 0; i < IND_SIGNAL_SET_WORDS; i++)
		options.signals[i] = UINT64_MAX;
	engine_free(b->engine);
	bench_must(engine_new(&options, &b->engine), "engine");
}

static void engine_once(void *ctx)
{
	const struct engine_bench *b = ctx;
	const struct bench_frames *frames = b->frames;
	for (size_t at = 0; at < frames->count; at += ENGINE_BATCH)
		engine_frames(b->engine, frames->at + at, frames->count - at < ENGINE_BATCH ? frames->count - at : ENGINE_BATCH);
	engine_flush(b->engine);
}

void bench_engine(const struct bench_frames *frames)
{
	struct engine_bench b = { .frames = frames };
	bench_run(&(struct bench_work){ "engine: a frame", frames->count, 0, engine_ready, engine_once, &b });
	engine_free(b.engine);
}
