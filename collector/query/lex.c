/* SPDX-License-Identifier: Apache-2.0 */
#include "query/lex.h"
#include <string.h>

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool is_word(char c) { return !is_space(c) && c && !strchr("()[],!<>=~\"&|", c); }

static size_t skip(const char *text, size_t bytes, size_t at)
{
	while (at < bytes && (is_space(text[at]) || text[at] == '#')) {
		if (text[at] == '#')
			while (at < bytes && text[at] != '\n')
				at++;
		else
			at++;
	}
	return at;
}

static struct token quotation(const char *text, size_t bytes, size_t at)
{
	size_t end = at + 1;
	while (end < bytes && text[end] != '"')
		end += text[end] == '\\' ? 2 : 1;
	if (end >= bytes)
		return (struct token){ TOKEN_BAD, at, bytes - at };
	return (struct token){ TOKEN_TEXT, at, end + 1 - at };
}

static struct token sign(const char *text, size_t bytes, size_t at)
{
	static const struct { const char *text; enum token_kind kind; } signs[] = {
		{ "&&", TOKEN_AND }, { "||", TOKEN_OR }, { "<=", TOKEN_AT_MOST }, { ">=", TOKEN_AT_LEAST }, { "==", TOKEN_EQUAL }, { "!=", TOKEN_UNEQUAL },
		{ "<", TOKEN_LESS }, { ">", TOKEN_MORE }, { "=", TOKEN_EQUAL }, { "~", TOKEN_LIKE }, { "!", TOKEN_NOT }, { "(", TOKEN_OPEN },
		{ ")", TOKEN_CLOSE }, { "[", TOKEN_LIST }, { "]", TOKEN_LIST_END }, { ",", TOKEN_COMMA },
	};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t length = strlen(signs[i].text);
		if (length <= bytes - at && memcmp(text + at, signs[i].text, length) == 0)
			return (struct token){ signs[i].kind, at, length };
	}
	return (struct token){ TOKEN_BAD, at, 1 };
}

struct token lex_next(const char *text, size_t bytes, size_t at)
{
	at = skip(text, bytes, at);
	if (at == bytes)
		return (struct token){ TOKEN_END, at, 0 };
	if (text[at] == '"')
		return quotation(text, bytes, at);
	if (!is_word(text[at]))
		return sign(text, bytes, at);
	size_t end = at;
	while (end < bytes && is_word(text[end]))
		end++;
	return (struct token){ TOKEN_WORD, at, end - at };
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;
	return at ? (int)(at - digits) : -1;
}

bool lex_value(const char *text, const struct token *token, char *out, size_t *out_bytes)
{
	size_t end = token->at + token->bytes, used = 0;
	if (token->kind != TOKEN_TEXT) {
		memcpy(out, text + token->at, token->bytes);
		*out_bytes = token->bytes;
		return true;
	}
	for (size_t i = token->at + 1; i < end - 1; i++) {
		if (text[i] != '\\') {
			out[used++] = text[i];
		} else if (text[i + 1] == '"' || text[i + 1] == '\\') {
			out[used++] = text[++i];
		} else if (text[i + 1] == 'x' && i + 3 < end - 1 && hex(text[i + 2]) >= 0 && hex(text[i + 3]) >= 0) {
			out[used++] = (char)(hex(text[i + 2]) * 16 + hex(text[i + 3]));
			i += 3;
		} else {
			return false;
		}
	}
	*out_bytes = used;
	return true;
}
