/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_LEX_H
#define QUERY_LEX_H

#include <stdbool.h>
#include <stddef.h>

/* The words of a filter. `#` at the beginning of a word makes the rest of the line a comment. */

enum token_kind {
	TOKEN_END, TOKEN_WORD, TOKEN_TEXT /* "quoted" */, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_LIST, TOKEN_LIST_END, TOKEN_COMMA, TOKEN_NOT, TOKEN_AND, TOKEN_OR,
	TOKEN_LESS, TOKEN_AT_MOST, TOKEN_EQUAL, TOKEN_UNEQUAL, TOKEN_AT_LEAST, TOKEN_MORE, TOKEN_LIKE,
	TOKEN_BAD,                   /* a byte that begins nothing, or a quotation without an end */
};

struct token { enum token_kind kind; size_t at, bytes; };

/* The token at or behind `at`; at the end of the text one without bytes, again and again. */
struct token lex_next(const char *text, size_t bytes, size_t at);

/* The bytes that a word or quotation stands for (`\xNN`, `\"`, `\\`), into `out` with room for `bytes` of the token. False: another escape. */
bool lex_value(const char *text, const struct token *token, char *out, size_t *out_bytes);

#endif
