/* SPDX-License-Identifier: Apache-2.0 */
/* With a filter the bundle is read twice: exhibits, claims and origins stand apart from the flows that they belong to, and often before. */
#include "export/supply.h"
#include "export/format.h"
#include <stdlib.h>

struct supply {
	const struct ind_source *source;
	struct feed *feed;
	struct flow_index *index;
	const struct ind_record *record;
	bool by_filter;              /* only what the index holds is given */
	uint64_t asked, selected;
};

static enum ind_err next_of_feed(void *ctx, const struct ind_record **record) { return feed_next(ctx, record); }

static enum ind_err read_ahead(struct supply *s, const struct ind_source *source, struct query_filter *filter)
{
	struct feed_options options = { .want = IND_WANT(IND_REC_FLOW), .filter = filter };
	struct feed *feed;
	enum ind_err err = feed_new(source, &options, &feed);
	if (err != IND_OK)
		return err;
	err = flow_index_of(next_of_feed, feed, &s->index);
	if (err == IND_OK && filter) {
		s->asked = feed_asked(feed);
		s->selected = flow_index_count(s->index);
	}
	feed_free(feed);
	return err;
}

/* Flows alone are asked as they come. */
static bool is_one_pass(bool needs_ends, uint32_t want)
{
	return !needs_ends && (want & ~(IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_FLOW))) == 0;
}

enum ind_err supply_open(const struct export *e, const struct ind_source *source, struct query_filter *filter, struct supply **supply)
{
	return supply_open_kinds(e, IND_WANT_ALL, source, filter, supply);
}

enum ind_err supply_open_kinds(const struct export *e, uint32_t kinds, const struct ind_source *source, struct query_filter *filter, struct supply **supply)
{
	struct supply *s = calloc(1, sizeof(*s));
	enum ind_err err = s ? IND_OK : IND_NOMEM;
	uint32_t want = kinds & (!e || e->options.count_all ? IND_WANT_ALL : e->format->wants);
	bool needs_ends = e && e->format->needs_ends, one_pass = is_one_pass(needs_ends, want);
	*supply = NULL;
	if (s)
		s->source = source;
	if (s && !one_pass && (filter || needs_ends)) {
		s->by_filter = filter != NULL;
		err = read_ahead(s, source, filter);
	}
	if (err == IND_OK)
		err = feed_new(source, &(struct feed_options){ .want = want, .filter = one_pass ? filter : NULL }, &s->feed);
	if (err == IND_OK)
		*supply = s;
	else
		supply_close(s);
	return err;
}

void supply_close(struct supply *s)
{
	if (!s)
		return;
	feed_free(s->feed);
	flow_index_free(s->index);
	free(s);
}

static bool is_selected(const struct supply *s, const struct ind_record *r)
{
	switch (r->kind) {
	case IND_REC_FLOW: return flow_index_find(s->index, r->flow.flow.serial) != NULL;
	case IND_REC_EXHIBIT: return flow_index_find(s->index, r->exhibit.flow_serial) != NULL;
	case IND_REC_CLAIM: return flow_index_has_address(s->index, r->claim.ip_version, r->claim.addr);
	case IND_REC_ORIGIN: return flow_index_has_address(s->index, r->origin.ip_version, r->origin.addr);
	default: return true;
	}
}

enum ind_err supply_next(struct supply *s, const struct ind_record **record)
{
	enum ind_err err;
	do
		err = feed_next(s->feed, record);
	while (err == IND_OK && s->by_filter && !is_selected(s, *record));
	s->record = err == IND_OK ? *record : NULL;
	if (!s->index && err == IND_OK && (*record)->kind == IND_REC_FLOW)
		s->selected++;
	return err;
}

const struct ind_record *supply_record(const struct supply *s) { return s->record; }
const struct ind_source *supply_source(const struct supply *s) { return s->source; }
const struct rows_context *supply_context(const struct supply *s) { return feed_context(s->feed); }
const struct flow_index *supply_index(const struct supply *s) { return s->index; }
uint64_t supply_asked(const struct supply *s) { return s->index ? s->asked : feed_asked(s->feed); }
uint64_t supply_selected(const struct supply *s) { return s->selected; }
uint64_t supply_offset(const struct supply *s) { return feed_offset(s->feed); }
