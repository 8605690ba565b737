/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BUNDLE_SAMPLE_H
#define TEST_BUNDLE_SAMPLE_H

#include "indicia/bundle.h"
#include "indicia/verify.h"

/* A bundle in memory, and records to fill it with. */

struct memory {
	uint8_t *at;
	size_t bytes, capacity;
	unsigned syncs;
	size_t synced;               /* bytes at the last sync */
	size_t room;                 /* 0: without end; else no more bytes than this are taken */
};

struct ind_sink memory_sink(struct memory *m);
struct ind_source memory_source(const struct memory *m);
void memory_free(struct memory *m);

struct keys { struct ind_key *identity, *epoch, *boot; };
void keys_make(struct keys *k, uint8_t seed);
void keys_free(struct keys *k);

/* Everything set that can be. */
void sample_header(struct ind_header *h);
void sample_stream(struct ind_stream *s);

enum { SAMPLE_SIGNALS = 4 };
/* Record number i: IPv4 and IPv6, with and without lists, extremes now and then. Signals point to static storage or to `values`. */
struct sample_values { char text[SAMPLE_SIGNALS][IND_VALUE_MAX_BYTES]; };
void sample_flow(unsigned i, struct ind_flow *f);
size_t sample_signals(unsigned i, const struct ind_flow *f, struct ind_signal s[static SAMPLE_SIGNALS], struct sample_values *values);
void sample_exhibit(unsigned i, struct ind_exhibit *e);
void sample_claim(unsigned i, struct ind_claim *c);
void sample_origin(unsigned i, struct ind_origin *o);

/* A sealed bundle with that many records of each kind, and two seals. `seed` NULL: random salts. */
void sample_bundle(struct memory *m, unsigned records, const struct keys *k, const uint8_t *seed);

/* Two bundles of a stream: the epoch key changes in the first one; before the second one the sensor was started again. */
void sample_restarted(struct memory *first, struct memory *second, const struct keys *k);

struct ind_verify_result sample_verify(const struct memory *m, const struct keys *k);

#endif
