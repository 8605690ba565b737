/* SPDX-License-Identifier: Apache-2.0 */
#include "forge_tools.h"

#include "bundle/message.h"
#include "bundle/put.h"
#include "bundle/small.h"
#include <stdlib.h>
#include <string.h>

enum { ROWS = 3 };

void must(bool ok)
{
	if (!ok)
		abort();
}

void start(struct forge *f)
{
	struct ind_sink sink = memory_sink(f->file);
	struct ind_writer *w;
	struct ind_header *h = malloc(sizeof *h);
	must(h != NULL);
	sample_header(h);
	f->first_leaf = f->stream.leaves;
	must(ind_writer_new(&sink, &f->stream, h, f->keys->identity, f->keys->epoch, NULL, &w) == IND_OK);
	ind_writer_stream(w, &f->stream);
	ind_writer_free(w);
	free(h);
	f->signer = f->keys->epoch;
	strcpy(f->origin, "indicia.example/");
	hash_hex(f->stream.id, sizeof f->stream.id, f->origin + strlen(f->origin));
}

void frame_as(struct forge *f, unsigned type, const void *payload, size_t bytes, const struct tree_hash *root, int change_at, uint8_t to)
{
	static const uint8_t zero[FRAME_ALIGN_BYTES];
	uint8_t header[FRAME_HEADER_BYTES];
	struct tree_hash leaf;
	struct ind_sink sink = memory_sink(f->file);
	frame_header_put((enum frame_type)type, f->stream.leaves, payload, bytes, frame_crc_start(f->file->at), header);
	must(sink.write(sink.ctx, header, sizeof header) == IND_OK && sink.write(sink.ctx, payload, bytes) == IND_OK);
	must(sink.write(sink.ctx, zero, frame_bytes(bytes) - FRAME_HEADER_BYTES - bytes) == IND_OK);
	if (change_at >= 0) {
		uint8_t *at = f->file->at + f->file->bytes - frame_bytes(bytes);
		at[change_at] = to;
		uint32_t crc = codec_crc32(frame_crc_start(f->file->at), at, 28);
		for (int i = 0; i < 4; i++)
			at[28 + i] = (uint8_t)(crc >> (8 * i));
		memcpy(header, at, sizeof header);
	}
	tree_frame_leaf(f->file->at, header, payload, bytes, root, &leaf);
	tree_push(&f->stream, &leaf);
}

void frame(struct forge *f, unsigned type, const void *payload, size_t bytes) { frame_as(f, type, payload, bytes, NULL, -1, 0); }

void sealinfo(struct forge *f, uint64_t realtime_ns, bool final)
{
	struct buffer b = { 0 };
	size_t bytes;
	struct seal seal = { .info = { .realtime_ns = realtime_ns, .final = final }, .epoch = f->stream.epoch, .first_leaf = f->first_leaf, .totals = f->totals };
	must(seal_pack(&seal, 0, &b, &bytes) == IND_OK);
	frame(f, FRAME_SEALINFO, b.at, bytes);
	buffer_free(&b);
}

size_t note_text(struct forge *f, char text[static NOTE_MAX_BYTES])
{
	size_t bytes;
	struct note note = { .origin = f->origin, .size = f->stream.leaves };
	tree_root(&f->stream, &note.root);
	must(note_sign(&note, f->signer, text, &bytes) == IND_OK);
	return bytes;
}

void checkpoint(struct forge *f)
{
	char text[NOTE_MAX_BYTES];
	size_t bytes = note_text(f, text);
	frame(f, FRAME_CHECKPOINT, text, bytes);
}

void seal(struct forge *f, bool final)
{
	sealinfo(f, now_ns, final);
	checkpoint(f);
}

struct epoch_frame epoch_frame_next(const struct forge *f)
{
	struct epoch_frame e = { .epoch = { .number = f->stream.epoch + 1, .leaves = f->stream.leaves, .start_ns = now_ns } };
	memcpy(e.epoch.stream_id, f->stream.id, sizeof e.epoch.stream_id);
	ind_key_public(f->keys->identity, &e.epoch.key);
	return e;
}

void epoch_put(struct forge *f, struct epoch_frame *e, const struct ind_key *by)
{
	struct buffer b = { 0 };
	size_t bytes = 0;
	must(epoch_sign(&e->epoch, by, e->signature) == IND_OK && epoch_pack(e, 0, &b, &bytes) == IND_OK);
	frame(f, FRAME_EPOCH, b.at, bytes);
	buffer_free(&b);
	f->stream.epoch = e->epoch.number;
	f->signer = f->keys->identity;
}

/* The identity key doubles as the key of the next epoch. */
void epoch_next(struct forge *f)
{
	struct epoch_frame e = epoch_frame_next(f);
	epoch_put(f, &e, f->signer);
}

void clock_frame(struct forge *f, int64_t step_ns)
{
	struct buffer b = { 0 };
	size_t bytes;
	struct ind_clock c = { .realtime_ns = 1, .max_error_ns = 0, .est_error_ns = IND_ABSENT_U64, .step_ns = step_ns };
	must(clock_pack(&c, 0, &b, &bytes) == IND_OK);
	frame(f, FRAME_CLOCK, b.at, bytes);
	buffer_free(&b);
}

/* Payload and root of a few rows. */
static void rows_pack(enum row_kind kind, struct buffer *b, size_t *bytes, struct tree_hash *root)
{
	static const uint8_t salt_key[SALT_BYTES] = { 5 };
	struct lane l;
	struct data_encoder e;
	must(lane_new(&l, kind) == IND_OK && data_encoder_start(&e) == IND_OK);
	lane_start(&l, salt_key);
	for (unsigned i = 0; i < ROWS; i++) {
		struct ind_flow flow;
		struct ind_signal signals[SAMPLE_SIGNALS];
		struct sample_values values;
		struct ind_claim claim;
		sample_flow(i, &flow);
		size_t count = sample_signals(i, &flow, signals, &values);
		sample_claim(i, &claim);
		must((kind == ROW_FLOW ? lane_flow(&l, &flow, signals, count) : lane_claim(&l, &claim)) == IND_OK);
	}
	must(committer_root(&l.committer, root) == IND_OK && data_pack(&e, &l.batch, 0, b, bytes) == IND_OK);
	lane_free(&l);
	data_encoder_free(&e);
}

void data_frame(struct forge *f, enum row_kind kind, change_fn *change, bool wrong_root)
{
	struct buffer b = { 0 }, changed = { 0 };
	struct tree_hash root;
	size_t bytes;
	rows_pack(kind, &b, &bytes, &root);
	Indicia__V1__Data *m = indicia__v1__data__unpack(NULL, bytes, b.at);
	must(m != NULL);
	if (change)
		change(m);
	must(message_pack(&m->base, 0, &changed, &bytes) == IND_OK);
	indicia__v1__data__free_unpacked(m, NULL);
	root.bytes[0] ^= wrong_root;
	frame_as(f, FRAME_DATA, changed.at, bytes, &root, -1, 0);
	buffer_free(&b);
	buffer_free(&changed);
	if (kind == ROW_FLOW)
		f->totals.flows += ROWS;
	else
		f->totals.claims += ROWS;
	f->totals.signals += kind == ROW_FLOW ? 0 + 1 + 2 : 0;
}

/* Bundles that continue a stream of so many leaves. */
static const struct { struct forgery f; uint64_t leaves; } chain_cases[] = {
	{ { "chain_1", IND_VERDICT_VALID, "" }, 1 },
	{ { "chain_2", IND_VERDICT_VALID, "" }, 2 },
	{ { "chain_3", IND_VERDICT_VALID, "" }, 3 },
	{ { "chain_7", IND_VERDICT_VALID, "" }, 7 },
	{ { "chain_8", IND_VERDICT_VALID, "" }, 8 },
	{ { "chain_1000", IND_VERDICT_VALID, "" }, 1000 },
};

enum { CHAIN_CASES = sizeof chain_cases / sizeof chain_cases[0] };

size_t forgery_count(void) { return data_case_count() + epoch_case_count() + frame_case_count() + CHAIN_CASES; }

static struct forgery chain_make(struct forge *f, size_t i)
{
	for (uint64_t k = 0; k < chain_cases[i].leaves; k++) {
		struct tree_hash leaf = { { (uint8_t)k } };
		tree_push(&f->stream, &leaf);
	}
	start(f);
	data_frame(f, ROW_FLOW, NULL, false);
	seal(f, true);
	return chain_cases[i].f;
}

struct forgery forgery_make(size_t i, const struct keys *keys, struct memory *m)
{
	struct forge f = { .file = m, .keys = keys };
	sample_stream(&f.stream);
	if (i < CHAIN_CASES)
		return chain_make(&f, i);
	i -= CHAIN_CASES;
	start(&f);
	if (i < data_case_count())
		return data_case_make(i, &f);
	i -= data_case_count();
	return i < epoch_case_count() ? epoch_case_make(i, &f) : frame_case_make(i - epoch_case_count(), &f);
}
