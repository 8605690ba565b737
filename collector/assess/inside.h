/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_INSIDE_H
#define ASSESS_INSIDE_H

#include "assess/assess.h"
#include "assess/geo.h"
#include "base/hash.h"
#include "base/tally.h"

/* What the files of an assessment share. */

struct assess_sensor { char id[IND_SENSOR_ID_MAX + 1]; bool has_position, given; int32_t latitude_1e4, longitude_1e4; uint32_t error_km; struct geo_point at; };
struct assess_data { char name[128]; uint8_t sha256[IND_SHA256_BYTES]; uint64_t build_s; uint8_t kind; };

/* Where an item comes from; beside the ledger's item of the same place. */
struct item_note { enum method_rule_id rule; uint64_t n; struct evidence records; int16_t data_set; int8_t sensor; };
enum { NOT_OF_DATA = -1, NOT_OF_SENSOR = -1 };

/* What an area that claims name comes to at O1 and O2: never a hypothesis. */
enum finding_state { FINDING_NOT_TESTABLE, FINDING_CONSISTENT, FINDING_INCONSISTENT };
struct finding { char area[3]; enum finding_state state; };
enum { FINDINGS_MAX = 16 };

/* A subject's part of the assessment. */
struct conclusion {
	struct assess_hypothesis *hypotheses;
	struct ledger_result *results;
	struct ledger_item *items, *left; /* left: of signals that a policy leaves out */
	struct item_note *notes;
	int32_t *weights;
	size_t hypothesis_count, hypothesis_room, item_count, item_room, note_count, note_room, left_count, left_room;
	struct finding findings[FINDINGS_MAX];
	size_t finding_count;
	uint64_t spoke;              /* set of signals with an item */
	uint64_t dropped;            /* set of signals that a policy left out */
	unsigned windows;
	bool cut;                    /* what claims name, or items, were more than there is room for */
	bool unvalidated, disagrees, geo_satellite, not_geo, scanner, anycast, turns_disagree;
	bool several_places;         /* discs of two sensors or more were held against each other (S09) */
	struct hours_fit hours;
};

/* A value that two subjects share: how many addresses have it. */
struct shared { uint64_t digest; uint16_t signal; uint32_t holders; };
enum { SHARED_MAX = 256 };

/* once.c: flows of each subject by their ends and their first packet, and the bundle that has most of each. UNKNOWN: there is no more room to tell. */
struct once_flow { uint64_t key; uint32_t bundle, rank; };
struct once { struct once_flow *slots; size_t used, room; bool better; };
enum once_state { ONCE_NEW, ONCE_AGAIN, ONCE_UNKNOWN, ONCE_NO_MEMORY };
enum once_state once_note(struct once *o, const struct hash_key *secret, const struct ind_record *flow, size_t subject, uint32_t bundle, bool placed);
/* Did a bundle have more of a flow than one before it, whose record was taken? Then flows are to be read again, and those that have most are known. */
bool once_settle(struct once *o);
void once_free(struct once *o);

enum assess_pass { PASS_CHOOSE, PASS_FLOWS, PASS_RECORDS, PASS_SHARED, PASS_DONE };

struct candidate { struct subject_address at; uint64_t records; bool validated; };

struct assess {
	enum assess_pass pass;
	bool named;                  /* subjects were given */
	struct subject *subjects;
	size_t subject_count, subject_room;
	uint16_t embedding[ASSESS_SUBJECTS_MAX]; /* subjects whose addresses hold others (S06) */
	size_t embedding_count;
	struct hash_key secret;      /* of this run: no bundle is made so that tables are slow, or two of its flows one. No result depends on it */
	uint32_t *slots;             /* number of an ADDRESS subject, from 1 */
	size_t slot_count;
	struct candidate *candidates;
	size_t candidate_count, candidate_room;
	uint64_t candidates_valid;
	struct assess_sensor sensors[SENSORS_MAX];
	size_t sensor_count;
	struct assess_position positions[SENSORS_MAX];
	size_t position_count;
	struct assess_data data[DATA_SETS_MAX];
	size_t data_count;
	uint8_t (*bundles)[IND_SHA256_BYTES];
	size_t bundle_count, bundle_room;
	bool several;                /* more than one bundle comes */
	struct once once;
	uint64_t since_s;
	uint64_t recorded[IND_SIGNAL_SET_WORDS]; /* signals that some bundle records */
	struct refdata *refdata;
	struct assess_hypothesis extra[ASSESS_EXTRA_MAX];
	size_t extra_count;
	uint8_t extra_sha256[IND_SHA256_BYTES];
	bool extra_given;
	struct assess_policy policy;
	bool reviewed;
	uint64_t lost, frames;       /* of all bundles */
	struct shared shared[SHARED_MAX];
	size_t shared_count;
	struct tally shared_seen, signal_seen;
	uint64_t signal_holders[IND_SIGNAL_ID_END];
	struct conclusion *conclusions; /* one a subject, after assess_conclude */
	uint8_t method_sha256[IND_SHA256_BYTES], id[IND_SHA256_BYTES];
};

/* assess.c: NULL without memory, or if there are ASSESS_SUBJECTS_MAX. `text` is shorter than SUBJECT_TEXT_MAX. */
struct subject *subject_add(struct assess *a, enum subject_kind kind, const char *text, const struct subject_address *at, unsigned bits);

/* lines.c: calls `read` for each line, a copy of it; what it refuses comes back with the line's number. */
typedef enum ind_err line_reader(struct assess *a, char *line, char error[static ASSESS_ERROR_BYTES]);
enum ind_err text_lines(struct assess *a, const char *text, size_t bytes, line_reader *read, char error[static ASSESS_ERROR_BYTES]) IND_MUST_USE;

/* choose.c */
enum ind_err choose_origin(struct assess *a, const struct ind_origin *origin) IND_MUST_USE;
enum ind_err choose_end(struct assess *a) IND_MUST_USE;

/* shared.c */
bool shared_find(struct assess *a);
enum ind_err shared_flow(struct assess *a, const struct ind_record *record) IND_MUST_USE;
const struct shared *shared_of(const struct assess *a, unsigned signal, uint64_t digest);

/* hypotheses.c */
enum ind_err hypotheses_make(struct assess *a, size_t subject) IND_MUST_USE;
struct assess_hypothesis *hypothesis_add(struct conclusion *c, enum ledger_type type, const char *about);

/* items.c, items_*.c: each adds what its signals say; false without memory. */
struct builder { struct assess *a; const struct subject *s; struct conclusion *c; size_t at; };
struct said { uint64_t n; const struct evidence *records; int data_set, sensor; bool bound, worthless; };
bool item_add(struct builder *b, enum method_rule_id rule, size_t hypothesis, const struct said *said);
/* The same for every hypothesis of the rule's type; with `own` only those that claims name. */
bool item_add_all(struct builder *b, enum method_rule_id rule, bool own, const struct said *said);
bool items_path(struct builder *b);
bool items_distance(struct builder *b);
bool items_claims(struct builder *b);
bool items_person(struct builder *b);
bool items_links(struct builder *b);
bool items_embedded(struct builder *b);

/* A claim that is not left out by its age. */
bool claim_counts(const struct assess *a, const struct claim_note *claim);

/* Is a data set in use that could make a claim of one of these kinds (bit n: enum ind_claim_kind n) of some address? */
bool data_could(const struct assess *a, unsigned kinds);

/* items_claims.c: the code that a claim stands for, "" for none; does a registry or database place the address with it? */
const char *claim_area(const struct claim_note *claim);
bool claim_is_of_place(const struct assess *a, const struct claim_note *claim);

/* words.c: what people read. */
struct missing { unsigned signal; const char *code, *resolves; };
size_t missing_of(const struct assess *a, size_t subject, struct missing list[static LEDGER_SIGNALS_END]);
struct alternative { const char *name, *text, *state; unsigned by; /* signal that excludes it, 0: none */ };
enum { ALTERNATIVES_MAX = 16 };
size_t alternatives_of(const struct assess *a, size_t subject, struct alternative list[static ALTERNATIVES_MAX]);
/* Which conditions of the next level's gate a hypothesis does not meet; how many. */
struct gate_fail { const char *name; int64_t is, wants; };
enum { GATE_FAILS_MAX = 9 };
size_t gate_fails_of(const struct assess *a, size_t subject, size_t hypothesis, struct gate_fail fails[static GATE_FAILS_MAX], enum ledger_level *next);
const char *level_sentence(enum ledger_level level);
const char *type_sentence(enum ledger_type type);
void signal_name(char name[static 4], unsigned number);

/* inputs.c */
enum ind_err inputs_identify(struct assess *a) IND_MUST_USE;
struct canonical;
void inputs_json(const struct assess *a, struct canonical *j, const char *key);

#endif
