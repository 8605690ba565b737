/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"

/* Names that hosts claim for themselves: RFC 6762 sections 6 and 10.2 (multicast DNS), RFC 4795 section 2.1 (LLMNR). */

enum { RECORDS_MAX = 64, QUESTIONS_MAX = 32, TYPE_A = 1, TYPE_AAAA = 28, CLASS_IN = 1, CLASS_MASK = 0x7fff };

/* Type, class, time to live and data of a record behind its name. */
static bool is_address(struct cursor *at)
{
	unsigned type = cursor_be16(at), class = cursor_be16(at) & CLASS_MASK;
	cursor_skip(at, 4);
	struct cursor data = cursor_sub16(at);
	size_t bytes = cursor_left(&data);
	return cursor_ok(&data) && class == CLASS_IN && ((type == TYPE_A && bytes == 4) || (type == TYPE_AAAA && bytes == 16));
}

bool dns_hosts_see(struct signal_ctx *ctx, struct cursor message)
{
	struct cursor at = message;
	struct dns_header header = dns_header_read(&at);
	struct dns_name name;
	bool found = false;
	if (!cursor_ok(&at) || !(header.flags & DNS_QR) || dns_opcode(&header) || header.flags & DNS_RCODE ||
		header.questions > QUESTIONS_MAX)
		return false;
	for (unsigned i = 0; i < header.questions; i++) {
		if (dns_name_read(message, &at, &name) != DNS_OK)
			return false;
		cursor_skip(&at, 4);
	}
	unsigned records = (unsigned)header.answers + header.authorities + header.additionals;
	for (unsigned i = 0; i < records && i < RECORDS_MAX; i++) {
		if (dns_name_read(message, &at, &name) != DNS_OK)
			break;
		bool claims = is_address(&at);
		if (!cursor_ok(&at))
			break;
		if (!claims)
			continue;
		signal_put_wire(ctx, IND_SIG_MDNS_HOST, IND_SERVER, name.text, name.bytes);
		found = true;
	}
	return found;
}
