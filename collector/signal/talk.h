/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TALK_H
#define SIGNAL_TALK_H

#include "signal/field.h"

/* Protocols of lines in which the server speaks first: SMTP (RFC 5321), LMTP (RFC 2033), FTP (RFC 959), POP3 (RFC 1939), IMAP (RFC 9051).
 * One parser, since the first words of some are the same: what a "220" opens is known by what is said next.
 * Only whitelisted lines become exhibits: no line of a log-in is ever among them. */
extern const struct signal_stream_parser talk_parser;

/* shared: what a client's commands have shown. */
enum talk_shown { TALK_SHOWN_NOTHING, TALK_SHOWN_MAIL, TALK_SHOWN_FILES };

/* state[0]. Who speaks is known by the first bytes of a direction. */
enum talk_phase {
	TALK_START,
	TALK_COMMANDS,
	TALK_MAIL_HEADER,
	TALK_MAIL_BODY,
	TALK_MAIL_CHUNK, /* a client */
	TALK_REPLIES,
	TALK_IN_REPLY, /* a server; inside a line */
};

/* Set in state[0] with TALK_COMMANDS: a message is under way in chunks, and its header is past. */
enum { TALK_PHASE_MASK = 0xff, TALK_CHUNKED = 0x100 };

/* More than this of a conversation without mail is not read: encryption starts early. */
enum { TALK_READ_MAX_BYTES = 16384 };

enum probe talk_command_probe(struct cursor bytes);
enum parse talk_client_see(struct signal_ctx *ctx, struct cursor *bytes);

enum probe talk_reply_probe(struct cursor bytes);
enum parse talk_server_see(struct signal_ctx *ctx, struct cursor *bytes);

/* A byte that begins no line of these protocols: TLS has started, or it is another protocol. */
bool talk_is_foreign(uint8_t c);

/* Waits for anything more. */
enum parse talk_wait(struct signal_ctx *ctx, const struct cursor *bytes);

/* smtp.c: what a client says to a mail server. */
void smtp_hello_see(struct signal_ctx *ctx, struct cursor line, size_t line_bytes);

/* The unread bytes are DATA and a message, or BDAT and a chunk. PARSE_DONE when that part is past, at the next command or in the body. */
enum parse smtp_header_see(struct signal_ctx *ctx, struct cursor *bytes);
enum parse smtp_chunk_see(struct signal_ctx *ctx, struct cursor *bytes);

/* Passes over a body. True behind its last line. */
bool smtp_body_pass(struct cursor *bytes, uint64_t *place);

#endif
