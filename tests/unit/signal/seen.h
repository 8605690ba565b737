/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_SEEN_H
#define UNIT_SIGNAL_SEEN_H

#include "signal/signal.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Bytes under construction, and a sink that keeps what a parser says: for tests of stream parsers. */

struct wire {
	size_t count;
	uint8_t bytes[40000];
};

static inline void put(struct wire *w, const void *bytes, size_t count)
{
	ck_assert_uint_le(count, sizeof(w->bytes) - w->count);
	if (count)
		memcpy(w->bytes + w->count, bytes, count);
	w->count += count;
}

/* `width` bytes, most significant first. */
static inline void put_be(struct wire *w, unsigned width, uint64_t value)
{
	while (width--) {
		uint8_t byte = (uint8_t)(value >> 8 * width);
		put(w, &byte, 1);
	}
}

static inline void put_text(struct wire *w, const char *text) { put(w, text, strlen(text)); }

static inline void put_fill(struct wire *w, uint8_t byte, size_t count)
{
	while (count--)
		put(w, &byte, 1);
}

/* A length of `width` bytes, written when what it counts is there. */
static inline size_t open_length(struct wire *w, unsigned width)
{
	put_be(w, width, 0);
	return w->count;
}

static inline void close_length(struct wire *w, unsigned width, size_t opened)
{
	size_t length = w->count - opened;
	for (unsigned i = 1; i <= width; i++, length >>= 8)
		w->bytes[opened - i] = (uint8_t)length;
}

struct seen {
	struct { uint16_t id; uint8_t side, from; char value[IND_VALUE_MAX_BYTES + 1]; } signal[40];
	size_t signals;
	struct { uint8_t side, masked; uint16_t count; uint8_t bytes[IND_EXHIBIT_MAX_BYTES]; } exhibit[6];
	size_t exhibits;
	size_t malformed;
	size_t calls;                /* of see() */
	enum parse outcome;          /* of the last one */
	uint64_t state[2], shared;
	uint32_t need;
};

static inline void seen_signal(void *ctx, const struct ind_signal *signal)
{
	struct seen *s = ctx;
	ck_assert_uint_lt(s->signals, sizeof(s->signal) / sizeof(*s->signal));
	s->signal[s->signals].id = signal->id;
	s->signal[s->signals].side = signal->side;
	s->signal[s->signals].from = signal->from;
	memcpy(s->signal[s->signals].value, signal->value, signal->value_bytes);
	s->signal[s->signals++].value[signal->value_bytes] = '\0';
}

static inline void seen_exhibit(void *ctx, const struct ind_exhibit *exhibit)
{
	struct seen *s = ctx;
	ck_assert_uint_lt(s->exhibits, sizeof(s->exhibit) / sizeof(*s->exhibit));
	s->exhibit[s->exhibits].side = exhibit->side;
	s->exhibit[s->exhibits].masked = exhibit->masked;
	s->exhibit[s->exhibits].count = exhibit->bytes_count;
	memcpy(s->exhibit[s->exhibits++].bytes, exhibit->bytes, exhibit->bytes_count);
}

static inline void seen_malformed(void *ctx) { ((struct seen *)ctx)->malformed++; }

/* Whether any exhibit holds this text. */
static inline bool seen_exhibit_holds(const struct seen *s, const char *text)
{
	size_t bytes = strlen(text);
	for (size_t i = 0; i < s->exhibits; i++)
		for (size_t at = 0; at + bytes <= s->exhibit[i].count; at++)
			if (memcmp(s->exhibit[i].bytes + at, text, bytes) == 0)
				return true;
	return false;
}

/* The value of the only signal of this id, or NULL. */
static inline const char *seen_value(const struct seen *s, enum ind_signal_id id)
{
	const char *value = NULL;
	for (size_t i = 0; i < s->signals; i++) {
		if (s->signal[i].id != id)
			continue;
		ck_assert_msg(!value || strcmp(value, s->signal[i].value) == 0, "two values: %s and %s", value, s->signal[i].value);
		value = s->signal[i].value;
	}
	return value;
}

/* Also what is recorded only when asked for. */
static bool seen_all;

/* Hands a stream to a parser as an engine does: `chunk` bytes more each time, not before there are as many as it needs, each time in a
 * buffer that ends where the bytes end. Starts over unless `s` has state. Returns how many bytes were consumed. */
static inline size_t seen_feed(struct seen *s, const struct signal_stream_parser *parser, enum ind_dir from, const uint8_t *bytes,
	size_t count, size_t chunk, bool at_end)
{
	uint64_t wanted[IND_SIGNAL_SET_WORDS] = { 0 };
	const struct signal_sink sink = {
		.signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = s, .wants_exhibits = true, .wanted = wanted,
	};
	for (unsigned id = 1; id < IND_SIGNAL_ID_END; id++)
		if (ind_signal_info(id) && (seen_all || ind_signal_info(id)->recorded != IND_RECORDED_ON_REQUEST))
			wanted[id / 64] |= UINT64_C(1) << id % 64;
	size_t used = 0, there = 0;
	s->outcome = PARSE_MORE;
	while (there < count && s->outcome == PARSE_MORE) {
		there = there + chunk < count ? there + chunk : count;
		bool last = at_end && there == count;
		if (there - used < s->need && !last)
			continue;
		uint8_t *copy = malloc(there - used ? there - used : 1);
		memcpy(copy, bytes + used, there - used);
		struct signal_ctx ctx = { .sink = &sink, .from = (uint8_t)from, .state = s->state, .shared = &s->shared, .at_end = last };
		struct cursor c = cursor_of(copy, there - used);
		s->calls++;
		s->outcome = parser->see(&ctx, &c);
		s->need = ctx.need;
		used += (size_t)(c.p - copy);
		free(copy);
	}
	return used;
}

#endif
