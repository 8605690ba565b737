/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_RECORD_H
#define INDICIA_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A record is the only thing that crosses from what reads packets to anything else. All structs here are plain values;
 * pointers in them borrow memory of whoever handed the record out, and are valid until that party is called again. */

enum {
	IND_ADDR_BYTES = 16,         /* IPv4 stands in the first four bytes, the rest zero */
	IND_VLAN_MAX = 4,
	IND_TUNNEL_MAX = 8,
	IND_VALUE_MAX_BYTES = 512,   /* a longer signal value is cut, marked, and its SHA-256 kept */
	IND_EXHIBIT_MAX_BYTES = 16384,
	IND_SHA256_BYTES = 32,
};

#define IND_ABSENT_U32 UINT32_MAX
#define IND_ABSENT_U64 UINT64_MAX

/* Index into the two-element arrays of a flow: src is the side that started it. */
enum ind_dir { IND_SRC = 0, IND_DST = 1 };

/* The protocol role of a sender, whatever the orientation of the flow. */
enum ind_side { IND_CLIENT = 0, IND_SERVER = 1 };

/* How it was decided which side is src. */
enum ind_orient { IND_ORIENT_SYN = 0, IND_ORIENT_PORT = 1, IND_ORIENT_FIRST = 2, IND_ORIENT_ROLE = 3 };

/* Whether the source address was shown to receive what is sent to it (S01). */
enum ind_validated {
	IND_VALID_UNTESTABLE = 0,    /* the protocol or the capture cannot show it */
	IND_VALID_HANDSHAKE = 1,     /* the client acknowledged the server's unpredictable ISN */
	IND_VALID_QUIC = 2,          /* RFC 9000 section 8: Handshake packet, or an echoed token */
	IND_VALID_NO = 3,            /* SYN-ACK seen, both directions seen, never acknowledged */
	IND_VALID_ONE_WAY = 4,       /* only one direction was captured */
};

enum ind_flow_end { IND_END_IDLE = 0, IND_END_ACTIVE = 1, IND_END_FIN = 2, IND_END_RST = 3, IND_END_EVICTED = 4, IND_END_CAPTURE = 5, IND_END_REUSED = 6 };

/* Encapsulations, in `tunnel` (outermost first) and `carries`. */
enum ind_tunnel {
	IND_TUNNEL_NONE = 0, IND_TUNNEL_MPLS, IND_TUNNEL_PPPOE, IND_TUNNEL_GRE, IND_TUNNEL_ERSPAN, IND_TUNNEL_IPIP, IND_TUNNEL_6IN4,
	IND_TUNNEL_6TO4, IND_TUNNEL_TEREDO, IND_TUNNEL_VXLAN, IND_TUNNEL_GENEVE, IND_TUNNEL_GTPU, IND_TUNNEL_AH, IND_TUNNEL_PBB,
	IND_TUNNEL_COUNT,
};

/* One two-way flow. Bytes are IP-layer bytes; times are nanoseconds since 1970-01-01 UTC by the capture clock. */
struct ind_flow {
	uint64_t serial;             /* counts flows of one capture from 1; exhibits refer to it */
	uint64_t parent;             /* serial of the flow around this one, 0 if none */
	uint64_t start_ns, end_ns;
	uint64_t packets[2], bytes[2], payload[2];
	uint32_t fragments[2], retransmits[2];
	uint32_t client_rtt_us;      /* SYN-ACK to ACK, QUIC: the server's id to its first use; IND_ABSENT_U32 if not measured */
	uint32_t server_rtt_us;      /* SYN to SYN-ACK, QUIC: the client's first id to what is made with it */
	uint8_t addr[2][IND_ADDR_BYTES];
	uint16_t port[2];            /* ICMP: type and code of the first packet */
	uint8_t ip_version;          /* 4 or 6 */
	uint8_t proto;               /* IANA protocol number */
	uint8_t orient;              /* enum ind_orient */
	uint8_t validated;           /* enum ind_validated */
	uint8_t tcp_flags[2];        /* union of the flags seen */
	uint8_t ttl_min[2], ttl_max[2]; /* meaningful only where packets[dir] > 0 */
	uint8_t end_reason;          /* enum ind_flow_end */
	uint8_t vlan_count, tunnel_count;
	uint8_t carries;             /* enum ind_tunnel */
	uint8_t no_ports;            /* 1: the protocol has ports (or types), and no header with them was seen; port is 0 */
	uint16_t vlan[IND_VLAN_MAX];
	uint8_t tunnel[IND_TUNNEL_MAX];
};

enum ind_signal_flag { IND_SIGNAL_CUT = 1 };

/* One observation of one flow. Values are UTF-8 text; numbers are their decimal text (the catalogue says which are numbers). */
struct ind_signal {
	uint16_t id;                 /* catalogue.h */
	uint8_t side;                /* enum ind_side: protocol role of the sender */
	uint8_t from;                /* enum ind_dir: which end of the flow sent the bytes */
	uint8_t flags;               /* enum ind_signal_flag */
	uint16_t value_bytes;
	uint64_t time_ns;
	uint64_t packet;             /* number of the frame in the capture, from 1; the one that completed the value */
	const char *value;           /* not NUL-terminated */
	const uint8_t *sha256;       /* of the whole value, only with IND_SIGNAL_CUT, else NULL */
};

enum ind_exhibit_kind {
	IND_EXHIBIT_PACKET = 0,      /* from the IP header on: a SYN, a SYN-ACK, an ICMP message */
	IND_EXHIBIT_STREAM = 1,      /* contiguous reassembled TCP bytes */
	IND_EXHIBIT_DATAGRAM = 2,    /* a UDP payload */
};

/* The bytes that signals were read from, secrets overwritten with 'x'. */
struct ind_exhibit {
	uint64_t flow_serial;
	uint64_t time_ns;
	uint64_t packet;
	uint8_t from;                /* enum ind_dir */
	uint8_t side;                /* enum ind_side */
	uint8_t kind;                /* enum ind_exhibit_kind */
	uint8_t masked;              /* 1 if secrets were overwritten */
	uint16_t bytes_count;
	const uint8_t *bytes;
};

enum ind_claim_flag {
	IND_CLAIM_ANYCAST = 1, IND_CLAIM_SATELLITE = 2, IND_CLAIM_ANONYMISER = 4, IND_CLAIM_HOSTING = 8, IND_CLAIM_HAS_POSITION = 16,
	IND_CLAIM_AS_SET = 32,       /* the AS numbers are, or hold, an AS set: the routing table does not say which one is the origin */
};

/* What kind of data set makes a claim. */
enum ind_claim_kind {
	IND_CLAIM_DATABASE = 0,
	IND_CLAIM_RIR = 1,           /* a registry, of the address */
	IND_CLAIM_RIR_AS = 2,        /* a registry, of an AS that another claim names */
	IND_CLAIM_PFX2AS = 3,        /* a routing table: origin AS of the announced prefix */
	IND_CLAIM_TOR, IND_CLAIM_VPN, IND_CLAIM_HOSTS, IND_CLAIM_SCANNER, IND_CLAIM_IOC,
	IND_CLAIM_RPKI = 9,          /* validated payloads of RPKI, of a prefix and origin that a routing table's claim names */
	IND_CLAIM_KIND_COUNT,
};

/* Traffic Light Protocol 2.0. */
enum ind_tlp { IND_TLP_NONE = 0, IND_TLP_CLEAR, IND_TLP_GREEN, IND_TLP_AMBER, IND_TLP_AMBER_STRICT, IND_TLP_RED, IND_TLP_COUNT };

enum { IND_CLAIM_MORE_ASNS = 15 };

/* What one reference data set says of one address. Never a property of a flow. Texts: length 0 means the data set is silent. */
struct ind_text { const char *at; uint16_t bytes; };
struct ind_claim {
	uint8_t addr[IND_ADDR_BYTES];
	uint8_t ip_version;
	uint8_t prefix_bits;         /* of the network in the data set that the address fell into */
	uint16_t data_set;           /* index into the HEADER's list */
	uint16_t flags;              /* enum ind_claim_flag */
	uint32_t asn;                /* 0 if the data set is silent */
	uint32_t more_asn[IND_CLAIM_MORE_ASNS]; /* of a prefix with several origins: the others */
	uint32_t radius_km;          /* IND_ABSENT_U32 if silent */
	int32_t latitude_1e4, longitude_1e4; /* 1/10,000 degree, only with IND_CLAIM_HAS_POSITION */
	char country[2];             /* ISO 3166-1 alpha-2 as claimed, "\0\0" if silent */
	char registered_country[2];
	char grade[2];               /* Admiralty code of source and information, "B2"; "\0\0" if silent */
	uint8_t kind;                /* enum ind_claim_kind */
	uint8_t more_asn_count;
	uint8_t tlp;                 /* enum ind_tlp */
	uint8_t signal;              /* id of the signal whose value the data set lists; 0: it lists the address */
	uint32_t day;                /* that the data set gives for this entry: days since 1970-01-01, plus 1; 0 if silent */
	struct ind_text region, city, timezone, holder;
	struct ind_text status;      /* in the registry: "allocated", "assigned", ... */
	struct ind_text source;      /* of this entry, if it is not the data set's */
	struct ind_text indicator;   /* the value, with `signal` */
	struct ind_text label;       /* the source's own, quoted, never adopted */
};

/* Independent families of origin signals (method.md): V is the validity gate. */
enum ind_family { IND_FAMILY_V, IND_FAMILY_T, IND_FAMILY_P, IND_FAMILY_H, IND_FAMILY_A, IND_FAMILY_L, IND_FAMILY_C, IND_FAMILY_I, IND_FAMILY_E, IND_FAMILY_COUNT };

/* Why a family is silent. */
enum ind_missing {
	IND_MISSING_NONE = 0, IND_MISSING_NOT_SEEN, IND_MISSING_ENCRYPTED, IND_MISSING_BELOW_MIN_SAMPLE, IND_MISSING_SENSOR_LIMIT,
	IND_MISSING_REFDATA, IND_MISSING_POLICY, IND_MISSING_COTENANCY, IND_MISSING_COUNT,
};

/* Signals whose silence has a reason of its own, in the order of their bytes in the format (watched.def). */
enum ind_watched {
#define WATCHED(place, symbol, name) IND_WATCHED_##symbol = place,
#include "indicia/watched.def"
#undef WATCHED
	IND_WATCHED_PLACES = 24,
};

enum { IND_CELLS_MAX = 744, IND_HOPS_ABSENT = 255 };

/* Flows of an address to one end and port that start at even intervals. */
struct ind_beacon {
	uint32_t period_ms, mad_ms;  /* median of the intervals, median of their distances to it */
	uint32_t flows;
	uint16_t port;
	uint8_t proto;
	uint8_t intervals;           /* that the medians are of */
};

enum { IND_SIGNAL_SET_WORDS = 2, IND_CLAIM_COUNTRY = 1, IND_CLAIM_AS = 2, IND_CLAIM_PLACE = 4, IND_CLAIM_LIST = 8 };

/* What the bundle holds of one remote address: which families spoke, how often, and why the others are silent. */
struct ind_origin {
	uint8_t addr[IND_ADDR_BYTES];
	uint8_t ip_version;
	uint8_t claims;              /* set of IND_CLAIM_COUNTRY, _AS, _PLACE, _LIST: what any data set claimed */
	uint8_t missing[IND_FAMILY_COUNT]; /* enum ind_missing, NONE where the family spoke */
	uint64_t first_ns, last_ns;
	uint64_t flows, validated;   /* flows that the address is an end of; those with a validated source address */
	uint32_t observations[IND_FAMILY_COUNT];
	uint64_t signals[IND_SIGNAL_SET_WORDS]; /* bit n: signal id n was seen from this address */
	uint8_t silent[IND_WATCHED_PLACES]; /* enum ind_missing of each watched signal; NONE where it spoke, or where nothing kept it from speaking */
	uint8_t hops_min, hops_max, hops_mode; /* IND_HOPS_ABSENT if not known; the mode also if there are too many values */
	uint16_t cotenants;          /* distinct TCP stacks and systems in one hour, at most; 0 if none was seen */
	uint16_t cell_count;         /* at most IND_CELLS_MAX */
	uint32_t rtt_samples, rtt_min_us, rtt_p50_us, rtt_span_s; /* 0 without samples */
	uint32_t beacons;            /* periodic series of flows; the one with the most flows: */
	struct ind_beacon beacon;
	const uint64_t *cells;       /* hours since 1970-01-01 UTC in which it was active, ascending */
};

enum ind_clock_sync { IND_SYNC_UNKNOWN = 0, IND_SYNC_NONE = 1, IND_SYNC_NTP = 2, IND_SYNC_PTP = 3, IND_SYNC_GNSS = 4 };

/* The state of the sensor's clock at one moment. */
struct ind_clock {
	uint64_t boottime_ns, realtime_ns;
	uint64_t max_error_ns, est_error_ns; /* IND_ABSENT_U64 if the system does not say */
	int64_t step_ns;             /* realtime moved by this much against boottime since the last CLOCK; 0 if it did not */
	uint8_t sync;                /* enum ind_clock_sync */
};

/* What was not recorded, by cause. The numbers are part of the format. */
#define IND_LOSS_LIST(X) \
	X(KERNEL_DROP, 1, "kernel_drop", "packets dropped by the kernel before capture") \
	X(INTERFACE_DROP, 2, "interface_drop", "packets dropped by the interface or its driver") \
	X(FRAME_SHORT, 3, "frame_short", "frames that end inside a header") \
	X(FRAME_MALFORMED, 4, "frame_malformed", "frames that contradict a header's specification") \
	X(FRAME_UNKNOWN, 5, "frame_unknown", "frames without IP, or of an unknown kind") \
	X(HEAD_POOL, 6, "head_pool", "stream heads not read for want of buffers") \
	X(SIGNAL_POOL, 7, "signal_pool", "signals not recorded for want of room") \
	X(RING, 8, "ring", "records not handed over between the processes") \
	X(DISK, 9, "disk", "records not written for want of disk space") \
	X(EXHIBIT_CUT, 10, "exhibit_cut", "exhibits cut to the limit") \
	X(CAPTURE_CUT, 11, "capture_cut", "the savefile ends inside a packet or is damaged after it") \
	X(FLOW_EVICTED, 12, "flow_evicted", "flows ended early for want of table room (written, not lost)") \
	X(STREAM_GAP, 13, "stream_gap", "stream heads with bytes missing from the capture") \
	X(SIGNAL_MALFORMED, 14, "signal_malformed", "protocol messages that contradict their specification") \
	X(ORIGIN_TABLE, 15, "origin_table", "addresses without an ORIGIN record for want of room") \
	X(FRAGMENT, 16, "fragment", "datagrams that lack fragments or whose fragments contradict each other")

enum ind_loss_cause {
#define IND_LOSS_ENUM(id, number, name, text) IND_LOSS_##id = number,
	IND_LOSS_LIST(IND_LOSS_ENUM)
#undef IND_LOSS_ENUM
	IND_LOSS_MAX = 17,
};

/* Counts since the last LOSS frame of the bundle; causes that did not occur are zero. */
struct ind_loss {
	uint64_t from_ns, to_ns;
	uint64_t count[IND_LOSS_MAX];
};

#endif
