/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TCP_SYN_H
#define SIGNAL_TCP_SYN_H

#include "packet/packet.h"
#include "signal/signal.h"

/* Emits tcp.syn of a SYN, tcp.synack of a SYN with ACK, and keeps its headers as an exhibit. The packet's TCP options are there.
 *
 * Value: v<IP version>:t<TTL as seen>:w<window as seen>:m<MSS>:s<window scale>:o<option kinds>:q<quirks>, "-" for what is absent.
 * Option kinds stand in order to the end of the header with a dash between them; behind an end of list each octet is one more 0.
 * Quirks are these letters, in this order:
 *   d  IPv4: don't fragment                      c  TCP: ECE or CWR
 *   i  IPv4: don't fragment and identification   r  TCP: a reserved bit
 *      that is not 0                             g  TCP: URG
 *   j  IPv4: neither                             u  TCP: an urgent pointer without URG
 *   h  IPv4: the reserved flag                   p  TCP: PSH
 *   f  IPv6: a flow label                        n  TCP: sequence number 0
 *   e  IP: ECN bits                              a  SYN: an acknowledgement number; SYN-ACK: none
 *   t  own timestamp 0                           l  payload
 *   y  SYN: the peer's timestamp is not 0        z  not only 0 behind the end of the option list
 *   w  window scale above 14                     b  an option whose length is impossible */
void tcp_syn_see(struct signal_ctx *ctx, const struct packet *packet);

#endif
