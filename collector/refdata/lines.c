/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/lines.h"

#include <string.h>

struct lines lines_of(const char *bytes, size_t count)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t skip = count >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
	return (struct lines){ .at = count ? bytes + skip : bytes, .end = count ? bytes + count : bytes };
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

struct piece lines_trim(struct piece text)
{
	while (text.bytes && is_space(text.at[0])) {
		text.at++;
		text.bytes--;
	}
	while (text.bytes && is_space(text.at[text.bytes - 1]))
		text.bytes--;
	return text;
}

bool lines_next(struct lines *l, struct piece *line)
{
	if (l->at == l->end)
		return false;
	const char *newline = memchr(l->at, '\n', (size_t)(l->end - l->at)), *stop = newline ? newline : l->end;
	*line = lines_trim((struct piece){ l->at, (size_t)(stop - l->at) });
	l->at = newline ? newline + 1 : l->end;
	l->number++;
	return true;
}

bool lines_same(const char *at, size_t bytes, const char *word)
{
	for (size_t i = 0; i < bytes; i++) {
		char c = at[i] >= 'A' && at[i] <= 'Z' ? (char)(at[i] - 'A' + 'a') : at[i];
		if (c == '\0' || c != word[i])
			return false;
	}
	return word[bytes] == '\0';
}

/* `used` bytes of the rest are the field; what stands behind them is the separator, or nothing. */
static void rest_move(struct piece *rest, size_t used)
{
	if (used == rest->bytes) {
		*rest = (struct piece){ NULL, 0 };
		return;
	}
	rest->at += used + 1;
	rest->bytes -= used + 1;
}

bool lines_field(struct piece *rest, char separator, struct piece *field)
{
	if (!rest->at)
		return false;
	const char *found = rest->bytes ? memchr(rest->at, separator, rest->bytes) : NULL;
	size_t used = found ? (size_t)(found - rest->at) : rest->bytes;
	*field = lines_trim((struct piece){ rest->at, used });
	rest_move(rest, used);
	return true;
}

bool lines_csv(struct piece *rest, char *room, struct piece *field)
{
	size_t used = 0, written = 0;
	if (!rest->at || rest->bytes == 0 || rest->at[0] != '"')
		return lines_field(rest, ',', field);
	for (used = 1; used < rest->bytes; used++) {
		if (rest->at[used] == '"' && (used + 1 == rest->bytes || rest->at[used + 1] != '"'))
			break;
		used += rest->at[used] == '"';
		room[written++] = rest->at[used];
	}
	while (used < rest->bytes && rest->at[used] != ',')
		used++;
	*field = lines_trim((struct piece){ room, written });
	rest_move(rest, used);
	return true;
}
