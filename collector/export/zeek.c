/* SPDX-License-Identifier: Apache-2.0 */
/* Zeek's logs as tab-separated text (the ASCII writer of Zeek's logging framework). Columns are in Zeek's order, and named by the field table. conn_state and
 * history follow from the flags that were seen, which have no order. */
#include "base/text.h"
#include "export/format.h"
#include <string.h>

enum { COLUMNS_MAX = 20, VALUES_MAX = 256, PROTO_TCP = 6, US_PER_S = 1000000, FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum log { LOG_CONN, LOG_SSL, LOG_SSH, LOG_HTTP, LOG_DNS, LOGS };

struct column { const char *name, *type; };

static const char *const files[] = { "conn.log", "ssl.log", "ssh.log", "http.log", "dns.log", NULL };
static const char *const paths[LOGS] = { "conn", "ssl", "ssh", "http", "dns" };

#define ENDS { "ts", "time" }, { "uid", "string" }, { "id.orig_h", "addr" }, { "id.orig_p", "port" }, { "id.resp_h", "addr" }, { "id.resp_p", "port" }
static const struct column columns[LOGS][COLUMNS_MAX] = {
	[LOG_CONN] = { ENDS, { "proto", "enum" }, { "service", "string" }, { "duration", "interval" }, { "orig_bytes", "count" }, { "resp_bytes", "count" },
		{ "conn_state", "string" }, { "history", "string" }, { "orig_pkts", "count" }, { "orig_ip_bytes", "count" }, { "resp_pkts", "count" },
		{ "resp_ip_bytes", "count" }, { "tunnel_parents", "set[string]" }, { "vlan", "int" }, { "community_id", "string" } },
	[LOG_SSL] = { ENDS, { "version", "string" }, { "server_name", "string" }, { "next_protocol", "string" }, { "ja3", "string" }, { "ja3s", "string" } },
	[LOG_SSH] = { ENDS, { "client", "string" }, { "server", "string" }, { "hassh", "string" }, { "hasshServer", "string" } },
	[LOG_HTTP] = { ENDS, { "host", "string" }, { "user_agent", "string" } },
	[LOG_DNS] = { ENDS, { "proto", "enum" }, { "query", "string" }, { "rcode_name", "string" }, { "answers", "vector[string]" } },
};

struct state {
	struct ind_text names[VALUES_MAX];
	uint8_t log[IND_SIGNAL_ID_END]; /* of each signal: enum log, LOGS if it has none */
	uint8_t field[COLUMNS_MAX];  /* of each column of conn.log */
};

/* The name in this log that the table gives, behind its dot; NULL if it gives none. "ssh.client, ssh.server": the one of the side. */
static const char *name_in(const char *names, enum log log, bool second)
{
	size_t bytes = strlen(paths[log]);
	const char *comma = strstr(names, ", ");
	if (second && comma)
		names = comma + 2;
	return strncmp(names, paths[log], bytes) == 0 && names[bytes] == '.' ? names + bytes + 1 : NULL;
}

static bool is_column(const char *name, const char *names, enum log log, bool second)
{
	const char *found = name_in(names, log, second);
	size_t bytes = strlen(name);
	return found && strncmp(found, name, bytes) == 0 && (!found[bytes] || found[bytes] == ',');
}

static bool carries(enum query_kind_id kind, size_t at)
{
	if (kind == QUERY_KIND_FLOW)
		return at != QUERY_FLOW_tunnel && name_in(export_name_of(EXPORT_BY_ZEEK, &query_kinds[kind].fields[at]), LOG_CONN, false) != NULL;
	return export_has_name(EXPORT_BY_ZEEK, kind, at);
}

static enum log find_log(unsigned id)
{
	const char *names = export_name_of_signal(EXPORT_BY_ZEEK, id);
	enum log log = LOG_SSL;
	while (log < LOGS && !name_in(names, log, false))
		log++;
	return log;
}

static bool carries_signal(const struct ind_signal_info *info) { return find_log(info->id) < LOGS; }

static enum log log_of(const struct export *e, unsigned id) { return id < IND_SIGNAL_ID_END ? ((const struct state *)e->state)->log[id] : LOGS; }

/* ---- text ---- */

/* Inside a value nothing may look like a separator, an unset field, or an item's end. */
static void put_escaped(struct out *o, const char *text, size_t bytes, bool item)
{
	static const char digits[] = "0123456789abcdef";
	bool special = (bytes == 1 && text[0] == '-') || (bytes == 7 && memcmp(text, "(empty)", 7) == 0);
	for (size_t i = 0; i < bytes; i++) {
		uint8_t c = (uint8_t)text[i];
		if (c == '\\')
			out_text(o, "\\\\");
		else if (c < 0x20 || c == 0x7f || (item && c == ',') || (special && i == 0))
			out_bytes(o, (const char[4]){ '\\', 'x', digits[c >> 4], digits[c & 15] }, 4);
		else
			out_char(o, (char)c);
	}
	if (!bytes)
		out_text(o, "(empty)");
}

static void put_seconds(struct out *o, uint64_t us)
{
	char digits[8];
	out_u64(o, us / US_PER_S);
	(void)text_u64(US_PER_S + us % US_PER_S, digits, sizeof(digits));
	digits[0] = '.';
	out_text(o, digits);
}

static void put_unset(struct out *o) { out_char(o, '-'); }

static void put_cell(struct out *o, const struct query_cell *cell)
{
	if (cell->form == CELL_ABSENT)
		put_unset(o);
	else if (cell->form == CELL_TIME)
		put_seconds(o, cell->number / 1000);
	else if (cell->form == CELL_TEXT)
		put_escaped(o, cell->text, cell->count, false);
	else
		value_plain(o, cell);
}

static void put_heading(struct out *o, enum log log)
{
	out_text(o, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t");
	out_text(o, paths[log]);
	out_text(o, "\n#fields");
	for (size_t i = 0; i < COLUMNS_MAX && columns[log][i].name; i++) {
		out_char(o, '\t');
		out_text(o, columns[log][i].name);
	}
	out_text(o, "\n#types");
	for (size_t i = 0; i < COLUMNS_MAX && columns[log][i].name; i++) {
		out_char(o, '\t');
		out_text(o, columns[log][i].type);
	}
	out_char(o, '\n');
}

/* ---- conn.log ---- */

static const char *tcp_state(const struct ind_flow *f)
{
	uint8_t s = f->tcp_flags[IND_SRC], d = f->tcp_flags[IND_DST];
	bool asked = s & SYN, answered = d & SYN;
	if (!asked)
		return answered ? d & FIN ? "SHR" : d & RST ? "RSTRH" : "OTH" : "OTH";
	if (!answered)
		return d & RST ? "REJ" : s & RST ? "RSTOS0" : s & FIN ? "SH" : "S0";
	if (d & RST)
		return "RSTR";
	if (s & RST)
		return "RSTO";
	return s & FIN ? d & FIN ? "SF" : "S2" : d & FIN ? "S3" : "S1";
}

static const char *state_of(const struct ind_flow *f)
{
	if (f->proto == PROTO_TCP)
		return tcp_state(f);
	return f->packets[IND_DST] ? f->packets[IND_SRC] ? "SF" : "SHR" : "S0";
}

/* Upper case is the originator's. */
static void put_history(struct out *o, const struct ind_flow *f)
{
	uint8_t s = f->tcp_flags[IND_SRC], d = f->tcp_flags[IND_DST];
	const struct { bool seen; char letter; } letters[] = {
		{ s & SYN, 'S' }, { d & SYN, 'h' }, { s & ACK && f->packets[IND_SRC] > 1, 'A' }, { f->payload[IND_SRC] != 0, 'D' }, { d & ACK && f->packets[IND_DST] > 1, 'a' },
		{ f->payload[IND_DST] != 0, 'd' }, { s & FIN, 'F' }, { d & FIN, 'f' }, { s & RST, 'R' }, { d & RST, 'r' },
	};
	bool any = false;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (!letters[i].seen)
			continue;
		out_char(o, letters[i].letter);
		any = true;
	}
	if (!any)
		put_unset(o);
}

static const char *proto_of(const struct query_cell *cell)
{
	static const char *const names[] = { "tcp", "udp", "icmp", "icmp6" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (cell->count == strlen(names[i]) && memcmp(cell->text, names[i], cell->count) == 0)
			return i == 3 ? "icmp" : names[i];
	return "unknown_transport";
}

/* Of the logs that it has a line in; Zeek's own names. */
static void put_service(const struct export *e, struct out *o, const struct ind_record *r)
{
	const struct ind_signal *s;
	bool seen[LOGS] = { false }, any = false;
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++)
		if (log_of(e, s->id) < LOGS)
			seen[log_of(e, s->id)] = true;
	for (enum log log = LOG_SSL; log < LOGS; log++) {
		if (!seen[log])
			continue;
		out_text(o, any ? "," : "");
		out_text(o, paths[log]);
		any = true;
	}
	if (!any)
		put_unset(o);
}

static size_t field_of(const char *column)
{
	const struct query_kind *kind = &query_kinds[QUERY_KIND_FLOW];
	size_t i = 0;
	while (i < kind->count && (i == QUERY_FLOW_tunnel || !is_column(column, export_name_of(EXPORT_BY_ZEEK, &kind->fields[i]), LOG_CONN, false)))
		i++;
	return i;
}

static void put_column(struct export *e, struct out *o, const struct ind_record *r, size_t column)
{
	size_t field = ((const struct state *)e->state)->field[column];
	const struct query_cell *cell = field < QUERY_FLOW_COUNT ? &e->row.cell[field] : NULL;
	switch (field) {
	case QUERY_FLOW_COUNT: put_service(e, o, r); break;
	case QUERY_FLOW_proto: out_text(o, proto_of(cell)); break;
	case QUERY_FLOW_sflags: put_history(o, &r->flow.flow); break;
	case QUERY_FLOW_end_reason: out_text(o, state_of(&r->flow.flow)); break;
	case QUERY_FLOW_vlan:
		if (cell->form == CELL_LIST && cell->count)
			out_u64(o, cell->items[0].number);
		else
			put_unset(o);
		e->lost_field[QUERY_KIND_FLOW][field] += cell->form == CELL_LIST && cell->count > 1;
		break;
	case QUERY_FLOW_duration_us:
		if (cell->form == CELL_U64)
			put_seconds(o, cell->number);
		else
			put_unset(o);
		break;
	default: put_cell(o, cell);
	}
}

static void put_conn(struct export *e, const struct ind_record *r)
{
	struct out *o = e->out[LOG_CONN];
	for (size_t i = 0; i < COLUMNS_MAX && columns[LOG_CONN][i].name; i++) {
		out_text(o, i ? "\t" : "");
		put_column(e, o, r, i);
	}
	out_char(o, '\n');
}

/* ---- the logs of protocols ---- */

static void put_ends(struct export *e, struct out *o, uint64_t time_ns)
{
	static const uint8_t ends[] = { QUERY_FLOW_record, QUERY_FLOW_saddr, QUERY_FLOW_sport, QUERY_FLOW_daddr, QUERY_FLOW_dport };
	put_seconds(o, time_ns / 1000);
	for (size_t i = 0; i < sizeof(ends); i++) {
		out_char(o, '\t');
		put_cell(o, &e->row.cell[ends[i]]);
	}
}

/* The value of a column: what the server chose, else the first. The others are counted as lost. */
static const struct ind_signal *value_of(struct export *e, const struct ind_record *r, enum log log, const char *column)
{
	const struct ind_signal *s, *found = NULL;
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++) {
		if (!is_column(column, export_name_of_signal(EXPORT_BY_ZEEK, s->id), log, s->side == IND_SERVER))
			continue;
		bool better = !found || (log == LOG_SSL && s->side == IND_SERVER && found->side == IND_CLIENT);
		e->lost_signal[s->id] += found != NULL;
		found = better ? s : found;
	}
	return found;
}

static void put_log(struct export *e, const struct ind_record *r, enum log log)
{
	enum { ENDS_COUNT = 6 };
	struct out *o = e->out[log];
	const struct ind_signal *s, *first = NULL;
	for (size_t n = 0; !first && (s = export_signal(e, r, n)) != NULL; n++)
		first = log_of(e, s->id) == log ? s : NULL;
	if (!first)
		return;
	put_ends(e, o, first->time_ns);
	for (size_t i = ENDS_COUNT; i < COLUMNS_MAX && columns[log][i].name; i++) {
		s = value_of(e, r, log, columns[log][i].name);
		out_char(o, '\t');
		if (s)
			put_escaped(o, s->value, s->value_bytes, false);
		else
			put_unset(o);
	}
	out_char(o, '\n');
}

/* Of an answer "name type data" the name and the data. */
static struct ind_text name_of(const struct ind_signal *s, struct ind_text *data)
{
	const char *end = s->value + s->value_bytes, *type = s->id == IND_SIG_DNS_ANSWER ? memchr(s->value, ' ', s->value_bytes) : NULL;
	const char *at = type ? memchr(type + 1, ' ', (size_t)(end - type - 1)) : NULL;
	*data = at ? (struct ind_text){ at + 1, (uint16_t)(end - at - 1) } : (struct ind_text){ NULL, 0 };
	return (struct ind_text){ s->value, (uint16_t)(at ? type - s->value : s->value_bytes) };
}

static bool same_text(struct ind_text a, struct ind_text b) { return a.bytes == b.bytes && (!a.bytes || memcmp(a.at, b.at, a.bytes) == 0); }

static void put_dns_line(struct export *e, const struct ind_record *r, struct ind_text name, uint64_t time_ns)
{
	struct out *o = e->out[LOG_DNS];
	const struct ind_signal *s;
	struct ind_text data;
	bool missing = false, any = false;
	put_ends(e, o, time_ns);
	out_char(o, '\t');
	out_text(o, proto_of(&e->row.cell[QUERY_FLOW_proto]));
	out_char(o, '\t');
	put_escaped(o, name.at, name.bytes, false);
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++)
		missing |= s->id == IND_SIG_DNS_NXDOMAIN && same_text(name_of(s, &data), name);
	out_text(o, missing ? "\tNXDOMAIN\t" : "\t-\t");
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++) {
		if (s->id != IND_SIG_DNS_ANSWER || !same_text(name_of(s, &data), name) || !data.at)
			continue;
		out_text(o, any ? "," : "");
		put_escaped(o, data.at, data.bytes, true);
		any = true;
	}
	out_text(o, any ? "\n" : "-\n");
}

/* A line for each name, with what was answered about it. */
static void put_dns(struct export *e, const struct ind_record *r)
{
	struct state *state = e->state;
	const struct ind_signal *s;
	struct ind_text data;
	size_t count = 0;
	for (size_t n = 0; (s = export_signal(e, r, n)) != NULL; n++) {
		size_t i = 0;
		if (log_of(e, s->id) != LOG_DNS)
			continue;
		struct ind_text name = name_of(s, &data);
		while (i < count && !same_text(state->names[i], name))
			i++;
		if (i < count)
			continue;
		if (count == VALUES_MAX) {
			e->lost_signal[s->id]++;
			continue;
		}
		state->names[count++] = name;
		put_dns_line(e, r, name, s->time_ns);
	}
}

static void put(struct export *e, const struct ind_record *r)
{
	put_conn(e, r);
	if (e->first_only)
		return;
	for (enum log log = LOG_SSL; log < LOG_DNS; log++)
		put_log(e, r, log);
	put_dns(e, r);
}

static enum ind_err start(struct export *e)
{
	struct state *s = e->state;
	for (unsigned id = 0; id < IND_SIGNAL_ID_END; id++)
		s->log[id] = (uint8_t)find_log(id);
	for (size_t i = 0; i < COLUMNS_MAX && columns[LOG_CONN][i].name; i++)
		s->field[i] = (uint8_t)field_of(columns[LOG_CONN][i].name);
	for (enum log log = LOG_CONN; log < LOGS; log++)
		if (e->out[log])
			put_heading(e->out[log], log);
	return IND_OK;
}

const struct export_format export_zeek = {
	.wants = IND_WANT(IND_REC_FLOW), .needs_signals = true, .state_bytes = sizeof(struct state), .files = files, .carries = carries,
	.carries_signal = carries_signal, .start = start, .put = put,
};
