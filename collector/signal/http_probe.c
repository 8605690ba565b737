/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/http.h"

/* How a message of HTTP/1 begins: RFC 9112 sections 2.2, 3 and 4; any method. */

enum { METHOD_MAX_BYTES = 32, STRICT_BYTES = 64 };

static enum probe probe_status_line(struct cursor bytes)
{
	static const char want[] = "HTTP/1.d ddd";
	for (size_t i = 0; i < sizeof(want) - 1; i++) {
		if (cursor_left(&bytes) == 0)
			return PROBE_MORE;
		uint8_t c = cursor_u8(&bytes);
		if (want[i] == 'd' ? c < '0' || c > '9' : c != (uint8_t)want[i])
			return PROBE_NO;
	}
	return PROBE_YES;
}

static bool is_method_char(uint8_t c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The version ends the line; RTSP, SIP and ICAP have the same shape and another name there. */
static bool ends_with_version(const uint8_t *target, const uint8_t *end)
{
	while (end > target && (end[-1] == '\r' || end[-1] == ' '))
		end--;
	return end - target > 9 && memcmp(end - 9, " HTTP/1.", 8) == 0 && end[-1] >= '0' && end[-1] <= '9';
}

static enum probe probe_request_line(struct cursor bytes)
{
	const uint8_t *at = bytes.p, *p = at, *end = bytes.end;
	while (p < end && p - at < METHOD_MAX_BYTES && is_method_char(*p))
		p++;
	if (p == end)
		return PROBE_MORE;
	if (p == at || *p != ' ')
		return PROBE_NO;
	const uint8_t *target = p + 1;
	for (; p < end && p - at < STRICT_BYTES && *p != '\n'; p++)
		if (*p < 0x20 && *p != '\r' && *p != '\t')
			return PROBE_NO;
	const uint8_t *lf = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
	if (!lf)
		return PROBE_MORE;
	return ends_with_version(target, lf) ? PROBE_YES : PROBE_NO;
}

/* RFC 9112 section 2.2: empty lines before a start line are passed over. */
void http_pass_line_ends(struct cursor *bytes)
{
	while (cursor_left(bytes) && (*bytes->p == '\r' || *bytes->p == '\n'))
		cursor_skip(bytes, 1);
}

enum probe http_probe(struct cursor bytes)
{
	http_pass_line_ends(&bytes);
	if (cursor_left(&bytes) == 0)
		return PROBE_MORE;
	enum probe status = *bytes.p == 'H' ? probe_status_line(bytes) : PROBE_NO;
	return status == PROBE_NO ? probe_request_line(bytes) : status;
}
