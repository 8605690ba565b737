/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_QUIC_BUILD_H
#define UNIT_SIGNAL_QUIC_BUILD_H

#include "seen.h"
#include "support/quic_seal.h"

/* Packets as a QUIC endpoint makes them, so that tests can say what stands in them. */

enum { V1 = 0x00000001, V2 = 0x6b3343cf, DRAFT_29 = 0xff00001d };

static inline void hex(struct wire *w, const char *digits)
{
	for (unsigned high = 0, low = 0; digits[0] && digits[1]; digits += 2) {
		ck_assert_int_eq(sscanf(digits, "%1x%1x", &high, &low), 2);
		put_be(w, 1, high << 4 | low);
	}
}

static inline struct cursor bytes_of(const struct wire *w) { return cursor_of(w->bytes, w->count); }

/* A number in two bytes, or in eight. */
static inline void put_number(struct wire *w, uint64_t value)
{
	if (value < 0x4000)
		put_be(w, 2, 0x4000 | value);
	else
		put_be(w, 8, UINT64_C(0xc000000000000000) | value);
}

static inline void put_crypto(struct wire *w, uint64_t offset, const void *bytes, size_t count)
{
	put_be(w, 1, 0x06);
	put_number(w, offset);
	put_number(w, count);
	put(w, bytes, count);
}

struct shape {
	uint32_t version;
	enum ind_side side;
	const char *first, *to, *from, *token; /* hex; keys come from `first` */
	uint64_t number;
	unsigned number_bytes;
};

static bool clear_fixed_bit;

static inline uint8_t first_byte(uint32_t version, enum quic_type type, unsigned low)
{
	const struct quic_version *v = quic_version_of(version);
	return (uint8_t)((clear_fixed_bit ? 0x80u : 0xc0u) | ((unsigned)type + v->type_of_initial) % 4 << 4 | low);
}

static inline void put_id(struct wire *w, const char *digits)
{
	put_be(w, 1, strlen(digits) / 2);
	hex(w, digits);
}

/* Adds an Initial packet to a datagram. */
static inline void put_initial(struct wire *w, const struct shape *s, const struct wire *frames)
{
	size_t start = w->count;
	put_be(w, 1, first_byte(s->version, QUIC_INITIAL, s->number_bytes - 1));
	put_be(w, 4, s->version);
	put_id(w, s->to);
	put_id(w, s->from);
	put_be(w, 1, s->token ? strlen(s->token) / 2 : 0);
	hex(w, s->token ? s->token : "");
	put_number(w, s->number_bytes + frames->count + AEAD_TAG_BYTES);
	put_be(w, s->number_bytes, s->number & ((UINT64_C(1) << 8 * s->number_bytes) - 1));
	static struct wire first;
	struct quic_keys keys;
	first.count = 0;
	hex(&first, s->first);
	quic_keys_derive(&keys, quic_version_of(s->version), bytes_of(&first), s->side);
	ck_assert_uint_le(frames->count + AEAD_TAG_BYTES, sizeof w->bytes - w->count);
	w->count = start + quic_seal(&keys, w->bytes + start, w->count - start, s->number_bytes, s->number, frames->bytes, frames->count);
}

/* Adds a packet of another type whose content only its receiver can read. */
static inline void put_opaque(struct wire *w, uint32_t version, enum quic_type type, const char *to, const char *from, size_t count)
{
	put_be(w, 1, first_byte(version, type, 3));
	put_be(w, 4, version);
	put_id(w, to);
	put_id(w, from);
	put_number(w, count);
	put_fill(w, 0x5a, count);
}

#endif
