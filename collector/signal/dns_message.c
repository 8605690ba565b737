/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"

/* Messages: RFC 1035 section 4.1, over multicast RFC 6762 section 18, negative answers RFC 2308 section 2.1. */

enum { QUESTIONS_MAX = 32, OPCODE_QUERY = 0, OPCODE_KNOWN_MAX = 6, RECORDS_USUAL_MAX = 255 };

static enum dns_outcome question_read(struct cursor message, struct cursor *at, struct dns_name *name)
{
	enum dns_outcome outcome = dns_name_read(message, at, name);
	cursor_skip(at, 4); /* type, class */
	return outcome == DNS_OK && !cursor_ok(at) ? DNS_SHORT : outcome;
}

static bool says_absent(const struct dns_header *header)
{
	return header->flags & DNS_QR && (header->flags & DNS_RCODE) == DNS_NXDOMAIN;
}

/* A question is the client's word, also where a response repeats it. *found counts those that could be read. */
static enum dns_outcome questions_see(struct signal_ctx *ctx, struct cursor message, struct cursor *at, const struct dns_header *header, unsigned *found)
{
	struct dns_name name;
	unsigned count = header->questions < QUESTIONS_MAX ? header->questions : QUESTIONS_MAX;
	for (unsigned i = 0; i < count; i++) {
		enum dns_outcome outcome = question_read(message, at, &name);
		if (outcome != DNS_OK)
			return outcome;
		/* The responder's own word first: it tells the engine who is the server. */
		if (says_absent(header))
			signal_put_wire(ctx, IND_SIG_DNS_NXDOMAIN, IND_SERVER, name.text, name.bytes);
		signal_put_wire(ctx, IND_SIG_DNS_QNAME, IND_CLIENT, name.text, name.bytes);
		(*found)++;
	}
	return DNS_OK;
}

static enum dns_outcome questions_pass(struct cursor message, struct cursor *at, const struct dns_header *header)
{
	struct dns_name name;
	enum dns_outcome outcome = header->questions <= QUESTIONS_MAX ? DNS_OK : DNS_MALFORMED;
	for (unsigned i = 0; i < header->questions && outcome == DNS_OK; i++)
		outcome = question_read(message, at, &name);
	return outcome;
}

/* Answers before questions, for the same reason. */
static enum dns_outcome sections_see(struct signal_ctx *ctx, struct cursor message, struct cursor at, const struct dns_header *header, unsigned *found)
{
	enum dns_outcome answers = DNS_OK;
	if (header->flags & DNS_QR && header->answers && dns_opcode(header) == OPCODE_QUERY) {
		struct cursor behind = at;
		if (questions_pass(message, &behind, header) == DNS_OK)
			answers = dns_answers_see(ctx, message, &behind, header->answers, found);
	}
	enum dns_outcome questions = questions_see(ctx, message, &at, header, found);
	return questions != DNS_OK ? questions : answers;
}

/* What nearly every message is like. One that is not is another protocol's rather than a malformed one. */
static bool is_usual(const struct dns_header *header)
{
	return header->questions == 1 && header->answers <= RECORDS_USUAL_MAX && header->authorities <= RECORDS_USUAL_MAX &&
		header->additionals <= RECORDS_USUAL_MAX;
}

enum parse dns_message_see(struct signal_ctx *ctx, struct cursor message, enum ind_exhibit_kind kind)
{
	struct cursor at = message;
	struct dns_header header = dns_header_read(&at);
	unsigned found = 0;
	size_t before = kind == IND_EXHIBIT_STREAM ? DNS_LENGTH_BYTES : 0;
	bool usual = is_usual(&header);
	if (!cursor_ok(&at) || (dns_opcode(&header) > OPCODE_KNOWN_MAX && !usual))
		return PARSE_NOT;
	enum dns_outcome outcome = sections_see(ctx, message, at, &header, &found);
	if (outcome == DNS_MALFORMED && (found || (usual && dns_opcode(&header) == OPCODE_QUERY && !(header.flags & DNS_Z))))
		signal_malformed(ctx);
	else if (outcome != DNS_OK && !found)
		return PARSE_NOT;
	if (found)
		signal_put_exhibit(ctx, kind, header.flags & DNS_QR ? IND_SERVER : IND_CLIENT, message.p - before, before + cursor_left(&message), false);
	return PARSE_DONE;
}
