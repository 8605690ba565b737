/* SPDX-License-Identifier: Apache-2.0 */
/* MS-NLMP section 2.2.1: NEGOTIATE, CHALLENGE and AUTHENTICATE messages; 2.2.2.1 AV_PAIR, 2.2.2.5 flags, 2.2.2.10 VERSION. */
#include "signal/ntlm.h"

#include "base/text.h"
#include "signal/utf16.h"

enum { NEGOTIATE = 1, CHALLENGE = 2, AUTHENTICATE = 3 };
enum { FLAG_UNICODE = 0x1, FLAG_OEM_DOMAIN = 0x1000, FLAG_OEM_WORKSTATION = 0x2000, FLAG_VERSION = 0x2000000 };
enum { AV_END = 0, AV_NB_COMPUTER = 1, AV_DNS_COMPUTER = 3, AV_TIMESTAMP = 7 };
enum { SIGNATURE_BYTES = 8, HEAD_BYTES = 12, VERSION_BYTES = 8 };

/* Where the fixed part of an AUTHENTICATE message ends: without session key and flags, with them, with the version too. */
enum { FIXED_OLD = 52, FIXED_FLAGS = 64, FIXED_VERSION = 72 };

/* The descriptors of an AUTHENTICATE message, in order. */
enum { LM, NT, DOMAIN, USER, WORKSTATION, SESSION_KEY, FIELDS };

static const uint8_t signature[SIGNATURE_BYTES] = "NTLMSSP";

/* A part of the message that a descriptor points at. */
struct field {
	uint32_t from, to;
};

struct authenticate {
	struct field field[FIELDS];
	uint32_t fixed; /* bytes before the first part: which of the fields that came later are there */
	uint32_t flags;
};

bool ntlm_is_message(struct cursor token)
{
	return cursor_left(&token) >= HEAD_BYTES && memcmp(token.p, signature, sizeof(signature)) == 0;
}

/* MS-NLMP section 2.2.1.1: length, allocated length, offset from the start of the message. */
static struct field field_read(struct cursor *c)
{
	uint32_t count = cursor_le16(c);
	cursor_skip(c, 2);
	uint32_t from = cursor_le32(c);
	if (from > UINT32_MAX - count)
		from = UINT32_MAX - count;
	return (struct field) { from, from + count };
}

static bool field_empty(struct field f) { return f.from == f.to; }

/* The bytes of a part; false if it does not lie in the message, behind its fixed fields. */
static bool field_bytes(struct cursor message, struct field f, uint32_t fixed, struct cursor *out)
{
	if (f.from < fixed)
		return false;
	cursor_skip(&message, f.from);
	*out = cursor_sub(&message, f.to - f.from);
	return cursor_ok(out);
}

static void name_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, struct cursor name, bool unicode)
{
	if (unicode)
		utf16_put(ctx, id, side, name.p, cursor_left(&name));
	else
		signal_put_wire(ctx, id, side, name.p, cursor_left(&name));
}

/* MS-NLMP section 2.2.2.10; all zero is none. */
static void version_put(struct signal_ctx *ctx, enum ind_side side, struct cursor c)
{
	char text[3 * 24];
	unsigned number[3] = { cursor_u8(&c), cursor_u8(&c), cursor_le16(&c) };
	cursor_skip(&c, VERSION_BYTES - 4);
	if (!cursor_ok(&c) || number[0] + number[1] + number[2] == 0)
		return;
	size_t used = 0;
	for (size_t i = 0; i < 3; i++) {
		if (i)
			text[used++] = '.';
		used += text_u64(number[i], text + used, sizeof(text) - used);
	}
	signal_put_text(ctx, IND_SIG_NTLM_VERSION, side, text, used);
}

/* A name that a client supplies early, in its own code page. */
static bool early_name_put(struct signal_ctx *ctx, enum ind_signal_id id, struct cursor message, struct field f, uint32_t fixed)
{
	struct cursor name;
	if (field_empty(f))
		return true;
	if (!field_bytes(message, f, fixed, &name))
		return false;
	name_put(ctx, id, IND_CLIENT, name, false);
	return true;
}

/* MS-NLMP section 2.2.1.1. */
static bool negotiate_put(struct signal_ctx *ctx, struct cursor message)
{
	struct cursor c = message;
	cursor_skip(&c, HEAD_BYTES);
	uint32_t flags = cursor_le32(&c);
	struct field domain = field_read(&c), workstation = field_read(&c);
	if (!cursor_ok(&c))
		return true; /* the oldest clients end after the flags */
	uint32_t fixed = (uint32_t)(c.p - message.p);
	bool good = true;
	if (flags & FLAG_OEM_DOMAIN)
		good = early_name_put(ctx, IND_SIG_NTLM_DOMAIN, message, domain, fixed);
	if (flags & FLAG_OEM_WORKSTATION)
		good = early_name_put(ctx, IND_SIG_NTLM_WORKSTATION, message, workstation, fixed) && good;
	if (flags & FLAG_VERSION)
		version_put(ctx, IND_CLIENT, c);
	return good;
}

/* A FILETIME counts 100 ns from 1601 (MS-DTYP section 2.3.3). Outside the years that a record's time can name it is no clock. */
static void filetime_put(struct signal_ctx *ctx, uint64_t filetime)
{
	static const uint64_t epoch = UINT64_C(116444736000000000);
	char text[32];
	if (filetime < epoch || filetime - epoch > UINT64_MAX / 100)
		return;
	size_t used = text_time((filetime - epoch) * 100, text, sizeof(text));
	text[used - 1] = (char)('0' + filetime % 10);
	text[used++] = 'Z';
	signal_put_text(ctx, IND_SIG_NTLM_TIMESTAMP, IND_SERVER, text, used);
}

/* MS-NLMP section 2.2.2.1: always Unicode. */
static bool av_pairs_put(struct signal_ctx *ctx, struct cursor pairs)
{
	while (cursor_left(&pairs)) {
		unsigned id = cursor_le16(&pairs);
		struct cursor value = cursor_sub(&pairs, cursor_le16(&pairs));
		if (!cursor_ok(&value))
			return false;
		if (id == AV_END)
			return true;
		if (id == AV_NB_COMPUTER)
			name_put(ctx, IND_SIG_NTLM_TARGET_NETBIOS, IND_SERVER, value, true);
		else if (id == AV_DNS_COMPUTER)
			name_put(ctx, IND_SIG_NTLM_TARGET_DNS, IND_SERVER, value, true);
		else if (id == AV_TIMESTAMP && cursor_left(&value) == 8)
			filetime_put(ctx, cursor_le64(&value));
	}
	return true;
}

/* MS-NLMP section 2.2.1.2. */
static bool challenge_put(struct signal_ctx *ctx, struct cursor message)
{
	struct cursor c = message, pairs;
	cursor_skip(&c, HEAD_BYTES + 8);
	uint32_t flags = cursor_le32(&c);
	cursor_skip(&c, 8 + 8);
	struct field info = field_read(&c);
	if (!cursor_ok(&c))
		return true; /* the oldest servers end before this field */
	uint32_t fixed = (uint32_t)(c.p - message.p);
	if (flags & FLAG_VERSION)
		version_put(ctx, IND_SERVER, c);
	return field_empty(info) || (field_bytes(message, info, fixed, &pairs) && av_pairs_put(ctx, pairs));
}

/* MS-NLMP section 2.2.1.3. False if the message ends before the names' descriptors do. */
static bool authenticate_read(struct cursor message, struct authenticate *a)
{
	struct cursor c = message;
	*a = (struct authenticate) { .fixed = FIXED_VERSION, .flags = FLAG_UNICODE };
	cursor_skip(&c, HEAD_BYTES);
	for (int i = 0; i <= WORKSTATION; i++)
		a->field[i] = field_read(&c);
	if (!cursor_ok(&c))
		return false;
	for (int i = 0; i <= WORKSTATION; i++)
		if (!field_empty(a->field[i]) && a->field[i].from < a->fixed)
			a->fixed = a->field[i].from < FIXED_FLAGS ? FIXED_OLD : FIXED_FLAGS;
	if (a->fixed == FIXED_OLD)
		return true;
	struct field key = field_read(&c);
	uint32_t flags = cursor_le32(&c);
	if (!cursor_ok(&c))
		return true;
	a->flags = flags;
	a->field[SESSION_KEY] = key;
	if (!field_empty(key) && key.from < a->fixed)
		a->fixed = FIXED_FLAGS;
	return true;
}

/* Whether a name is a part of its own: none that a response or a key shares bytes with. */
static bool name_find(const struct authenticate *a, struct cursor message, int which, struct cursor *name)
{
	static const int secret[] = { LM, NT, SESSION_KEY };
	struct field f = a->field[which];
	for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++) {
		struct field s = a->field[secret[i]];
		if (f.from < s.to && s.from < f.to)
			return false;
	}
	return field_bytes(message, f, a->fixed, name);
}

static bool authenticate_put(struct signal_ctx *ctx, struct cursor message)
{
	static const struct {
		int field;
		enum ind_signal_id id;
	} names[] = {
		{ DOMAIN, IND_SIG_NTLM_DOMAIN },
		{ USER, IND_SIG_NTLM_USER },
		{ WORKSTATION, IND_SIG_NTLM_WORKSTATION },
	};
	struct authenticate a;
	struct cursor name, version = message;
	bool good = true;
	if (!authenticate_read(message, &a))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (field_empty(a.field[names[i].field]))
			continue;
		if (name_find(&a, message, names[i].field, &name))
			name_put(ctx, names[i].id, IND_CLIENT, name, a.flags & FLAG_UNICODE);
		else
			good = false;
	}
	cursor_skip(&version, FIXED_FLAGS);
	if (a.fixed == FIXED_VERSION && a.flags & FLAG_VERSION)
		version_put(ctx, IND_CLIENT, version);
	return good;
}

void ntlm_message_put(struct signal_ctx *ctx, struct cursor message, bool cut)
{
	struct cursor c = message;
	cursor_skip(&c, SIGNATURE_BYTES);
	bool good = false;
	switch (cursor_le32(&c)) {
	case NEGOTIATE:
		good = negotiate_put(ctx, message);
		break;
	case CHALLENGE:
		good = challenge_put(ctx, message);
		break;
	case AUTHENTICATE:
		good = authenticate_put(ctx, message);
		break;
	default:
		break;
	}
	if (!good && !cut)
		signal_malformed(ctx);
}

/* What stays of an AUTHENTICATE message is what is read of it: fixed fields without the MIC, and the names. */
static void authenticate_hide(uint8_t *bytes, size_t count)
{
	struct cursor message = cursor_of(bytes, count), name;
	struct authenticate a;
	struct field keep[] = { { 0, HEAD_BYTES }, { 0, 0 }, { 0, 0 }, { 0, 0 } };
	if (authenticate_read(message, &a)) {
		keep[0].to = a.fixed;
		for (int i = DOMAIN; i <= WORKSTATION; i++)
			if (!field_empty(a.field[i]) && name_find(&a, message, i, &name))
				keep[1 + i - DOMAIN] = a.field[i];
	}
	for (size_t at = 0; at < count; at++) {
		bool kept = false;
		for (size_t i = 0; i < sizeof(keep) / sizeof(*keep); i++)
			kept |= at >= keep[i].from && at < keep[i].to;
		if (!kept)
			bytes[at] = 'x';
	}
}

/* NEGOTIATE and CHALLENGE hold nothing that proves or opens anything. */
void ntlm_message_hide(uint8_t *message, size_t count)
{
	struct cursor c = cursor_of(message, count);
	cursor_skip(&c, SIGNATURE_BYTES);
	uint32_t type = cursor_le32(&c);
	if (type == AUTHENTICATE)
		authenticate_hide(message, count);
	else if (type != NEGOTIATE && type != CHALLENGE)
		memset(message + HEAD_BYTES, 'x', count - HEAD_BYTES);
}
