/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACKET_PACKET_H
#define PACKET_PACKET_H

#include "indicia/record.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A frame as captured: borrowed until the capture is asked for the next ones. */
struct frame {
	const uint8_t *bytes;
	uint32_t captured;           /* bytes that are there */
	uint32_t wire;               /* bytes that were on the wire */
	uint64_t time_ns;
	uint64_t number;             /* in the capture, from 1 */
};

/* Link types by libpcap's DLT/LINKTYPE numbers, as far as this room decodes them. */
enum packet_link {
	PACKET_LINK_NULL = 0, PACKET_LINK_ETHERNET = 1, PACKET_LINK_RAW_BSD = 12, PACKET_LINK_RAW_OPENBSD = 14, PACKET_LINK_RAW = 101,
	PACKET_LINK_LOOP = 108, PACKET_LINK_SLL = 113, PACKET_LINK_IPV4 = 228, PACKET_LINK_IPV6 = 229, PACKET_LINK_SLL2 = 276,
};

bool packet_link_known(unsigned link);

/* The first IP layer of a frame and what it carries, decoded; borrows the frame's bytes. */
struct packet {
	const struct frame *frame;
	const uint8_t *ip;           /* IP header; ip_captured bytes are there */
	const uint8_t *payload;      /* above TCP, UDP; payload_captured bytes are there */
	const uint8_t *tcp_options;
	uint32_t ip_captured;
	uint32_t ip_bytes;           /* of the whole IP datagram as its header says */
	uint32_t payload_captured;
	uint32_t payload_bytes;      /* as the headers say */
	uint32_t seq, ack;
	uint8_t addr[2][IND_ADDR_BYTES]; /* sender, receiver */
	uint16_t port[2];            /* ICMP: type, code */
	uint16_t window;
	uint16_t vlan[IND_VLAN_MAX];
	uint16_t icmp_id;            /* echo identifier, with icmp_has_id */
	uint16_t ip_id;
	uint8_t vlan_count;
	uint8_t ip_version, proto, ttl;
	uint8_t tcp_flags;           /* low eight bits of the flags field */
	uint8_t tcp_options_bytes;
	uint8_t ip_header_bytes;     /* IPv6: the fixed header */
	bool has_ports;              /* the transport header was there */
	bool icmp_has_id;
	bool is_fragment;            /* any fragment, also the first */
	bool is_first_fragment;
	bool dont_fragment;
	uint8_t ecn;                 /* two bits of the traffic class */
	uint32_t ip6_flow_label;
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32, TCP_ECE = 64, TCP_CWR = 128 };
enum { IPPROTO_ICMP4 = 1, IPPROTO_TCP4 = 6, IPPROTO_UDP4 = 17, IPPROTO_ICMP6 = 58 };

/* What became of a frame. The three failures mean different things in evidence, so they are counted apart. */
enum decode { DECODE_OK, DECODE_SHORT, DECODE_MALFORMED, DECODE_UNKNOWN };

/* Decodes down to the transport header. With DECODE_OK there is an IP layer in *packet; a transport header that is cut short leaves
 * has_ports false and is DECODE_SHORT with the IP layer valid (ip != NULL). */
enum decode packet_decode(const struct frame *frame, unsigned link, struct packet *packet);

#endif
