/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8446 section 5.1, RFC 5246 section 6.2.1: the record layer, as far as it is in the clear. */
#include "signal/tls_flight.h"

enum { MAJOR = 3, MINOR_MAX = 4, RECORD_MAX_BYTES = 16384 + 2048, PASSED_MAX = 8 };

void tls_flight_start(struct tls_flight *f, struct cursor stream, bool stop_at_cipher_spec)
{
	f->stream = stream;
	f->record_left = 0;
	f->at = stream.p;
	f->have = 0;
	f->missing = 0;
	f->stop_at_cipher_spec = stop_at_cipher_spec;
	f->passed = 0;
}

static enum tls_flight_read more(struct tls_flight *f, size_t missing)
{
	f->missing = (uint32_t)missing;
	return TLS_FLIGHT_MORE;
}

/* Up to the first handshake record that holds something. */
static enum tls_flight_read record_next(struct tls_flight *f, size_t want)
{
	for (;;) {
		struct cursor c = f->stream;
		size_t left = cursor_left(&c);
		uint8_t type = cursor_u8(&c), major = cursor_u8(&c), minor = cursor_u8(&c);
		uint16_t length = cursor_be16(&c);
		if (!cursor_ok(&c))
			return more(f, TLS_RECORD_HEADER_BYTES - left + want - f->have);
		if (major != MAJOR || minor > MINOR_MAX || length == 0 || length > RECORD_MAX_BYTES)
			return TLS_FLIGHT_BAD;
		if (type == TLS_HANDSHAKE) {
			f->stream = c;
			f->record_left = length;
			return TLS_FLIGHT_OK;
		}
		if (type != TLS_ALERT && (type != TLS_CHANGE_CIPHER_SPEC || f->stop_at_cipher_spec))
			return TLS_FLIGHT_END;
		if (f->passed++ == PASSED_MAX)
			return TLS_FLIGHT_END;
		if (length > cursor_left(&c))
			return more(f, length - cursor_left(&c));
		cursor_skip(&c, length);
		f->stream = c;
	}
}

/* Takes what there is of the record at hand. */
static void record_gather(struct tls_flight *f)
{
	size_t take = f->record_left < cursor_left(&f->stream) ? f->record_left : cursor_left(&f->stream);
	if (f->have == 0) {
		f->at = f->stream.p;
	} else {
		if (take > sizeof f->buffer - f->have)
			take = sizeof f->buffer - f->have;
		memmove(f->buffer, f->at, f->have);
		memcpy(f->buffer + f->have, f->stream.p, take);
		f->at = f->buffer;
	}
	f->have += take;
	f->record_left -= take;
	cursor_skip(&f->stream, take);
}

enum tls_flight_read tls_flight_fill(struct tls_flight *f, size_t want)
{
	if (want > sizeof f->buffer)
		return TLS_FLIGHT_END;
	while (f->have < want) {
		if (f->record_left == 0) {
			enum tls_flight_read got = record_next(f, want);
			if (got != TLS_FLIGHT_OK)
				return got;
		}
		if (cursor_left(&f->stream) == 0)
			return more(f, want - f->have);
		record_gather(f);
	}
	return TLS_FLIGHT_OK;
}
