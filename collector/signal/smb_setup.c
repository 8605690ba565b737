/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/smb_setup.h"

#include "signal/ntlm.h"
#include "signal/utf16.h"

enum { SMB1_COMMAND_AT = 4, SMB1_FLAGS_AT = 9, SMB1_SESSION_SETUP = 0x73, SMB1_REPLY = 0x80, SMB1_UNICODE = 0x8000 };
enum { WORDS_EXTENDED = 12, WORDS_PLAIN = 13, WORDS_REPLY = 4, REQUEST_LENGTHS_AT = 14, REPLY_LENGTH_AT = 6 };
enum { SMB2_COMMAND_AT = 12, SMB2_FLAGS_AT = 16, SMB2_NEXT_AT = 20, SMB2_SESSION_SETUP = 1, SMB2_REPLY = 1, SMB2_MESSAGES_MAX = 16 };
enum { SMB2_REQUEST_BUFFER_AT = 12, SMB2_REPLY_BUFFER_AT = 4 };

static uint16_t le16_at(struct cursor c, size_t at)
{
	cursor_skip(&c, at);
	return cursor_le16(&c);
}

static uint32_t le32_at(struct cursor c, size_t at)
{
	cursor_skip(&c, at);
	return cursor_le32(&c);
}

/* The next `count` bytes, or what of them is there. */
static struct cursor sub_some(struct cursor *c, size_t count, bool *cut)
{
	*cut = count > cursor_left(c);
	return cursor_sub(c, *cut ? cursor_left(c) : count);
}

bool smb1_is_setup(struct cursor header)
{
	return cursor_left(&header) >= SMB1_HEAD_BYTES && header.p[SMB1_COMMAND_AT] == SMB1_SESSION_SETUP;
}

bool smb2_may_be_setup(struct cursor header)
{
	return le16_at(header, SMB2_COMMAND_AT) == SMB2_SESSION_SETUP || le32_at(header, SMB2_NEXT_AT) != 0;
}

/* MS-CIFS section 2.2.1.1: text up to its NUL, which is passed over. */
static bool string_take(struct cursor *c, bool unicode, struct cursor *text)
{
	size_t width = unicode ? 2 : 1, left = cursor_left(c);
	for (size_t at = 0; at + width <= left; at += width) {
		if (c->p[at] != 0 || (unicode && c->p[at + 1] != 0))
			continue;
		*text = cursor_sub(c, at);
		cursor_skip(c, width);
		return true;
	}
	return false;
}

static void plain_keep(struct signal_ctx *ctx, const struct smb_message *m, struct cursor passwords, const uint8_t *end)
{
	uint8_t kept[IND_EXHIBIT_MAX_BYTES];
	size_t whole = (size_t)(end - m->stream), before = (size_t)(passwords.p - m->stream);
	if (!ctx->sink->wants_exhibits || whole > sizeof(kept))
		return;
	memcpy(kept, m->stream, whole);
	memset(kept + before, 'x', cursor_left(&passwords));
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_CLIENT, kept, whole, true);
}

/* MS-CIFS section 2.2.4.53.1: responses or passwords, then account name and domain. Unicode text begins at an even offset of the message.
 */
static bool plain_see(struct signal_ctx *ctx, const struct smb_message *m, struct cursor words, struct cursor data)
{
	bool unicode = le16_at(m->bytes, SMB1_FLAGS_AT + 1) & SMB1_UNICODE;
	size_t secret_bytes = (size_t)le16_at(words, REQUEST_LENGTHS_AT) + le16_at(words, REQUEST_LENGTHS_AT + 2);
	struct cursor user, domain, passwords = cursor_sub(&data, secret_bytes);
	if (!cursor_ok(&passwords))
		return false;
	if (unicode && (data.p - m->bytes.p) % 2)
		cursor_skip(&data, 1);
	if (!string_take(&data, unicode, &user) || !string_take(&data, unicode, &domain) || cursor_left(&user) == 0)
		return false;
	if (unicode) {
		utf16_put(ctx, IND_SIG_NTLM_USER, IND_CLIENT, user.p, cursor_left(&user));
		utf16_put(ctx, IND_SIG_NTLM_DOMAIN, IND_CLIENT, domain.p, cursor_left(&domain));
	} else {
		signal_put_wire(ctx, IND_SIG_NTLM_USER, IND_CLIENT, user.p, cursor_left(&user));
		signal_put_wire(ctx, IND_SIG_NTLM_DOMAIN, IND_CLIENT, domain.p, cursor_left(&domain));
	}
	plain_keep(ctx, m, passwords, data.p);
	return true;
}

bool smb1_setup_see(struct signal_ctx *ctx, const struct smb_message *m)
{
	struct cursor c = m->bytes;
	bool reply = c.p[SMB1_FLAGS_AT] & SMB1_REPLY, cut;
	cursor_skip(&c, SMB1_HEAD_BYTES);
	unsigned count = cursor_u8(&c);
	struct cursor words = cursor_sub(&c, (size_t)count * 2);
	cursor_skip(&c, 2);
	if (!cursor_ok(&c))
		return false;
	if (!reply && count == WORDS_PLAIN)
		return plain_see(ctx, m, words, c);
	if (count != (reply ? WORDS_REPLY : WORDS_EXTENDED))
		return false;
	struct cursor token = sub_some(&c, le16_at(words, reply ? REPLY_LENGTH_AT : REQUEST_LENGTHS_AT), &cut);
	if (!ntlm_token_put(ctx, token, cut && m->cut))
		return false;
	ntlm_exhibit_put(ctx, IND_EXHIBIT_STREAM, reply ? IND_SERVER : IND_CLIENT, m->stream, token);
	return true;
}

/* The security buffer of one message, whose offset counts from its header. */
static struct cursor buffer_find(struct cursor one, bool reply, bool *cut)
{
	struct cursor none = { 0 }, at = one;
	size_t fields = SMB2_HEAD_BYTES + (reply ? SMB2_REPLY_BUFFER_AT : SMB2_REQUEST_BUFFER_AT);
	size_t from = le16_at(one, fields), bytes = le16_at(one, fields + 2);
	if (from < fields || from > cursor_left(&one))
		return none;
	cursor_skip(&at, from);
	return sub_some(&at, bytes, cut);
}

/* What stands before a session setup in the same message is not kept, but for its headers, which lead to it. */
static void compound_keep(struct signal_ctx *ctx, const struct smb_message *m, struct cursor token, enum ind_side side)
{
	uint8_t copy[IND_EXHIBIT_MAX_BYTES];
	size_t whole = (size_t)(token.end - m->stream), before = (size_t)(token.p - m->stream), frame = (size_t)(m->bytes.p - m->stream);
	if (!ctx->sink->wants_exhibits || whole > sizeof(copy))
		return;
	memcpy(copy, m->stream, whole);
	struct cursor rest = cursor_of(copy + frame, whole - frame);
	for (uint32_t next; (next = le32_at(rest, SMB2_NEXT_AT)) >= SMB2_HEAD_BYTES && next < cursor_left(&rest);
		cursor_skip(&rest, next)) {
		if (le16_at(rest, SMB2_COMMAND_AT) == SMB2_SESSION_SETUP)
			break;
		memset(copy + (rest.p - copy) + SMB2_HEAD_BYTES, 'x', next - SMB2_HEAD_BYTES);
	}
	ntlm_exhibit_put(ctx, IND_EXHIBIT_STREAM, side, copy, cursor_of(copy + before, cursor_left(&token)));
}

bool smb2_setup_see(struct signal_ctx *ctx, const struct smb_message *m)
{
	struct cursor rest = m->bytes;
	for (int i = 0; i < SMB2_MESSAGES_MAX && cursor_left(&rest) >= SMB2_HEAD_BYTES; i++) {
		uint32_t next = le32_at(rest, SMB2_NEXT_AT);
		bool cut = false, reply = le32_at(rest, SMB2_FLAGS_AT) & SMB2_REPLY;
		if (le16_at(rest, SMB2_COMMAND_AT) == SMB2_SESSION_SETUP) {
			enum ind_side side = reply ? IND_SERVER : IND_CLIENT;
			struct cursor token = buffer_find(rest, reply, &cut);
			if (!ntlm_token_put(ctx, token, cut && m->cut))
				return false;
			compound_keep(ctx, m, token, side);
			return true;
		}
		if (next < SMB2_HEAD_BYTES || next > cursor_left(&rest))
			break;
		cursor_skip(&rest, next);
	}
	return false;
}
