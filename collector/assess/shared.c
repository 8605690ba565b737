/* SPDX-License-Identifier: Apache-2.0 */
/* Values that two subjects have in common, and how many addresses of the bundles have each: a rare one links, a common one does not. */
#include "assess/inside.h"
#include <string.h>

static const struct mark *mark_in(const struct subject *s, const struct mark *of)
{
	for (size_t i = 0; i < s->mark_count; i++)
		if (s->marks[i].digest == of->digest && s->marks[i].signal == of->signal)
			return &s->marks[i];
	return NULL;
}

const struct shared *shared_of(const struct assess *a, unsigned signal, uint64_t digest)
{
	for (size_t i = 0; i < a->shared_count; i++)
		if (a->shared[i].digest == digest && a->shared[i].signal == signal)
			return &a->shared[i];
	return NULL;
}

bool shared_find(struct assess *a)
{
	for (size_t i = 0; i < a->subject_count; i++)
		for (size_t m = 0; m < a->subjects[i].mark_count; m++) {
			const struct mark *mark = &a->subjects[i].marks[m];
			for (size_t k = i + 1; k < a->subject_count; k++) {
				if (!mark_in(&a->subjects[k], mark) || shared_of(a, mark->signal, mark->digest))
					continue;
				if (a->shared_count < SHARED_MAX)
					a->shared[a->shared_count++] = (struct shared){ mark->digest, mark->signal, 0 };
				else
					a->subjects[i].cut = a->subjects[k].cut = true;
			}
		}
	return a->shared_count != 0;
}

static uint64_t key_of(const struct assess *a, const struct ind_record *record, const struct ind_signal *signal, uint64_t digest)
{
	uint64_t words[5] = { signal->id, digest, record->flow.flow.ip_version };
	memcpy(words + 3, record->flow.flow.addr[signal->from == IND_SRC ? IND_SRC : IND_DST], IND_ADDR_BYTES);
	return hash_words(&a->secret, words, 5);
}

enum ind_err shared_flow(struct assess *a, const struct ind_record *record)
{
	for (size_t i = 0; i < record->flow.signal_count; i++) {
		const struct ind_signal *signal = &record->flow.signals[i];
		if (!mark_is(signal))
			continue;
		int first = tally_add(&a->signal_seen, key_of(a, record, signal, 0));
		if (first < 0)
			return IND_NOMEM;
		a->signal_holders[signal->id] += first > 0;
		uint64_t digest = mark_digest(signal);
		struct shared *shared = (struct shared *)(uintptr_t)shared_of(a, signal->id, digest);
		first = shared ? tally_add(&a->shared_seen, key_of(a, record, signal, digest)) : 0;
		if (first < 0)
			return IND_NOMEM;
		if (shared)
			shared->holders += first > 0;
	}
	return IND_OK;
}
