/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/field.h"

bool line_next(struct cursor *bytes, struct cursor *line)
{
	size_t left = cursor_left(bytes);
	const uint8_t *at = bytes->p, *lf = left ? memchr(at, '\n', left) : NULL;
	if (!lf)
		return false;
	size_t count = (size_t)(lf - at);
	cursor_skip(bytes, count + 1);
	if (count && at[count - 1] == '\r')
		count--;
	*line = cursor_of(at, count);
	return true;
}

static uint8_t upper_of(uint8_t c) { return c >= 'a' && c <= 'z' ? (uint8_t)(c - 0x20) : c; }

enum probe line_begins(struct cursor bytes, const char *upper)
{
	for (; *upper; upper++) {
		if (cursor_left(&bytes) == 0)
			return PROBE_MORE;
		if (upper_of(cursor_u8(&bytes)) != (uint8_t)*upper)
			return PROBE_NO;
	}
	return PROBE_YES;
}

static bool is_space(uint8_t c) { return c == ' ' || c == '\t'; }

/* RFC 5322 section 2.2: printable US-ASCII without colon; white space before the colon is obsolete (4.5) and passed over. */
static size_t name_of(struct cursor line, const uint8_t **colon)
{
	size_t count = 0;
	*colon = cursor_left(&line) ? memchr(line.p, ':', cursor_left(&line)) : NULL;
	if (!*colon)
		return 0;
	while (line.p + count < *colon && line.p[count] > ' ' && line.p[count] < 0x7f)
		count++;
	for (const uint8_t *p = line.p + count; p < *colon; p++)
		if (!is_space(*p))
			return 0;
	return count;
}

bool field_next(struct cursor *block, struct field *field)
{
	struct cursor rest = *block, line;
	const uint8_t *colon;
	if (!line_next(&rest, &line))
		return false;
	size_t name_bytes = name_of(line, &colon);
	if (name_bytes == 0)
		return false;
	const uint8_t *value = colon + 1;
	while (value < line.end && is_space(*value))
		value++;
	*field = (struct field) { .name = line.p, .name_bytes = name_bytes, .value = value, .value_bytes = (size_t)(line.end - value) };
	while (cursor_left(&rest) && is_space(*rest.p) && line_next(&rest, &line))
		field->value_bytes = (size_t)(line.end - value);
	*block = rest;
	return true;
}

bool field_is(const struct field *field, const char *upper)
{
	return field->name_bytes == strlen(upper) && line_begins(cursor_of(field->name, field->name_bytes), upper) == PROBE_YES;
}

void field_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const struct field *field)
{
	uint8_t flat[4096];
	size_t used = 0;
	for (size_t i = 0; i < field->value_bytes && used < sizeof(flat); i++)
		if (field->value[i] != '\r' && field->value[i] != '\n')
			flat[used++] = field->value[i];
	/* A fold right behind the colon leaves its white space in front. */
	size_t start = 0;
	while (start < used && is_space(flat[start]))
		start++;
	signal_put_wire(ctx, id, side, flat + start, used - start);
}

static bool is_kept(const struct field *field, const char *const *kept, size_t kept_count)
{
	for (size_t i = 0; i < kept_count; i++)
		if (field_is(field, kept[i]))
			return true;
	return false;
}

/* Line ends and what begins a continuation line stay, so that the bytes fall into the same fields again. */
static bool hide(uint8_t *at, const uint8_t *end)
{
	bool hidden = false, line_start = false;
	for (; at < end; at++) {
		bool stays = *at == '\r' || *at == '\n' || (line_start && is_space(*at));
		line_start = *at == '\n';
		if (stays)
			continue;
		*at = 'x';
		hidden = true;
	}
	return hidden;
}

bool fields_mask(uint8_t *bytes, size_t count, const char *const *kept, size_t kept_count)
{
	struct cursor block = cursor_of(bytes, count);
	struct field field;
	bool masked = false;
	while (field_next(&block, &field)) {
		uint8_t *value = bytes + (field.value - bytes);
		if (!is_kept(&field, kept, kept_count))
			masked |= hide(value, value + field.value_bytes);
	}
	uint8_t *rest = bytes + (count - cursor_left(&block));
	return hide(rest, bytes + count) || masked;
}
