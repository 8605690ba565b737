/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 6.2: which statements count, and whom they make trusted. */
#include "indicia/trust.h"

#include <stdbool.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

struct statements {
	const struct ind_statement *at;
	size_t count;
};

static bool same(const struct ind_key_public *a, const struct ind_key_public *b) { return memcmp(a, b, sizeof *a) == 0; }

/* The successor statement of a key that counts, of several the earliest; NULL if there is none, or if two keys are named. */
static const struct ind_statement *succession(const struct statements *s, const struct ind_key_public *key)
{
	const struct ind_statement *found = NULL;
	for (size_t i = 0; i < s->count; i++) {
		const struct ind_statement *one = &s->at[i];
		if (one->kind != IND_STATEMENT_SUCCESSOR || !same(&one->key, key) || ind_statement_check(one, key) != IND_OK)
			continue;
		if (found && !same(&found->successor, &one->successor))
			return NULL;
		if (!found || one->time_s < found->time_s)
			found = one;
	}
	return found;
}

/* Did this key, or one that follows it, sign the revocation? A ring of successors ends after as many steps as there are statements. */
static bool revocation_counts(const struct statements *s, const struct ind_statement *revocation)
{
	const struct ind_key_public *signer = &revocation->key;
	for (size_t step = 0; step <= s->count; step++) {
		if (ind_statement_check(revocation, signer) == IND_OK)
			return true;
		const struct ind_statement *next = succession(s, signer);
		if (!next)
			return false;
		signer = &next->successor;
	}
	return false;
}

static uint64_t revoked_at(const struct statements *s, const struct ind_key_public *key)
{
	uint64_t earliest_ns = UINT64_MAX;
	for (size_t i = 0; i < s->count; i++) {
		const struct ind_statement *one = &s->at[i];
		if (one->kind == IND_STATEMENT_REVOCATION && same(&one->key, key) && one->time_s * NS_PER_S < earliest_ns && revocation_counts(s, one))
			earliest_ns = one->time_s * NS_PER_S;
	}
	return earliest_ns;
}

static bool is_in(const struct ind_key_public *keys, size_t count, const struct ind_key_public *key)
{
	for (size_t i = 0; i < count; i++)
		if (same(&keys[i], key))
			return true;
	return false;
}

size_t ind_trust_resolve(struct ind_key_public *keys, uint64_t *revoked_ns, size_t count, size_t max, const struct ind_statement *statements,
	size_t statement_count)
{
	const struct statements s = { statements, statement_count };
	for (size_t i = 0; i < count; i++) {
		revoked_ns[i] = revoked_at(&s, &keys[i]);
		const struct ind_statement *next = succession(&s, &keys[i]);
		if (next && next->time_s * NS_PER_S <= revoked_ns[i] && count < max && !is_in(keys, count, &next->successor))
			keys[count++] = next->successor;
	}
	return count;
}
