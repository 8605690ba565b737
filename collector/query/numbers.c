/* SPDX-License-Identifier: Apache-2.0 */
#include "query/code.h"

enum { US_PER_S = 1000000, NS_PER_US = 1000 };

static uint64_t sum(const uint64_t sides[2]) { return sides[IND_SRC] + sides[IND_DST]; }

/* Other protocols are known to have none; of a datagram whose first fragment was not seen nobody knows. */
static enum has has_port(const struct ind_flow *f)
{
	if (f->proto != PROTO_TCP && f->proto != PROTO_UDP && f->proto != PROTO_SCTP)
		return HAS_NONE;
	return f->no_ports ? HAS_UNKNOWN : HAS;
}

static enum has has_type(const struct ind_flow *f)
{
	if (f->proto != PROTO_ICMP && f->proto != PROTO_ICMP6)
		return HAS_NONE;
	return f->no_ports ? HAS_UNKNOWN : HAS;
}

static enum has has_rtt(const struct ind_flow *f)
{
	return f->client_rtt_us == IND_ABSENT_U32 || f->server_rtt_us == IND_ABSENT_U32 ? HAS_UNKNOWN : HAS;
}

static enum has has_duration(const struct ind_flow *f) { return f->end_ns >= f->start_ns ? HAS : HAS_UNKNOWN; }

/* Of the times as listings print them. */
static uint64_t duration_us(const struct ind_flow *f) { return f->end_ns / NS_PER_US - f->start_ns / NS_PER_US; }

/* One packet has no rate. */
static enum has has_rate(const struct ind_flow *f)
{
	return f->end_ns >= f->start_ns && duration_us(f) ? HAS : HAS_UNKNOWN;
}

static uint64_t rate(uint64_t count, uint64_t unit, const struct ind_flow *f)
{
	unsigned __int128 a_second = (unsigned __int128)count * unit * US_PER_S / duration_us(f);
	return a_second > UINT64_MAX ? UINT64_MAX : (uint64_t)a_second;
}

enum has number_of_flow(const struct ind_flow *f, unsigned number, uint64_t *value)
{
	enum has has_it = HAS_NONE;
	switch (number) {
#define FLOW_NUMBER(symbol, has, expression) \
	case NUM_##symbol: \
		has_it = (has); \
		*value = has_it == HAS ? (expression) : 0; \
		break;
#include "query/numbers.def"
	default: break;
	}
	return has_it;
}

enum has number_of_signal(const struct ind_signal *s, unsigned number, uint64_t *value)
{
	enum has has_it = HAS_NONE;
	switch (number) {
#define SIGNAL_NUMBER(symbol, has, expression) \
	case NUM_##symbol: \
		has_it = (has); \
		*value = has_it == HAS ? (expression) : 0; \
		break;
#include "query/numbers.def"
	default: break;
	}
	return has_it;
}

enum has number_of_origin(const struct ind_origin *o, unsigned number, uint64_t *value)
{
	enum has has_it = HAS_NONE;
	switch (number) {
#define ORIGIN_NUMBER(symbol, has, expression) \
	case NUM_##symbol: \
		has_it = (has); \
		*value = has_it == HAS ? (expression) : 0; \
		break;
#include "query/numbers.def"
	default: break;
	}
	return has_it;
}
