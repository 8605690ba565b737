/* SPDX-License-Identifier: Apache-2.0 */
/* What rows_of_flow says of a flow, read from columns. */
#include "query/sql_flows.h"
#include "indicia/catalogue.h"
#include "query/rows.h"
#include <stdlib.h>
#include <string.h>

enum { NS_PER_US = 1000, ADDR4_BYTES = 4, NO_PORTS_BIT = 4, PORTS_LOOKED_UP = 64, ADDRS_LOOKED_UP = 64 };
enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58, PROTO_SCTP = 132 };

#define COL(column) (UINT64_C(1) << (column))
#define PORTS (COL(IND_COL_PORT) | COL(IND_COL_PORT + 1) | COL(IND_COL_PROTO) | COL(IND_COL_ORIENT))
#define TTL(dir) (COL(IND_COL_TTL_MIN + (dir)) | COL(IND_COL_TTL_SPAN + (dir)) | COL(IND_COL_PACKETS + (dir)))
#define TIMES (COL(IND_COL_START) | COL(IND_COL_DURATION))

static const char *proto_name(unsigned n, char text[static 16]) { return ind_proto_name(n, text); }
static const char *flags_name(unsigned n, char text[static 16]) { return rows_flags(n, text); }

/* Names of what a table does not have are "?" there: a reader of records never sees them. */
static const char *known(const char *name) { return name[0] == '?' ? "" : name; }
static const char *orient_name(unsigned n, char text[static 16]) { return (void)text, known(ind_orient_name(n)); }
static const char *validated_name(unsigned n, char text[static 16]) { return (void)text, known(ind_validated_name(n)); }
static const char *end_name(unsigned n, char text[static 16]) { return (void)text, known(ind_flow_end_name(n)); }
static const char *tunnel_name(unsigned n, char text[static 16]) { return (void)text, known(ind_tunnel_name(n)); }

struct field { uint8_t class; uint64_t needs; sql_name_fn *name; };

static const struct field fields[SQL_FLOW_COUNT] = {
	[QUERY_FLOW_record] = { SQL_RECORD, 0, NULL },
	[QUERY_FLOW_sensor] = { SQL_OPAQUE, 0, NULL },
	[QUERY_FLOW_start] = { SQL_TIME, COL(IND_COL_START), NULL },
	[QUERY_FLOW_end] = { SQL_TIME, TIMES, NULL },
	[QUERY_FLOW_duration_us] = { SQL_NUMBER, TIMES, NULL },
	[QUERY_FLOW_proto] = { SQL_NAME, COL(IND_COL_PROTO), proto_name },
	[QUERY_FLOW_saddr] = { SQL_ADDR, COL(IND_COL_ADDR) | COL(IND_COL_VERSION), NULL },
	[QUERY_FLOW_sport] = { SQL_NUMBER, PORTS, NULL },
	[QUERY_FLOW_daddr] = { SQL_ADDR, COL(IND_COL_ADDR + 1) | COL(IND_COL_VERSION), NULL },
	[QUERY_FLOW_dport] = { SQL_NUMBER, PORTS, NULL },
	[QUERY_FLOW_orient] = { SQL_NAME, COL(IND_COL_ORIENT), orient_name },
	[QUERY_FLOW_spkts] = { SQL_NUMBER, COL(IND_COL_PACKETS), NULL },
	[QUERY_FLOW_dpkts] = { SQL_NUMBER, COL(IND_COL_PACKETS + 1), NULL },
	[QUERY_FLOW_sbytes] = { SQL_NUMBER, COL(IND_COL_BYTES), NULL },
	[QUERY_FLOW_dbytes] = { SQL_NUMBER, COL(IND_COL_BYTES + 1), NULL },
	[QUERY_FLOW_spayload] = { SQL_NUMBER, COL(IND_COL_BYTES) | COL(IND_COL_OVERHEAD), NULL },
	[QUERY_FLOW_dpayload] = { SQL_NUMBER, COL(IND_COL_BYTES + 1) | COL(IND_COL_OVERHEAD + 1), NULL },
	[QUERY_FLOW_sflags] = { SQL_NAME, COL(IND_COL_FLAGS) | COL(IND_COL_PACKETS) | COL(IND_COL_PROTO), flags_name },
	[QUERY_FLOW_dflags] = { SQL_NAME, COL(IND_COL_FLAGS + 1) | COL(IND_COL_PACKETS + 1) | COL(IND_COL_PROTO), flags_name },
	[QUERY_FLOW_sttl_min] = { SQL_NUMBER, TTL(0), NULL },
	[QUERY_FLOW_sttl_max] = { SQL_NUMBER, TTL(0), NULL },
	[QUERY_FLOW_dttl_min] = { SQL_NUMBER, TTL(1), NULL },
	[QUERY_FLOW_dttl_max] = { SQL_NUMBER, TTL(1), NULL },
	[QUERY_FLOW_client_rtt_us] = { SQL_NUMBER, COL(IND_COL_CLIENT_RTT), NULL },
	[QUERY_FLOW_server_rtt_us] = { SQL_NUMBER, COL(IND_COL_SERVER_RTT), NULL },
	[QUERY_FLOW_validated] = { SQL_NAME, COL(IND_COL_VALIDATED), validated_name },
	[QUERY_FLOW_carries] = { SQL_NAME, COL(IND_COL_CARRIES), tunnel_name },
	[QUERY_FLOW_sfrags] = { SQL_NUMBER, COL(IND_COL_FRAGMENTS), NULL },
	[QUERY_FLOW_dfrags] = { SQL_NUMBER, COL(IND_COL_FRAGMENTS + 1), NULL },
	[QUERY_FLOW_sretrans] = { SQL_NUMBER, COL(IND_COL_RETRANSMITS), NULL },
	[QUERY_FLOW_dretrans] = { SQL_NUMBER, COL(IND_COL_RETRANSMITS + 1), NULL },
	[QUERY_FLOW_end_reason] = { SQL_NAME, COL(IND_COL_END), end_name },
	[SQL_FLOW_start_ns] = { SQL_NUMBER, COL(IND_COL_START), NULL },
	[SQL_FLOW_end_ns] = { SQL_NUMBER, TIMES, NULL },
};

enum sql_class sql_flow_class(unsigned field) { return (enum sql_class)fields[field].class; }
sql_name_fn *sql_flow_name(unsigned field) { return fields[field].name; }

enum ind_err sql_flows_start(struct sql_flows *f, struct ind_reader *reader, const struct ind_batch *batch)
{
	f->reader = reader;
	f->batch = *batch;
	f->loaded = 0;
	f->count = 0;
	return batch->rows > SQL_BATCH_ROWS_MAX ? IND_LIMIT : IND_OK;
}

void sql_flows_free(struct sql_flows *f) { free(f->at); }

static enum ind_err load_addrs(struct sql_flows *f, unsigned end)
{
	const uint64_t *version = f->v[IND_COL_VERSION];
	size_t bytes;
	enum ind_err err = ind_batch_addresses(f->reader, end ? IND_DST : IND_SRC, &f->bytes[end], &bytes);
	if (err != IND_OK)
		return err;
	f->only4 = bytes == f->batch.rows * ADDR4_BYTES;
	if (f->only4)
		return IND_OK;
	if (!f->at && !(f->at = malloc(2 * sizeof(*f->at))))
		return IND_NOMEM;
	uint32_t at = 0;
	for (size_t i = 0; i < f->batch.rows; i++) {
		f->at[end][i] = at;
		at += version[i] == 4 ? ADDR4_BYTES : IND_ADDR_BYTES;
	}
	return IND_OK;
}

static enum ind_err load_column(struct sql_flows *f, unsigned column)
{
	size_t count;
	if (column == IND_COL_ADDR || column == IND_COL_ADDR + 1)
		return load_addrs(f, column - IND_COL_ADDR);
	return ind_batch_numbers(f->reader, (enum ind_flow_column)column, &f->v[column], &count);
}

enum ind_err sql_flows_load(struct sql_flows *f, uint64_t wanted)
{
	/* Versions stand before the addresses that need them. */
	for (unsigned i = 0; wanted >> i; i++) {
		if (!(wanted >> i & 1))
			continue;
		uint64_t needs = i < SQL_FLOW_COUNT ? fields[i].needs & ~f->loaded : 0;
		for (unsigned column = 1; needs >> column; column++) {
			enum ind_err err = needs >> column & 1 ? load_column(f, column) : IND_OK;
			if (err != IND_OK)
				return err;
		}
		f->loaded |= needs;
	}
	return IND_OK;
}

static bool port(const struct sql_flows *f, unsigned dir, size_t i, uint64_t *n)
{
	uint64_t proto = f->v[IND_COL_PROTO][i];
	*n = f->v[IND_COL_PORT + dir][i];
	return (proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_SCTP || proto == PROTO_ICMP || proto == PROTO_ICMP6) &&
		!(f->v[IND_COL_ORIENT][i] & NO_PORTS_BIT);
}

static bool flags(const struct sql_flows *f, unsigned dir, size_t i, uint64_t *n)
{
	*n = f->v[IND_COL_FLAGS + dir][i];
	return *n && f->v[IND_COL_PACKETS + dir][i] && f->v[IND_COL_PROTO][i] == PROTO_TCP;
}

static bool ttl(const struct sql_flows *f, unsigned dir, bool most, size_t i, uint64_t *n)
{
	*n = (uint8_t)(f->v[IND_COL_TTL_MIN + dir][i] + (most ? f->v[IND_COL_TTL_SPAN + dir][i] : 0));
	return f->v[IND_COL_PACKETS + dir][i] != 0;
}

static bool not_zero(uint64_t value, uint64_t *n) { return *n = value, value != 0; }

/* Stored plus one; 0: not measured. */
static bool measured(uint64_t value, uint64_t *n) { return *n = value - 1, value != 0; }

static bool counter(const struct sql_flows *f, unsigned field, size_t i, uint64_t *n)
{
	const uint64_t *const *v = f->v;
	switch (field) {
	case QUERY_FLOW_spkts: *n = v[IND_COL_PACKETS][i]; return true;
	case QUERY_FLOW_dpkts: *n = v[IND_COL_PACKETS + 1][i]; return true;
	case QUERY_FLOW_sbytes: *n = v[IND_COL_BYTES][i]; return true;
	case QUERY_FLOW_dbytes: *n = v[IND_COL_BYTES + 1][i]; return true;
	case QUERY_FLOW_spayload: *n = v[IND_COL_BYTES][i] - v[IND_COL_OVERHEAD][i]; return true;
	case QUERY_FLOW_dpayload: *n = v[IND_COL_BYTES + 1][i] - v[IND_COL_OVERHEAD + 1][i]; return true;
	case QUERY_FLOW_sfrags: return not_zero(v[IND_COL_FRAGMENTS][i], n);
	case QUERY_FLOW_dfrags: return not_zero(v[IND_COL_FRAGMENTS + 1][i], n);
	case QUERY_FLOW_sretrans: return not_zero(v[IND_COL_RETRANSMITS][i], n);
	case QUERY_FLOW_dretrans: return not_zero(v[IND_COL_RETRANSMITS + 1][i], n);
	default: return false;
	}
}

bool sql_flows_number(const struct sql_flows *f, unsigned field, size_t i, uint64_t *n)
{
	const uint64_t *const *v = f->v;
	switch (field) {
	case QUERY_FLOW_start:
	case SQL_FLOW_start_ns: *n = v[IND_COL_START][i]; return true;
	case QUERY_FLOW_end:
	case SQL_FLOW_end_ns: *n = v[IND_COL_START][i] + v[IND_COL_DURATION][i]; return true;
	case QUERY_FLOW_duration_us: {
		uint64_t start = v[IND_COL_START][i], end = start + v[IND_COL_DURATION][i];
		*n = end / NS_PER_US - start / NS_PER_US;
		return end >= start;
	}
	case QUERY_FLOW_proto: *n = v[IND_COL_PROTO][i]; return true;
	case QUERY_FLOW_sport: return port(f, 0, i, n);
	case QUERY_FLOW_dport: return port(f, 1, i, n);
	case QUERY_FLOW_orient: *n = v[IND_COL_ORIENT][i] & (NO_PORTS_BIT - 1); return true;
	case QUERY_FLOW_sflags: return flags(f, 0, i, n);
	case QUERY_FLOW_dflags: return flags(f, 1, i, n);
	case QUERY_FLOW_sttl_min: return ttl(f, 0, false, i, n);
	case QUERY_FLOW_sttl_max: return ttl(f, 0, true, i, n);
	case QUERY_FLOW_dttl_min: return ttl(f, 1, false, i, n);
	case QUERY_FLOW_dttl_max: return ttl(f, 1, true, i, n);
	case QUERY_FLOW_client_rtt_us: return measured(v[IND_COL_CLIENT_RTT][i], n);
	case QUERY_FLOW_server_rtt_us: return measured(v[IND_COL_SERVER_RTT][i], n);
	case QUERY_FLOW_validated: *n = v[IND_COL_VALIDATED][i]; return true;
	case QUERY_FLOW_carries: return not_zero(v[IND_COL_CARRIES][i], n);
	case QUERY_FLOW_end_reason: *n = v[IND_COL_END][i]; return true;
	default: return counter(f, field, i, n);
	}
}

void sql_flows_addr(const struct sql_flows *f, enum ind_dir end, size_t i, struct sql_addr *addr)
{
	addr->ip_version = (uint8_t)f->v[IND_COL_VERSION][i];
	memset(addr->addr, 0, sizeof(addr->addr));
	if (f->only4)
		memcpy(addr->addr, f->bytes[end] + i * ADDR4_BYTES, ADDR4_BYTES);
	else
		memcpy(addr->addr, f->bytes[end] + f->at[end][i], addr->ip_version == 4 ? ADDR4_BYTES : IND_ADDR_BYTES);
}

/* ---- which rows ---- */

static bool possible_dport(const struct sql_test *t, const struct ind_reader *r)
{
	if (t->form == SQL_RANGE && t->high - t->low < PORTS_LOOKED_UP && t->high <= UINT16_MAX) {
		for (uint64_t port = t->low; port <= t->high; port++)
			if (ind_batch_may_hold_dst_port(r, (uint16_t)port))
				return true;
		return false;
	}
	if (t->form != SQL_SET || t->count > PORTS_LOOKED_UP)
		return true;
	for (size_t i = 0; i < t->count; i++)
		if (t->numbers[i] <= UINT16_MAX && ind_batch_may_hold_dst_port(r, (uint16_t)t->numbers[i]))
			return true;
	return false;
}

static bool possible_proto(const struct sql_test *t, const struct ind_reader *r)
{
	for (size_t i = 0; t->form == SQL_SET && i < t->count; i++)
		if (ind_batch_may_hold_protocol(r, (uint8_t)t->numbers[i]))
			return true;
	return t->form != SQL_SET;
}

bool sql_may_hold_addr(const struct sql_test *t, const struct ind_reader *r)
{
	for (size_t i = 0; t->form == SQL_ADDRS && i < t->count; i++)
		if (t->count > ADDRS_LOOKED_UP || ind_batch_may_hold_address(r, t->addrs[i].ip_version, t->addrs[i].addr))
			return true;
	return t->form != SQL_ADDRS;
}

bool sql_may_hold_record(const struct sql_test *t, uint64_t leaf)
{
	for (size_t i = 0; t->form == SQL_RECORDS && i < t->count; i++)
		if (t->records[i].leaf == leaf)
			return true;
	return t->form != SQL_RECORDS;
}

static bool overlaps(const struct sql_test *t, uint64_t low, uint64_t high) { return t->form != SQL_RANGE || (t->low <= high && t->high >= low); }

/* ICMP's code stands where ports do, and the map has it. */
static bool possible(const struct sql_flows *f, const struct sql_test *t)
{
	const struct ind_batch *b = &f->batch;
	switch (t->column) {
	case QUERY_FLOW_record: return sql_may_hold_record(t, b->leaf);
	case QUERY_FLOW_saddr:
	case QUERY_FLOW_daddr: return sql_may_hold_addr(t, f->reader);
	case QUERY_FLOW_proto: return possible_proto(t, f->reader);
	case QUERY_FLOW_sport: return overlaps(t, b->min_src_port, b->max_src_port);
	case QUERY_FLOW_dport: return possible_dport(t, f->reader);
	case QUERY_FLOW_start:
	case SQL_FLOW_start_ns:
	case QUERY_FLOW_end:
	case SQL_FLOW_end_ns: return overlaps(t, b->min_start_ns, b->max_end_ns);
	default: return true;
	}
}

/* Ports: the commonest question. */
static size_t pass_ports(struct sql_flows *f, const struct sql_test *t)
{
	const uint64_t *ports = f->v[IND_COL_PORT + (t->column == QUERY_FLOW_dport)], *protocols = f->v[IND_COL_PROTO], *orient = f->v[IND_COL_ORIENT];
	uint64_t low = t->low, span = t->high - t->low;
	size_t kept = 0;
	for (size_t k = 0; k < f->count; k++) {
		size_t i = f->rows[k];
		uint64_t p = protocols[i];
		bool has_port = (p == PROTO_TCP) | (p == PROTO_UDP) | (p == PROTO_SCTP) | (p == PROTO_ICMP) | (p == PROTO_ICMP6);
		f->rows[kept] = (uint16_t)i;
		kept += (ports[i] - low <= span) & has_port & !(orient[i] & NO_PORTS_BIT);
	}
	return kept;
}

static size_t pass_numbers(struct sql_flows *f, const struct sql_test *t)
{
	size_t kept = 0;
	if (t->form == SQL_RANGE && (t->column == QUERY_FLOW_sport || t->column == QUERY_FLOW_dport))
		return pass_ports(f, t);
	for (size_t k = 0; k < f->count; k++) {
		uint64_t number = 0;
		bool present = sql_flows_number(f, t->column, f->rows[k], &number);
		f->rows[kept] = f->rows[k];
		kept += sql_test_number(t, present, number);
	}
	return kept;
}

static size_t pass_addrs(struct sql_flows *f, const struct sql_test *t)
{
	size_t kept = 0;
	for (size_t k = 0; k < f->count; k++) {
		struct sql_addr addr;
		sql_flows_addr(f, t->column == QUERY_FLOW_daddr ? IND_DST : IND_SRC, f->rows[k], &addr);
		f->rows[kept] = f->rows[k];
		kept += sql_test_addr(t, &addr);
	}
	return kept;
}

static size_t pass_records(struct sql_flows *f, const struct sql_test *t)
{
	size_t kept = 0;
	struct ind_record_id id = { .leaf = f->batch.leaf };
	memcpy(id.stream_id, f->stream, sizeof(id.stream_id));
	for (size_t k = 0; k < f->count; k++) {
		id.row = f->rows[kept] = f->rows[k];
		kept += sql_test_record(t, &id, true);
	}
	return kept;
}

void sql_flows_begin(struct sql_flows *f, const struct sql_test *tests, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (tests[i].form != SQL_RECORDS || tests[i].count != 1)
			continue;
		const struct sql_record *r = tests[i].records;
		f->count = r->leaf == f->batch.leaf && r->row < f->batch.rows;
		f->rows[0] = (uint16_t)r->row;
		return;
	}
	f->count = f->batch.rows;
	for (size_t i = 0; i < f->count; i++)
		f->rows[i] = (uint16_t)i;
}

enum ind_err sql_flows_select(struct sql_flows *f, const struct sql_test *tests, size_t count)
{
	f->count = 0;
	for (size_t i = 0; i < count; i++)
		if (tests[i].form == SQL_NEVER || !possible(f, &tests[i]))
			return IND_OK;
	sql_flows_begin(f, tests, count);
	for (size_t i = 0; i < count && f->count; i++) {
		if (tests[i].column >= SQL_FLOW_COUNT)
			continue;
		enum sql_class class = sql_flow_class(tests[i].column);
		enum ind_err err = sql_flows_load(f, UINT64_C(1) << tests[i].column);
		if (err != IND_OK)
			return err;
		f->count = class == SQL_ADDR ? pass_addrs(f, &tests[i]) : class == SQL_RECORD ? pass_records(f, &tests[i]) : pass_numbers(f, &tests[i]);
	}
	return IND_OK;
}
