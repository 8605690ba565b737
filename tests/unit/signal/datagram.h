/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_DATAGRAM_H
#define UNIT_SIGNAL_DATAGRAM_H

#include "seen.h"

/* Hands one datagram to a parser, in a buffer that ends where its bytes end. */
static inline enum parse datagram_at(struct seen *s, const struct signal_datagram_parser *parser, const void *bytes, size_t count,
	uint16_t from, uint16_t to, uint64_t time_ns)
{
	const struct signal_sink sink = {
		.signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = s, .wants_exhibits = true
	};
	const uint16_t port[2] = { from, to };
	uint8_t *copy = malloc(count ? count : 1);
	ck_assert_ptr_nonnull(copy);
	if (count)
		memcpy(copy, bytes, count);
	struct signal_ctx ctx = { .sink = &sink, .time_ns = time_ns, .packet = 3, .state = s->state, .shared = &s->shared, .at_end = true };
	struct cursor c = cursor_of(copy, count);
	s->outcome = parser->see(&ctx, &c, port);
	free(copy);
	return s->outcome;
}

static inline enum parse datagram(
	struct seen *s, const struct signal_datagram_parser *parser, const struct wire *w, uint16_t from, uint16_t to)
{
	memset(s, 0, sizeof(*s));
	return datagram_at(s, parser, w->bytes, w->count, from, to, 7);
}

/* Every beginning of it: no read behind the end, nothing but what the whole says. */
static inline void datagram_prefixes(const struct signal_datagram_parser *parser, const struct wire *w, uint16_t from, uint16_t to)
{
	static struct seen s;
	for (size_t count = 0; count < w->count; count++) {
		memset(&s, 0, sizeof(s));
		datagram_at(&s, parser, w->bytes, count, from, to, 7);
	}
}

/* What was kept says the same again. */
static inline void datagram_again(
	const struct seen *first, const struct signal_datagram_parser *parser, uint16_t from, uint16_t to, uint64_t time_ns)
{
	static struct seen again;
	memset(&again, 0, sizeof(again));
	ck_assert_uint_eq(first->exhibits, 1);
	datagram_at(&again, parser, first->exhibit[0].bytes, first->exhibit[0].count, from, to, time_ns);
	ck_assert_uint_eq(again.signals, first->signals);
	for (size_t i = 0; i < first->signals; i++) {
		ck_assert_uint_eq(again.signal[i].id, first->signal[i].id);
		ck_assert_uint_eq(again.signal[i].side, first->signal[i].side);
		ck_assert_str_eq(again.signal[i].value, first->signal[i].value);
	}
	ck_assert_uint_eq(again.exhibit[0].count, first->exhibit[0].count);
	ck_assert_mem_eq(again.exhibit[0].bytes, first->exhibit[0].bytes, first->exhibit[0].count);
}

#endif
