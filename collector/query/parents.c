/* SPDX-License-Identifier: Apache-2.0 */
#include "query/parents.h"
#include <stdlib.h>

struct place { uint64_t serial, leaf; uint32_t row; };

struct parents {
	struct ind_record_id id;     /* of the stream */
	struct place *places;
	size_t count, room;
};

static bool place_add(struct parents *p, const struct ind_record *record)
{
	if (p->count == PARENTS_MAX)
		return true;
	if (p->count == p->room) {
		size_t room = p->room ? p->room * 2 : 1024;
		struct place *places = realloc(p->places, room * sizeof(*places));
		if (!places)
			return false;
		p->places = places;
		p->room = room;
	}
	p->id = record->id;
	p->places[p->count++] = (struct place){ record->flow.flow.serial, record->id.leaf, record->id.row };
	return true;
}

static int by_serial(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

enum ind_err parents_load(const struct ind_source *source, struct parents **parents)
{
	struct parents *p = calloc(1, sizeof(*p));
	struct ind_reader *reader = NULL;
	const struct ind_record *record;
	bool room = p != NULL;
	enum ind_err err = room ? ind_reader_new(source, IND_WANT(IND_REC_FLOW), &reader) : IND_NOMEM;
	while (err == IND_OK && room && ind_reader_next(reader, &record) == IND_OK)
		if (record->kind == IND_REC_FLOW && record->flow.flow.carries != IND_TUNNEL_NONE)
			room = place_add(p, record);
	ind_reader_free(reader);
	if (err == IND_OK && !room)
		err = IND_NOMEM;
	if (err != IND_OK) {
		parents_free(p);
		return err;
	}
	if (p->count)
		qsort(p->places, p->count, sizeof(*p->places), by_serial);
	*parents = p;
	return IND_OK;
}

const char *parents_find(const struct parents *parents, uint64_t serial, char text[static IND_RECORD_ID_TEXT])
{
	struct place key = { .serial = serial };
	const struct place *place = parents && parents->count ? bsearch(&key, parents->places, parents->count, sizeof(key), by_serial) : NULL;
	text[0] = '\0';
	if (!place)
		return text;
	struct ind_record_id id = parents->id;
	id.leaf = place->leaf;
	id.row = place->row;
	id.part = 0;
	return ind_record_id_text(&id, text);
}

void parents_free(struct parents *parents)
{
	if (parents)
		free(parents->places);
	free(parents);
}
