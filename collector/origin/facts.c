/* SPDX-License-Identifier: Apache-2.0 */
#include "origin/inside.h"

enum { PROTO_TCP = 6, PROTO_ESP = 50, TCP_SYN = 2, PORT_DOT = 853, PORT_RDP = 3389 };

void facts_of_flow(struct entry *e, const struct ind_flow *flow, unsigned dir)
{
	unsigned facts = 0;
	if (flow->validated == IND_VALID_ONE_WAY)
		facts |= FACT_ONE_WAY | (dir == IND_SRC ? FACT_UNVALIDATED_ONE_WAY : 0);
	if (flow->proto == PROTO_TCP && flow->payload[dir] && !(flow->tcp_flags[dir] & TCP_SYN))
		facts |= FACT_MIDSTREAM;
	if (flow->ip_version == 4)
		facts |= FACT_IP4;
	if (flow->proto == PROTO_ESP)
		facts |= FACT_ESP;
	e->facts |= (uint16_t)facts;
}

static bool value_begins(const struct ind_signal *signal, const char *text)
{
	size_t count = strlen(text);
	return signal->value_bytes >= count && memcmp(signal->value, text, count) == 0;
}

/* The version that a client offers is not the one that is spoken; a server's is. Drafts of 1.3 hide as much. */
static unsigned tls_facts(const struct ind_flow *flow, const struct ind_signal *signal)
{
	unsigned facts = signal->side == IND_CLIENT ? FACT_CRYPT_CLIENT : FACT_CRYPT_SERVER;
	if (signal->side == IND_SERVER && (value_begins(signal, "1.3") || value_begins(signal, "dtls1.3")))
		facts |= FACT_CERT_HIDDEN;
	if (flow->port[IND_DST] == PORT_DOT)
		facts |= FACT_DOT;
	if (flow->port[IND_DST] == PORT_RDP)
		facts |= FACT_RDP_TLS;
	return facts;
}

void facts_of_signal(const struct origin_set *s, const struct ind_flow *flow, const struct ind_signal *signal, struct said *said)
{
	switch (signal->id) {
	case IND_SIG_TCP_SYN:
		ind_mtus_add(&said->mtus, signal);
		stack_read(signal, said);
		return;
	case IND_SIG_HTTP_USER_AGENT:
		stack_read(signal, said);
		return;
	case IND_SIG_TCP_SYNACK:
		ind_mtus_add(&said->mtus, signal);
		said->facts |= stack_facts(signal);
		return;
	case IND_SIG_TLS_VERSION:
		said->facts |= (uint16_t)tls_facts(flow, signal);
		return;
	case IND_SIG_SSH_HASSH:
	case IND_SIG_SSH_HASSH_SERVER:
		said->facts |= FACT_SSH;
		return;
	}
	if (signal->id == s->quic_version_id)
		said->facts |= signal->side == IND_CLIENT ? FACT_CRYPT_CLIENT : FACT_CRYPT_SERVER | FACT_CERT_HIDDEN;
}
