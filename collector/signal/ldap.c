/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4511: messages (section 4.1.1), bind (4.2), StartTLS (4.14), behind which another protocol is looked for. "Sicily" binds, older than
 * SASL, carry NTLMSSP in choices of their own and in the matched name of the answer (MS-ADTS section 5.1.1.1.3). */
#include "signal/ldap.h"

#include "signal/der.h"
#include "signal/framed.h"
#include "signal/ntlm.h"

enum {
	BIND_REQUEST = 0x60,
	BIND_RESPONSE = 0x61,
	SEARCH_REQUEST = 0x63,
	SEARCH_ENTRY = 0x64,
	SEARCH_DONE = 0x65,
	EXTENDED_REQUEST = 0x77,
	EXTENDED_RESPONSE = 0x78,
	OCTETS = 0x04,
	ENUMERATED = 0x0a,
	SASL = 0xa3,
	SICILY_NEGOTIATE = 0x8a,
	SICILY_RESPONSE = 0x8b,
	SASL_CREDS = 0x87,
	ID_MAX_BYTES = 4,
	HEAD_MAX_BYTES = 16,
};

/* The head of a message: its whole length, and which operation it holds. */
struct head {
	size_t whole;
	uint8_t operation;
};

static bool starts_a_stream(uint8_t operation)
{
	switch (operation) {
	case BIND_REQUEST:
	case BIND_RESPONSE:
	case SEARCH_REQUEST:
	case SEARCH_ENTRY:
	case SEARCH_DONE:
	case EXTENDED_REQUEST:
	case EXTENDED_RESPONSE:
		return true;
	default:
		return false;
	}
}

/* YES if the head is there, NO if the bytes are not the start of a message. */
static enum probe head_read(struct cursor bytes, struct head *out)
{
	struct cursor c = bytes;
	struct der id;
	uint8_t tag;
	size_t length, left = cursor_left(&bytes);
	if (left && *bytes.p != DER_SEQUENCE)
		return PROBE_NO;
	if (!der_head(&c, &tag, &length))
		return left < DER_HEAD_MAX_BYTES ? PROBE_MORE : PROBE_NO;
	out->whole = (size_t)(c.p - bytes.p) + length;
	if (cursor_left(&c) == 0)
		return PROBE_MORE;
	if (!der_expect(&c, DER_INTEGER, &id) || cursor_left(&c) == 0)
		return left < HEAD_MAX_BYTES && id.tag == DER_INTEGER ? PROBE_MORE : PROBE_NO;
	out->operation = *c.p;
	return cursor_left(&id.body) <= ID_MAX_BYTES && (size_t)(c.p - bytes.p) < out->whole ? PROBE_YES : PROBE_NO;
}

static enum probe ldap_probe(struct cursor bytes)
{
	struct head head;
	enum probe probe = head_read(bytes, &head);
	return probe == PROBE_YES && !starts_a_stream(head.operation) ? PROBE_NO : probe;
}

/* The bytes that may be a token; false if the message has none. */
static bool token_find(struct cursor message, uint8_t operation, struct der *token)
{
	struct cursor sasl;
	struct der field;
	if (!der_enter(&message, DER_SEQUENCE) || !der_next(&message, &field) || !der_enter(&message, operation))
		return false;
	if (!der_next(&message, &field) || field.tag != (operation == BIND_REQUEST ? DER_INTEGER : ENUMERATED) ||
		!der_next_some(&message, token))
		return false;
	if (operation == BIND_RESPONSE && ntlm_is_message(token->body))
		return true;
	while (der_next_some(&message, token)) {
		sasl = token->body;
		switch (token->tag) {
		case SASL:
			return der_expect(&sasl, OCTETS, &field) && der_next_some(&sasl, token) && token->tag == OCTETS;
		case SICILY_NEGOTIATE:
		case SICILY_RESPONSE:
		case SASL_CREDS:
			return true;
		default:
			break;
		}
	}
	return false;
}

static bool bind_see(struct signal_ctx *ctx, struct cursor message, const struct head *head)
{
	struct der token;
	bool cut = cursor_left(&message) < head->whole;
	enum ind_side side = head->operation == BIND_REQUEST ? IND_CLIENT : IND_SERVER;
	if (!token_find(message, head->operation, &token) || !ntlm_token_put(ctx, token.body, cut))
		return false;
	ntlm_exhibit_put(ctx, IND_EXHIBIT_STREAM, side, message.p, token.body);
	return true;
}

static enum parse ldap_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	enum parse verdict = PARSE_MORE;
	ctx->need = 0;
	ctx->skip = 0;
	while (verdict == PARSE_MORE && cursor_left(bytes) && ctx->skip == 0) {
		struct head head;
		struct cursor message;
		enum probe probe = head_read(*bytes, &head);
		if (probe == PROBE_NO)
			return PARSE_NEXT;
		if (probe == PROBE_MORE) {
			framed_wait(ctx, bytes, cursor_left(bytes) + 1);
			return PARSE_MORE;
		}
		bool is_bind = head.operation == BIND_REQUEST || head.operation == BIND_RESPONSE;
		if (!framed_take(ctx, bytes, head.whole, is_bind ? FRAMED_MAX_BYTES : HEAD_MAX_BYTES, &message))
			return PARSE_MORE;
		verdict = framed_idle(ctx, is_bind && bind_see(ctx, message, &head));
	}
	return verdict;
}

const struct signal_stream_parser ldap_parser = { "ldap", ldap_probe, -1, ldap_see };
