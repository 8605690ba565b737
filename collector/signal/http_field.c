/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/http.h"

/* The lines of a head: RFC 9112 sections 2.2 (a bare LF ends a line), 5 and 5.2 (obsolete line folding); tokens: RFC 9110 section 5.6.2. */

bool http_line(struct cursor *block, struct cursor *line)
{
	size_t left = cursor_left(block);
	if (left == 0)
		return false;
	const uint8_t *at = block->p, *lf = memchr(at, '\n', left);
	size_t bytes = lf ? (size_t)(lf - at) : left;
	cursor_skip(block, lf ? bytes + 1 : bytes);
	if (lf && bytes && at[bytes - 1] == '\r')
		bytes--;
	*line = cursor_of(at, bytes);
	return true;
}

static bool is_space(uint8_t c) { return c == ' ' || c == '\t'; }

static bool is_token(const uint8_t *p, size_t bytes)
{
	static const bool tchar[256] = {
		['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true, ['*'] = true, ['+'] = true, ['-'] = true,
		['.'] = true, ['^'] = true, ['_'] = true, ['`'] = true, ['|'] = true, ['~'] = true,
		['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
		['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true,
		['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true,
		['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true,
		['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true, ['j'] = true,
		['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true,
		['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
	};
	for (size_t i = 0; i < bytes; i++)
		if (!tchar[p[i]])
			return false;
	return bytes > 0;
}

/* Continuation lines belong to the value, their line ends included. */
static void take_folds(struct cursor *block, struct http_field *field)
{
	struct cursor line;
	while (cursor_left(block) && is_space(*block->p) && http_line(block, &line)) {
		field->value_bytes = (size_t)(line.end - field->value);
		field->folded = true;
	}
}

bool http_field_next(struct cursor *block, struct http_field *field)
{
	struct cursor line;
	if (!http_line(block, &line))
		return false;
	const uint8_t *at = line.p, *colon = cursor_left(&line) ? memchr(at, ':', cursor_left(&line)) : NULL;
	size_t name_bytes = colon ? (size_t)(colon - at) : 0;
	while (name_bytes && is_space(at[name_bytes - 1]))
		name_bytes--;
	*field = (struct http_field){ .name = at, .value = at, .value_bytes = cursor_left(&line) };
	if (!is_token(at, name_bytes))
		return true;
	const uint8_t *value = colon + 1;
	while (value < line.end && is_space(*value))
		value++;
	*field = (struct http_field){ .name = at, .name_bytes = name_bytes, .value = value, .value_bytes = (size_t)(line.end - value) };
	take_folds(block, field);
	return true;
}

bool http_field_is(const struct http_field *field, const char *lower, size_t bytes)
{
	if (field->name_bytes != bytes)
		return false;
	for (size_t i = 0; i < bytes; i++)
		if ((field->name[i] | 0x20) != (uint8_t)lower[i])
			return false;
	return true;
}

size_t http_logon_at(const uint8_t *value, size_t bytes)
{
	static const struct { const char *lower; size_t bytes; } schemes[] = { { "ntlm ", 5 }, { "negotiate ", 10 } };
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t at = 0;
		while (at < schemes[i].bytes && at < bytes && (value[at] | 0x20) == (uint8_t)schemes[i].lower[at])
			at++;
		if (at < schemes[i].bytes)
			continue;
		while (at < bytes && value[at] == ' ')
			at++;
		return at < bytes ? at : 0;
	}
	return 0;
}
