/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dtls.h"

enum { MAJOR = 0xfe, MINOR_MIN = 0xfc, SEQUENCE_BYTES = 6 };

bool dtls_record_read(struct cursor *c, struct dtls_record *record)
{
	record->type = cursor_u8(c);
	uint8_t major = cursor_u8(c), minor = cursor_u8(c);
	uint16_t epoch = cursor_be16(c);
	cursor_skip(c, SEQUENCE_BYTES);
	record->content = cursor_sub16(c);
	bool known = record->type >= DTLS_CHANGE_CIPHER_SPEC && record->type <= DTLS_HANDSHAKE;
	return known && major == MAJOR && minor >= MINOR_MIN && epoch == 0 && cursor_ok(c) && cursor_ok(&record->content);
}

bool dtls_fragment_read(struct cursor *c, struct dtls_fragment *f)
{
	f->type = cursor_u8(c);
	f->length = cursor_be24(c);
	f->sequence = cursor_be16(c);
	f->offset = cursor_be24(c);
	uint32_t count = cursor_be24(c);
	f->bytes = cursor_sub(c, count);
	return cursor_ok(c) && cursor_ok(&f->bytes) && f->offset <= f->length && count <= f->length - f->offset;
}
