/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/fragment.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000000)
#define T0 (1700000000 * SECOND)

static struct fragments table;
static uint32_t state = 1;

static uint32_t random_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static void setup(void) { ck_assert_int_eq(fragments_init(&table), IND_OK); }
static void teardown(void) { fragments_release(&table); }

struct piece { uint32_t at, bytes, there; bool more; };

/* One fragment of `data`, as a packet of its own; what is not `there` was cut off by the capture. */
static struct assembly *offer(unsigned version, uint32_t id, const uint8_t *data, struct piece piece, uint64_t time_ns)
{
	static struct craft c;
	struct packet p;
	bool is_new;
	c.count = 0;
	if (version == 4) {
		craft_ip4(&c, 1, 2, 17, 64, piece.bytes);
		c.bytes[4] = (uint8_t)(id >> 8), c.bytes[5] = (uint8_t)id;
		c.bytes[6] = (uint8_t)((piece.more ? 0x20 : 0) | piece.at >> 11), c.bytes[7] = (uint8_t)(piece.at >> 3);
	} else {
		craft_ip6(&c, 1, 2, 60, 8 + 8 + piece.bytes);
		craft_put(&c, "\x2c\0\1\4\0\0\0\0", 8);
		craft_u8(&c, 17), craft_u8(&c, 0), craft_be16(&c, piece.at | (piece.more ? 1 : 0)), craft_be32(&c, id);
	}
	uint8_t *frame = malloc(c.count + piece.bytes);
	memcpy(frame, c.bytes, c.count);
	memcpy(frame + c.count, data + piece.at, piece.bytes);
	struct frame f = { .bytes = frame, .captured = (uint32_t)c.count + piece.there, .wire = (uint32_t)c.count + piece.bytes, .time_ns = time_ns, .number = 1,
		.link = PACKET_LINK_RAW };
	ck_assert_int_eq(packet_decode(&f, &p), DECODE_OK);
	ck_assert(p.is_fragment && fragment_fits(&p));
	struct assembly *whole = fragment_add(&table, &p, 0, &is_new);
	free(frame);
	return whole;
}

/* The bytes above the IP headers of what was put together. */
static const uint8_t *datagram(struct assembly *a, unsigned version, uint32_t *captured)
{
	struct packet p;
	assembly_frame(a);
	ck_assert_int_eq(packet_decode_datagram(&a->frame, &a->like, &p), DECODE_OK);
	ck_assert_uint_eq(p.ip_version, version);
	ck_assert(!p.is_fragment);
	ck_assert_uint_eq(p.proto, 17);
	*captured = p.payload_captured + 8;
	return p.payload - 8;
}

static void data_fill(uint8_t *data, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		data[i] = (uint8_t)random_below(256);
	data[4] = (uint8_t)(bytes >> 8), data[5] = (uint8_t)bytes;
	data[2] = data[3] = 0;
}

/* Cuts `total` bytes at random multiples of eight, adds duplicates and overlapping pieces of the same bytes, and shuffles all of them. */
static unsigned pieces_make(struct piece *pieces, unsigned room, uint32_t total)
{
	unsigned n = 0;
	for (uint32_t at = 0; at < total; n++) {
		uint32_t left = total - at, bytes = 8 * (1 + random_below(1 + total / 80));
		bytes = at == 0 ? 8 : bytes; /* or it were no fragment */
		if (n == room / 2 || bytes > left)
			bytes = left;
		pieces[n] = (struct piece){ at, bytes, bytes, at + bytes < total };
		at += bytes;
	}
	for (unsigned extra = random_below(room - n); extra; extra--, n++) {
		uint32_t at = 8 * random_below((total + 7) / 8), bytes = 8 * random_below(40);
		if (at == 0)
			bytes = 8;
		if (at + bytes >= total)
			bytes = total - at;
		pieces[n] = (struct piece){ at, bytes, bytes, at + bytes < total };
	}
	for (unsigned i = n - 1; i; i--) {
		unsigned k = random_below(i + 1);
		struct piece swap = pieces[i];
		pieces[i] = pieces[k];
		pieces[k] = swap;
	}
	return n;
}

START_TEST(any_cut_in_any_order_is_the_datagram)
{
	static uint8_t data[65536];
	static struct piece pieces[200];
	for (unsigned round = 0; round < 400; round++) {
		unsigned version = round & 1 ? 6 : 4, whole = 0;
		uint32_t total = 16 + random_below(round % 8 ? 3000 : 65000), captured = 0;
		data_fill(data, total);
		unsigned n = pieces_make(pieces, 200, total);
		for (unsigned i = 0; i < n && !whole; i++) {
			struct assembly *a = offer(version, round, data, pieces[i], T0);
			if (!a)
				continue;
			whole++;
			const uint8_t *bytes = datagram(a, version, &captured);
			ck_assert_uint_eq(captured, total);
			ck_assert_mem_eq(bytes, data, total);
			ck_assert(!a->contradicts);
			ck_assert_uint_eq(a->fragments, i + 1);
			assembly_take(&table, a);
			assembly_give(&table, a);
		}
		ck_assert_uint_eq(whole, 1);
		ck_assert_uint_eq(table.places.in_use, 0);
	}
}
END_TEST

START_TEST(the_first_that_arrived_counts)
{
	uint8_t first[64], other[64];
	uint32_t captured;
	data_fill(first, 64);
	memcpy(other, first, sizeof other);
	other[20] ^= 0xff;
	ck_assert_ptr_null(offer(4, 1, first, (struct piece){ 16, 16, 16, true }, T0));
	ck_assert_ptr_null(offer(4, 1, other, (struct piece){ 0, 32, 32, true }, T0));
	struct assembly *a = offer(4, 1, first, (struct piece){ 32, 32, 32, false }, T0);
	ck_assert_ptr_nonnull(a);
	ck_assert(a->contradicts);
	ck_assert_mem_eq(datagram(a, 4, &captured), first, 64);
}
END_TEST

START_TEST(lies_about_the_end_do_not_move_it)
{
	uint8_t data[128];
	data_fill(data, 64);
	ck_assert_ptr_null(offer(4, 1, data, (struct piece){ 48, 16, 16, false }, T0));
	ck_assert_ptr_null(offer(4, 1, data, (struct piece){ 64, 16, 16, true }, T0));  /* behind it */
	ck_assert_ptr_null(offer(4, 1, data, (struct piece){ 24, 16, 16, false }, T0)); /* another end */
	ck_assert_ptr_null(offer(4, 1, data, (struct piece){ 0, 12, 12, true }, T0));   /* no multiple of eight */
	struct assembly *a = offer(4, 1, data, (struct piece){ 0, 48, 48, true }, T0);
	ck_assert_ptr_nonnull(a);
	ck_assert(a->contradicts);
	ck_assert_uint_eq(a->total_bytes, 64);
	ck_assert_uint_eq(a->fragments, 5);
}
END_TEST

START_TEST(nothing_is_longer_than_ip_allows)
{
	static uint8_t data[66000];
	ck_assert_ptr_null(offer(4, 1, data, (struct piece){ 65528, 64, 64, false }, T0));
	struct assembly *a = fragments_oldest(&table);
	ck_assert(a->contradicts);
	ck_assert_uint_eq(a->blocks, 0);
}
END_TEST

START_TEST(bytes_cut_off_by_the_capture_are_not_made_up)
{
	uint8_t data[64];
	uint32_t captured;
	data_fill(data, 64);
	ck_assert_ptr_null(offer(6, 1, data, (struct piece){ 0, 32, 32, true }, T0));
	struct assembly *a = offer(6, 1, data, (struct piece){ 32, 32, 5, false }, T0);
	ck_assert_ptr_nonnull(a);
	ck_assert_mem_eq(datagram(a, 6, &captured), data, 37);
	ck_assert_uint_eq(captured, 37);
}
END_TEST

START_TEST(datagrams_are_told_apart)
{
	uint8_t data[32];
	data_fill(data, 32);
	ck_assert_ptr_null(offer(4, 1, data, (struct piece){ 0, 16, 16, true }, T0));
	ck_assert_ptr_null(offer(4, 2, data, (struct piece){ 16, 16, 16, false }, T0));
	ck_assert_ptr_null(offer(6, 1, data, (struct piece){ 16, 16, 16, false }, T0));
	ck_assert_uint_eq(table.places.in_use, 3);
	ck_assert_ptr_nonnull(offer(4, 1, data, (struct piece){ 16, 16, 16, false }, T0));
}
END_TEST

START_TEST(the_oldest_is_due_first)
{
	uint8_t data[32];
	data_fill(data, 32);
	for (uint32_t i = 0; i < FRAGMENT_PLACES; i++)
		ck_assert_ptr_null(offer(4, i, data, (struct piece){ 16, 16, 16, false }, T0 + i));
	ck_assert(fragments_full(&table));
	for (uint32_t i = 0; i < FRAGMENT_PLACES; i++) {
		struct assembly *a = fragments_oldest(&table);
		ck_assert_uint_eq(a->like.fragment_id, i);
		ck_assert(!assembly_is_due(a, T0 + i + FRAGMENT_TIMEOUT_S * SECOND - 1));
		ck_assert(assembly_is_due(a, T0 + i + FRAGMENT_TIMEOUT_S * SECOND));
		assembly_frame(a);
		ck_assert_uint_eq(a->frame.captured, 20); /* a header that still says it is a fragment */
		assembly_take(&table, a);
		assembly_give(&table, a);
	}
	ck_assert_ptr_null(fragments_oldest(&table));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("fragment");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, any_cut_in_any_order_is_the_datagram);
	tcase_add_test(t, the_first_that_arrived_counts);
	tcase_add_test(t, lies_about_the_end_do_not_move_it);
	tcase_add_test(t, nothing_is_longer_than_ip_allows);
	tcase_add_test(t, bytes_cut_off_by_the_capture_are_not_made_up);
	tcase_add_test(t, datagrams_are_told_apart);
	tcase_add_test(t, the_oldest_is_due_first);
	return suite_run("flow.fragment", t);
}
