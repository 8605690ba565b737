/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4120 section 5: KDC-REQ (5.4.1), KDC-REP (5.4.2), AP-REQ (5.5.1), KRB-ERROR (5.9.1), Ticket (5.3), PrincipalName (5.2.2). */
#include "signal/der.h"
#include "signal/kerberos.h"

enum {
	AS_REQ = 0x6a,
	AS_REP = 0x6b,
	TGS_REQ = 0x6c,
	TGS_REP = 0x6d,
	AP_REQ = 0x6e,
	KRB_ERROR = 0x7e,
	TICKET = 0x61,
	CONTEXT = 0xa0,
	CONSTRUCTED = 0x20,
	ENUMERATED = 0x0a,
	BOOLEAN = 0x01,
	BITS = 0x03,
	TIME = 0x18,
	GENERAL_STRING = 0x1b,
	NONE = 0xff,
	DEPTH_MAX = 12,
	BITS_MAX_BYTES = 8,
};

/* Where in a message realm and client name stand: numbers of fields, inside the field `within` and there, for a ticket, inside `inner`. */
struct layout {
	uint8_t tag, side, within, inner, realm, name, other_realm;
};

static const struct layout layouts[] = {
	{ AS_REQ, IND_CLIENT, 4, 0, 2, 1, NONE },
	{ TGS_REQ, IND_CLIENT, 4, 0, 2, 1, NONE },
	{ AS_REP, IND_SERVER, NONE, 0, 3, 4, NONE },
	{ TGS_REP, IND_SERVER, NONE, 0, 3, 4, NONE },
	{ AP_REQ, IND_CLIENT, 3, TICKET, 1, NONE, NONE },
	{ KRB_ERROR, IND_SERVER, NONE, 0, 7, 8, 9 },
};

static const struct layout *layout_of(uint8_t tag)
{
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		if (layouts[i].tag == tag)
			return &layouts[i];
	return NULL;
}

enum ind_side kerberos_message_side(uint8_t tag)
{
	const struct layout *l = layout_of(tag);
	return l ? l->side : IND_CLIENT;
}

/* The tag, a length, the SEQUENCE in it. */
enum probe kerberos_message_probe(struct cursor bytes, size_t *whole)
{
	struct cursor c = bytes;
	uint8_t tag;
	size_t length, left = cursor_left(&bytes);
	if (left && !layout_of(*bytes.p))
		return PROBE_NO;
	if (!der_head(&c, &tag, &length))
		return left < DER_HEAD_MAX_BYTES ? PROBE_MORE : PROBE_NO;
	*whole = (size_t)(c.p - bytes.p) + length;
	if (cursor_left(&c) == 0)
		return PROBE_MORE;
	return *c.p == DER_SEQUENCE ? PROBE_YES : PROBE_NO;
}

static void realm_put(struct signal_ctx *ctx, enum ind_side side, struct cursor field)
{
	struct der text;
	if (der_expect(&field, GENERAL_STRING, &text))
		signal_put_wire(ctx, IND_SIG_KRB_REALM, side, text.body.p, cursor_left(&text.body));
}

/* The parts of a name, joined by "/" as in RFC 1964 section 2.1.1. */
static void name_put(struct signal_ctx *ctx, enum ind_side side, struct cursor field)
{
	uint8_t name[IND_EXHIBIT_MAX_BYTES];
	size_t used = 0;
	struct der part;
	if (!der_enter(&field, DER_SEQUENCE) || !der_expect(&field, CONTEXT, &part) || !der_enter(&field, CONTEXT | 1) ||
		!der_enter(&field, DER_SEQUENCE))
		return;
	while (cursor_left(&field)) {
		if (!der_expect(&field, GENERAL_STRING, &part))
			return;
		size_t bytes = cursor_left(&part.body);
		if (bytes + 1 > sizeof(name) - used)
			return;
		if (used)
			name[used++] = '/';
		memcpy(name + used, part.body.p, bytes);
		used += bytes;
	}
	signal_put_wire(ctx, IND_SIG_KRB_CNAME, side, name, used);
}

/* Steps into the SEQUENCE that holds the fields of the layout. */
static bool fields_enter(struct cursor *c, const struct layout *l)
{
	struct der field;
	if (!der_enter(c, l->tag) || !der_enter(c, DER_SEQUENCE))
		return false;
	if (l->within == NONE)
		return true;
	do {
		if (!der_next_some(c, &field))
			return false;
	} while (field.tag != (CONTEXT | l->within));
	*c = field.body;
	return (!l->inner || der_enter(c, l->inner)) && der_enter(c, DER_SEQUENCE);
}

void kerberos_message_put(struct signal_ctx *ctx, struct cursor message, bool cut)
{
	const struct layout *l = cursor_left(&message) ? layout_of(*message.p) : NULL;
	struct der field;
	if (!l)
		return;
	bool good = fields_enter(&message, l);
	while (good && cursor_left(&message)) {
		good = der_next_some(&message, &field);
		if (!good)
			break;
		if (field.tag == (CONTEXT | l->realm) || field.tag == (CONTEXT | l->other_realm))
			realm_put(ctx, l->side, field.body);
		else if (field.tag == (CONTEXT | l->name))
			name_put(ctx, l->side, field.body);
	}
	if (!good && !cut)
		signal_malformed(ctx);
}

static bool stays(const struct der *e)
{
	switch (e->tag) {
	case BOOLEAN:
	case DER_INTEGER:
	case ENUMERATED:
	case TIME:
	case GENERAL_STRING:
		return true;
	case BITS:
		return cursor_left(&e->body) <= BITS_MAX_BYTES;
	default:
		return false;
	}
}

static void fill(uint8_t *copy, struct cursor part)
{
	if (cursor_left(&part))
		memset(copy + (part.p - copy), 'x', cursor_left(&part));
}

/* Descends into what is constructed, to a bounded depth; what cannot be read as an element is overwritten too. */
static void hide(uint8_t *copy, struct cursor c, int depth)
{
	struct der e;
	while (cursor_left(&c)) {
		struct cursor rest = c;
		if (!der_next_some(&c, &e)) {
			fill(copy, rest);
			return;
		}
		if (e.tag & CONSTRUCTED && depth < DEPTH_MAX)
			hide(copy, e.body, depth + 1);
		else if (!stays(&e))
			fill(copy, e.body);
	}
}

void kerberos_message_hide(uint8_t *message, size_t count) { hide(message, cursor_of(message, count), 0); }
