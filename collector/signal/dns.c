/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"

/* DNS over UDP (RFC 1035 section 4.2.1, RFC 6762 section 5, LLMNR by RFC 4795), found by port, and over TCP (RFC 7766 section 8), found by
 * content. */

enum { PORT_DNS = 53, PORT_MDNS = 5353, PORT_LLMNR = 5355 };
enum { QUERY_MIN_BYTES = DNS_HEADER_BYTES + 5, CLASS_IN = 1, RCODE_MAX = 11 };

/* Of a longer message over TCP only the beginning is read. */
enum { READ_MAX_BYTES = 4096 };

static bool is_dns_port(unsigned port) { return port == PORT_DNS || port == PORT_MDNS; }

/* Of LLMNR only answers are read: they come from the port, not to it. */
static enum parse llmnr_see(struct signal_ctx *ctx, struct cursor message)
{
	if (!dns_hosts_see(ctx, message))
		return PARSE_NOT;
	signal_put_exhibit(ctx, IND_EXHIBIT_DATAGRAM, IND_SERVER, message.p, cursor_left(&message), false);
	return PARSE_DONE;
}

static enum parse udp_see(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2])
{
	if (port[0] == PORT_LLMNR)
		return llmnr_see(ctx, *bytes);
	if (!is_dns_port(port[0]) && !is_dns_port(port[1]))
		return PARSE_NOT;
	if (port[0] == PORT_MDNS)
		dns_hosts_see(ctx, *bytes);
	return dns_message_see(ctx, *bytes, IND_EXHIBIT_DATAGRAM);
}

const struct signal_datagram_parser dns_udp_parser = { "dns", udp_see };

/* There is no port to look at, so only what every resolver sends is taken for DNS: one question, known flags, few records. */
static bool header_is_plausible(const struct dns_header *h)
{
	if (dns_opcode(h) != 0 || h->flags & DNS_Z || h->questions != 1 || h->additionals > 16)
		return false;
	if (h->flags & DNS_QR)
		return (h->flags & DNS_RCODE) <= RCODE_MAX && h->answers <= 4096 && h->authorities <= 256;
	return (h->flags & DNS_RCODE) == 0 && h->answers == 0 && h->authorities <= 1;
}

/* Labels of letters, digits and signs. MORE while the name goes on behind what is there. */
static enum probe probe_name(struct cursor *at)
{
	size_t total = 1, length;
	while ((length = cursor_u8(at)) != 0) {
		total += length + 1;
		if (length > 63 || total > DNS_NAME_MAX_BYTES)
			return PROBE_NO;
		for (size_t i = 0; i < length && cursor_left(at); i++) {
			uint8_t c = cursor_u8(at);
			if (c <= ' ' || c >= 0x7f)
				return PROBE_NO;
		}
		if (cursor_left(at) == 0)
			return PROBE_MORE;
	}
	return cursor_ok(at) ? PROBE_YES : PROBE_MORE;
}

/* With less than a header: the length and the first byte of the flags. */
static enum probe probe_start(struct cursor bytes)
{
	size_t left = cursor_left(&bytes);
	unsigned length = cursor_be16(&bytes);
	cursor_skip(&bytes, 2);
	unsigned flags = cursor_u8(&bytes);
	if (left >= DNS_LENGTH_BYTES && length < QUERY_MIN_BYTES)
		return PROBE_NO;
	return left > 4 && (flags & 0x78) ? PROBE_NO : PROBE_MORE;
}

static enum probe tcp_probe(struct cursor bytes)
{
	if (cursor_left(&bytes) < DNS_LENGTH_BYTES + DNS_HEADER_BYTES)
		return probe_start(bytes);
	unsigned length = cursor_be16(&bytes);
	const uint8_t *message = bytes.p;
	struct dns_header header = dns_header_read(&bytes);
	if (length < QUERY_MIN_BYTES || !header_is_plausible(&header))
		return PROBE_NO;
	enum probe name = probe_name(&bytes);
	if (name != PROBE_YES)
		return name;
	cursor_skip(&bytes, 2);
	unsigned class = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return PROBE_MORE;
	size_t read = (size_t)(bytes.p - message);
	bool ends_here = header.answers + header.authorities + header.additionals == 0;
	return class == CLASS_IN && (ends_here ? length == read : length > read) ? PROBE_YES : PROBE_NO;
}

/* One message, or as much of it as is read. False when the rest of it is still to come or must be passed over. */
static bool see_message(struct signal_ctx *ctx, struct cursor *bytes, enum parse *verdict)
{
	struct cursor peek = *bytes;
	size_t whole = DNS_LENGTH_BYTES + (size_t)cursor_be16(&peek);
	size_t wanted = whole < READ_MAX_BYTES ? whole : READ_MAX_BYTES;
	if (cursor_left(bytes) < DNS_LENGTH_BYTES || (cursor_left(bytes) < wanted && !ctx->at_end)) {
		ctx->need = cursor_left(bytes) < DNS_LENGTH_BYTES ? DNS_LENGTH_BYTES : (uint32_t)wanted;
		return false;
	}
	size_t here = whole < cursor_left(bytes) ? whole : cursor_left(bytes);
	struct cursor message = cursor_sub(bytes, here);
	cursor_skip(&message, DNS_LENGTH_BYTES);
	ctx->skip = whole - here;
	if (dns_message_see(ctx, message, IND_EXHIBIT_STREAM) == PARSE_NOT && !ctx->at_end) {
		signal_malformed(ctx);
		*verdict = PARSE_DONE;
		return false;
	}
	return ctx->skip == 0;
}

static enum parse tcp_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	enum parse verdict = PARSE_MORE;
	ctx->need = 0;
	ctx->skip = 0;
	while (cursor_left(bytes) && see_message(ctx, bytes, &verdict))
		;
	return verdict;
}

const struct signal_stream_parser dns_tcp_parser = { "dns", tcp_probe, -1, tcp_see };
