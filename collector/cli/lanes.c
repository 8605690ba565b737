/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/lanes.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <stdlib.h>
#include <string.h>

enum { LANE_FLOWS, LANE_EXHIBITS, LANE_OTHERS, LANE_COUNT };

static const uint32_t lane_kinds[LANE_COUNT] = {
	[LANE_FLOWS] = IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_HEADER),
	[LANE_EXHIBITS] = IND_WANT(IND_REC_EXHIBIT) | IND_WANT(IND_REC_HEADER),
	[LANE_OTHERS] = ~(IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_EXHIBIT)),
};

struct lane {
	struct supply *supply;       /* NULL: not open, or at its end */
	const struct ind_record *record;
	uint64_t time_ns;
};

struct bundle {
	const char *name;
	size_t place;
	uint64_t first_ns;           /* nothing in it is earlier */
	struct input input;
	bool is_open, is_savefile, headed, told; /* told: what is wrong with the file, which each lane finds */
	struct lane lane[LANE_COUNT];
};

struct lanes {
	const struct export *export;
	struct query_filter *filter;
	struct bundle *bundles;      /* by their first time; those from `unopened` on wait */
	size_t count, unopened, first_open;
	struct lane *at;             /* whose record was handed out last */
	struct bundle *at_bundle;
	int status;
};

static void worse(struct lanes *l, int status) { l->status = status > l->status ? status : l->status; }

static uint64_t first_flow(const struct ind_source *source)
{
	struct ind_reader *reader;
	struct ind_batch batch;
	uint64_t first = UINT64_MAX;
	if (ind_reader_new(source, IND_WANT(IND_REC_FLOW), &reader) != IND_OK)
		return first;
	if (ind_reader_batch(reader, &batch) == IND_OK)
		first = batch.min_start_ns;
	ind_reader_free(reader);
	return first;
}

static uint64_t first_exhibit(const struct ind_source *source)
{
	struct ind_reader *reader;
	const struct ind_record *record;
	uint64_t first = UINT64_MAX;
	if (ind_reader_new(source, IND_WANT(IND_REC_EXHIBIT), &reader) != IND_OK)
		return first;
	if (ind_reader_next(reader, &record) == IND_OK)
		first = record->exhibit.time_ns;
	ind_reader_free(reader);
	return first;
}

/* Standard input stays open, it can be read once only. */
static bool look(struct lanes *l, struct bundle *b)
{
	int status = input_open(&b->input, b->name);
	worse(l, status);
	if (status != CLI_DONE)
		return false;
	uint64_t flow = first_flow(&b->input.source), exhibit = first_exhibit(&b->input.source);
	b->first_ns = flow < exhibit ? flow : exhibit;
	b->first_ns = b->first_ns == UINT64_MAX ? 0 : b->first_ns;
	b->is_open = strcmp(b->name, "-") == 0;
	if (!b->is_open)
		input_close(&b->input);
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct bundle *x = a, *y = b;
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

int lanes_open(struct lanes **lanes, const struct inputs *inputs, const struct export *e, struct query_filter *filter)
{
	struct lanes *l = *lanes = calloc(1, sizeof(*l));
	struct bundle *bundles = l ? calloc(inputs->count, sizeof(*bundles)) : NULL;
	if (!bundles)
		return tell_error("out of memory"), CLI_FAILED;
	l->bundles = bundles;
	l->export = e;
	l->filter = filter;
	for (size_t i = 0; i < inputs->count; i++) {
		struct bundle *b = &bundles[l->count];
		*b = (struct bundle){ .name = inputs->names[i], .place = i };
		l->count += look(l, b);
	}
	if (l->count)
		qsort(bundles, l->count, sizeof(*bundles), by_time);
	return l->status == CLI_FAILED ? CLI_FAILED : CLI_DONE;
}

/* 0: the record has no time of its own. The clock of a machine that reads a savefile is another one than the capture's. */
static uint64_t time_of(const struct bundle *b, const struct ind_record *record)
{
	switch (record->kind) {
	case IND_REC_FLOW: return record->flow.flow.end_ns;
	case IND_REC_EXHIBIT: return record->exhibit.time_ns;
	case IND_REC_ORIGIN: return record->origin.last_ns;
	case IND_REC_CLOCK: return b->is_savefile ? 0 : record->clock.realtime_ns;
	case IND_REC_LOSS: return b->is_savefile ? 0 : record->loss.to_ns;
	default: return 0;
	}
}

static void lane_end(struct lanes *l, struct bundle *b, struct lane *lane, enum ind_err err)
{
	if (err != IND_END && !b->told) {
		b->told = true;
		input_tell_damage(&b->input, supply_offset(lane->supply), err);
		worse(l, err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED);
	}
	supply_close(lane->supply);
	*lane = (struct lane){ .time_ns = lane->time_ns };
}

static void lane_advance(struct lanes *l, struct bundle *b, struct lane *lane)
{
	enum ind_err err = supply_next(lane->supply, &lane->record);
	if (err != IND_OK) {
		lane_end(l, b, lane, err);
		return;
	}
	uint64_t time_ns = time_of(b, lane->record);
	lane->time_ns = time_ns > lane->time_ns ? time_ns : lane->time_ns;
}

static void close_bundle(struct bundle *b)
{
	for (size_t i = 0; i < LANE_COUNT; i++)
		supply_close(b->lane[i].supply);
	memset(b->lane, 0, sizeof(b->lane));
	if (b->is_open)
		input_close(&b->input);
	b->is_open = false;
}

/* All lanes stand before the HEADER then. */
static void open_bundle(struct lanes *l, struct bundle *b)
{
	enum ind_err err = IND_OK;
	int status = b->is_open ? CLI_DONE : input_open(&b->input, b->name);
	worse(l, status);
	if (status != CLI_DONE)
		return;
	b->is_open = true;
	for (size_t i = 0; i < LANE_COUNT && err == IND_OK; i++)
		err = supply_open_kinds(l->export, lane_kinds[i], &b->input.source, l->filter, &b->lane[i].supply);
	if (err == IND_OK)
		return;
	if (err == IND_LIMIT)
		tell_error("%s: more than %d flows; select fewer with -f or -t", b->input.name, EXPORT_FLOWS_MAX);
	else
		input_tell_damage(&b->input, 0, err);
	worse(l, err == IND_NOMEM || err == IND_LIMIT ? CLI_FAILED : CLI_DAMAGED);
	close_bundle(b);
}

/* Bundles that are over are closed, so that as many are open as overlap in time. */
static struct lane *earliest(struct lanes *l, struct bundle **of)
{
	struct lane *best = NULL;
	for (size_t i = l->first_open; i < l->unopened; i++) {
		struct bundle *b = &l->bundles[i];
		bool any = false;
		for (size_t k = 0; b->is_open && k < LANE_COUNT; k++) {
			struct lane *lane = &b->lane[k];
			any |= lane->supply != NULL;
			if (lane->supply && (!best || lane->time_ns < best->time_ns)) {
				best = lane;
				*of = b;
			}
		}
		if (b->is_open && !any)
			close_bundle(b);
		if (i == l->first_open && !b->is_open)
			l->first_open++;
	}
	return best;
}

static bool hand_out(const struct lane *lane, struct lane_record *next)
{
	*next = (struct lane_record){ lane->record, supply_context(lane->supply), lane->supply, lane->time_ns, lane->time_ns != 0 };
	return true;
}

/* Each lane begins with the HEADER: one of them hands it out. */
static void begin(struct lanes *l, struct bundle *b)
{
	open_bundle(l, b);
	for (size_t i = 0; i < LANE_COUNT; i++) {
		struct lane *lane = &b->lane[i];
		if (lane->supply)
			lane_advance(l, b, lane);
		if (lane->supply && lane->record->kind == IND_REC_HEADER)
			b->is_savefile = lane->record->header.source_file.bytes > 0;
	}
}

bool lanes_next(struct lanes *l, struct lane_record *next)
{
	if (l->at && l->at->supply)
		lane_advance(l, l->at_bundle, l->at);
	for (;;) {
		struct lane *lane = earliest(l, &l->at_bundle);
		bool waits = l->unopened < l->count;
		if (waits && (!lane || l->bundles[l->unopened].first_ns <= lane->time_ns)) {
			begin(l, &l->bundles[l->unopened++]);
			continue;
		}
		l->at = lane;
		if (!lane)
			return false;
		bool is_header = lane->record->kind == IND_REC_HEADER;
		if (!is_header || !l->at_bundle->headed) {
			l->at_bundle->headed |= is_header;
			return hand_out(lane, next);
		}
		lane_advance(l, l->at_bundle, lane);
	}
}

int lanes_status(const struct lanes *l) { return l->status; }

void lanes_close(struct lanes *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->count; i++)
		close_bundle(&l->bundles[i]);
	free(l->bundles);
	free(l);
}
