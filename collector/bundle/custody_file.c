/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md sections 1 and 4. */
#include "bundle/custody_file.h"

#include "base/cursor.h"
#include "base/hash.h"
#include <zlib.h>

const char *ind_custody_file_state_name(enum ind_custody_file_state state)
{
	static const char *const names[] = { "ok", "torn", "damaged", "magic", "version" };
	return state < sizeof names / sizeof names[0] ? names[state] : "?";
}

static bool crc_right(const uint8_t *bytes, size_t count)
{
	struct cursor c = cursor_of(bytes + count, 4);
	return cursor_le32(&c) == crc32(0, bytes, (uInt)count);
}

void custody_walk_start(struct custody_walk *w, const uint8_t *bytes, size_t count)
{
	uint8_t good[IND_CUSTODY_PREAMBLE_BYTES];
	*w = (struct custody_walk){ .bytes = bytes, .count = count, .at = sizeof good, .torn_at = sizeof good };
	ind_custody_preamble(good);
	if (count < sizeof good || memcmp(bytes, good, 8) != 0 || !crc_right(bytes, 12))
		w->state = IND_CUSTODY_FILE_MAGIC;
	else if (memcmp(bytes, good, sizeof good) != 0)
		w->state = IND_CUSTODY_FILE_VERSION;
}

static bool all_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

/* OK if a record stands there. */
static enum ind_custody_file_state record_at(const struct custody_walk *w, size_t at, size_t *event_bytes)
{
	size_t left = w->count - at;
	struct cursor c = cursor_of(w->bytes + at, left);
	uint32_t bytes = cursor_le32(&c);
	if (left < 4 || all_zero(w->bytes + at, left))
		return IND_CUSTODY_FILE_TORN;
	if (bytes == 0 || bytes > IND_CUSTODY_EVENT_MAX)
		return IND_CUSTODY_FILE_DAMAGED;
	if (left < (size_t)bytes + CUSTODY_FRAME_BYTES)
		return IND_CUSTODY_FILE_TORN;
	*event_bytes = bytes;
	if (crc_right(w->bytes + at, bytes + CUSTODY_FRAME_BYTES - 4))
		return IND_CUSTODY_FILE_OK;
	return left == (size_t)bytes + CUSTODY_FRAME_BYTES ? IND_CUSTODY_FILE_TORN : IND_CUSTODY_FILE_DAMAGED;
}

/* A mend behind w->at that accounts for what is torn from w->torn_at on, with a record behind it. Without one *state is what the record
 * behind the last such mend is, if there was any: that one may be torn, too. */
static bool mend_find(const struct custody_walk *w, size_t *mend_at, size_t *event_bytes, enum ind_custody_file_state *state)
{
	uint8_t mend[IND_CUSTODY_MEND_BYTES];
	size_t tried = 0;
	ind_custody_mend(w->torn_at, mend);
	for (size_t at = w->at + 1; at + sizeof mend <= w->count && tried < CUSTODY_MENDS_MAX; at++) {
		const uint8_t *found = memchr(w->bytes + at, mend[0], w->count - at - sizeof mend + 1);
		if (!found)
			return false;
		at = (size_t)(found - w->bytes);
		if (memcmp(found, mend, sizeof mend) != 0)
			continue;
		tried++;
		*mend_at = at;
		*state = record_at(w, at + sizeof mend, event_bytes);
		if (*state == IND_CUSTODY_FILE_OK)
			return true;
	}
	return false;
}

bool custody_walk_next(struct custody_walk *w, struct custody_record *r)
{
	if (w->state != IND_CUSTODY_FILE_OK || w->at == w->count)
		return false;
	*r = (struct custody_record){ 0 };
	w->torn_at = w->at;
	enum ind_custody_file_state state = record_at(w, w->at, &r->event_bytes);
	size_t mend_at;
	if (state != IND_CUSTODY_FILE_OK) {
		if (!mend_find(w, &mend_at, &r->event_bytes, &state)) {
			w->state = state;
			return false;
		}
		r->mended = true;
		hash_sha256(w->bytes + w->torn_at, mend_at - w->torn_at, r->torn_sha256);
		w->at = mend_at + IND_CUSTODY_MEND_BYTES;
	}
	r->at = w->bytes + w->at;
	w->at += custody_record_bytes(r);
	w->torn_at = w->at;
	return true;
}
