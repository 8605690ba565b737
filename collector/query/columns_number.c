/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of flows: as they stand in one column, or worked out of several by the same function as those of a record. */
#include "query/columns.h"
#include <string.h>

/* A number that is one column; of some, 0 means that there is none. */
struct direct { uint8_t column; bool zero_is_none, plus_one; };

static struct direct direct_of(unsigned number)
{
	switch (number) {
	case NUM_SBYTES: return (struct direct){ IND_COL_BYTES, false, false };
	case NUM_DBYTES: return (struct direct){ IND_COL_BYTES + 1, false, false };
	case NUM_SPKTS: return (struct direct){ IND_COL_PACKETS, false, false };
	case NUM_DPKTS: return (struct direct){ IND_COL_PACKETS + 1, false, false };
	case NUM_SFRAGS: return (struct direct){ IND_COL_FRAGMENTS, false, false };
	case NUM_DFRAGS: return (struct direct){ IND_COL_FRAGMENTS + 1, false, false };
	case NUM_SRETRANS: return (struct direct){ IND_COL_RETRANSMITS, false, false };
	case NUM_DRETRANS: return (struct direct){ IND_COL_RETRANSMITS + 1, false, false };
	case NUM_START: return (struct direct){ IND_COL_START, false, false };
	case NUM_PROTO: return (struct direct){ IND_COL_PROTO, false, false };
	case NUM_VERSION: return (struct direct){ IND_COL_VERSION, false, false };
	case NUM_VALIDATED: return (struct direct){ IND_COL_VALIDATED, false, false };
	case NUM_END_REASON: return (struct direct){ IND_COL_END, false, false };
	case NUM_CARRIES: return (struct direct){ IND_COL_CARRIES, true, false };
	case NUM_PARENT: return (struct direct){ IND_COL_PARENT, true, false };
	case NUM_VLANS: return (struct direct){ IND_COL_VLANS, true, false };
	case NUM_TUNNELS: return (struct direct){ IND_COL_TUNNELS, true, false };
	case NUM_CLIENT_RTT: return (struct direct){ IND_COL_CLIENT_RTT, false, true };
	case NUM_SERVER_RTT: return (struct direct){ IND_COL_SERVER_RTT, false, true };
	default: return (struct direct){ 0, false, false };
	}
}

static enum ind_err ask_direct(struct columns *c, const struct code_step *step, struct direct d, uint8_t *rows)
{
	const uint64_t *v;
	size_t count;
	enum ind_err err = ind_batch_numbers(c->reader, d.column, &v, &count);
	if (err != IND_OK)
		return err;
	if (step->test == TEST_RANGE && step->op == CODE_NUMBER && !d.plus_one && !d.zero_is_none) {
		uint64_t low = step->low, span = step->high - step->low;
		for (size_t i = 0; i < count; i++)
			rows[i] = (uint8_t)((v[i] - low <= span) * TRUTH_YES);
		return IND_OK;
	}
	for (size_t i = 0; i < count; i++) {
		enum has has = v[i] || (!d.zero_is_none && !d.plus_one) ? HAS : d.plus_one ? HAS_UNKNOWN : HAS_NONE;
		rows[i] = (uint8_t)number_test(c->filter, step, has, v[i] - d.plus_one);
	}
	return IND_OK;
}

/* Members of a flow that a number is worked out of. */
enum part {
	PART_TIMES = 1, PART_PROTO = 2, PART_PORTS = 4, PART_PACKETS = 8, PART_BYTES = 16, PART_PAYLOAD = 32, PART_FRAGMENTS = 64, PART_RETRANSMITS = 128,
	PART_RTT = 256, PART_FLAGS = 512, PART_TTL = 1024, PART_ORIENT = 2048,
};

static unsigned parts_of(unsigned number)
{
	switch (number) {
	case NUM_BYTES: return PART_BYTES;
	case NUM_PACKETS: return PART_PACKETS;
	case NUM_SPAYLOAD:
	case NUM_DPAYLOAD:
	case NUM_PAYLOAD: return PART_BYTES | PART_PAYLOAD;
	case NUM_FRAGS: return PART_FRAGMENTS;
	case NUM_RETRANS: return PART_RETRANSMITS;
	case NUM_STTL_MIN:
	case NUM_DTTL_MIN:
	case NUM_STTL_MAX:
	case NUM_DTTL_MAX: return PART_TTL | PART_PACKETS;
	case NUM_SPORT:
	case NUM_DPORT:
	case NUM_ICMP_TYPE:
	case NUM_ICMP_CODE: return PART_PORTS | PART_PROTO | PART_ORIENT;
	case NUM_SFLAGS:
	case NUM_DFLAGS: return PART_FLAGS | PART_PROTO;
	case NUM_RTT: return PART_RTT;
	case NUM_END:
	case NUM_DURATION: return PART_TIMES;
	case NUM_BPS: return PART_TIMES | PART_BYTES;
	case NUM_PPS: return PART_TIMES | PART_PACKETS;
	case NUM_BPP: return PART_BYTES | PART_PACKETS;
	default: return PART_ORIENT;
	}
}

enum { NO_PORTS_BIT = 4, LOADED_MAX = 8 };

/* The columns of a part, in the order in which fill() takes them. */
static enum ind_err load(struct ind_reader *reader, unsigned part, const uint64_t *v[static 4])
{
	static const struct { unsigned part; uint8_t first, count; } columns[] = {
		{ PART_TIMES, IND_COL_START, 2 }, { PART_PROTO, IND_COL_PROTO, 1 }, { PART_PORTS, IND_COL_PORT, 2 }, { PART_PACKETS, IND_COL_PACKETS, 2 },
		{ PART_BYTES, IND_COL_BYTES, 2 }, { PART_PAYLOAD, IND_COL_OVERHEAD, 2 }, { PART_FRAGMENTS, IND_COL_FRAGMENTS, 2 },
		{ PART_RETRANSMITS, IND_COL_RETRANSMITS, 2 }, { PART_RTT, IND_COL_CLIENT_RTT, 2 }, { PART_FLAGS, IND_COL_FLAGS, 2 }, { PART_TTL, IND_COL_TTL_MIN, 4 },
		{ PART_ORIENT, IND_COL_ORIENT, 1 },
	};
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		for (unsigned k = 0; columns[i].part == part && k < columns[i].count; k++) {
			size_t count;
			enum ind_err err = ind_batch_numbers(reader, (enum ind_flow_column)(columns[i].first + k), &v[k], &count);
			if (err != IND_OK)
				return err;
		}
	}
	return IND_OK;
}

struct loaded { unsigned part; const uint64_t *v[4]; };

static void fill(struct ind_flow *f, const struct loaded *l, size_t i)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		switch (l->part) {
		case PART_PORTS: f->port[dir] = (uint16_t)l->v[dir][i]; break;
		case PART_PACKETS: f->packets[dir] = l->v[dir][i]; break;
		case PART_BYTES: f->bytes[dir] = l->v[dir][i]; break;
		case PART_PAYLOAD: f->payload[dir] = f->bytes[dir] - l->v[dir][i]; break;
		case PART_FRAGMENTS: f->fragments[dir] = (uint32_t)l->v[dir][i]; break;
		case PART_RETRANSMITS: f->retransmits[dir] = (uint32_t)l->v[dir][i]; break;
		case PART_FLAGS: f->tcp_flags[dir] = (uint8_t)l->v[dir][i]; break;
		case PART_TTL:
			f->ttl_min[dir] = (uint8_t)l->v[dir][i];
			f->ttl_max[dir] = (uint8_t)(f->ttl_min[dir] + l->v[2 + dir][i]);
			break;
		default: break;
		}
	}
	switch (l->part) {
	case PART_TIMES:
		f->start_ns = l->v[0][i];
		f->end_ns = f->start_ns + l->v[1][i];
		break;
	case PART_PROTO: f->proto = (uint8_t)l->v[0][i]; break;
	case PART_RTT:
		f->client_rtt_us = (uint32_t)l->v[0][i] - 1;
		f->server_rtt_us = (uint32_t)l->v[1][i] - 1;
		break;
	case PART_ORIENT:
		f->orient = l->v[0][i] & (NO_PORTS_BIT - 1);
		f->no_ports = (l->v[0][i] & NO_PORTS_BIT) != 0;
		break;
	default: break;
	}
}

/* All columns of the parts. From the lowest: payloads are told from bytes. */
static enum ind_err load_parts(struct ind_reader *reader, unsigned parts, struct loaded loaded[static LOADED_MAX], size_t *count)
{
	*count = 0;
	for (unsigned part = PART_TIMES; part <= PART_ORIENT; part <<= 1) {
		if (!(parts & part))
			continue;
		loaded[*count].part = part;
		enum ind_err err = load(reader, part, loaded[(*count)++].v);
		if (err != IND_OK)
			return err;
	}
	return IND_OK;
}

static enum ind_err ask_parts(struct columns *c, const struct code_step *step, unsigned parts, uint8_t *rows)
{
	struct ind_flow f = { 0 };
	struct loaded loaded[LOADED_MAX] = { 0 };
	size_t count;
	enum ind_err err = load_parts(c->reader, parts, loaded, &count);
	for (size_t i = 0; err == IND_OK && i < c->batch->rows; i++) {
		uint64_t value = 0;
		for (size_t k = 0; k < count; k++)
			fill(&f, &loaded[k], i);
		enum has has = number_of_flow(&f, step->subject, &value);
		rows[i] = (uint8_t)number_test(c->filter, step, has, value);
	}
	return err;
}

enum ind_err columns_numbers(struct ind_reader *reader, const struct ind_batch *batch, unsigned number, uint64_t *values, uint8_t *has)
{
	struct direct d = direct_of(number);
	struct ind_flow f = { 0 };
	struct loaded loaded[LOADED_MAX] = { 0 };
	const uint64_t *v;
	size_t count;
	enum ind_err err = d.column ? ind_batch_numbers(reader, d.column, &v, &count) : load_parts(reader, parts_of(number), loaded, &count);
	for (size_t i = 0; d.column && err == IND_OK && i < count; i++) {
		values[i] = v[i] - d.plus_one;
		has[i] = v[i] || (!d.zero_is_none && !d.plus_one) ? HAS : d.plus_one ? HAS_UNKNOWN : HAS_NONE;
	}
	for (size_t i = 0; !d.column && err == IND_OK && i < batch->rows; i++) {
		for (size_t k = 0; k < count; k++)
			fill(&f, &loaded[k], i);
		has[i] = (uint8_t)number_of_flow(&f, number, &values[i]);
	}
	return err;
}

/* Ports: the commonest question. Only what is in range needs to be a port, and what is not must be known to be one. */
static enum ind_err ask_port(struct columns *c, const struct code_step *step, uint8_t *rows)
{
	const uint64_t *ports, *protocols, *orient;
	size_t count;
	enum ind_err err = ind_batch_numbers(c->reader, (enum ind_flow_column)(IND_COL_PORT + (step->subject == NUM_DPORT)), &ports, &count);
	if (err == IND_OK)
		err = ind_batch_numbers(c->reader, IND_COL_PROTO, &protocols, &count);
	if (err == IND_OK)
		err = ind_batch_numbers(c->reader, IND_COL_ORIENT, &orient, &count);
	if (err != IND_OK)
		return err;
	uint64_t low = step->low, span = step->high - step->low;
	for (size_t i = 0; i < count; i++) {
		uint64_t p = protocols[i];
		uint8_t has_ports = (p == PROTO_TCP) | (p == PROTO_UDP) | (p == PROTO_SCTP), unseen = (orient[i] & NO_PORTS_BIT) != 0;
		uint8_t inside = ports[i] - low <= span;
		rows[i] = (uint8_t)(has_ports * (unseen ? TRUTH_UNKNOWN : inside * TRUTH_YES));
	}
	return IND_OK;
}

static enum ind_err ask_bytes(struct columns *c, const struct code_step *step, unsigned column, uint8_t *rows)
{
	const uint64_t *a, *b;
	size_t count;
	enum ind_err err = ind_batch_numbers(c->reader, (enum ind_flow_column)column, &a, &count);
	if (err == IND_OK)
		err = ind_batch_numbers(c->reader, (enum ind_flow_column)(column + 1), &b, &count);
	if (err != IND_OK)
		return err;
	uint64_t low = step->low, span = step->high - step->low;
	for (size_t i = 0; i < count; i++)
		rows[i] = (uint8_t)((a[i] + b[i] - low <= span) * TRUTH_YES);
	return IND_OK;
}

enum ind_err columns_ask_number(struct columns *c, const struct code_step *step, uint8_t *rows)
{
	struct direct d = direct_of(step->subject);
	bool range = step->op == CODE_NUMBER && step->test == TEST_RANGE;
	if (d.column)
		return ask_direct(c, step, d, rows);
	if (range && (step->subject == NUM_SPORT || step->subject == NUM_DPORT))
		return ask_port(c, step, rows);
	if (range && (step->subject == NUM_BYTES || step->subject == NUM_PACKETS))
		return ask_bytes(c, step, step->subject == NUM_BYTES ? IND_COL_BYTES : IND_COL_PACKETS, rows);
	return ask_parts(c, step, parts_of(step->subject), rows);
}
