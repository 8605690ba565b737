/* SPDX-License-Identifier: Apache-2.0 */
#include "query/rows.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include "query/community.h"
#include <string.h>

enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58, PROTO_SCTP = 132 };

static void flow_ends(struct query_row *row, const struct ind_flow *f)
{
	bool icmp = f->proto == PROTO_ICMP || f->proto == PROTO_ICMP6;
	bool ports = f->proto == PROTO_TCP || f->proto == PROTO_UDP || f->proto == PROTO_SCTP;
	row_addr(row, QUERY_FLOW_saddr, f->ip_version, f->addr[IND_SRC]);
	row_addr(row, QUERY_FLOW_daddr, f->ip_version, f->addr[IND_DST]);
	if ((icmp || ports) && !f->no_ports) {
		row_u64(row, QUERY_FLOW_sport, f->port[IND_SRC]);
		row_u64(row, QUERY_FLOW_dport, f->port[IND_DST]);
	}
}

static void flow_counts(struct query_row *row, const struct ind_flow *f)
{
	row_u64(row, QUERY_FLOW_spkts, f->packets[IND_SRC]);
	row_u64(row, QUERY_FLOW_dpkts, f->packets[IND_DST]);
	row_u64(row, QUERY_FLOW_sbytes, f->bytes[IND_SRC]);
	row_u64(row, QUERY_FLOW_dbytes, f->bytes[IND_DST]);
	row_u64(row, QUERY_FLOW_spayload, f->payload[IND_SRC]);
	row_u64(row, QUERY_FLOW_dpayload, f->payload[IND_DST]);
	for (unsigned dir = 0; dir < 2; dir++) {
		if (f->fragments[dir])
			row_u64(row, QUERY_FLOW_sfrags + dir, f->fragments[dir]);
		if (f->retransmits[dir])
			row_u64(row, QUERY_FLOW_sretrans + dir, f->retransmits[dir]);
	}
}

/* Letters in the order in which a connection usually shows them. */
const char *rows_flags(unsigned flags, char text[static ROWS_FLAGS_TEXT])
{
	static const struct { uint8_t bit; char letter; } letters[8] = {
		{ 0x02, 'S' }, { 0x08, 'P' }, { 0x10, 'A' }, { 0x01, 'F' }, { 0x04, 'R' }, { 0x20, 'U' }, { 0x40, 'E' }, { 0x80, 'C' },
	};
	size_t used = 0;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (flags & letters[i].bit)
			text[used++] = letters[i].letter;
	text[used] = '\0';
	return text;
}

void row_tcp_flags(struct query_row *row, unsigned at, uint8_t flags)
{
	char *text = row_room(row, ROWS_FLAGS_TEXT);
	if (text)
		row_text(row, at, rows_flags(flags, text));
}

static void flow_sides(struct query_row *row, const struct ind_flow *f)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		if (!f->packets[dir])
			continue;
		row_u64(row, dir ? QUERY_FLOW_dttl_min : QUERY_FLOW_sttl_min, f->ttl_min[dir]);
		row_u64(row, dir ? QUERY_FLOW_dttl_max : QUERY_FLOW_sttl_max, f->ttl_max[dir]);
		if (f->proto == PROTO_TCP)
			row_tcp_flags(row, dir ? QUERY_FLOW_dflags : QUERY_FLOW_sflags, f->tcp_flags[dir]);
	}
	if (f->client_rtt_us != IND_ABSENT_U32)
		row_u64(row, QUERY_FLOW_client_rtt_us, f->client_rtt_us);
	if (f->server_rtt_us != IND_ABSENT_U32)
		row_u64(row, QUERY_FLOW_server_rtt_us, f->server_rtt_us);
}

static void flow_layers(struct query_row *row, const struct ind_flow *f, const struct rows_context *context)
{
	size_t from = row->items_used;
	for (unsigned i = 0; i < f->vlan_count && i < IND_VLAN_MAX; i++)
		row_item_u64(row, NULL, f->vlan[i]);
	row_items(row, QUERY_FLOW_vlan, CELL_LIST, from);
	from = row->items_used;
	for (unsigned i = 0; i < f->tunnel_count && i < IND_TUNNEL_MAX; i++)
		row_item(row, NULL, ind_tunnel_name(f->tunnel[i]));
	row_items(row, QUERY_FLOW_tunnel, CELL_LIST, from);
	if (f->carries != IND_TUNNEL_NONE)
		row_text(row, QUERY_FLOW_carries, ind_tunnel_name(f->carries));
	if (f->parent)
		row_text(row, QUERY_FLOW_parent, context->parent);
}

static void flow_names(struct query_row *row, const struct ind_flow *f)
{
	char *proto = row_room(row, 8), *community = row_room(row, COMMUNITY_TEXT);
	if (proto)
		row_text(row, QUERY_FLOW_proto, ind_proto_name(f->proto, proto));
	if (community)
		row_text(row, QUERY_FLOW_community_id, community_id(f, community));
	row_text(row, QUERY_FLOW_orient, ind_orient_name(f->orient));
	row_text(row, QUERY_FLOW_validated, ind_validated_name(f->validated));
	row_text(row, QUERY_FLOW_end_reason, ind_flow_end_name(f->end_reason));
}

void row_of_flow(struct query_row *row, const struct ind_record *record, const struct rows_context *context)
{
	const struct ind_flow *f = &record->flow.flow;
	row_start(row, QUERY_KIND_FLOW);
	row_record(row, QUERY_FLOW_record, &record->id);
	row_text(row, QUERY_FLOW_sensor, context->sensor);
	row_time(row, QUERY_FLOW_start, f->start_ns);
	row_time(row, QUERY_FLOW_end, f->end_ns);
	/* Of the times as printed. */
	if (f->end_ns >= f->start_ns)
		row_u64(row, QUERY_FLOW_duration_us, f->end_ns / 1000 - f->start_ns / 1000);
	flow_ends(row, f);
	flow_counts(row, f);
	flow_sides(row, f);
	flow_layers(row, f, context);
	flow_names(row, f);
}

/* Only what JSON calls a number is printed as one, whatever the bundle says. */
static bool is_decimal(const char *text, size_t bytes)
{
	size_t i = bytes && text[0] == '-' ? 1 : 0;
	size_t digits = i;
	while (i < bytes && text[i] >= '0' && text[i] <= '9')
		i++;
	if (i == digits || (i - digits > 1 && text[digits] == '0'))
		return false;
	if (i < bytes && text[i] == '.') {
		size_t point = ++i;
		while (i < bytes && text[i] >= '0' && text[i] <= '9')
			i++;
		if (i == point)
			return false;
	}
	return i == bytes;
}

static void signal_value(struct query_row *row, const struct ind_signal *s, const struct ind_signal_info *info)
{
	row_bytes(row, QUERY_SIGNAL_value, s->value, s->value_bytes);
	if (info && info->value == IND_VALUE_NUMBER && is_decimal(s->value, s->value_bytes))
		row->cell[QUERY_SIGNAL_value].form = CELL_DECIMAL;
	if (!(s->flags & IND_SIGNAL_CUT))
		return;
	row_true(row, QUERY_SIGNAL_truncated);
	if (s->sha256)
		row_hex(row, QUERY_SIGNAL_sha256, s->sha256, IND_SHA256_BYTES);
}

/* A name that this version does not know is shown by its number. */
static void signal_name(struct query_row *row, const struct ind_signal *s, const struct ind_signal_info *info)
{
	enum { PREFIX_BYTES = 8, NAME_BYTES = 16 };
	char *text = info ? NULL : row_room(row, NAME_BYTES);
	if (info)
		row_text(row, QUERY_SIGNAL_signal, info->name);
	if (!text)
		return;
	memcpy(text, "unknown.", PREFIX_BYTES);
	row_bytes(row, QUERY_SIGNAL_signal, text, PREFIX_BYTES + text_u64(s->id, text + PREFIX_BYTES, NAME_BYTES - PREFIX_BYTES));
}

static void signal_cells(struct query_row *row, const struct ind_record *record, const struct ind_signal *s, struct ind_record_id id)
{
	const struct ind_signal_info *info = ind_signal_info(s->id);
	row_start(row, QUERY_KIND_SIGNAL);
	row_record(row, QUERY_SIGNAL_record, &id);
	id.part = 0;
	row_record(row, QUERY_SIGNAL_flow, &id);
	row_time(row, QUERY_SIGNAL_time, s->time_ns);
	signal_name(row, s, info);
	row_text(row, QUERY_SIGNAL_side, ind_side_name(s->side));
	row_addr(row, QUERY_SIGNAL_addr, record->flow.flow.ip_version, record->flow.flow.addr[s->from & 1]);
	signal_value(row, s, info);
	if (s->packet)
		row_u64(row, QUERY_SIGNAL_packet, s->packet);
}

void row_of_signal(struct query_row *row, const struct ind_record *record, size_t signal)
{
	struct ind_record_id id = record->id;
	id.part = (uint32_t)signal + 1;
	signal_cells(row, record, &record->flow.signals[signal], id);
}

void row_of_derived(struct query_row *row, const struct ind_record *record, const struct ind_derived *derived, size_t signal)
{
	struct ind_record_id id = record->id;
	id.part = (uint32_t)(record->flow.signal_count + signal) + 1;
	signal_cells(row, record, &derived->signal[signal], id);
	row_true(row, QUERY_SIGNAL_derived);
}
