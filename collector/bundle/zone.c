/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 4.3. */
#include "bundle/zone.h"

#include "base/cursor.h"
#include "bundle/row.h"

enum { FILTER_HASHES = 5 };

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static inline uint64_t port_hash(uint64_t port) { return mix(port + 1); }

static uint64_t address_hash(uint64_t ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	struct cursor c = cursor_of(addr, IND_ADDR_BYTES);
	uint64_t a = cursor_be64(&c);
	return mix(mix(a + ip_version) ^ cursor_be64(&c));
}

static inline void bit_set(uint8_t *bits, size_t n) { bits[n / 8] |= (uint8_t)(1u << n % 8); }

static inline size_t hash_bit(uint64_t hash, unsigned i, size_t bits)
{
	uint64_t low = (uint32_t)hash, high = hash >> 32 | 1;
	return (low + i * high) & (bits - 1);
}

/* An empty filter that `items` cannot fill by more than half; folding makes it as small as it may be. */
static void filter_start(struct filter *f, size_t items)
{
	f->bytes = FILTER_MIN_BYTES;
	while (f->bytes < FILTER_MAX_BYTES && f->bytes * 8 < items * FILTER_HASHES * 2)
		f->bytes *= 2;
	memset(f->bits, 0, f->bytes);
}

static inline void filter_add(struct filter *f, uint64_t hash)
{
	for (unsigned i = 0; i < FILTER_HASHES; i++)
		bit_set(f->bits, hash_bit(hash, i, f->bytes * 8));
}

static bool filter_holds(const ProtobufCBinaryData *f, uint64_t hash)
{
	for (unsigned i = 0; i < FILTER_HASHES; i++) {
		size_t n = hash_bit(hash, i, f->len * 8);
		if (n / 8 >= f->len || !(f->data[n / 8] >> n % 8 & 1))
			return false;
	}
	return true;
}

static uint64_t word_at(const uint8_t *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof word);
	return word;
}

static void filter_halve(struct filter *f)
{
	f->bytes /= 2;
	for (size_t i = 0; i < f->bytes; i++)
		f->bits[i] |= f->bits[f->bytes + i];
}

/* Bits that would be set in a filter of half the size. */
static size_t half_population(const struct filter *f)
{
	size_t population = 0;
	for (size_t i = 0; i < f->bytes / 2; i += 8)
		population += (size_t)__builtin_popcountll(word_at(f->bits + i) | word_at(f->bits + f->bytes / 2 + i));
	return population;
}

/* Halving while at most half of the bits are set then gives the smallest filter that has no more. */
static void filter_fold(struct filter *f)
{
	while (f->bytes > FILTER_MIN_BYTES && half_population(f) * 2 <= f->bytes / 2 * 8)
		filter_halve(f);
}

static ProtobufCBinaryData filter_data(struct filter *f)
{
	filter_fold(f);
	return (ProtobufCBinaryData){ f->bytes, f->bits };
}

static void range(const struct column *c, uint64_t *least, uint64_t *most)
{
	*least = *most = c->numbers[0];
	for (size_t i = 1; i < c->count; i++) {
		*least = c->numbers[i] < *least ? c->numbers[i] : *least;
		*most = c->numbers[i] > *most ? c->numbers[i] : *most;
	}
}

static uint64_t greatest_sum(const struct column *a, const struct column *b)
{
	uint64_t most = 0;
	for (size_t i = 0; i < a->count; i++) {
		uint64_t sum = a->numbers[i] + b->numbers[i];
		most = sum > most ? sum : most;
	}
	return most;
}

static void addresses_add(const struct batch *b, unsigned column, struct filter *f)
{
	uint8_t addr[IND_ADDR_BYTES];
	const struct column *version = &b->column[b->spec->version_column];
	for (size_t row = 0, at = 0; row < b->rows; row++) {
		batch_address(b, column, version->numbers[row], &at, addr);
		filter_add(f, address_hash(version->numbers[row], addr));
	}
}

static void flows_zone(const struct batch *b, struct zone *z)
{
	uint64_t most, least_port, most_port;
	range(&b->column[FLOW_START], &z->message.min_time_ns, &most);
	z->message.max_time_ns = greatest_sum(&b->column[FLOW_START], &b->column[FLOW_DURATION]);
	range(&b->column[FLOW_SERIAL], &z->message.min_serial, &z->message.max_serial);
	range(&b->column[FLOW_SPORT], &least_port, &most_port);
	z->message.min_src_port = (uint32_t)least_port;
	z->message.max_src_port = (uint32_t)most_port;
	filter_start(&z->dst_ports, b->rows);
	filter_start(&z->addresses, b->rows * 2);
	for (size_t i = 0; i < b->rows; i++) {
		filter_add(&z->dst_ports, port_hash(b->column[FLOW_DPORT].numbers[i]));
		bit_set(z->protocols, b->column[FLOW_PROTO].numbers[i]);
	}
	for (size_t i = 0; i < b->column[SIGNAL_ID].count; i++)
		bit_set(z->signals, b->column[SIGNAL_ID].numbers[i]);
	addresses_add(b, FLOW_SRC, &z->addresses);
	addresses_add(b, FLOW_DST, &z->addresses);
	z->message.dst_ports = filter_data(&z->dst_ports);
	z->message.addresses = filter_data(&z->addresses);
	z->message.protocols = (ProtobufCBinaryData){ sizeof z->protocols, z->protocols };
	z->message.signals = (ProtobufCBinaryData){ sizeof z->signals, z->signals };
}

static void exhibits_zone(const struct batch *b, struct zone *z)
{
	range(&b->column[EXHIBIT_TIME], &z->message.min_time_ns, &z->message.max_time_ns);
	range(&b->column[EXHIBIT_FLOW], &z->message.min_serial, &z->message.max_serial);
}

static void claims_zone(const struct batch *b, struct zone *z)
{
	filter_start(&z->addresses, b->rows);
	addresses_add(b, CLAIM_ADDR, &z->addresses);
	z->message.addresses = filter_data(&z->addresses);
}

static void origins_zone(const struct batch *b, struct zone *z)
{
	uint64_t most;
	const uint8_t *set = b->column[ORIGIN_SIGNALS].bytes;
	range(&b->column[ORIGIN_FIRST], &z->message.min_time_ns, &most);
	z->message.max_time_ns = greatest_sum(&b->column[ORIGIN_FIRST], &b->column[ORIGIN_SPAN]);
	/* The column is big-endian with the high word first, so that its bytes stand in the opposite order. */
	for (size_t i = 0; i < b->column[ORIGIN_SIGNALS].count; i++)
		z->signals[sizeof z->signals - 1 - i % sizeof z->signals] |= set[i];
	z->message.signals = (ProtobufCBinaryData){ sizeof z->signals, z->signals };
	filter_start(&z->addresses, b->rows);
	addresses_add(b, ORIGIN_ADDR, &z->addresses);
	z->message.addresses = filter_data(&z->addresses);
}

void zone_of(const struct batch *b, struct zone *z)
{
	static void (*const of[ROW_KIND_END])(const struct batch *, struct zone *) = {
		[ROW_FLOW] = flows_zone, [ROW_EXHIBIT] = exhibits_zone, [ROW_CLAIM] = claims_zone, [ROW_ORIGIN] = origins_zone,
	};
	memset(z->protocols, 0, sizeof z->protocols);
	memset(z->signals, 0, sizeof z->signals);
	indicia__v1__zone__init(&z->message);
	of[b->spec->kind](b, z);
}

static bool data_equal(const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

bool zone_equal(const Indicia__V1__Zone *a, const Indicia__V1__Zone *b)
{
	return a->min_time_ns == b->min_time_ns && a->max_time_ns == b->max_time_ns && a->min_serial == b->min_serial &&
		a->max_serial == b->max_serial && a->min_src_port == b->min_src_port && a->max_src_port == b->max_src_port &&
		data_equal(&a->dst_ports, &b->dst_ports) && data_equal(&a->protocols, &b->protocols) &&
		data_equal(&a->signals, &b->signals) && data_equal(&a->addresses, &b->addresses);
}

bool zone_may_hold_address(const Indicia__V1__Zone *z, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	return filter_holds(&z->addresses, address_hash(ip_version, addr));
}

bool zone_may_hold_dst_port(const Indicia__V1__Zone *z, uint16_t port) { return filter_holds(&z->dst_ports, port_hash(port)); }
