/* SPDX-License-Identifier: Apache-2.0 */
/* Any two files of custody events, the second from where its magic stands on, as they are and with all CRCs put right: reading and checking
 * end, stay in bounds, put every event behind those that it follows, and trust nobody. */
#include "indicia/custody.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PREAMBLE = 16, FRAME = 72 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t bytes;
};

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct input *in = ctx;
	size_t left = offset < in->bytes ? in->bytes - (size_t)offset : 0;
	*got = count < left ? count : left;
	if (*got)
		memcpy(bytes, in->at + offset, *got);
	return IND_OK;
}

static size_t le32(const uint8_t *p) { return (size_t)p[3] << 24 | (size_t)p[2] << 16 | (size_t)p[1] << 8 | p[0]; }

static void put_le32(uint8_t *p, unsigned long v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void repair(uint8_t *at, size_t bytes)
{
	if (bytes < PREAMBLE)
		return;
	put_le32(at + 12, crc32(0, at, 12));
	for (size_t r = PREAMBLE; bytes - r > FRAME;) {
		size_t whole = le32(at + r) + FRAME;
		if (whole > bytes - r)
			return;
		put_le32(at + r + whole - 4, crc32(0, at + r, (uInt)(whole - 4)));
		r += whole;
	}
}

/* Is each parent that is in the log in front of its child? */
static void order_check(struct ind_custody_log *log)
{
	const struct ind_custody_entry *e;
	size_t count = ind_custody_log_count(log);
	struct ind_custody_id *ids = malloc((count + 1) * sizeof *ids);
	for (size_t i = 0; ids && i < count; i++) {
		if (ind_custody_log_event(log, i, &e) != IND_OK || (e->key_trusted && e->readable))
			abort();
		ids[i] = e->id;
		size_t known = 0;
		for (size_t p = 0; e->readable && p < e->event.parent_count; p++)
			for (size_t k = 0; k < i; k++)
				known += memcmp(&ids[k], &e->event.parents[p], sizeof ids[k]) == 0;
		if (e->readable && known + e->missing_parents != e->event.parent_count)
			abort();
	}
	free(ids);
}

static void look(const uint8_t *data, size_t first, size_t size)
{
	struct input inputs[2] = { { data, first }, { data + first, size - first } };
	static const uint8_t note[IND_SHA256_BYTES] = { 1 };
	struct ind_bundle_head head = { .tree_size = 7 };
	struct ind_key_public owner = { .bytes = { 3 } };
	struct ind_custody_known known = { .bundle = &head, .owner = &owner, .note_sha256 = note };
	struct ind_custody_id heads[IND_CUSTODY_PARENTS_MAX];
	struct ind_custody_log *log;
	if (ind_custody_log_new(&log) != IND_OK)
		return;
	bool read = true;
	for (int i = 0; i < 2; i++) {
		struct ind_source source = { read_at, &inputs[i] };
		read &= ind_custody_log_read(log, i ? "b" : "a", i ? IND_CUSTODY_PARTY : IND_CUSTODY_OWNER, NULL, &source) == IND_OK;
	}
	if (ind_custody_log_check(log, &known) == IND_OK) {
		order_check(log);
		if (ind_custody_log_heads(log, 0, heads) > IND_CUSTODY_PARENTS_MAX ||
			(read && ind_custody_log_count(log) && ind_custody_log_sound(log)))
			abort();
	}
	ind_custody_log_free(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t magic[] = { 0x89, 'I', 'E', 'C', '\r', '\n', 0x1a, '\n' };
	size_t first = 1;
	while (first + sizeof magic <= size && memcmp(data + first, magic, sizeof magic) != 0)
		first++;
	if (first + sizeof magic > size)
		first = size;
	uint8_t *copy = malloc(size + 1);
	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	look(copy, first, size);
	repair(copy, first);
	repair(copy + first, size - first);
	look(copy, first, size);
	free(copy);
	return 0;
}
