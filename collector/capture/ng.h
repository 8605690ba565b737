/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAPTURE_NG_H
#define CAPTURE_NG_H

#include "base/cursor.h"
#include "capture/room.h"

/* What a pcapng file says (draft-ietf-opsawg-pcapng), block by block. */

enum { NG_INTERFACES_MAX = 4096 };

/* The unit of an interface's times, and their distance from UTC. */
struct ng_clock {
	uint64_t factor;             /* nanoseconds in a unit, where that is a whole number and there is no distance; else 0 */
	int64_t offset_s;
	uint8_t exponent;            /* a unit is 10 or 2 to the minus this, in seconds */
	bool binary;
};

struct ng_interface {
	struct link *link;
	struct ng_clock clock;
	uint32_t snaplen;            /* 0: no limit */
	uint64_t dropped;            /* already in the capture's statistics */
	uint64_t dropped_interface;  /* of these: by the interface itself */
	uint64_t between;            /* sum of what the packets say was lost before them */
};

struct ng {
	bool big;                    /* byte order of this section */
	uint32_t skip_bytes;         /* of a block that is not read: its length */
	uint32_t skip;               /* and what is left of it */
	uint64_t last_ns;            /* time of the packet before, for one without a time */
	size_t interface_count;      /* of this section */
	struct ng_interface interfaces[NG_INTERFACES_MAX];
};

static inline uint16_t ng_u16(const struct ng *ng, struct cursor *c) { return ng->big ? cursor_be16(c) : cursor_le16(c); }
static inline uint32_t ng_u32(const struct ng *ng, struct cursor *c) { return ng->big ? cursor_be32(c) : cursor_le32(c); }
static inline uint64_t ng_u64(const struct ng *ng, struct cursor *c) { return ng->big ? cursor_be64(c) : cursor_le64(c); }

/* The value of if_tsresol and if_tsoffset; false if the unit is finer than what 64 bits can hold of a second. */
bool ng_clock_set(struct ng_clock *clock, uint8_t resolution, int64_t offset_s) IND_MUST_USE;

/* Nanoseconds since 1970; what lies outside the type's range is clamped to it. */
uint64_t ng_time(const struct ng_clock *clock, uint64_t units);

/* Packets lost before this one, and an interface's totals; UINT64_MAX is "not stated". */
void ng_lost_between(struct ng_interface *i, uint64_t packets, struct capture_stats *stats);
void ng_lost_total(struct ng_interface *i, uint64_t interface, uint64_t system, struct capture_stats *stats);

#endif
