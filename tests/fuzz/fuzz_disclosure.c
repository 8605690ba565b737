/* SPDX-License-Identifier: Apache-2.0 */
/* Any file as a proof: checking ends, stays in bounds, and finds valid nothing where no key is trusted. Hashes keep a changed proof from what stands behind
 * them, so that the same bytes are also taken for the core and the parts of a row of each kind. */
#include "bundle/opened.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input { const uint8_t *at; size_t bytes; };

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct input *in = ctx;
	size_t left = offset < in->bytes ? in->bytes - (size_t)offset : 0;
	*got = count < left ? count : left;
	if (*got)
		memcpy(bytes, in->at + offset, *got);
	return IND_OK;
}

/* Touches what a record points to. */
static void weigh(void *ctx, const struct ind_disclosed *d)
{
	size_t *sum = ctx;
	const struct ind_record *r = &d->record;
	if (r->kind == IND_REC_FLOW)
		for (size_t i = 0; i < r->flow.signal_count; i++) {
			const struct ind_signal *s = &r->flow.signals[i];
			for (size_t k = 0; k < s->value_bytes; k++)
				*sum += (uint8_t)s->value[k];
			*sum += s->sha256 ? s->sha256[31] : 0;
			*sum += d->places[i];
		}
	if (r->kind == IND_REC_EXHIBIT && d->opened)
		for (size_t i = 0; i < r->exhibit.bytes_count; i++)
			*sum += r->exhibit.bytes[i];
	if (r->kind == IND_REC_CLAIM)
		for (size_t i = 0; i < r->claim.label.bytes; i++)
			*sum += (uint8_t)r->claim.label.at[i];
	if (r->kind == IND_REC_ORIGIN)
		for (size_t i = 0; i < r->origin.cell_count; i++)
			*sum += r->origin.cells[i];
}

static void look(const uint8_t *at, size_t bytes)
{
	size_t weight = 0;
	struct input in = { at, bytes };
	struct ind_source source = { read_at, &in };
	struct ind_disclosure_result result;
	static const struct ind_verify_options nobody = { .trusted = NULL };
	if (ind_disclosure_check(&source, &nobody, weigh, &weight, &result) != IND_OK || result.verify.verdict == IND_VERDICT_VALID ||
		result.verify.reason[0] == '\0' || weight == SIZE_MAX)
		abort();
}

/* The first byte says the kind, the second which groups are there; then each, the core first, behind its length (be16), the last one as long as there are
 * bytes. */
static void open_row(const uint8_t *data, size_t size)
{
	struct opened_scratch scratch = { 0 };
	struct ind_disclosed *d = calloc(1, sizeof *d);
	size_t weight = 0, at = 2;
	if (size < 2 || !d) {
		free(d);
		return;
	}
	enum row_kind kind = (enum row_kind)(ROW_FLOW + data[0] % 4);
	struct opened o = { .groups = data[1] & ((1u << row_groups(kind)) - 1) };
	for (unsigned g = 0; g <= row_groups(kind); g++) {
		size_t bytes = size - at < 2 ? 0 : (size_t)data[at] << 8 | data[at + 1];
		at += size - at < 2 ? size - at : 2;
		bytes = bytes < size - at ? bytes : size - at;
		if (g == 0)
			o.core = data + at, o.core_bytes = bytes;
		else
			o.part[g - 1].at = data + at, o.part[g - 1].bytes = bytes;
		at += bytes;
	}
	if (opened_record(kind, &o, 2, &scratch, d) == IND_OK)
		weigh(&weight, d);
	opened_scratch_free(&scratch);
	free(d);
	if (weight == SIZE_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	look(data, size);
	open_row(data, size);
	return 0;
}
