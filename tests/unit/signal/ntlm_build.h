/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_NTLM_BUILD_H
#define UNIT_SIGNAL_NTLM_BUILD_H

#include "signal/ntlm.h"

#include "feed.h"

/* Logon tokens under construction, field by field as MS-NLMP, RFC 4178 and RFC 4120 describe them. */

enum { BUILD_FLAGS = 0x02000001, BUILD_SECRET = 0xd7 };

static inline void put_le(struct wire *w, unsigned width, uint64_t value)
{
	for (; width--; value >>= 8) {
		uint8_t byte = (uint8_t)value;
		put(w, &byte, 1);
	}
}

static inline void put_utf16(struct wire *w, const char *text)
{
	for (; *text; text++)
		put_le(w, 2, (uint8_t)*text);
}

static inline void put_version(struct wire *w, unsigned major, unsigned minor, unsigned build)
{
	put_le(w, 1, major), put_le(w, 1, minor), put_le(w, 2, build), put_le(w, 4, 0x0f000000);
}

static inline void put_field(struct wire *w, size_t bytes, size_t at) { put_le(w, 2, bytes), put_le(w, 2, bytes), put_le(w, 4, at); }

static inline void put_ntlm(struct wire *w, unsigned type) { put(w, "NTLMSSP", 8), put_le(w, 4, type); }

static inline struct wire build_negotiate(void)
{
	struct wire w = { 0 };
	put_ntlm(&w, 1);
	put_le(&w, 4, 0x02003001);
	put_field(&w, 6, 40), put_field(&w, 3, 46);
	put_version(&w, 6, 1, 7601);
	put_text(&w, "EARLYDWS1");
	return w;
}

static inline void put_av(struct wire *w, unsigned id, const char *text)
{
	put_le(w, 2, id), put_le(w, 2, 2 * strlen(text));
	put_utf16(w, text);
}

/* The server's clock reads 2020-01-02T03:04:05.6789012Z. */
static inline struct wire build_challenge(void)
{
	struct wire w = { 0 }, info = { 0 };
	put_av(&info, 2, "EXAMPLE"), put_av(&info, 1, "SRV1"), put_av(&info, 4, "example.org"), put_av(&info, 3, "srv1.example.org");
	put_le(&info, 2, 7), put_le(&info, 2, 8), put_le(&info, 8, UINT64_C(132224078456789012));
	put_av(&info, 0, "");
	put_ntlm(&w, 2);
	put_field(&w, 14, 56);
	put_le(&w, 4, BUILD_FLAGS);
	put_fill(&w, 0x11, 8), put_fill(&w, 0, 8);
	put_field(&w, info.count, 70);
	put_version(&w, 10, 0, 17763);
	put_utf16(&w, "EXAMPLE");
	put(&w, info.bytes, info.count);
	return w;
}

/* Responses, session key and MIC are BUILD_SECRET bytes. */
static inline struct wire build_authenticate(void)
{
	struct wire w = { 0 };
	put_ntlm(&w, 3);
	put_field(&w, 24, 128), put_field(&w, 40, 152);
	put_field(&w, 14, 88), put_field(&w, 10, 102), put_field(&w, 16, 112);
	put_field(&w, 16, 192);
	put_le(&w, 4, BUILD_FLAGS);
	put_version(&w, 10, 0, 19041);
	put_fill(&w, BUILD_SECRET, 16);
	put_utf16(&w, "EXAMPLEalicePC-ALICE");
	put_fill(&w, BUILD_SECRET, 24 + 40 + 16);
	return w;
}

/* Tag, length in the long form of two octets, contents. */
static inline struct wire build_der(uint8_t tag, const struct wire *body)
{
	struct wire w = { 0 };
	put(&w, &tag, 1), put_le(&w, 1, 0x82), put_be(&w, 2, body->count);
	put(&w, body->bytes, body->count);
	return w;
}

static inline void put_der(struct wire *w, uint8_t tag, const void *body, size_t count)
{
	put(w, &tag, 1), put_le(w, 1, 0x82), put_be(w, 2, count);
	put(w, body, count);
}

/* RFC 4178: an initial token that offers NTLM and carries `mech`, or a response that carries it; a MIC of secret bytes behind it. */
static inline struct wire build_spnego(const struct wire *mech, bool initial)
{
	struct wire fields = { 0 }, sequence, choice, w = { 0 }, octets = build_der(0x04, mech), mic = { 0 };
	if (initial)
		put(&fields, "\xa0\x0e\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 16);
	else
		put(&fields, "\xa0\x03\x0a\x01\x01", 5);
	put_der(&fields, 0xa2, octets.bytes, octets.count);
	put(&mic, "\x04\x10", 2), put_fill(&mic, BUILD_SECRET, 16);
	put_der(&fields, 0xa3, mic.bytes, mic.count);
	sequence = build_der(0x30, &fields);
	choice = build_der(initial ? 0xa0 : 0xa1, &sequence);
	if (!initial)
		return choice;
	put(&w, "\x06\x06\x2b\x06\x01\x05\x05\x02", 8);
	put(&w, choice.bytes, choice.count);
	return build_der(0x60, &w);
}

/* RFC 4648 section 4; starts `out` anew. */
static inline void put_base64(const struct wire *w, struct wire *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	*out = (struct wire){ 0 };
	for (size_t i = 0; i < w->count; i += 3) {
		size_t left = w->count - i;
		uint32_t bits = (uint32_t)w->bytes[i] << 16 | (left > 1 ? w->bytes[i + 1] << 8 : 0) | (left > 2 ? w->bytes[i + 2] : 0);
		for (unsigned k = 0; k < 4; k++)
			put(out, left < k ? "=" : &alphabet[bits >> (18 - 6 * k) & 63], 1);
	}
}

/* No run of bytes that were marked as secret is left. */
static inline bool has_secret(const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	for (size_t i = 0; i + 4 <= count; i++)
		if (at[i] == BUILD_SECRET && at[i + 1] == BUILD_SECRET && at[i + 2] == BUILD_SECRET && at[i + 3] == BUILD_SECRET)
			return true;
	return false;
}

/* The last exhibit, read again, gives the signals of the first reading and holds no secret. */
static inline void ck_rederived(const struct feed *f, const struct signal_stream_parser *parser, enum ind_dir from)
{
	static struct feed again;
	ck_assert_uint_eq(f->seen.exhibits, 1);
	ck_assert(!has_secret(f->seen.exhibit[0].bytes, f->seen.exhibit[0].count));
	ck_assert_int_eq(parser->probe(cursor_of(f->seen.exhibit[0].bytes, f->seen.exhibit[0].count)), PROBE_YES);
	memset(&again, 0, sizeof(again));
	feed_bytes(&again, parser, from, f->seen.exhibit[0].bytes, f->seen.exhibit[0].count, 40000, true);
	ck_assert_uint_eq(again.seen.signals, f->seen.signals);
	for (size_t i = 0; i < f->seen.signals; i++) {
		ck_assert_uint_eq(again.seen.signal[i].id, f->seen.signal[i].id);
		ck_assert_str_eq(again.seen.signal[i].value, f->seen.signal[i].value);
		ck_assert_uint_eq(again.seen.signal[i].side, f->seen.signal[i].side);
	}
	ck_assert_uint_eq(again.seen.exhibits, 1);
	ck_assert_mem_eq(again.seen.exhibit[0].bytes, f->seen.exhibit[0].bytes, f->seen.exhibit[0].count);
}

/* Feeds a whole stream in pieces of every kind of size; each gives the same signals. */
static inline void feed_pieces(struct feed *f, const struct signal_stream_parser *parser, enum ind_dir from, const struct wire *w)
{
	static const size_t chunks[] = { 1, 2, 3, 5, 7, 16, 100, 1460, 40000 };
	size_t signals = 0;
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		memset(f, 0, sizeof(*f));
		feed_bytes(f, parser, from, w->bytes, w->count, chunks[i], false);
		ck_assert_msg(i == 0 || f->seen.signals == signals, "%zu signals in pieces of %zu, %zu before", f->seen.signals, chunks[i], signals);
		signals = f->seen.signals;
	}
	ck_assert_uint_eq(f->seen.malformed, 0);
}

/* Every prefix, cut by the end of the capture, is read without harm and without a value that the whole does not have. */
static inline void feed_prefixes(const struct signal_stream_parser *parser, enum ind_dir from, const struct wire *w)
{
	static struct feed whole, f;
	memset(&whole, 0, sizeof(whole));
	feed_bytes(&whole, parser, from, w->bytes, w->count, 40000, true);
	for (size_t count = 0; count < w->count; count++) {
		memset(&f, 0, sizeof(f));
		enum probe probe = parser->probe(cursor_of(w->bytes, count));
		ck_assert_int_ne(probe, PROBE_NO);
		if (probe == PROBE_MORE)
			continue;
		feed_bytes(&f, parser, from, w->bytes, count, 40000, true);
		ck_assert_uint_le(f.seen.signals, whole.seen.signals);
		ck_assert_uint_eq(f.seen.malformed, 0);
		for (size_t i = 0; i < f.seen.exhibits; i++)
			ck_assert(!has_secret(f.seen.exhibit[i].bytes, f.seen.exhibit[i].count));
	}
}

#endif
