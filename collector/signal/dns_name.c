/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"

/* Domain names: RFC 1035 sections 3.1 and 4.1.4. */

enum { LABEL_POINTER = 0xc0, HOPS_MAX = 127 };

static enum dns_outcome label_read(struct cursor *at, size_t bytes, struct dns_name *name)
{
	/* 255 octets with all length octets, the last one of the root included. */
	if (name->bytes + (name->bytes > 0) + bytes + 2 > DNS_NAME_MAX_BYTES)
		return DNS_MALFORMED;
	const uint8_t *label = cursor_take(at, bytes);
	if (!label)
		return DNS_SHORT;
	if (name->bytes)
		name->text[name->bytes++] = '.';
	memcpy(name->text + name->bytes, label, bytes);
	name->bytes = (uint16_t)(name->bytes + bytes);
	return DNS_OK;
}

/* A pointer leads to an earlier place than where this part of the name began, so there is no loop. */
static enum dns_outcome follow(struct cursor message, struct cursor *at, const uint8_t **part, size_t high_bits)
{
	size_t low_bits = cursor_u8(at);
	if (!cursor_ok(at))
		return DNS_SHORT;
	size_t target = (high_bits & ~(size_t)LABEL_POINTER) << 8 | low_bits;
	if (target >= (size_t)(*part - message.p))
		return DNS_MALFORMED;
	*part = message.p + target;
	*at = cursor_of(*part, cursor_left(&message) - target);
	return DNS_OK;
}

enum dns_outcome dns_name_read(struct cursor message, struct cursor *at, struct dns_name *name)
{
	struct cursor here = *at;
	const uint8_t *part = at->p;
	bool jumped = false;
	name->bytes = 0;
	for (int hops = 0; hops <= HOPS_MAX;) {
		enum dns_outcome outcome;
		size_t length = cursor_u8(&here);
		if (!cursor_ok(&here))
			return DNS_SHORT;
		if (length == 0) {
			if (!jumped)
				*at = here;
			if (name->bytes == 0)
				name->text[name->bytes++] = '.';
			return DNS_OK;
		}
		if (length < 64) {
			outcome = label_read(&here, length, name);
		} else if (length >= LABEL_POINTER) {
			if (!jumped)
				*at = (struct cursor){ here.p < here.end ? here.p + 1 : here.end, at->end, false };
			jumped = true;
			hops++;
			outcome = follow(message, &here, &part, length);
		} else {
			outcome = DNS_MALFORMED;
		}
		if (outcome != DNS_OK)
			return outcome;
	}
	return DNS_MALFORMED;
}

struct dns_header dns_header_read(struct cursor *at)
{
	struct dns_header header;
	header.id = cursor_be16(at);
	header.flags = cursor_be16(at);
	header.questions = cursor_be16(at);
	header.answers = cursor_be16(at);
	header.authorities = cursor_be16(at);
	header.additionals = cursor_be16(at);
	return header;
}
