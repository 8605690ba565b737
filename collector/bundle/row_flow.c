/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 4.1. */
#include "bundle/row.h"

#include "indicia/catalogue.h"

#define ROWS(what, most) { .form = (what), .count = COUNT_ROWS, .of = 1, .max = (most) }
#define NUMBERS(most) ROWS(FORM_NUMBERS, most)
#define LIST(of_column, least, most) { .form = FORM_NUMBERS, .count = COUNT_SUM, .of = (of_column), .min = (least), .max = (most) }

const struct row_spec row_flow_spec = {
	.kind = ROW_FLOW,
	.columns = FLOW_COLUMNS,
	.version_column = FLOW_VERSION,
	.first_time = FLOW_START,
	.column = {
		[FLOW_START] = { .form = FORM_DELTA, .count = COUNT_ROWS, .of = 1, .is_time = true, .max = UINT64_MAX },
		[FLOW_DURATION] = { .form = FORM_SIGNED, .count = COUNT_ROWS, .of = 1, .is_time = true, .max = UINT64_MAX },
		[FLOW_SERIAL] = ROWS(FORM_DELTA, UINT64_MAX),
		[FLOW_PARENT] = NUMBERS(UINT64_MAX),
		[FLOW_VERSION] = { .form = FORM_NUMBERS, .count = COUNT_ROWS, .of = 1, .min = 4, .max = 6 },
		[FLOW_PROTO] = NUMBERS(UINT8_MAX),
		[FLOW_SRC] = { .form = FORM_BYTES, .count = COUNT_ADDRESSES },
		[FLOW_DST] = { .form = FORM_BYTES, .count = COUNT_ADDRESSES },
		[FLOW_SPORT] = NUMBERS(UINT16_MAX),
		[FLOW_DPORT] = NUMBERS(UINT16_MAX),
		[FLOW_PACKETS] = NUMBERS(UINT64_MAX), NUMBERS(UINT64_MAX),
		[FLOW_BYTES] = NUMBERS(UINT64_MAX), NUMBERS(UINT64_MAX),
		[FLOW_OVERHEAD] = ROWS(FORM_SIGNED, UINT64_MAX), ROWS(FORM_SIGNED, UINT64_MAX),
		[FLOW_FRAGMENTS] = NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX),
		[FLOW_RETRANSMITS] = NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX),
		[FLOW_CLIENT_RTT] = NUMBERS(UINT32_MAX),
		[FLOW_SERVER_RTT] = NUMBERS(UINT32_MAX),
		[FLOW_FLAGS] = NUMBERS(UINT8_MAX), NUMBERS(UINT8_MAX),
		[FLOW_TTL_MIN] = NUMBERS(UINT8_MAX), NUMBERS(UINT8_MAX),
		[FLOW_TTL_SPAN] = NUMBERS(UINT8_MAX), NUMBERS(UINT8_MAX),
		[FLOW_ORIENT] = NUMBERS(FLOW_NO_PORTS + IND_ORIENT_ROLE),
		[FLOW_VALIDATED] = NUMBERS(IND_VALID_ONE_WAY),
		[FLOW_END] = NUMBERS(IND_END_REUSED),
		[FLOW_CARRIES] = NUMBERS(IND_TUNNEL_COUNT - 1),
		[FLOW_VLANS] = NUMBERS(IND_VLAN_MAX),
		[FLOW_VLAN] = LIST(FLOW_VLANS, 0, UINT16_MAX),
		[FLOW_TUNNELS] = NUMBERS(IND_TUNNEL_MAX),
		[FLOW_TUNNEL] = LIST(FLOW_TUNNELS, 0, IND_TUNNEL_COUNT - 1),
		[FLOW_SIGNALS] = NUMBERS(FLOW_SIGNALS_MAX),
		[SIGNAL_ID] = LIST(FLOW_SIGNALS, 1, IND_SIGNAL_ID_END - 1),
		[SIGNAL_BITS] = LIST(FLOW_SIGNALS, 0, 15),
		[SIGNAL_TIME] = { .form = FORM_SIGNED, .count = COUNT_SUM, .of = FLOW_SIGNALS, .is_time = true, .max = UINT64_MAX },
		[SIGNAL_PACKET] = { .form = FORM_DELTA, .count = COUNT_SUM, .of = FLOW_SIGNALS, .max = UINT64_MAX },
		[SIGNAL_VALUE] = LIST(FLOW_SIGNALS, 0, UINT32_MAX),
		[VALUE_BYTES] = { .form = FORM_NUMBERS, .count = COUNT_NEW, .of = SIGNAL_VALUE, .last = SIGNAL_VALUE, .min = 1, .max = IND_VALUE_MAX_BYTES },
		[VALUES] = { .form = FORM_BYTES, .count = COUNT_SUM, .of = VALUE_BYTES },
		[CUT_SHA256] = { .form = FORM_BYTES, .count = COUNT_CUT, .of = SIGNAL_BITS },
	},
};

static bool address_ok(uint8_t ip_version, const uint8_t *addr)
{
	static const uint8_t zero[IND_ADDR_BYTES - 4];
	return ip_version == 6 || (ip_version == 4 && memcmp(addr + 4, zero, sizeof zero) == 0);
}

static bool is_stored(unsigned id)
{
	const struct ind_signal_info *info = ind_signal_info(id);
	return !info || info->recorded != IND_DERIVED;
}

static bool signal_ok(const struct ind_signal *s)
{
	bool cut = s->flags & IND_SIGNAL_CUT;
	return s->id >= 1 && s->id < IND_SIGNAL_ID_END && is_stored(s->id) && s->side <= IND_SERVER && s->from <= IND_DST && s->flags <= IND_SIGNAL_CUT &&
		s->value_bytes <= IND_VALUE_MAX_BYTES && cut == (s->sha256 != NULL);
}

enum ind_err flow_check(const struct ind_flow *f, const struct ind_signal *signals, size_t count)
{
	if (!address_ok(f->ip_version, f->addr[IND_SRC]) || !address_ok(f->ip_version, f->addr[IND_DST]) || f->orient > IND_ORIENT_ROLE ||
		f->no_ports > 1 || f->validated > IND_VALID_ONE_WAY || f->end_reason > IND_END_REUSED || f->carries >= IND_TUNNEL_COUNT ||
		f->vlan_count > IND_VLAN_MAX || f->tunnel_count > IND_TUNNEL_MAX || count > FLOW_SIGNALS_MAX)
		return IND_USAGE;
	for (size_t i = 0; i < f->tunnel_count; i++)
		if (f->tunnel[i] >= IND_TUNNEL_COUNT)
			return IND_USAGE;
	for (size_t i = 0; i < count; i++)
		if (!signal_ok(&signals[i]))
			return IND_USAGE;
	return IND_OK;
}

static void direction_put(struct batch *b, const struct ind_flow *f, enum ind_dir dir)
{
	batch_put_bytes(b, FLOW_SRC + dir, f->addr[dir], address_bytes(f->ip_version));
	batch_put(b, FLOW_SPORT + dir, f->port[dir]);
	batch_put(b, FLOW_PACKETS + dir, f->packets[dir]);
	batch_put(b, FLOW_BYTES + dir, f->bytes[dir]);
	batch_put(b, FLOW_OVERHEAD + dir, f->bytes[dir] - f->payload[dir]);
	batch_put(b, FLOW_FRAGMENTS + dir, f->fragments[dir]);
	batch_put(b, FLOW_RETRANSMITS + dir, f->retransmits[dir]);
	batch_put(b, FLOW_FLAGS + dir, f->tcp_flags[dir]);
	batch_put(b, FLOW_TTL_MIN + dir, f->ttl_min[dir]);
	batch_put(b, FLOW_TTL_SPAN + dir, (uint8_t)(f->ttl_max[dir] - f->ttl_min[dir]));
}

static void lists_put(struct batch *b, const struct ind_flow *f)
{
	batch_put(b, FLOW_VLANS, f->vlan_count);
	for (size_t i = 0; i < f->vlan_count; i++)
		batch_put(b, FLOW_VLAN, f->vlan[i]);
	batch_put(b, FLOW_TUNNELS, f->tunnel_count);
	for (size_t i = 0; i < f->tunnel_count; i++)
		batch_put(b, FLOW_TUNNEL, f->tunnel[i]);
}

static unsigned signal_bits(const struct ind_signal *s)
{
	const struct ind_signal_info *info = ind_signal_info(s->id);
	return (s->side ? SIGNAL_BIT_SIDE : 0) | (s->from ? SIGNAL_BIT_FROM : 0) | (s->flags & IND_SIGNAL_CUT ? SIGNAL_BIT_CUT : 0) |
		(info && info->group == IND_GROUP_NAMES ? SIGNAL_BIT_NAMES : 0);
}

static void signal_put(struct batch *b, struct dictionary *d, uint64_t before_ns, const struct ind_signal *s, uint32_t hash)
{
	batch_put(b, SIGNAL_ID, s->id);
	batch_put(b, SIGNAL_BITS, signal_bits(s));
	batch_put(b, SIGNAL_TIME, s->time_ns - before_ns);
	batch_put(b, SIGNAL_PACKET, s->packet);
	batch_put(b, SIGNAL_VALUE, dictionary_ref(d, b, hash, s->value, s->value_bytes));
	if (s->flags & IND_SIGNAL_CUT)
		batch_put_bytes(b, CUT_SHA256, s->sha256, IND_SHA256_BYTES);
}

/* Some values are hashed before the first is looked up, so that memory answers meanwhile. */
static void signals_put(struct batch *b, struct dictionary *d, uint64_t time_ns, const struct ind_signal *signals, size_t count)
{
	enum { AHEAD = 16 };
	uint32_t hash[AHEAD];
	batch_put(b, FLOW_SIGNALS, count);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = i; i % AHEAD == 0 && k < count && k < i + AHEAD; k++)
			hash[k % AHEAD] = dictionary_hash(d, signals[k].value, signals[k].value_bytes);
		signal_put(b, d, time_ns, &signals[i], hash[i % AHEAD]);
		time_ns = signals[i].time_ns;
	}
}

void flow_put(struct batch *b, struct dictionary *d, const struct ind_flow *f, const struct ind_signal *signals, size_t count)
{
	b->rows++;
	batch_put(b, FLOW_START, f->start_ns);
	batch_put(b, FLOW_DURATION, f->end_ns - f->start_ns);
	batch_put(b, FLOW_SERIAL, f->serial);
	batch_put(b, FLOW_PARENT, f->parent);
	batch_put(b, FLOW_VERSION, f->ip_version);
	batch_put(b, FLOW_PROTO, f->proto);
	direction_put(b, f, IND_SRC);
	direction_put(b, f, IND_DST);
	batch_put(b, FLOW_CLIENT_RTT, (uint32_t)(f->client_rtt_us + 1));
	batch_put(b, FLOW_SERVER_RTT, (uint32_t)(f->server_rtt_us + 1));
	batch_put(b, FLOW_ORIENT, flow_orient_byte(f));
	batch_put(b, FLOW_VALIDATED, f->validated);
	batch_put(b, FLOW_END, f->end_reason);
	batch_put(b, FLOW_CARRIES, f->carries);
	lists_put(b, f);
	signals_put(b, d, f->start_ns, signals, count);
}

static uint64_t number(const struct batch *b, unsigned column, size_t row) { return b->column[column].numbers[row]; }

static void direction_get(const struct batch *b, struct row_cursor *at, struct ind_flow *f, enum ind_dir dir)
{
	size_t row = at->row;
	batch_address(b, FLOW_SRC + dir, f->ip_version, &at->addr_at[dir], f->addr[dir]);
	f->port[dir] = (uint16_t)number(b, FLOW_SPORT + dir, row);
	f->packets[dir] = number(b, FLOW_PACKETS + dir, row);
	f->bytes[dir] = number(b, FLOW_BYTES + dir, row);
	f->payload[dir] = f->bytes[dir] - number(b, FLOW_OVERHEAD + dir, row);
	f->fragments[dir] = (uint32_t)number(b, FLOW_FRAGMENTS + dir, row);
	f->retransmits[dir] = (uint32_t)number(b, FLOW_RETRANSMITS + dir, row);
	f->tcp_flags[dir] = (uint8_t)number(b, FLOW_FLAGS + dir, row);
	f->ttl_min[dir] = (uint8_t)number(b, FLOW_TTL_MIN + dir, row);
	f->ttl_max[dir] = (uint8_t)(f->ttl_min[dir] + number(b, FLOW_TTL_SPAN + dir, row));
}

static void lists_get(const struct batch *b, struct row_cursor *at, struct ind_flow *f)
{
	f->vlan_count = (uint8_t)number(b, FLOW_VLANS, at->row);
	for (size_t i = 0; i < f->vlan_count && i < IND_VLAN_MAX; i++)
		f->vlan[i] = (uint16_t)number(b, FLOW_VLAN, at->vlan_at++);
	f->tunnel_count = (uint8_t)number(b, FLOW_TUNNELS, at->row);
	for (size_t i = 0; i < f->tunnel_count && i < IND_TUNNEL_MAX; i++)
		f->tunnel[i] = (uint8_t)number(b, FLOW_TUNNEL, at->tunnel_at++);
}

static void signal_get(const struct batch *b, struct row_cursor *at, uint64_t before_ns, struct ind_signal *s)
{
	size_t i = at->signal_at++;
	unsigned bits = (unsigned)number(b, SIGNAL_BITS, i);
	struct ind_text value = dictionary_text(b, number(b, SIGNAL_VALUE, i), VALUE_BYTES, VALUES);
	*s = (struct ind_signal){
		.id = (uint16_t)number(b, SIGNAL_ID, i),
		.side = bits & SIGNAL_BIT_SIDE ? IND_SERVER : IND_CLIENT,
		.from = bits & SIGNAL_BIT_FROM ? IND_DST : IND_SRC,
		.flags = bits & SIGNAL_BIT_CUT ? IND_SIGNAL_CUT : 0,
		.value = value.at ? value.at : "",
		.value_bytes = value.bytes,
		.time_ns = before_ns + number(b, SIGNAL_TIME, i),
		.packet = number(b, SIGNAL_PACKET, i),
	};
	if (!(bits & SIGNAL_BIT_CUT))
		return;
	s->sha256 = b->column[CUT_SHA256].bytes + at->cut_at;
	at->cut_at += IND_SHA256_BYTES;
}

bool flow_get(const struct batch *b, struct row_cursor *at, struct ind_flow *f, struct ind_signal *signals)
{
	size_t row = at->row;
	*f = (struct ind_flow){
		.serial = number(b, FLOW_SERIAL, row),
		.parent = number(b, FLOW_PARENT, row),
		.start_ns = number(b, FLOW_START, row),
		.end_ns = number(b, FLOW_START, row) + number(b, FLOW_DURATION, row),
		.client_rtt_us = (uint32_t)number(b, FLOW_CLIENT_RTT, row) - 1,
		.server_rtt_us = (uint32_t)number(b, FLOW_SERVER_RTT, row) - 1,
		.ip_version = (uint8_t)number(b, FLOW_VERSION, row),
		.proto = (uint8_t)number(b, FLOW_PROTO, row),
		.orient = number(b, FLOW_ORIENT, row) & (FLOW_NO_PORTS - 1),
		.no_ports = (number(b, FLOW_ORIENT, row) & FLOW_NO_PORTS) != 0,
		.validated = (uint8_t)number(b, FLOW_VALIDATED, row),
		.end_reason = (uint8_t)number(b, FLOW_END, row),
		.carries = (uint8_t)number(b, FLOW_CARRIES, row),
	};
	direction_get(b, at, f, IND_SRC);
	direction_get(b, at, f, IND_DST);
	lists_get(b, at, f);
	uint64_t before_ns = f->start_ns;
	bool stored = true;
	for (size_t i = 0; i < number(b, FLOW_SIGNALS, row); before_ns = signals[i++].time_ns) {
		signal_get(b, at, before_ns, &signals[i]);
		stored &= is_stored(signals[i].id);
	}
	at->row++;
	return f->ip_version != 5 && stored;
}
