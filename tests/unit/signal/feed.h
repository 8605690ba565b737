/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_FEED_H
#define UNIT_SIGNAL_FEED_H

#include "seen.h"

/* Both directions of one flow, handed to a parser piece by piece as an engine does, bodies passed over. */
struct feed {
	struct seen seen;
	bool no_exhibits;
	struct { uint64_t state[2], skip; uint32_t need; enum parse outcome; size_t unread; uint8_t bytes[40000]; } dir[2];
};

/* Looks once at what is unread of a direction. */
static inline void feed_look(struct feed *f, const struct signal_stream_parser *parser, enum ind_dir from, bool at_end)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &f->seen, .wants_exhibits = !f->no_exhibits };
	size_t count = f->dir[from].unread;
	uint8_t *copy = malloc(count ? count : 1);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, f->dir[from].bytes, count);
	struct signal_ctx ctx = { .sink = &sink, .time_ns = 7, .packet = 3, .from = (uint8_t)from, .state = f->dir[from].state, .shared = &f->seen.shared,
		.at_end = at_end };
	struct cursor c = cursor_of(copy, count);
	f->dir[from].outcome = parser->see(&ctx, &c);
	size_t used = (size_t)(c.p - copy);
	f->dir[from].skip = ctx.skip;
	f->dir[from].need = ctx.need;
	f->dir[from].unread = count - used;
	memmove(f->dir[from].bytes, f->dir[from].bytes + used, count - used);
	free(copy);
}

static inline void feed_bytes(struct feed *f, const struct signal_stream_parser *parser, enum ind_dir from, const void *bytes, size_t count, size_t chunk,
	bool at_end)
{
	const uint8_t *p = bytes;
	while (count && f->dir[from].outcome == PARSE_MORE) {
		size_t piece = chunk < count ? chunk : count, passed = f->dir[from].skip < piece ? (size_t)f->dir[from].skip : piece;
		f->dir[from].skip -= passed;
		ck_assert_uint_le(f->dir[from].unread + piece - passed, sizeof(f->dir[from].bytes));
		memcpy(f->dir[from].bytes + f->dir[from].unread, p + passed, piece - passed);
		f->dir[from].unread += piece - passed;
		p += piece;
		count -= piece;
		bool last = at_end && count == 0;
		if (f->dir[from].unread && (last || f->dir[from].unread >= f->dir[from].need))
			feed_look(f, parser, from, last);
	}
}

static inline size_t feed_count(const struct feed *f, enum ind_signal_id id)
{
	size_t count = 0;
	for (size_t i = 0; i < f->seen.signals; i++)
		count += f->seen.signal[i].id == id;
	return count;
}

/* The n-th value of a signal; there must be one. */
static inline const char *feed_value(const struct feed *f, enum ind_signal_id id, size_t n)
{
	for (size_t i = 0; i < f->seen.signals; i++)
		if (f->seen.signal[i].id == id && n-- == 0)
			return f->seen.signal[i].value;
	ck_abort_msg("signal %d was not seen so often", (int)id);
	return "";
}

#endif
