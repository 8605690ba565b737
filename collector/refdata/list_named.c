/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of addresses, networks and AS numbers: one a line, or a CSV with a heading. Indicators of compromise are always a CSV. */
#include "indicia/catalogue.h"
#include "refdata/date.h"
#include "refdata/reading.h"

#include <string.h>

static const struct { const char *name; enum column column; } headings[] = {
	{ "indicator", COLUMN_ADDRESS }, { "address", COLUMN_ADDRESS }, { "addr", COLUMN_ADDRESS }, { "ip", COLUMN_ADDRESS }, { "ip_address", COLUMN_ADDRESS },
	{ "network", COLUMN_ADDRESS }, { "prefix", COLUMN_ADDRESS }, { "cidr", COLUMN_ADDRESS }, { "range", COLUMN_ADDRESS }, { "asn", COLUMN_AS },
	{ "as", COLUMN_AS }, { "type", COLUMN_TYPE }, { "source", COLUMN_SOURCE }, { "date", COLUMN_DATE }, { "last_seen", COLUMN_DATE },
	{ "grade", COLUMN_GRADE }, { "tlp", COLUMN_TLP }, { "label", COLUMN_LABEL }, { "name", COLUMN_LABEL }, { "provider", COLUMN_LABEL },
	{ "entity", COLUMN_LABEL },
};

/* What a type of indicator means; a signal's own name is one too. Neither a column nor a signal: a name of a host. */
struct indicator_type { const char *name; enum column column; uint8_t signal; };
static const struct indicator_type types[] = {
	{ "address", COLUMN_ADDRESS, 0 }, { "ip", COLUMN_ADDRESS, 0 }, { "ipv4", COLUMN_ADDRESS, 0 }, { "ipv6", COLUMN_ADDRESS, 0 },
	{ "ip-src", COLUMN_ADDRESS, 0 }, { "ip-dst", COLUMN_ADDRESS, 0 }, { "ipv4-addr", COLUMN_ADDRESS, 0 }, { "ipv6-addr", COLUMN_ADDRESS, 0 },
	{ "cidr", COLUMN_ADDRESS, 0 }, { "network", COLUMN_ADDRESS, 0 }, { "asn", COLUMN_AS, 0 }, { "as", COLUMN_AS, 0 },
	{ "domain", COLUMN_NONE, LIST_NAME }, { "hostname", COLUMN_NONE, LIST_NAME }, { "domain-name", COLUMN_NONE, LIST_NAME },
	{ "ja3", COLUMN_NONE, IND_SIG_TLS_JA3 }, { "ja3-fingerprint-md5", COLUMN_NONE, IND_SIG_TLS_JA3 }, { "ja3s", COLUMN_NONE, IND_SIG_TLS_JA3S },
	{ "ja4", COLUMN_NONE, IND_SIG_TLS_JA4 }, { "hassh", COLUMN_NONE, IND_SIG_SSH_HASSH }, { "hassh-md5", COLUMN_NONE, IND_SIG_SSH_HASSH },
	{ "certificate", COLUMN_NONE, IND_SIG_TLS_CERT_SHA256 }, { "x509-fingerprint-sha256", COLUMN_NONE, IND_SIG_TLS_CERT_SHA256 },
};

static enum column heading_of(struct piece field)
{
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		if (lines_same(field.at, field.bytes, headings[i].name))
			return headings[i].column;
	return COLUMN_NONE;
}

/* The next field, and where in the line it began: room for quoted fields is taken at the same place. */
static bool field_next(struct reading *r, struct piece line, struct piece *rest, struct piece *field)
{
	size_t at = rest->at ? (size_t)(rest->at - line.at) : 0;
	return lines_csv(rest, r->room + at, field);
}

/* The first line is the heading of a CSV if one of its fields says whom the lines are about. */
static bool heading_read(struct reading *r, struct piece line)
{
	struct piece rest = line, field;
	bool names = false;
	size_t count = 0;
	for (; count < FIELDS_MAX && field_next(r, line, &rest, &field); count++) {
		r->columns[count] = (uint8_t)heading_of(field);
		names = names || r->columns[count] == COLUMN_ADDRESS || r->columns[count] == COLUMN_AS;
	}
	r->column_count = names ? count : 0;
	return names;
}

/* "AS64500" or, if it can be nothing else, "64500". */
static bool as_parse(struct piece text, bool bare, uint32_t *asn)
{
	bool marked = text.bytes > 2 && (text.at[0] == 'A' || text.at[0] == 'a') && (text.at[1] == 'S' || text.at[1] == 's');
	if (!marked && !bare)
		return false;
	return network_number(text.at + (marked ? 2 : 0), text.bytes - (marked ? 2 : 0), UINT32_MAX, asn) && *asn;
}

/* An address, a network or an AS number. */
static const char *named_add(struct reading *r, struct piece text, bool bare_as, uint32_t value)
{
	struct network n;
	uint32_t asn;
	if (text.bytes == 0)
		return "it names nobody";
	if (as_parse(text, bare_as, &asn))
		reading_add_as(r, asn, asn, value);
	else if (!bare_as && network_parse(text.at, text.bytes, &n))
		reading_add_network(r, &n, value);
	else
		return bare_as ? "no AS number" : "neither an address nor a network";
	return NULL;
}

static const char *plain_read(struct reading *r, struct piece line)
{
	struct piece rest = line, text;
	(void)lines_field(&rest, '#', &text);
	rest = text;
	(void)lines_field(&rest, ';', &text);
	return named_add(r, text, false, 0);
}

static bool tlp_parse(struct piece text, uint8_t *tlp)
{
	if (text.bytes > 4 && lines_same(text.at, 4, "tlp:"))
		text = lines_trim((struct piece){ text.at + 4, text.bytes - 4 });
	*tlp = IND_TLP_CLEAR;
	if (lines_same(text.at, text.bytes, "white"))
		return true;
	for (; *tlp < IND_TLP_COUNT; ++*tlp)
		if (lines_same(text.at, text.bytes, ind_tlp_name(*tlp)))
			return true;
	return false;
}

/* What stands beside the indicator. NULL, or what is wrong. */
static const char *entry_read(struct reading *r, const struct piece column[static COLUMN_COUNT], struct list_entry *e)
{
	uint64_t seconds = 0;
	*e = (struct list_entry){ .source = reading_text(r, column[COLUMN_SOURCE]), .label = reading_text(r, column[COLUMN_LABEL]) };
	if (column[COLUMN_DATE].bytes && !date_parse(column[COLUMN_DATE].at, column[COLUMN_DATE].bytes, &seconds))
		return "its date is not written 2026-11-20";
	if (column[COLUMN_GRADE].bytes && !meta_grade(column[COLUMN_GRADE].at, column[COLUMN_GRADE].bytes, e->grade))
		return "its grade is not a letter A to F and a digit 1 to 6";
	if (column[COLUMN_TLP].bytes && !tlp_parse(column[COLUMN_TLP], &e->tlp))
		return "its TLP is none of clear, green, amber, amber+strict and red";
	e->day = column[COLUMN_DATE].bytes ? (uint32_t)(seconds / DATE_DAY_S) + 1 : 0;
	return NULL;
}

/* The value's entries are a list; the same entry is not added again. */
static void entry_add(struct reading *r, uint32_t value, struct list_entry *e)
{
	const struct list_entry *head;
	size_t bytes;
	e->next = pool_mark(&r->list->values, value);
	if (e->next) {
		head = pool_get(&r->list->pool, e->next, &bytes);
		uint32_t next = e->next;
		e->next = head->next;
		if (memcmp(head, e, sizeof *e) == 0)
			return;
		e->next = next;
	}
	uint32_t entry = reading_piece(r, e, sizeof *e);
	if (entry)
		pool_mark_set(&r->list->values, value, entry);
}

static void signal_mark(struct list *l, unsigned signal) { ind_signal_set_add(l->signals, signal); }

static void names_mark(struct reading *r)
{
	for (unsigned i = 1; !r->names && i < IND_SIGNAL_ID_END; i++)
		if (list_is_name(i))
			signal_mark(r->list, i);
	r->names = true;
}

/* A value of a signal, or the name of a host without the dot at its end, as it is looked for: in lower case. */
struct value { uint8_t key[1 + IND_VALUE_MAX_BYTES]; size_t bytes; uint64_t hash; };

/* No bytes: it is no value. */
static void value_take(const struct reading *r, struct piece text, uint8_t signal, struct value *v)
{
	v->bytes = 0;
	if (text.bytes > 1 && signal == LIST_NAME && text.at[text.bytes - 1] == '.')
		text.bytes--;
	if (text.bytes == 0 || text.bytes > IND_VALUE_MAX_BYTES)
		return;
	v->key[0] = signal;
	for (size_t i = 0; i < text.bytes; i++)
		v->key[1 + i] = (uint8_t)(text.at[i] >= 'A' && text.at[i] <= 'Z' ? text.at[i] - 'A' + 'a' : text.at[i]);
	v->bytes = 1 + text.bytes;
	v->hash = pool_hash(&r->list->values, v->key, v->bytes);
	pool_expect(&r->list->values, v->hash);
}

static const char *value_add(struct reading *r, const struct value *v, struct list_entry *e)
{
	if (v->bytes == 0)
		return "no value, or one too long";
	uint32_t number = reading_value(r, v->key, v->bytes, v->hash);
	if (number)
		entry_add(r, number, e);
	if (v->key[0] == LIST_NAME)
		names_mark(r);
	else
		signal_mark(r->list, v->key[0]);
	r->list->lines++;
	return NULL;
}

static struct indicator_type type_of(struct piece type)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (lines_same(type.at, type.bytes, types[i].name))
			return types[i];
	const struct ind_signal_info *signal = ind_signal_find(type.at, type.bytes);
	return (struct indicator_type){ signal ? signal->name : NULL, COLUMN_NONE, signal ? (uint8_t)signal->id : 0 };
}

/* What stands beside a value is read while the place of the value is on its way from memory. Types that nothing here looks for (files, URLs)
 * are no mistake of the list. */
static const char *indicator_add(struct reading *r, const struct piece column[static COLUMN_COUNT])
{
	struct indicator_type type = type_of(column[COLUMN_TYPE]);
	struct list_entry e;
	struct value value;
	if (type.name && type.column == COLUMN_NONE)
		value_take(r, column[COLUMN_ADDRESS], type.signal, &value);
	const char *why = entry_read(r, column, &e);
	if (why || r->err)
		return why;
	if (type.name && type.column == COLUMN_NONE)
		return value_add(r, &value, &e);
	if (type.name)
		return named_add(r, column[COLUMN_ADDRESS], type.column == COLUMN_AS, reading_piece(r, &e, sizeof e));
	r->list->unused++;
	return NULL;
}

static const char *csv_read(struct reading *r, struct piece line)
{
	struct piece rest = line, field, column[COLUMN_COUNT] = { { NULL, 0 } };
	struct list_entry e;
	for (size_t i = 0; i < r->column_count && field_next(r, line, &rest, &field); i++)
		if (!column[r->columns[i]].bytes)
			column[r->columns[i]] = field;
	if (column[COLUMN_TYPE].bytes && column[COLUMN_ADDRESS].bytes)
		return indicator_add(r, column);
	const char *why = entry_read(r, column, &e);
	if (why || r->err)
		return why;
	bool is_as = !column[COLUMN_ADDRESS].bytes && column[COLUMN_AS].bytes;
	return named_add(r, column[is_as ? COLUMN_AS : COLUMN_ADDRESS], is_as, reading_piece(r, &e, sizeof e));
}

const char *named_line(struct reading *r, struct piece line)
{
	if (!r->begun && heading_read(r, line))
		return NULL;
	if (r->column_count)
		return csv_read(r, line);
	return r->list->kind == IND_CLAIM_IOC ? "indicators need a heading with a column indicator" : plain_read(r, line);
}
