/* SPDX-License-Identifier: Apache-2.0 */
/* proto/rows.proto: a message for each row, behind its length. Members are found by the names of the field table in the descriptors that protobuf-c generates, so
 * that no other list of fields is kept here. */
#include "bundle/rows.pb-c.h"
#include "export/format.h"
#include <string.h>

enum { FILES = 7, SIGNALS = 1, LENGTH_BYTES = 10, ITEMS_MAX = QUERY_ITEMS_MAX + IND_CELLS_MAX, MESSAGE_BYTES = 1024 };

static const char *const files[] = { "flows.pb", "signals.pb", "origins.pb", "claims.pb", "exhibits.pb", "clocks.pb", "losses.pb", NULL };

static const struct { enum query_kind_id kind; const ProtobufCMessageDescriptor *message; } kinds[FILES] = {
	{ QUERY_KIND_FLOW, &indicia__rows__flow__descriptor }, { QUERY_KIND_SIGNAL, &indicia__rows__signal__descriptor },
	{ QUERY_KIND_ORIGIN, &indicia__rows__origin__descriptor }, { QUERY_KIND_CLAIM, &indicia__rows__claim__descriptor },
	{ QUERY_KIND_EXHIBIT, &indicia__rows__exhibit__descriptor }, { QUERY_KIND_CLOCK, &indicia__rows__clock__descriptor },
	{ QUERY_KIND_LOSS, &indicia__rows__loss__descriptor },
};

struct state {
	const ProtobufCFieldDescriptor *field[FILES][QUERY_CELLS_MAX];
	struct out texts;            /* of one row */
	union { ProtobufCMessage base; uint8_t bytes[MESSAGE_BYTES]; } message;
	uint64_t numbers[ITEMS_MAX];
	uint32_t small[ITEMS_MAX];
	const char *strings[ITEMS_MAX];
	size_t numbers_used, small_used, strings_used;
	size_t text_at[QUERY_CELLS_MAX]; /* where the text of a cell stands in `texts`, which may move */
};

_Static_assert(sizeof(Indicia__Rows__Flow) <= MESSAGE_BYTES && sizeof(Indicia__Rows__Claim) <= MESSAGE_BYTES && sizeof(Indicia__Rows__Origin) <= MESSAGE_BYTES,
	"the largest messages fit");

static bool carries(enum query_kind_id kind, size_t at)
{
	for (size_t i = 0; i < FILES; i++)
		if (kinds[i].kind == kind)
			return protobuf_c_message_descriptor_get_field_by_name(kinds[i].message, query_kinds[kind].fields[at].key) != NULL;
	return false;
}

static enum ind_err start(struct export *e)
{
	struct state *s = e->state;
	for (size_t f = 0; f < FILES; f++)
		for (size_t i = 0; i < query_kinds[kinds[f].kind].count; i++)
			s->field[f][i] = protobuf_c_message_descriptor_get_field_by_name(kinds[f].message, query_kinds[kinds[f].kind].fields[i].key);
	return IND_OK;
}

static void *member(struct state *s, unsigned offset) { return s->message.bytes + offset; }

static void set_count(struct state *s, const ProtobufCFieldDescriptor *d, size_t count)
{
	if (d->label == PROTOBUF_C_LABEL_REPEATED)
		*(size_t *)member(s, d->quantifier_offset) = count;
	else if (d->type != PROTOBUF_C_TYPE_STRING)
		*(protobuf_c_boolean *)member(s, d->quantifier_offset) = 1;
}

static double decimal_of(const struct query_cell *cell) { return (double)cell->sign / 10000.0; }

/* Numbers; false if the member is none. */
static bool set_number(struct state *s, const ProtobufCFieldDescriptor *d, const struct query_cell *cell)
{
	switch (d->type) {
	case PROTOBUF_C_TYPE_UINT32: *(uint32_t *)member(s, d->offset) = (uint32_t)cell->number; return true;
	case PROTOBUF_C_TYPE_UINT64: *(uint64_t *)member(s, d->offset) = cell->number; return true;
	case PROTOBUF_C_TYPE_SINT64: *(int64_t *)member(s, d->offset) = cell->sign; return true;
	case PROTOBUF_C_TYPE_DOUBLE: *(double *)member(s, d->offset) = decimal_of(cell); return true;
	case PROTOBUF_C_TYPE_BOOL: *(protobuf_c_boolean *)member(s, d->offset) = 1; return true;
	default: return false;
	}
}

static void set_list(struct state *s, const ProtobufCFieldDescriptor *d, const struct query_cell *cell)
{
	size_t count = cell->count;
	void *items = d->type == PROTOBUF_C_TYPE_UINT64 ? (void *)(s->numbers + s->numbers_used) : d->type == PROTOBUF_C_TYPE_UINT32 ?
		(void *)(s->small + s->small_used) : (void *)(s->strings + s->strings_used);
	for (size_t i = 0; i < count; i++) {
		if (d->type == PROTOBUF_C_TYPE_UINT64)
			s->numbers[s->numbers_used++] = cell->form == CELL_HOURS ? cell->hours[i] : cell->items[i].number;
		else if (d->type == PROTOBUF_C_TYPE_UINT32)
			s->small[s->small_used++] = (uint32_t)cell->items[i].number;
		else
			s->strings[s->strings_used++] = cell->items[i].text;
	}
	*(void **)member(s, d->offset) = items;
	set_count(s, d, count);
}

/* A text as protobuf-c wants it, with a NUL behind it and none inside; maps as JSON. */
static void write_text(struct state *s, size_t cell_at, const struct query_cell *cell)
{
	s->text_at[cell_at] = s->texts.used;
	if (cell->form == CELL_TEXT && memchr(cell->text, '\0', cell->count)) {
		for (size_t i = 0; i < cell->count; i++)
			out_bytes(&s->texts, cell->text[i] ? cell->text + i : "\\x00", cell->text[i] ? 1 : 4);
	} else if (cell->form == CELL_MAP || cell->form == CELL_MAP_LISTS)
		value_json(&s->texts, cell);
	else
		value_plain(&s->texts, cell);
	out_char(&s->texts, '\0');
}

static bool is_text(const ProtobufCFieldDescriptor *d) { return d && d->label != PROTOBUF_C_LABEL_REPEATED && d->type == PROTOBUF_C_TYPE_STRING; }

static void set_cell(struct state *s, const ProtobufCFieldDescriptor *d, size_t at, const struct query_cell *cell)
{
	if (d->label == PROTOBUF_C_LABEL_REPEATED) {
		set_list(s, d, cell);
		return;
	}
	if (d->type == PROTOBUF_C_TYPE_STRING)
		*(char **)member(s, d->offset) = s->texts.at + s->text_at[at];
	else if (d->type == PROTOBUF_C_TYPE_BYTES)
		*(ProtobufCBinaryData *)member(s, d->offset) = (ProtobufCBinaryData){ cell->count, (uint8_t *)(uintptr_t)cell->bytes };
	else if (!set_number(s, d, cell))
		return;
	set_count(s, d, 1);
}

static void set_id(struct state *s, size_t file, const struct ind_record_id *id)
{
	const ProtobufCMessageDescriptor *m = kinds[file].message;
	const struct query_cell stream = { .form = CELL_HEX, .count = sizeof(id->stream_id), .bytes = id->stream_id };
	const struct query_cell leaf = { .form = CELL_U64, .number = id->leaf }, row = { .form = CELL_U64, .number = id->row }, part = { .form = CELL_U64, .number = id->part };
	set_cell(s, protobuf_c_message_descriptor_get_field_by_name(m, "stream"), 0, &stream);
	set_cell(s, protobuf_c_message_descriptor_get_field_by_name(m, "leaf"), 0, &leaf);
	set_cell(s, protobuf_c_message_descriptor_get_field_by_name(m, "row"), 0, &row);
	if (id->part)
		set_cell(s, protobuf_c_message_descriptor_get_field_by_name(m, "part"), 0, &part);
}

static void put_message(struct export *e, size_t file)
{
	struct state *s = e->state;
	struct out *o = e->out[file];
	uint8_t length[LENGTH_BYTES];
	size_t bytes = protobuf_c_message_get_packed_size(&s->message.base), used = 0;
	for (size_t left = bytes; used == 0 || left; left >>= 7)
		length[used++] = (uint8_t)((left & 127) | (left > 127 ? 128 : 0));
	out_bytes(o, length, used);
	char *at = out_room(o, bytes);
	if (at)
		out_used(o, protobuf_c_message_pack(&s->message.base, (uint8_t *)at));
}

static void put_row(struct export *e, size_t file, const struct query_row *row, const struct ind_record_id *id)
{
	struct state *s = e->state;
	s->texts.used = s->numbers_used = s->small_used = s->strings_used = 0;
	for (size_t i = 0; i < row->kind->count; i++)
		if (row->cell[i].form != CELL_ABSENT && is_text(s->field[file][i]))
			write_text(s, i, &row->cell[i]);
	if (s->texts.err != IND_OK) {
		e->err = s->texts.err;
		return;
	}
	protobuf_c_message_init(kinds[file].message, s->message.bytes);
	for (size_t i = 0; i < row->kind->count; i++)
		if (row->cell[i].form != CELL_ABSENT && s->field[file][i])
			set_cell(s, s->field[file][i], i, &row->cell[i]);
	set_id(s, file, id);
	put_message(e, file);
}

static void put(struct export *e, const struct ind_record *r)
{
	struct ind_record_id id = r->id;
	for (size_t f = 0; f < FILES; f++)
		if (&query_kinds[kinds[f].kind] == e->row.kind)
			put_row(e, f, &e->row, &id);
	for (size_t n = 0; r->kind == IND_REC_FLOW && !e->first_only && n < r->flow.signal_count + e->derived.count; n++) {
		unsigned signal = export_signal(e, r, n)->id;
		if (signal < IND_SIGNAL_ID_END && e->signal_is_lost[signal])
			continue;
		if (n < r->flow.signal_count)
			row_of_signal(&e->signal_row, r, n);
		else
			row_of_derived(&e->signal_row, r, &e->derived, n - r->flow.signal_count);
		id.part = (uint32_t)n + 1;
		put_row(e, SIGNALS, &e->signal_row, &id);
	}
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	out_free(&s->texts);
}

const struct export_format export_protobuf = {
	.wants = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_ORIGIN) | IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_EXHIBIT) | IND_WANT(IND_REC_CLOCK) | IND_WANT(IND_REC_LOSS),
	.needs_signals = true, .state_bytes = sizeof(struct state), .files = files, .carries = carries, .start = start, .put = put, .drop = drop,
};
