/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/stretch.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <stdlib.h>
#include <string.h>

/* A final SEALINFO and its CHECKPOINT are the last two leaves of a bundle (docs/bundle-format.md section 2). */
enum { LEAVES_OF_A_SEAL = 2 };

struct stretch_bundle {
	const char *name;
	size_t place;                /* among the inputs */
	size_t stretch;
	uint8_t stream_id[IND_STREAM_ID_BYTES];
	uint64_t first_leaf, next_leaf;
	bool known, goes_on, failed; /* failed: it cannot be opened, which was said */
	bool is_open;                /* standard input stays so */
	struct input input;
};

static void look(struct stretch_bundle *b)
{
	struct ind_reader *reader;
	const struct ind_record *record;
	if (ind_reader_new(&b->input.source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_SEAL), &reader) != IND_OK)
		return;
	while (ind_reader_next(reader, &record) == IND_OK) {
		if (record->kind == IND_REC_HEADER) {
			memcpy(b->stream_id, record->header.stream_id, sizeof(b->stream_id));
			b->first_leaf = record->header.first_leaf;
			b->known = true;
		} else if (record->seal.final) {
			b->goes_on = record->seal.reason == IND_SEAL_ROTATE;
			b->next_leaf = record->id.leaf + LEAVES_OF_A_SEAL;
		}
	}
	ind_reader_free(reader);
}

static int open_bundle(struct stretch_bundle *b)
{
	int status = input_open(&b->input, b->name);
	b->is_open = status == CLI_DONE;
	return status;
}

static void close_bundle(struct stretch_bundle *b)
{
	if (b->is_open)
		input_close(&b->input);
	b->is_open = false;
}

static int by_leaf(const void *a, const void *b)
{
	const struct stretch_bundle *x = a, *y = b;
	int order = memcmp(x->stream_id, y->stream_id, sizeof(x->stream_id));
	if (order)
		return order;
	if (x->first_leaf != y->first_leaf)
		return x->first_leaf < y->first_leaf ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

static bool follows(const struct stretch_bundle *before, const struct stretch_bundle *b)
{
	return before->known && b->known && before->goes_on && before->next_leaf == b->first_leaf &&
		memcmp(before->stream_id, b->stream_id, sizeof(b->stream_id)) == 0;
}

int stretches_find(struct stretches *s, const struct inputs *inputs)
{
	int status = CLI_DONE;
	s->bundles = calloc(inputs->count, sizeof(*s->bundles));
	if (!s->bundles)
		return tell_error("out of memory"), CLI_FAILED;
	s->bundle_count = inputs->count;
	for (size_t i = 0; i < inputs->count; i++) {
		struct stretch_bundle *b = &s->bundles[i];
		b->name = inputs->names[i];
		b->place = i;
		int one = open_bundle(b);
		status = one > status ? one : status;
		b->failed = one != CLI_DONE;
		if (!b->failed)
			look(b);
		if (strcmp(b->name, "-") != 0)
			close_bundle(b);
	}
	qsort(s->bundles, s->bundle_count, sizeof(*s->bundles), by_leaf);
	for (size_t i = 0; i < s->bundle_count; i++)
		s->bundles[i].stretch = i && follows(&s->bundles[i - 1], &s->bundles[i]) ? s->count - 1 : s->count++;
	return status;
}

int stretch_read(struct stretches *s, size_t which, bool first_pass, int (*read)(void *ctx, struct input *in, bool first_pass), void *ctx)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < s->bundle_count; i++) {
		struct stretch_bundle *b = &s->bundles[i];
		bool stays = b->is_open;
		if (b->stretch != which || b->failed)
			continue;
		int one = stays ? CLI_DONE : open_bundle(b);
		if (one == CLI_DONE)
			one = read(ctx, &b->input, first_pass);
		if (!stays)
			close_bundle(b);
		status = one > status ? one : status;
	}
	return status;
}

void stretches_free(struct stretches *s)
{
	for (size_t i = 0; i < s->bundle_count; i++)
		close_bundle(&s->bundles[i]);
	free(s->bundles);
	*s = (struct stretches){ 0 };
}
