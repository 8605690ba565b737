/* SPDX-License-Identifier: Apache-2.0 */
/* Every parser of signals, on the payloads in the captures that it takes for its own, each as the first of its direction. Where the captures hold
 * none, on the seeds of its fuzzer that it takes: cut and damaged messages are among them. */
#include "base/aead.h"
#include "bench/bench.h"
#include "flow/flow.h"
#include "flow/gather.h"
#include "signal/signal.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 4096, SEED_BYTES_MAX = 65536 };

/* Where the seeds are, and the port from which a datagram parser hears them. */
static const struct seeds { const char *parser, *folder; uint16_t port; } seeds[] = {
	{ "ntp", "datagram", 123 }, { "stun", "datagram", 3478 }, { "dhcp", "datagram", 67 }, { "nbns", "datagram", 137 }, { "sip", "sip", 5060 },
	{ "kerberos", "kerberos", 88 },
};

#define TIME_NS UINT64_C(1790000000000000000)

struct message { const uint8_t *bytes; size_t count; uint16_t port[2]; };

struct messages {
	const struct signal_stream_parser *stream;
	const struct signal_datagram_parser *datagram;
	const struct signal_conversation_parser *conversation;
	struct message at[MESSAGES_MAX];
	size_t count, bytes;
	uint8_t *seed[MESSAGES_MAX]; /* the caller's to free */
	size_t seed_count;
	struct flow_table table;     /* for what conversations gather */
	struct aead *aead;
	uint64_t signals;
};

static void signal_count(void *ctx, const struct ind_signal *signal)
{
	(void)signal;
	((struct messages *)ctx)->signals++;
}

static void exhibit_forget(void *ctx, const struct ind_exhibit *exhibit)
{
	(void)ctx;
	bench_sink += exhibit->bytes_count;
}

static void malformed_forget(void *ctx) { (void)ctx; }

static enum parse message_see(struct messages *m, const struct message *message)
{
	const struct signal_sink sink = { .signal = signal_count, .exhibit = exhibit_forget, .malformed = malformed_forget, .ctx = m, .wants_exhibits = true };
	uint64_t state[2] = { 0 }, shared = 0, kept[SIGNAL_KEPT_BYTES / 8] = { 0 };
	uint32_t buffer[2] = { 0 }, rtt_us[2] = { IND_ABSENT_U32, IND_ABSENT_U32 };
	struct gather gather[2] = { { &m->table, &buffer[0] }, { &m->table, &buffer[1] } };
	struct signal_ctx ctx = {
		.sink = &sink, .time_ns = TIME_NS, .packet = 3, .state = state, .shared = &shared, .at_end = !m->conversation, .kept = kept, .gather = gather,
		.aead = m->aead, .begun_ns = TIME_NS, .rtt_us = rtt_us,
	};
	struct cursor bytes = cursor_of(message->bytes, message->count);
	if (m->stream)
		return m->stream->see(&ctx, &bytes);
	if (m->datagram)
		return m->datagram->see(&ctx, &bytes, message->port);
	enum parse outcome = m->conversation->see(&ctx, &bytes);
	gather_drop(&gather[0]);
	gather_drop(&gather[1]);
	return outcome;
}

static bool is_its(struct messages *m, const struct message *message)
{
	struct cursor bytes = cursor_of(message->bytes, message->count);
	if (m->stream)
		return m->stream->probe(bytes) == PROBE_YES;
	if (m->conversation && !m->conversation->begins(bytes))
		return false;
	return message_see(m, message) != PARSE_NOT;
}

static void message_add(struct messages *m, const struct message *message)
{
	m->at[m->count++] = *message;
	m->bytes += message->count;
}

/* The first byte of a seed is not the message's. */
static void seed_read(struct messages *m, const char *path, uint16_t port)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(SEED_BYTES_MAX);
	if (!f || !bytes)
		bench_must(f ? IND_NOMEM : IND_IO, path);
	size_t count = fread(bytes, 1, SEED_BYTES_MAX, f);
	struct message message = { bytes + 1, count - 1, { port, 40000 } };
	fclose(f);
	if (count < 2 || m->seed_count == MESSAGES_MAX || m->count == MESSAGES_MAX || !is_its(m, &message)) {
		free(bytes);
		return;
	}
	m->seed[m->seed_count++] = bytes;
	message_add(m, &message);
}

static void seeds_read(struct messages *m, const char *parser)
{
	const char *folder = parser;
	char pattern[512];
	uint16_t port = 0;
	glob_t found = { 0 };
	for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
		if (strcmp(seeds[i].parser, parser) == 0) {
			folder = m->datagram ? seeds[i].folder : parser;
			port = seeds[i].port;
		}
	snprintf(pattern, sizeof pattern, "%s/%s/*", BENCH_SEEDS, folder);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			seed_read(m, found.gl_pathv[i], port);
	globfree(&found);
}

static void seeds_free(struct messages *m)
{
	while (m->seed_count)
		free(m->seed[--m->seed_count]);
}

static void messages_find(struct messages *m, const struct bench_frames *frames)
{
	m->count = m->bytes = 0;
	for (size_t i = 0; i < frames->count && m->count < MESSAGES_MAX; i++) {
		struct packet p;
		packet_decode(&frames->at[i], &p);
		struct message message = { p.payload, p.payload_captured, { p.port[0], p.port[1] } };
		if (!p.ip || !p.payload_captured || p.is_fragment || p.proto != (m->stream ? IPPROTO_TCP4 : IPPROTO_UDP4) || !is_its(m, &message))
			continue;
		message_add(m, &message);
	}
}

static void messages_once(void *ctx)
{
	struct messages *m = ctx;
	for (size_t i = 0; i < m->count; i++)
		bench_sink += message_see(m, &m->at[i]);
}

static void messages_bench(struct messages *m, const char *form, const char *name, const struct bench_frames *frames)
{
	char title[64];
	messages_find(m, frames);
	if (m->count == 0)
		seeds_read(m, name);
	snprintf(title, sizeof title, "%s %s%s", form, name, m->seed_count ? " (seeds)" : "");
	m->signals = 0;
	messages_once(m);
	uint64_t signals = m->signals;
	bench_run(&(struct bench_work){ title, m->count, m->bytes, NULL, messages_once, m });
	if (m->count)
		printf("%-34s %10.1f bytes and %.1f signals a message\n", "", (double)m->bytes / (double)m->count, (double)signals / (double)m->count);
	seeds_free(m);
}

void bench_parsers(const struct bench_frames *frames)
{
	struct flow_limits limits = { .flows = 1024, .head_buffers = 16, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5 };
	struct messages *m = calloc(1, sizeof *m);
	if (!m)
		bench_must(IND_NOMEM, "messages");
	bench_must(flow_table_init(&m->table, &limits), "table");
	bench_must(aead_new(&m->aead), "libcrypto");
	for (size_t i = 0; signal_stream_parsers[i]; i++) {
		m->stream = signal_stream_parsers[i];
		messages_bench(m, "tcp", m->stream->name, frames);
	}
	m->stream = NULL;
	for (size_t i = 0; signal_conversation_parsers[i]; i++) {
		m->conversation = signal_conversation_parsers[i];
		messages_bench(m, "udp", m->conversation->name, frames);
	}
	m->conversation = NULL;
	for (size_t i = 0; signal_datagram_parsers[i]; i++) {
		m->datagram = signal_datagram_parsers[i];
		messages_bench(m, "udp", m->datagram->name, frames);
	}
	aead_free(m->aead);
	flow_table_release(&m->table);
	free(m);
}
