/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_SUBJECT_H
#define ASSESS_SUBJECT_H

#include "assess/rules.h"
#include "indicia/bundle.h"
#include "query/filter.h"

/* What records say of one subject, gathered in one pass; nothing of it depends on the order of records within a bundle. Every count keeps the
 * records that it comes from, as many as EVIDENCE_IDS. */

enum {
	EVIDENCE_IDS = 8, SENSORS_MAX = 64, DATA_SETS_MAX = 256, CLUSTERS_MAX = 256, ADDRESSES_MAX = 4096, LANGUAGES_MAX = 16, OFFSETS_MAX = 32, SKEWS_MAX = 64,
	MARKS_MAX = 512, CLAIMS_MAX = 512, EMBEDDED_MAX = 16, READINGS_MAX = 512, HOURS_MAX = 366 * 24, CELLS_GATHERED_MAX = 1 << 14, SUBJECT_TEXT_MAX = 1024, LABEL_BYTES = 12,
};

/* A count, and the first of its records by bundle, leaf and row. */
struct evidence {
	uint64_t n;
	uint8_t id_count;
	struct ind_record_id id[EVIDENCE_IDS];
};

void evidence_add(struct evidence *e, const struct ind_record_id *id);
void evidence_join(struct evidence *e, const struct evidence *other);

/* By bundle, leaf, row, part: as memcmp. */
int record_id_order(const struct ind_record_id *a, const struct ind_record_id *b);

/* Round trips at one sensor. */
struct round_trips {
	uint64_t n;
	uint32_t min_us;
	struct evidence least;       /* those of the smallest value */
	uint64_t first_ns, last_ns;
};

/* S10, S11: of one address, program and server port. */
struct cluster {
	uint64_t key;
	uint32_t rtt_us;             /* smallest of its flows */
	int64_t turn_us, pause_us;   /* smallest of each; INT64_MAX without */
	struct evidence turns, pauses;
};

struct language { char tag[LABEL_BYTES]; struct evidence asked, layout, account; };
struct offset { int32_t minutes; struct evidence dated; };
struct skew { int32_t skew_e2, half_e2; uint32_t minutes; uint64_t time_ns; struct ind_record_id id; };

/* S06: an IPv4 address that IPv6 addresses of the subject hold. */
struct embedded { uint8_t addr[4]; struct evidence held; };

/* S29: what a clock of the subject's showed, less the capture's. */
struct clock_reading {
	int64_t ahead_ms;
	uint64_t time_ns;
	bool fine;                   /* of a clock that is sent in steps of a millisecond or less */
	struct ind_record_id id;
};

/* A value that may link two subjects. */
struct mark { uint64_t digest; uint16_t signal; bool of_installer; uint64_t first_ns, last_ns; struct evidence seen; };

/* What RPKI says of a route's origin. */
enum origin_state { ORIGIN_UNKNOWN, ORIGIN_VALID, ORIGIN_INVALID };

struct claim_note {
	uint16_t data_set;           /* index of the assessment's */
	uint8_t kind;
	uint16_t flags;
	uint32_t asn;
	uint16_t more_asn_count;
	uint32_t more_asn[IND_CLAIM_MORE_ASNS];
	uint32_t radius_km, day;
	char country[2], registered[2], grade[2];
	bool exit, names_value;
	uint8_t origin;              /* enum origin_state, of IND_CLAIM_RPKI */
	uint64_t label;              /* digest; 0 without one */
	struct ind_record_id id;
	bool has_id;                 /* false: looked up in other reference data */
};

struct hour_span { uint64_t hour, first_ns, last_ns; };

struct subject_address { uint8_t addr[IND_ADDR_BYTES]; uint8_t ip_version; }; /* no padding: compared as bytes */

enum subject_kind { SUBJECT_ADDRESS, SUBJECT_NETWORK, SUBJECT_FILTER };

struct subject {
	enum subject_kind kind;
	char text[SUBJECT_TEXT_MAX];
	struct subject_address at;   /* ADDRESS, NETWORK */
	uint8_t bits;
	struct query_filter *filter; /* FILTER; owned */
	/* What was read of it. */
	struct subject_address *addresses; /* that were met; of an ADDRESS itself */
	size_t address_count, address_room;
	bool cut;                    /* some limit was reached */

	struct evidence flows, validated, unanswered, one_way, bogon; /* S01 */
	uint64_t repeated;           /* flows that another bundle has as well */
	uint64_t started;            /* flows that it began: of the others nothing validates its address */
	uint64_t sensors;            /* set of the assessment's */
	struct hour_span *hours;     /* of starts, ascending */
	size_t hour_count, hour_room;
	uint64_t first_ns, last_ns;
	struct round_trips rtt[SENSORS_MAX];
	struct cluster *clusters;
	size_t cluster_count, cluster_room;
	struct evidence ttl_step, ttl_spread, tunnel_mtu, mtu;
	uint64_t packets;
	uint32_t hops_min, hops_max; /* hops_min IND_ABSENT_U32: none */
	struct evidence hops;
	struct evidence system_same, system_other;
	uint8_t system_layers;       /* set of what declared the system of the SYN */
	struct language languages[LANGUAGES_MAX];
	size_t language_count;
	struct offset offsets[OFFSETS_MAX];
	size_t offset_count;
	struct skew skews[SKEWS_MAX];
	size_t skew_count;
	struct mark *marks;
	size_t mark_count, mark_room;
	struct claim_note *claims;
	size_t claim_count, claim_room;
	struct embedded embedded[EMBEDDED_MAX];
	size_t embedded_count;
	struct claim_note *embedded_claims; /* on those */
	size_t embedded_claim_count, embedded_claim_room;
	struct clock_reading *readings;
	size_t reading_count, reading_room;
	struct evidence hello_other, order_other; /* S20, S22: the program that is named would not have sent this */
	uint64_t programs_compared;  /* flows that could have told it */
	/* of ORIGIN records */
	struct evidence origins;
	unsigned cotenants;
	uint8_t missing[IND_FAMILY_COUNT]; /* enum ind_missing: the weightiest reason of a family that was silent in every record */
	bool spoke[IND_FAMILY_COUNT];
	uint8_t silent[IND_WATCHED_PLACES];
	uint64_t signals[IND_SIGNAL_SET_WORDS];
	uint32_t rtt_samples, rtt_min_us, rtt_p50_us, rtt_span_s;
	struct ind_beacon beacon;
	struct evidence beacons;
	uint64_t *cells;
	size_t cell_count, cell_room;
	struct evidence celled;
};

void subject_start(struct subject *s);
/* As it was named: nothing was read of it. */
void subject_restart(struct subject *s);
void subject_free(struct subject *s);

/* Is this address the subject's, or one of it? */
bool subject_has(const struct subject *s, unsigned ip_version, const uint8_t *addr);

/* What a flow says of its end `me`. `sensor` is the assessment's number. False without memory. */
bool subject_flow(struct subject *s, const struct ind_record *record, enum ind_dir me, unsigned sensor, bool links);
/* The flow is one that another bundle has: it is counted, and says nothing more. */
void subject_flow_again(struct subject *s, const struct ind_record *record, enum ind_dir me);
bool subject_signal(struct subject *s, const struct ind_record *record, size_t place, bool links);
bool subject_origin(struct subject *s, const struct ind_record *record);
bool subject_claim(struct subject *s, const struct ind_claim *claim, uint16_t data_set, const struct ind_record_id *id);
/* The same of a claim on an address that it holds. */
bool subject_embedded_claim(struct subject *s, const struct ind_claim *claim, uint16_t data_set, const struct ind_record_id *id);

/* Have they an address in common that was met? Then what they share says nothing. */
bool subjects_overlap(const struct subject *x, const struct subject *y);

/* Puts all lists in an order that does not depend on that of the records. */
void subject_settle(struct subject *s);

/* Spans of observation whose starts are 24 hours apart or more, counted from the first. */
unsigned subject_windows(const struct subject *s);

/* embedded.c */
void embedded_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal);
bool embedded_has(const struct subject *s, unsigned ip_version, const uint8_t *addr);

/* clocks.c: false without memory. */
bool clock_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal);

/* What the readings of one subject come to, of the finer clocks alone or of all. */
struct clock_state {
	struct evidence readings;
	int64_t ahead_ms;            /* the largest: the one that travelled least */
	int64_t drifts_ms;           /* the largest of the later half of the time less that of the earlier */
	uint64_t apart_s;            /* between the two */
	bool steady;                 /* all within 2 seconds */
};
struct clock_state clock_state_of(const struct subject *s, bool fine);
/* How many whole hours it is ahead, within a minute; 0 if it is not. */
int clock_hours(const struct clock_state *c);

/* declared.c: what one connection declares of its program, against what else it sent. */
void declared_note(struct subject *s, const struct ind_record *record, enum ind_dir me);
/* Languages of systems whose built-in account has this name, "" behind the last; NULL if it is none that is known to have a language. */
const char *const *account_languages(const struct ind_signal *signal);

/* marks.c: a signal whose value may link subjects; of a SYN its form counts. */
bool mark_is(const struct ind_signal *signal);
uint64_t mark_digest(const struct ind_signal *signal);

/* First 8 bytes of the SHA-256 of a text. */
uint64_t text_digest(const char *text, size_t bytes);

/* os.c: the system that a SYN's form, or a declaration, names; 0: none that is known. */
enum system { SYSTEM_UNKNOWN, SYSTEM_WINDOWS, SYSTEM_LINUX, SYSTEM_APPLE, SYSTEM_BSD };
enum system system_of_syn(const struct ind_signal *syn);
enum system system_declared(const struct ind_signal *signal);

/* hours.c: which offsets from UTC the hours of activity fit. A band that is wider says nothing. */
enum { HOURS_TELL = 12 };
struct hours_fit {
	bool judged, uneven;         /* enough of a sample; hours are not spread evenly (Rayleigh) */
	unsigned cells, days, span_days;
	int first, last;             /* hours of offset, the pad included; last may be above 14 */
	unsigned width;              /* last - first */
};
struct hours_fit hours_fit_of(const uint64_t *cells, size_t count);

#endif
