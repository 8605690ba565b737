/* SPDX-License-Identifier: Apache-2.0 */
/* What flows and their signals say of a subject. */
#include "assess/subject.h"
#include "assess/grow.h"
#include "indicia/derive.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { PROTO_IGMP = 2, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58, TTL_SPREAD = 1 };
#define HOUR_NS UINT64_C(3600000000000)

void subject_start(struct subject *s)
{
	s->hops_min = IND_ABSENT_U32;
	s->first_ns = UINT64_MAX;
	for (size_t i = 0; i < SENSORS_MAX; i++)
		s->rtt[i].min_us = IND_ABSENT_U32;
}

static void seen_free(struct subject *s)
{
	free(s->addresses);
	free(s->hours);
	free(s->clusters);
	free(s->marks);
	free(s->claims);
	free(s->embedded_claims);
	free(s->readings);
	free(s->cells);
}

void subject_free(struct subject *s)
{
	query_filter_free(s->filter);
	seen_free(s);
}

void subject_restart(struct subject *s)
{
	enum { NAMED_BYTES = offsetof(struct subject, addresses) };
	seen_free(s);
	memset((char *)s + NAMED_BYTES, 0, sizeof(*s) - NAMED_BYTES);
	subject_start(s);
}

static bool prefix_has(const struct subject *s, unsigned ip_version, const uint8_t *addr)
{
	unsigned whole = s->bits / 8, rest = s->bits % 8;
	if (ip_version != s->at.ip_version || memcmp(addr, s->at.addr, whole) != 0)
		return false;
	return !rest || (addr[whole] ^ s->at.addr[whole]) >> (8 - rest) == 0;
}

/* The list is kept in order. */
static size_t place_of(const struct subject *s, const struct subject_address *at)
{
	size_t low = 0, high = s->address_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (memcmp(&s->addresses[middle], at, sizeof(*at)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct subject_address address_of(unsigned ip_version, const uint8_t *addr)
{
	struct subject_address at = { .ip_version = (uint8_t)ip_version };
	memcpy(at.addr, addr, IND_ADDR_BYTES);
	return at;
}

static bool is_listed(const struct subject *s, const struct subject_address *at)
{
	size_t place = place_of(s, at);
	return place < s->address_count && memcmp(&s->addresses[place], at, sizeof(*at)) == 0;
}

bool subject_has(const struct subject *s, unsigned ip_version, const uint8_t *addr)
{
	struct subject_address at = address_of(ip_version, addr);
	return s->kind == SUBJECT_FILTER ? is_listed(s, &at) : prefix_has(s, ip_version, addr);
}

static bool holds_one_of(const struct subject *s, const struct subject *of)
{
	for (size_t i = 0; i < of->address_count; i++)
		if (subject_has(s, of->addresses[i].ip_version, of->addresses[i].addr))
			return true;
	return false;
}

/* Of a filter with a full list it is not known. */
bool subjects_overlap(const struct subject *x, const struct subject *y)
{
	bool unknown = (x->kind == SUBJECT_FILTER && x->address_count == ADDRESSES_MAX) || (y->kind == SUBJECT_FILTER && y->address_count == ADDRESSES_MAX);
	return unknown || holds_one_of(x, y) || holds_one_of(y, x);
}

static bool address_note(struct subject *s, unsigned ip_version, const uint8_t *addr)
{
	struct subject_address at = address_of(ip_version, addr);
	size_t place = place_of(s, &at);
	if (is_listed(s, &at))
		return true;
	if (s->address_count == ADDRESSES_MAX)
		return s->cut = true;
	if (!GROW(s->addresses, s->address_count, s->address_room))
		return false;
	memmove(&s->addresses[place + 1], &s->addresses[place], (s->address_count - 1 - place) * sizeof(at));
	s->addresses[place] = at;
	return true;
}

static bool is_loopback(unsigned ip_version, const uint8_t *addr)
{
	static const uint8_t one[IND_ADDR_BYTES] = { [IND_ADDR_BYTES - 1] = 1 };
	return ip_version == 4 ? addr[0] == 127 : memcmp(addr, one, sizeof(one)) == 0;
}

/* A host that has no address yet sends from the unspecified one: DHCP (RFC 2131), IGMP (RFC 3376 section 4.2.13), ICMPv6 (RFC 4291 section 2.5.2). */
static bool is_beginning(const struct ind_flow *f, enum ind_dir me)
{
	enum { DHCP_CLIENT = 68, DHCP_SERVER = 67 };
	if (f->ip_version == 6)
		return f->proto == PROTO_ICMP6;
	return f->proto == PROTO_IGMP || (f->proto == PROTO_UDP && f->port[me] == DHCP_CLIENT && f->port[1 - me] == DHCP_SERVER);
}

/* RFC 1122 section 3.2.1.3, RFC 4291 section 2.7: what can never be a source. Between two addresses of the loopback is where one can. */
static bool is_bogon(const struct ind_flow *f, enum ind_dir me)
{
	static const uint8_t zero[IND_ADDR_BYTES];
	const uint8_t *addr = f->addr[me];
	if (is_loopback(f->ip_version, addr))
		return !is_loopback(f->ip_version, f->addr[1 - me]);
	if (memcmp(addr, zero, sizeof(zero)) == 0)
		return !is_beginning(f, me);
	return f->ip_version == 4 ? addr[0] == 0 || addr[0] >= 224 : addr[0] == 0xff;
}

static void validity_note(struct subject *s, const struct ind_record *record, enum ind_dir me)
{
	const struct ind_flow *f = &record->flow.flow;
	if (f->packets[me] && is_bogon(f, me))
		evidence_add(&s->bogon, &record->id);
	if (me != IND_SRC)
		return;
	s->started++;
	switch (f->validated) {
	case IND_VALID_HANDSHAKE:
	case IND_VALID_QUIC: evidence_add(&s->validated, &record->id); break;
	case IND_VALID_NO:
		if (f->proto == PROTO_TCP)
			evidence_add(&s->unanswered, &record->id);
		break;
	case IND_VALID_ONE_WAY: evidence_add(&s->one_way, &record->id); break;
	default: break;
	}
}

static bool hour_note(struct subject *s, uint64_t ns)
{
	uint64_t hour = ns / HOUR_NS;
	size_t at = s->hour_count;
	while (at > 0 && s->hours[at - 1].hour > hour)
		at--;
	if (at > 0 && s->hours[at - 1].hour == hour) {
		struct hour_span *h = &s->hours[at - 1];
		h->first_ns = ns < h->first_ns ? ns : h->first_ns;
		h->last_ns = ns > h->last_ns ? ns : h->last_ns;
		return true;
	}
	if (s->hour_count == HOURS_MAX)
		return s->cut = true;
	if (!GROW(s->hours, s->hour_count, s->hour_room))
		return false;
	memmove(&s->hours[at + 1], &s->hours[at], (s->hour_count - 1 - at) * sizeof(*s->hours));
	s->hours[at] = (struct hour_span){ hour, ns, ns };
	return true;
}

/* Round trips are of use only if the address was shown to receive; their measure needs that anyway. */
static void rtt_note(struct subject *s, const struct ind_record *record, enum ind_dir me, unsigned sensor)
{
	const struct ind_flow *f = &record->flow.flow;
	uint32_t us = ind_flow_rtt_us(f, me);
	struct round_trips *r = &s->rtt[sensor];
	if (us == IND_ABSENT_U32)
		return;
	r->first_ns = r->n == 0 || f->start_ns < r->first_ns ? f->start_ns : r->first_ns;
	r->last_ns = f->start_ns > r->last_ns ? f->start_ns : r->last_ns;
	r->n++;
	if (us < r->min_us) {
		r->min_us = us;
		r->least = (struct evidence){ 0 };
	}
	if (us == r->min_us)
		evidence_add(&r->least, &record->id);
}

static void hops_note(struct subject *s, const struct ind_record *record, enum ind_dir me)
{
	const struct ind_flow *f = &record->flow.flow;
	uint32_t hops = ind_flow_hops(f, me);
	s->packets += f->packets[me];
	if (hops == IND_ABSENT_U32)
		return;
	s->hops_min = hops < s->hops_min ? hops : s->hops_min;
	s->hops_max = hops > s->hops_max ? hops : s->hops_max;
	evidence_add(&s->hops, &record->id);
	if (f->ttl_max[me] - f->ttl_min[me] > TTL_SPREAD)
		evidence_add(&s->ttl_spread, &record->id);
}

static const struct ind_signal *signal_of(const struct ind_record *record, enum ind_dir me, unsigned id)
{
	for (size_t i = 0; i < record->flow.signal_count; i++)
		if (record->flow.signals[i].id == id && record->flow.signals[i].from == me)
			return &record->flow.signals[i];
	return NULL;
}

/* Microseconds in decimal, at most some days; INT64_MAX for anything else. */
static int64_t number_of(const struct ind_signal *signal)
{
	enum { DIGITS_MAX = 12 };
	size_t minus = signal && signal->value_bytes && signal->value[0] == '-', count = signal ? signal->value_bytes - minus : 0;
	int64_t number = 0;
	for (size_t i = 0; i < count && i < DIGITS_MAX; i++) {
		char c = signal->value[minus + i];
		if (c < '0' || c > '9')
			return INT64_MAX;
		number = number * 10 + (c - '0');
	}
	if (!count || count > DIGITS_MAX)
		return INT64_MAX;
	return minus ? -number : number;
}

static struct cluster *cluster_of(struct subject *s, uint64_t key)
{
	for (size_t i = 0; i < s->cluster_count; i++)
		if (s->clusters[i].key == key)
			return &s->clusters[i];
	if (s->cluster_count == CLUSTERS_MAX) {
		s->cut = true;
		return NULL;
	}
	struct cluster *c = GROW(s->clusters, s->cluster_count, s->cluster_room);
	if (c)
		*c = (struct cluster){ .key = key, .rtt_us = IND_ABSENT_U32, .turn_us = INT64_MAX, .pause_us = INT64_MAX };
	return c;
}

/* The same on machines of either byte order: clusters are printed in order of their keys. */
static uint64_t cluster_key(const uint8_t addr[static IND_ADDR_BYTES], uint64_t program, uint16_t port)
{
	char bytes[IND_ADDR_BYTES + sizeof(program) + sizeof(port)];
	memcpy(bytes, addr, IND_ADDR_BYTES);
	for (size_t i = 0; i < sizeof(program); i++)
		bytes[IND_ADDR_BYTES + i] = (char)(program >> (56 - 8 * i));
	bytes[IND_ADDR_BYTES + sizeof(program)] = (char)(port >> 8);
	bytes[IND_ADDR_BYTES + sizeof(program) + 1] = (char)port;
	return text_digest(bytes, sizeof(bytes));
}

/* S10, S11: by address, program (JA4) and server port. */
static void layers_note(struct subject *s, const struct ind_record *record, enum ind_dir me)
{
	const struct ind_flow *f = &record->flow.flow;
	const struct ind_signal *turn = signal_of(record, me, IND_SIG_PATH_CROSS_LAYER), *pause = signal_of(record, me, IND_SIG_PATH_PREHELLO),
		*ja4 = signal_of(record, me, IND_SIG_TLS_JA4);
	int64_t turn_us = number_of(turn), pause_us = number_of(pause);
	if (turn_us == INT64_MAX)
		return;
	uint64_t program = ja4 ? text_digest(ja4->value, ja4->value_bytes) : 0;
	struct cluster *c = cluster_of(s, cluster_key(f->addr[me], program, f->port[1 - me]));
	if (!c)
		return;
	uint32_t rtt = ind_flow_rtt_us(f, me);
	c->rtt_us = rtt < c->rtt_us ? rtt : c->rtt_us;
	c->turn_us = turn_us < c->turn_us ? turn_us : c->turn_us;
	c->pause_us = pause_us < c->pause_us ? pause_us : c->pause_us;
	evidence_add(&c->turns, &record->id);
	if (pause_us != INT64_MAX)
		evidence_add(&c->pauses, &record->id);
}

/* S15: the SYN's system against what the same connection declares. */
static void system_note(struct subject *s, const struct ind_record *record, enum ind_dir me)
{
	const struct ind_signal *syn = signal_of(record, me, IND_SIG_TCP_SYN);
	enum system stack = syn ? system_of_syn(syn) : SYSTEM_UNKNOWN;
	bool same = false, other = false;
	for (size_t i = 0; stack && i < record->flow.signal_count; i++) {
		const struct ind_signal *signal = &record->flow.signals[i];
		enum system declared = signal->from == me ? system_declared(signal) : SYSTEM_UNKNOWN;
		same |= declared == stack;
		other |= declared != SYSTEM_UNKNOWN && declared != stack;
		if (declared == stack)
			s->system_layers |= signal->id == IND_SIG_SSH_BANNER ? 2 : 1;
	}
	if (other)
		evidence_add(&s->system_other, &record->id);
	else if (same)
		evidence_add(&s->system_same, &record->id);
}

/* Of a flow between two of its addresses both ends speak; the flow is one. */
static bool is_other_end(const struct subject *s, const struct ind_flow *f, enum ind_dir me)
{
	return me == IND_DST && f->packets[IND_SRC] && s->kind != SUBJECT_FILTER && subject_has(s, f->ip_version, f->addr[IND_SRC]);
}

void subject_flow_again(struct subject *s, const struct ind_record *record, enum ind_dir me) { s->repeated += !is_other_end(s, &record->flow.flow, me); }

bool subject_flow(struct subject *s, const struct ind_record *record, enum ind_dir me, unsigned sensor, bool links)
{
	const struct ind_flow *f = &record->flow.flow;
	if (!is_other_end(s, f, me))
		evidence_add(&s->flows, &record->id);
	s->sensors |= UINT64_C(1) << sensor;
	s->first_ns = f->start_ns < s->first_ns ? f->start_ns : s->first_ns;
	s->last_ns = f->end_ns > s->last_ns ? f->end_ns : s->last_ns;
	if (!address_note(s, f->ip_version, f->addr[me]) || !hour_note(s, f->start_ns))
		return false;
	validity_note(s, record, me);
	rtt_note(s, record, me, sensor);
	hops_note(s, record, me);
	layers_note(s, record, me);
	system_note(s, record, me);
	declared_note(s, record, me);
	for (size_t i = 0; i < record->flow.signal_count; i++)
		if (record->flow.signals[i].from == me && !subject_signal(s, record, i, links))
			return false;
	return true;
}

/* Greedily from the first: the next window begins with the first start that is a day or more behind that of the last one. Within an hour only the
 * first and the last start are known; the later one is taken. */
unsigned subject_windows(const struct subject *s)
{
	unsigned windows = 0;
	uint64_t next = 0;
	for (size_t i = 0; i < s->hour_count; i++) {
		const struct hour_span *h = &s->hours[i];
		uint64_t start = h->first_ns >= next ? h->first_ns : h->last_ns;
		if (windows && start < next)
			continue;
		windows++;
		next = start + 24 * HOUR_NS;
	}
	return windows;
}
