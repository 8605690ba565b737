/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include "base/arena.h"
#include "indicia/bundle.h"
#include <stdbool.h>

/* What a report is made of: the assessment as its JSON says it (docs/method.md), and what the bundles hold of its subjects. Texts and lists live in the
 * model's arena; a text that is not said is NULL, a number that is not said is MODEL_ABSENT. Everything in it may be hostile: it is shown through
 * put.h and nothing else. */

#define MODEL_ABSENT INT64_MIN
enum { MODEL_SUBJECTS_MAX = 8, MODEL_FAMILIES = 8, MODEL_BINS = 96, MODEL_EXHIBIT_SHOWN = 512 };

/* ---- the assessment ---- */

struct model_data { const char *name, *sha256; int64_t build_s; };
struct model_position { const char *sensor; int64_t latitude_1e4, longitude_1e4, error_km; };

struct model_item {
	const struct model_data *data;  /* NULL: not of a data set */
	char family;                    /* a letter of the eight, or 0 */
	const char *forge, *rule, *sensor, *signal; /* "S08" */
	int64_t n, quality, rating, tier, weight, record_count;
	const char **records;           /* ids, the first of record_count */
	size_t records_count;
};

struct model_gate { const char *fails, *for_level; int64_t is, wants; };

/* A sum of a family; MODEL_ABSENT where the family says nothing. In the order of MODEL_FAMILY_LETTERS. */
#define MODEL_FAMILY_LETTERS "TPHALCIE"

struct model_hypothesis {
	const char *about, *class_name, *type, *level, *level_without_t;
	int64_t net, margin;
	int64_t support[MODEL_FAMILIES], contradiction[MODEL_FAMILIES];
	const char *families, *hard;    /* letters: "PE" */
	const char **hinges_on, **rules; /* "S08"; "R3" */
	size_t hinges_count, rules_count;
	struct model_gate *gates;
	size_t gate_count;
	struct model_item *items;
	size_t item_count;
	bool own;
};

struct model_alternative { const char *name, *state, *text; };
struct model_missing { const char *code, *resolves, *signal; };
struct model_finding { const char *area, *finding; };
struct model_trip { const char *sensor; int64_t handshakes, least_us, vacuum_km, fibre_km; };

struct model_subject {
	const char *text;               /* an address, a network, a filter */
	const char *first, *last;       /* as the JSON says: RFC 3339; NULL without flows */
	int64_t flows, validated, sensors, windows, cotenants, repeated, addresses;
	bool cut, areas_disagree, clusters_disagree;
	struct model_hypothesis *hypotheses;
	struct model_alternative *alternatives;
	struct model_missing *missing;
	struct model_finding *findings;
	struct model_trip *trips;
	size_t hypothesis_count, alternative_count, missing_count, finding_count, trip_count;
};

/* ---- the bundles ---- */

struct model_bundle_data { const char *name, *type, *title, *licence; uint64_t build_s; uint8_t sha256[IND_SHA256_BYTES]; };

struct model_event {
	uint64_t time_ns;
	const char *type, *actor, *place, *purpose, *note, *key, *id, *object, *fault; /* object: SHA-256; fault: NULL, or the first code that is wrong with it */
	bool key_trusted;
};

/* A file of the log that is not read to its end, or that lacks events of its hand that others hold. */
struct model_custody_fault { const char *name, *state; uint64_t bad_bytes, cut; };

struct model_bundle {
	const char *name;               /* without its folder */
	const char *sensor, *interface, *source_file, *link_type, *capture_filter, *authority, *case_id, *clock_source, *build_id, *signals, *exhibits,
		*privacy, *key, *public_key; /* key: its id */
	const char *verdict, *reason;
	uint8_t sha256[IND_SHA256_BYTES], source_sha256[IND_SHA256_BYTES], stream_id[IND_STREAM_ID_BYTES];
	bool has_source_sha256, has_flows, has_position, deterministic, damaged;
	uint64_t from_ns, to_ns;        /* first start and last end of its flows, with has_flows */
	uint64_t open_ns, sealed_ns;    /* what it covers: of a live capture, from its start to its last seal; of a savefile, as from_ns and to_ns */
	uint64_t not_before_ns, not_after_ns, clock_error_ns; /* IND_ABSENT_U64: not said */
	const char *clock_sync;
	uint64_t clock_steps, clock_undeclared;
	uint64_t first_leaf, leaves, records, flows, packets, flow_bytes, signal_count, exhibit_count, claims, origins, retain_until_s;
	uint64_t loss[IND_LOSS_MAX];
	uint32_t snaplen;
	int32_t latitude_1e4, longitude_1e4;
	uint32_t position_error_km;
	struct model_bundle_data *data;
	size_t data_count;
	struct model_event *events;
	struct model_custody_fault *custody_faults;
	size_t event_count, custody_fault_count, custody_file_count;
};

/* What is missing. TIME: between two bundles of a sensor nothing was recorded; the other ones as query/gaps.h finds them, losses of a bundle by cause. */
enum model_gap_kind { MODEL_GAP_TIME, MODEL_GAP_LEAVES, MODEL_GAP_LOSS, MODEL_GAP_DAMAGE, MODEL_GAP_RECOVERY };

struct model_gap {
	enum model_gap_kind kind;
	size_t bundle;                  /* that says so, or that comes behind it */
	const char *reason;             /* NULL: of TIME */
	uint64_t from_ns, to_ns;        /* 0: not known */
	uint64_t count;                 /* leaves, packets, records; 0: not known */
};

enum model_record_kind { MODEL_FLOW, MODEL_SIGNAL, MODEL_CLAIM, MODEL_ORIGIN, MODEL_EXHIBIT };

struct model_record {
	enum model_record_kind kind;
	const char *id;                 /* "3f9a6c01:12:345" */
	uint64_t leaf;
	uint32_t row, part;
	size_t bundle;
	uint64_t time_ns, end_ns;
	bool cited;
	const char *source, *destination, *proto, *validated; /* of flows; source with its port: "203.0.113.7:51144" */
	uint64_t packets, bytes;
	const char *what;               /* signals of a flow, value of a signal, families of an origin: one line, cut where it is long */
	const char *read[2][2];         /* of a flow: what was read from headers, [0], and from payload, [1], of its source and its destination; of an exhibit in
	                                 * read[0][0]: what was read from such bytes of its sender. One line, cut where it is long */
	const char *shown_as;           /* of a flow: id of the first exhibit of it that is shown; NULL: none is */
	uint64_t serial;                /* of a flow, or of an exhibit's */
	uint8_t sha256[IND_SHA256_BYTES]; /* of its line as the listing of its kind prints it: docs/report.md */
	/* exhibits */
	const uint8_t *exhibit;
	size_t exhibit_bytes;
	const char *exhibit_kind, *side;
	bool masked;
	/* claims */
	const char *country, *holder, *data_set;
	const char *origin, *detail, *indicator; /* what RPKI says of an origin; flags, other origins, status, grade and day of the entry; the listed signal and its value */
	unsigned tlp;                   /* of the entry: enum ind_tlp */
	uint64_t build_s;
	int64_t asn, radius_km;
	bool has_position;
	int32_t latitude_1e4, longitude_1e4;
};

/* How many flows of the subjects were active in each part of the window, and when each round trip was taken. */
struct model_bin { uint64_t flows, signals; };

struct report_model {
	struct arena arena;
	const char *assessment_id, *method, *method_sha256, *policy_sha256, *hypotheses_sha256;
	bool reviewed;
	int64_t candidates;             /* MODEL_ABSENT: subjects were named */
	const char **digests;           /* of its bundles, in hexadecimal */
	struct model_data *data;
	struct model_position *positions;
	struct model_subject *subjects;
	size_t digest_count, data_count, position_count, subject_count, subjects_left_out;
	uint8_t json_sha256[IND_SHA256_BYTES];

	struct model_bundle *bundles;   /* in the order of their digests */
	const struct model_bundle **in_time; /* by sensor, then by what they cover */
	struct model_gap *gaps;
	struct model_record *records;   /* in the order of bundles, leaves and rows */
	const struct model_record **by_id; /* the same by their ids */
	struct model_event *statements; /* events of type reviewed that name this assessment, each once */
	size_t bundle_count, gap_count, record_count, statement_count;
	uint64_t records_matching;      /* flows, claims and origin records of the subjects in the bundles, listed or not */
	uint64_t first_ns, last_ns;     /* the window: flows of the subjects; both 0 without any */
	struct model_bin bins[MODEL_BINS];
};

/* Fills the first part out of an assessment's JSON. IND_MALFORMED with one line of `error` if it is none; IND_NOMEM, IND_LIMIT. */
enum { MODEL_ERROR_BYTES = 256, MODEL_JSON_MAX = 64 << 20 };
enum ind_err model_read(struct report_model *m, const char *json, size_t bytes, char error[static MODEL_ERROR_BYTES]) IND_MUST_USE;

/* Nanoseconds since 1970 of an RFC 3339 time; 0 if it is none. */
uint64_t model_time(const char *text);

/* Of records_matching, those that are listed: signals and exhibits of a flow are not counted by themselves. */
size_t model_records_listed(const struct report_model *m);

/* Index of a record, or SIZE_MAX. After the bundles were gathered. */
size_t model_record_find(const struct report_model *m, const char *id);

void model_free(struct report_model *m);

#endif
