/* SPDX-License-Identifier: Apache-2.0 */
/* TCP as a bystander sees it (RFC 9293): handshake, round-trip times (Karn: none from repeated handshakes), source validation,
 * retransmissions, closing. What the ends would refuse because it lies outside their windows (RFC 9293 section 3.10.7.4, RFC 5961), a
 * stranger may have sent: it changes nothing here either. */
#include "flow/flow.h"

#include <string.h>

/* Sequence numbers wrap: a is before b if it is less than half the space behind (RFC 9293 section 3.4). */
static bool seq_before(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }

static struct flow_tcp *tcp_of(struct flow_table *t, struct flow *f)
{
	if (!f->tcp) {
		f->tcp = pool_take(&t->tcps); /* as many as flows: never empty */
		*flow_tcp(t, f) = (struct flow_tcp){ .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32 };
	}
	return flow_tcp(t, f);
}

static unsigned client_way(const struct flow_tcp *tcp) { return !!(tcp->seen & TCP_SEEN_CLIENT_HIGH); }

bool flow_tcp_reused(const struct flow_table *t, const struct flow *f, unsigned way, const struct packet *p)
{
	const struct flow_tcp *tcp = flow_tcp(t, f);
	if (!tcp || (p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
		return false;
	bool same = tcp->seen & (TCP_SEEN_SYN_LOW << way) && tcp->isn[way] == p->seq;
	if (same)
		return false;
	const struct flow_count *payload = &flow_cold(t, f)->payload;
	return f->state & (FLOW_CLOSING | FLOW_FIN_LOW | FLOW_FIN_HIGH) || tcp->seen & TCP_SEEN_ACK || flow_count_get(payload, 0) || flow_count_get(payload, 1);
}

static void syn_see(struct flow *f, struct flow_tcp *tcp, unsigned way, const struct packet *p)
{
	bool again = tcp->seen & (TCP_SEEN_SYN_LOW << way);
	if (p->tcp_flags & TCP_ACK) {
		if (again && tcp->seen & TCP_SEEN_SYNACK && !(tcp->seen & TCP_SEEN_ACK))
			tcp->seen |= TCP_SEEN_REPEATED;
		if (again)
			return;
		flow_orient_set(f, !way, IND_ORIENT_SYN);
		bool answers = tcp->seen & TCP_SEEN_SYN && client_way(tcp) != way;
		/* RFC 9293 section 3.10.7.3: an answer to another SYN is refused. */
		if (answers && p->ack != tcp->isn[!way] + 1)
			return;
		tcp->seen |= (uint16_t)(TCP_SEEN_SYNACK | (answers ? TCP_SEEN_TAKEN : 0));
		tcp->synack_ns = p->frame->time_ns;
		if (answers && tcp->synack_ns >= tcp->syn_ns)
			tcp->server_rtt_us = (uint32_t)((tcp->synack_ns - tcp->syn_ns) / 1000);
	} else {
		if (again && !(tcp->seen & TCP_SEEN_ACK))
			tcp->seen |= TCP_SEEN_REPEATED;
		if (again && tcp->isn[way] == p->seq)
			return;
		if (!(tcp->seen & TCP_SEEN_SYN)) {
			tcp->seen |= (uint16_t)(TCP_SEEN_SYN | (way ? TCP_SEEN_CLIENT_HIGH : 0));
			flow_orient_set(f, way, IND_ORIENT_SYN);
		}
		tcp->syn_ns = p->frame->time_ns;
	}
	tcp->isn[way] = p->seq;
	tcp->seen |= (uint16_t)(TCP_SEEN_SYN_LOW << way);
}

/* The client acknowledges the server's ISN, a number that it can only know by receiving it: its address is its own (S01). */
static void handshake_see(struct flow_tcp *tcp, unsigned way, const struct packet *p)
{
	bool waiting = (tcp->seen & (TCP_SEEN_SYN | TCP_SEEN_SYNACK | TCP_SEEN_ACK)) == (TCP_SEEN_SYN | TCP_SEEN_SYNACK);
	if (!waiting || way != client_way(tcp) || !(p->tcp_flags & TCP_ACK) || p->tcp_flags & TCP_SYN)
		return;
	uint32_t first = tcp->isn[!way] + 1;
	if (seq_before(p->ack, first) || (tcp->seen & (TCP_SEEN_NEXT_LOW << !way) && seq_before(tcp->next[!way], p->ack)))
		return;
	tcp->seen |= TCP_SEEN_ACK;
	if (p->ack == first && p->frame->time_ns >= tcp->synack_ns)
		tcp->client_rtt_us = (uint32_t)((p->frame->time_ns - tcp->synack_ns) / 1000);
	if (tcp->client_rtt_us == IND_ABSENT_U32 || tcp->server_rtt_us == IND_ABSENT_U32 || tcp->seen & TCP_SEEN_REPEATED)
		tcp->client_rtt_us = tcp->server_rtt_us = IND_ABSENT_U32;
}

/* Neither within reach of what was seen nor a repetition of it. */
static bool is_far(uint32_t seq, uint32_t next)
{
	uint32_t ahead = seq - next;
	return ahead > TCP_WINDOW && ahead < UINT32_MAX - TCP_OLD_MAX;
}

/* One segment far away proves nothing, nor does an empty one that comes twice. A second one that goes on from it says that the capture missed
 * what was between. */
static void far_see(struct flow_tcp *tcp, unsigned way, uint32_t seq, uint32_t end)
{
	uint16_t mark = (uint16_t)(TCP_SEEN_FAR_LOW << way);
	if (tcp->seen & mark && seq == tcp->far[way] && end != seq) {
		tcp->next[way] = end;
		tcp->seen &= (uint16_t)~mark;
		return;
	}
	tcp->seen |= mark;
	tcp->far[way] = end;
}

static void sequence_see(struct flow_tcp *tcp, unsigned way, const struct packet *p)
{
	uint32_t length = p->payload_bytes + !!(p->tcp_flags & TCP_SYN) + !!(p->tcp_flags & TCP_FIN);
	uint32_t end = p->seq + length;
	uint16_t known = (uint16_t)(TCP_SEEN_NEXT_LOW << way);
	if (!(tcp->seen & known)) {
		tcp->seen |= known;
		tcp->next[way] = end;
		return;
	}
	if (is_far(p->seq, tcp->next[way])) {
		far_see(tcp, way, p->seq, end);
		return;
	}
	bool keep_alive = length <= 1 && p->seq + 1 == tcp->next[way] && !(p->tcp_flags & (TCP_SYN | TCP_FIN));
	if (length && !seq_before(tcp->next[way], end) && !keep_alive)
		tcp->retransmits[way]++;
	if (seq_before(tcp->next[way], end))
		tcp->next[way] = end;
}

bool flow_tcp_near(const struct flow_tcp *tcp, unsigned way, uint32_t number)
{
	return number - tcp->next[way] + TCP_WINDOW <= 2 * TCP_WINDOW;
}

/* RFC 5961 section 3 wants the very number that is expected; what a bystander expects may be a little off. Who has said nothing yet can
 * only refuse what the other end said (RFC 9293 section 3.10.7.3). */
static bool reset_holds(const struct flow_tcp *tcp, unsigned way, const struct packet *p)
{
	if (tcp->seen & (TCP_SEEN_NEXT_LOW << way))
		return flow_tcp_near(tcp, way, p->seq);
	return !(p->tcp_flags & TCP_ACK) || !(tcp->seen & (TCP_SEEN_NEXT_LOW << !way)) || flow_tcp_near(tcp, !way, p->ack);
}

static void closing_see(struct flow_table *t, struct flow *f, struct flow_tcp *tcp, unsigned way, const struct packet *p)
{
	uint8_t before = f->state;
	if (p->tcp_flags & TCP_FIN && !is_far(p->seq, tcp->next[way]))
		f->state |= (uint8_t)(FLOW_FIN_LOW << way);
	bool both = (f->state & (FLOW_FIN_LOW | FLOW_FIN_HIGH)) == (FLOW_FIN_LOW | FLOW_FIN_HIGH);
	if (p->tcp_flags & TCP_RST && reset_holds(tcp, way, p))
		f->state |= FLOW_CLOSING | FLOW_RST;
	else if (both)
		f->state |= FLOW_CLOSING;
	if (f->state & FLOW_CLOSING && !(before & FLOW_CLOSING))
		flow_linger(t, f);
}

void flow_tcp_see(struct flow_table *t, struct flow *f, unsigned way, const struct packet *p)
{
	struct flow_tcp *tcp = tcp_of(t, f);
	if (p->tcp_flags & TCP_SYN && !(p->tcp_flags & TCP_RST))
		syn_see(f, tcp, way, p);
	else
		handshake_see(tcp, way, p);
	if (!(p->tcp_flags & TCP_RST))
		sequence_see(tcp, way, p);
	if (p->tcp_flags & (TCP_FIN | TCP_RST))
		closing_see(t, f, tcp, way, p);
}

void flow_orient_set(struct flow *f, unsigned src_way, enum ind_orient orient)
{
	f->state = (uint8_t)((f->state & ~(FLOW_SRC_HIGH | 3 << FLOW_ORIENT_SHIFT)) | src_way | (unsigned)orient << FLOW_ORIENT_SHIFT);
}

void flow_role_seen(struct flow *f, unsigned way)
{
	if (flow_orient(f) == IND_ORIENT_FIRST)
		flow_orient_set(f, way, IND_ORIENT_ROLE);
}

static uint8_t validated(const struct flow *f, const struct flow_tcp *tcp)
{
	if (!tcp)
		return flow_udp_validated(f);
	if (tcp->seen & TCP_SEEN_ACK)
		return IND_VALID_HANDSHAKE;
	if (!f->packets[0] || !f->packets[1])
		return IND_VALID_ONE_WAY;
	bool asked = (tcp->seen & (TCP_SEEN_SYN | TCP_SEEN_SYNACK)) == (TCP_SEEN_SYN | TCP_SEEN_SYNACK);
	return asked ? IND_VALID_NO : IND_VALID_UNTESTABLE;
}

static void record_tcp(const struct flow_tcp *tcp, unsigned src, struct ind_flow *r)
{
	r->client_rtt_us = tcp->client_rtt_us;
	/* Half a handshake measures nothing that the contract knows. */
	r->server_rtt_us = tcp->client_rtt_us == IND_ABSENT_U32 ? IND_ABSENT_U32 : tcp->server_rtt_us;
	r->retransmits[IND_SRC] = tcp->retransmits[src];
	r->retransmits[IND_DST] = tcp->retransmits[!src];
}

static bool is_icmp(const struct flow *f) { return f->key.proto == IPPROTO_ICMP4 || f->key.proto == IPPROTO_ICMP6; }

void flow_record(const struct flow_table *t, const struct flow *f, enum ind_flow_end reason, struct ind_flow *r)
{
	unsigned src = flow_src_way(f);
	const struct flow_count *payload = &flow_cold(t, f)->payload;
	struct flow_key key;
	flow_key_get(t, f, &key);
	*r = (struct ind_flow){
		.serial = flow_serial(t, f), .start_ns = f->start_ns, .end_ns = f->last_ns, .ip_version = f->key.ip_version, .proto = f->key.proto,
		.orient = (uint8_t)flow_orient(f), .end_reason = (uint8_t)reason, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32,
		.validated = validated(f, flow_tcp(t, f)),
	};
	for (unsigned dir = 0; dir < 2; dir++) {
		unsigned way = dir ^ src;
		memcpy(r->addr[dir], key.addr[way], IND_ADDR_BYTES);
		r->port[dir] = is_icmp(f) ? f->icmp[dir] : f->key.port[way];
		r->packets[dir] = f->packets[way];
		r->bytes[dir] = flow_count_get(&f->bytes, way);
		r->payload[dir] = flow_count_get(payload, way);
		r->tcp_flags[dir] = f->tcp_flags[way];
		r->ttl_min[dir] = f->packets[way] ? f->ttl_min[way] : 0;
		r->ttl_max[dir] = f->packets[way] ? f->ttl_max[way] : 0;
	}
	const struct flow_tcp *tcp = flow_tcp(t, f);
	const struct flow_rtt *rtt = flow_udp_rtt(t, f);
	if (tcp)
		record_tcp(tcp, src, r);
	if (rtt) {
		r->client_rtt_us = rtt->us[src];
		r->server_rtt_us = rtt->us[!src];
	}
	flow_layers_record(t, f, src, r);
}
