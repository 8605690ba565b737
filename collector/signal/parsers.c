/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dhcp.h"
#include "signal/dns.h"
#include "signal/dtls.h"
#include "signal/http.h"
#include "signal/kerberos.h"
#include "signal/ldap.h"
#include "signal/nbns.h"
#include "signal/ntp.h"
#include "signal/quic.h"
#include "signal/rdp.h"
#include "signal/rpc.h"
#include "signal/sip.h"
#include "signal/smb.h"
#include "signal/socks.h"
#include "signal/ssh.h"
#include "signal/stun.h"
#include "signal/talk.h"
#include "signal/tls.h"
#include "signal/tool_bittorrent.h"

/* Strong and cheap signs first; what is only known after many bytes last. */
const struct signal_stream_parser *const signal_stream_parsers[] = {
	&tls_parser, &ssh_parser, &http_parser, &smb_parser, &rdp_parser, &talk_parser, &sip_stream_parser, &bittorrent_parser, &dns_tcp_parser,
	&socks_parser, &ldap_parser, &rpc_parser, &kerberos_tcp_parser, NULL,
};

const struct signal_conversation_parser *const signal_conversation_parsers[] = { &quic_parser, &dtls_parser, NULL };

const struct signal_datagram_parser *const signal_datagram_parsers[] = {
	&dns_udp_parser, &ntp_parser, &stun_parser, &dhcp_parser, &nbns_parser, &sip_parser, &kerberos_udp_parser, NULL,
};

/* Readers of whole flows stand in the list of signals. */
#define SIGNAL(id, symbol, name, family, value, group, recorded, help)
#define SIGNAL_AT_END(id, symbol, name, family, value, group, recorded, help, reader) signal_end_reader reader;
#include "indicia/signals.def"
signal_end_reader *const signal_end_readers[] = {
#define SIGNAL_AT_END(id, symbol, name, family, value, group, recorded, help, reader) reader,
#include "indicia/signals.def"
	NULL,
};
#undef SIGNAL
