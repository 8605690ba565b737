/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BUNDLE_CUSTODY_SAMPLE_H
#define TEST_BUNDLE_CUSTODY_SAMPLE_H

#include "indicia/custody.h"
#include "sample.h"

/* Files of custody events in memory: an owner A, a party B, and what they hand to each other. */

enum { IEC_RECORDS_MAX = 16 };

/* One file, and where its records stand. */
struct iec {
	struct memory m;
	size_t count;
	size_t at[IEC_RECORDS_MAX + 1]; /* of each record; behind the last one, the end */
	struct ind_custody_id id[IEC_RECORDS_MAX];
};

struct hands { struct ind_key *a, *b; struct ind_key_public a_pub, b_pub; struct ind_bundle_head head; };
void hands_make(struct hands *h);
void hands_free(struct hands *h);

/* Everything that an event must say, and the texts that it may. */
void iec_event(const struct hands *h, enum ind_custody_type type, struct ind_custody_event *e);

void iec_start(struct iec *f);
struct ind_custody_id iec_add(struct iec *f, const struct ind_custody_event *e, const struct ind_key *by);
void iec_bytes(struct iec *f, const void *bytes, size_t count);
void iec_free(struct iec *f);

/* A: created, sealed, released to B. B: received, opened. A: verified, which follows all of it. */
struct story { struct hands hands; struct iec a, b; };
enum { A_CREATED, A_SEALED, A_RELEASED, A_VERIFIED, A_COUNT };
enum { B_RECEIVED, B_OPENED, B_COUNT };
void story_make(struct story *s);
void story_free(struct story *s);

/* The log of these files, checked against the story's bundle with both keys trusted; NULL leaves a file out. */
struct ind_custody_log *story_log(const struct story *s, const struct memory *a, const struct memory *b, const struct memory *copy);

/* CRCs of all records that can be walked to are put right. */
void iec_repair(struct memory *m);

#endif
