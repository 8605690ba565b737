/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around a logon token: InitialContextToken (RFC 2743 section 3.1), NegTokenInit and NegTokenResp (RFC 4178 section 4.2), the
 * Kerberos token (RFC 4121 section 4.1: two bytes, then the message). */
#include "signal/der.h"
#include "signal/kerberos.h"
#include "signal/ntlm.h"

enum {
	INITIAL_TOKEN = 0x60,
	NEG_TOKEN_INIT = 0xa0,
	NEG_TOKEN_RESP = 0xa1,
	MECH_TOKEN = 0xa2,
	OCTETS = 0x04,
	KERBEROS_ID_BYTES = 2,
	NESTED_MAX = 4
};

enum kind { KIND_NONE, KIND_NTLM, KIND_KERBEROS };

/* 1.2.840.113554.1.2.2, and what Windows 2000 wrote instead of it. */
static const uint8_t oid_kerberos[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };
static const uint8_t oid_kerberos_old[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02 };

static bool oid_is(const struct der *oid, const uint8_t *want, size_t bytes)
{
	return cursor_left(&oid->body) == bytes && memcmp(oid->body.p, want, bytes) == 0;
}

/* Steps into the token that a NegTokenInit or NegTokenResp carries. */
static bool negotiation_enter(struct cursor *c, uint8_t tag)
{
	struct der field;
	if (!der_enter(c, tag) || !der_enter(c, DER_SEQUENCE))
		return false;
	do {
		if (!der_next_some(c, &field))
			return false;
	} while (field.tag != MECH_TOKEN);
	*c = field.body;
	return der_enter(c, OCTETS);
}

/* Finds the innermost token, which `c` is then. */
static enum kind token_find(struct cursor *c)
{
	struct der oid;
	size_t whole;
	for (int i = 0; i < NESTED_MAX && cursor_left(c); i++) {
		if (ntlm_is_message(*c))
			return KIND_NTLM;
		if (kerberos_message_probe(*c, &whole) == PROBE_YES)
			return KIND_KERBEROS;
		uint8_t tag = *c->p;
		if (tag == NEG_TOKEN_INIT || tag == NEG_TOKEN_RESP) {
			if (!negotiation_enter(c, tag))
				return KIND_NONE;
			continue;
		}
		if (tag != INITIAL_TOKEN || !der_enter(c, INITIAL_TOKEN) || !der_expect(c, DER_OID, &oid))
			return KIND_NONE;
		if (oid_is(&oid, oid_kerberos, sizeof(oid_kerberos)) || oid_is(&oid, oid_kerberos_old, sizeof(oid_kerberos_old)))
			cursor_skip(c, KERBEROS_ID_BYTES);
	}
	return KIND_NONE;
}

bool ntlm_token_put(struct signal_ctx *ctx, struct cursor token, bool cut)
{
	enum kind kind = token_find(&token);
	if (kind == KIND_NTLM)
		ntlm_message_put(ctx, token, cut);
	else if (kind == KIND_KERBEROS)
		kerberos_message_put(ctx, token, cut);
	return kind != KIND_NONE;
}

bool ntlm_token_hide(uint8_t *token, size_t count)
{
	struct cursor c = cursor_of(token, count);
	enum kind kind = token_find(&c);
	size_t from = kind == KIND_NONE ? 0 : (size_t)(c.p - token), bytes = kind == KIND_NONE ? 0 : cursor_left(&c);
	if (kind == KIND_NTLM)
		ntlm_message_hide(token + from, bytes);
	else if (kind == KIND_KERBEROS)
		kerberos_message_hide(token + from, bytes);
	if (from + bytes < count)
		memset(token + from + bytes, 'x', count - from - bytes);
	return kind != KIND_NONE;
}

void ntlm_exhibit_put(struct signal_ctx *ctx, enum ind_exhibit_kind kind, enum ind_side side, const uint8_t *message, struct cursor token)
{
	uint8_t kept[IND_EXHIBIT_MAX_BYTES];
	if (!ctx->sink->wants_exhibits)
		return;
	size_t whole = (size_t)(token.end - message), before = (size_t)(token.p - message);
	size_t bytes = whole < sizeof(kept) ? whole : sizeof(kept);
	memcpy(kept, message, bytes);
	if (before < bytes)
		ntlm_token_hide(kept + before, bytes - before);
	signal_put_exhibit(ctx, kind, side, kept, whole, true);
}
