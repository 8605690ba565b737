/* SPDX-License-Identifier: Apache-2.0 */
#include "remote/settled.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, LINE_BYTES = 512, STATE_DIGITS = 16 };

static const char last_line[] = "end\n";

static bool part_path(const char *path, char part[static PATH_BYTES]) { return snprintf(part, PATH_BYTES, "%s.part", path) < PATH_BYTES; }

static bool entry_add(struct settled *s, const char *name, uint64_t state)
{
	/* Twice as much room at each power of two. */
	if ((s->count & (s->count - 1)) == 0) {
		struct settled_entry *at = realloc(s->at, (s->count ? s->count * 2 : 1) * sizeof(*at));
		if (!at)
			return false;
		s->at = at;
	}
	s->at[s->count] = (struct settled_entry){ strdup(name), state };
	return s->at[s->count].name && ++s->count;
}

/* "0123456789abcdef NAME\n" */
static bool entry_read(struct settled *s, char *line)
{
	char *end;
	size_t bytes = strlen(line);
	uint64_t state = strtoull(line, &end, 16);
	if (end != line + STATE_DIGITS || *end != ' ' || bytes < STATE_DIGITS + 3 || line[bytes - 1] != '\n')
		return false;
	line[bytes - 1] = '\0';
	return (!s->count || strcmp(s->at[s->count - 1].name, end + 1) < 0) && entry_add(s, end + 1, state);
}

static bool head_read(FILE *file, const uint8_t setting[static HASH_SHA256_BYTES], struct settled *s)
{
	char line[LINE_BYTES], hex[2 * HASH_SHA256_BYTES + 1], said[2 * HASH_SHA256_BYTES + 1];
	hash_hex(setting, HASH_SHA256_BYTES, hex);
	return fgets(line, sizeof(line), file) && sscanf(line, "indicia ship 1 %64s %" SCNx64 " %" SCNx64, said, &s->key.k0, &s->key.k1) == 3 && strcmp(said, hex) == 0;
}

bool settled_read(const char *path, const uint8_t setting[static HASH_SHA256_BYTES], struct settled *s)
{
	char line[LINE_BYTES];
	bool ok, whole = false;
	*s = (struct settled){ 0 };
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	ok = head_read(file, setting, s);
	while (ok && !whole && fgets(line, sizeof(line), file)) {
		whole = strcmp(line, last_line) == 0;
		ok = whole || entry_read(s, line);
	}
	fclose(file);
	if (!ok || !whole)
		settled_free(s);
	return ok && whole;
}

static int by_name(const void *name, const void *entry) { return strcmp(name, ((const struct settled_entry *)entry)->name); }

const struct settled_entry *settled_find(const struct settled *s, const char *name) { return s->count ? bsearch(name, s->at, s->count, sizeof(*s->at), by_name) : NULL; }

void settled_free(struct settled *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->at[i].name);
	free(s->at);
	*s = (struct settled){ 0 };
}

FILE *settled_begin(const char *path, const uint8_t setting[static HASH_SHA256_BYTES], const struct hash_key *key)
{
	char part[PATH_BYTES], hex[2 * HASH_SHA256_BYTES + 1];
	FILE *file = part_path(path, part) ? fopen(part, "we") : NULL;
	hash_hex(setting, HASH_SHA256_BYTES, hex);
	if (file)
		fprintf(file, "indicia ship 1 %s %" PRIx64 " %" PRIx64 "\n", hex, key->k0, key->k1);
	return file;
}

void settled_put(FILE *file, const char *name, uint64_t state)
{
	if (!strchr(name, '\n') && strlen(name) < LINE_BYTES - STATE_DIGITS - 3)
		fprintf(file, "%016" PRIx64 " %s\n", state, name);
}

void settled_end(FILE *file, const char *path)
{
	char part[PATH_BYTES];
	bool ok = fputs(last_line, file) >= 0;
	ok = fclose(file) == 0 && ok && part_path(path, part);
	if (ok)
		ok = rename(part, path) == 0;
	if (!ok && part_path(path, part))
		unlink(part);
}
