/* SPDX-License-Identifier: Apache-2.0 */
/* What ORIGIN and CLAIM records say of a subject. */
#include "assess/grow.h"
#include "assess/subject.h"
#include <string.h>

/* Of several records the reason that says most: something is there and was not to be had, before nothing was there. */
static uint8_t reason_of(uint8_t a, uint8_t b)
{
	static const uint8_t weight[IND_MISSING_COUNT] = {
		[IND_MISSING_NONE] = 0, [IND_MISSING_NOT_SEEN] = 1, [IND_MISSING_REFDATA] = 2, [IND_MISSING_BELOW_MIN_SAMPLE] = 3, [IND_MISSING_SENSOR_LIMIT] = 4,
		[IND_MISSING_COTENANCY] = 5, [IND_MISSING_POLICY] = 6, [IND_MISSING_ENCRYPTED] = 7,
	};
	if (a >= IND_MISSING_COUNT || b >= IND_MISSING_COUNT)
		return a < IND_MISSING_COUNT ? a : IND_MISSING_NOT_SEEN;
	return weight[a] >= weight[b] ? a : b;
}

static bool cell_note(struct subject *s, uint64_t hour)
{
	size_t low = 0, high = s->cell_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (s->cells[middle] < hour)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < s->cell_count && s->cells[low] == hour)
		return true;
	if (s->cell_count == CELLS_GATHERED_MAX)
		return s->cut = true;
	if (!GROW(s->cells, s->cell_count, s->cell_room))
		return false;
	memmove(&s->cells[low + 1], &s->cells[low], (s->cell_count - 1 - low) * sizeof(*s->cells));
	s->cells[low] = hour;
	return true;
}

static void trips_note(struct subject *s, const struct ind_origin *o)
{
	if (!o->rtt_samples)
		return;
	s->rtt_min_us = !s->rtt_samples || o->rtt_min_us < s->rtt_min_us ? o->rtt_min_us : s->rtt_min_us;
	if (o->rtt_samples > s->rtt_samples || (o->rtt_samples == s->rtt_samples && o->rtt_p50_us < s->rtt_p50_us)) {
		s->rtt_samples = o->rtt_samples;
		s->rtt_p50_us = o->rtt_p50_us;
		s->rtt_span_s = o->rtt_span_s;
	}
}

bool subject_origin(struct subject *s, const struct ind_record *record)
{
	const struct ind_origin *o = &record->origin;
	evidence_add(&s->origins, &record->id);
	s->cotenants = o->cotenants > s->cotenants ? o->cotenants : s->cotenants;
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++) {
		s->spoke[f] |= o->missing[f] == IND_MISSING_NONE;
		s->missing[f] = reason_of(s->missing[f], o->missing[f]);
	}
	for (unsigned w = 0; w < IND_WATCHED_PLACES; w++)
		s->silent[w] = reason_of(s->silent[w], o->silent[w]);
	for (unsigned i = 0; i < IND_SIGNAL_SET_WORDS; i++)
		s->signals[i] |= o->signals[i];
	trips_note(s, o);
	bool longer = o->beacon.intervals > s->beacon.intervals, as_long = o->beacon.intervals == s->beacon.intervals;
	if (o->beacons && (longer || (as_long && o->beacon.period_ms < s->beacon.period_ms)))
		s->beacon = o->beacon;
	if (o->beacons)
		evidence_add(&s->beacons, &record->id);
	if (o->cell_count)
		evidence_add(&s->celled, &record->id);
	for (size_t i = 0; i < o->cell_count; i++)
		if (!cell_note(s, o->cells[i]))
			return false;
	return true;
}

static bool text_has(struct ind_text text, const char *word)
{
	size_t bytes = strlen(word);
	for (size_t i = 0; i + bytes <= text.bytes; i++)
		if (memcmp(text.at + i, word, bytes) == 0)
			return true;
	return false;
}

static bool same_claim(const struct claim_note *a, const struct claim_note *b)
{
	bool texts = memcmp(a->country, b->country, 2) == 0 && memcmp(a->registered, b->registered, 2) == 0 && memcmp(a->grade, b->grade, 2) == 0 && a->label == b->label;
	bool origins = a->asn == b->asn && a->more_asn_count == b->more_asn_count && memcmp(a->more_asn, b->more_asn, sizeof(a->more_asn)) == 0 && a->origin == b->origin;
	return texts && origins && a->data_set == b->data_set && a->kind == b->kind && a->flags == b->flags && a->radius_km == b->radius_km && a->day == b->day &&
		a->exit == b->exit && a->names_value == b->names_value;
}

static uint8_t origin_of(const struct ind_claim *c)
{
	if (c->kind != IND_CLAIM_RPKI)
		return ORIGIN_UNKNOWN;
	return text_has(c->status, "invalid") ? ORIGIN_INVALID : text_has(c->status, "valid") ? ORIGIN_VALID : ORIGIN_UNKNOWN;
}

static struct claim_note note_of(const struct ind_claim *c, uint16_t data_set, const struct ind_record_id *id)
{
	struct claim_note note = {
		.data_set = data_set, .kind = c->kind, .flags = c->flags, .asn = c->asn, .more_asn_count = c->more_asn_count, .radius_km = c->radius_km, .day = c->day,
		.exit = text_has(c->status, "exit") || text_has(c->status, "Exit"), .names_value = c->signal != 0, .label = c->label.bytes ? text_digest(c->label.at, c->label.bytes) : 0,
		.origin = origin_of(c), .has_id = id != NULL,
	};
	memcpy(note.more_asn, c->more_asn, sizeof(note.more_asn));
	memcpy(note.country, c->country, 2);
	memcpy(note.registered, c->registered_country, 2);
	memcpy(note.grade, c->grade, 2);
	if (id)
		note.id = *id;
	return note;
}

/* Is there room, and is it none that several bundles repeat? Such a one counts once, by the first of its records. */
static bool is_wanted(struct subject *s, struct claim_note *known, size_t count, const struct claim_note *note)
{
	for (size_t i = 0; i < count; i++) {
		if (!same_claim(&known[i], note))
			continue;
		if (note->has_id && known[i].has_id && record_id_order(&note->id, &known[i].id) < 0)
			known[i].id = note->id;
		return false;
	}
	s->cut |= count == CLAIMS_MAX;
	return count < CLAIMS_MAX;
}

bool subject_claim(struct subject *s, const struct ind_claim *c, uint16_t data_set, const struct ind_record_id *id)
{
	struct claim_note note = note_of(c, data_set, id);
	if (!is_wanted(s, s->claims, s->claim_count, &note))
		return true;
	struct claim_note *kept = GROW(s->claims, s->claim_count, s->claim_room);
	if (kept)
		*kept = note;
	return kept != NULL;
}

bool subject_embedded_claim(struct subject *s, const struct ind_claim *c, uint16_t data_set, const struct ind_record_id *id)
{
	struct claim_note note = note_of(c, data_set, id);
	if (!is_wanted(s, s->embedded_claims, s->embedded_claim_count, &note))
		return true;
	struct claim_note *kept = GROW(s->embedded_claims, s->embedded_claim_count, s->embedded_claim_room);
	if (kept)
		*kept = note;
	return kept != NULL;
}

static int by_cluster(const void *x, const void *y)
{
	const struct cluster *a = x, *b = y;
	return a->key < b->key ? -1 : a->key > b->key;
}

static int by_claim(const void *x, const void *y)
{
	const struct claim_note *a = x, *b = y;
	if (a->data_set != b->data_set)
		return a->data_set < b->data_set ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (memcmp(a->country, b->country, 2) != 0)
		return memcmp(a->country, b->country, 2);
	if (a->asn != b->asn)
		return a->asn < b->asn ? -1 : 1;
	if (a->label != b->label)
		return a->label < b->label ? -1 : 1;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return a->has_id && b->has_id ? record_id_order(&a->id, &b->id) : 0;
}

static int by_tag(const void *x, const void *y) { return strcmp(((const struct language *)x)->tag, ((const struct language *)y)->tag); }
static int by_minutes(const void *x, const void *y) { return ((const struct offset *)x)->minutes - ((const struct offset *)y)->minutes; }

static int by_mark(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;
	if (a->signal != b->signal)
		return a->signal < b->signal ? -1 : 1;
	return a->digest < b->digest ? -1 : a->digest > b->digest;
}

void subject_settle(struct subject *s)
{
	if (s->cluster_count)
		qsort(s->clusters, s->cluster_count, sizeof(*s->clusters), by_cluster);
	if (s->claim_count)
		qsort(s->claims, s->claim_count, sizeof(*s->claims), by_claim);
	if (s->embedded_claim_count)
		qsort(s->embedded_claims, s->embedded_claim_count, sizeof(*s->embedded_claims), by_claim);
	if (s->mark_count)
		qsort(s->marks, s->mark_count, sizeof(*s->marks), by_mark);
	qsort(s->languages, s->language_count, sizeof(*s->languages), by_tag);
	qsort(s->offsets, s->offset_count, sizeof(*s->offsets), by_minutes);
}
