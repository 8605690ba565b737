/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md section 3: what each event says of the others, and what is wrong with it. */
#include "bundle/custody_log.h"

#include "bundle/message.h"
#include <string.h>

/* qsort takes no context; both orders are asked for inside one call of ind_custody_log_check. */
struct place {
	const struct custody_node *node;
	size_t at;
};

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = memcmp(&x->node->id, &y->node->id, sizeof x->node->id);
	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

static int by_time(const void *a, const void *b)
{
	const struct custody_node *x = ((const struct place *)a)->node, *y = ((const struct place *)b)->node;
	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	if (x->claimed_ns != y->claimed_ns)
		return x->claimed_ns < y->claimed_ns ? -1 : 1;
	return memcmp(&x->id, &y->id, sizeof x->id);
}

/* Place of an event in by_id, or NONE. */
static size_t custody_rank(const struct ind_custody_log *log, const struct ind_custody_id *id)
{
	size_t low = 0, high = log->unique;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(&log->nodes[log->by_id[middle]].id, id, sizeof *id);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return CUSTODY_NONE;
}

static bool same_key(const struct ind_key_public *a, const struct ind_key_public *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* ---- one event, found in several files ---- */

static void nodes_reset(struct ind_custody_log *log)
{
	static const uint32_t of_the_record = 1u << IND_CUSTODY_CODE_FORM | 1u << IND_CUSTODY_CODE_SIGNATURE;
	for (size_t i = 0; i < log->node_count; i++) {
		struct custody_node *n = &log->nodes[i];
		n->codes &= of_the_record;
		n->files = UINT64_C(1) << n->file;
		n->missing = n->level = n->waiting = 0;
		n->named = false;
		n->receipt = n->stamp = CUSTODY_NONE;
	}
	for (size_t i = 0; i < log->file_count; i++)
		log->files[i].cut = 0;
}

/* Rules about the place of a record in its file; node i - 1 is the record before it. */
static void places_check(struct ind_custody_log *log, const struct ind_key_public *owner)
{
	for (size_t i = 0; i < log->node_count; i++) {
		struct custody_node *n = &log->nodes[i];
		const struct ind_custody_file *file = &log->files[n->file];
		uint8_t id[4];
		ind_key_id(&n->actor_key, "indicia", id);
		bool other_than_name = file->has_key_id && memcmp(id, file->key_id, sizeof id) != 0;
		bool other_than_owner = file->role == IND_CUSTODY_OWNER && owner && !same_key(&n->actor_key, owner);
		if (n->readable && (other_than_name || other_than_owner || !same_key(&n->actor_key, &file->hand)))
			custody_mark(n, IND_CUSTODY_CODE_HAND);
		bool names_it = n->place == 0;
		for (size_t p = 0; p < n->parent_count && !names_it; p++)
			names_it = memcmp(&custody_parents(log, n)[p], &log->nodes[i - 1].id, sizeof n->id) == 0;
		if (n->readable && !names_it)
			custody_mark(n, IND_CUSTODY_CODE_ORDER);
	}
}

static void unique_make(struct ind_custody_log *log, struct place *places)
{
	for (size_t i = 0; i < log->node_count; i++)
		places[i] = (struct place){ &log->nodes[i], i };
	if (log->node_count)
		qsort(places, log->node_count, sizeof *places, by_id);
	log->unique = 0;
	for (size_t i = 0; i < log->node_count; i++) {
		struct custody_node *first = log->unique ? &log->nodes[log->by_id[log->unique - 1]] : NULL;
		const struct custody_node *n = places[i].node;
		if (first && memcmp(&first->id, &n->id, sizeof n->id) == 0) {
			first->codes |= n->codes;
			first->files |= n->files;
		} else {
			log->by_id[log->unique++] = places[i].at;
		}
	}
}

/* ---- the graph ---- */

struct graph {
	size_t *children_at; /* of unique event i: from children_at[i] to children_at[i + 1] in children */
	size_t *children;
	size_t *queue;
	size_t *ranks;    /* of each parent in the pool; NONE: it is unknown */
	uint8_t *vouched; /* of each unique event */
};

/* Looks each parent up once. */
static void ranks_make(struct ind_custody_log *log, struct graph *g)
{
	for (size_t i = 0; i < log->parents_used; i++)
		g->ranks[i] = custody_rank(log, (const struct ind_custody_id *)(const void *)log->parents.at + i);
}

/* Counts the children of each event, or with `put` places them: the two passes of a counting sort. */
static void children_pass(struct ind_custody_log *log, struct graph *g, bool put)
{
	for (size_t i = 0; i < log->unique; i++) {
		struct custody_node *n = &log->nodes[log->by_id[i]];
		for (size_t p = 0; p < n->parent_count; p++) {
			size_t parent = g->ranks[n->parents_at + p];
			if (put && parent != CUSTODY_NONE) {
				g->children[--g->children_at[parent]] = i;
				continue;
			}
			if (parent == CUSTODY_NONE) {
				n->missing += !put;
				continue;
			}
			g->children_at[parent]++;
			n->waiting++;
			/* A forged event shall not hide the head that it names. */
			log->nodes[log->by_id[parent]].named |= n->signature_ok;
		}
		if (n->missing)
			custody_mark(n, IND_CUSTODY_CODE_PARENT);
	}
}

/* Level: the longest way from an event without known parents. Each edge is walked once (Kahn 1962). */
static void levels_make(struct ind_custody_log *log, struct graph *g)
{
	size_t head = 0, tail = 0, sum = 0;
	children_pass(log, g, false);
	for (size_t i = 0; i <= log->unique; i++) {
		sum += g->children_at[i];
		g->children_at[i] = sum;
	}
	children_pass(log, g, true);
	for (size_t i = 0; i < log->unique; i++)
		if (log->nodes[log->by_id[i]].waiting == 0)
			g->queue[tail++] = i;
	while (head < tail) {
		size_t at = g->queue[head++];
		const struct custody_node *n = &log->nodes[log->by_id[at]];
		for (size_t c = g->children_at[at]; c < g->children_at[at + 1]; c++) {
			struct custody_node *child = &log->nodes[log->by_id[g->children[c]]];
			if (child->level <= n->level)
				child->level = n->level + 1;
			if (--child->waiting == 0)
				g->queue[tail++] = g->children[c];
		}
	}
}

static void order_make(struct ind_custody_log *log, struct place *places)
{
	for (size_t i = 0; i < log->unique; i++)
		places[i] = (struct place){ &log->nodes[log->by_id[i]], log->by_id[i] };
	if (log->unique)
		qsort(places, log->unique, sizeof *places, by_time);
	for (size_t i = 0; i < log->unique; i++)
		log->order[i] = places[i].at;
}

/* ---- what events say of each other ---- */

static bool releases_to(const struct custody_node *release, const struct custody_node *receipt)
{
	return release->type == IND_CUSTODY_RELEASED && release->signature_ok && same_key(&release->other_key, &receipt->actor_key) &&
		same_key(&release->actor_key, &receipt->other_key);
}

static void parents_look(struct ind_custody_log *log, const struct graph *g, size_t at)
{
	struct custody_node *n = &log->nodes[at];
	bool released = false;
	for (size_t p = 0; p < n->parent_count; p++) {
		size_t rank = g->ranks[n->parents_at + p];
		if (rank == CUSTODY_NONE)
			continue;
		struct custody_node *parent = &log->nodes[log->by_id[rank]];
		if (n->claimed_ns < parent->claimed_ns)
			custody_mark(n, IND_CUSTODY_CODE_EARLIER);
		if (n->type != IND_CUSTODY_RECEIVED || !releases_to(parent, n))
			continue;
		released = true;
		if (n->signature_ok && parent->receipt == CUSTODY_NONE)
			parent->receipt = at;
	}
	if (n->type == IND_CUSTODY_RECEIVED && !released && !n->missing)
		custody_mark(n, IND_CUSTODY_CODE_RELEASE);
}

/* What an event follows, through all its parents. */
static void ancestors_mark(const struct ind_custody_log *log, struct graph *g, const struct custody_node *from)
{
	size_t head = 0, tail = 0;
	const struct custody_node *n = from;
	for (;;) {
		for (size_t p = 0; p < n->parent_count; p++) {
			size_t parent = g->ranks[n->parents_at + p];
			if (parent == CUSTODY_NONE || g->vouched[parent])
				continue;
			g->vouched[parent] = 1;
			g->queue[tail++] = parent;
		}
		if (head == tail)
			return;
		n = &log->nodes[log->by_id[g->queue[head++]]];
	}
}

static bool may_revoke(const struct custody_node *n, const struct ind_key_public *owner)
{
	return same_key(&n->actor_key, &n->other_key) || (owner && same_key(&n->actor_key, owner));
}

/* Events of the key that `by` revokes are worth something only where some revocation of it follows them. */
static void revocation_apply(
	struct ind_custody_log *log, struct graph *g, const struct custody_node *by, const struct ind_key_public *owner)
{
	memset(g->vouched, 0, log->unique);
	for (size_t i = 0; i < log->unique; i++) {
		const struct custody_node *n = &log->nodes[log->by_id[i]];
		if (n->type != IND_CUSTODY_KEY_REVOKED || !n->signature_ok || !same_key(&n->other_key, &by->other_key) ||
			!may_revoke(n, owner))
			continue;
		g->vouched[i] = 1; /* the revocation itself */
		ancestors_mark(log, g, n);
	}
	for (size_t i = 0; i < log->unique; i++) {
		struct custody_node *n = &log->nodes[log->by_id[i]];
		if (n->readable && same_key(&n->actor_key, &by->other_key) && !g->vouched[i])
			custody_mark(n, IND_CUSTODY_CODE_REVOKED);
	}
}

static void revocations_check(struct ind_custody_log *log, struct graph *g, const struct ind_key_public *owner)
{
	const struct custody_node *last = NULL;
	for (size_t i = 0; i < log->unique; i++) {
		struct custody_node *n = &log->nodes[log->order[i]];
		if (n->type != IND_CUSTODY_KEY_REVOKED || !n->signature_ok)
			continue;
		if (!may_revoke(n, owner))
			custody_mark(n, IND_CUSTODY_CODE_REVOKED);
		else if (!last || !same_key(&last->other_key, &n->other_key))
			revocation_apply(log, g, n, owner);
		last = may_revoke(n, owner) ? n : last;
	}
}

/* ---- what the caller knows ---- */

static bool trusts(const struct ind_custody_known *known, const struct ind_key_public *key)
{
	for (size_t i = 0; i < known->trusted_count; i++)
		if (same_key(&known->trusted[i], key))
			return true;
	return false;
}

static bool same_bundle(const struct ind_bundle_head *a, const struct ind_bundle_head *b)
{
	return memcmp(a->stream_id, b->stream_id, sizeof a->stream_id) == 0 && a->tree_size == b->tree_size &&
		memcmp(a->root, b->root, sizeof a->root) == 0 && memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0;
}

static enum ind_err stamp_look(struct ind_custody_log *log, struct custody_node *n, const struct ind_custody_event *e,
	const struct ind_custody_known *known, size_t *stamps)
{
	struct ind_stamp_result *r = &log->stamps[*stamps];
	if (!known->note_sha256 || !n->signature_ok)
		return IND_OK;
	enum ind_err err = ind_stamp_check(&e->stamp, known->note_sha256, known->roots, r, NULL);
	if (err != IND_OK)
		return err;
	if (r->reason != IND_STAMP_OK)
		custody_mark(n, IND_CUSTODY_CODE_STAMP);
	n->stamp = (*stamps)++;
	return IND_OK;
}

static enum ind_err known_look(struct ind_custody_log *log, const struct ind_custody_known *known, struct ind_custody_event *e)
{
	size_t stamps = 0;
	enum ind_err err = IND_OK;
	for (size_t i = 0; i < log->unique && err == IND_OK; i++) {
		struct custody_node *n = &log->nodes[log->order[i]];
		Indicia__V1__CustodyEvent *message;
		if (!n->readable)
			continue;
		if (!trusts(known, &n->actor_key))
			custody_mark(n, IND_CUSTODY_CODE_KEY_UNKNOWN);
		err = custody_unpack(custody_record_event(&n->record), n->record.event_bytes, e, &message);
		if (err != IND_OK)
			return err;
		if (known->bundle && !same_bundle(&e->bundle, known->bundle))
			custody_mark(n, IND_CUSTODY_CODE_BUNDLE);
		if (e->has_stamp)
			err = stamp_look(log, n, e, known, &stamps);
		message_free(message);
	}
	return err;
}

/* ---- files that should hold more ---- */

static bool is_of_hand(const struct ind_custody_file *file, const struct ind_key_public *key, const struct ind_key_public *owner)
{
	uint8_t id[4];
	if (file->role == IND_CUSTODY_COPY)
		return false;
	if (file->events)
		return same_key(&file->hand, key);
	ind_key_id(key, "indicia", id);
	return file->role == IND_CUSTODY_OWNER ? owner && same_key(owner, key)
					       : file->has_key_id && memcmp(file->key_id, id, sizeof id) == 0;
}

static void cuts_count(struct ind_custody_log *log, const struct ind_key_public *owner)
{
	for (size_t i = 0; i < log->unique; i++) {
		const struct custody_node *n = &log->nodes[log->by_id[i]];
		for (size_t f = 0; f < log->file_count && n->signature_ok; f++)
			if (!(n->files >> f & 1) && is_of_hand(&log->files[f], &n->actor_key, owner))
				log->files[f].cut++;
	}
}

/* ---- all of it ---- */

static void graph_free(struct graph *g)
{
	free(g->children_at);
	free(g->children);
	free(g->queue);
	free(g->ranks);
	free(g->vouched);
}

static bool graph_new(struct graph *g, const struct ind_custody_log *log)
{
	size_t nodes = log->node_count + 1, edges = log->parents_used + 1;
	*g = (struct graph){
		.children_at = calloc(nodes, sizeof *g->children_at),
		.children = calloc(edges, sizeof *g->children),
		.queue = calloc(nodes, sizeof *g->queue),
		.ranks = calloc(edges, sizeof *g->ranks),
		.vouched = calloc(nodes, 1),
	};
	return g->children_at && g->children && g->queue && g->ranks && g->vouched;
}

static bool lists_new(struct ind_custody_log *log)
{
	free(log->by_id);
	free(log->order);
	log->by_id = calloc(log->node_count + 1, sizeof *log->by_id);
	log->order = calloc(log->node_count + 1, sizeof *log->order);
	return log->by_id && log->order;
}

static enum ind_err look(struct ind_custody_log *log, struct graph *g, const struct ind_custody_known *known, struct place *places)
{
	nodes_reset(log);
	places_check(log, known->owner);
	unique_make(log, places);
	ranks_make(log, g);
	levels_make(log, g);
	order_make(log, places);
	for (size_t i = 0; i < log->unique; i++)
		parents_look(log, g, log->order[i]);
	revocations_check(log, g, known->owner);
	cuts_count(log, known->owner);
	struct ind_custody_event *event = malloc(sizeof *event);
	enum ind_err err = event ? known_look(log, known, event) : IND_NOMEM;
	free(event);
	return err;
}

enum ind_err ind_custody_log_check(struct ind_custody_log *log, const struct ind_custody_known *known)
{
	struct graph g;
	struct place *places = calloc(log->node_count + 1, sizeof *places);
	bool room = graph_new(&g, log) && lists_new(log) && places;
	log->unique = 0;
	enum ind_err err = room ? look(log, &g, known, places) : IND_NOMEM;
	graph_free(&g);
	free(places);
	log->checked = err == IND_OK;
	return err;
}

size_t ind_custody_log_heads(const struct ind_custody_log *log, size_t file, struct ind_custody_id heads[static IND_CUSTODY_PARENTS_MAX])
{
	size_t count = 0;
	bool has_last = file < log->file_count && log->files[file].events;
	if (has_last)
		heads[count++] = log->files[file].last;
	for (size_t i = 0; i < ind_custody_log_count(log) && count < IND_CUSTODY_PARENTS_MAX; i++) {
		const struct custody_node *n = &log->nodes[log->order[i]];
		bool is_last = has_last && memcmp(&n->id, &heads[0], sizeof n->id) == 0;
		if (!n->named && n->signature_ok && !is_last)
			heads[count++] = n->id;
	}
	return count;
}

bool ind_custody_log_not_after(const struct ind_custody_log *log, struct ind_stamp_result *earliest)
{
	bool found = false;
	for (size_t i = 0; i < ind_custody_log_count(log); i++) {
		const struct custody_node *n = &log->nodes[log->order[i]];
		if (n->stamp == CUSTODY_NONE || log->stamps[n->stamp].reason != IND_STAMP_OK)
			continue;
		if (!found || log->stamps[n->stamp].not_after_ns < earliest->not_after_ns)
			*earliest = log->stamps[n->stamp];
		found = true;
	}
	return found;
}
