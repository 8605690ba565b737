/* SPDX-License-Identifier: Apache-2.0 */
#include "export/uuid.h"
#include "base/hash.h"
#include "export/export.h"
#include <stdlib.h>
#include <string.h>

const uint8_t uuid_stix[UUID_BYTES] = { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 };
const uint8_t uuid_own[UUID_BYTES] = { 0x5f, 0x0c, 0x2b, 0x61, 0x9e, 0x37, 0x4d, 0x18, 0xa4, 0x72, 0xc3, 0x90, 0x6d, 0x1b, 0x8e, 0x45 };

void uuid_of(const uint8_t space[static UUID_BYTES], const void *name, size_t bytes, uint8_t uuid[static UUID_BYTES])
{
	uint8_t *text = malloc(UUID_BYTES + bytes), digest[HASH_SHA1_BYTES] = { 0 };
	if (text) {
		memcpy(text, space, UUID_BYTES);
		memcpy(text + UUID_BYTES, name, bytes);
		hash_sha1(text, UUID_BYTES + bytes, digest);
	}
	free(text);
	memcpy(uuid, digest, UUID_BYTES);
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x50);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

const char *uuid_text(const uint8_t uuid[static UUID_BYTES], char text[static UUID_TEXT])
{
	char hex[2 * UUID_BYTES + 1], *at = text;
	hash_hex(uuid, UUID_BYTES, hex);
	for (size_t i = 0; i < 2 * UUID_BYTES; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			*at++ = '-';
		*at++ = hex[i];
	}
	*at = '\0';
	return text;
}

static bool is_free(const uint8_t uuid[static UUID_BYTES])
{
	static const uint8_t none[UUID_BYTES];
	return memcmp(uuid, none, UUID_BYTES) == 0;
}

/* Its first bytes are those of a digest already. */
static size_t place_of(uint8_t (*at)[UUID_BYTES], size_t room, const uint8_t uuid[static UUID_BYTES])
{
	uint64_t start;
	memcpy(&start, uuid, sizeof(start));
	size_t i = (size_t)start & (room - 1);
	while (!is_free(at[i]) && memcmp(at[i], uuid, UUID_BYTES) != 0)
		i = (i + 1) & (room - 1);
	return i;
}

static enum ind_err grow(struct uuid_set *set)
{
	size_t room = set->room ? set->room * 2 : 1024;
	uint8_t (*at)[UUID_BYTES] = calloc(room, UUID_BYTES);
	if (!at)
		return IND_NOMEM;
	for (size_t i = 0; i < set->room; i++)
		if (!is_free(set->at[i]))
			memcpy(at[place_of(at, room, set->at[i])], set->at[i], UUID_BYTES);
	free(set->at);
	set->at = at;
	set->room = room;
	return IND_OK;
}

enum ind_err uuid_add(struct uuid_set *set, const uint8_t uuid[static UUID_BYTES], bool *is_new)
{
	enum ind_err err = set->count * 2 >= set->room ? grow(set) : IND_OK;
	*is_new = false;
	if (err != IND_OK)
		return err;
	uint8_t *at = set->at[place_of(set->at, set->room, uuid)];
	*is_new = is_free(at);
	if (!*is_new)
		return IND_OK;
	if (set->count == EXPORT_OBJECTS_MAX)
		return IND_LIMIT;
	memcpy(at, uuid, UUID_BYTES);
	set->count++;
	return IND_OK;
}

void uuid_set_free(struct uuid_set *set) { free(set->at); }
