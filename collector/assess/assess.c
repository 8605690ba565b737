/* SPDX-License-Identifier: Apache-2.0 */
/* The way of an assessment: subjects, passes over the bundles, conclusions. */
#include "assess/grow.h"
#include "assess/inside.h"
#include "indicia/catalogue.h"
#include <string.h>

enum { SLOTS = 4096 };

struct assess *assess_new(void)
{
	struct assess *a = calloc(1, sizeof(*a));
	if (!a || !(a->slots = calloc(SLOTS, sizeof(*a->slots))) || hash_random(&a->secret, sizeof(a->secret)) != IND_OK) {
		assess_free(a);
		return NULL;
	}
	a->slot_count = SLOTS;
	a->policy.gates = ledger_gates_method;
	return a;
}

static void conclusion_free(struct conclusion *c)
{
	free(c->hypotheses);
	free(c->results);
	free(c->items);
	free(c->left);
	free(c->notes);
	free(c->weights);
}

void assess_free(struct assess *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->subject_count; i++)
		subject_free(&a->subjects[i]);
	for (size_t i = 0; a->conclusions && i < a->subject_count; i++)
		conclusion_free(&a->conclusions[i]);
	free(a->conclusions);
	free(a->subjects);
	free(a->slots);
	free(a->candidates);
	free(a->bundles);
	once_free(&a->once);
	tally_free(&a->shared_seen);
	tally_free(&a->signal_seen);
	free(a);
}

static uint32_t *slot_of(const struct assess *a, unsigned ip_version, const uint8_t *addr)
{
	uint64_t words[3] = { ip_version };
	memcpy(words + 1, addr, IND_ADDR_BYTES);
	size_t i = hash_words(&a->secret, words, 3) % a->slot_count;
	while (a->slots[i]) {
		const struct subject *s = &a->subjects[a->slots[i] - 1];
		if (s->at.ip_version == ip_version && memcmp(s->at.addr, addr, IND_ADDR_BYTES) == 0)
			break;
		i = (i + 1) % a->slot_count;
	}
	return &a->slots[i];
}

struct subject *subject_add(struct assess *a, enum subject_kind kind, const char *text, const struct subject_address *at, unsigned bits)
{
	struct subject *s = a->subject_count < ASSESS_SUBJECTS_MAX ? GROW(a->subjects, a->subject_count, a->subject_room) : NULL;
	if (!s)
		return NULL;
	subject_start(s);
	s->kind = kind;
	s->bits = (uint8_t)bits;
	if (at)
		s->at = *at;
	memcpy(s->text, text, strlen(text) + 1);
	if (kind == SUBJECT_ADDRESS)
		*slot_of(a, at->ip_version, at->addr) = (uint32_t)a->subject_count;
	return s;
}

/* What the user says of a sensor's place wins over its bundles. */
static void position_of(const struct assess *a, struct assess_sensor *s)
{
	for (size_t i = 0; i < a->position_count; i++) {
		const struct assess_position *p = &a->positions[i];
		if (strcmp(p->sensor, s->id) != 0)
			continue;
		s->has_position = s->given = true;
		s->latitude_1e4 = p->latitude_1e4;
		s->longitude_1e4 = p->longitude_1e4;
		s->error_km = p->error_km;
	}
	if (s->has_position)
		s->at = geo_point_of(s->latitude_1e4, s->longitude_1e4);
}

/* A sensor whose bundles name several places has none. */
static void place_check(struct assess_sensor *s, const struct ind_header *h)
{
	bool same = h->has_position && h->latitude_1e4 == s->latitude_1e4 && h->longitude_1e4 == s->longitude_1e4 && h->position_error_km == s->error_km;
	if (!same && !s->given)
		s->has_position = false;
}

/* Its number; SENSORS_MAX if there are too many. */
static unsigned sensor_of(struct assess *a, const struct ind_header *h)
{
	char id[IND_SENSOR_ID_MAX + 1] = "";
	memcpy(id, h->sensor.at ? h->sensor.at : "", h->sensor.bytes < sizeof(id) ? h->sensor.bytes : sizeof(id) - 1);
	for (size_t i = 0; i < a->sensor_count; i++)
		if (strcmp(a->sensors[i].id, id) == 0) {
			place_check(&a->sensors[i], h);
			return (unsigned)i;
		}
	if (a->sensor_count == SENSORS_MAX)
		return SENSORS_MAX;
	struct assess_sensor *s = &a->sensors[a->sensor_count++];
	*s = (struct assess_sensor){ .has_position = h->has_position, .latitude_1e4 = h->latitude_1e4, .longitude_1e4 = h->longitude_1e4, .error_km = h->position_error_km };
	memcpy(s->id, id, sizeof(id));
	position_of(a, s);
	return (unsigned)(a->sensor_count - 1);
}

const char *assess_unused_position(const struct assess *a)
{
	for (size_t i = 0; i < a->position_count; i++) {
		bool used = false;
		for (size_t k = 0; k < a->sensor_count; k++)
			used |= strcmp(a->sensors[k].id, a->positions[i].sensor) == 0;
		if (!used)
			return a->positions[i].sensor;
	}
	return NULL;
}

/* What a list is, it says itself; all else is a database, whatever it calls itself. */
static uint8_t kind_of(struct ind_text type)
{
	for (unsigned kind = 0; kind < IND_CLAIM_KIND_COUNT; kind++) {
		const char *name = ind_claim_kind_name(kind);
		if (type.bytes == strlen(name) && memcmp(type.at, name, type.bytes) == 0)
			return (uint8_t)kind;
	}
	return IND_CLAIM_DATABASE;
}

/* Its number; DATA_SETS_MAX if there are too many. */
static uint16_t data_of(struct assess *a, const struct ind_data_set *set)
{
	size_t at = 0;
	while (at < a->data_count && memcmp(a->data[at].sha256, set->sha256, IND_SHA256_BYTES) != 0)
		at++;
	if (at == DATA_SETS_MAX || at < a->data_count)
		return (uint16_t)at;
	struct assess_data *d = &a->data[a->data_count++];
	*d = (struct assess_data){ .build_s = set->build_epoch_s, .kind = kind_of(set->type) };
	memcpy(d->name, set->name.at ? set->name.at : "", set->name.bytes < sizeof(d->name) ? set->name.bytes : sizeof(d->name) - 1);
	memcpy(d->sha256, set->sha256, IND_SHA256_BYTES);
	return (uint16_t)at;
}

/* One bundle as it is read. */
struct reading {
	struct assess *a;
	struct ind_reader *reader;
	struct rows_context context;
	unsigned sensor;
	uint32_t bundle;             /* its number */
	uint16_t data[IND_DATA_SETS_MAX];
	uint64_t frames;
};

static bool flow_take(struct reading *r, const struct ind_record *record, struct subject *s, enum ind_dir me, bool links)
{
	struct assess *a = r->a;
	enum once_state state = ONCE_NEW;
	if (a->several)
		state = once_note(&a->once, &a->secret, record, (size_t)(s - a->subjects), r->bundle, a->sensors[r->sensor].has_position);
	s->cut |= state == ONCE_UNKNOWN;
	if (state == ONCE_AGAIN) {
		subject_flow_again(s, record, me);
		return true;
	}
	return state != ONCE_NO_MEMORY && subject_flow(s, record, me, r->sensor, links);
}

static enum ind_err flow_read(struct reading *r, const struct ind_record *record)
{
	struct assess *a = r->a;
	const struct ind_flow *f = &record->flow.flow;
	struct filter_context context = { .rows = &r->context };
	bool links = a->named && a->subject_count > 1 && a->subject_count <= ASSESS_LINKED_MAX, fine = true;
	for (unsigned dir = 0; dir < 2; dir++) {
		uint32_t number = *slot_of(a, f->ip_version, f->addr[dir]);
		if (number && f->packets[dir])
			fine &= flow_take(r, record, &a->subjects[number - 1], (enum ind_dir)dir, links);
	}
	for (size_t i = 0; a->named && i < a->subject_count; i++) {
		struct subject *s = &a->subjects[i];
		for (unsigned dir = 0; s->kind == SUBJECT_NETWORK && dir < 2; dir++)
			if (f->packets[dir] && subject_has(s, f->ip_version, f->addr[dir]))
				fine &= flow_take(r, record, s, (enum ind_dir)dir, links);
		if (s->kind == SUBJECT_FILTER && query_filter_matches(s->filter, record, &context) == TRUTH_YES)
			fine &= flow_take(r, record, s, IND_SRC, links);
	}
	return fine ? IND_OK : IND_NOMEM;
}

/* Calls for each subject that the address is, or is one of; false once `take` has no memory. */
typedef bool subject_take(struct reading *r, struct subject *s, const struct ind_record *record);

static bool subjects_of(struct reading *r, unsigned ip_version, const uint8_t *addr, subject_take *take, const struct ind_record *record)
{
	struct assess *a = r->a;
	uint32_t number = *slot_of(a, ip_version, addr);
	bool fine = !number || take(r, &a->subjects[number - 1], record);
	for (size_t i = 0; a->named && i < a->subject_count; i++)
		if (a->subjects[i].kind != SUBJECT_ADDRESS && subject_has(&a->subjects[i], ip_version, addr))
			fine &= take(r, &a->subjects[i], record);
	return fine;
}

static bool origin_take(struct reading *r, struct subject *s, const struct ind_record *record)
{
	(void)r;
	return subject_origin(s, record);
}

static bool claim_take(struct reading *r, struct subject *s, const struct ind_record *record)
{
	return subject_claim(s, &record->claim, r->data[record->claim.data_set], &record->id);
}

static bool claims_take(struct reading *r, const struct ind_record *record)
{
	struct assess *a = r->a;
	const struct ind_claim *c = &record->claim;
	bool fine = true;
	if (a->refdata || c->data_set >= IND_DATA_SETS_MAX)
		return true;
	for (size_t i = 0; i < a->embedding_count; i++) {
		struct subject *s = &a->subjects[a->embedding[i]];
		if (embedded_has(s, c->ip_version, c->addr))
			fine &= subject_embedded_claim(s, c, r->data[c->data_set], &record->id);
	}
	return subjects_of(r, c->ip_version, c->addr, claim_take, record) && fine;
}

static enum ind_err other_read(struct reading *r, const struct ind_record *record)
{
	struct assess *a = r->a;
	bool fine = true;
	switch (record->kind) {
	case IND_REC_ORIGIN:
		if (a->pass == PASS_CHOOSE)
			return choose_origin(a, &record->origin);
		fine = subjects_of(r, record->origin.ip_version, record->origin.addr, origin_take, record);
		break;
	case IND_REC_CLAIM: fine = claims_take(r, record); break;
	case IND_REC_LOSS:
		a->lost += record->loss.count[IND_LOSS_KERNEL_DROP] + record->loss.count[IND_LOSS_INTERFACE_DROP] + record->loss.count[IND_LOSS_RING];
		break;
	case IND_REC_SEAL: r->frames = record->seal.frames_seen; break;
	default: break;
	}
	return fine ? IND_OK : IND_NOMEM;
}

static void recorded_note(struct assess *a, const struct ind_header *h)
{
	uint64_t set[IND_SIGNAL_SET_WORDS];
	(void)ind_signal_set(h->signals.at ? h->signals.at : "", h->signals.bytes, set);
	for (size_t i = 0; i < IND_SIGNAL_SET_WORDS; i++)
		a->recorded[i] |= set[i];
}

static enum ind_err header_read(struct reading *r)
{
	const struct ind_record *record;
	enum ind_err err = ind_reader_next(r->reader, &record);
	if (err != IND_OK)
		return err;
	if (record->kind != IND_REC_HEADER)
		return IND_MALFORMED;
	rows_context_of(&r->context, &record->header);
	recorded_note(r->a, &record->header);
	r->sensor = sensor_of(r->a, &record->header);
	bool full = r->sensor == SENSORS_MAX;
	for (size_t i = 0; !r->a->refdata && i < record->header.data_set_count; i++)
		full |= (r->data[i] = data_of(r->a, &record->header.data_sets[i])) == DATA_SETS_MAX;
	return full ? IND_LIMIT : IND_OK;
}

/* Can a row of this batch be about a subject? */
static bool batch_counts(const struct reading *r)
{
	const struct assess *a = r->a;
	enum { ASKED_MAX = 64 };
	if (a->pass == PASS_SHARED || a->subject_count > ASKED_MAX)
		return true;
	for (size_t i = 0; i < a->subject_count; i++)
		if (a->subjects[i].kind != SUBJECT_ADDRESS || ind_batch_may_hold_address(r->reader, a->subjects[i].at.ip_version, a->subjects[i].at.addr))
			return true;
	return false;
}

static enum ind_err flows_read(struct reading *r)
{
	const struct ind_record *record;
	struct ind_batch batch;
	enum ind_err err;
	while ((err = ind_reader_batch(r->reader, &batch)) == IND_OK) {
		if (!batch_counts(r))
			continue;
		err = ind_batch_rows(r->reader);
		for (size_t i = 0; err == IND_OK && i < batch.rows; i++) {
			err = ind_reader_next(r->reader, &record);
			if (err == IND_OK)
				err = r->a->pass == PASS_SHARED ? shared_flow(r->a, record) : flow_read(r, record);
		}
		if (err != IND_OK)
			break;
	}
	return err;
}

static enum ind_err records_read(struct reading *r)
{
	const struct ind_record *record;
	enum ind_err err;
	while ((err = ind_reader_next(r->reader, &record)) == IND_OK)
		if ((err = other_read(r, record)) != IND_OK)
			break;
	r->a->frames += r->frames;
	return err;
}

static enum ind_err bundle_note(struct assess *a, const uint8_t sha256[static IND_SHA256_BYTES], uint32_t *number)
{
	for (*number = 0; *number < a->bundle_count; ++*number)
		if (memcmp(a->bundles[*number], sha256, IND_SHA256_BYTES) == 0)
			return IND_OK;
	if (a->bundle_count == ASSESS_BUNDLES_MAX)
		return IND_LIMIT;
	uint8_t *kept = GROW(a->bundles, a->bundle_count, a->bundle_room);
	if (!kept)
		return IND_NOMEM;
	memcpy(kept, sha256, IND_SHA256_BYTES);
	return IND_OK;
}

enum ind_err assess_bundle(struct assess *a, const struct ind_source *source, const uint8_t sha256[static IND_SHA256_BYTES], uint64_t *offset)
{
	struct reading r = { .a = a };
	uint32_t want = a->pass == PASS_CHOOSE ? IND_WANT(IND_REC_ORIGIN) : IND_WANT(IND_REC_FLOW);
	if (a->pass == PASS_RECORDS)
		want = IND_WANT(IND_REC_ORIGIN) | IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_LOSS) | IND_WANT(IND_REC_SEAL);
	enum ind_err err = bundle_note(a, sha256, &r.bundle);
	*offset = 0;
	if (err == IND_OK)
		err = ind_reader_new(source, want | IND_WANT(IND_REC_HEADER), &r.reader);
	if (err != IND_OK)
		return err;
	err = header_read(&r);
	if (err == IND_OK)
		err = a->pass == PASS_FLOWS || a->pass == PASS_SHARED ? flows_read(&r) : records_read(&r);
	*offset = ind_reader_offset(r.reader);
	ind_reader_free(r.reader);
	return err;
}

typedef bool claim_keep(struct subject *s, const struct ind_claim *claim, uint16_t data_set, const struct ind_record_id *id);

static bool look_up(struct assess *a, struct subject *s, unsigned ip_version, const uint8_t *addr, claim_keep *keep)
{
	static struct ind_claim claims[REFDATA_CLAIMS_MAX];
	size_t count = refdata_claims(a->refdata, ip_version, addr, claims, REFDATA_CLAIMS_MAX);
	bool fine = true;
	for (size_t n = 0; n < count; n++)
		fine &= keep(s, &claims[n], data_of(a, refdata_data_set(a->refdata, claims[n].data_set)), NULL);
	return fine;
}

/* Claims of other reference data than the bundles', of each address of each subject, and of those that these hold. */
static enum ind_err claims_look_up(struct assess *a)
{
	bool fine = true;
	for (size_t i = 0; i < a->subject_count; i++) {
		struct subject *s = &a->subjects[i];
		for (size_t k = 0; k < s->address_count; k++)
			fine &= look_up(a, s, s->addresses[k].ip_version, s->addresses[k].addr, subject_claim);
		for (size_t k = 0; k < s->embedded_count; k++) {
			uint8_t addr[IND_ADDR_BYTES] = { 0 };
			memcpy(addr, s->embedded[k].addr, sizeof(s->embedded[k].addr));
			fine &= look_up(a, s, 4, addr, subject_embedded_claim);
		}
	}
	return fine ? IND_OK : IND_NOMEM;
}

enum ind_err assess_refdata(struct assess *a, struct refdata *data)
{
	a->refdata = data;
	for (size_t i = 0; i < refdata_count(data); i++)
		data_of(a, refdata_data_set(data, i));
	return refdata_count(data) <= DATA_SETS_MAX ? IND_OK : IND_LIMIT;
}

enum ind_err assess_next_pass(struct assess *a, bool *again)
{
	enum ind_err err = IND_OK;
	switch (a->pass) {
	case PASS_CHOOSE:
		err = choose_end(a);
		a->pass = PASS_FLOWS;
		break;
	case PASS_FLOWS:
		if (once_settle(&a->once)) {
			for (size_t i = 0; i < a->subject_count; i++)
				subject_restart(&a->subjects[i]);
			break;
		}
		for (size_t i = 0; i < a->subject_count; i++)
			if (a->subjects[i].embedded_count)
				a->embedding[a->embedding_count++] = (uint16_t)i;
		a->pass = PASS_RECORDS;
		break;
	case PASS_RECORDS:
		err = a->refdata ? claims_look_up(a) : IND_OK;
		a->pass = a->named && shared_find(a) ? PASS_SHARED : PASS_DONE;
		break;
	default: a->pass = PASS_DONE; break;
	}
	*again = err == IND_OK && a->pass != PASS_DONE;
	return err;
}

enum ind_err assess_position(struct assess *a, const struct assess_position *position)
{
	if (a->position_count == SENSORS_MAX)
		return IND_LIMIT;
	a->positions[a->position_count++] = *position;
	return IND_OK;
}

bool assess_links_left_out(const struct assess *a) { return a->named && a->subject_count > ASSESS_LINKED_MAX; }
void assess_several(struct assess *a) { a->several = true; }
void assess_since_data(struct assess *a, uint64_t since_s) { a->since_s = since_s; }
size_t assess_subject_count(const struct assess *a) { return a->subject_count; }
const char *assess_subject_text(const struct assess *a, size_t n) { return a->subjects[n].text; }
uint64_t assess_subject_flows(const struct assess *a, size_t n) { return a->subjects[n].flows.n; }
uint64_t assess_candidates(const struct assess *a) { return a->candidates_valid; }
void assess_id(const struct assess *a, uint8_t id[static IND_SHA256_BYTES]) { memcpy(id, a->id, IND_SHA256_BYTES); }
bool claim_counts(const struct assess *a, const struct claim_note *claim) { return a->data[claim->data_set].build_s >= a->since_s; }

bool data_could(const struct assess *a, unsigned kinds)
{
	for (size_t i = 0; i < a->data_count; i++)
		if (a->data[i].build_s >= a->since_s && kinds >> a->data[i].kind & 1)
			return true;
	return false;
}
