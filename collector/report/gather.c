/* SPDX-License-Identifier: Apache-2.0 */
/* The passes over a bundle: flows of the subjects by columns, then what stands beside flows. */
#include "base/hash.h"
#include "query/when.h"
#include "report/gather_inside.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* ---- what findings cite ---- */

static int cited_order(const void *a, const void *b)
{
	const struct cited *x = a, *y = b;
	int order = memcmp(x->stream, y->stream, sizeof(x->stream));
	if (order)
		return order;
	if (x->leaf != y->leaf)
		return x->leaf < y->leaf ? -1 : 1;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->part > y->part) - (x->part < y->part);
}

static bool read_number(const char **at, uint64_t limit, uint64_t *number)
{
	const char *from = *at;
	for (*number = 0; **at >= '0' && **at <= '9'; (*at)++) {
		if (*number > limit / 10)
			return false;
		*number = *number * 10 + (uint64_t)(**at - '0');
	}
	return *at > from && *number <= limit;
}

static bool read_stream(const char *text, uint8_t stream[static 4])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < 8; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (!digit)
			return false;
		stream[i / 2] = (uint8_t)(stream[i / 2] << 4 | (digit - digits));
	}
	return true;
}

/* "3f9a6c01:12:345" or "3f9a6c01:12:345:2". */
static bool read_id(const char *text, struct cited *id)
{
	uint64_t row = 0, part = 0;
	*id = (struct cited){ .leaf = 0 };
	if (!read_stream(text, id->stream) || text[8] != ':')
		return false;
	text += 9;
	if (!read_number(&text, UINT64_MAX / 16, &id->leaf) || *text++ != ':' || !read_number(&text, UINT32_MAX, &row))
		return false;
	if (*text == ':' && (text++, !read_number(&text, UINT32_MAX, &part)))
		return false;
	id->row = (uint32_t)row;
	id->part = (uint32_t)part;
	return *text == '\0';
}

static enum ind_err cited_add(struct gather *g, const char *text)
{
	struct cited *list = arena_grow(&g->m->arena, g->cited, g->cited_count, sizeof(*list));
	if (!list)
		return IND_NOMEM;
	g->cited = list;
	g->cited_count += read_id(text, &list[g->cited_count]);
	return IND_OK;
}

static enum ind_err cited_gather(struct gather *g)
{
	enum ind_err err = IND_OK;
	for (size_t s = 0; s < g->m->subject_count; s++)
		for (size_t h = 0; h < g->m->subjects[s].hypothesis_count; h++)
			for (size_t i = 0; i < g->m->subjects[s].hypotheses[h].item_count; i++) {
				const struct model_item *item = &g->m->subjects[s].hypotheses[h].items[i];
				for (size_t k = 0; k < item->records_count && err == IND_OK; k++)
					err = cited_add(g, item->records[k]);
			}
	if (err == IND_OK && g->cited_count)
		qsort(g->cited, g->cited_count, sizeof(*g->cited), cited_order);
	return err;
}

const struct cited *cited_of(const struct gather *g, const struct ind_record_id *id, const struct cited **end)
{
	struct cited want = { .leaf = id->leaf, .row = id->row };
	size_t low = 0, high = g->cited_count;
	memcpy(want.stream, id->stream_id, sizeof(want.stream));
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (cited_order(&g->cited[middle], &want) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	size_t last = low;
	while (last < g->cited_count && g->cited[last].leaf == want.leaf && g->cited[last].row == want.row && memcmp(g->cited[last].stream, want.stream, 4) == 0)
		last++;
	*end = g->cited + last;
	return last > low ? g->cited + low : NULL;
}

/* ---- subjects ---- */

static bool read_network(const char *text, struct network *n)
{
	char addr[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t bytes = slash ? (size_t)(slash - text) : strlen(text);
	uint64_t bits;
	*n = (struct network){ .ip_version = memchr(text, ':', bytes) ? 6 : 4 };
	if (!bytes || bytes >= sizeof(addr))
		return false;
	memcpy(addr, text, bytes);
	addr[bytes] = '\0';
	if (inet_pton(n->ip_version == 6 ? AF_INET6 : AF_INET, addr, n->addr) != 1)
		return false;
	n->bits = bits = n->ip_version == 6 ? 128 : 32;
	if (slash && (slash++, !read_number(&slash, n->bits, &bits) || *slash))
		return false;
	n->bits = (unsigned)bits;
	return true;
}

static bool network_has(const struct network *n, unsigned ip_version, const uint8_t *addr)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;
	if (n->ip_version != ip_version || memcmp(n->addr, addr, whole) != 0)
		return false;
	return !rest || (n->addr[whole] ^ addr[whole]) >> (8 - rest) == 0;
}

static bool of_subject(const struct gather *g, unsigned ip_version, const uint8_t *addr)
{
	for (size_t i = 0; i < g->network_count; i++)
		if (network_has(&g->networks[i], ip_version, addr))
			return true;
	return false;
}

/* One filter of flows for all subjects. */
static enum ind_err filter_of_subjects(struct gather *g)
{
	struct filter_options options = { .kind = QUERY_KIND_FLOW };
	struct filter_error error;
	struct out text;
	out_start(&text, NULL, NULL);
	for (size_t i = 0; i < g->m->subject_count; i++) {
		const char *subject = g->m->subjects[i].text;
		struct network *n = &g->networks[g->network_count];
		bool network = read_network(subject, n);
		g->network_count += network;
		out_text(&text, i ? " or (" : "(");
		if (network)
			out_text(&text, strchr(subject, '/') ? "net " : "host ");
		out_text(&text, subject);
		out_char(&text, ')');
	}
	enum ind_err err = text.err;
	if (err == IND_OK && g->m->subject_count)
		err = query_filter_compile(text.at, text.used, &options, &g->filter, &error);
	out_free(&text);
	return err == IND_LIMIT ? IND_MALFORMED : err;
}

uint64_t model_time(const char *text)
{
	struct when when;
	return text && when_parse(text, strlen(text), &when) ? when.first_ns : 0;
}

static void window_of_subjects(struct report_model *m)
{
	for (size_t i = 0; i < m->subject_count; i++) {
		uint64_t first = model_time(m->subjects[i].first), last = model_time(m->subjects[i].last);
		if (!first || last < first)
			continue;
		m->first_ns = !m->first_ns || first < m->first_ns ? first : m->first_ns;
		m->last_ns = last > m->last_ns ? last : m->last_ns;
	}
}

enum ind_err gather_new(struct report_model *m, uint64_t records_max, struct gather **gather)
{
	struct gather *g = calloc(1, sizeof(*g));
	*gather = g;
	if (!g)
		return IND_NOMEM;
	g->m = m;
	g->records_max = records_max;
	out_start(&g->line, NULL, NULL);
	window_of_subjects(m);
	m->bundles = arena_take(&m->arena, (m->digest_count + 1) * sizeof(*m->bundles));
	g->gaps = gaps_new(m->digest_count);
	enum ind_err err = m->bundles && g->gaps ? cited_gather(g) : IND_NOMEM;
	return err == IND_OK ? filter_of_subjects(g) : err;
}

void gather_free(struct gather *g)
{
	if (!g)
		return;
	query_filter_free(g->filter);
	gaps_free(g->gaps);
	out_free(&g->line);
	free(g);
}

/* ---- passes ---- */

static void bin_add(struct report_model *m, const struct ind_record *record)
{
	const struct ind_flow *f = &record->flow.flow;
	uint64_t width = (m->last_ns - m->first_ns) / MODEL_BINS + 1;
	if (!m->first_ns || f->start_ns > m->last_ns || f->end_ns < m->first_ns || f->end_ns < f->start_ns)
		return;
	uint64_t from = f->start_ns < m->first_ns ? 0 : (f->start_ns - m->first_ns) / width;
	uint64_t to = f->end_ns > m->last_ns ? MODEL_BINS - 1 : (f->end_ns - m->first_ns) / width;
	for (uint64_t i = from; i <= to; i++)
		m->bins[i].flows++;
	m->bins[from].signals += record->flow.signal_count;
}

static enum ind_err take_flow(struct gather *g, const struct ind_record *record, const struct rows_context *context)
{
	const struct cited *end, *from = cited_of(g, &record->id, &end);
	bool itself = from && from->part == 0;
	g->m->records_matching++;
	bin_add(g->m, record);
	if (!from && g->uncited >= g->records_max)
		return IND_OK;
	row_of_flow(&g->row, record, context);
	if (!gather_flow(g, record, itself))
		return IND_NOMEM;
	return from ? gather_signals(g, record, from + itself, end, context->signals) : IND_OK;
}

static enum ind_err flows_gather(struct gather *g, const struct ind_source *source)
{
	struct feed_options options = { .want = IND_WANT(IND_REC_FLOW), .filter = g->filter };
	struct feed *feed = NULL;
	const struct ind_record *record;
	enum ind_err err = g->filter ? feed_new(source, &options, &feed) : IND_END;
	while (err == IND_OK && (err = feed_next(feed, &record)) == IND_OK)
		if (record->kind == IND_REC_FLOW)
			err = take_flow(g, record, feed_context(feed));
	feed_free(feed);
	return err;
}

static bool wants_other(const struct gather *g, const struct ind_record *record)
{
	const struct cited *end;
	if (cited_of(g, &record->id, &end))
		return true;
	if (record->kind == IND_REC_CLAIM)
		return of_subject(g, record->claim.ip_version, record->claim.addr);
	if (record->kind == IND_REC_ORIGIN)
		return of_subject(g, record->origin.ip_version, record->origin.addr);
	return record->kind == IND_REC_EXHIBIT;
}

static enum ind_err others_gather(struct gather *g, const struct ind_source *source)
{
	uint32_t kinds = IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_ORIGIN) | (g->filter ? IND_WANT(IND_REC_EXHIBIT) : 0);
	struct feed *feed = NULL;
	const struct ind_record *record;
	enum ind_err err = feed_new(source, &(struct feed_options){ .want = kinds }, &feed);
	while (err == IND_OK && (err = feed_next(feed, &record)) == IND_OK)
		if (record->kind != IND_REC_HEADER && wants_other(g, record))
			err = gather_other(g, record, feed_context(feed));
	feed_free(feed);
	return err;
}

/* What is read of a damaged bundle counts; the rest is said to be missing. */
static enum ind_err settle(struct model_bundle *b, enum ind_err err)
{
	if (err == IND_OK || err == IND_END)
		return IND_OK;
	if (err == IND_NOMEM || err == IND_IO)
		return err;
	b->damaged = true;
	return IND_OK;
}

enum ind_err gather_bundle(struct gather *g, const struct report_source *source)
{
	struct report_model *m = g->m;
	if (m->bundle_count >= m->digest_count)
		return IND_LIMIT;
	struct model_bundle *b = &m->bundles[m->bundle_count];
	uint64_t offset;
	enum ind_err read, err = settle(b, gather_overview(g, b, source));
	if (err == IND_OK)
		err = gaps_look(g->gaps, m->bundle_count, source->source, &read, &offset);
	m->bundle_count++;
	if (err == IND_OK)
		err = settle(b, flows_gather(g, source->source));
	if (err == IND_OK)
		err = gather_choose_shown(g);
	if (err == IND_OK)
		err = settle(b, others_gather(g, source->source));
	return m->arena.failed ? IND_NOMEM : err;
}

/* ---- the end ---- */

static int record_order(const void *a, const void *b)
{
	const struct model_record *x = a, *y = b;
	if (x->bundle != y->bundle)
		return x->bundle < y->bundle ? -1 : 1;
	if (x->leaf != y->leaf)
		return x->leaf < y->leaf ? -1 : 1;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->part > y->part) - (x->part < y->part);
}

static int id_order(const void *a, const void *b)
{
	const struct model_record *x = *(const struct model_record *const *)a, *y = *(const struct model_record *const *)b;
	int order = strcmp(x->id, y->id);
	return order ? order : (x > y) - (x < y);
}

static void index_make(struct report_model *m)
{
	m->by_id = m->record_count ? arena_take(&m->arena, m->record_count * sizeof(*m->by_id)) : NULL;
	for (size_t i = 0; m->by_id && i < m->record_count; i++)
		m->by_id[i] = &m->records[i];
	if (m->by_id)
		qsort(m->by_id, m->record_count, sizeof(*m->by_id), id_order);
}

enum ind_err gather_end(struct gather *g)
{
	struct report_model *m = g->m;
	if (m->record_count)
		qsort(m->records, m->record_count, sizeof(*m->records), record_order);
	index_make(m);
	enum ind_err err = gather_gaps(g);
	return m->arena.failed ? IND_NOMEM : err;
}

size_t model_records_listed(const struct report_model *m)
{
	size_t listed = 0;
	for (size_t i = 0; i < m->record_count; i++)
		listed += m->records[i].kind == MODEL_FLOW || m->records[i].kind == MODEL_CLAIM || m->records[i].kind == MODEL_ORIGIN;
	return listed;
}

size_t model_record_find(const struct report_model *m, const char *id)
{
	size_t low = 0, high = m->by_id ? m->record_count : 0, count = high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(m->by_id[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && strcmp(m->by_id[low]->id, id) == 0 ? (size_t)(m->by_id[low] - m->records) : SIZE_MAX;
}
