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
	unsigned link;               /* its link type, libpcap's number */
};

/* Link types by libpcap's DLT/LINKTYPE numbers, as far as this room decodes them. */
enum packet_link {
	PACKET_LINK_NULL = 0, PACKET_LINK_ETHERNET = 1, PACKET_LINK_ARCNET = 7, PACKET_LINK_PPP = 9, PACKET_LINK_RAW_BSD = 12,
	PACKET_LINK_RAW_OPENBSD = 14, PACKET_LINK_PPP_SERIAL = 50, PACKET_LINK_PPP_ETHER = 51, PACKET_LINK_ATM_RFC1483 = 100,
	PACKET_LINK_RAW = 101, PACKET_LINK_CHDLC = 104, PACKET_LINK_WIFI = 105, PACKET_LINK_FRAME_RELAY = 107, PACKET_LINK_LOOP = 108,
	PACKET_LINK_SLL = 113, PACKET_LINK_WIFI_PRISM = 119, PACKET_LINK_WIFI_RADIOTAP = 127, PACKET_LINK_ARCNET_LINUX = 129,
	PACKET_LINK_WIFI_AVS = 163, PACKET_LINK_PPI = 192, PACKET_LINK_PPP_WITH_DIR = 204, PACKET_LINK_CHDLC_WITH_DIR = 205,
	PACKET_LINK_FRAME_RELAY_WITH_DIR = 206, PACKET_LINK_MPLS = 219, PACKET_LINK_IPV4 = 228, PACKET_LINK_IPV6 = 229,
	PACKET_LINK_NFLOG = 239, PACKET_LINK_SLL2 = 276,
};

bool packet_link_known(unsigned link);

/* One IP layer of a frame and what it carries, decoded; borrows the frame's bytes. */
struct packet {
	const struct frame *frame;
	const uint8_t *inner;        /* an encapsulation stands here: the next IP layer may be in it. NULL: none */
	const uint8_t *ip;           /* IP header; ip_captured bytes are there */
	const uint8_t *payload;      /* above TCP, UDP; payload_captured bytes are there */
	const uint8_t *tcp_options;
	uint32_t inner_captured;
	uint32_t wire_end;           /* where the frame, or what this layer is wrapped in, ends on the wire; from the frame's start */
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
	bool is_fragment;            /* of a datagram: its bytes are `payload`, and nothing above IP is decoded */
	bool more_fragments;
	bool dont_fragment;
	uint8_t ecn;                 /* two bits of the traffic class */
	uint8_t inner_layer;         /* what stands at `inner` */
	uint8_t carries;             /* enum ind_tunnel: what it turned out to be */
	uint8_t tunnel_count;
	uint8_t tunnel[IND_TUNNEL_MAX]; /* encapsulations around this layer, outermost first */
	uint16_t fragment_offset;    /* in bytes */
	uint16_t fragment_header_bytes; /* of the IP headers before the fragment's own bytes, with IPv6's fragment header */
	uint16_t next_header_at;     /* IPv6: offset of the byte that announces the fragment header */
	uint16_t context;            /* of the layers around, for the key of the flow; flow_context_set() */
	uint16_t around;             /* the same with MPLS, if there is any */
	uint16_t fragments;          /* 0, or of how many fragments the datagram was put together */
	uint32_t fragment_id;
	uint32_t ip6_flow_label;
	uint64_t first_fragment_ns;  /* with fragments: time of the first of them */
	uint64_t tunnel_id;          /* of the identifiers that both directions of the encapsulations share */
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32, TCP_ECE = 64, TCP_CWR = 128 };
enum { IPPROTO_ICMP4 = 1, IPPROTO_TCP4 = 6, IPPROTO_UDP4 = 17, IPPROTO_ICMP6 = 58, IPPROTO_SCTP4 = 132 };

/* What became of a frame. The three failures mean different things in evidence, so they are counted apart. */
enum decode { DECODE_OK, DECODE_SHORT, DECODE_MALFORMED, DECODE_UNKNOWN };

/* Decodes the first IP layer down to its transport header. With DECODE_OK there is an IP layer in *packet; a transport header that is cut
 * short leaves has_ports false and is DECODE_SHORT with the IP layer valid (ip != NULL). */
enum decode packet_decode(const struct frame *frame, struct packet *packet);

/* The IP layer inside outer->inner, if there is one (inner->ip). Says in outer->carries which encapsulation it is that stands there.
 * Every inner layer has one encapsulation more around it, or is not decoded: a frame has at most IND_TUNNEL_MAX of them. */
enum decode packet_decode_inner(struct packet *outer, struct packet *inner);

/* A datagram put together from fragments, as a frame of its own that begins with the IP header; what is around it is as it was around
 * `like`. */
enum decode packet_decode_datagram(const struct frame *frame, const struct packet *like, struct packet *packet);

#endif
