/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include "indicia/catalogue.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Also used by programs that are no Check tests. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

static enum ind_err memory_write(void *ctx, const void *bytes, size_t count)
{
	struct memory *m = ctx;
	if (m->room && m->bytes + count > m->room)
		return IND_IO;
	if (m->bytes + count > m->capacity) {
		m->capacity = (m->bytes + count) * 2;
		m->at = realloc(m->at, m->capacity);
		must(m->at != NULL);
	}
	memcpy(m->at + m->bytes, bytes, count);
	m->bytes += count;
	return IND_OK;
}

static enum ind_err memory_sync(void *ctx)
{
	struct memory *m = ctx;
	m->syncs++;
	m->synced = m->bytes;
	return IND_OK;
}

static enum ind_err memory_read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct memory *m = ctx;
	size_t left = offset < m->bytes ? m->bytes - (size_t)offset : 0;
	*got = count < left ? count : left;
	if (*got)
		memcpy(bytes, m->at + offset, *got);
	return IND_OK;
}

struct ind_sink memory_sink(struct memory *m) { return (struct ind_sink){ memory_write, memory_sync, m }; }
struct ind_source memory_source(const struct memory *m) { return (struct ind_source){ memory_read_at, (void *)(uintptr_t)m }; }

void memory_free(struct memory *m)
{
	free(m->at);
	*m = (struct memory){ 0 };
}

void keys_make(struct keys *k, uint8_t seed)
{
	uint8_t bytes[IND_KEY_BYTES];
	memset(bytes, seed, sizeof bytes);
	must(ind_key_from_seed(bytes, &k->identity) == IND_OK);
	bytes[0] ^= 0x80;
	must(ind_key_from_seed(bytes, &k->epoch) == IND_OK);
	bytes[0] ^= 0xc0;
	must(ind_key_from_seed(bytes, &k->boot) == IND_OK);
}

void keys_free(struct keys *k)
{
	ind_key_free(k->identity);
	ind_key_free(k->epoch);
	ind_key_free(k->boot);
}

static struct ind_text text(const char *t) { return (struct ind_text){ t, (uint16_t)strlen(t) }; }

void sample_header(struct ind_header *h)
{
	*h = (struct ind_header){
		.sensor = text("tap-1"),
		.source_file = text("caf\xc3\xa9.pcap"),
		.link_type = text("EN10MB"),
		.capture_filter = text("tcp or udp"),
		.authority = text("not a court"),
		.case_id = text("lab"),
		.clock_source = text("capture"),
		.build_id = text("indicia 0.1.0 (test)"),
		.signals = text("default"),
		.exhibits = text("signal"),
		.privacy = text("full"),
		.config_sha256 = text(""),
		.created_ns = 1700000000000000000,
		.retain_until_s = 1800000000,
		.link_type_number = 1,
		.snaplen = 262144,
		.has_position = true,
		.latitude_1e4 = -338688,
		.longitude_1e4 = 1512093,
		.position_error_km = 5,
		.boot_id = { 1, 2, 3 },
		.source_sha256 = { 9 },
		.data_set_count = 2,
	};
	h->data_sets[0] = (struct ind_data_set){ text("location.mmdb"), text("libloc"), text("CC BY-SA 4.0"), .build_epoch_s = 1699999999, .sha256 = { 7 } };
	h->data_sets[1] = (struct ind_data_set){ .name = text("list.txt"), .type = text("ioc"), .title = text("Some list"), .source = text("some CERT") };
}

void sample_stream(struct ind_stream *s)
{
	*s = (struct ind_stream){ 0 };
	for (unsigned i = 0; i < sizeof s->id; i++)
		s->id[i] = (uint8_t)(0xa0 + i);
}

static void sample_addr(unsigned i, uint8_t ip_version, uint8_t *addr)
{
	static const uint8_t net6[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	memset(addr, 0, IND_ADDR_BYTES);
	if (ip_version == 6)
		memcpy(addr, net6, sizeof net6);
	else
		memcpy(addr, "\xc6\x33", 2);
	addr[ip_version == 6 ? 14 : 2] = (uint8_t)(i >> 8);
	addr[ip_version == 6 ? 15 : 3] = (uint8_t)i;
}

void sample_flow(unsigned i, struct ind_flow *f)
{
	*f = (struct ind_flow){
		.serial = i + 1,
		.parent = i % 5 == 4 ? i : 0,
		.start_ns = 1700000001000000000 + (uint64_t)i * 1234567,
		.end_ns = 1700000001000000000 + (uint64_t)i * 1234567 + i % 7 * 1000000,
		.packets = { i, 3 },
		.bytes = { i * 100 + 60, 1500 },
		.payload = { i * 60, 1400 },
		.fragments = { i % 3, 0 },
		.retransmits = { 0, i % 2 },
		.client_rtt_us = i % 2 ? IND_ABSENT_U32 : 1000 + i,
		.server_rtt_us = i % 3 ? 20000 : IND_ABSENT_U32,
		.port = { (uint16_t)(40000 + i), i % 2 ? 443 : 53 },
		.ip_version = i % 3 == 2 ? 6 : 4,
		.proto = i % 2 ? 6 : 17,
		.orient = (uint8_t)(i % 4),
		.no_ports = i % 7 == 3,
		.validated = (uint8_t)(i % 5),
		.tcp_flags = { 0x12, 0x1b },
		.ttl_min = { 64, 50 },
		.ttl_max = { 64, 57 },
		.end_reason = (uint8_t)(i % 7),
		.vlan_count = (uint8_t)(i % (IND_VLAN_MAX + 1)),
		.vlan = { 0 },
		.tunnel_count = (uint8_t)(i % 3),
		.carries = (uint8_t)(i % IND_TUNNEL_COUNT),
	};
	for (unsigned k = 0; k < f->vlan_count; k++)
		f->vlan[k] = (uint16_t)(100 * k + i);
	for (unsigned k = 0; k < f->tunnel_count; k++)
		f->tunnel[k] = IND_TUNNEL_VXLAN;
	sample_addr(i % 50, f->ip_version, f->addr[IND_SRC]);
	sample_addr(200 + i % 7, f->ip_version, f->addr[IND_DST]);
	if (i % 11 == 10) {
		f->bytes[1] = UINT64_MAX;
		f->fragments[1] = UINT32_MAX;
		f->end_ns = f->start_ns - 5000;
	}
}

size_t sample_signals(unsigned i, const struct ind_flow *f, struct ind_signal s[static SAMPLE_SIGNALS], struct sample_values *values)
{
	static const uint8_t whole[IND_SHA256_BYTES] = { 0xaa, 0xbb };
	static const uint16_t ids[SAMPLE_SIGNALS] = { IND_SIG_TCP_SYN, IND_SIG_TLS_SNI, IND_SIG_PATH_PREHELLO, 100 };
	size_t count = i % (SAMPLE_SIGNALS + 1);
	for (unsigned k = 0; k < count; k++) {
		snprintf(values->text[k], sizeof values->text[k], "value %u of %u", k, k % 2 ? i : i % 3);
		s[k] = (struct ind_signal){
			.id = ids[k],
			.side = k % 2,
			.from = (uint8_t)(i % 2),
			.value_bytes = (uint16_t)strlen(values->text[k]),
			.time_ns = f->start_ns + k * 1000,
			.packet = i * 10 + k,
			.value = values->text[k],
		};
	}
	if (count == SAMPLE_SIGNALS) {
		memset(values->text[1], 'x', IND_VALUE_MAX_BYTES);
		s[1].value_bytes = IND_VALUE_MAX_BYTES;
		s[1].flags = IND_SIGNAL_CUT;
		s[1].sha256 = whole;
	}
	return count;
}

void sample_exhibit(unsigned i, struct ind_exhibit *e)
{
	static const uint8_t bytes[] = "GET / HTTP/1.1\r\nHost: example\r\nCookie: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n";
	*e = (struct ind_exhibit){
		.flow_serial = i + 1,
		.time_ns = 1700000001000000000 + i,
		.packet = i * 3,
		.from = i % 2,
		.side = i / 2 % 2,
		.kind = (uint8_t)(i % 3),
		.masked = i % 2,
		.bytes_count = (uint16_t)(i % sizeof bytes),
		.bytes = bytes,
	};
}

void sample_claim(unsigned i, struct ind_claim *c)
{
	*c = (struct ind_claim){
		.ip_version = i % 3 == 2 ? 6 : 4,
		.prefix_bits = 24,
		.data_set = i % 2,
		.flags = i % 2 ? IND_CLAIM_HAS_POSITION | IND_CLAIM_HOSTING : IND_CLAIM_ANYCAST,
		.asn = i * 1000,
		.radius_km = i % 2 ? 50 : IND_ABSENT_U32,
		.latitude_1e4 = i % 2 ? -338688 : 0,
		.longitude_1e4 = i % 2 ? 1512093 : 0,
		.country = { 'Z', 'Z' },
		.kind = (uint8_t)(i % IND_CLAIM_KIND_COUNT),
		.day = i % 4 ? 20000 + i : 0,
		.grade = { 'B', '2' },
		.tlp = (uint8_t)(i % IND_TLP_COUNT),
		.signal = i % 5 == 4 ? IND_SIG_TLS_JA3 : 0,
		.indicator = text(i % 5 == 4 ? "0123456789abcdef0123456789abcdef" : ""),
		.status = text(i % 2 ? "allocated" : ""),
		.source = text(i % 4 ? "" : "another CERT"),
		.label = text(i % 7 ? "" : "What they call it"),
		.holder = text(i % 3 ? "Example Networks" : ""),
		.city = text(i % 2 ? "Example Networks" : "Elsewhere"),
	};
	c->more_asn_count = i ? (uint8_t)(i % (IND_CLAIM_MORE_ASNS + 1)) : 0;
	for (unsigned k = 0; k < c->more_asn_count; k++)
		c->more_asn[k] = 64500 + i * k;
	sample_addr(i, c->ip_version, c->addr);
}

static void sample_behaviour(unsigned i, struct ind_origin *o)
{
	static const uint64_t cells[] = { 0, 472222, 472223, 472300, UINT32_MAX };
	for (unsigned k = 0; k < IND_WATCHED_PLACES; k++)
		o->silent[k] = (uint8_t)((i + k) % IND_MISSING_COUNT);
	o->hops_min = o->hops_max = o->hops_mode = IND_HOPS_ABSENT;
	if (i % 4) {
		o->hops_min = (uint8_t)(i % 4 - 1), o->hops_max = 254;
		o->hops_mode = i % 4 == 3 ? IND_HOPS_ABSENT : 9;
	}
	o->cotenants = (uint16_t)(i * 5);
	if (i % 3)
		o->rtt_samples = i, o->rtt_min_us = 1000 * i, o->rtt_p50_us = UINT32_MAX - i, o->rtt_span_s = i % 7;
	if (i % 5 == 4) {
		o->beacons = i;
		o->beacon = (struct ind_beacon){ .period_ms = 60000 + i, .mad_ms = i, .flows = UINT32_MAX, .port = (uint16_t)i, .proto = 17, .intervals = 255 };
	}
	o->cell_count = i % 6;
	o->cells = o->cell_count ? cells : NULL;
}

void sample_origin(unsigned i, struct ind_origin *o)
{
	*o = (struct ind_origin){
		.ip_version = i % 3 == 2 ? 6 : 4,
		.claims = i % 16,
		.first_ns = 1700000001000000000 + (uint64_t)i * 1000,
		.last_ns = 1700000002000000000,
		.flows = i + 2,
		.validated = i,
		.signals = { 1u << IND_SIG_TCP_SYN, i },
	};
	for (unsigned k = 0; k < IND_FAMILY_COUNT; k++) {
		o->observations[k] = k % 2 ? i : 0;
		o->missing[k] = k % 2 ? 0 : (uint8_t)(k % IND_MISSING_COUNT);
	}
	sample_behaviour(i, o);
	sample_addr(i, o->ip_version, o->addr);
}

static void put_records(struct ind_writer *w, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		struct ind_flow flow;
		struct ind_signal signals[SAMPLE_SIGNALS];
		struct sample_values values;
		struct ind_exhibit exhibit;
		struct ind_claim claim;
		struct ind_origin origin;
		sample_flow(i, &flow);
		size_t count = sample_signals(i, &flow, signals, &values);
		must(ind_writer_flow(w, &flow, signals, count) == IND_OK);
		sample_exhibit(i, &exhibit);
		must(ind_writer_exhibit(w, &exhibit) == IND_OK);
		sample_claim(i, &claim);
		must(ind_writer_claim(w, &claim) == IND_OK);
		sample_origin(i, &origin);
		must(ind_writer_origin(w, &origin) == IND_OK);
	}
}

void sample_bundle(struct memory *m, unsigned records, const struct keys *k, const uint8_t *seed)
{
	struct ind_sink sink = memory_sink(m);
	struct ind_stream stream;
	struct ind_writer *w;
	struct ind_header *h = malloc(sizeof *h);
	must(h != NULL);
	sample_header(h);
	sample_stream(&stream);
	must(ind_writer_new(&sink, &stream, h, k->identity, k->epoch, seed, &w) == IND_OK);
	free(h);
	struct ind_clock clock = { 5, 1700000000500000000, 1000, IND_ABSENT_U64, 0, IND_SYNC_NTP };
	must(ind_writer_clock(w, &clock) == IND_OK);
	put_records(w, 0, records / 2);
	struct ind_seal_info info = { .realtime_ns = 1700000010000000000, .boottime_ns = 77, .reason = IND_SEAL_PERIODIC, .frames_seen = 100 };
	must(ind_writer_seal(w, &info) == IND_OK);
	struct ind_loss loss = { .from_ns = 1, .to_ns = 2, .count = { [IND_LOSS_KERNEL_DROP] = 3, [IND_LOSS_DISK] = 4 } };
	must(ind_writer_loss(w, &loss) == IND_OK);
	put_records(w, records / 2, records);
	info = (struct ind_seal_info){
		.realtime_ns = 1700000020000000000, .reason = IND_SEAL_SHUTDOWN, .final = true, .has_source_sha256 = true, .source_sha256 = { 1 },
		.link_type_count = 2, .link_types = { { 1, "EN10MB" }, { 113, "LINUX_SLL" } },
	};
	must(ind_writer_seal(w, &info) == IND_OK);
	ind_writer_free(w);
}

void sample_restarted(struct memory *first, struct memory *second, const struct keys *k)
{
	struct ind_sink sink = memory_sink(first);
	struct ind_stream stream;
	struct ind_writer *w;
	struct ind_key_public boot;
	struct ind_header *h = malloc(sizeof *h);
	struct ind_seal_info info = { .realtime_ns = 1700000020000000000, .reason = IND_SEAL_PERIODIC };
	must(h != NULL);
	sample_header(h);
	sample_stream(&stream);
	ind_key_public(k->boot, &boot);
	must(ind_writer_new(&sink, &stream, h, k->identity, k->epoch, NULL, &w) == IND_OK);
	put_records(w, 0, 3);
	must(ind_writer_seal(w, &info) == IND_OK);
	struct ind_epoch_change change = { .key = k->identity, .boot_key = &boot, .realtime_ns = info.realtime_ns };
	must(ind_writer_epoch(w, &change) == IND_OK);
	put_records(w, 3, 5);
	info.final = true;
	must(ind_writer_seal(w, &info) == IND_OK);
	ind_writer_stream(w, &stream);
	ind_writer_free(w);

	sink = memory_sink(second);
	must(ind_writer_new(&sink, &stream, h, k->identity, NULL, NULL, &w) == IND_OK);
	change = (struct ind_epoch_change){ .key = k->epoch, .by_boot = k->boot, .realtime_ns = info.realtime_ns };
	must(ind_writer_epoch(w, &change) == IND_OK);
	put_records(w, 5, 6);
	must(ind_writer_seal(w, &info) == IND_OK);
	ind_writer_free(w);
	free(h);
}

struct ind_verify_result sample_verify(const struct memory *m, const struct keys *k)
{
	struct ind_verify_result result;
	struct ind_key_public trusted;
	struct ind_source source = memory_source(m);
	ind_key_public(k->identity, &trusted);
	struct ind_verify_options options = { .trusted = &trusted, .trusted_count = 1 };
	must(ind_verify(&source, &options, &result) == IND_OK);
	return result;
}
