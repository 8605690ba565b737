/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_RETAIN_H
#define DAEMON_RETAIN_H

#include "indicia/bundle.h"

/* Which sealed bundles of a sensor are to go, and when: arithmetic alone, no files. */

enum { RETAIN_NAME_MAX = 95, RETAIN_BUNDLES_MAX = 1 << 17 };

/* 0: no limit. Bundles on hold are outside of all of them. */
struct retain_limits {
	uint64_t count, bytes;       /* at most so many, so many bytes of them together */
	uint64_t age_ns;             /* since a bundle was begun */
	uint64_t free_bytes;         /* of the file system */
	bool shipped;                /* the limits above take only what was shipped */
};

struct retain_bundle {
	char name[RETAIN_NAME_MAX + 1];
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t born_ns;            /* of its stream: created_ns of the first bundle of it that is here; UINT64_MAX for the one that goes on */
	uint64_t first_leaf, created_ns, bytes;
	uint64_t retain_until_s;     /* 0: not stated */
	uint8_t boot_id[16];         /* of the machine when it was begun; zero: not known */
	uint64_t begun_boot_ns, sealed_ns, sealed_boot_ns; /* boottime when it was begun; its last seal; zero: not known */
	uint64_t step_ns, set_ns;    /* of retain_settle */
	uint64_t refused_until_ns;   /* boottime: what stands beside it did not show that it was shipped, and is looked at again then, or */
	unsigned refused_sides;      /* when there are not so many of them any more */
	bool recovered;              /* its last seal is of a recovery */
	bool there, held;            /* as the folder says: the file, its hold, and */
	unsigned sides;              /* so many custody files */
};

/* Oldest first: by stream, and in a stream by leaf. Names and times may go back, leaves do not. */
struct retain_shelf {
	struct retain_bundle *list;
	size_t count, room;
};

/* IND_LIMIT beyond RETAIN_BUNDLES_MAX, IND_NOMEM. */
enum ind_err retain_add(struct retain_shelf *shelf, const struct retain_bundle *bundle) IND_MUST_USE;
void retain_remove(struct retain_shelf *shelf, size_t at);
void retain_free(struct retain_shelf *shelf);

/* Puts them in order; `current`: the stream that goes on. */
void retain_order(struct retain_shelf *shelf, const uint8_t current[static IND_STREAM_ID_BYTES]);

/* The clock of a machine that has just started may stand years back until somebody sets it; what was begun by it is not old for that. So a bundle's times are those
 * of the clock as it stood at the last seal of the same stream and start of the machine, if that is later: `step_ns` is how much later, `set_ns` its last seal by
 * that. The seal of a recovery may be of another start: it counts for that bundle alone. The shelf is in order; done anew when a bundle was added. */
void retain_settle(struct retain_shelf *shelf);

/* Drops what is not there any more. */
void retain_drop_gone(struct retain_shelf *shelf);

enum retain_reason { RETAIN_NONE, RETAIN_UNTIL, RETAIN_AGE, RETAIN_COUNT, RETAIN_BYTES, RETAIN_FREE };

/* In words, for messages and custody events: "older than --keep-age". */
const char *retain_reason_text(enum retain_reason reason);

/* A number with its unit, s m h d or w: "90d". False if it is none, 0, or above a thousand years. */
bool retain_age_read(const char *text, uint64_t *seconds);

/* An age, or a moment: "2027-03-01" (UTC), "2027-03-01T12:00:00Z". The other one is 0. */
bool retain_until_read(const char *text, uint64_t *age_s, uint64_t *moment_s);

struct retain_now {
	uint64_t time_ns;            /* of retain_clock_ns */
	bool doubted;                /* the clock may not have been set yet: nothing is old by it, nor past its date */
	uint64_t boottime_ns;
	uint64_t free_bytes;         /* UINT64_MAX: the system does not say */
};

struct retain_choice {
	enum retain_reason reason;   /* NONE: nothing is to go, or may */
	size_t at;
	size_t held, unshipped;      /* bundles that a limit asks for, and that stay */
	size_t refused;              /* of these: what stands beside them was looked at */
};

/* The oldest one that is to go. The date of a HEADER counts whether the bundle was shipped or not; the last sealed bundle goes for its date or its age alone; a
 * bundle on hold stays. */
struct retain_choice retain_choose(const struct retain_shelf *shelf, const struct retain_limits *limits, const struct retain_now *now);

/* What stands beside it does not show that it was shipped: it is looked at again after `least_ns`, and later if that took long or so many others are refused already,
 * so that the newest one has its turn whatever stands beside those before it. */
void retain_refuse(struct retain_bundle *bundle, size_t refused, uint64_t least_ns, uint64_t took_ns, uint64_t boottime_ns);

/* The time that ages are counted by. A clock that was moved while the sensor runs counts for this when it has stood so for a day: until then time goes on
 * as it did before. */
struct retain_clock {
	uint64_t realtime_ns, boottime_ns; /* a moment at which the clock was believed; zero at first */
	uint64_t moved_ns;           /* boottime when it was found moved; 0: it was not */
};
uint64_t retain_clock_ns(struct retain_clock *clock, uint64_t realtime_ns, uint64_t boottime_ns);

#endif
