/* SPDX-License-Identifier: Apache-2.0 */
#include "disclosed.h"

#include <stdlib.h>

static void must(bool ok)
{
	if (!ok)
		abort();
}

bool pick_choose(void *ctx, const struct ind_record *record, uint32_t *opened)
{
	struct pick *p = ctx;
	bool of_kind = p->kind == IND_REC_HEADER || p->kind == record->kind;
	bool chosen = p->all || (p->only && of_kind && p->asked == p->number);
	p->asked += of_kind;
	if (!chosen)
		return false;
	p->record.kind = record->kind;
	p->record.id = record->id;
	*opened = p->opened;
	return true;
}

struct ind_disclose_made disclosed_make(const struct memory *bundle, const struct keys *keys, struct pick *pick, struct memory *proof)
{
	struct ind_source source = memory_source(bundle);
	struct ind_sink sink = memory_sink(proof);
	struct ind_key_public trusted;
	struct ind_disclose_made made;
	ind_key_public(keys->identity, &trusted);
	struct ind_disclose_options options = { &trusted, 1, pick_choose, pick };
	must(ind_disclose(&source, &options, &sink, &made) == IND_OK);
	return made;
}

static void see(void *ctx, const struct ind_disclosed *d)
{
	struct disclosed_seen *seen = ctx;
	if (d->record.kind == IND_REC_HEADER)
		return;
	seen->records++;
	seen->kind = d->record.kind;
	seen->id = d->record.id;
	seen->opened = d->opened;
}

struct ind_disclosure_result disclosed_check(const struct memory *proof, const struct keys *keys, struct disclosed_seen *seen)
{
	struct ind_source source = memory_source(proof);
	struct ind_key_public trusted;
	struct ind_disclosure_result r;
	ind_key_public(keys->identity, &trusted);
	if (seen)
		*seen = (struct disclosed_seen){ 0 };
	must(ind_disclosure_check(&source, &(struct ind_verify_options){ .trusted = &trusted, .trusted_count = 1 }, seen ? see : NULL, seen, &r) == IND_OK);
	return r;
}

uint32_t disclosed_groups(enum ind_record_kind kind) { return kind == IND_REC_FLOW ? 63 : kind == IND_REC_EXHIBIT ? 1 : 15; }
