/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/facts.h"
#include <string.h>

static enum ind_err header_take(struct ind_reader *r, struct facts *f)
{
	const struct ind_record *record;
	enum ind_err err = ind_reader_next(r, &record);
	if (err != IND_OK)
		return err;
	if (record->kind != IND_REC_HEADER || record->header.sensor.bytes >= sizeof(f->sensor))
		return IND_MALFORMED;
	memcpy(f->sensor, record->header.sensor.at, record->header.sensor.bytes);
	f->created_ns = record->header.created_ns;
	return IND_OK;
}

enum ind_err facts_read(const struct ind_source *source, struct facts *f)
{
	struct ind_reader *r;
	struct ind_batch batch;
	*f = (struct facts){ .first_ns = UINT64_MAX };
	enum ind_err err = ind_reader_new(source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_FLOW), &r);
	if (err != IND_OK)
		return err;
	err = header_take(r, f);
	while (err == IND_OK && (err = ind_reader_batch(r, &batch)) == IND_OK) {
		f->first_ns = batch.min_start_ns < f->first_ns ? batch.min_start_ns : f->first_ns;
		f->last_ns = batch.max_end_ns > f->last_ns ? batch.max_end_ns : f->last_ns;
	}
	if (f->first_ns == UINT64_MAX)
		f->first_ns = f->last_ns = f->created_ns;
	ind_reader_free(r);
	return err == IND_END ? IND_OK : err;
}
