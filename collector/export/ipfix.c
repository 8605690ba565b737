/* SPDX-License-Identifier: Apache-2.0 */
/* IPFIX: messages RFC 7011, files RFC 5655, two-way flows RFC 5103; elements by the names of IANA's registry, which the field table has, too.
 * The observation domain is the stream (its first four bytes) and flowId is leaf and row: together they are the id of the record. */
#include "export/format.h"
#include <stdlib.h>
#include <string.h>

enum {
	VERSION = 10, SET_TEMPLATE = 2, TEMPLATE_FIRST = 256, MESSAGE_HEADER = 16, SET_HEADER = 4, FILE_MESSAGE_BYTES = 16384, RECORD_MAX_BYTES = 1300,
	ENTERPRISE = 0x8000, VARIABLE = 65535, DOMAINS = 64, TEMPLATES_AGAIN = 20, ROW_BITS = 16,
	PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_ICMP6 = 58,
};
#define REVERSE_PEN UINT32_C(29305)
#define NTP_EPOCH UINT64_C(2208988800)

/* What a flow has decides its template. */
enum { HAS_V4 = 1, HAS_V6 = 2, HAS_PORTS = 4, HAS_ICMP4 = 8, HAS_ICMP6 = 16, HAS_SRC = 32, HAS_DST = 64, HAS_TCP = 128, HAS_VLAN = 256, HAS_AGENT = 512,
	HAS_HOST = 1024, HAS_SETS = 2048 };

struct element {
	const char *name;
	uint16_t id, bytes;
	bool reverse;
	uint16_t needs;              /* all of these */
};

enum what { FLOW_ID, START, END, START_MS, END_MS, DURATION, PROTO, SADDR4, DADDR4, SADDR6, DADDR6, SPORT, DPORT, ICMP4, ICMP6, SPKTS, DPKTS, SBYTES,
	DBYTES, SPAYLOAD, DPAYLOAD, SFLAGS, DFLAGS, STTL_MIN, DTTL_MIN, STTL_MAX, DTTL_MAX, ORIENT, END_REASON, VLAN, AGENT, HOST, ELEMENTS };

static const struct element elements[ELEMENTS] = {
	[FLOW_ID] = { "flowId", 148, 8, false, 0 },
	[START] = { "flowStartNanoseconds", 156, 8, false, 0 },
	[END] = { "flowEndNanoseconds", 157, 8, false, 0 },
	[START_MS] = { "flowStartMilliseconds", 152, 8, false, 0 }, /* for collectors that do not know the other two */
	[END_MS] = { "flowEndMilliseconds", 153, 8, false, 0 },
	[DURATION] = { "flowDurationMicroseconds", 162, 4, false, 0 },
	[PROTO] = { "protocolIdentifier", 4, 1, false, 0 },
	[SADDR4] = { "sourceIPv4Address", 8, 4, false, HAS_V4 },
	[DADDR4] = { "destinationIPv4Address", 12, 4, false, HAS_V4 },
	[SADDR6] = { "sourceIPv6Address", 27, 16, false, HAS_V6 },
	[DADDR6] = { "destinationIPv6Address", 28, 16, false, HAS_V6 },
	[SPORT] = { "sourceTransportPort", 7, 2, false, HAS_PORTS },
	[DPORT] = { "destinationTransportPort", 11, 2, false, HAS_PORTS },
	[ICMP4] = { "icmpTypeCodeIPv4", 32, 2, false, HAS_ICMP4 },
	[ICMP6] = { "icmpTypeCodeIPv6", 139, 2, false, HAS_ICMP6 },
	[SPKTS] = { "packetTotalCount", 86, 8, false, 0 },
	[DPKTS] = { "packetTotalCount", 86, 8, true, 0 },
	[SBYTES] = { "octetTotalCount", 85, 8, false, 0 },
	[DBYTES] = { "octetTotalCount", 85, 8, true, 0 },
	[SPAYLOAD] = { "transportOctetDeltaCount", 401, 8, false, 0 },
	[DPAYLOAD] = { "transportOctetDeltaCount", 401, 8, true, 0 },
	[SFLAGS] = { "tcpControlBits", 6, 2, false, HAS_TCP | HAS_SRC },
	[DFLAGS] = { "tcpControlBits", 6, 2, true, HAS_TCP | HAS_DST },
	[STTL_MIN] = { "minimumTTL", 52, 1, false, HAS_SRC },
	[DTTL_MIN] = { "minimumTTL", 52, 1, true, HAS_DST },
	[STTL_MAX] = { "maximumTTL", 53, 1, false, HAS_SRC },
	[DTTL_MAX] = { "maximumTTL", 53, 1, true, HAS_DST },
	[ORIENT] = { "biflowDirection", 239, 1, false, 0 },
	[END_REASON] = { "flowEndReason", 136, 1, false, 0 },
	[VLAN] = { "vlanId", 58, 2, false, HAS_VLAN },
	[AGENT] = { "httpUserAgent", 468, VARIABLE, false, HAS_AGENT },
	[HOST] = { "httpRequestHost", 460, VARIABLE, false, HAS_HOST },
};

struct domain {
	uint32_t id, records;
	uint64_t sent[HAS_SETS / 64]; /* templates */
	bool used;
};

struct state {
	uint8_t *message;
	size_t used, limit, set;     /* bytes; where the open set begins, 0: none is */
	unsigned set_id;
	uint32_t time_s, waiting;    /* of the records in it */
	uint64_t messages;           /* since templates were said */
	struct domain *domain, domains[DOMAINS];
};

static uint8_t *put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put_number(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = bytes; i > 0; i--, value >>= 8)
		at[i - 1] = (uint8_t)value;
	return at + bytes;
}

/* "sourceIPv4Address, sourceIPv6Address", "minimumTTL (reverse)": is the element one of these? */
static bool is_named(const char *names, const struct element *element)
{
	size_t bytes = strlen(element->name);
	for (const char *at = names; *at; at += strspn(at, ", ")) {
		size_t word = strcspn(at, ", ");
		bool same = word == bytes && memcmp(at, element->name, bytes) == 0;
		at += word;
		if (same)
			return (strncmp(at, " (reverse)", 10) == 0) == element->reverse;
	}
	return false;
}

static bool has_element(const char *names)
{
	for (size_t i = 0; i < ELEMENTS; i++)
		if (is_named(names, &elements[i]))
			return true;
	return false;
}

static bool carries(enum query_kind_id kind, size_t at)
{
	if (kind == QUERY_KIND_SIGNAL && (at == QUERY_SIGNAL_signal || at == QUERY_SIGNAL_value))
		return true;
	return has_element(export_name_of(EXPORT_BY_IPFIX, &query_kinds[kind].fields[at]));
}

static bool carries_signal(const struct ind_signal_info *info) { return has_element(export_name_of_signal(EXPORT_BY_IPFIX, info->id)); }

static void set_close(struct state *s)
{
	if (s->set)
		put16(s->message + s->set + 2, (unsigned)(s->used - s->set));
	s->set = 0;
}

static void flush(struct export *e)
{
	struct state *s = e->state;
	set_close(s);
	if (s->used <= MESSAGE_HEADER)
		return;
	uint8_t *at = put16(s->message, VERSION);
	at = put16(at, (unsigned)s->used);
	at = put_number(at, s->time_s, 4);
	at = put_number(at, s->domain->records, 4);
	put_number(at, s->domain->id, 4);
	out_bytes(e->out[0], s->message, s->used);
	if (e->options.datagrams)
		(void)out_flush(e->out[0]);
	s->domain->records += s->waiting;
	s->waiting = 0;
	s->used = MESSAGE_HEADER;
	s->messages++;
}

/* RFC 7011 section 8.4: datagrams get lost, and collectors start late. */
static void templates_again(struct export *e)
{
	struct state *s = e->state;
	if (!e->options.datagrams || s->messages < TEMPLATES_AGAIN)
		return;
	flush(e);
	s->messages = 0;
	for (size_t i = 0; i < DOMAINS; i++)
		memset(s->domains[i].sent, 0, sizeof(s->domains[i].sent));
}

static void domain_of(struct export *e, const struct ind_record_id *id)
{
	struct state *s = e->state;
	const uint8_t *b = id->stream_id;
	uint32_t number = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	if (s->domain && s->domain->id == number)
		return;
	flush(e);
	size_t i = 0;
	while (i < DOMAINS - 1 && s->domains[i].used && s->domains[i].id != number)
		i++;
	s->domain = &s->domains[i];
	if (!s->domain->used || s->domain->id != number)
		*s->domain = (struct domain){ .id = number, .used = true };
}

/* Room for a piece of a set: goes on with the open one if it is of this kind. */
static void set_open(struct export *e, unsigned id, size_t bytes)
{
	struct state *s = e->state;
	if (s->used + bytes + SET_HEADER > s->limit)
		flush(e);
	if (s->set && s->set_id == id)
		return;
	set_close(s);
	s->set = s->used;
	s->set_id = id;
	put16(s->message + s->used, id);
	s->used += SET_HEADER;
}

static bool has(unsigned what, const struct element *element) { return (what & element->needs) == element->needs; }

static void put_template(struct export *e, unsigned what)
{
	struct state *s = e->state;
	uint8_t bytes[4 + 8 * ELEMENTS], *at = bytes + 4;
	unsigned count = 0;
	if (s->domain->sent[what / 64] >> what % 64 & 1)
		return;
	for (size_t i = 0; i < ELEMENTS; i++) {
		const struct element *x = &elements[i];
		if (!has(what, x))
			continue;
		count++;
		at = put16(at, x->id | (x->reverse ? ENTERPRISE : 0));
		at = put16(at, x->bytes);
		at = x->reverse ? put_number(at, REVERSE_PEN, 4) : at;
	}
	put16(bytes, TEMPLATE_FIRST + what);
	put16(bytes + 2, count);
	set_open(e, SET_TEMPLATE, (size_t)(at - bytes));
	memcpy(s->message + s->used, bytes, (size_t)(at - bytes));
	s->used += (size_t)(at - bytes);
	s->domain->sent[what / 64] |= UINT64_C(1) << what % 64;
}

/* RFC 7011 section 6.1.10: an NTP timestamp. */
static uint64_t ntp_time(uint64_t ns)
{
	uint64_t seconds = ns / 1000000000, rest = ns % 1000000000;
	return (seconds + NTP_EPOCH) << 32 | (rest << 32) / 1000000000;
}

static uint64_t end_reason(unsigned reason)
{
	switch (reason) {
	case IND_END_IDLE: return 1;
	case IND_END_ACTIVE: return 2;
	case IND_END_CAPTURE: return 4;
	case IND_END_EVICTED: return 5;
	default: return 3;
	}
}

static uint64_t number_of(enum what what, const struct ind_record *r)
{
	const struct ind_flow *f = &r->flow.flow;
	uint64_t duration = f->end_ns >= f->start_ns ? f->end_ns / 1000 - f->start_ns / 1000 : 0;
	switch (what) {
	case FLOW_ID: return r->id.leaf << ROW_BITS | (r->id.row & ((1u << ROW_BITS) - 1));
	case START: return ntp_time(f->start_ns);
	case END: return ntp_time(f->end_ns);
	case START_MS: return f->start_ns / 1000000;
	case END_MS: return f->end_ns / 1000000;
	case DURATION: return duration < UINT32_MAX ? duration : UINT32_MAX;
	case PROTO: return f->proto;
	case SPORT: return f->port[IND_SRC];
	case DPORT: return f->port[IND_DST];
	case ICMP4:
	case ICMP6: return (f->port[IND_SRC] & 255) << 8 | (f->port[IND_DST] & 255);
	case SPKTS: return f->packets[IND_SRC];
	case DPKTS: return f->packets[IND_DST];
	case SBYTES: return f->bytes[IND_SRC];
	case DBYTES: return f->bytes[IND_DST];
	case SPAYLOAD: return f->payload[IND_SRC];
	case DPAYLOAD: return f->payload[IND_DST];
	case SFLAGS: return f->tcp_flags[IND_SRC];
	case DFLAGS: return f->tcp_flags[IND_DST];
	case STTL_MIN: return f->ttl_min[IND_SRC];
	case DTTL_MIN: return f->ttl_min[IND_DST];
	case STTL_MAX: return f->ttl_max[IND_SRC];
	case DTTL_MAX: return f->ttl_max[IND_DST];
	case ORIENT: return f->orient == IND_ORIENT_SYN || f->orient == IND_ORIENT_ROLE; /* initiator, or arbitrary */
	case END_REASON: return end_reason(f->end_reason);
	case VLAN: return f->vlan[0];
	default: return 0;
	}
}

/* Of several values the first; the others are counted as lost. */
static struct ind_text value_of(struct export *e, const struct ind_record *r, unsigned id)
{
	struct ind_text value = { NULL, 0 };
	for (size_t i = 0; i < r->flow.signal_count; i++) {
		const struct ind_signal *s = &r->flow.signals[i];
		if (s->id != id)
			continue;
		if (value.at)
			e->lost_signal[id]++;
		else
			value = (struct ind_text){ s->value, s->value_bytes };
	}
	return value;
}

static uint8_t *put_text(uint8_t *at, struct ind_text text)
{
	uint16_t bytes = text.bytes <= IND_VALUE_MAX_BYTES ? text.bytes : IND_VALUE_MAX_BYTES;
	if (bytes < 255) {
		*at++ = (uint8_t)bytes;
	} else {
		*at++ = 255;
		at = put16(at, bytes);
	}
	memcpy(at, text.at, bytes);
	return at + bytes;
}

static unsigned what_of(const struct ind_flow *f, bool ports, struct ind_text agent, struct ind_text host)
{
	unsigned what = f->ip_version == 4 ? HAS_V4 : HAS_V6;
	if (ports && f->proto == PROTO_ICMP)
		what |= HAS_ICMP4;
	else if (ports && f->proto == PROTO_ICMP6)
		what |= HAS_ICMP6;
	else if (ports)
		what |= HAS_PORTS;
	what |= f->packets[IND_SRC] ? HAS_SRC : 0;
	what |= f->packets[IND_DST] ? HAS_DST : 0;
	what |= f->proto == PROTO_TCP ? HAS_TCP : 0;
	what |= f->vlan_count ? HAS_VLAN : 0;
	return what | (agent.at ? HAS_AGENT : 0) | (host.at ? HAS_HOST : 0);
}

static void put(struct export *e, const struct ind_record *r)
{
	struct state *s = e->state;
	const struct ind_flow *f = &r->flow.flow;
	struct ind_text agent = value_of(e, r, IND_SIG_HTTP_USER_AGENT), host = value_of(e, r, IND_SIG_HTTP_HOST);
	unsigned what = what_of(f, e->row.cell[QUERY_FLOW_sport].form != CELL_ABSENT, agent, host);
	uint8_t bytes[RECORD_MAX_BYTES], *at = bytes;
	for (unsigned i = 0; i < ELEMENTS; i++) {
		if (!has(what, &elements[i]))
			continue;
		if (i == AGENT || i == HOST)
			at = put_text(at, i == AGENT ? agent : host);
		else if (i >= SADDR4 && i <= DADDR6)
			at = (uint8_t *)memcpy(at, f->addr[i == DADDR4 || i == DADDR6], elements[i].bytes) + elements[i].bytes;
		else
			at = put_number(at, number_of(i, r), elements[i].bytes);
	}
	templates_again(e);
	domain_of(e, &r->id);
	put_template(e, what);
	set_open(e, TEMPLATE_FIRST + what, (size_t)(at - bytes));
	memcpy(s->message + s->used, bytes, (size_t)(at - bytes));
	s->used += (size_t)(at - bytes);
	s->waiting++;
	s->time_s = f->end_ns / 1000000000 > s->time_s ? (uint32_t)(f->end_ns / 1000000000) : s->time_s;
	e->lost_field[QUERY_KIND_FLOW][QUERY_FLOW_vlan] += f->vlan_count > 1;
}

static enum ind_err start(struct export *e)
{
	struct state *s = e->state;
	s->limit = e->options.datagrams ? EXPORT_MESSAGE_BYTES : FILE_MESSAGE_BYTES;
	s->message = malloc(s->limit);
	s->used = MESSAGE_HEADER;
	return s->message ? IND_OK : IND_NOMEM;
}

static void drop(struct export *e)
{
	struct state *s = e->state;
	free(s->message);
}

const struct export_format export_ipfix = {
	.wants = IND_WANT(IND_REC_FLOW), .state_bytes = sizeof(struct state), .carries = carries, .carries_signal = carries_signal, .start = start,
	.put = put, .flush = flush, .end = flush, .drop = drop,
};
