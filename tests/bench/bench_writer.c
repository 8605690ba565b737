/* SPDX-License-Identifier: Apache-2.0 */
/* What a bundle costs: bench_writer [mix|bare] [sessions] [write]. Synthetic sessions go through a writer whose bytes go nowhere, and the program
 * prints processor time and bytes per session, and the same for reading back and verifying. A program, not a test: figures are for people. */
#include "indicia/bundle.h"
#include "indicia/catalogue.h"
#include "indicia/verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIGNALS_MAX = 12, TEXT_MAX = 96, BLOCK = 512 };

struct file {
	uint8_t *at;
	size_t bytes, capacity;
};

struct session {
	struct ind_flow flow;
	struct ind_signal signal[SIGNALS_MAX];
	char text[SIGNALS_MAX][TEXT_MAX];
	size_t signals;
};

static uint64_t state = 88172645463325252;

static uint32_t chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % below;
}

/* Small numbers much more often than large ones, as hosts and names are. */
static uint32_t popular(uint32_t below)
{
	uint32_t a = chance(below), b = chance(below), c = chance(below);
	return (uint32_t)((uint64_t)a * b / below * c / below);
}

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum ind_err file_write(void *ctx, const void *bytes, size_t count)
{
	struct file *f = ctx;
	if (f->bytes + count > f->capacity) {
		f->capacity = (f->bytes + count) * 2;
		f->at = realloc(f->at, f->capacity);
		if (!f->at)
			return IND_NOMEM;
	}
	memcpy(f->at + f->bytes, bytes, count);
	f->bytes += count;
	return IND_OK;
}

static enum ind_err file_sync(void *ctx)
{
	(void)ctx;
	return IND_OK;
}

static enum ind_err file_read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct file *f = ctx;
	size_t left = offset < f->bytes ? f->bytes - (size_t)offset : 0;
	*got = count < left ? count : left;
	memcpy(bytes, f->at + offset, *got);
	return IND_OK;
}

static void must(enum ind_err err)
{
	if (err == IND_OK)
		return;
	fprintf(stderr, "bench_writer: %s\n", ind_strerror(err));
	exit(1);
}

static void observe(struct session *s, enum ind_signal_id id, unsigned from, uint64_t after_ns, uint64_t packet, const char *form, uint32_t number)
{
	struct ind_signal *g = &s->signal[s->signals];
	char *text = s->text[s->signals++];
	*g = (struct ind_signal){
		.id = (uint16_t)id,
		.side = (uint8_t)from,
		.from = (uint8_t)from,
		.value = text,
		.value_bytes = (uint16_t)snprintf(text, TEXT_MAX, form, number, number * 2654435761u, number * 40503u, number * 97u),
		.time_ns = s->flow.start_ns + after_ns,
		.packet = packet,
	};
}

static void session_start(struct session *s, uint32_t i, uint32_t client, uint32_t server, uint8_t proto, uint16_t port)
{
	uint32_t packets = 3 + popular(200);
	s->signals = 0;
	s->flow = (struct ind_flow){
		.serial = i + 1,
		.start_ns = 1700000000000000000 + (uint64_t)i * 150000 + chance(100000) * (uint64_t)1000,
		.packets = { packets, packets + chance(9) },
		.client_rtt_us = IND_ABSENT_U32,
		.server_rtt_us = IND_ABSENT_U32,
		.port = { (uint16_t)(32768 + chance(28000)), port },
		.ip_version = 4,
		.proto = proto,
		.validated = proto == 6 ? IND_VALID_HANDSHAKE : IND_VALID_UNTESTABLE,
		.ttl_min = { 63, (uint8_t)(50 + server % 14) },
		.ttl_max = { 63, (uint8_t)(50 + server % 14) },
		.end_reason = proto == 6 ? IND_END_FIN : IND_END_IDLE,
		.tcp_flags = { proto == 6 ? 0x1b : 0, proto == 6 ? 0x1b : 0 },
	};
	for (int d = 0; d < 2; d++) {
		s->flow.payload[d] = s->flow.packets[d] * (60 + chance(500));
		s->flow.bytes[d] = s->flow.payload[d] + s->flow.packets[d] * (proto == 6 ? 52 : 28);
	}
	s->flow.end_ns = s->flow.start_ns + chance(3000000) * (uint64_t)1000;
	memcpy(s->flow.addr[IND_SRC], &(uint32_t){ client * 2654435761u }, 4);
	memcpy(s->flow.addr[IND_DST], &(uint32_t){ server * 2246822519u + 1 }, 4);
}

static void tcp_session(struct session *s, uint32_t i, uint32_t client, uint32_t server, uint16_t port)
{
	session_start(s, i, client, server, 6, port);
	s->flow.client_rtt_us = 500 + chance(300);
	s->flow.server_rtt_us = 9000 + server % 50 * 1000 + chance(500);
	uint64_t rtt = s->flow.server_rtt_us * (uint64_t)1000, packet = (uint64_t)i * 15;
	observe(s, IND_SIG_TCP_SYN, 0, 0, packet, "v4:t63:w64240:m1460:s%u:o2-4-8-1-3:q", client % 12);
	observe(s, IND_SIG_TCP_SYNACK, 1, rtt, packet + 3, "v4:t57:w65535:m1460:s%u:o2-4-8-1-3:q", server % 12);
}

static void tls_session(struct session *s, uint32_t i, uint32_t client, uint32_t server)
{
	tcp_session(s, i, client, server, 443);
	uint64_t hello = 12000000, packet = (uint64_t)i * 15 + 7;
	observe(s, IND_SIG_TLS_JA3, 0, hello, packet, "%08x%08x%08x%08x", client % 20);
	observe(s, IND_SIG_TLS_JA4, 0, hello, packet, "t13d1516h2_8daaf6152771_%04x%08x", client % 20);
	observe(s, IND_SIG_TLS_SNI, 0, hello, packet, "www%u.example%u.test", popular(4000));
	observe(s, IND_SIG_TLS_ALPN, 0, hello, packet, "h2,http/1.1", 0);
	observe(s, IND_SIG_TLS_VERSION, 0, hello, packet, "TLS 1.3", 0);
	observe(s, IND_SIG_TLS_JA3S, 1, hello * 2, packet + 5, "%08x%08x%08x%08x", server % 30 + 100);
}

static void dns_session(struct session *s, uint32_t i, uint32_t client)
{
	uint32_t name = popular(20000);
	session_start(s, i, client, 7, 17, 53);
	s->flow.packets[0] = s->flow.packets[1] = 1;
	s->flow.payload[0] = 30 + name % 30;
	s->flow.payload[1] = 60 + name % 90;
	for (int d = 0; d < 2; d++)
		s->flow.bytes[d] = s->flow.payload[d] + 28;
	observe(s, IND_SIG_DNS_QNAME, 0, 0, (uint64_t)i * 15, "host%u.zone%u.test", name);
	observe(s, IND_SIG_DNS_ANSWER, 1, 8000000, (uint64_t)i * 15 + 9, "host%u.zone.test A 198.51.%u", name);
}

static void mix_session(struct session *s, uint32_t i)
{
	uint32_t client = popular(2000), server = popular(20000), kind = chance(10);
	if (kind < 3)
		dns_session(s, i, client);
	else if (kind < 8)
		tls_session(s, i, client, server);
	else
		tcp_session(s, i, client, server, 80);
}

static void bare_session(struct session *s, uint32_t i)
{
	session_start(s, i, i + 1000, i % 4 ? i : 9, 6, 80);
	s->flow.packets[0] = 5;
	s->flow.packets[1] = 0;
	s->flow.payload[0] = s->flow.bytes[1] = s->flow.payload[1] = 0;
	s->flow.bytes[0] = 200;
	observe(s, IND_SIG_TCP_SYN, 0, 0, (uint64_t)i * 5, "v4:t63:w64240:m1460:s%u:o2-4-8-1-3:q", i % 12);
}

static struct ind_writer *writer_of(struct file *f, const struct ind_key *key)
{
	struct ind_writer *w;
	struct ind_sink sink = { file_write, file_sync, f };
	struct ind_stream stream = { .id = "bench_writer" };
	static struct ind_header header = { .sensor = { "bench", 5 } };
	must(ind_writer_new(&sink, &stream, &header, key, key, NULL, &w));
	return w;
}

static void session_make(struct session *s, const char *what, uint32_t i)
{
	if (strcmp(what, "bare") == 0)
		bare_session(s, i);
	else
		mix_session(s, i);
	for (size_t k = 0; k < s->signals; k++)
		s->signal[k].value = s->text[k];
}

/* Makes sessions by the block, so that only what the writer does is measured, and it finds them as warm as a sensor has them. */
static double write_all(struct ind_writer *w, const char *what, uint32_t sessions)
{
	static struct session block[BLOCK];
	double spent = 0;
	for (uint32_t done = 0; done < sessions; done += BLOCK) {
		uint32_t count = sessions - done < BLOCK ? sessions - done : BLOCK;
		for (uint32_t i = 0; i < count; i++)
			session_make(&block[i], what, done + i);
		double start = cpu_seconds();
		for (uint32_t i = 0; i < count; i++)
			must(ind_writer_flow(w, &block[i].flow, block[i].signal, block[i].signals));
		spent += cpu_seconds() - start;
	}
	struct ind_seal_info info = { .realtime_ns = 1, .final = true };
	double start = cpu_seconds();
	must(ind_writer_seal(w, &info));
	return spent + cpu_seconds() - start;
}

static double read_all(const struct file *f)
{
	struct ind_source source = { file_read_at, (void *)(uintptr_t)f };
	struct ind_reader *r;
	const struct ind_record *record;
	double start = cpu_seconds();
	must(ind_reader_new(&source, IND_WANT_ALL, &r));
	while (ind_reader_next(r, &record) == IND_OK)
		;
	ind_reader_free(r);
	return cpu_seconds() - start;
}

static double verify_all(const struct file *f, const struct ind_key *key)
{
	struct ind_source source = { file_read_at, (void *)(uintptr_t)f };
	struct ind_key_public pub;
	struct ind_verify_result result;
	ind_key_public(key, &pub);
	struct ind_verify_options options = { .trusted = &pub, .trusted_count = 1 };
	double start = cpu_seconds();
	must(ind_verify(&source, &options, &result));
	if (result.verdict != IND_VERDICT_VALID) {
		fprintf(stderr, "bench_writer: %s %s\n", ind_verdict_name(result.verdict), result.reason);
		exit(1);
	}
	return cpu_seconds() - start;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "mix";
	uint32_t sessions = argc > 2 ? (uint32_t)atoi(argv[2]) : 200000;
	struct file f = { 0 };
	struct ind_key *key;
	struct ind_writer_totals totals;
	if (sessions == 0)
		return 2;
	must(ind_key_new(&key));
	struct ind_writer *w = writer_of(&f, key);
	double write = write_all(w, what, sessions);
	ind_writer_totals(w, &totals);
	ind_writer_free(w);
	double n = sessions;
	printf("%s: %u sessions, %.2f signals each, %.1f B a session\n", what, sessions, (double)totals.signals / n, (double)f.bytes / n);
	if (argc > 3) {
		printf("write %.0f ns a session (processor time)\n", write / n * 1e9);
		return 0;
	}
	printf("write %.0f ns, read %.0f ns, verify %.0f ns a session (processor time)\n", write / n * 1e9, read_all(&f) / n * 1e9,
		verify_all(&f, key) / n * 1e9);
	ind_key_free(key);
	free(f.at);
	return 0;
}
