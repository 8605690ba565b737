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
	MARKS_MAX = 512, CLAIMS_MAX = 512, HOURS_MAX = 366 * 24, CELLS_GATHERED_MAX = 1 << 14, SUBJECT_TEXT_MAX = 1024, LABEL_BYTES = 12,
};

/* A count, and the first of its records by bundle, leaf and row. */
struct evidence {
	uint64_t n;
	uint8_t id_count;
	struct ind_record_id id[EVIDENCE_IDS];
};

void evidence_add(struct evidence *e, const struct ind_record_id *id);
void evidence_join(struct evidence *e, const struct evidence *other);

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

struct language { char tag[LABEL_BYTES]; struct evidence asked, layout; };
struct offset { int32_t minutes; struct evidence dated; };
struct skew { int32_t skew_e2, half_e2; uint32_t minutes; uint64_t time_ns; struct ind_record_id id; };

/* A value that may link two subjects. */
struct mark { uint64_t digest; uint16_t signal; uint64_t first_ns, last_ns; struct evidence seen; };

struct claim_note {
	uint16_t data_set;           /* index of the assessment's */
	uint8_t kind, place;         /* place: of the address in the subject */
	uint16_t flags;
	uint32_t asn;
	uint16_t more_asn_count;
	uint32_t more_asn[IND_CLAIM_MORE_ASNS];
	uint32_t radius_km, day;
	char country[2], registered[2], grade[2];
	bool exit, names_value;
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
	struct subject_address *addresses; /* that were met; of an ADDRESS itself */
	size_t address_count, address_room;
	bool cut;                    /* some limit was reached */

	struct evidence flows, validated, unanswered, one_way, bogon; /* S01 */
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
void subject_free(struct subject *s);

/* Is this address the subject's, or one of it? */
bool subject_has(const struct subject *s, unsigned ip_version, const uint8_t *addr);

/* What a flow says of its end `me`. `sensor` is the assessment's number. False without memory. */
bool subject_flow(struct subject *s, const struct ind_record *record, enum ind_dir me, unsigned sensor, bool links);
void subject_signal(struct subject *s, const struct ind_record *record, size_t place, bool links);
bool subject_origin(struct subject *s, const struct ind_record *record);
bool subject_claim(struct subject *s, const struct ind_claim *claim, uint16_t data_set, const struct ind_record_id *id);

/* Puts all lists in an order that does not depend on that of the records. */
void subject_settle(struct subject *s);

/* Spans of observation whose starts are 24 hours apart or more, counted from the first. */
unsigned subject_windows(const struct subject *s);

/* marks.c: a signal whose value may link subjects; of a SYN its form counts. */
bool mark_is(const struct ind_signal *signal);
uint64_t mark_digest(const struct ind_signal *signal);

/* First 8 bytes of the SHA-256 of a text. */
uint64_t text_digest(const char *text, size_t bytes);

/* os.c: the system that a SYN's form, or a declaration, names; 0: none that is known. */
enum system { SYSTEM_UNKNOWN, SYSTEM_WINDOWS, SYSTEM_LINUX, SYSTEM_APPLE, SYSTEM_BSD };
enum system system_of_syn(const struct ind_signal *syn);
enum system system_declared(const struct ind_signal *signal);

/* hours.c: which offsets from UTC the hours of activity fit. */
struct hours_fit {
	bool judged, uneven;         /* enough of a sample; hours are not spread evenly (Rayleigh) */
	unsigned cells, days, span_days;
	int first, last;             /* hours of offset, the pad included; last may be above 14 */
	unsigned width;              /* last - first */
};
struct hours_fit hours_fit_of(const uint64_t *cells, size_t count);

#endif
