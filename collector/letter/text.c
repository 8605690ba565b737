/* SPDX-License-Identifier: Apache-2.0 */
/* The letter as text for e-mail. */
#include "base/text.h"
#include "letter/form.h"
#include <string.h>

struct text { struct out *out; struct out line; };

/* Text that goes on over lines: what each of them begins with, and how much stands in the one at hand. */
struct flow { struct out *out; const char *first, *rest; size_t column; bool begun; };

static void flow_line(struct flow *f)
{
	const char *margin = f->begun ? f->rest : f->first;
	if (f->begun)
		out_char(f->out, '\n');
	out_text(f->out, margin);
	f->column = text_columns(margin, strlen(margin));
	f->begun = true;
}

/* What may not be broken: a run without blanks, but for wide characters, which stand alone. */
static size_t unit(const char *at, const char *end)
{
	const char *from = at;
	while (at < end && *at != ' ') {
		size_t bytes = text_utf8_char((const uint8_t *)at, (const uint8_t *)end);
		bytes = bytes ? bytes : 1;
		bool wide = text_columns(at, bytes) == 2;
		if (wide && at > from)
			break;
		at += bytes;
		if (wide)
			break;
	}
	return (size_t)(at - from);
}

static void flow_words(struct flow *f, const char *text, size_t count)
{
	const char *at = text, *end = text + count;
	flow_line(f);
	for (bool first = true; at < end; first = false) {
		bool blank = *at == ' ';
		while (at < end && *at == ' ')
			at++;
		size_t bytes = unit(at, end), columns = text_columns(at, bytes);
		if (!first && f->column + blank + columns > LETTER_COLUMNS) {
			flow_line(f);
		} else if (!first && blank && bytes) {
			out_char(f->out, ' ');
			f->column++;
		}
		out_bytes(f->out, at, bytes);
		f->column += columns;
		at += bytes;
	}
	out_char(f->out, '\n');
}

static void put(struct text *t, const char *first, const char *rest, const char *words, size_t count)
{
	struct flow flow = { .out = t->out, .first = first, .rest = rest };
	flow_words(&flow, words, count);
}

/* Data as it can be shown: in pieces, since it may be long. */
static void show(struct out *out, const char *text, size_t count)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + count;
	char valid[256], shown[sizeof(valid) * 12];
	while (at < end) {
		size_t bytes = text_from_wire_some(&at, end, valid, sizeof(valid));
		out_bytes(out, shown, text_to_display(valid, bytes, shown, sizeof(shown)));
	}
}

static void fill(struct text *t, const char *message, const char *const *data, size_t count)
{
	t->line.used = 0;
	for (const char *at = message; *at;) {
		bool place = at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}' && (size_t)(at[1] - '0') <= count;
		if (place)
			show(&t->line, data[at[1] - '1'], strlen(data[at[1] - '1']));
		else
			out_char(&t->line, *at);
		at += place ? 3 : 1;
	}
}

static void put_rule(struct text *t, char c, size_t columns)
{
	out_fill(t->out, c, columns);
	out_text(t->out, "\n");
}

static void start(void *ctx, unsigned tlp, const char *title)
{
	struct text *t = ctx;
	const char *words = i18n_text(title);
	out_text(t->out, letter_tlp(tlp));
	out_text(t->out, "\n\n");
	put(t, "", "", words, strlen(words));
	put_rule(t, '=', text_columns(words, strlen(words)));
	out_char(t->out, '\n');
}

static void heading(void *ctx, const char *message)
{
	struct text *t = ctx;
	const char *words = i18n_text(message);
	out_text(t->out, "\n");
	put(t, "", "", words, strlen(words));
	put_rule(t, '-', text_columns(words, strlen(words)));
}

static void sentence(void *ctx, const char *message, const char *const *data, size_t count)
{
	struct text *t = ctx;
	fill(t, i18n_text(message), data, count);
	out_char(t->out, '\n');
	if (t->line.used)
		put(t, "", "", t->line.at, t->line.used);
}

/* "12. " */
static const char *numbered(unsigned number, char mark[static 16])
{
	size_t used = text_u64(number, mark, 12);
	memcpy(mark + used, ". ", 3);
	return mark;
}

static void ask(void *ctx, unsigned number, const char *message, const char *const *data, size_t count)
{
	struct text *t = ctx;
	char mark[16];
	fill(t, i18n_text(message), data, count);
	out_char(t->out, '\n');
	if (t->line.used)
		put(t, numbered(number, mark), "   ", t->line.at, t->line.used);
}

static void quote(struct text *t, const char *first, const char *words, size_t count)
{
	t->line.used = 0;
	show(&t->line, words, count);
	if (t->line.used)
		put(t, first, "|    ", t->line.at, t->line.used);
}

static void ask_text(void *ctx, unsigned number, const char *words, size_t count)
{
	struct text *t = ctx;
	char mark[16], first[20] = "| ";
	out_char(t->out, '\n');
	memcpy(first + 2, numbered(number, mark), sizeof(mark));
	quote(t, first, words, count);
}

static void field(void *ctx, const char *label, const char *value)
{
	struct text *t = ctx;
	t->line.used = 0;
	out_text(&t->line, i18n_text(label));
	out_text(&t->line, ": ");
	show(&t->line, value, strlen(value));
	if (t->line.used)
		put(t, "| ", "|    ", t->line.at, t->line.used);
}

static void data(void *ctx, const char *const *lines, size_t count)
{
	struct text *t = ctx;
	out_char(t->out, '\n');
	for (size_t i = 0; i < count; i++)
		quote(t, i ? "|    " : "| ", lines[i], strlen(lines[i]));
}

static void end(void *ctx, unsigned tlp)
{
	struct text *t = ctx;
	out_char(t->out, '\n');
	out_text(t->out, letter_tlp(tlp));
	out_char(t->out, '\n');
}

void letter_text(const struct letter *l, struct out *out)
{
	struct text text = { .out = out };
	struct form form = { start, heading, sentence, ask, ask_text, field, data, end, &text };
	out_start(&text.line, NULL, NULL);
	letter_say(l, &form);
	if (out->err == IND_OK)
		out->err = text.line.err;
	out_free(&text.line);
}
