/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_ASSESS_H
#define ASSESS_ASSESS_H

#include "assess/subject.h"
#include "query/rows.h"
#include "refdata/refdata.h"

/* An assessment: subjects, what records and data sets say of them, hypotheses, levels. No files, no output but through `struct out`; integers
 * only; the same input gives the same bytes. */

enum {
	ASSESS_SUBJECTS_MAX = 1000, ASSESS_LINKED_MAX = 16, ASSESS_BUNDLES_MAX = 65536, ASSESS_ERROR_BYTES = 256, ASSESS_EXTRA_MAX = 128, ASSESS_HYPOTHESIS_TEXT = 96,
};

/* A hypothesis of a file, or one that was made for a subject. */
struct assess_hypothesis {
	enum ledger_type type;
	char about[ASSESS_HYPOTHESIS_TEXT]; /* "AS64500", "ES", "lang:es", "utc:+1..+9", "192.0.2.1 198.51.100.2"; "" for the others */
	uint32_t asn;
	char area[3];
	char language[LABEL_BYTES];
	int offset_first, offset_last; /* hours */
	bool has_offsets, own, given;
	uint16_t other;              /* LINKED: the second subject */
};

/* What a policy file changes: signals that are left out, gates that ask for more. */
struct assess_policy { uint64_t disabled; struct ledger_gates gates; uint8_t sha256[IND_SHA256_BYTES]; bool given; };

struct assess_position { char sensor[IND_SENSOR_ID_MAX + 1]; int32_t latitude_1e4, longitude_1e4; uint32_t error_km; };

struct assess;

/* NULL without memory. */
struct assess *assess_new(void);
void assess_free(struct assess *a);

#define ASSESS_WHO "A State, a government, an organisation or a person cannot be one: no traffic shows who is responsible (O5), and it is never assessed"
#define ASSESS_NO_SUBJECT "a subject is an address, a network or a filter of flows. " ASSESS_WHO

/* Adds a subject: an address, a network in CIDR form, or a filter that was compiled for flows (then the assessment's). IND_LIMIT, IND_NOMEM;
 * IND_USAGE for what is no subject: then `error` says why. */
enum ind_err assess_subject(struct assess *a, const char *text, struct query_filter *filter, char error[static ASSESS_ERROR_BYTES]) IND_MUST_USE;
/* Has it the form of an address or a network? Whatever else is a filter. */
bool assess_is_address(const char *text);
size_t assess_subject_count(const struct assess *a);

/* Reads a file's text, once each; IND_MALFORMED, or IND_USAGE for a second one, with one line of `error`. */
enum ind_err assess_hypotheses(struct assess *a, const char *text, size_t bytes, char error[static ASSESS_ERROR_BYTES]) IND_MUST_USE;
enum ind_err assess_policy(struct assess *a, const char *text, size_t bytes, char error[static ASSESS_ERROR_BYTES]) IND_MUST_USE;
enum ind_err assess_position(struct assess *a, const struct assess_position *position) IND_MUST_USE;

/* The n-th subject, from 0, as it is printed; how many flows of it there are. */
const char *assess_subject_text(const struct assess *a, size_t n);
uint64_t assess_subject_flows(const struct assess *a, size_t n);

/* Were more subjects named than are weighed for links with one another? */
bool assess_links_left_out(const struct assess *a);

/* A sensor that a position was given for and that no bundle is of; NULL if there is none. */
const char *assess_unused_position(const struct assess *a);

/* Data sets built before this time (s) are left out. */
void assess_since_data(struct assess *a, uint64_t since_s);

/* Claims are asked of these data, borrowed until assess_free, and those of the bundles are left out. */
enum ind_err assess_refdata(struct assess *a, struct refdata *data) IND_MUST_USE;

/* Weighs again with a review, which names the assessment_id of the assessment without it. After assess_conclude. */
enum ind_err assess_reviewed(struct assess *a) IND_MUST_USE;

/* Says that more than one bundle comes: a flow that several of them hold counts once. Before the first one. */
void assess_several(struct assess *a);

/* Reads one bundle for the pass at hand. Bundles are given in the order of their digests, in each pass the same ones. Ends with IND_END as
 * ind_reader_next does, or with what is wrong at *offset: what stands before it counts. IND_NOMEM, IND_LIMIT. */
enum ind_err assess_bundle(struct assess *a, const struct ind_source *source, const uint8_t sha256[static IND_SHA256_BYTES], uint64_t *offset) IND_MUST_USE;

/* Is another pass over the bundles wanted? */
enum ind_err assess_next_pass(struct assess *a, bool *again) IND_MUST_USE;

/* Makes items and levels. */
enum ind_err assess_conclude(struct assess *a) IND_MUST_USE;

/* SHA-256 of the inputs in RFC 8785 form; after assess_conclude. */
void assess_id(const struct assess *a, uint8_t id[static IND_SHA256_BYTES]);

/* The inputs, or all of it, as RFC 8785 JSON; for people. */
void assess_inputs_json(const struct assess *a, struct out *out);
void assess_json(const struct assess *a, struct out *out);
/* Lines are broken at `width` columns; 0: nowhere. */
void assess_table(const struct assess *a, struct out *out, size_t width);

/* How many subjects there were to choose from, when none were named. */
uint64_t assess_candidates(const struct assess *a);

#endif
