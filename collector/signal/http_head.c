/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/http.h"
#include "signal/ntlm.h"

/* Start line: RFC 9112 sections 3 and 4. Length of the body: section 6. Field values: RFC 9110 section 5.5. */

enum message { REQUEST = 1, RESPONSE = 2 };
enum framing { FRAMING_NONE, FRAMING_LENGTH, FRAMING_CODING, FRAMING_TYPE, FRAMING_LOGON };

/* The fields that matter here; a signal of 0 is none of its own. A Date is the clock of who sends it, also in a request. */
struct known_field {
	const char *lower;
	uint8_t bytes;
	uint8_t signal;
	uint8_t in;                  /* set of enum message */
	uint8_t framing;
};

static const struct known_field known_fields[] = {
	{ "host", 4, IND_SIG_HTTP_HOST, REQUEST, FRAMING_NONE },
	{ "user-agent", 10, IND_SIG_HTTP_USER_AGENT, REQUEST, FRAMING_NONE },
	{ "accept-language", 15, IND_SIG_HTTP_ACCEPT_LANG, REQUEST, FRAMING_NONE },
	{ "server", 6, IND_SIG_HTTP_SERVER, RESPONSE, FRAMING_NONE },
	{ "date", 4, IND_SIG_HTTP_DATE, REQUEST | RESPONSE, FRAMING_NONE },
	{ "content-length", 14, 0, REQUEST | RESPONSE, FRAMING_LENGTH },
	{ "transfer-encoding", 17, 0, REQUEST | RESPONSE, FRAMING_CODING },
	{ "content-type", 12, 0, REQUEST | RESPONSE, FRAMING_TYPE },
	{ "authorization", 13, 0, REQUEST, FRAMING_LOGON },
	{ "proxy-authorization", 19, 0, REQUEST, FRAMING_LOGON },
	{ "www-authenticate", 16, 0, RESPONSE, FRAMING_LOGON },
	{ "proxy-authenticate", 18, 0, RESPONSE, FRAMING_LOGON },
};

/* RFC 9112 section 5.2: each fold is white space. */
static void put_folded(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const struct http_field *field)
{
	uint8_t flat[IND_EXHIBIT_MAX_BYTES];
	size_t count = field->value_bytes < sizeof(flat) ? field->value_bytes : sizeof(flat);
	for (size_t i = 0; i < count; i++)
		flat[i] = field->value[i] == '\r' || field->value[i] == '\n' ? ' ' : field->value[i];
	signal_put_wire(ctx, id, side, flat, count);
}

/* RFC 9110 section 8.6: digits, or several times the same number in a list. */
static void see_length(struct http_head *head, struct cursor value)
{
	uint64_t number = 0;
	bool digits = false;
	while (cursor_left(&value)) {
		uint8_t c = cursor_u8(&value);
		if (c >= '0' && c <= '9') {
			if (number > (INT64_MAX - 9) / 10)
				head->bad_length = true;
			else
				number = number * 10 + (c - '0');
			digits = true;
		} else if (c == ',' && digits) {
			if (head->has_length && head->length != number)
				head->bad_length = true;
			head->has_length = true;
			head->length = number;
			number = 0;
			digits = false;
		} else if (c != ' ' && c != '\t') {
			head->bad_length = true;
		}
	}
	if (!digits || (head->has_length && head->length != number))
		head->bad_length = true;
	head->has_length = true;
	head->length = number;
}

/* RFC 9112 section 6.3: only the last coding matters. */
static void see_coding(struct http_head *head, struct cursor value)
{
	static const char chunked[] = "chunked";
	const uint8_t *end = value.end;
	while (end > value.p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	size_t bytes = sizeof(chunked) - 1;
	head->coded = true;
	head->chunked = (size_t)(end - value.p) >= bytes;
	for (size_t i = 0; i < bytes && head->chunked; i++)
		head->chunked = (end[(ptrdiff_t)i - (ptrdiff_t)bytes] | 0x20) == (uint8_t)chunked[i];
}

static void see_logon(struct signal_ctx *ctx, const struct http_field *field)
{
	size_t at = field->folded ? 0 : http_logon_at(field->value, field->value_bytes);
	if (at)
		ntlm_base64_put(ctx, field->value + at, field->value_bytes - at);
}

static void see_field(struct signal_ctx *ctx, struct http_head *head, const struct http_field *field)
{
	for (size_t i = 0; i < sizeof(known_fields) / sizeof(known_fields[0]); i++) {
		const struct known_field *known = &known_fields[i];
		if (!http_field_is(field, known->lower, known->bytes) || !(known->in & (head->is_response ? RESPONSE : REQUEST)))
			continue;
		enum ind_side side = head->is_response ? IND_SERVER : IND_CLIENT;
		struct cursor value = cursor_of(field->value, field->value_bytes);
		if (known->framing == FRAMING_LENGTH)
			see_length(head, value);
		else if (known->framing == FRAMING_CODING)
			see_coding(head, value);
		else if (known->framing == FRAMING_TYPE)
			head->has_type = true;
		else if (known->framing == FRAMING_LOGON)
			see_logon(ctx, field);
		else if (field->folded)
			put_folded(ctx, known->signal, side, field);
		else
			signal_put_wire(ctx, known->signal, side, field->value, field->value_bytes);
		return;
	}
}

static void see_start(struct http_head *head, struct cursor line)
{
	const uint8_t *at = line.p;
	size_t bytes = cursor_left(&line);
	if (bytes >= 12 && memcmp(at, "HTTP/1.", 7) == 0) {
		head->is_response = true;
		head->status = (unsigned)(at[9] - '0') * 100 + (unsigned)(at[10] - '0') * 10 + (unsigned)(at[11] - '0');
	} else if (bytes > 5 && memcmp(at, "HEAD ", 5) == 0) {
		head->kind = HTTP_HEAD;
	} else if (bytes > 8 && memcmp(at, "CONNECT ", 8) == 0) {
		head->kind = HTTP_CONNECT;
	}
}

struct http_head http_head_see(struct signal_ctx *ctx, struct cursor block)
{
	char order[IND_EXHIBIT_MAX_BYTES];
	size_t used = 0;
	struct http_head head = { .kind = HTTP_OTHER };
	struct http_field field;
	struct cursor line = { 0 };
	if (http_line(&block, &line))
		see_start(&head, line);
	while (http_field_next(&block, &field)) {
		if (field.name_bytes == 0) {
			head.malformed |= field.value_bytes > 0;
			continue;
		}
		see_field(ctx, &head, &field);
		if (head.is_response || field.name_bytes >= sizeof(order) - used)
			continue;
		if (used)
			order[used++] = ',';
		memcpy(order + used, field.name, field.name_bytes);
		used += field.name_bytes;
	}
	head.malformed |= head.bad_length;
	signal_put_text(ctx, IND_SIG_HTTP_HEADER_ORDER, IND_CLIENT, order, used);
	return head;
}
