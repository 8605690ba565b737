/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_HTTP_H
#define SIGNAL_HTTP_H

#include "signal/signal.h"

extern const struct signal_stream_parser http_parser;

/* What a request was, as far as its response has to know. 0 is a request that was not seen. */
enum http_kind { HTTP_UNSEEN, HTTP_OTHER, HTTP_HEAD, HTTP_CONNECT };

/* What the start line and the fields of a message say of what follows. */
struct http_head {
	bool is_response;
	bool malformed;              /* a line that is no field, or lengths that contradict each other */
	bool has_length, bad_length;
	bool coded, chunked;         /* there is a Transfer-Encoding; its last coding is chunked */
	bool has_type;
	enum http_kind kind;         /* of a request */
	unsigned status;             /* of a response */
	uint64_t length;
};

/* One field: the name as sent, the value without leading white space and without its last line end. */
struct http_field {
	const uint8_t *name, *value;
	size_t name_bytes, value_bytes;
	bool folded;
};

/* Whether the bytes start a message, empty lines before it passed over. */
enum probe http_probe(struct cursor bytes);
void http_pass_line_ends(struct cursor *bytes);

/* The next line without its line end; false at the end. What is behind the last LF is a line too. */
bool http_line(struct cursor *block, struct cursor *line);

/* The next field with its continuation lines; a line that is none gives name_bytes 0 and the line as value. */
bool http_field_next(struct cursor *block, struct http_field *field);

/* RFC 4559 section 4: where in a credential or challenge the base64 of a logon token begins; 0 if it is of another kind. */
size_t http_logon_at(const uint8_t *value, size_t bytes);

/* Whether a field's name is `lower`, whatever its case. */
bool http_field_is(const struct http_field *field, const char *lower, size_t bytes);

/* Emits the signals of a head made of whole lines, and says how to go on. */
struct http_head http_head_see(struct signal_ctx *ctx, struct cursor block);

/* Keeps the head as an exhibit with its secrets overwritten. */
void http_head_keep(struct signal_ctx *ctx, struct cursor block, enum ind_side side);

#endif
