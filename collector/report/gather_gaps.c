/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing: leaves, losses and damage as query/gaps.h finds them, and times that no bundle of a sensor covers. */
#include "indicia/catalogue.h"
#include "report/gather_inside.h"
#include <stdlib.h>
#include <string.h>

/* Between two bundles of one run lies the change of files, whose packets wait for the next bundle. */
static const uint64_t least_gap_ns = UINT64_C(1000000000);

static void gap_add(struct report_model *m, const struct model_gap *gap)
{
	struct model_gap *list = arena_grow(&m->arena, m->gaps, m->gap_count, sizeof(*list));
	if (!list)
		return;
	m->gaps = list;
	m->gaps[m->gap_count++] = *gap;
}

/* ---- times ---- */

static int coverage_order(const void *a, const void *b)
{
	const struct model_bundle *const *x = a, *const *y = b;
	int order = strcmp((*x)->sensor, (*y)->sensor);
	if (order || (*x)->open_ns == (*y)->open_ns)
		return order ? order : memcmp((*x)->sha256, (*y)->sha256, IND_SHA256_BYTES);
	return (*x)->open_ns < (*y)->open_ns ? -1 : 1;
}

/* What was recorded and is not here is no time without a record. */
static bool is_missing_before(const struct report_model *m, size_t bundle)
{
	for (size_t i = 0; i < m->gap_count; i++)
		if (m->gaps[i].kind == MODEL_GAP_LEAVES && m->gaps[i].bundle == bundle)
			return true;
	return false;
}

static bool order_make(struct report_model *m)
{
	m->in_time = arena_take(&m->arena, (m->bundle_count + 1) * sizeof(*m->in_time));
	for (size_t i = 0; m->in_time && i < m->bundle_count; i++)
		m->in_time[i] = &m->bundles[i];
	if (m->in_time && m->bundle_count)
		qsort(m->in_time, m->bundle_count, sizeof(*m->in_time), coverage_order);
	return m->in_time;
}

static void times_find(struct report_model *m)
{
	const struct model_bundle **order = m->in_time;
	uint64_t covered = m->bundle_count ? order[0]->sealed_ns : 0;
	for (size_t i = 1; i < m->bundle_count; i++) {
		const struct model_bundle *b = order[i];
		size_t at = (size_t)(b - m->bundles);
		bool same = strcmp(order[i - 1]->sensor, b->sensor) == 0;
		if (same && covered && b->open_ns > covered && b->open_ns - covered > least_gap_ns && !is_missing_before(m, at))
			gap_add(m, &(struct model_gap){ .kind = MODEL_GAP_TIME, .bundle = at, .from_ns = covered, .to_ns = b->open_ns });
		covered = same && covered > b->sealed_ns ? covered : b->sealed_ns;
	}
}

/* ---- rows ---- */

static uint64_t number_of(const struct query_row *row, unsigned at) { return row->cell[at].form == CELL_ABSENT ? 0 : row->cell[at].number; }

static enum model_gap_kind kind_of(const char *kind)
{
	static const char *const kinds[] = {
		[MODEL_GAP_LEAVES] = "leaves", [MODEL_GAP_LOSS] = "loss", [MODEL_GAP_DAMAGE] = "damage", [MODEL_GAP_RECOVERY] = "recovery",
	};
	enum model_gap_kind k = MODEL_GAP_LEAVES;
	while (k < MODEL_GAP_RECOVERY && strcmp(kinds[k], kind) != 0)
		k++;
	return k;
}

/* A sensor says again and again what it lost: one gap for each bundle and cause. Where the last one of each cause stands, behind 0. */
struct losses { size_t at[IND_LOSS_MAX]; };

static unsigned cause_of(const char *reason)
{
	unsigned cause = 1;
	while (cause < IND_LOSS_MAX && (!ind_loss_name(cause) || strcmp(ind_loss_name(cause), reason) != 0))
		cause++;
	return cause % IND_LOSS_MAX;
}

static bool add_to(struct report_model *m, struct losses *losses, const struct model_gap *gap)
{
	if (gap->kind != MODEL_GAP_LOSS)
		return false;
	size_t *at = &losses->at[cause_of(gap->reason)];
	if (!*at || m->gaps[*at - 1].bundle != gap->bundle) {
		*at = m->gap_count + 1;
		return false;
	}
	struct model_gap *g = &m->gaps[*at - 1];
	g->from_ns = gap->from_ns < g->from_ns ? gap->from_ns : g->from_ns;
	g->to_ns = gap->to_ns > g->to_ns ? gap->to_ns : g->to_ns;
	g->count += gap->count;
	return true;
}

/* Leaves before the first bundle of a stream, from leaf 0 on, are nothing that this report is about; what was lost in reading a packet is no time without a
 * record, and stands with its bundle. */
static bool matters(const struct model_gap *gap, uint64_t first_leaf)
{
	static const unsigned causes[] = { IND_LOSS_KERNEL_DROP, IND_LOSS_INTERFACE_DROP, IND_LOSS_RING, IND_LOSS_DISK };
	if (gap->kind != MODEL_GAP_LOSS)
		return gap->kind != MODEL_GAP_LEAVES || first_leaf;
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(ind_loss_name(causes[i]), gap->reason) == 0)
			return true;
	return false;
}

static void row_take(struct gather *g, struct losses *losses, size_t n)
{
	gaps_row(g->gaps, n, &g->row);
	struct model_gap gap = {
		kind_of(g->row.cell[QUERY_GAP_kind].text), gaps_bundle(g->gaps, n), g->row.cell[QUERY_GAP_reason].text,
		number_of(&g->row, QUERY_GAP_from), number_of(&g->row, QUERY_GAP_to), number_of(&g->row, QUERY_GAP_count),
	};
	if (matters(&gap, number_of(&g->row, QUERY_GAP_first_leaf)) && !add_to(g->m, losses, &gap))
		gap_add(g->m, &gap);
}

enum ind_err gather_gaps(struct gather *g)
{
	enum ind_err err = order_make(g->m) ? gaps_end(g->gaps) : IND_NOMEM;
	struct losses losses = { { 0 } };
	for (size_t n = 0; n < gaps_count(g->gaps) && err == IND_OK; n++)
		row_take(g, &losses, n);
	if (err == IND_OK)
		times_find(g->m);
	return err;
}
