/* SPDX-License-Identifier: Apache-2.0 */
#include "export/beside.h"
#include <string.h>

void beside_cell(struct json *j, const char *key, const struct query_cell *cell)
{
	static const char prefix[] = "indicia.";
	char *name = json_room(j, sizeof(prefix) + strlen(key));
	if (!name)
		return;
	memcpy(name, prefix, sizeof(prefix) - 1);
	memcpy(name + sizeof(prefix) - 1, key, strlen(key) + 1);
	(void)json_cell(j, name, cell);
}

void beside_signals(struct export *e, const struct ind_record *r, struct json *j, struct out *raw)
{
	size_t total = r->flow.signal_count + e->derived.count;
	raw->used = 0;
	out_char(raw, '[');
	for (size_t n = 0; n < total; n++) {
		if (n < r->flow.signal_count)
			row_of_signal(&e->signal_row, r, n);
		else
			row_of_derived(&e->signal_row, r, &e->derived, n - r->flow.signal_count);
		e->signal_row.cell[QUERY_SIGNAL_flow].form = CELL_ABSENT;
		if (n)
			out_char(raw, ',');
		value_json_row(raw, &e->signal_row, NULL, e->signal_row.kind->count);
	}
	out_char(raw, ']');
	if (total)
		(void)json_raw(j, "indicia.signals", raw->at, raw->used);
	if (raw->err != IND_OK)
		e->err = raw->err;
}
