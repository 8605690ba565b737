/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"
#include "signal/http.h"
#include "signal/kerberos.h"
#include "signal/ldap.h"
#include "signal/rdp.h"
#include "signal/rpc.h"
#include "signal/smb.h"
#include "signal/socks.h"
#include "signal/ssh.h"
#include "signal/tls.h"

/* Strong and cheap signs first; what is only known after many bytes last. */
const struct signal_stream_parser *const signal_stream_parsers[] = {
	&tls_parser, &ssh_parser, &http_parser, &dns_tcp_parser, &socks_parser, &smb_parser, &rdp_parser, &ldap_parser, &rpc_parser, &kerberos_tcp_parser,
	NULL,
};

const struct signal_datagram_parser *const signal_datagram_parsers[] = { &dns_udp_parser, &kerberos_udp_parser, NULL };
